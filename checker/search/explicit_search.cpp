// SPDX-License-Identifier: Apache-2.0
#include "checker/search/explicit_search.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <memory>

#include "checker/prove/goal_rules.hpp"
#include "checker/search/walk.hpp"
#include "model/trace/sequence.hpp"

namespace iolaw::search {
namespace {

using scope::Clock;
using scope::SearchResult;
using scope::Target;

// Each with the share of the work that it may use: the narrow one is to get far, the others are to say that nothing
// shorter was overlooked.
struct Lane {
  WalkScope scope;
  std::uint64_t share;  // of kShares
  const char* what;
};
constexpr std::uint64_t kShares = 8;
constexpr std::array<Lane, 3> kLanes{{
    {{Width::narrow, 2}, 5, "few numbers, up to 2 objects of each kind"},
    {{Width::middle, 2}, 2, "more numbers, up to 2 objects of each kind"},
    {{Width::wide, 3}, 1, "many numbers, up to 3 objects of each kind"},
}};

struct Running {
  std::unique_ptr<Walk> walk;
  std::uint64_t calls = 0;   // left
  std::uint32_t length = 0;  // of the ways that were all looked at
  bool over = false;
};

class Searcher {
 public:
  Searcher(const Model& model, const std::vector<Target>& targets, const ExplicitOptions& options)
      : model_(model),
        options_(options),
        deadline_(Clock::now() + options.time),
        spoken_law_(spoken(model.law())),
        spoken_(spoken_law_),
        influence_(model.law()),
        problem_{model,        spoken_, targets, {}, goals_of(model.law(), influence_, targets, options.through),
                 options.depth} {
    std::vector<std::uint32_t> last;
    for (const Goal& goal : problem_.goals) last.push_back(goal.rule);
    for (const std::uint32_t rule : influence_.cone(reads_of(influence_, targets), last)) {
      if (options.decided && chooses_number(model.law().rules[rule])) continue;
      if (!influence_.writes_of(rule).empty()) problem_.rules.push_back(rule);
    }
    // The walk goes on from what it found last. Readers would rather see calls that succeed than calls that fail after
    // they had their effects.
    std::stable_partition(problem_.rules.begin(), problem_.rules.end(),
                          [&](std::uint32_t rule) { return !model.law().rules[rule].late.empty(); });
    for (const Lane& lane : kLanes) {
      lanes_.push_back({std::make_unique<Walk>(problem_, lane.scope), options.calls * lane.share / kShares, 0, false});
    }
  }

  SearchResult run() {
    SearchResult result;
    result.tag = SearchResult::Tag::none;
    for (std::uint32_t length = 1; length <= options_.depth; ++length) {
      if (options_.progress) options_.progress(length);
      bool any = false;
      for (Running& lane : lanes_) {
        if (lane.over) continue;
        const Walk::End end = lane.walk->advance(length, lane.calls, [this] { return Clock::now() >= deadline_; });
        if (end == Walk::End::found) return found(lane, length);
        lane.over = end == Walk::End::budget;
        if (!lane.over) lane.length = length;
        any = any || !lane.over;
      }
      if (!any) break;
    }
    result.depth = options_.depth;
    for (const Running& lane : lanes_) {
      result.depth = std::min(result.depth, lane.length);
      if (lane.over) result.tag = SearchResult::Tag::unknown;
    }
    result.searched = searched();
    return result;
  }

 private:
  static Law spoken(const Law& law) {
    Law copy = law;
    name_silence(copy);
    return copy;
  }

  SearchResult found(const Running& lane, std::uint32_t length) {
    SearchResult result;
    result.target = lane.walk->found().target;
    result.depth = length;
    result.searched = searched();
    std::vector<std::pair<Call, Outcome>> calls;
    State state(model_.law());
    for (const Call& call : lane.walk->found().calls) {
      Outcome outcome;
      try {
        model_.step(state, call, outcome);
      } catch (const EvaluationError&) {
        outcome = {};  // of the last call, which has none
      }
      calls.emplace_back(call, outcome);
    }
    const bool confirmed = scope::replay(model_, problem_.targets[result.target], calls, result);
    result.tag = confirmed ? SearchResult::Tag::found : SearchResult::Tag::rejected;
    if (!confirmed) result.note = "the evaluator does not agree";
    return result;
  }

  std::vector<std::string> searched() const {
    std::vector<std::string> lines;
    for (std::size_t i = 0; i < lanes_.size(); ++i) {
      lines.push_back(fmt::format("{}: all runs of at most {} call{} ({} states kept)", kLanes[i].what,
                                  lanes_[i].length, lanes_[i].length == 1 ? "" : "s", lanes_[i].walk->states()));
    }
    std::size_t rules = 0;
    for (const Rule& rule : model_.law().rules) rules += rule.probe ? 0 : 1;
    lines.push_back(fmt::format("by the {} of {} rules that can matter", problem_.rules.size(), rules));
    return lines;
  }

  const Model& model_;
  const ExplicitOptions& options_;
  const Clock::time_point deadline_;
  const Law spoken_law_;
  const Model spoken_;
  const Influence influence_;
  WalkProblem problem_;
  std::vector<Running> lanes_;
};

}  // namespace

SearchResult explicit_search(const Model& model, const std::vector<Target>& targets, const ExplicitOptions& options) {
  return Searcher(model, targets, options).run();
}

}  // namespace iolaw::search
