// SPDX-License-Identifier: Apache-2.0
#include "checker/differ/runner.hpp"

#include <algorithm>
#include <stdexcept>

namespace iolaw {
namespace {

// Calls of a random run, without its start and its end.
constexpr std::uint64_t kShortest = 8;
constexpr std::uint64_t kLongest = 64;
// And of one that began with two histories: fewer than so many. A port that is far away is mostly one where resets and
// devices take much longer than other calls: more is done with what there is.
constexpr std::uint64_t kFewPlanned = 8;
constexpr std::uint64_t kMostPlanned = 64;
// How many calls are drawn for one that is made: many as long as there is much to find, then fewer.
constexpr int kManyDraws = 10;
constexpr int kFewDraws = 1;
constexpr int kManyAims = 12;  // tries to make one of them end as it should
constexpr int kFewAims = 2;
constexpr std::uint64_t kManySteps = 20'000;
// Runs keep few objects of the kinds that calls return, so that calls meet: at most so many, different in each run.
constexpr std::uint64_t kMostObjects = 4;
// From so many steps on, only one run of so many looks for what is new.
constexpr std::uint64_t kFastFrom = 40'000;
constexpr std::uint64_t kFast = 16;
constexpr int kFastAims = 2;
// Before calls that succeed up to so many are made that are like it but for one argument; after one of so many, the
// same.
constexpr std::uint64_t kSpoiled = 5;
constexpr std::uint64_t kRepeated = 12;
// From so many steps on, all but one of so many runs begin with two histories.
constexpr std::uint64_t kSpliceFrom = 60'000;
constexpr std::uint64_t kPlain = 3;
// What calls of a rule showed long ago counts less.
constexpr float kNoveltyKept = 0.98F;

// "ioas.map.ok"
std::string name_of(const Law& law, const TraceStep& step) {
  const Rule& rule = law.rules[step.call.rule];
  return rule.name + "." + (step.branch == kSuccess ? "ok" : rule.branches[step.branch].tag);
}

// Whether the call names an object that the step named or returned.
bool meet(const Law& law, const TraceStep& step, const Call& call) {
  const Rule& rule = law.rules[step.call.rule];
  const std::vector<Parameter>& parameters = law.rules[call.rule].parameters;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const Type& type = parameters[i].type;
    if (type.tag != TypeTag::reference || call.arguments[i] == kNone) continue;
    const auto is_it = [&](const Type& other, Word word) {
      return other.tag == TypeTag::reference && other.id == type.id && word == call.arguments[i];
    };
    for (std::size_t j = 0; j < rule.parameters.size(); ++j) {
      if (is_it(rule.parameters[j].type, step.call.arguments[j])) return true;
    }
    for (std::size_t j = 0; j < step.outcome.results.size(); ++j) {
      if (step.outcome.results[j] && is_it(rule.results[j].type, *step.outcome.results[j])) return true;
    }
  }
  return false;
}

}  // namespace

void follow(const Model& model, State& state, const Call& call, const Outcome& observed) {
  if (!model.has_choice(call.rule)) {
    Outcome outcome;
    model.step(state, call, outcome);
    return;
  }
  for (Allowed& allowed : model.allowed(state, call, &observed)) {
    if (allowed.outcome != observed) continue;
    state = std::move(allowed.next);
    return;
  }
  throw std::logic_error("a run that agreed with the law cannot be followed");
}

Runner::Runner(const Model& model, Port& port, std::vector<Start> starts)
    : model_(model),
      situation_(model.law()),
      drawer_(model.law()),
      observer_(model),
      topics_(model.law()),
      session_(model, port),
      ledger_(model.law()),
      novelty_(model.law().rules.size()),
      ends_(model.law().rules.size()),
      ended_about_(model.law().kinds.size()),
      endings_(model.law().kinds.size()) {
  const Law& law = model.law();
  for (Start& start : starts) {
    for (const SequenceStep& step : start.history) drawer_.learn(step, random_);
    keep_start(std::move(start));
  }
  for (std::uint32_t rule = 0; rule < law.rules.size(); ++rule) {
    if (!law.rules[rule].probe) all_rules_.push_back(rule);
    for (const Effect& effect : law.rules[rule].effects) {
      if (effect.tag != Effect::Tag::destroy || effect.object->op != Op::variable) continue;
      const std::size_t parameter = effect.object->index;
      if (parameter < law.rules[rule].parameters.size()) {
        endings_[effect.object->type.id].emplace_back(rule, parameter);
      }
    }
  }
}

bool Runner::judge(Session::Verdict verdict) {
  const Session::Finding& finding = session_.finding();
  first_ = false;
  switch (verdict) {
    case Session::Verdict::agrees:
      ++steps_;
      first_ = ledger_.made(finding.call.rule, finding.branch);
      return false;
    case Session::Verdict::unspecified:
      return false;
    case Session::Verdict::unsupported:
      ledger_.refused(finding.call.rule, finding.branch, finding.note);
      return false;
    case Session::Verdict::differs:
    case Session::Verdict::broken:
      ++steps_;
      return true;
  }
  return true;
}

std::optional<Difference> Runner::run_random(std::uint64_t seed, std::uint64_t most) {
  random_.seed(seed);
  // What is kept of a run must have been made.
  if (session_.go_ahead(!collects_)) return run_ahead(most);
  seek();
  return run_drawn(most);
}

std::optional<Difference> Runner::run_drawn(std::uint64_t most) {
  QuickRandom& random = random_;
  session_.reset();
  if (!flights_.empty()) flights_.back().first = session_.ahead()->told();
  log_.clear();
  drawer_.clear();
  observer_.clear();
  situation_.reset(session_.state());
  choose_rules(random);
  const std::uint64_t end_of_all = steps_ + most;
  most_objects_ = 1 + random() % kMostObjects;
  const auto less = [this](int many) { return static_cast<int>(many * kManySteps / (kManySteps + steps_)); };
  draws_ = std::max(less(kManyDraws), kFewDraws);
  aims_ = std::max(less(kManyAims), kFewAims);
  fast_ = steps_ >= kFastFrom && random() % kFast != 0;
  if (fast_) {
    draws_ = 1;
    aims_ = kFastAims;
  }
  planned_ = false;
  able_known_ = false;
  if (steps_ >= kSpliceFrom && !ended_.empty() && !random.one_in(kPlain)) {
    planned_ = true;
    if (differs_in_between(random, end_of_all)) return difference();
  } else if (!in_scene_ && differs_at_start(random, most)) {
    return difference();
  }
  if (!in_scene_ && log_.empty() && !all_rules_.empty()) {
    choose_scene(all_rules_[random.below(all_rules_.size())], random);
    able_known_ = false;
  }
  const std::uint64_t planned = session_.ahead() != nullptr ? kMostPlanned : kFewPlanned;
  const std::uint64_t drawn = planned_ ? random() % planned : kShortest + random() % (kLongest - kShortest + 1);
  const std::uint64_t calls = std::min(end_of_all - steps_, drawn);
  // Calls of which the law is silent are no steps; a run of nothing else must end too.
  const std::uint64_t end_of_calls = steps_ + calls;
  for (std::uint64_t tries = 0; steps_ < end_of_calls && tries < 2 * calls; ++tries) {
    const bool succeeds = draw(random);
    // Before calls that succeed, some with one other argument; after some, the same once more.
    const std::uint64_t spoiled = !succeeds ? 0 : fast_ ? random.below(kSpoiled + 1) : random.one_in(kSpoiled) ? 1 : 0;
    for (std::uint64_t more = spoiled; more > 0 && steps_ < end_of_all; --more) {
      spoiled_ = drawn_;
      drawer_.spoil(session_.state(), situation_, random, spoiled_);
      if (differs_at_call(spoiled_, end_of_all)) return difference();
    }
    if (steps_ >= end_of_all) break;
    if (differs_at_call(drawn_, end_of_all, known_ ? &expected_ : nullptr)) return difference();
    if (session_.finding().verdict == Session::Verdict::agrees && !fast_) {
      Novelty& novelty = novelty_[drawn_.rule];
      novelty.fresh = novelty.fresh * kNoveltyKept + coverage_.add(features_);
      novelty.calls = novelty.calls * kNoveltyKept + 1;
    }
    if (succeeds && random.one_in(kRepeated) && steps_ < end_of_all && differs_at_call(drawn_, end_of_all)) {
      return difference();
    }
  }
  if (differs_at_end(random, end_of_all)) return difference();
  return std::nullopt;
}

bool Runner::differs_at_call(const Call& call, std::uint64_t end, Session::Expected* expected) {
  if (differs(call, expected)) return true;
  if (session_.finding().verdict != Session::Verdict::agrees) return false;
  if (first_) {
    keep_start({sequence_of_log(nullptr), {}});
  }
  return differs_at_probes(random_, end);
}

bool Runner::differs(const Call& call, Session::Expected* expected) {
  const Session::Verdict verdict = expected != nullptr ? session_.step(call, *expected) : session_.step(call);
  if (!State::surely_same(session_.before(), session_.state())) known_ = able_known_ = false;
  if (judge(verdict)) return true;
  const Session::Finding& finding = session_.finding();
  if (verdict == Session::Verdict::agrees) {
    log_.push_back({finding.call, finding.observed, finding.branch});
    if (first_ && collects_) discoveries_.push_back({name_of(model_.law(), log_.back()), log_});
    note_pair();
    if (finding.branch == kSuccess) drawer_.remember(session_.before(), call, random_);
    if (!fast_) {
      situation_.follow(session_.before(), call, finding.branch, session_.state());
    } else if (finding.branch == kSuccess) {
      situation_.glance(session_.state());
    }
  }
  return false;
}

void Runner::note_pair() {
  if (log_.size() < 2) return;
  const TraceStep& one = log_[log_.size() - 2];
  const TraceStep& next = log_.back();
  if (!meet(model_.law(), one, next.call)) return;
  if (!ledger_.paired(one.call.rule, one.branch, next.call.rule, next.branch)) return;
  if (!collects_ || one.branch != kSuccess || next.branch != kSuccess) return;
  discoveries_.push_back({name_of(model_.law(), one) + "," + name_of(model_.law(), next), log_});
}

bool Runner::differs_at(const std::optional<Call>& probe) { return probe && judge(session_.step(*probe)); }

bool Runner::differs_anywhere() {
  const std::optional<Call> probe = observer_.anywhere(session_.state(), random_);
  if (differs_at(probe)) return true;
  if (probe && session_.finding().verdict == Session::Verdict::agrees) {
    observer_.learn(*probe, session_.finding().observed, random_);
  }
  return false;
}

// Two probes after a call that failed on its way, one after most others that did something, seldom one after others.
bool Runner::differs_at_probes(QuickRandom& random, std::uint64_t end) {
  const TraceStep& made = log_.back();
  const bool success = made.branch == kSuccess;
  const bool on_its_way = !success && !model_.law().rules[made.call.rule].eaches.empty();
  int probes = success ? random() % 2 == 0 : on_its_way ? 2 : random() % 16 == 0;
  if (fast_ && !planned_) {
    if (probes == 0 || steps_ >= end) return false;
    return success || random.one_in(2) ? differs_anywhere() : differs_at(observer_.again(session_.state(), random));
  }
  if (probes == 0 || (!success && names_dead(model_.law(), session_.state(), made.call))) return false;
  observer_.turn_to(session_.before(), session_.state(), made.call, outcome_number(made.call.rule, made.branch));
  for (; probes > 0 && steps_ < end; --probes) {
    if (differs_at(observer_.next(session_.state(), situation_, random))) return true;
  }
  return false;
}

Sequence Runner::sequence_of_log(const Call* last) const {
  const Law& law = model_.law();
  Sequence sequence;
  State state(law);
  Names names(law, Names::Dead::until_index_is_used);
  const auto add = [&](const Call& call) {
    const std::optional<SequenceStep> step = names.symbolic(state, call);
    if (!step)
      throw std::logic_error("a call of " + law.rules[call.rule].name + " names an object that no call returned");
    sequence.push_back(*step);
  };
  for (const TraceStep& step : log_) {
    add(step.call);
    follow(model_, state, step.call, step.outcome);
    names.record(step.call.rule, step.outcome, state);
  }
  if (last != nullptr) add(*last);
  return sequence;
}

// The random run that just ended.
Difference Runner::difference() const { return {sequence_of_log(&session_.finding().call), log_, session_.finding()}; }

}  // namespace iolaw
