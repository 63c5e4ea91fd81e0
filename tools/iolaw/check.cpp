// SPDX-License-Identifier: Apache-2.0
// iolaw check: is this a law?
#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "model/diagnostics/codes.hpp"
#include "model/diagnostics/json.hpp"
#include "model/diagnostics/sarif.hpp"
#include "model/eval/environment.hpp"
#include "model/law/parse.hpp"
#include "tools/iolaw/commands.hpp"
#include "tools/iolaw/law_counts.hpp"
#include "tools/iolaw/load.hpp"

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

// What only the evaluator can tell: whether the instance of the environment meets the axioms.
void examine(const Law& law, std::vector<Diagnostic>& found) {
  for (const AxiomCheck& check : check_environment(law)) {
    if (check.tag != AxiomCheck::Tag::fails) continue;
    found.push_back(make(Code::axiom_fails, check.span,
                         "the instance of the environment does not meet " + check.name + ": " + check.why));
  }
}

Parsed check_file(const std::string& file, const LawView& view) {
  if (view.profile.empty() && !view.version) return check_law(file, examine);
  Parsed parsed = parse_law(file, view);
  require_profile(file, view, parsed);
  if (!parsed.law) return parsed;
  examine(*parsed.law, parsed.diagnostics);
  if (!parsed.diagnostics.empty()) parsed.law.reset();
  return parsed;
}

// "2 assumptions about the environment hold of the instance, 1 assumption tried on 20000 values each": axioms, and that
// given functions give what fits. Of the default view.
std::string environment(const Law& law) {
  std::size_t exact = 0;
  std::size_t tested = 0;
  std::uint64_t samples = 0;
  for (const AxiomCheck& check : check_environment(law)) {
    ++(check.tag == AxiomCheck::Tag::holds ? exact : tested);
    samples = std::max(samples, check.samples);
  }
  std::string text;
  if (exact > 0) {
    text =
        plural(exact, "assumption") + " about the environment " + (exact == 1 ? "holds" : "hold") + " of the instance";
  }
  if (tested > 0) {
    text +=
        fmt::format("{}{} tried on {} values each", text.empty() ? "" : ", ", plural(tested, "assumption"), samples);
  }
  return text;
}

// Nobody reads more at a time; JSON and SARIF have them all.
constexpr std::size_t kMostShown = 200;

void show(const std::string& file, const Parsed& parsed) {
  const bool colour = isatty(STDERR_FILENO) == 1;
  const std::size_t shown = std::min(kMostShown, parsed.diagnostics.size());
  for (std::size_t i = 0; i < shown; ++i) {
    fmt::print(stderr, "{}\n", render(parsed.diagnostics[i], parsed.files, colour));
  }
  if (shown < parsed.diagnostics.size()) fmt::print(stderr, "… and {} more\n", parsed.diagnostics.size() - shown);
  if (parsed.law) {
    fmt::print("{}: no mistake in {}\n", file, summary(*parsed.law));
    if (const std::string known = environment(*parsed.law); !known.empty()) fmt::print("{}: {}\n", file, known);
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

int check(const std::vector<std::string>& files, const LawView& view, Form form) {
  bool ok = true;
  nlohmann::json report = {{"files", nlohmann::json::array()}};
  nlohmann::ordered_json sarif = sarif_log();
  for (const std::string& file : files) {
    const Parsed parsed = check_file(file, view);
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
  struct CheckArguments {
    std::vector<std::string> files;
    LawView view;
    bool json = false;
    bool sarif = false;
  };
  const auto options = std::make_shared<CheckArguments>();
  CLI::App* command = app.add_subcommand("check", "Parse and type a law; say what is wrong with it");
  command->add_option("FILE", options->files, "Root files of laws")->required();
  add_view_options(*command, options->view);
  CLI::Option* json = command->add_flag("--json", options->json, "Report as JSON");
  command->add_flag("--sarif", options->sarif, "Report as SARIF 2.1.0")->excludes(json);
  command->callback([options, &exit_code] {
    exit_code = check(options->files, options->view,
                      options->sarif  ? Form::sarif
                      : options->json ? Form::json
                                      : Form::text);
  });
}

}  // namespace iolaw
