// SPDX-License-Identifier: Apache-2.0
// A run whose calls, objects and outcomes are known and whose numbers, flags and words are not: which of these lead to
// a state in which one more call is as it is wanted?
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "checker/scope/decode.hpp"

namespace iolaw::scope {

// One call of a run, as the evaluator made it.
struct Followed {
  Call call;
  std::uint32_t branch = kSuccess;
  State after;
};

class FollowedRun {
 public:
  // Each call keeps its objects and ends by the same branch, and the same objects live at each time, referring to the
  // same others.
  FollowedRun(const Law& law, const std::vector<Followed>& run);
  ~FollowedRun();
  FollowedRun(const FollowedRun&) = delete;

  // From now on: one more call, of this rule, behind the run.
  void call(std::uint32_t rule);

  // Arguments of the run, and the call behind it, that meet `formula`, over the call's parameters and `slots` in all,
  // read before it; and the call ends by a branch that `fits`. The evaluator has not confirmed it.
  std::optional<std::vector<Call>> find(const Expr& formula, std::uint32_t slots,
                                        const std::function<bool(std::uint32_t branch)>& fits,
                                        const smt::Budget& budget);

 private:
  void follow(const Followed& one, std::size_t index);
  // The cells with what is known of them as constants.
  smt::Solver& solver();
  Cells known(const Cells& cells, const State& state, const std::string& prefix);

  const Law& law_;
  Terms terms_;
  Translator translator_;
  std::vector<Term> assumed_;
  Sizes sizes_;
  std::vector<Execution> executions_;
  std::unique_ptr<ScopeView> view_;  // behind the run
  std::vector<std::unique_ptr<ScopeView>> kept_;
  std::optional<Execution> last_;
  std::vector<Term> assumed_of_last_;
  std::unique_ptr<smt::Solver> solver_;  // of the last call, from the first question on
};

}  // namespace iolaw::scope
