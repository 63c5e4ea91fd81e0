// SPDX-License-Identifier: Apache-2.0
// Steps a second of the differ on one core, in processor time: a call drawn from the law, made on the port, judged by
// the model. Campaigns of a million steps; the search for starts before them is not in the time.
#include <benchmark/benchmark.h>

#include <ctime>
#include <memory>
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
  const auto starts = std::make_shared<const std::vector<Start>>(find_starts(model));
  std::uint64_t seed = 1;
  std::uint64_t steps = 0;
  double seconds = 0;
  const auto now = [] { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; };
  for (auto _ : state) {
    const double before = now();
    const DiffReport report = run_diff(model, port, {seed++, 1'000'000, {}, starts});
    if (report.difference) {
      state.SkipWithError("the port differs from the law");
      return;
    }
    steps += report.steps;
    seconds += now() - before;
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
