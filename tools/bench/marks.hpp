// SPDX-License-Identifier: Apache-2.0
// Figures beside the marks that they must meet.
#pragma once

#include <string>
#include <vector>

namespace iolaw::bench {

struct Mark {
  std::string name;  // of the benchmark
  enum class Measure {
    seconds,  // CPU time of one iteration: at most `limit`
    rate,     // items a second of CPU time: at least `limit`
  } measure = Measure::seconds;
  double limit = 0;
  std::string text;
};

// Runs the benchmarks with Google Benchmark's options, then prints a table of what has a mark. 1 if a mark is missed or
// a benchmark failed, 64 for wrong options. What was not run (--benchmark_filter) is left out.
int run_with_marks(int argc, char** argv, const std::vector<Mark>& marks);

}  // namespace iolaw::bench
