// SPDX-License-Identifier: Apache-2.0
// Sequences of calls from the initial state, unrolled call by call into one solver.
#pragma once

#include <memory>

#include "checker/scope/decode.hpp"
#include "checker/scope/reach.hpp"

namespace iolaw::scope {

class Unrolling {
 public:
  Unrolling(const Law& law, std::uint32_t scope);

  // One more call before the last one.
  void extend();
  std::uint32_t length() const { return static_cast<std::uint32_t>(steps_.size()); }  // calls, with the last

  // That the last call, of `through` if that is given, reaches the target. Those before it succeed, or stop half-way
  // with some pieces done.
  Term reaches(const Target& target, const Rule* through);

  smt::Solver& solver() { return solver_; }
  Terms& terms() { return terms_; }

  // The calls of the solver's model, and what each answers if it succeeds.
  std::vector<std::pair<Call, Outcome>> calls();
  // What makes the calls of the model simpler, and which rules they are of.
  Wishes wishes();
  std::vector<Term> rules();

 private:
  struct Step {
    std::unique_ptr<ScopeView> before;
    std::vector<Term> chosen;  // per execution: it is the one
    std::vector<Execution> executions;
  };
  void add_call(Cells before);
  const Execution& taken(const Step& step);

  const Law& law_;
  Terms terms_;
  Translator translator_;
  smt::Solver solver_;
  Sizes sizes_;
  std::vector<Step> steps_;
  std::vector<std::unique_ptr<ScopeView>> kept_;
};

}  // namespace iolaw::scope
