// SPDX-License-Identifier: Apache-2.0
// iolaw coverage: which goals of a suite are shown by cases that were written, and what is known of the others.
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "checker/generate/goal_coverage.hpp"
#include "checker/generate/read_cases.hpp"
#include "checker/prove/refute_decisions.hpp"
#include "tools/iolaw/commands.hpp"
#include "tools/iolaw/load.hpp"
#include "tools/iolaw/unknown_name.hpp"

namespace iolaw {
namespace {

struct CoverageArguments {
  std::string file;
  LawView view;
  std::string cases;
  std::string rule;
  std::string cache = default_cache_folder();
  unsigned threads = std::max(1U, std::thread::hardware_concurrency());
  bool refute = false;
  bool list = false;
  bool json = false;
};

struct CoverageRow {
  std::string_view kind;
  std::size_t goals = 0;
  std::size_t covered = 0;
  std::vector<std::string> impossible;
  std::vector<std::string> open;
};

std::array<CoverageRow, 1 + kDecisionKinds> table_of(const Law& law, const GoalCoverage& coverage,
                                                     const CoverageArguments& options) {
  std::array<CoverageRow, 1 + kDecisionKinds> rows;
  rows[0].kind = "outcome";
  for (std::size_t kind = 0; kind < kDecisionKinds; ++kind) {
    rows[1 + kind].kind = kind_name(static_cast<DecisionGoal::Kind>(kind));
  }
  for (std::size_t i = 0; i < coverage.outcomes.size(); ++i) {
    ++rows[0].goals;
    if (coverage.reached[i]) {
      ++rows[0].covered;
    } else {
      rows[0].open.push_back(coverage.outcomes[i].id);
    }
  }
  std::vector<DecisionGoal> missed;
  for (std::size_t i = 0; i < coverage.decisions.size(); ++i) {
    const DecisionGoal& goal = coverage.decisions[i];
    CoverageRow& row = rows[1 + static_cast<std::size_t>(goal.kind)];
    ++row.goals;
    if (coverage.shown[i]) {
      ++row.covered;
    } else {
      missed.push_back(goal);
    }
  }
  std::vector<Reachability> answers(missed.size(), Reachability::open);
  if (options.refute) {
    Cache cache(options.cache);
    answers = refute_decisions(law, missed, cache, {.threads = options.threads, .budget = kDecisionBudget});
  }
  for (std::size_t i = 0; i < missed.size(); ++i) {
    CoverageRow& row = rows[1 + static_cast<std::size_t>(missed[i].kind)];
    (answers[i] == Reachability::impossible ? row.impossible : row.open).push_back(missed[i].id);
  }
  return rows;
}

int coverage(const CoverageArguments& options) {
  const std::optional<Law> law = load_law(options.file, options.view);
  if (!law) return kLawError;
  if (!options.rule.empty() && law->find_rule(options.rule) == nullptr) return unknown_name(*law, options.rule);
  const std::optional<std::string> text = read_file(options.cases);
  if (!text) {
    fmt::print(stderr, "iolaw: cannot read {}\n", options.cases);
    return kUsage;
  }
  std::vector<Sequence> cases;
  try {
    for (RecordedCase& one : read_cases(Model(*law), *text)) cases.push_back(std::move(one.sequence));
  } catch (const CaseFileError& error) {
    fmt::print(stderr, "iolaw: {}: {}\n", options.cases, error.what());
    return kUsage;
  }
  const auto rows = table_of(*law, goal_coverage(*law, cases, options.threads, options.rule), options);
  if (options.json) {
    nlohmann::ordered_json table = nlohmann::ordered_json::array();
    for (const CoverageRow& row : rows) {
      table.push_back({{"kind", row.kind},
                       {"goals", row.goals},
                       {"covered", row.covered},
                       {"impossible", row.impossible},
                       {"open", row.open}});
    }
    fmt::print("{}\n", nlohmann::ordered_json{{"table", std::move(table)}}.dump(2));
  } else {
    fmt::print("{:<12}{:>8}{:>10}{:>12}{:>8}\n", "kind", "goals", "covered", "impossible", "open");
    for (const CoverageRow& row : rows) {
      fmt::print("{:<12}{:>8}{:>10}{:>12}{:>8}\n", row.kind, row.goals, row.covered, row.impossible.size(),
                 row.open.size());
    }
    for (const CoverageRow& row : rows) {
      for (const std::string& id : row.open) {
        if (options.list) fmt::print("{}: {}\n", row.kind, id);
      }
    }
  }
  const bool all = std::all_of(rows.begin(), rows.end(), [](const CoverageRow& row) { return row.open.empty(); });
  return all ? kHolds : kVacuous;
}

}  // namespace

void add_coverage(CLI::App& app, int& exit_code) {
  const auto options = std::make_shared<CoverageArguments>();
  CLI::App* command = app.add_subcommand("coverage", "Say which goals of a suite its cases show");
  command->add_option("FILE", options->file, "Root file of the law")->required();
  add_view_options(*command, options->view);
  command->add_option("--cases", options->cases, "The cases: cases.jsonl of a suite")->required();
  command->add_option("--rule", options->rule, "Only goals of this rule");
  command->add_flag("--refute", options->refute, "Prove of goals that no case shows that they are impossible");
  command->add_flag("--list", options->list, "List the goals that are open");
  command->add_option("--cache", options->cache, "Where proofs are kept for the next run")->capture_default_str();
  command->add_option("--threads", options->threads, "Workers")->capture_default_str();
  command->add_flag("--json", options->json, "The report as JSON");
  command->callback([options, &exit_code] { exit_code = coverage(*options); });
}

}  // namespace iolaw
