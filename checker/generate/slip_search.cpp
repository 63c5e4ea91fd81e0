// SPDX-License-Identifier: Apache-2.0
#include "checker/generate/slip_search.hpp"

#include <algorithm>
#include <random>
#include <unordered_map>

#include "checker/generate/in_parallel.hpp"
#include "checker/generate/observe.hpp"
#include "checker/generate/relevance.hpp"
#include "checker/generate/rule_trial.hpp"
#include "checker/generate/shape.hpp"

namespace iolaw {
namespace {

// States of the pool that look alike to a rule, and calls drawn in each.
constexpr std::uint32_t kAlikeToSlips = 3;
constexpr std::uint32_t kDrawsForSlips = 12;
// How often a slip is followed, and with how many calls of each rule that may tell.
constexpr std::uint32_t kFollowed = 12;
constexpr std::uint32_t kTellerDraws = 5;
// Of so many follow-ups one has a call between.
constexpr std::uint32_t kBetween = 2;

// What a call ended in that was made in the state of a slip, which it changed.
struct Told {
  std::uint32_t branch = kSuccess;
  bool differs = false;     // from the answer of the law
  bool may_refuse = false;  // what succeeds by the law may be refused, no more than that
};

// nullopt where there is no answer.
std::optional<Told> told_by(const Model& model, State& slipped, const Call& call, const Played& played) {
  try {
    // The law does not let anybody refuse this call: it would have no answer that a case could expect.
    if (may_refuse(model.law().rules[call.rule])) {
      const std::vector<std::uint32_t> refusals = model.refusals(slipped, call);
      if (!refusals.empty()) return Told{refusals.front(), true, true};
    }
    Outcome outcome;
    const auto branch = model.step(slipped, call, outcome);
    if (!branch) return std::nullopt;
    return Told{*branch, !(outcome == played.outcome)};
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

// nullopt if the call is none that shall tell.
std::optional<std::string> key_of(const Law& law, const Slip& slip, const Call& call, const Told& told) {
  const Rule& teller = law.rules[call.rule];
  if (slip.tellers == Tellers::probes && !teller.probe) return std::nullopt;
  if (slip.tellers != Tellers::each) return slip.name + (teller.probe ? "; a probe tells" : "; a call tells");
  return slip.name + "; " + teller.name + (told.may_refuse ? " tells, which might be refused" : " tells");
}

class RuleSlips {
 public:
  RuleSlips(const Law& law, std::uint32_t rule, const Relevance& relevance, std::uint64_t seed)
      : law_(law),
        rule_(rule),
        relevance_(relevance),
        model_(law),
        slips_(law),
        sampler_(law),
        random_(seed ^ (rule * 0x9e3779b97f4a7c15)) {}

  void run(const std::vector<Reached>& pool, std::uint64_t calls) {
    Budget budget(calls);
    budget_ = &budget;
    std::unordered_map<std::uint64_t, std::uint32_t> tried;
    for (const Reached& from : pool) {
      if (tried[hash_sort(law_, from.world.state(), relevance_.kinds_of(rule_))]++ >= kAlikeToSlips) continue;
      RuleTrial trial(model_, sampler_, from, rule_, random_);
      const bool may_go_on =
          trial.run(kDrawsForSlips, budget,
                    [&](const SequenceStep& step, const Call& call, const Played& played, const World& after) {
                      if (law_.rules[rule_].probe) return;
                      for (Slip& slip : slips_.of({from.world.state(), call, played.branch, after.state()})) {
                        std::uint32_t& times = followed_[slip.name];
                        if (times >= kFollowed) continue;
                        ++times;
                        Sequence history = from.sequence;
                        history.push_back(step);
                        follow(slip, after, std::move(history));
                      }
                    });
      if (!may_go_on) break;
    }
    spent_ = budget.spent();
  }

  std::map<std::string, Sequence>& found() { return found_; }
  std::uint64_t spent() const { return spent_; }

 private:
  void follow(Slip& slip, World world, Sequence history) {
    if (random_() % kBetween == 0 && !go_between(slip, world, history)) return;
    World next = world;
    State slipped = slip.after;
    const auto attempt = [&](const SequenceStep& step) {
      next = world;
      const Call call = next.names().resolve(step);
      const auto played = next.play(model_, call);
      slipped = slip.after;
      budget_->spend(2);
      if (!played) return;
      const auto told = told_by(model_, slipped, call, *played);
      if (!told || !told->differs) return;
      const auto key = key_of(law_, slip, call, *told);
      if (!key) return;
      const auto known = found_.find(*key);
      if (known != found_.end() && known->second.size() <= history.size() + 1) return;
      Sequence sequence = history;
      sequence.push_back(step);
      found_[*key] = std::move(sequence);
    };
    for (const SequenceStep& step : observations(model_, world)) attempt(step);
    for (std::uint32_t rule = 0; rule < law_.rules.size(); ++rule) {
      if (!relevance_.concerns(rule, slip.kinds)) continue;
      for (std::uint32_t draw = 0; draw < kTellerDraws; ++draw) {
        if (const auto step = draw_call(draw % 2 == 0 ? world.state() : slip.after, world, rule, history))
          attempt(*step);
      }
    }
  }

  // One more call that both answer alike.
  bool go_between(Slip& slip, World& world, Sequence& history) {
    const std::vector<std::uint32_t> helpful = helpful_to(slip.kinds);
    if (helpful.empty()) return false;
    for (int draw = 0; draw < 8; ++draw) {
      const auto step = draw_call(world.state(), world, helpful[random_() % helpful.size()], history);
      if (!step) continue;
      World next = world;
      const Call call = next.names().resolve(*step);
      const auto played = next.play(model_, call);
      budget_->spend(2);
      if (!played || next.state() == world.state()) continue;
      State slipped = slip.after;
      const auto told = told_by(model_, slipped, call, *played);
      if (!told || told->differs || slipped == next.state()) continue;
      world = std::move(next);
      slip.after = std::move(slipped);
      history.push_back(*step);
      return true;
    }
    return false;
  }

  std::vector<std::uint32_t> helpful_to(const std::vector<std::uint32_t>& kinds) const {
    std::vector<std::uint32_t> rules;
    for (std::uint32_t rule = 0; rule < law_.rules.size(); ++rule) {
      if (!law_.rules[rule].probe && relevance_.concerns(rule, kinds)) rules.push_back(rule);
    }
    return rules;
  }

  // With numbers of the history in some places.
  std::optional<SequenceStep> draw_call(const State& state, const World& world, std::uint32_t rule,
                                        const Sequence& history) {
    Call call = sampler_.call(state, rule, random_);
    const std::vector<Parameter>& parameters = law_.rules[rule].parameters;
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      if (!parameters[i].type.is_integer() || random_() % 2 == 0) continue;
      const SequenceStep& step = history[history.size() - 1 - random_() % std::min<std::size_t>(history.size(), 4)];
      const std::vector<Parameter>& others = law_.rules[step.rule].parameters;
      if (others.empty()) continue;
      const std::size_t other = random_() % others.size();
      if (others[other].type == parameters[i].type) call.arguments[i] = step.arguments[other].word;
    }
    return world.names().symbolic(world.state(), call);
  }

  const Law& law_;
  std::uint32_t rule_;
  const Relevance& relevance_;
  Model model_;
  Slips slips_;
  Sampler sampler_;
  std::mt19937_64 random_;
  Budget* budget_ = nullptr;
  std::map<std::string, std::uint32_t> followed_;
  std::map<std::string, Sequence> found_;
  std::uint64_t spent_ = 0;
};

}  // namespace

std::map<std::string, Sequence> find_slips(const Law& law, const std::vector<Reached>& pool,
                                           const SlipSearchOptions& options, std::uint64_t& calls) {
  const Relevance relevance(law);
  std::vector<std::map<std::string, Sequence>> found(law.rules.size());
  std::vector<std::uint64_t> spent(law.rules.size(), 0);
  in_parallel(options.threads, law.rules.size(), [&](std::size_t rule) {
    if (law.rules[rule].probe || (!options.rules.empty() && !options.rules[rule])) return;
    RuleSlips search(law, static_cast<std::uint32_t>(rule), relevance, options.seed);
    search.run(pool, options.calls);
    found[rule] = std::move(search.found());
    spent[rule] = search.spent();
  });
  std::map<std::string, Sequence> all;
  for (std::map<std::string, Sequence>& some : found) all.merge(some);
  for (const std::uint64_t some : spent) calls += some;
  return all;
}

std::vector<std::string> SlipJudge::shown_by(const Sequence& sequence) { return keys(sequence, By::all, nullptr); }

std::vector<std::string> SlipJudge::shown_by_last(const Sequence& sequence) {
  return keys(sequence, By::last, nullptr);
}

std::vector<std::string> SlipJudge::keys(const Sequence& sequence, By by, const std::string* wanted) {
  std::vector<std::string> found;
  struct Run {
    std::vector<Call> calls;
    std::vector<Played> played;
    std::vector<State> states;
  } run;
  const Law& law = model_.law();
  World world(law);
  run.states.push_back(world.state());
  for (const SequenceStep& step : sequence) {
    const Call call = world.names().resolve(step);
    const auto played = world.play(model_, call);
    if (!played) return {};
    run.calls.push_back(call);
    run.played.push_back(*played);
    run.states.push_back(world.state());
  }
  for (std::size_t i = 0; i + 1 < run.calls.size(); ++i) {
    const Rule& rule = law.rules[run.calls[i].rule];
    if (rule.probe) continue;
    if (wanted != nullptr && !wanted->starts_with(rule.name)) continue;
    for (Slip& slip : slips_.of({run.states[i], run.calls[i], run.played[i].branch, run.states[i + 1]})) {
      if (wanted != nullptr && !wanted->starts_with(slip.name + ";")) continue;
      for (std::size_t j = i + 1; j < run.calls.size() && !(slip.after == run.states[j]); ++j) {
        const bool probe = law.rules[run.calls[j].rule].probe;
        const auto told = told_by(model_, slip.after, run.calls[j], run.played[j]);
        if (!told) break;
        if (!told->differs) continue;
        const auto key = key_of(law, slip, run.calls[j], *told);
        if (key && (by == By::all || j + 1 == run.calls.size())) found.push_back(*key);
        if (!probe) break;  // the two states went different ways
      }
    }
  }
  return found;
}

bool SlipJudge::shows(const Sequence& sequence, const std::string& key) {
  const std::vector<std::string> shown = keys(sequence, By::last, &key);
  return std::find(shown.begin(), shown.end(), key) != shown.end();
}

std::vector<Slip> SlipJudge::slips_of_last(const Sequence& sequence, World& after) {
  if (sequence.empty() || !play(model_, Sequence(sequence.begin(), sequence.end() - 1), after)) return {};
  const State before = after.state();
  const Call call = after.names().resolve(sequence.back());
  const auto played = after.play(model_, call);
  if (!played || model_.law().rules[call.rule].probe) return {};
  return slips_.of({before, call, played->branch, after.state()});
}

std::optional<std::string> SlipJudge::told(const Slip& slip, World world, const SequenceStep& step) const {
  const Call call = world.names().resolve(step);
  const auto played = world.play(model_, call);
  if (!played) return std::nullopt;
  State slipped = slip.after;
  const auto told = told_by(model_, slipped, call, *played);
  if (!told || !told->differs) return std::nullopt;
  return key_of(model_.law(), slip, call, *told);
}

}  // namespace iolaw
