// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "model/diagnostics/diagnostic.hpp"
#include "model/trace/random_run.hpp"
#include "tools/iolaw/commands.hpp"
#include "tools/iolaw/load.hpp"
#include "tools/iolaw/write_file.hpp"

namespace iolaw {
namespace {

struct RunArguments {
  std::string file;
  LawView view;
  std::string out;
  std::uint64_t seed = 1;
  std::uint64_t steps = 100;
  bool json = false;
};

void print_step(const Law& law, std::uint64_t number, const TraceStep& step, const State& before, const State& after) {
  fmt::print("{}. {}\n    → {}\n", number, to_string(law, step.call),
             to_string(law, step.call, step.outcome, step.branch));
  for (const std::string& line : difference(law, before, after)) fmt::print("    {}\n", line);
}

nlohmann::ordered_json to_report(const Law& law, const RunArguments& options, const RunReport& report) {
  nlohmann::ordered_json branches = nlohmann::ordered_json::object();
  for (std::uint32_t rule = 0; rule < law.rules.size(); ++rule) {
    if (law.rules[rule].probe) continue;
    const std::vector<std::uint64_t>& taken = report.branches[rule];
    for (std::uint32_t branch = 0; branch < taken.size(); ++branch) {
      branches[branch_id(law.rules[rule], branch + 1 == taken.size() ? kSuccess : branch)] = taken[branch];
    }
  }
  nlohmann::ordered_json covered = nlohmann::ordered_json::object();
  for (std::size_t index = 0; index < law.properties.size(); ++index) {
    if (law.properties[index].tag == Property::Tag::cover)
      covered[law.properties[index].name] = bool{report.covered[index]};
  }
  nlohmann::ordered_json violation;
  if (report.violation) {
    nlohmann::ordered_json reasons = nlohmann::ordered_json::array();
    for (const Reason& reason : report.violation->reasons) reasons.push_back(place(law, reason.span) + reason.text);
    const std::optional<std::uint32_t> property = report.violation->property;
    violation = {{"property", property ? nlohmann::ordered_json(law.properties[*property].name) : nullptr},
                 {"reasons", std::move(reasons)},
                 {"calls", report.trace.steps.size()}};
  }
  const double rate = report.seconds > 0 ? static_cast<double>(report.steps) / report.seconds : 0;
  return {{"steps", report.steps},        {"seconds", report.seconds},         {"steps_per_second", rate},
          {"seed", options.seed},         {"unspecified", report.unspecified}, {"branches", std::move(branches)},
          {"covers", std::move(covered)}, {"violation", std::move(violation)}};
}

int run(const RunArguments& options) {
  const std::optional<Law> law = load_law(options.file, options.view);
  if (!law) return kLawError;
  const Model model(*law);
  RunOptions wanted;
  wanted.seed = options.seed;
  wanted.steps = options.steps;
  wanted.keep_trace = !options.out.empty();
  std::uint64_t number = 0;
  if (options.out.empty() && !options.json) {
    wanted.watch = [&](const TraceStep& step, const State& before, const State& after) {
      print_step(*law, ++number, step, before, after);
    };
  }
  RunReport report = run_randomly(model, wanted);
  bool written = true;
  if (!options.out.empty()) {
    if (report.trace.note.empty()) report.trace.note = fmt::format("random run, seed {}", options.seed);
    written = write_file(options.out, to_json(*law, report.trace));
  }
  if (options.json) {
    fmt::print("{}\n", to_report(*law, options, report).dump(2));
  } else {
    fmt::print("{} steps in {:.2f} s, seed {}: {}\n", report.steps, report.seconds, options.seed,
               report.violation ? "a violation" : "every invariant and step holds");
  }
  if (!report.violation) return written ? kHolds : kUsage;
  if (!options.json) {
    for (const Reason& reason : report.violation->reasons) fmt::print("{}{}\n", place(*law, reason.span), reason.text);
    fmt::print("The shortest run that was found:\n{}", to_text(*law, model, report.trace));
  }
  return report.violation->property ? kViolated : kLawError;
}

}  // namespace

void add_run(CLI::App& app, int& exit_code) {
  const auto options = std::make_shared<RunArguments>();
  CLI::App* command = app.add_subcommand("run", "Run the model at random; every invariant and step is checked");
  command->add_option("FILE", options->file, "Root file of the law")->required();
  add_view_options(*command, options->view);
  command->add_option("--seed", options->seed, "Seed of the run")->capture_default_str();
  command->add_option("--steps", options->steps, "Calls to make")->capture_default_str();
  command->add_option("--out", options->out, "Save the trace there (JSON, ITF) instead of printing it");
  command->add_flag("--json", options->json, "The report as JSON, no trace");
  command->callback([options, &exit_code] { exit_code = run(*options); });
}

}  // namespace iolaw
