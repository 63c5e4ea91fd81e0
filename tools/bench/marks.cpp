// SPDX-License-Identifier: Apache-2.0
#include "tools/bench/marks.hpp"

#include <benchmark/benchmark.h>
#include <fmt/core.h>
#include <unistd.h>

#include <map>

namespace iolaw::bench {
namespace {

// The best of repetitions: others measure what else the machine does.
class Figures : public benchmark::ConsoleReporter {
 public:
  Figures() : ConsoleReporter(isatty(STDOUT_FILENO) == 1 ? OO_ColorTabular : OO_Tabular) {}

  void ReportRuns(const std::vector<Run>& runs) override {
    ConsoleReporter::ReportRuns(runs);
    for (const Run& run : runs) {
      if (run.error_occurred) failed_ = true;
      if (run.error_occurred || run.run_type != Run::RT_Iteration || run.iterations == 0) continue;
      const std::string name = run.run_name.function_name;
      const double seconds = run.cpu_accumulated_time / static_cast<double>(run.iterations);
      if (const auto [at, first] = seconds_.try_emplace(name, seconds); !first && seconds < at->second)
        at->second = seconds;
      if (const auto rate = run.counters.find("items_per_second"); rate != run.counters.end()) {
        double& best = rates_[name];
        if (rate->second > best) best = rate->second;
      }
    }
  }

  // Whether every mark is met.
  bool compare(const std::vector<Mark>& marks) const {
    bool met = !failed_;
    fmt::print("\n{:<38} {:>12} {:>14} {:>9}\n", "", "measured", "mark", "ratio");
    for (const Mark& mark : marks) {
      const std::map<std::string, double>& figures = mark.measure == Mark::Measure::rate ? rates_ : seconds_;
      const auto found = figures.find(mark.name);
      if (found == figures.end()) continue;
      const bool rate = mark.measure == Mark::Measure::rate;
      const double ratio = rate ? found->second / mark.limit : mark.limit / found->second;
      fmt::print("{:<38} {:>12} {:>2}{:>12} {:>8.1f}x{}\n", mark.text, shown(mark, found->second), rate ? "≥" : "<",
                 shown(mark, mark.limit), ratio, ratio < 1 ? "  MISSED" : "");
      met = met && ratio >= 1;
    }
    return met;
  }

 private:
  static std::string shown(const Mark& mark, double value) {
    return mark.measure == Mark::Measure::rate ? fmt::format("{:.2f} M", value / 1e6)
                                               : fmt::format("{:.1f} ms", value * 1e3);
  }

  std::map<std::string, double> seconds_;
  std::map<std::string, double> rates_;
  bool failed_ = false;
};

}  // namespace

int run_with_marks(int argc, char** argv, const std::vector<Mark>& marks) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 64;
  Figures figures;
  benchmark::RunSpecifiedBenchmarks(&figures);
  return figures.compare(marks) ? 0 : 1;
}

}  // namespace iolaw::bench
