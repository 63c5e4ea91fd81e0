// SPDX-License-Identifier: Apache-2.0
// iolaw trace: what saved traces say, and where two of them part.
#include <fmt/core.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "model/trace/compare.hpp"
#include "tools/iolaw/commands.hpp"
#include "tools/iolaw/load.hpp"
#include "tools/iolaw/load_trace.hpp"
#include "tools/iolaw/trace_c.hpp"

namespace iolaw {
namespace {

struct TraceArguments {
  std::string a;
  std::string b;
  std::string law;
  LawView view;
  bool json = false;
};

std::string headline(const std::string& name, const Trace& trace) {
  return fmt::format("{}: {} call{} of {}{}\n", name, trace.steps.size(), trace.steps.size() == 1 ? "" : "s", trace.law,
                     trace.note.empty() ? "" : ", " + trace.note);
}

int show_trace(const TraceArguments& options) {
  LoadedTraces loaded = load_traces({options.a}, options.law, options.view);
  if (loaded.error != 0) return loaded.error;
  Trace& trace = loaded.traces.front().trace;
  fmt::print("{}", headline(options.a, trace));
  trace.note.clear();  // the headline has it
  fmt::print("{}", to_text(loaded.law, Model(loaded.law), trace));
  return kHolds;
}

int diff_traces(const TraceArguments& options) {
  const LoadedTraces loaded = load_traces({options.a, options.b}, options.law, options.view);
  if (loaded.error != 0) return loaded.error;
  const Law& law = loaded.law;
  const Trace& a = loaded.traces[0].trace;
  const Trace& b = loaded.traces[1].trace;
  const std::optional<Parting> parting = compare(Model(law), loaded.traces[0], loaded.traces[1]);
  if (options.json) {
    nlohmann::ordered_json report{{"same", !parting}, {"steps", {a.steps.size(), b.steps.size()}}};
    if (parting) report.update(to_json(law, *parting));
    fmt::print("{}\n", report.dump(2));
    return parting ? kDiverges : kHolds;
  }
  fmt::print("{}{}", headline("A " + options.a, a), headline("B " + options.b, b));
  if (!parting) {
    fmt::print("They are the same.\n");
    return kHolds;
  }
  if (parting->step == 0) {
    fmt::print("They part at the start:\n");
  } else {
    fmt::print("They part at step {}:\n", parting->step);
  }
  fmt::print("{}", to_text(law, *parting));
  return kDiverges;
}

void add_c(CLI::App& command, const std::shared_ptr<TraceArguments>& options, int& exit_code) {
  CLI::App* c = command.add_subcommand(
      "c", "A C program that makes the calls of a trace by ioctls, and says how the last one ends");
  c->add_option("TRACE", options->a, "A trace that diff, search or run saved")->required();
  c->add_option("--law", options->law, "Root file of the law; default: the one that the trace names");
  add_view_options(*c, options->view);
  const auto text = std::make_shared<TraceProgram>();
  c->add_option("--title", text->title, "What the program shows; default: the last call and what the law says of it");
  c->add_flag("--failing", text->failing, "Makes the last call again and again, with failing allocations");
  c->callback([options, text, &exit_code] {
    exit_code = print_trace_as_c(options->a, load_traces({options->a}, options->law, options->view), *text);
  });
}

}  // namespace

void add_trace(CLI::App& app, int& exit_code) {
  const auto options = std::make_shared<TraceArguments>();
  CLI::App* command = app.add_subcommand("trace", "Show saved traces, and where two of them part");
  command->require_subcommand(1);
  CLI::App* show_command = command->add_subcommand("show", "Each call with its outcome and what it changed");
  show_command->add_option("TRACE", options->a, "A trace that any command saved")->required();
  show_command->add_option("--law", options->law, "Root file of the law; default: the one that the trace names");
  add_view_options(*show_command, options->view);
  show_command->callback([options, &exit_code] { exit_code = show_trace(*options); });
  add_c(*command, options, exit_code);
  CLI::App* diff_command =
      command->add_subcommand("diff", "The first step where two traces part; exit code 20 if they do");
  diff_command->add_option("A", options->a, "A trace")->required();
  diff_command->add_option("B", options->b, "Another")->required();
  diff_command->add_option("--law", options->law, "Root file of the law; default: the one that the traces name");
  add_view_options(*diff_command, options->view);
  diff_command->add_flag("--json", options->json, "The report as JSON");
  diff_command->callback([options, &exit_code] { exit_code = diff_traces(*options); });
}

}  // namespace iolaw
