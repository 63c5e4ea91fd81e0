// SPDX-License-Identifier: Apache-2.0
// Invariants that are missing: where a proof by induction does not go through although nothing refutes it, something
// else is true of every state that the law does not say. Candidates are made from patterns (candidates.hpp), those that
// some run breaks are dropped, then, again and again, those that a rule may break as far as the others tell (Houdini).
// What is left is inductive together with the law's own invariants.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "checker/smt/solver.hpp"
#include "checker/strengthen/candidates.hpp"

namespace iolaw {

struct StrengthenOptions {
  std::string property;  // only obligations of this invariant or step; empty: all that are not proved
  LawView view;          // as which the law was read
  unsigned threads = 2;
  std::uint64_t steps = 4000;  // of each of the random runs that candidates must stand
  std::size_t most = 400;      // candidates that are asked of the solver, the shortest ones
  smt::Budget budget{.resources = 500'000, .milliseconds = 20'000};
  std::function<void(const std::string& stage)> progress;
};

struct Proposed {
  std::string name;  // "pin.mapped.helper_1"
  Candidate candidate;
};

struct Strengthening {
  std::vector<std::string> open;        // "access.unpin / pin.mapped": not proved by the law alone
  std::vector<std::string> discharged;  // of these, proved with what is proposed
  std::vector<Proposed> proposed;       // what those proofs need, and what these need in their turn
  std::size_t candidates = 0;           // made,
  std::size_t standing = 0;             // true in all states of the runs,
  std::size_t asked = 0;                // of which so many were asked of the solver,
  std::size_t inductive = 0;            // and so many are inductive
};

Strengthening strengthen(const Law& law, const StrengthenOptions& options);

// A proposal in the layout of the law, to be pasted.
std::string to_text(const Proposed& proposed);

}  // namespace iolaw
