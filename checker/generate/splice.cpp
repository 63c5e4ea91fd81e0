// SPDX-License-Identifier: Apache-2.0
// What a case of a rule set up, and what another case did that matters to the rule, in one: the objects of both are
// taken for the same, or kept apart, and what the second maps lies beside what the first does. Tells which piece of a
// loop decides, and which objects count.
#include <algorithm>
#include <map>
#include <set>

#include "checker/generate/hunt.hpp"
#include "checker/generate/join.hpp"
#include "checker/generate/relevance.hpp"
#include "model/law/units.hpp"

namespace iolaw {
namespace {

constexpr std::size_t kSpliceBases = 40;         // cases of a rule,
constexpr std::size_t kSpliceOthers = 3;         // and of each rule that matters to it
constexpr std::uint64_t kMostSpliced = 300'000;  // per rule
constexpr std::size_t kMostShifts = 6;           // numbers of the second case that are moved

using SharedObjects = std::map<std::uint32_t, Argument>;  // an object of each

// Steps of `second` behind those of `first`; objects of `second` of these kinds, the first of each, are those of
// `first`. Empty if that adds nothing.
Sequence spliced(const Law& law, const Sequence& first, const Sequence& second, SharedObjects same) {
  Sequence result = joined(law, first, second, [&](std::uint32_t kind) -> std::optional<Argument> {
    const auto node = same.extract(kind);
    return node.empty() ? std::nullopt : std::optional(node.mapped());
  });
  if (result.size() == first.size()) result.clear();
  return result;
}

class Splicer {
 public:
  Splicer(const Law& law, std::uint32_t rule) : law_(law), rule_(rule), page_(largest_unit(law)) {}

  // `visit(history, last steps worth trying)`. The first case ends with a call of the rule.
  template <typename Visit>
  void each(const Sequence& first, const Sequence& second, Visit visit) const {
    const Sequence history(first.begin(), first.end() - 1);
    for (const SharedObjects& kinds : shared_kinds(history)) {
      const Sequence both = spliced(law_, history, second, kinds);
      if (both.empty()) continue;
      const std::vector<SequenceStep> lasts = last_steps(first.back(), both, second);
      visit(both, lasts);
      std::set<Word> numbers;
      for_numbers(both, history.size(), [&](Word word) { numbers.insert(word); });
      std::size_t shifts = 0;
      for (const Word number : numbers) {
        if (number < page_ || ++shifts > kMostShifts) continue;
        for (const Word to : {number + page_, number - page_}) {
          Sequence shifted = both;
          for_numbers(shifted, history.size(), [&](Word& word) { word = word == number ? to : word; });
          visit(shifted, lasts);
        }
      }
    }
  }

 private:
  template <typename Steps, typename Visit>
  void for_numbers(Steps& steps, std::size_t begin, Visit visit) const {
    for (std::size_t i = begin; i < steps.size(); ++i) {
      for (std::size_t j = 0; j < steps[i].arguments.size(); ++j) {
        if (law_.rules[steps[i].rule].parameters[j].type.is_integer()) visit(steps[i].arguments[j].word);
      }
    }
  }

  // All kinds of which the first case has objects; all but one; none.
  std::vector<SharedObjects> shared_kinds(const Sequence& first) const {
    SharedObjects all;
    for (std::size_t i = 0; i < first.size(); ++i) {
      const std::vector<Result>& results = law_.rules[first[i].rule].results;
      for (std::uint32_t r = 0; r < results.size(); ++r) {
        if (results[r].type.tag != TypeTag::reference) continue;
        all.emplace(results[r].type.id, Argument{kNone, static_cast<std::int32_t>(i), r});
      }
    }
    std::vector<SharedObjects> found{all};
    for (const auto& [kind, object] : all) {
      found.push_back(all);
      found.back().erase(kind);
    }
    if (all.size() > 1) found.emplace_back();
    return found;
  }

  // The last call of the first case, also with each object that `history` makes, with each number as it is in the last
  // call of the second, or with its double.
  std::vector<SequenceStep> last_steps(const SequenceStep& first, const Sequence& history,
                                       const Sequence& second) const {
    std::vector<SequenceStep> steps{first};
    const auto with = [&](std::size_t place, const Argument& argument) {
      if (argument == first.arguments[place]) return;
      steps.push_back(first);
      steps.back().arguments[place] = argument;
    };
    std::set<Word> numbers;
    if (!second.empty()) for_numbers(second, second.size() - 1, [&](Word word) { numbers.insert(word); });
    const std::vector<Parameter>& parameters = law_.rules[rule_].parameters;
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      if (parameters[i].type.tag == TypeTag::reference) {
        for (std::size_t step = 0; step < history.size(); ++step) {
          const std::vector<Result>& results = law_.rules[history[step].rule].results;
          for (std::uint32_t r = 0; r < results.size(); ++r) {
            if (results[r].type.tag != TypeTag::reference || results[r].type.id != parameters[i].type.id) continue;
            with(i, {kNone, static_cast<std::int32_t>(step), r});
          }
        }
      }
      if (!parameters[i].type.is_integer()) continue;
      for (const Word word : numbers) with(i, {word, Argument::kNoStep, 0});
      with(i, {2 * first.arguments[i].word, Argument::kNoStep, 0});
    }
    return steps;
  }

  const Law& law_;
  std::uint32_t rule_;
  Word page_;
};

}  // namespace

void Hunt::splice(const std::vector<Sequence>& sequences, std::uint64_t minimize_calls, Budget& budget,
                  const Take& take) {
  minimize_calls_ = minimize_calls;
  budget_ = &budget;
  take_ = &take;
  const Law& law = model_.law();
  // The sequences up to their last calls of each rule; those that succeed are of use to others.
  std::vector<std::vector<Sequence>> of_rule(law.rules.size());
  std::vector<std::vector<Sequence>> successes(law.rules.size());
  for (const Sequence& sequence : sequences) {
    World world(law);
    const auto played = play(model_, sequence, world);
    if (!played) continue;
    std::set<std::uint32_t> seen;
    for (std::size_t i = sequence.size(); i-- > 0;) {
      const std::uint32_t rule = sequence[i].rule;
      if (law.rules[rule].probe || !seen.insert(rule).second) continue;
      const Sequence base(sequence.begin(), sequence.begin() + static_cast<std::ptrdiff_t>(i) + 1);
      const auto keep = [&](std::vector<Sequence>& in, std::size_t most) {
        if (in.size() < most && std::find(in.begin(), in.end(), base) == in.end()) in.push_back(base);
      };
      if (i > 0) keep(of_rule[rule], kSpliceBases);
      if ((*played)[i].branch == kSuccess && !world.is_open()) keep(successes[rule], kSpliceOthers);
    }
  }
  const Relevance relevance(law);
  for (std::uint32_t rule = 0; rule < law.rules.size(); ++rule) {
    const auto is_open = [&] {
      return std::any_of(of_rule_[rule].begin(), of_rule_[rule].end(), [&](std::size_t i) { return alive_[i]; });
    };
    if (!is_open()) continue;
    std::vector<Sequence> seconds;
    for (const Sequence& base : of_rule[rule]) seconds.emplace_back(base.begin(), base.end() - 1);
    for (const std::uint32_t other : relevance.helpful_to(rule)) {
      seconds.insert(seconds.end(), successes[other].begin(), successes[other].end());
    }
    const Splicer splicer(law, rule);
    std::uint64_t left = kMostSpliced;
    const auto visit = [&](const Sequence& history, const std::vector<SequenceStep>& lasts) {
      const std::uint64_t calls = history.size() + lasts.size();
      if (left < calls || !budget.spend(calls)) {
        left = 0;
        return;
      }
      left -= calls;
      Reached from{World(law), history};
      if (!play(model_, history, from.world)) return;
      State before = from.world.state();
      World after = from.world;
      for (const SequenceStep& step : lasts) {
        const Call call = from.world.names().resolve(step);
        after = from.world;
        if (const auto played = after.play(model_, call)) judge(from, before, step, call, *played, after);
      }
    };
    // Every case with every other one, evenly: where the calls are used up, all have had some.
    for (std::size_t offset = 0; offset < seconds.size(); ++offset) {
      for (std::size_t i = 0; i < of_rule[rule].size(); ++i) {
        if (left == 0 || budget.exhausted() || !is_open()) break;
        splicer.each(of_rule[rule][i], seconds[(i + offset) % seconds.size()], visit);
      }
    }
  }
}

}  // namespace iolaw
