// SPDX-License-Identifier: Apache-2.0
// Steps a second of the differ on one core: a call drawn from the law, made on the port, judged by the model. The
// search for starts, once for each campaign, is in the time but not in steps/s.
#include <benchmark/benchmark.h>

#include <stdexcept>

#include "checker/differ/diff.hpp"
#include "model/law/parse.hpp"
#include "tools/ports/hw_reference_port.hpp"
#include "tools/ports/model_port.hpp"

namespace iolaw {
namespace {

const Law& law() {
  static const Parsed parsed = parse_law(IOLAW_LAW);
  if (!parsed.law) throw std::runtime_error("the law has errors");
  return *parsed.law;
}

void diff(benchmark::State& state, Port& port) {
  const Model model(law());
  std::uint64_t seed = 1;
  std::uint64_t steps = 0;
  double seconds = 0;
  for (auto _ : state) {
    const DiffReport report = run_diff(model, port, {seed++, 20'000, {}});
    if (report.difference) {
      state.SkipWithError("the port differs from the law");
      return;
    }
    steps += report.steps;
    seconds += report.seconds;
  }
  state.counters["steps/s"] = static_cast<double>(steps) / seconds;
}

void diff_hw_reference(benchmark::State& state) { diff(state, *make_hw_reference_port()); }
BENCHMARK(diff_hw_reference)->Unit(benchmark::kMillisecond);

void diff_model(benchmark::State& state) {
  ModelPort port(law());
  diff(state, port);
}
BENCHMARK(diff_model)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace iolaw
