// SPDX-License-Identifier: Apache-2.0
#include "checker/differ/runner.hpp"

#include <algorithm>
#include <stdexcept>

namespace iolaw {
namespace {

// Calls of a random run, without its start and its end.
constexpr std::uint64_t kShortest = 8;
constexpr std::uint64_t kLongest = 40;
// One of so many runs ends by destroying everything.
constexpr std::uint64_t kEnding = 2;
constexpr int kMostEndings = 24;
// How many ways to see a mistake sooner are tried after each call.
constexpr int kObservations = 160;
constexpr std::uint64_t kProbesAtEnd = 4;
// How many calls are drawn for one that is made: many as long as there is much to find, then fewer.
constexpr int kManyDraws = 10;
constexpr int kFewDraws = 1;
constexpr int kManyAims = 12;  // tries to make one of them end as it should
constexpr int kFewAims = 2;
constexpr std::uint64_t kManySteps = 20'000;
// Runs keep few objects of the kinds that calls return, so that calls meet: at most so many, different in each run.
constexpr std::uint64_t kMostObjects = 4;
// One run of so many draws from all rules, one from a random half of them; the others have a topic.
constexpr std::uint64_t kAnything = 6;
// After so many refusals, and no call that the port could make, such calls are not drawn any more.
constexpr std::uint32_t kRefusals = 2;
// How often a line is taken by calls that name an object of a kind of which none lives.
constexpr std::uint64_t kOfNothing = 4;
// What a call is worth by which there are objects of a kind of which there were none.
constexpr float kNewKind = 5;
// From so many steps on, only one run of so many looks for what is new.
constexpr std::uint64_t kFastFrom = 200'000;
constexpr std::uint64_t kFast = 4;
// What a rule that never succeeded is worth, besides what is new about a call.
constexpr float kRare = 10;

std::size_t index_of(std::uint32_t branch) { return branch == kSuccess ? 0 : 1 + std::size_t{branch}; }

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
      endings_(model.law().kinds.size()) {
  const Law& law = model.law();
  for (Start& start : starts) {
    for (const SequenceStep& step : start.history) drawer_.learn(step, random_);
    starts_.push_back({std::move(start), 0});
  }
  for (std::uint32_t rule = 0; rule < law.rules.size(); ++rule) {
    if (!law.rules[rule].probe) all_rules_.push_back(rule);
    taken_.emplace_back(1 + law.rules[rule].branches.size(), 0);
    support_.emplace_back(1 + law.rules[rule].branches.size());
    for (const Effect& effect : law.rules[rule].effects) {
      if (effect.tag != Effect::Tag::destroy || effect.object->op != Op::variable) continue;
      const std::size_t parameter = effect.object->index;
      if (parameter < law.rules[rule].parameters.size()) {
        endings_[effect.object->type.id].emplace_back(rule, parameter);
      }
    }
  }
}

std::uint64_t Runner::taken(std::uint32_t rule, std::uint32_t branch) const { return taken_[rule][index_of(branch)]; }

void Runner::count(const Session::Finding& finding) {
  std::uint64_t& times = taken_[finding.call.rule][index_of(finding.branch)];
  first_ = times++ == 0;
  if (first_) ++outcomes_;
}

bool Runner::judge(Session::Verdict verdict) {
  const Session::Finding& finding = session_.finding();
  first_ = false;
  switch (verdict) {
    case Session::Verdict::agrees:
      ++steps_;
      ++support_[finding.call.rule][index_of(finding.branch)].made;
      count(finding);
      return false;
    case Session::Verdict::unspecified:
      return false;
    case Session::Verdict::unsupported:
      ++support_[finding.call.rule][index_of(finding.branch)].refused;
      unsupported_.emplace(model_.law().rules[finding.call.rule].name, finding.note);
      return false;
    case Session::Verdict::differs:
    case Session::Verdict::broken:
      ++steps_;
      return true;
  }
  return true;
}

bool Runner::hopeless(std::uint32_t rule, std::uint32_t branch) const {
  const Support& support = support_[rule][index_of(branch)];
  return support.made == 0 && support.refused >= kRefusals;
}

void Runner::choose_rules(QuickRandom& random) {
  rules_ = all_rules_;
  in_scene_ = false;
  if (rules_.empty() || random() % kAnything == 0) return;
  if (random() % kAnything == 0) {
    std::erase_if(rules_, [&](std::uint32_t) { return random() % 2 == 0; });
    if (rules_.empty()) rules_ = all_rules_;
    return;
  }
  // What a rare rule is about, or a rule of many outcomes.
  std::uint32_t rule = all_rules_[random.below(all_rules_.size())];
  const bool wants_rare = random() % 2 == 0;
  for (int i = 0; i < 2; ++i) {
    const std::uint32_t other = all_rules_[random.below(all_rules_.size())];
    const std::vector<Rule>& rules = model_.law().rules;
    const bool better = wants_rare ? drawer_.rarity(other) > drawer_.rarity(rule)
                                   : rules[other].branches.size() > rules[rule].branches.size();
    if (better) rule = other;
  }
  if (random() % 2 == 0) {
    rules_ = topics_.about(rule, random);
    return;
  }
  choose_scene(random);
}

void Runner::choose_scene(QuickRandom& random) {
  in_scene_ = true;
  if (all_rules_.empty()) return;
  const std::uint32_t rule = all_rules_[random.below(all_rules_.size())];
  rules_ = topics_.scene(
      rule, [this](std::uint32_t r, std::size_t p) { return drawer_.needs(r, p); }, random);
}

std::optional<Difference> Runner::run_random(std::uint64_t seed, std::uint64_t most) {
  random_.seed(seed);
  QuickRandom& random = random_;
  session_.reset();
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
  if (fast_) draws_ = aims_ = 1;
  planned_ = false;
  if (!in_scene_ && differs_at_start(random, most)) return difference();
  if (!in_scene_ && log_.empty()) choose_scene(random);
  const std::uint64_t drawn = planned_ ? random() % kShortest : kShortest + random() % (kLongest - kShortest + 1);
  const std::uint64_t calls = std::min(end_of_all - steps_, drawn);
  // Calls of which the law is silent are no steps; a run of nothing else must end too.
  for (std::uint64_t made = 0, tries = 0; steps_ < end_of_all && made < calls && tries < 2 * calls; ++tries) {
    const Call call = draw(random);
    if (differs(call)) return difference();
    if (session_.finding().verdict != Session::Verdict::agrees) continue;
    ++made;
    if (!fast_) coverage_.add(features_);
    if (first_) {
      firsts_.push_back(sequence_of_log(nullptr));
      starts_.push_back({{firsts_.back(), {}}, 0});
    }
    if (differs_at_probes(random, end_of_all)) return difference();
  }
  if (differs_at_end(random, end_of_all)) return difference();
  return std::nullopt;
}

bool Runner::differs_at_start(QuickRandom& random, std::uint64_t most) {
  // Seldom used, with much to try, short, and ending with a call that is rare, or one of those that are to follow.
  const auto cost = [this](const Used& used) {
    const Start& start = used.start;
    float rarity = 0;
    bool fits = false;
    if (!start.history.empty()) {
      const std::uint32_t last = start.history.back().rule;
      rarity = drawer_.rarity(last);
      fits = std::binary_search(rules_.begin(), rules_.end(), last);
    }
    const auto calls = static_cast<float>(std::min<std::size_t>(start.calls.size(), 8));
    return static_cast<float>(used.times) * 16 + static_cast<float>(start.history.size()) - 16 * rarity -
           (fits ? 6 : 0) - (used.times == 0 ? 4 * calls : 0);
  };
  Used* chosen = nullptr;
  for (int i = 0; i < 32 && !starts_.empty(); ++i) {
    Used& used = starts_[random.below(starts_.size())];
    if (used.start.history.size() > most) continue;
    if (chosen == nullptr || cost(used) < cost(*chosen)) chosen = &used;
  }
  if (chosen == nullptr) return false;
  ++chosen->times;
  const std::uint64_t end = steps_ + most;
  Names names(model_.law(), Names::Dead::until_index_is_used);
  for (const SequenceStep& step : chosen->start.history) {
    if (differs_at_step(step, names)) return true;
    // What the port cannot do, the rest of the start may need.
    if (session_.finding().verdict != Session::Verdict::agrees) {
      chosen->times += 1'000'000;
      return false;
    }
  }
  if (chosen->times > 1 || chosen->start.calls.empty()) return false;
  planned_ = true;
  for (const SequenceStep& step : chosen->start.calls) {
    if (steps_ >= end) break;
    if (differs_at_step(step, names)) return true;
    if (session_.finding().verdict != Session::Verdict::agrees) continue;
    for (int i = log_.back().branch == kSuccess ? 3 : 1; i > 0; --i) {
      if (differs_at_probes(random, end)) return true;
    }
  }
  return false;
}

bool Runner::differs_at_step(const SequenceStep& step, Names& names) {
  if (differs(names.resolve(step))) return true;
  const Session::Finding& finding = session_.finding();
  names.record(step.rule, finding.verdict == Session::Verdict::agrees ? finding.observed : Outcome{}, session_.state());
  return false;
}

bool Runner::crowded(std::uint32_t rule) const {
  const std::vector<Result>& results = model_.law().rules[rule].results;
  return std::any_of(results.begin(), results.end(), [&](const Result& result) {
    return result.type.tag == TypeTag::reference && session_.state().population(result.type.id) >= most_objects_;
  });
}

// Kinds of which objects live in `after` alone.
float Runner::new_kinds(const State& after) const {
  float kinds = 0;
  for (std::uint32_t kind = 0; kind < model_.law().kinds.size(); ++kind) {
    if (session_.state().population(kind) == 0 && after.population(kind) > 0) ++kinds;
  }
  return kinds;
}

// Success, or that of two lines which was taken less often.
std::uint32_t Runner::goal(std::uint32_t rule, QuickRandom& random) const {
  const std::vector<Branch>& branches = model_.law().rules[rule].branches;
  if (branches.empty() || random() % 8 < (in_scene_ ? 6 : 4)) return kSuccess;
  std::uint32_t best = kSuccess;
  for (int i = 0; i < 2; ++i) {
    const auto branch = static_cast<std::uint32_t>(random.below(branches.size()));
    if (branches[branch].unspecified || hopeless(rule, branch)) continue;
    if (best == kSuccess || taken(rule, branch) < taken(rule, best)) best = branch;
  }
  return best;
}

Call Runner::draw(QuickRandom& random) {
  std::optional<Call> best;
  float most = -1;
  for (int i = 0; i < draws_ || (!best && i < 24); ++i) {
    const std::uint32_t rule = drawer_.rule(session_.state(), rules_, random);
    if (crowded(rule) && random() % 16 != 0) continue;
    const Drawer::Aimed* aimed =
        drawer_.aim(model_, session_.state(), situation_, rule, goal(rule, random), aims_, random, scratch_);
    if (aimed == nullptr || hopeless(rule, aimed->branch)) continue;
    const bool success = aimed->branch == kSuccess;
    const bool nothing_there = !success && names_dead(model_.law(), session_.state(), aimed->call);
    if (nothing_there && taken(rule, aimed->branch) >= kOfNothing) continue;
    if (fast_) return aimed->call;
    found_.clear();
    situation_.features(session_.state(), aimed->call, aimed->branch, scratch_, found_);
    const float worth =
        coverage_.worth(found_) + (success ? kRare * drawer_.rarity(rule) + new_kinds(scratch_) * kNewKind : 0);
    if (worth <= most) continue;
    most = worth;
    best = aimed->call;
    features_.swap(found_);
  }
  if (best) return *best;
  features_.clear();
  Call call;
  drawer_.draw(session_.state(), situation_, rules_[random.below(rules_.size())], random, call);
  return call;
}

bool Runner::differs(const Call& call) {
  before_ = session_.state();
  const Session::Verdict verdict = session_.step(call);
  if (judge(verdict)) return true;
  const Session::Finding& finding = session_.finding();
  if (verdict == Session::Verdict::agrees) {
    log_.push_back({finding.call, finding.observed, finding.branch});
    if (finding.branch == kSuccess) drawer_.remember(before_, call, random_);
    if (!fast_ || finding.branch == kSuccess) situation_.follow(before_, call, finding.branch, session_.state());
  }
  return false;
}

bool Runner::differs_at(const std::optional<Call>& probe) { return probe && judge(session_.step(*probe)); }

// Two probes after a call that failed on its way, one after most others that did something, seldom one after others.
bool Runner::differs_at_probes(QuickRandom& random, std::uint64_t end) {
  const TraceStep& made = log_.back();
  const bool success = made.branch == kSuccess;
  const bool on_its_way = !success && !model_.law().rules[made.call.rule].eaches.empty();
  int probes = success ? random() % 2 == 0 : on_its_way ? 2 : random() % 16 == 0;
  if (fast_) return probes > 0 && steps_ < end && differs_at(observer_.anywhere(session_.state(), random));
  if (probes == 0 || (!success && names_dead(model_.law(), session_.state(), made.call))) return false;
  observer_.turn_to(before_, session_.state(), made.call, outcome_number(made.call.rule, made.branch));
  for (; probes > 0 && steps_ < end; --probes) {
    if (differs_at(observer_.next(session_.state(), situation_, random))) return true;
  }
  return false;
}

// A call that ends something that lives, mostly one that succeeds.
std::optional<Call> Runner::ending(QuickRandom& random) {
  const State& state = session_.state();
  std::optional<Call> found;
  std::uint64_t seen = 0;
  for (std::uint32_t kind = 0; kind < endings_.size(); ++kind) {
    if (endings_[kind].empty()) continue;
    for (Word object = 0; object < state.slots(kind); ++object) {
      if (!state.lives(kind, object)) continue;
      const auto [rule, parameter] = endings_[kind][random.below(endings_[kind].size())];
      const int tries = model_.law().rules[rule].parameters.size() == 1 ? 1 : 4;
      for (int i = 0; i < tries; ++i) {
        Call call;
        drawer_.draw(state, situation_, rule, random, call);
        call.arguments[parameter] = object;
        scratch_ = state;
        const std::optional<std::uint32_t> branch = model_.step(scratch_, call, scratch_outcome_);
        if (!branch || hopeless(rule, *branch)) continue;
        if (*branch != kSuccess && random() % 4 != 0) continue;
        if (random() % ++seen == 0) found = std::move(call);
        break;
      }
    }
  }
  return found;
}

bool Runner::differs_at_end(QuickRandom& random, std::uint64_t end) {
  if (random() % kEnding == 0) {
    for (int i = 0; i < kMostEndings && steps_ < end; ++i) {
      const std::optional<Call> call = ending(random);
      if (!call) break;
      if (differs(*call)) return true;
      if (session_.finding().verdict != Session::Verdict::agrees) break;
    }
  }
  for (std::uint64_t i = 0; i < kProbesAtEnd && steps_ < end; ++i) {
    if (differs_at(observer_.again(session_.state(), random))) return true;
  }
  return false;
}

std::optional<Difference> Runner::run(const Sequence& sequence) {
  const Law& law = model_.law();
  session_.reset();
  // The session keeps track of handles that the port gives out again.
  Names names(law, Names::Dead::until_index_is_used);
  Difference found;
  for (std::size_t i = 0; i < sequence.size(); ++i) {
    const Session::Verdict verdict = session_.step(names.resolve(sequence[i]));
    const Session::Finding& finding = session_.finding();
    if (judge(verdict)) {
      found.sequence.assign(sequence.begin(), sequence.begin() + static_cast<std::ptrdiff_t>(i) + 1);
      found.finding = finding;
      return found;
    }
    if (verdict == Session::Verdict::unspecified) return std::nullopt;
    if (verdict == Session::Verdict::unsupported) {
      names.record(sequence[i].rule, {}, session_.state());
      continue;
    }
    names.record(sequence[i].rule, finding.observed, session_.state());
    found.agreed.push_back({finding.call, finding.observed, finding.branch});
  }
  return std::nullopt;
}

// Where the port differs at the end of what is left to be done after the mistake, something else shows it sooner.
std::optional<Difference> Runner::run_shorter(const Sequence& sequence) {
  random_.seed(1);
  for (std::size_t length = 1; length + 1 < sequence.size(); ++length) {
    Sequence prefix(sequence.begin(), sequence.begin() + static_cast<std::ptrdiff_t>(length));
    if (run(prefix)) continue;
    Names names(model_.law(), Names::Dead::until_index_is_used);
    for (int i = 0; i < kObservations; ++i) {
      // The state before each observation is that after the prefix.
      if (std::optional<Difference> found = run(prefix)) return found;
      situation_.reset(session_.state());
      std::optional<Call> call;
      if (i < kObservations / 2) {
        call = observer_.anywhere(session_.state(), random_);
      } else if (const Drawer::Aimed* aimed =
                     drawer_.aim(model_, session_.state(), situation_, all_rules_[random_.below(all_rules_.size())],
                                 kSuccess, kFewAims, random_, scratch_)) {
        call = aimed->call;
      }
      if (!call) continue;
      names.clear();
      State state(model_.law());
      for (const SequenceStep& step : prefix) {
        const Call made = names.resolve(step);
        Outcome outcome;
        if (model_.has_choice(made.rule) || !model_.step(state, made, outcome)) return std::nullopt;
        names.record(made.rule, outcome, state);
      }
      const std::optional<SequenceStep> last = names.symbolic(state, *call);
      if (!last) continue;
      Sequence candidate = prefix;
      candidate.push_back(*last);
      if (std::optional<Difference> found = run(candidate)) return found;
    }
  }
  return std::nullopt;
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
