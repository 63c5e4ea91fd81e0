// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "checker/generate/folder.hpp"
#include "checker/generate/read_cases.hpp"
#include "checker/generate/suite.hpp"
#include "checker/generate/target.hpp"
#include "checker/prove/refute_decisions.hpp"
#include "checker/prove/search_ways.hpp"
#include "tools/iolaw/commands.hpp"
#include "tools/iolaw/goal_table.hpp"
#include "tools/iolaw/interrupt_exit.hpp"
#include "tools/iolaw/kept_witnesses.hpp"
#include "tools/iolaw/load.hpp"
#include "tools/iolaw/load_seeds.hpp"

namespace iolaw {
namespace {

struct GenerateArguments {
  std::string file;
  LawView view;
  std::vector<std::string> targets = {"gtest"};
  std::vector<std::string> out;    // a folder for each target
  std::vector<std::string> seeds;  // files
  std::string cases;
  bool search = false;
  bool thorough = false;
  bool check = false;
  bool json = false;
};

// How many times as long a thorough search takes.
constexpr std::uint32_t kThoroughEffort = 8;

const Target* find_target(const std::string& name) {
  for (const Target* target : all_targets()) {
    if (target->name() == name) return target;
  }
  return nullptr;
}

std::vector<scope::Target> targets_of(const std::vector<Goal>& goals) {
  std::vector<scope::Target> targets;
  for (const Goal& goal : goals) {
    targets.push_back({.tag = scope::Target::Tag::outcome, .rule = goal.rule, .branch = goal.branch});
  }
  return targets;
}

// What is left lies deep, and one wrong call on the way leads elsewhere. The time is far more than so many calls take:
// what is found depends on them alone.
Ways reach_deep(const SearchWays& search, const std::vector<Goal>& goals) {
  Ways ways(goals.size());
  search.each(targets_of(goals), {.depth = 8, .calls = 25'000'000, .time = std::chrono::minutes(10), .decided = true},
              ways);
  return ways;
}

// From two beginnings at one time; the search for decisions finds what is near.
Ways reach(const SearchWays& search, const std::vector<Goal>& goals) {
  Ways ways(goals.size());
  search.guided(targets_of(goals), {.calls = 6'000'000, .decided = true}, 2, ways);
  return ways;
}

// Proofs that were made before are found again in the cache of `iolaw prove`.
std::vector<Reachability> refute(const Law& law, const std::vector<DecisionGoal>& goals, unsigned threads) {
  Cache cache(default_cache_folder());
  return refute_decisions(law, goals, cache, {.threads = threads, .budget = kDecisionBudget});
}

// The targets by name; empty, with a message, if one is unknown or has no folder.
std::vector<const Target*> find_targets(const GenerateArguments& options) {
  std::vector<const Target*> targets;
  for (const std::string& name : options.targets) {
    targets.push_back(find_target(name));
    if (targets.back() != nullptr) continue;
    std::vector<std::string_view> names;
    for (const Target* one : all_targets()) names.push_back(one->name());
    fmt::print(stderr, "iolaw: no target is named {}; there are: {}\n", name, fmt::join(names, ", "));
    return {};
  }
  if (options.out.size() == targets.size()) return targets;
  fmt::print(stderr, "iolaw: {} of targets and {} of folders: write --out once for each --target\n", targets.size(),
             options.out.size());
  return {};
}

// False, with a message, if the earlier suite is there and cannot be read.
bool read_earlier(const GenerateArguments& options, const Law& law, GenerateOptions& how) {
  if (options.cases.empty()) return true;
  const std::optional<std::string> text = read_file(options.cases);
  if (!text) {
    fmt::print(stderr, "iolaw: cannot read {}\n", options.cases);
    return false;
  }
  try {
    how.earlier = read_kept(law, *text);
  } catch (const CaseFileError& error) {
    fmt::print(stderr, "iolaw: {}: {}; without --cases all is searched for\n", options.cases, error.what());
    return false;
  }
  return true;
}

// Of the earlier suite what this law does not let its cases show.
void tell_lost(const GenerateArguments& options, const Suite& suite) {
  constexpr std::size_t kMostTold = 5;
  if (suite.lost.empty()) return;
  fmt::print(stderr, "iolaw: {}: {} of {} cases no longer show what they were made for:\n", options.cases,
             suite.lost.size(), suite.lost.size() + suite.kept);
  for (std::size_t i = 0; i < std::min(kMostTold, suite.lost.size()); ++i) {
    fmt::print(stderr, "  {}\n", suite.lost[i]);
  }
  if (suite.lost.size() > kMostTold) fmt::print(stderr, "  and {} more\n", suite.lost.size() - kMostTold);
}

int generate(const GenerateArguments& options) {
  const std::vector<const Target*> targets = find_targets(options);
  if (targets.empty()) return kUsage;
  const std::optional<Law> law = load_law(options.file, options.view);
  if (!law) return kLawError;
  const Model model(*law);
  GenerateOptions how;
  how.threads = std::max(1U, std::thread::hardware_concurrency());
  how.known = load_known_calls(options.file, *law);
  const SearchWays ways{*law, how.threads};
  how.reach = [&](const std::vector<Goal>& goals) { return reach(ways, goals); };
  how.reach_deep = [&](const std::vector<Goal>& goals) { return reach_deep(ways, goals); };
  for (const std::string& file : options.seeds) {
    std::optional<std::vector<Seed>> seeds = load_seeds(file, *law);
    if (!seeds) return kUsage;
    for (Seed& seed : *seeds) how.seeds.push_back(std::move(seed.sequence));
  }
  if (!read_earlier(options, *law, how)) return kUsage;
  how.search = options.search;
  if (options.thorough) {
    how.effort = kThoroughEffort;
    how.refute = [&](const std::vector<DecisionGoal>& goals) { return refute(*law, goals, how.threads); };
  }
  InterruptExit interrupt("\niolaw: interrupted: nothing was written\n", kUnknown);
  const Suite suite = generate_suite(model, how);
  interrupt.put_off();
  tell_lost(options, suite);
  const std::string law_name = std::filesystem::path(options.file).filename().string();

  std::vector<std::string> stale;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    const std::vector<GeneratedFile> files = targets[i]->write(*law, law_name, suite);
    if (!options.check) {
      update_folder(options.out[i], files);
      continue;
    }
    for (const std::string& what : compare_folder(options.out[i], files)) stale.push_back(options.out[i] + ": " + what);
  }
  const std::size_t covered = suite.goals - suite.uncovered.size();
  if (options.json) {
    nlohmann::ordered_json report{{"target", fmt::format("{}", fmt::join(options.targets, ","))},
                                  {"cases", suite.cases.size()},
                                  {"goals", suite.goals},
                                  {"covered", covered},
                                  {"uncovered", suite.uncovered},
                                  {"open", suite.open},
                                  {"circumstances", suite.circumstances},
                                  {"mutants", suite.mutants},
                                  {"killed", suite.mutants - suite.survivors.size()},
                                  {"survivors", suite.survivors},
                                  {"calls", suite.calls}};
    report["table"] = goal_table_json(suite.table);
    report["slips"] = suite.slips;
    report["kept"] = suite.kept;
    report["lost"] = suite.lost;
    report["rules_searched"] = suite.rules_searched;
    if (options.check) report["stale"] = stale;
    fmt::print("{}\n", report.dump(2));
  } else {
    fmt::print("{} cases for {} of {} goals{}\n", suite.cases.size(), covered, suite.goals,
               options.check ? "" : fmt::format(", in {}", fmt::join(options.out, ", ")));
    if (!options.cases.empty()) {
      fmt::print("{} cases were kept; searched for goals of {} of {} rules\n", suite.kept, suite.rules_searched,
                 law->rules.size());
    }
    print_goal_table(suite.table);
    fmt::print("{} mistakes in what a call leaves, each with a rule that tells it\n", suite.slips);
    fmt::print("{} pairs of calls and circumstances of outcomes\n", suite.circumstances);
    fmt::print("{} of {} mutants of the law told from it\n", suite.mutants - suite.survivors.size(), suite.mutants);
    for (const std::string& id : suite.uncovered) fmt::print("not reached: {}\n", id);
    for (const std::string& id : suite.open) {
      fmt::print("{}: the implementation chooses the answer; `iolaw diff` follows it\n", id);
    }
  }
  if (!stale.empty()) {
    fmt::print(stderr, "iolaw: not up to date: {}\n", fmt::join(stale, ", "));
  }
  return stale.empty() && suite.uncovered.empty() ? kHolds : kVacuous;
}

}  // namespace

void add_generate(CLI::App& app, int& exit_code) {
  const auto options = std::make_shared<GenerateArguments>();
  CLI::App* command = app.add_subcommand("generate", "Write the test suite of a law: a case for every outcome");
  command->add_option("FILE", options->file, "Root file of the law")->required();
  add_view_options(*command, options->view);
  command->add_option("--target", options->targets, "The language of the suite: gtest, tap, jsonl; may be repeated")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->capture_default_str();
  command->add_option("--out", options->out, "The folder of the generated files, one for each target")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->required();
  command
      ->add_option("--seeds", options->seeds,
                   "Runs that show goals which a search misses: a file of `iolaw coverage` or `iolaw seek`; may be "
                   "repeated")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  command->add_option(
      "--cases", options->cases,
      "An earlier suite (cases.jsonl): keep what it shows, and search only for what it was not searched "
      "for by this law");
  command->add_flag("--search", options->search, "Search for all that the cases of --cases do not show");
  command->add_flag("--thorough", options->thorough,
                    "Search several times as long, and prove of what is not found that it is impossible");
  command->add_flag("--check", options->check,
                    "Write nothing; say whether the folders are up to date (exit 14 if not)");
  command->add_flag("--json", options->json, "The report as JSON");
  command->callback([options, &exit_code] { exit_code = generate(*options); });
}

}  // namespace iolaw
