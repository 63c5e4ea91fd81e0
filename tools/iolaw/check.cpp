// SPDX-License-Identifier: Apache-2.0
// iolaw check: is this a law?
#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "model/diagnostics/json.hpp"
#include "model/diagnostics/sarif.hpp"
#include "model/law/parse.hpp"
#include "tools/iolaw/commands.hpp"
#include "tools/iolaw/law_counts.hpp"

namespace iolaw {
namespace {

std::string plural(std::size_t n, std::string_view noun) { return fmt::format("{} {}{}", n, noun, n == 1 ? "" : "s"); }

std::string summary(const Law& law) {
  const LawCounts counts = count_law(law);
  return fmt::format("{}, {}, {} with {}, {}, {}, {}", plural(counts.modules, "module"), plural(counts.objects, "kind"),
                     plural(counts.rules, "rule"), plural(counts.outcomes, "outcome"),
                     plural(counts.invariants, "invariant"), plural(counts.steps, "step"),
                     plural(counts.covers, "cover"));
}

void show(const std::string& file, const Parsed& parsed) {
  const bool colour = isatty(STDERR_FILENO) == 1;
  for (const Diagnostic& diagnostic : parsed.diagnostics) {
    fmt::print(stderr, "{}\n", render(diagnostic, parsed.files, colour));
  }
  if (parsed.law) {
    fmt::print("{}: no mistake in {}\n", file, summary(*parsed.law));
    return;
  }
  fmt::print(stderr, "{}: {}; `iolaw explain {}` says more\n", file, plural(parsed.diagnostics.size(), "mistake"),
             code_name(parsed.diagnostics.front().code));
}

enum class Form : std::uint8_t { text, json, sarif };

template <typename Json>
void print(const Json& document) {
  fmt::print("{}\n", document.dump(2, ' ', false, nlohmann::json::error_handler_t::replace));
}

int check(const std::vector<std::string>& files, Form form) {
  bool ok = true;
  nlohmann::json report = {{"files", nlohmann::json::array()}};
  nlohmann::ordered_json sarif = sarif_log();
  for (const std::string& file : files) {
    const Parsed parsed = parse_law(file);
    ok = ok && parsed.law;
    if (form == Form::text) {
      show(file, parsed);
    } else if (form == Form::sarif) {
      add_to_sarif(sarif, parsed.diagnostics, parsed.files);
    } else {
      nlohmann::json diagnostics = nlohmann::json::array();
      for (const Diagnostic& diagnostic : parsed.diagnostics) diagnostics.push_back(to_json(diagnostic, parsed.files));
      report["files"].push_back({{"file", file}, {"ok", parsed.law.has_value()}, {"diagnostics", diagnostics}});
    }
  }
  if (form == Form::json) print(report);
  if (form == Form::sarif) print(sarif);
  return ok ? kHolds : kLawError;
}

}  // namespace

void add_check(CLI::App& app, int& exit_code) {
  struct Options {
    std::vector<std::string> files;
    bool json = false;
    bool sarif = false;
  };
  const auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("check", "Parse and type a law; say what is wrong with it");
  command->add_option("FILE", options->files, "Root files of laws")->required();
  CLI::Option* json = command->add_flag("--json", options->json, "Report as JSON");
  command->add_flag("--sarif", options->sarif, "Report as SARIF 2.1.0")->excludes(json);
  command->callback([options, &exit_code] {
    exit_code = check(options->files, options->sarif ? Form::sarif : options->json ? Form::json : Form::text);
  });
}

}  // namespace iolaw
