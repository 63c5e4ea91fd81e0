// SPDX-License-Identifier: Apache-2.0
// The suite of a law, independent of the language that it is written in.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "checker/generate/goal.hpp"

namespace iolaw {

// A call of a case with what the law expects of it.
struct CaseStep {
  SequenceStep call;
  std::uint32_t branch = kSuccess;
  std::vector<int> errors;                       // empty: success; otherwise any of these
  std::vector<std::optional<Word>> results;      // of a success; objects are indexes
  std::vector<std::optional<Argument>> objects;  // per result: the object it names, if an earlier step returned it
};

struct Case {
  std::string id;                  // the outcome of its subject: "ioas.map.overlap"
  std::uint32_t number = 1;        // the first, second, … case of that outcome
  std::vector<std::string> goals;  // all outcomes that its steps take
  std::string mutant;              // what it tells from the law, if it was made for that
  std::size_t subject = 0;         // the step that is tested; later ones observe
  std::uint32_t rule = 0;          // of the subject
  std::vector<CaseStep> steps;
};

struct Suite {
  std::vector<Case> cases;  // in the order of the law
  std::size_t goals = 0;
  std::vector<std::string> uncovered;  // IDs of goals that were not found, in the order of the law
  std::size_t mutants = 0;             // of the law,
  std::vector<std::string> survivors;  // and those that no case tells from it: some mean the same as the law
  std::uint64_t calls = 0;             // of the model, to make the suite
};

// Another way to a goal, for those that exploration misses (bounded search with a solver).
using WitnessFallback = std::function<std::optional<Sequence>(const Goal&)>;

struct GenerateOptions {
  std::uint64_t seed = 1;
  std::uint64_t explore_calls = 3'000'000;
  std::uint64_t hunt_calls = 60'000'000;   // for mutants; a call of a mutant counts
  std::uint64_t minimize_calls = 100'000;  // per case
  std::uint32_t hunt_draws = 16;           // calls of each rule in each state
  WitnessFallback fallback;
};

// Deterministic: equal laws and options give equal suites. Every case was played on the model.
Suite generate_suite(const Model& model, const GenerateOptions& options);

// The case that plays `sequence`, then looks at the state. Its subject is step `subject`.
Case make_case(const Model& model, const Sequence& sequence, std::size_t subject);

// The calls of a case.
Sequence calls_of(const Case& one);

}  // namespace iolaw
