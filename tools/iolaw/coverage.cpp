// SPDX-License-Identifier: Apache-2.0
// iolaw coverage: which goals of a suite are shown by cases that were written, and what is known of the others.
#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "checker/generate/goal_coverage.hpp"
#include "checker/generate/read_cases.hpp"
#include "checker/generate/shorten_decision.hpp"
#include "checker/prove/refute_decisions.hpp"
#include "checker/prove/solve_decisions.hpp"
#include "tools/iolaw/commands.hpp"
#include "tools/iolaw/goal_table.hpp"
#include "tools/iolaw/load.hpp"
#include "tools/iolaw/load_seeds.hpp"
#include "tools/iolaw/unknown_name.hpp"
#include "tools/iolaw/write_file.hpp"

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
  std::string seeds;
  std::string tried;
  bool solve = false;
  std::string against;
  smt::Budget budget = kDecisionBudget;
  std::size_t runs = SolveOptions{}.runs;
  bool list = false;
  bool json = false;
};

// What an earlier report said of goals that no case showed.
struct EarlierReport {
  std::map<std::string, Reachability> proved;
  std::set<std::string> open;
};

constexpr std::array<std::pair<const char*, Reachability>, 3> kProved{
    {{"impossible", Reachability::impossible}, {"unforced", Reachability::unforced}, {"remote", Reachability::remote}}};

// Throws what the library throws if it is none.
EarlierReport earlier_report(const std::string& text) {
  EarlierReport report;
  const nlohmann::json in = nlohmann::json::parse(text);
  for (const nlohmann::json& row : in.at("table")) {
    for (const auto& [name, reachability] : kProved) {
      for (const nlohmann::json& id : row.at(name)) report.proved[id.get<std::string>()] = reachability;
    }
    for (const nlohmann::json& id : row.at("open")) report.open.insert(id.get<std::string>());
  }
  return report;
}

// One in so many proofs of an earlier report is made again.
constexpr std::size_t kProvedAgain = 20;

std::vector<Reachability> refuted(const Law& law, const std::vector<DecisionGoal>& missed,
                                  const CoverageArguments& options, const std::optional<EarlierReport>& earlier) {
  std::vector<Reachability> answers(missed.size(), Reachability::open);
  if (!options.refute && !earlier) return answers;
  std::vector<DecisionGoal> asked;
  std::vector<std::size_t> places;
  std::size_t claims = 0;
  for (std::size_t i = 0; i < missed.size(); ++i) {
    const auto claim = earlier ? earlier->proved.find(missed[i].id) : decltype(earlier->proved.end()){};
    const bool claimed = earlier && claim != earlier->proved.end();
    const bool is_known = claimed ? ++claims % kProvedAgain != 0 : earlier && earlier->open.count(missed[i].id) > 0;
    if (is_known) answers[i] = claimed ? claim->second : Reachability::open;
    if (is_known && (claimed || !options.refute)) continue;
    asked.push_back(missed[i]);
    places.push_back(i);
  }
  Cache cache(options.cache);
  const auto found = refute_decisions(law, asked, cache, {.threads = options.threads, .budget = options.budget});
  for (std::size_t i = 0; i < asked.size(); ++i) answers[places[i]] = found[i];
  return answers;
}

constexpr std::uint64_t kShortenCalls = 20'000;

// Seeds that still show what they were kept for.
std::vector<Seed> fit_seeds(const Law& law, std::vector<Seed> seeds, const std::vector<DecisionGoal>& goals) {
  std::map<std::string, const DecisionGoal*> by_id;
  for (const DecisionGoal& goal : goals) by_id[goal.id] = &goal;
  std::erase_if(seeds, [&](const Seed& seed) {
    const auto found = by_id.find(seed.shows);
    return found == by_id.end() || !shows_at_its_end(law, *found->second, seed.sequence);
  });
  return seeds;
}

// Runs that show what no known run shows; a line about each search.
std::vector<std::optional<Sequence>> sought(const Law& law, const std::vector<DecisionGoal>& open,
                                            const std::vector<Sequence>& known, const std::vector<Seed>& tried,
                                            const CoverageArguments& options) {
  if (options.solve) {
    SolveOptions how;
    how.threads = options.threads;
    how.runs = options.runs;
    how.progress = [&](std::size_t rule, std::size_t found, std::size_t goals) {
      fmt::print(stderr, "{}: {} of {} goals found\n", law.rules[rule].name, found, goals);
    };
    return solve_decisions(law, open, known, how);
  }
  std::vector<Sequence> runs;
  for (const Seed& seed : tried) runs.push_back(seed.sequence);
  std::vector<std::optional<Sequence>> found = runs_that_show(law, open, runs, options.threads);
  const Simplicity simplicity(law);
  for (std::size_t i = 0; i < open.size(); ++i) {
    if (found[i]) found[i] = shorten_decision(law, simplicity, open[i], *found[i], kShortenCalls);
  }
  return found;
}

// The runs that a search for others begins with.
struct KnownRuns {
  std::vector<Sequence> cases;
  std::vector<Seed> seeds;  // of the file that keeps them
  std::vector<Seed> tried;
};

// Goals that no case shows and that may be possible: keeps runs that show them. False, with a message, if it cannot.
bool seek(const Law& law, const std::vector<DecisionGoal>& missed, const std::vector<Reachability>& answers,
          const KnownRuns& runs, const CoverageArguments& options) {
  std::vector<Seed> seeds = fit_seeds(law, runs.seeds, list_decisions(law, DecisionDetail::each_part));
  std::vector<Sequence> known = runs.cases;
  std::set<std::string> had;
  for (const Seed& seed : seeds) {
    known.push_back(seed.sequence);
    had.insert(seed.shows);
  }
  std::vector<DecisionGoal> open;
  for (std::size_t i = 0; i < missed.size(); ++i) {
    if (answers[i] == Reachability::open && had.count(missed[i].id) == 0) open.push_back(missed[i]);
  }
  const auto found = sought(law, open, known, runs.tried, options);
  for (std::size_t i = 0; i < open.size(); ++i) {
    if (!found[i]) continue;
    fmt::print(stderr, "found: {}\n", open[i].id);
    seeds.push_back({open[i].id, *found[i]});
  }
  return write_file(options.seeds, write_seeds(law, seeds));
}

// `written` becomes false if runs that show more could not be kept.
std::vector<GoalRow> table_of(const Law& law, const GoalCoverage& coverage, const KnownRuns& runs,
                              const CoverageArguments& options, const std::optional<EarlierReport>& earlier,
                              bool& written) {
  const std::vector<DecisionGoal> missed = not_shown(coverage.decisions, coverage.shown);
  const std::vector<Reachability> answers = refuted(law, missed, options, earlier);
  if (!options.seeds.empty()) written = seek(law, missed, answers, runs, options);
  return goal_table(coverage.outcomes, coverage.reached, coverage.decisions, coverage.shown, answers);
}

// What is worse than it was, a line each.
int compare_with_earlier(const std::vector<GoalRow>& rows, const GoalCoverage& coverage, const EarlierReport& earlier) {
  print_goal_table(rows);
  int worse = kHolds;
  for (const GoalRow& row : rows) {
    for (const std::string& id : row.open) {
      if (earlier.open.count(id) > 0) continue;
      fmt::print("{}: neither shown nor proved impossible, as it was: {}\n", row.kind, id);
      worse = kVacuous;
    }
  }
  for (std::size_t i = 0; i < coverage.decisions.size(); ++i) {
    const std::string& id = coverage.decisions[i].id;
    if (!coverage.shown[i] || earlier.proved.count(id) == 0) continue;
    fmt::print("a case shows what was proved impossible: {}\n", id);
    worse = kInternal;
  }
  return worse;
}

int coverage(const CoverageArguments& options) {
  const std::optional<Law> law = load_law(options.file, options.view);
  if (!law) return kLawError;
  if (!options.rule.empty() && law->find_rule(options.rule) == nullptr) return unknown_name(*law, options.rule);
  KnownRuns runs;
  if (!options.seeds.empty()) {
    std::optional<std::vector<Seed>> seeds = load_seeds(options.seeds, *law, true);
    if (!seeds) return kUsage;
    runs.seeds = std::move(*seeds);
  }
  if (!options.tried.empty()) {
    std::optional<std::vector<Seed>> tried = load_seeds(options.tried, *law);
    if (!tried) return kUsage;
    runs.tried = std::move(*tried);
  }
  const std::optional<std::string> text = read_file(options.cases);
  if (!text) {
    fmt::print(stderr, "iolaw: cannot read {}\n", options.cases);
    return kUsage;
  }
  try {
    for (RecordedCase& one : read_cases(Model(*law), *text)) runs.cases.push_back(std::move(one.sequence));
  } catch (const CaseFileError& error) {
    fmt::print(stderr, "iolaw: {}: {}\n", options.cases, error.what());
    return kUsage;
  }
  std::optional<EarlierReport> earlier;
  if (!options.against.empty()) {
    const std::optional<std::string> before = read_file(options.against);
    try {
      if (before) earlier = earlier_report(*before);
    } catch (const nlohmann::json::exception& error) {
      fmt::print(stderr, "iolaw: {}: {}\n", options.against, error.what());
      return kUsage;
    }
    if (!before) {
      fmt::print(stderr, "iolaw: cannot read {}\n", options.against);
      return kUsage;
    }
  }
  const GoalCoverage found = goal_coverage(*law, runs.cases, options.threads, options.rule);
  for (const std::size_t goal : found.denied) {
    fmt::print("a case shows this, though what is said to hold before such calls does not: {}\n",
               found.decisions[goal].id);
  }
  if (!found.denied.empty()) return kInternal;
  bool written = true;
  const std::vector<GoalRow> rows = table_of(*law, found, runs, options, earlier, written);
  if (earlier && !options.json) {
    const int code = compare_with_earlier(rows, found, *earlier);
    return written ? code : kUsage;
  }
  if (options.json) {
    fmt::print("{}\n", nlohmann::ordered_json{{"table", goal_table_json(rows)}}.dump(2));
  } else {
    print_goal_table(rows);
    for (const GoalRow& row : rows) {
      for (const std::string& id : row.open) {
        if (options.list) fmt::print("{}: {}\n", row.kind, id);
      }
    }
  }
  if (!written) return kUsage;
  const bool all = std::all_of(rows.begin(), rows.end(), [](const GoalRow& row) { return row.open.empty(); });
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
  command->add_option(
      "--against", options->against,
      "An earlier report, made with --refute --json: say which goals have become open since; with --refute, "
      "ask of those that were open alone");
  CLI::Option* const seeds =
      command->add_option("--seeds", options->seeds,
                          "Keep runs in this file that show goals which no case shows, and drop those that do not");
  command->add_flag("--solve", options->solve, "Look for such runs with a solver")->needs(seeds);
  command->add_option("--try", options->tried, "Look for such runs in this file, of the same form")->needs(seeds);
  command->add_option("--resources", options->budget.resources, "What one proof may take, in the solver's own count")
      ->capture_default_str();
  command->add_option("--runs", options->runs, "With --seeds: how many runs of each rule to begin with")
      ->capture_default_str();
  command->add_flag("--list", options->list, "List the goals that are open");
  command->add_option("--cache", options->cache, "Where proofs are kept for the next run")->capture_default_str();
  command->add_option("--threads", options->threads, "Workers")->capture_default_str();
  command->add_flag("--json", options->json, "The report as JSON");
  command->callback([options, &exit_code] { exit_code = coverage(*options); });
}

}  // namespace iolaw
