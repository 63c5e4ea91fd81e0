// SPDX-License-Identifier: Apache-2.0
// The suite of a law, independent of the language that it is written in.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "checker/generate/case.hpp"
#include "checker/generate/decisions.hpp"
#include "checker/generate/goal.hpp"
#include "checker/generate/goal_table.hpp"
#include "checker/generate/kept_cases.hpp"
#include "checker/generate/search_record.hpp"

namespace iolaw {

struct Suite {
  std::vector<Case> cases;             // in the order of the law
  std::size_t goals = 0;               // outcomes
  std::vector<std::string> uncovered;  // IDs of outcomes that were not found, in the order of the law
  std::vector<GoalRow> table;          // outcomes first
  std::vector<std::string> open;       // IDs of outcomes that an implementation may choose not to show: left to
                                       // differences
  std::size_t circumstances = 0;       // outcomes in circumstances, and pairs, that the cases show (see survey.hpp)
  std::size_t slips = 0;               // mistakes in what calls leave, with a rule that tells each, likewise
  std::size_t mutants = 0;             // of the law,
  std::vector<std::string> survivors;  // and those that no case tells from it: some mean the same as the law
  std::uint64_t calls = 0;             // of the model, in searches
  std::size_t kept = 0;                // cases that were kept of the earlier suite,
  std::vector<std::string> lost;       // and what others of it were made for that this law does not let them show
  std::size_t rules_searched = 0;      // whose goals were searched for
  SearchRecord searched;               // for the next time
};

// Another way to goals that exploration misses: calls from the initial state that end in each, parallel to the goals.
using Reach = std::function<std::vector<std::optional<std::vector<Call>>>(const std::vector<Goal>&)>;

// What is known of goals about decisions, parallel to them.
using Refute = std::function<std::vector<Reachability>(const std::vector<DecisionGoal>&)>;

struct GenerateOptions {
  std::uint64_t seed = 1;
  unsigned threads = 1;      // the suite does not depend on it
  std::uint32_t effort = 1;  // so many times as much search for decisions, slips, surroundings and mutants
  std::uint64_t explore_calls = 3'000'000;
  std::uint64_t vary_calls = 20'000'000;   // for what exploration misses
  std::uint64_t graft_calls = 10'000'000;  // likewise
  std::uint64_t hunt_calls = 4'000'000;    // for mutants; a call of a mutant counts
  std::uint64_t splice_calls = 6'000'000;
  std::uint64_t neighbour_calls = 4'000'000;
  std::uint64_t hunt_vary_calls = 2'000'000;
  std::uint64_t minimize_calls = 100'000;  // per case
  std::uint32_t survey_draws = 8;          // calls of each rule in each state,
  std::uint32_t hunt_draws = 16;           // likewise
  std::uint32_t vary_draws = 10'000;       // changed sequences for each surviving mutant
  std::vector<std::vector<Call>> known;    // calls from the initial state that lead somewhere: hints
  std::vector<Sequence> seeds;             // runs whose last calls show goals that a search may miss
  // An earlier suite: what its cases show is not searched for, nor what was searched for in vain, for this law as each
  // rule reads it.
  KeptSuite earlier;
  bool search = false;  // search for all that its cases do not show, whatever was searched for before
  Reach reach;
  Reach reach_deep;  // for the few that nothing else finds
  Refute refute;
};

// Deterministic: equal laws and options give equal suites; a suite with itself as the earlier one, and its own record
// of the search, gives itself again. Every case was played on the model.
Suite generate_suite(const Model& model, const GenerateOptions& options);

}  // namespace iolaw
