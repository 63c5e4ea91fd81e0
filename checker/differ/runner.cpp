// SPDX-License-Identifier: Apache-2.0
#include "checker/differ/runner.hpp"

#include <algorithm>
#include <stdexcept>

namespace iolaw {
namespace {

// Calls of a random run, without its start.
constexpr std::uint64_t kShortest = 8;
constexpr std::uint64_t kLongest = 40;
// Of so many calls that change nothing, one is followed by a probe; every other call is. At the end of a run so many.
constexpr std::uint64_t kProbeEvery = 8;
constexpr std::uint64_t kProbesAtEnd = 10;
// One of so many runs begins with nothing.
constexpr std::uint64_t kFromNothing = 8;
// How many calls are drawn, at most, for one that is made: calls of a common sort are mostly drawn again.
constexpr int kDraws = 12;
// Runs keep few objects of the kinds that calls return, so that calls meet: at most so many, different in each run.
constexpr std::uint64_t kMostObjects = 4;

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

Runner::Runner(const Model& model, Port& port, std::vector<std::vector<Sequence>> starts)
    : model_(model),
      sampler_(model.law()),
      probes_(model.law()),
      recents_(model.law()),
      session_(model, port),
      starts_(std::move(starts)) {
  for (const Rule& rule : model.law().rules) taken_.emplace_back(1 + rule.branches.size(), 0);
}

std::uint64_t Runner::taken(std::uint32_t rule, std::uint32_t branch) const {
  return taken_[rule][branch == kSuccess ? 0 : 1 + branch];
}

void Runner::count(const Session::Finding& finding) {
  std::uint64_t& times = taken_[finding.call.rule][finding.branch == kSuccess ? 0 : 1 + finding.branch];
  if (times++ == 0) ++outcomes_;
}

bool Runner::judge(Session::Verdict verdict) {
  const Session::Finding& finding = session_.finding();
  switch (verdict) {
    case Session::Verdict::agrees:
      ++steps_;
      count(finding);
      return false;
    case Session::Verdict::unspecified:
      return false;
    case Session::Verdict::unsupported:
      unsupported_.emplace(model_.law().rules[finding.call.rule].name, finding.note);
      return false;
    case Session::Verdict::differs:
    case Session::Verdict::broken:
      ++steps_;
      return true;
  }
  return true;
}

void Runner::choose_rules(std::mt19937_64& random) {
  const std::vector<Rule>& rules = model_.law().rules;
  rules_.clear();
  const std::uint64_t bits = random();
  for (std::uint32_t rule = 0; rule < rules.size(); ++rule) {
    // Three of four rules take part; those beyond the bits always do.
    const bool takes_part = rule >= 32 || (bits >> (2 * rule) & 3) != 0;
    if (!rules[rule].probe && takes_part) rules_.push_back(rule);
  }
  if (!rules_.empty()) return;
  for (std::uint32_t rule = 0; rule < rules.size(); ++rule) {
    if (!rules[rule].probe) rules_.push_back(rule);
  }
}

std::optional<Difference> Runner::run_random(std::uint64_t seed, std::uint64_t most) {
  std::mt19937_64 random(seed);
  session_.reset();
  log_.clear();
  recents_.clear();
  choose_rules(random);
  const std::uint64_t end_of_all = steps_ + most;
  most_objects_ = 1 + random() % kMostObjects;
  if (!starts_.empty() && random() % kFromNothing != 0) {
    const std::vector<Sequence>& group = starts_[random() % starts_.size()];
    const Sequence& start = group[random() % group.size()];
    if (start.size() <= most && differs_at_start(start)) return difference();
  }
  const std::uint64_t calls = std::min(end_of_all - steps_, kShortest + random() % (kLongest - kShortest + 1));
  const std::uint64_t end = steps_ + calls;
  // Calls of which the law is silent are no steps; a run of nothing else must end too.
  for (std::uint64_t tries = 0; steps_ < end && tries < 4 * calls; ++tries) {
    if (differs(draw(random))) return difference();
    const bool quiet = session_.finding().branch != kSuccess && session_.finding().verdict == Session::Verdict::agrees;
    const bool ask = steps_ < end && (!quiet || tries % kProbeEvery == 0);
    if (ask && differs_at_probe(random)) return difference();
  }
  for (std::uint64_t i = 0; i < kProbesAtEnd && steps_ < end_of_all; ++i) {
    if (differs_at_probe(random)) return difference();
  }
  return std::nullopt;
}

bool Runner::differs_at_start(const Sequence& start) {
  Names names(model_.law(), Names::Dead::until_index_is_used);
  for (const SequenceStep& step : start) {
    if (differs(names.resolve(step))) return true;
    const Session::Finding& finding = session_.finding();
    // What the port cannot do, the rest of the start may need.
    if (finding.verdict != Session::Verdict::agrees) return false;
    names.record(step.rule, finding.observed, session_.state());
  }
  return false;
}

bool Runner::crowded(std::uint32_t rule) const {
  const std::vector<Result>& results = model_.law().rules[rule].results;
  return std::any_of(results.begin(), results.end(), [&](const Result& result) {
    return result.type.tag == TypeTag::reference && session_.state().population(result.type.id) >= most_objects_;
  });
}

std::uint64_t Runner::sort_of(const Call& call, std::uint32_t branch, const State& after) const {
  std::uint64_t sort = call.rule * 64 + (branch & 63);
  for (std::uint32_t kind = 0; kind < model_.law().kinds.size(); ++kind) {
    const std::uint32_t before = session_.state().population(kind);
    const std::uint32_t now = after.population(kind);
    const std::uint32_t change = before == now ? 0 : now > before ? 1 : before - now == 1 ? 2 : 3;
    sort = (sort * 12 + std::min<std::uint32_t>(before, 2) * 4 + change) * 0x9e3779b97f4a7c15;
  }
  return sort;
}

Call Runner::draw(std::mt19937_64& random) {
  // Steps for each sort of call, if all were equally common.
  const std::uint64_t fair = sorted_ / (sorts_.size() + 1) + 1;
  for (int i = 1;; ++i) {
    const std::uint32_t rule = rules_[random() % rules_.size()];
    Call call = sampler_.call(session_.state(), rule, random);
    recents_.reuse(call, random);
    if (i < kDraws && crowded(rule)) continue;
    scratch_ = session_.state();
    const std::optional<std::uint32_t> branch = model_.step(scratch_, call, scratch_outcome_);
    if (!branch) {
      if (i < kDraws) continue;
      return call;
    }
    std::uint64_t& times = sorts_[sort_of(call, *branch, scratch_)];
    if (i < kDraws && random() % (times + 1) >= fair) continue;
    ++times;
    ++sorted_;
    return call;
  }
}

bool Runner::differs(const Call& call) {
  const Session::Verdict verdict = session_.step(call);
  if (judge(verdict)) return true;
  const Session::Finding& finding = session_.finding();
  if (verdict == Session::Verdict::agrees) {
    log_.push_back({finding.call, finding.observed, finding.branch});
    if (finding.branch == kSuccess) recents_.remember(call);
  }
  return false;
}

bool Runner::differs_at_probe(std::mt19937_64& random) {
  std::optional<Call> call = probes_.call(session_.state(), random);
  if (call) recents_.reuse(*call, random);
  return call && judge(session_.step(*call));
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

// The random run that just ended, in the terms of a sequence.
Difference Runner::difference() const {
  const Law& law = model_.law();
  Difference found{{}, log_, session_.finding()};
  State state(law);
  Names names(law, Names::Dead::until_index_is_used);
  const auto add = [&](const Call& call) {
    const std::optional<SequenceStep> step = names.symbolic(state, call);
    if (!step)
      throw std::logic_error("a call of " + law.rules[call.rule].name + " names an object that no call returned");
    found.sequence.push_back(*step);
  };
  for (const TraceStep& step : log_) {
    add(step.call);
    follow(model_, state, step.call, step.outcome);
    names.record(step.call.rule, step.outcome, state);
  }
  add(found.finding.call);
  return found;
}

}  // namespace iolaw
