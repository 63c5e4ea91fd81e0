// SPDX-License-Identifier: Apache-2.0
// A saved trace as a C program: its calls are made on hw_reference, which answers as the law says, and written down.
#include "tools/iolaw/trace_c.hpp"

#include <fmt/core.h>

#include <filesystem>
#include <stdexcept>

#include "model/port/session.hpp"
#include "tools/iolaw/commands.hpp"
#include "tools/ports/dev_iommu_port.hpp"
#include "tools/ports/hw_reference_uapi_port.hpp"
#include "tools/reproduce/program.hpp"

namespace iolaw {
namespace {

// What stands in the way, if anything does.
std::string record(const Law& law, const Trace& trace, reproduce::Recorder::Log& log,
                   std::vector<reproduce::Part>& parts) {
  const std::unique_ptr<Port> port =
      make_port_on("recorder", std::make_unique<reproduce::Recorder>(hw_reference_system_calls(), log), "/dev/iommu");
  const Model model(law);
  Session session(model, *port);
  for (std::size_t i = 0; i < trace.steps.size(); ++i) {
    log.made.clear();
    const Session::Verdict verdict = session.step(trace.steps[i].call);
    const Session::Finding& finding = session.finding();
    const std::string call = to_string(law, finding.call);
    if (verdict == Session::Verdict::unsupported) return fmt::format("call {}, {}: {}", i + 1, call, finding.note);
    if (verdict != Session::Verdict::agrees) {
      return fmt::format("hw_reference, which should do what the law says, does not make call {}, {}: {}", i + 1, call,
                         to_string(verdict));
    }
    if (!log.obstacle.empty()) return fmt::format("call {}, {}: {}", i + 1, call, log.obstacle);
    parts.push_back({call + ": " + to_string(law, finding.call, finding.observed, finding.branch), log.made});
  }
  return {};
}

}  // namespace

int print_trace_as_c(const std::string& name, const LoadedTraces& loaded, const TraceProgram& text) {
  if (loaded.error != 0) return loaded.error;
  const Trace& trace = loaded.traces.front().trace;
  if (trace.start != State(loaded.law) || trace.steps.empty()) {
    fmt::print(stderr, "iolaw: {} has no calls from the initial state on: no program can make them\n", name);
    return kUsage;
  }
  reproduce::Recorder::Log log;
  std::vector<reproduce::Part> parts;
  try {
    const std::string obstacle = record(loaded.law, trace, log, parts);
    if (!obstacle.empty()) throw std::runtime_error(obstacle);
    const reproduce::ProgramText program{std::filesystem::path(name).filename(),
                                         text.title.empty() ? parts.back().text : text.title, text.failing};
    fmt::print("{}", reproduce::write_program(program, parts, log.device));
  } catch (const std::runtime_error& error) {
    fmt::print(stderr, "iolaw: {} cannot be written as a C program: {}\n", name, error.what());
    return kUsage;
  }
  return kHolds;
}

}  // namespace iolaw
