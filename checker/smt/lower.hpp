// SPDX-License-Identifier: Apache-2.0
// Terms as Z3 expressions. Private to this folder.
#pragma once

#include <z3++.h>

#include <string>
#include <unordered_map>
#include <vector>

#include "checker/smt/solver.hpp"
#include "checker/smt/term.hpp"

namespace iolaw::smt {

class Lowering {
 public:
  Lowering(z3::context& context, const Terms& terms, Solver::Logic logic, const std::vector<std::string>& sorts)
      : context_(context), terms_(terms), logic_(logic), kinds_(sorts) {}

  z3::expr lower(Term term);

 private:
  z3::sort sort(Sort sort);
  z3::expr number(Integer value);
  z3::expr make(Term term);
  z3::expr comparison(Term term);
  z3::expr side(const Linear& parts, bool positive);
  z3::expr alignment(Term term);
  z3::expr quantifier(Term term);

  z3::context& context_;
  const Terms& terms_;
  Solver::Logic logic_;
  const std::vector<std::string>& kinds_;
  std::unordered_map<Term, z3::expr> done_;
};

}  // namespace iolaw::smt
