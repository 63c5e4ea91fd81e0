// SPDX-License-Identifier: Apache-2.0
// Proves a law: every obligation by induction, every outcome by a witness; and refutes what cannot be proved.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "checker/scope/refute.hpp"
#include "checker/scope/search.hpp"
#include "model/law/law.hpp"

namespace iolaw {

enum class Verdict : std::uint8_t {
  proved,    // any number of objects, any numbers; or, of what must be reachable, reached
  bounded,   // neither proved nor refuted: nothing was found up to a depth and a scope
  violated,  // a trace from the initial state
  cti,       // a counterexample to induction; whether it can be reached is not known
  vacuous,   // cannot happen, as far as was searched
  unknown,   // the budget was not enough
};
std::string_view to_string(Verdict verdict);

struct Finding {
  std::string rule;      // "ioas.map", "ioas.unmap (each a)", "initial state"
  std::string property;  // "area.disjoint", "kept.fits", "reachable", "reachable.overlap"
  Verdict verdict = Verdict::unknown;
  bool untouched = false;  // proved without a solver: the rule does not touch the property
  double seconds = 0;
  std::string note{};
  bool internal_error = false;
  std::optional<scope::Evidence> counterexample{};  // to induction
  std::optional<scope::SearchResult> trace{};       // a violation from the initial state
  std::vector<std::string> core{};                  // of a proof by the solver: the invariants that it used
  bool uses_checks = false;                         // and whether it used the checks of the rule
  std::string suspicion{};                          // why a proof may say less than it seems to
  std::string second{};                             // what cvc5 says: "agrees", "undecided", "disagrees"
  bool absent = false;                              // proved that no call ends so, as it does by another profile
  bool cached = false;                              // proved by an earlier run
  bool kept = false;                                // the witness is the one that was kept beside the law
  std::optional<std::vector<Call>> witness{};       // of what must be reachable: calls from the initial state
};

struct ProveOptions {
  std::string rule;       // only this rule, by name
  std::string invariant;  // only this property
  std::string smt2;       // a folder for the questions as SMT-LIB 2
  std::string cache;      // a folder for what was proved; empty: none
  // Of what must be reachable: what is kept beside the law (see witness_file.hpp).
  std::map<std::string, std::string> witnesses{};
  // And what of it the law's first profile has, where another one is proved: by name, as in `witnesses`.
  std::set<std::string> elsewhere{};
  bool cross_check = false;  // by cvc5; throws NoSecondSolver if it is not installed
  unsigned threads = 2;
  smt::Budget budget{};
  std::chrono::milliseconds search_time{6000};  // for a trace to a counterexample
  // After each obligation, and how many seconds the rest may take, if they are like those before.
  std::function<void(std::size_t done, std::size_t all, double seconds_left, const Finding&)> progress;
  // Asked now and then: what is not decided by then is left unknown.
  std::function<bool()> stop;
};

struct ProofReport {
  std::vector<Finding> findings;    // in the order of the law
  std::vector<std::string> axioms;  // what the proofs rest on: each with its title
  double seconds = 0;
  std::string second_solver;  // name and version, if it was asked
  std::string kept;           // the folder of the questions on which the solvers disagree
  std::string cache_warning;  // why the cache was not used, if so
  std::size_t left = 0;       // obligations that were not looked at, because it was stopped
  std::size_t count(Verdict verdict) const;
};

struct NoSecondSolver : std::runtime_error {
  NoSecondSolver() : std::runtime_error("cvc5 is not installed: apt install cvc5") {}
};

ProofReport prove(const Law& law, const ProveOptions& options);

// How many findings a whole proof has. Throws Unsupported, as prove() does, if proofs cannot carry the law.
std::size_t count_obligations(const Law& law);

}  // namespace iolaw
