// SPDX-License-Identifier: Apache-2.0
// A solver: Z3 behind an interface that does not name it. One solver is one context: what it answers depends on what it
// was given alone, not on what else runs.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "checker/smt/term.hpp"

namespace iolaw::smt {

enum class Answer : std::uint8_t { unsat, sat, unknown };

struct Budget {
  std::uint32_t resources = 3'000'000;  // the solver's deterministic count; 0: no limit
  std::uint32_t milliseconds = 30'000;  // the backstop
};

// The solver gave up where it had to do something: out of memory, or a defect of its own.
struct SolverFailure : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Of all solvers together, in MiB; where it is not enough a question is unknown, or SolverFailure is thrown.
void limit_memory(std::uint32_t megabytes);
// Every question that is being asked ends as unknown. From any thread.
void interrupt_solvers();

// Name and version, for what depends on them.
std::string solver_name();

class Solver {
 public:
  enum class Logic : std::uint8_t {
    quantified,  // uninterpreted sorts and functions, integers, E-matching: only `unsat` means anything
    bits,      // no quantifiers, no functions; integers as 72 bits, which no term of a law outgrows: `sat` has a model
    integers,  // the same with unbounded integers
  };

  // `sorts` are the names of the object sorts, for the exported text.
  Solver(const Terms& terms, Logic logic, const std::vector<std::string>& sorts);
  ~Solver();
  Solver(const Solver&) = delete;
  Solver& operator=(const Solver&) = delete;

  void assume(Term formula);  // throws SolverFailure
  // The assumptions hold for this question alone.
  Answer check(const Budget& budget, const std::vector<Term>& assumptions = {});

  // After `unknown`: why.
  const std::string& reason() const;
  // Whether more of the budget might have helped.
  bool exhausted() const;

  // After `unsat`: whether this assumption was needed. What was not needed may still be true.
  bool needed(Term assumption);

  // In the model of the last `sat`; what it leaves open is zero or false.
  Integer number(Term term);
  bool truth(Term term);

  // What was assumed, as SMT-LIB 2.
  std::string smt2() const;

 private:
  Answer ask(const Budget& budget, const std::vector<Term>& assumptions);

  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace iolaw::smt
