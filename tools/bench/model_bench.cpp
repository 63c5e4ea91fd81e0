// SPDX-License-Identifier: Apache-2.0
// The front end on the whole law and on a large generated one; calls a second of the evaluator and of the compiled
// model, side by side, on one recorded run of a law. Ends with each figure beside the mark that it must meet, by CPU
// time of one core; the exit code is 1 if one is missed.
#include <benchmark/benchmark.h>

#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "core.hpp"
#include "iommufd.hpp"
#include "model/eval/model.hpp"
#include "model/law/parse.hpp"
#include "tools/bench/large_law.hpp"
#include "tools/bench/marks.hpp"

namespace {

using iolaw::Call;
using iolaw::Law;
using iolaw::Model;
using iolaw::State;

constexpr std::size_t kCalls = 8192;

struct Core {
  using CompiledState = core::State;
  static constexpr const char* kPath = IOLAW_SOURCE "/tools/bench/core.law";
  static std::uint32_t step(CompiledState& s, std::uint32_t rule, const std::uint64_t* arguments,
                            iolaw_compiled::Outcome& out) {
    return core::step(s, rule, arguments, out);
  }
};

struct Iommufd {
  using CompiledState = iommufd::State;
  static constexpr const char* kPath = IOLAW_SOURCE "/spec/iommufd.law";
  static std::uint32_t step(CompiledState& s, std::uint32_t rule, const std::uint64_t* arguments,
                            iolaw_compiled::Outcome& out) {
    return iommufd::step(s, rule, arguments, out);
  }
};

template <class Subject>
const Law& law_of() {
  static const iolaw::Parsed parsed = iolaw::parse_law(Subject::kPath);
  if (!parsed.law) throw std::runtime_error(std::string(Subject::kPath) + " is no law");
  return *parsed.law;
}

// A random run from the initial state, without calls that the compiled model has no room for.
template <class Subject>
const std::vector<Call>& run_of() {
  static const std::vector<Call> calls = [] {
    const Law& law = law_of<Subject>();
    const Model model(law);
    const iolaw::Sampler sampler(law);
    std::mt19937_64 random(1);
    State state(law);
    typename Subject::CompiledState compiled;
    iolaw::Outcome outcome;
    iolaw_compiled::Outcome compiled_outcome;
    std::vector<Call> made;
    while (made.size() < kCalls) {
      Call call = sampler.call(state, random);
      const std::uint32_t end = Subject::step(compiled, call.rule, call.arguments.data(), compiled_outcome);
      if (end == iolaw_compiled::kFull || end == iolaw_compiled::kUnspecified) continue;
      if (model.step(state, call, outcome) != end) throw std::runtime_error("the models differ");
      made.push_back(std::move(call));
    }
    return made;
  }();
  return calls;
}

template <class Subject>
void evaluator(benchmark::State& bench) {
  const Law& law = law_of<Subject>();
  const std::vector<Call>& calls = run_of<Subject>();
  const Model model(law);
  iolaw::Outcome outcome;
  for (auto _ : bench) {
    State state(law);
    for (const Call& call : calls) benchmark::DoNotOptimize(model.step(state, call, outcome));
  }
  bench.SetItemsProcessed(static_cast<std::int64_t>(bench.iterations() * calls.size()));
}

template <class Subject>
void compiled(benchmark::State& bench) {
  const std::vector<Call>& calls = run_of<Subject>();
  iolaw_compiled::Outcome outcome;
  for (auto _ : bench) {
    typename Subject::CompiledState state;
    for (const Call& call : calls) {
      benchmark::DoNotOptimize(Subject::step(state, call.rule, call.arguments.data(), outcome));
    }
  }
  bench.SetItemsProcessed(static_cast<std::int64_t>(bench.iterations() * calls.size()));
}

void parse_spec(benchmark::State& bench) {
  for (auto _ : bench) {
    const iolaw::Parsed parsed = iolaw::parse_law(IOLAW_SOURCE "/spec/iommufd.law");
    if (!parsed.law) bench.SkipWithError("spec/ has mistakes");
  }
}

constexpr std::size_t kLargeLines = 100'000;

void parse_large(benchmark::State& bench) {
  const std::vector<iolaw::SourceFile> texts = iolaw::make_large_law(kLargeLines);
  for (auto _ : bench) {
    const iolaw::Parsed parsed = iolaw::parse_law_texts(texts);
    if (!parsed.law) bench.SkipWithError(parsed.diagnostics.front().message.c_str());
  }
}

using iolaw::bench::Mark;

const std::vector<Mark> kMarks{
    {"spec/parse", Mark::Measure::seconds, 0.050, "parse and type the whole of spec/"},
    {"large/parse", Mark::Measure::seconds, 5, "parse and type 100,000 lines"},
    {"core/evaluator", Mark::Measure::rate, 500'000, "evaluator, core law: calls/s"},
    {"core/compiled", Mark::Measure::rate, 10'000'000, "compiled model, core law: calls/s"},
};

}  // namespace

BENCHMARK(parse_spec)->Name("spec/parse")->Unit(benchmark::kMillisecond);
BENCHMARK(parse_large)->Name("large/parse")->Unit(benchmark::kMillisecond);
BENCHMARK_TEMPLATE(evaluator, Core)->Name("core/evaluator");
BENCHMARK_TEMPLATE(compiled, Core)->Name("core/compiled");
BENCHMARK_TEMPLATE(evaluator, Iommufd)->Name("iommufd/evaluator");
BENCHMARK_TEMPLATE(compiled, Iommufd)->Name("iommufd/compiled");

int main(int argc, char** argv) { return iolaw::bench::run_with_marks(argc, argv, kMarks); }
