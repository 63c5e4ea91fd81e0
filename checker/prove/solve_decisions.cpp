// SPDX-License-Identifier: Apache-2.0
#include "checker/prove/solve_decisions.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <mutex>

#include "checker/encode/translate.hpp"
#include "checker/generate/decision_model.hpp"
#include "checker/generate/in_parallel.hpp"
#include "checker/generate/join.hpp"
#include "checker/generate/relevance.hpp"
#include "checker/generate/shorten_decision.hpp"
#include "checker/generate/twins.hpp"
#include "checker/scope/follow.hpp"

namespace iolaw {
namespace {

// So many of the likeliest histories are joined with each other one.
constexpr std::size_t kJoined = 8;
constexpr std::uint64_t kSeedCalls = 20'000;

// What lives in a state, and how it refers to each other.
std::vector<Word> look_of(const Law& law, const State& state, const std::vector<bool>& kinds) {
  std::vector<Word> words;
  for (std::uint32_t kind = 0; kind < law.kinds.size(); ++kind) {
    if (!kinds[kind]) continue;
    words.push_back(state.population(kind));
    for (std::uint32_t object = 0; object < state.slots(kind); ++object) {
      if (!state.lives(kind, object)) continue;
      words.push_back(object);
      for (std::uint32_t field = 0; field < law.kinds[kind].fields.size(); ++field) {
        const Type& type = law.kinds[kind].fields[field].type;
        const Word* value = state.field(kind, object, field);
        if (type.tag == TypeTag::reference) {
          words.push_back(value[0]);
        } else if (type.maybe) {
          words.push_back(value[1]);
        }
      }
    }
  }
  return words;
}

struct Candidate {
  // A run goes on with a call of the rule; it ends with one; or there is something to call it with.
  enum class Place : std::uint8_t { before_call, behind_call, elsewhere };
  Sequence history;
  Place place = Place::elsewhere;
};

// Histories from which the goals of one rule are looked for, the likeliest first.
class Histories {
 public:
  Histories(const Model& model, std::uint32_t rule) : model_(model), law_(model.law()), rule_(rule), relevance_(law_) {}

  // Of each look the shortest, those first behind which some run calls the rule, or that end with such a call; then
  // these with twins, and beside others.
  std::vector<Sequence> pick(const std::vector<Sequence>& known, std::size_t most) {
    for (const Sequence& sequence : known) take(sequence);
    std::map<Candidate::Place, std::vector<Candidate>> places;
    for (auto& [look, candidate] : best_) places[candidate.place].push_back(candidate);
    std::vector<Candidate> all;
    for (auto& [place, some] : places) {
      std::stable_sort(some.begin(), some.end(), [](const Candidate& one, const Candidate& other) {
        return one.history.size() < other.history.size();
      });
      // No place takes more than half of what is left, but the last.
      const std::size_t left = most - std::min(most, all.size());
      const std::size_t share = place == Candidate::Place::elsewhere ? left : (left + 1) / 2;
      for (std::size_t i = 0; i < std::min(share, some.size()); ++i) all.push_back(std::move(some[i]));
    }
    std::vector<Sequence> picked;
    for (const Candidate& candidate : all) picked.push_back(candidate.history);
    const std::size_t plain = picked.size();
    const auto add = [&](std::vector<Sequence> others, std::size_t limit) {
      for (Sequence& other : others) {
        if (picked.size() < limit && is_new(other)) picked.push_back(std::move(other));
      }
    };
    for (std::size_t i = 0; i < plain; ++i) add(with_twins(law_, picked[i]), plain + most);
    // What belongs to another object of a kind: a history beside another.
    const std::size_t limit = picked.size() + 2 * most;
    for (std::size_t i = 0; i < std::min(plain, kJoined); ++i) {
      for (std::size_t j = 0; j < plain; ++j) add({joined(picked[i], picked[j])}, limit);
    }
    return picked;
  }

 private:
  std::vector<Word> look(const State& state) const { return look_of(law_, state, relevance_.kinds_of(rule_)); }

  void take(const Sequence& sequence) {
    World world(law_);
    bool behind = false;
    for (std::size_t i = 0; i < sequence.size(); ++i) {
      const bool calls = sequence[i].rule == rule_;
      if (calls || behind || is_callable(world.state())) {
        Candidate one{Sequence(sequence.begin(), sequence.begin() + static_cast<std::ptrdiff_t>(i)),
                      calls    ? Candidate::Place::before_call
                      : behind ? Candidate::Place::behind_call
                               : Candidate::Place::elsewhere};
        const auto [found, added] = best_.try_emplace(look(world.state()), one);
        Candidate& old = found->second;
        const bool better = one.place != old.place ? one.place < old.place : i < old.history.size();
        if (!added && better) old = std::move(one);
      }
      const auto played = world.play(model_, world.names().resolve(sequence[i]));
      if (!played) return;
      behind = calls && played->branch == kSuccess;
    }
  }

  // Whether each object that the rule takes is there.
  bool is_callable(const State& state) const {
    const std::vector<Parameter>& parameters = law_.rules[rule_].parameters;
    return std::all_of(parameters.begin(), parameters.end(), [&](const Parameter& one) {
      return one.type.tag != TypeTag::reference || state.population(one.type.id) > 0;
    });
  }

  // Whether it can be played, and leads to a state that looks like no other.
  bool is_new(const Sequence& history) {
    World world(law_);
    return play(model_, history, world) && best_.try_emplace(look(world.state())).second;
  }

  const Model& model_;
  const Law& law_;
  std::uint32_t rule_;
  Relevance relevance_;
  std::map<std::vector<Word>, Candidate> best_;  // by look
};

// The goals of one rule.
class RuleSolver {
 public:
  RuleSolver(const Law& law, std::uint32_t rule, const std::vector<DecisionGoal>& goals, const SolveOptions& options)
      : law_(law),
        rule_(rule),
        goals_(goals),
        options_(options),
        model_(law),
        shows_(law, goals_),
        found_(goals.size()) {}

  std::vector<std::optional<Sequence>> run(const std::vector<Sequence>& known) {
    for (const Sequence& history : Histories(model_, rule_).pick(known, options_.runs)) {
      if (open() == 0) break;
      try {
        look(history);
      } catch (const Unsupported&) {
        // A finite scope cannot carry a call of this history.
      }
    }
    return std::move(found_);
  }

 private:
  std::size_t open() const {
    return static_cast<std::size_t>(
        std::count_if(found_.begin(), found_.end(), [](const auto& one) { return !one.has_value(); }));
  }

  void look(const Sequence& history) {
    World world(law_);
    std::vector<scope::Followed> run;
    for (const SequenceStep& step : history) {
      const Call call = world.names().resolve(step);
      const auto played = world.play(model_, call);
      if (!played) return;
      run.push_back({call, played->branch, world.state()});
    }
    scope::FollowedRun followed(law_, run);
    followed.call(rule_);
    for (std::size_t goal = 0; goal < goals_.size(); ++goal) {
      if (found_[goal]) continue;
      const auto fits = [&](std::uint32_t branch) { return shows_.fits(goal, branch); };
      const auto calls = followed.find(*goals_[goal].formula, goals_[goal].slots, fits, options_.budget);
      if (calls) confirm(history, *calls);
    }
  }

  // All that the model says these calls show.
  void confirm(const Sequence& history, const std::vector<Call>& calls) {
    World world(law_);
    Sequence sequence;
    for (std::size_t i = 0; i < calls.size(); ++i) {
      const bool last = i == history.size();
      State before = world.state();
      std::optional<SequenceStep> step;
      if (last) {
        step = world.names().symbolic(before, calls[i]);
      } else {
        step = history[i];
        for (std::size_t j = 0; j < step->arguments.size(); ++j) {
          const bool object = law_.rules[step->rule].parameters[j].type.tag == TypeTag::reference;
          if (!object) step->arguments[j].word = calls[i].arguments[j];
        }
      }
      if (!step) return;
      sequence.push_back(*step);
      const Call call = world.names().resolve(*step);
      const auto played = world.play(model_, call);
      if (!played) return;
      if (!last) continue;
      for (std::size_t goal = 0; goal < goals_.size(); ++goal) {
        if (found_[goal] || !shows_.fits(goal, played->branch) || !shows_.shows(goal, before, call)) continue;
        found_[goal] = sequence;
      }
    }
  }

  const Law& law_;
  std::uint32_t rule_;
  const std::vector<DecisionGoal>& goals_;
  const SolveOptions& options_;
  Model model_;
  DecisionModel shows_;
  std::vector<std::optional<Sequence>> found_;
};

}  // namespace

std::vector<std::optional<Sequence>> solve_decisions(const Law& law, const std::vector<DecisionGoal>& goals,
                                                     const std::vector<Sequence>& known, const SolveOptions& options) {
  std::vector<std::vector<std::size_t>> of_rule(law.rules.size());
  for (std::size_t i = 0; i < goals.size(); ++i) of_rule[goals[i].rule].push_back(i);
  std::vector<std::optional<Sequence>> found(goals.size());
  std::mutex mutex;
  const Simplicity simplicity(law);
  in_parallel(options.threads, law.rules.size(), [&](std::size_t rule) {
    if (of_rule[rule].empty()) return;
    std::vector<DecisionGoal> mine;
    for (const std::size_t goal : of_rule[rule]) mine.push_back(goals[goal]);
    std::vector<std::optional<Sequence>> shown =
        RuleSolver(law, static_cast<std::uint32_t>(rule), mine, options).run(known);
    std::size_t count = 0;
    for (std::size_t i = 0; i < mine.size(); ++i) {
      count += shown[i] ? 1 : 0;
      if (shown[i]) found[of_rule[rule][i]] = shorten_decision(law, simplicity, mine[i], *shown[i], kSeedCalls);
    }
    const std::lock_guard lock(mutex);
    if (options.progress) options.progress(rule, count, mine.size());
  });
  return found;
}

}  // namespace iolaw
