// SPDX-License-Identifier: Apache-2.0
// A second opinion: cvc5, a program of its own, on the questions that the first solver answered.
#pragma once

#include <optional>
#include <string>

#include "checker/smt/solver.hpp"

namespace iolaw {

class SecondSolver {
 public:
  // Nothing if there is no cvc5 in the path.
  static std::optional<SecondSolver> find();

  const std::string& version() const { return version_; }  // "cvc5 1.0.3"

  // The answer to an SMT-LIB 2 file. Unknown also if cvc5 ran out of its budget, died, or did not understand. Any
  // thread may ask.
  smt::Answer ask(const std::string& file) const;

 private:
  std::string version_;
};

}  // namespace iolaw
