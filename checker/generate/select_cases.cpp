// SPDX-License-Identifier: Apache-2.0
#include "checker/generate/select_cases.hpp"

#include <algorithm>
#include <numeric>

namespace iolaw {

std::vector<bool> select_cases(const std::vector<Shown>& cases) {
  std::uint32_t goals = 0;
  for (const Shown& one : cases) {
    for (const std::uint32_t goal : one.goals) goals = std::max(goals, goal + 1);
  }
  // A greedy cover: of the cases that show something new the one that shows most for its steps.
  std::vector<bool> shown(goals, false);
  std::vector<bool> kept(cases.size(), false);
  const auto gain = [&](std::size_t i) {
    return std::count_if(cases[i].goals.begin(), cases[i].goals.end(),
                         [&](std::uint32_t goal) { return !shown[goal]; });
  };
  const auto worth = [&](std::size_t i) {
    return static_cast<double>(gain(i)) / static_cast<double>(4 + cases[i].steps);
  };
  std::vector<double> worths(cases.size());
  for (std::size_t i = 0; i < cases.size(); ++i) worths[i] = worth(i);
  // Worths only fall: the greatest that is still true is the best.
  const auto below = [&](std::size_t a, std::size_t b) {
    return worths[a] != worths[b] ? worths[a] < worths[b] : a > b;
  };
  std::vector<std::size_t> heap(cases.size());
  std::iota(heap.begin(), heap.end(), 0);
  std::make_heap(heap.begin(), heap.end(), below);
  while (!heap.empty()) {
    std::pop_heap(heap.begin(), heap.end(), below);
    const std::size_t best = heap.back();
    heap.pop_back();
    const double now = worth(best);
    if (now == 0) continue;
    if (now < worths[best]) {
      worths[best] = now;
      heap.push_back(best);
      std::push_heap(heap.begin(), heap.end(), below);
      continue;
    }
    kept[best] = true;
    for (const std::uint32_t goal : cases[best].goals) shown[goal] = true;
  }
  // What later ones made needless goes, the longest first.
  std::vector<std::uint32_t> times(goals, 0);
  for (std::size_t i = 0; i < cases.size(); ++i) {
    if (!kept[i]) continue;
    for (const std::uint32_t goal : cases[i].goals) ++times[goal];
  }
  std::vector<std::size_t> order(cases.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return cases[a].steps > cases[b].steps; });
  for (const std::size_t i : order) {
    const std::vector<std::uint32_t>& mine = cases[i].goals;
    if (!kept[i] || !std::all_of(mine.begin(), mine.end(), [&](std::uint32_t goal) { return times[goal] > 1; })) {
      continue;
    }
    kept[i] = false;
    for (const std::uint32_t goal : mine) --times[goal];
  }
  return kept;
}

}  // namespace iolaw
