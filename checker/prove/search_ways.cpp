// SPDX-License-Identifier: Apache-2.0
#include "checker/prove/search_ways.hpp"

#include "checker/generate/in_parallel.hpp"

namespace iolaw {
namespace {

std::vector<std::size_t> without_way(const Ways& ways) {
  std::vector<std::size_t> left;
  for (std::size_t i = 0; i < ways.size(); ++i) {
    if (!ways[i]) left.push_back(i);
  }
  return left;
}

}  // namespace

std::uint64_t SearchWays::each(const std::vector<scope::Target>& targets, const search::ExplicitOptions& options,
                               Ways& ways) const {
  const std::vector<std::size_t> left = without_way(ways);
  in_parallel(threads, left.size(), [&](std::size_t i) {
    if (stop != nullptr && *stop) return;
    const Model model(law);
    const scope::SearchResult found = search::explicit_search(model, {targets[left[i]]}, options);
    if (found.tag != scope::SearchResult::Tag::found) return;
    std::vector<Call>& way = ways[left[i]].emplace();
    for (const TraceStep& step : found.trace.steps) way.push_back(step.call);
  });
  return left.size() * options.calls;
}

std::uint64_t SearchWays::guided(const std::vector<scope::Target>& targets, const GuidedSearchOptions& options,
                                 std::size_t seeds, Ways& ways) const {
  const std::vector<std::size_t> left = without_way(ways);
  if (left.empty()) return 0;
  std::vector<scope::Target> wanted;
  for (const std::size_t i : left) wanted.push_back(targets[i]);
  std::vector<GuidedSearchResult> found(seeds);
  in_parallel(threads, seeds, [&](std::size_t i) {
    const Model model(law);
    GuidedSearchOptions from = options;
    from.seed += i;
    from.stop = stop;
    found[i] = guided_search(model, wanted, from);
  });
  std::uint64_t calls = 0;
  for (GuidedSearchResult& one : found) {
    for (std::size_t k = 0; k < left.size(); ++k) {
      if (!ways[left[k]]) ways[left[k]] = std::move(one.witnesses[k]);
    }
    calls += one.calls;
  }
  return calls;
}

}  // namespace iolaw
