// SPDX-License-Identifier: Apache-2.0
// iolaw stats: how much there is in a law.
#include <fmt/core.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "checker/prove/prove.hpp"
#include "model/show/calls.hpp"
#include "tools/iolaw/commands.hpp"
#include "tools/iolaw/law_counts.hpp"
#include "tools/iolaw/load.hpp"

namespace iolaw {
namespace {

int stats(const std::string& file, const LawView& view, bool json) {
  const std::optional<Law> law = load_law(file, view);
  if (!law) return kLawError;
  const LawCounts counts = count_law(*law);
  using Row = std::pair<const char*, std::size_t>;
  std::vector<Row> rows = {
      {"modules", counts.modules},     {"objects", counts.objects},   {"rules", counts.rules},
      {"probes", counts.probes},       {"outcomes", counts.outcomes}, {"invariants", counts.invariants},
      {"steps", counts.steps},         {"covers", counts.covers},     {"generated", counts.generated},
      {"citations", counts.citations}, {"profiles", counts.profiles}, {"givens", counts.givens},
      {"axioms", counts.axioms},       {"scopes", counts.scopes}};
  try {
    rows.emplace_back("obligations", count_obligations(*law));
  } catch (const Unsupported& error) {
    fmt::print(stderr, "iolaw: no obligations are counted, since proofs cannot carry this law: {}\n", error.what());
  }
  nlohmann::ordered_json report;
  for (const auto& [name, number] : rows) {
    report[name] = number;
    if (!json) fmt::print("{:<12}{:>6}\n", name, number);
  }
  if (json) fmt::print("{}\n", report.dump(2));
  return kHolds;
}

int table(const std::string& file, const LawView& view) {
  const std::optional<Law> law = load_law(file, view);
  if (!law) return kLawError;
  fmt::print("{}", show::outcome_table(*law));
  return kHolds;
}

}  // namespace

void add_stats(CLI::App& app, int& exit_code) {
  struct Options {
    std::string file;
    LawView view;
    bool json = false;
    bool table = false;
  };
  const auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("stats", "Count what is in a law");
  command->add_option("FILE", options->file, "Root file of the law")->required();
  add_view_options(*command, options->view);
  CLI::Option* as_json = command->add_flag("--json", options->json, "Report as JSON");
  command->add_flag("--table", options->table, "Rules, outcomes and errnos by call, as a table in Markdown")
      ->excludes(as_json);
  command->callback([options, &exit_code] {
    exit_code =
        options->table ? table(options->file, options->view) : stats(options->file, options->view, options->json);
  });
}

}  // namespace iolaw
