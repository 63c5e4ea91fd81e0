// SPDX-License-Identifier: Apache-2.0
#include "checker/differ/diff.hpp"

#include <fmt/core.h>
#include <unistd.h>

#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "tools/iolaw/commands.hpp"
#include "tools/iolaw/diff_threads.hpp"
#include "tools/iolaw/kept_witnesses.hpp"
#include "tools/iolaw/load.hpp"
#include "tools/iolaw/open_port.hpp"
#include "tools/iolaw/write_file.hpp"

namespace iolaw {
namespace {

struct DiffArguments {
  std::string file;
  LawView view;
  std::string port = "hw_reference";
  std::uint64_t steps = 100'000;
  std::uint64_t seed = 1;
  double seconds = 0;
  std::string out;
  std::string corpus;
  std::uint32_t threads = 1;
  std::string history;
  bool json = false;
};

nlohmann::ordered_json to_report(const DiffArguments& options, const DiffReport& report) {
  nlohmann::ordered_json json{
      {"steps", report.steps},
      {"seconds", report.seconds},
      {"steps_per_second", report.seconds > 0 ? static_cast<double>(report.steps) / report.seconds : 0},
      {"divergences", report.difference ? 1 : 0},
      {"seed", report.seed},
      {"port", options.port},
      {"outcomes", {{"reached", report.reached.size()}, {"missed", report.missed}}},
      {"pairs", report.pairs},
      {"unsupported", report.unsupported}};
  if (!options.corpus.empty()) {
    json["corpus"] = {{"replayed", report.replayed}, {"passed_over", report.passed_over}, {"kept", report.kept}};
  }
  if (report.difference) {
    json["shrunk_steps"] = report.difference->sequence.size();
    json["confirmed"] = report.confirmed;
    if (!options.out.empty()) json["trace"] = options.out;
  }
  return json;
}

void print(const DiffArguments& options, const Model& model, const DiffReport& report) {
  const double rate = report.seconds > 0 ? static_cast<double>(report.steps) / report.seconds : 0;
  fmt::print("{}: {} steps compared in {:.2f} s, {:.0f} steps/s, seed {}\n", options.port, report.steps, report.seconds,
             rate, report.seed);
  if (!options.corpus.empty()) {
    fmt::print("{}: {} traces replayed, {} files passed over, {} traces added\n", options.corpus, report.replayed,
               report.passed_over, report.kept);
  }
  fmt::print("{} of {} outcomes and {} pairs of them reached\n", report.reached.size(),
             report.reached.size() + report.missed.size(), report.pairs);
  for (const std::string& id : report.missed) fmt::print("  not reached: {}\n", id);
  for (const std::string& line : report.unsupported) fmt::print("  the port cannot call {}\n", line);
  if (!report.difference) return;
  fmt::print("\n{}", to_text(model, options.port, *report.difference));
  if (!report.confirmed) fmt::print("The same calls did not differ when they were made once more.\n");
  if (options.out.empty()) {
    fmt::print("\nSave the trace with --out TRACE; run it with iolaw replay TRACE {} --port {}\n", options.file,
               options.port);
  } else {
    fmt::print("\nTrace in {}; run it with iolaw replay {} {} --port {}\n", options.out, options.out, options.file,
               options.port);
  }
}

int diff(const DiffArguments& options) {
  const std::optional<Law> law = load_law(options.file, options.view);
  if (!law) return kLawError;
  const std::unique_ptr<Port> port = open_port(options.port, *law);
  if (!port) return kUsage;
  const Model model(*law);
  DiffOptions run{options.seed, options.steps};
  run.corpus = options.corpus;
  run.law_path = options.file;
  run.known = load_known_calls(options.file, *law);
  run.complain = [](const std::string& text) { fmt::print(stderr, "iolaw: passed over: {}\n", text); };
  const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(options.seconds);
  if (options.seconds > 0) run.enough = [&] { return std::chrono::steady_clock::now() >= end; };
  const bool terminal = isatty(STDERR_FILENO) != 0;
  if (terminal) {
    run.progress = [&](std::uint64_t steps, double seconds, std::size_t outcomes) {
      fmt::print(stderr, "\r\033[K{} of {} steps, {:.0f} steps/s, {} outcomes", steps, options.steps,
                 static_cast<double>(steps) / seconds, outcomes);
    };
  }
  DiffReport report;
  try {
    report = run_diff(model, *port, run);
  } catch (const CorpusError& error) {
    fmt::print(stderr, "{}iolaw: --corpus: {}\n", terminal ? "\r\033[K" : "", error.what());
    return kUsage;
  }
  if (terminal) fmt::print(stderr, "\r\033[K");
  if (report.difference && !options.out.empty()) {
    write_file(options.out, to_json(*law, to_trace(model, options.file, options.port, *report.difference)));
  }
  if (options.json) {
    fmt::print("{}\n", to_report(options, report).dump(2));
  } else {
    print(options, model, report);
  }
  return report.difference ? kDiverges : kHolds;
}

}  // namespace

void add_diff(CLI::App& app, int& exit_code) {
  const auto options = std::make_shared<DiffArguments>();
  CLI::App* command = app.add_subcommand("diff", "Random calls on an implementation, judged by the law");
  command->add_option("FILE", options->file, "Root file of the law")->required();
  add_view_options(*command, options->view);
  CLI::Option* port = command->add_option("--port", options->port,
                                          "The implementation; with several threads hw_reference stands for "
                                          "hw_reference_uapi:interleaved, where the seed decides who goes on");
  port->capture_default_str();
  command->add_option("--steps", options->steps, "Calls to compare")->capture_default_str()->check(CLI::PositiveNumber);
  command->add_option("--seconds", options->seconds, "Ends then, be the steps made or not; 0: when they are made")
      ->capture_default_str()
      ->check(CLI::NonNegativeNumber);
  command->add_option("--seed", options->seed, "Decides every call")->capture_default_str();
  command->add_option("--corpus", options->corpus,
                      "A folder with traces of earlier runs: replayed first; what is new is added");
  command->add_option("--out", options->out, "Where to save the shrunk trace of a difference, or its history");
  command
      ->add_option("--threads", options->threads,
                   "How many threads call at once: each history of calls must have an order that the law allows")
      ->capture_default_str()
      ->check(CLI::Range(1, 8));
  command->add_option("--history", options->history, "Judge a saved history, and call nobody")
      ->check(CLI::ExistingFile)
      ->excludes(port);
  command->add_flag("--json", options->json, "The report as JSON");
  command->callback([options, port, &exit_code] {
    if (!options->history.empty()) {
      exit_code = judge_history(options->history, options->file, options->view, options->json);
    } else if (options->threads > 1) {
      if (options->port == "hw_reference") options->port = "hw_reference_uapi:interleaved";
      exit_code = diff_threads({options->file, options->view, options->port, options->steps, options->seed,
                                options->threads, options->out, options->json});
    } else {
      exit_code = diff(*options);
    }
  });
}

}  // namespace iolaw
