// SPDX-License-Identifier: Apache-2.0
// Ways to all outcomes of a law, and the states on them.
#pragma once

#include <unordered_set>
#include <vector>

#include "checker/generate/suite.hpp"
#include "checker/generate/witness.hpp"

namespace iolaw {

struct Start;

class OutcomeSearch {
 public:
  // Keeps references.
  OutcomeSearch(const Model& model, const std::vector<Goal>& goals, const GenerateOptions& options);

  // Of options.known, each call is a way to an outcome.
  void take_known();
  // Histories that differ in kind, and exploration; then, for goals that lie deeper, options.reach.
  void run();
  // For what is still missing: what was found put together, options.reach_deep, and variations of what was found.
  void run_on();

  // A way to an outcome, of which the last call takes `branch`. The shortest is kept.
  void offer(const Sequence& sequence, std::uint32_t branch);

  std::vector<std::optional<Sequence>>& of_goal() { return witnesses_.of_goal; }
  std::vector<Reached>& pool() { return witnesses_.pool; }               // shortest histories first, after sort_pool()
  const std::vector<Sequence>& histories() const { return histories_; }  // worth looking beside
  std::uint64_t calls() const { return calls_; }

  // The states on the way of a sequence join the pool, its last call being left out.
  void add_to_pool(const Sequence& sequence);
  void sort_pool();

 private:
  void take_starts(const std::vector<Start>& starts);
  void take_explored(Witnesses explored);
  void reach_further(const Reach& reach);

  const Model& model_;
  const Law& law_;
  const std::vector<Goal>& goals_;
  const GenerateOptions& options_;
  Witnesses witnesses_;
  std::unordered_set<std::uint64_t> in_pool_;  // hashes of states
  std::vector<Sequence> histories_;
  std::uint64_t calls_ = 0;
};

}  // namespace iolaw
