// SPDX-License-Identifier: Apache-2.0
// How good our tests are: each seeded defect of hw_reference against the generated suite and against random
// differences.
//
//   bench_defects [--suite EXECUTABLE] [--seconds S] [--steps N] [--seeds N] [DEFECT…]
//
// For each defect: whether the suite fails, and for each seed after how many steps a difference was found, and in how
// many it can be shown. Ends with 1 if a defect is found by neither, or nothing was asked.
#include <fmt/format.h>
#include <sys/wait.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "checker/differ/diff.hpp"
#include "checker/differ/starts.hpp"
#include "checker/prove/witness_file.hpp"
#include "model/law/parse.hpp"
#include "tools/ports/hw_reference_port.hpp"
#include "tools/ports/registry.hpp"

namespace iolaw {
namespace {

struct Options {
  std::string suite;
  std::uint64_t steps = 1'000'000'000;
  double seconds = 60;
  std::uint64_t seeds = 1;
  std::vector<std::string> defects;
};

// What other processes do does not count.
double processor_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

// The witnesses beside the law, as `iolaw diff` uses them.
std::vector<std::vector<Call>> known_here(const Law& law) {
  std::vector<WitnessLine> wrong;
  const WitnessSections sections = read_witnesses_beside(IOLAW_LAW, law, wrong);
  std::vector<std::vector<Call>> known = known_calls(law, witnesses_of_profile(law, sections));
  if (known.empty()) throw std::runtime_error("there are no witnesses beside the law");
  return known;
}

// A case fails, or the implementation crashes.
bool suite_fails(const std::string& suite, const std::string& port) {
  const int status = std::system(fmt::format("'{}' --port={} --gtest_brief=1 >/dev/null 2>&1", suite, port).c_str());
  if (status == -1 || !WIFEXITED(status)) throw std::runtime_error("cannot run " + suite);
  const int code = WEXITSTATUS(status);
  if (code == 0) return false;
  if (code == 1 || code > 128) return true;
  throw std::runtime_error(fmt::format("{} ended with code {}, which is no verdict", suite, code));
}

int run(const Options& options) {
  const Parsed parsed = parse_law(IOLAW_LAW);
  if (!parsed.law) throw std::runtime_error("the law has errors");
  const Model model(*parsed.law);
  const auto starts = std::make_shared<const std::vector<Start>>(find_starts(model, known_here(*parsed.law)));
  register_hw_reference_defect_ports();
  std::vector<std::string> ports;
  for (const std::string& port : port_names()) {
    const std::string defect = port.substr(port.find(':') + 1);
    if (options.defects.empty() || std::count(options.defects.begin(), options.defects.end(), defect) > 0) {
      ports.push_back(port);
    }
  }
  fmt::print("{:<28} {:>6} {:>7} {:>12} {:>7} {:>8}\n", "defect", "suite", "diff", "steps", "shrunk", "seconds");
  std::size_t by_suite = 0;
  std::size_t by_diff = 0;
  std::size_t together = 0;
  std::size_t longest = 0;
  for (const std::string& port : ports) {
    const bool suite = !options.suite.empty() && suite_fails(options.suite, port);
    std::uint64_t found = 0;
    std::vector<std::uint64_t> steps;
    std::size_t shrunk = 0;
    double seconds = 0;
    for (std::uint64_t seed = 1; seed <= options.seeds; ++seed) {
      DiffOptions diff;
      diff.seed = seed;
      diff.steps = options.steps;
      diff.starts = starts;
      const double begin = processor_seconds();
      double spent = 0;
      diff.enough = [&] { return (spent = processor_seconds() - begin) >= options.seconds; };
      const DiffReport report = run_diff(model, *make_port(port), diff);
      seconds = std::max(seconds, spent);
      if (!report.difference) continue;
      ++found;
      steps.push_back(report.steps);
      shrunk = std::max(shrunk, report.difference->sequence.size());
    }
    std::sort(steps.begin(), steps.end());
    const bool diff = found > 0;
    by_suite += suite ? 1 : 0;
    by_diff += diff ? 1 : 0;
    together += suite || diff ? 1 : 0;
    longest = std::max(longest, shrunk);
    fmt::print("{:<28} {:>6} {:>7} {:>12} {:>7} {:>8.2f}\n", port.substr(port.find(':') + 1),
               options.suite.empty() ? ""
               : suite               ? "kills"
                                     : "misses",
               fmt::format("{}/{}", found, options.seeds),
               steps.empty() ? std::string("-") : fmt::format("{}", steps[steps.size() / 2]),
               shrunk == 0 ? std::string("-") : fmt::format("{}", shrunk), seconds);
    std::fflush(stdout);
  }
  if (ports.empty()) throw std::runtime_error("there is no such defect");
  const auto percent = [&](std::size_t part) {
    return 100.0 * static_cast<double>(part) / static_cast<double>(ports.size());
  };
  fmt::print("{} defects", ports.size());
  if (!options.suite.empty()) fmt::print("; the suite kills {} ({:.0f} %)", by_suite, percent(by_suite));
  fmt::print("; diff finds {} ({:.0f} %), longest trace {}; together {} ({:.0f} %)\n", by_diff, percent(by_diff),
             longest, together, percent(together));
  return together == ports.size() ? 0 : 1;
}

}  // namespace
}  // namespace iolaw

int main(int argc, char** argv) {
  iolaw::Options options;
  CLI::App app("Seeded defects of hw_reference: which tests find them, and how soon");
  app.add_option("DEFECT", options.defects, "Only these");
  app.add_option("--suite", options.suite, "iolaw_suite_defects; without it only differences are tried");
  app.add_option("--steps", options.steps, "Calls compared, at most, for each defect and seed")->capture_default_str();
  app.add_option("--seconds", options.seconds, "Processor time, at most, likewise")->capture_default_str();
  app.add_option("--seeds", options.seeds, "Seeds 1 to this; the median of the steps is printed")
      ->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  try {
    return iolaw::run(options);
  } catch (const std::exception& error) {
    fmt::print(stderr, "bench_defects: {}\n", error.what());
    return 2;
  }
}
