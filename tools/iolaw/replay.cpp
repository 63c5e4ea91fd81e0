// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "model/port/session.hpp"
#include "model/trace/trace.hpp"
#include "tools/iolaw/commands.hpp"
#include "tools/iolaw/diff_threads.hpp"
#include "tools/iolaw/load.hpp"
#include "tools/iolaw/load_trace.hpp"
#include "tools/iolaw/open_port.hpp"

namespace iolaw {
namespace {

struct ReplayArguments {
  std::string trace;
  std::string file;
  std::string port = "hw_reference";
  LawView view;
  bool json = false;
};

struct Replay {
  std::size_t agreed = 0;
  std::size_t left_out = 0;  // calls that the port cannot make
  bool differs = false;
  bool silent = false;  // the law does not say what the next call does
};

Replay replay(const Law& law, Session& session, const Trace& trace, bool print) {
  Replay result;
  for (std::size_t i = 0; i < trace.steps.size(); ++i) {
    const Session::Verdict verdict = session.step(trace.steps[i].call);
    const Session::Finding& finding = session.finding();
    const auto line = [&](const std::string& text) {
      if (print) fmt::print("  {}. {}\n", i + 1, text);
    };
    switch (verdict) {
      case Session::Verdict::agrees:
        ++result.agreed;
        line(to_string(law, finding.call) + ": " + to_string(law, finding.call, finding.observed, finding.branch));
        break;
      case Session::Verdict::unsupported:
        ++result.left_out;
        line(fmt::format("{}: left out, {}", to_string(law, finding.call), finding.note));
        break;
      case Session::Verdict::unspecified:
        result.silent = true;
        line(to_string(law, finding.call) + ": the law does not say what this does");
        return result;
      case Session::Verdict::differs:
      case Session::Verdict::broken:
        result.differs = true;
        line(to_text(law, finding));
        return result;
    }
  }
  return result;
}

int replay(const ReplayArguments& options) {
  // What several threads did cannot be made once more; it is judged as it was.
  if (is_history(options.trace)) return judge_history(options.trace, options.file, options.view, options.json);
  const LoadedTraces loaded = load_traces({options.trace}, options.file, options.view);
  if (loaded.error != 0) return loaded.error;
  const Law& law = loaded.law;
  const Trace& trace = loaded.traces.front().trace;
  if (trace.start != State(law)) {
    fmt::print(stderr, "iolaw: {} does not begin in the initial state: no port can be brought there\n", options.trace);
    return kUsage;
  }
  const std::unique_ptr<Port> port = open_port(options.port, law);
  if (!port) return kUsage;
  const Model model(law);
  Session session(model, *port);
  const Replay result = replay(law, session, trace, !options.json);
  const std::size_t step = result.agreed + result.left_out + 1;
  if (options.json) {
    nlohmann::ordered_json report{{"port", options.port},
                                  {"steps", trace.steps.size()},
                                  {"agreed", result.agreed},
                                  {"left_out", result.left_out},
                                  {"divergences", result.differs ? 1 : 0}};
    if (result.differs) report["differs_at"] = step;
    fmt::print("{}\n", report.dump(2));
  } else if (result.differs) {
    fmt::print("{} differs at step {} of {}\n", options.port, step, trace.steps.size());
  } else if (result.silent) {
    fmt::print("{} agrees up to step {}, which the law leaves open\n", options.port, step - 1);
  } else {
    fmt::print("{} agrees in all {} steps{}\n", options.port, result.agreed,
               result.left_out > 0 ? fmt::format("; {} left out", result.left_out) : "");
  }
  if (result.differs) return kDiverges;
  return result.silent || result.left_out > 0 ? kUnknown : kHolds;
}

}  // namespace

void add_replay(CLI::App& app, int& exit_code) {
  const auto options = std::make_shared<ReplayArguments>();
  CLI::App* command = app.add_subcommand("replay", "Run a saved trace on an implementation, judged by the law");
  command
      ->add_option("TRACE", options->trace,
                   "A trace that diff, search or run saved, or a history that diff --threads saved, which is judged "
                   "without a port")
      ->required();
  command->add_option("FILE", options->file, "Root file of the law; default: the one that the trace names");
  command->add_option("--port", options->port, "The implementation")->capture_default_str();
  add_view_options(*command, options->view);
  command->add_flag("--json", options->json, "The report as JSON");
  command->callback([options, &exit_code] { exit_code = replay(*options); });
}

}  // namespace iolaw
