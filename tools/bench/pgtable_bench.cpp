// SPDX-License-Identifier: Apache-2.0
// The page table alone: map and unmap of n pages of 4 KiB, without invalidation, beside a baseline in the same run. The
// ratios are printed at the end, with the marks: the figures published for Linux's io-pgtable-arm in the generic_pt
// series.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include "hw_reference/pgtable/page_table.hpp"
#include "tools/bench/one_walk_per_page.hpp"

namespace {

using namespace hw_reference::pgtable;

constexpr std::uint64_t kPage = 4096;
constexpr std::uint64_t kBase = std::uint64_t{1} << 40;

class Optimized {
 public:
  int map_pages(std::uint64_t iova, std::uint64_t address, std::uint64_t count) {
    return table_->map_pages(iova, address, kPage, count, kRead | kWrite | kCache);
  }
  std::uint64_t unmap(std::uint64_t iova, std::uint64_t length) {
    const std::uint64_t done = table_->unmap(iova, length, gather_);
    if (gather_.tables) gather_.released(memory_, 12);
    return done;
  }

 private:
  TableMemory memory_{std::size_t{64} << 20};
  std::unique_ptr<PageTable> table_ =
      PageTable::make(Format::make({Stage::two, 12, 48, 48}).value(), memory_, [](auto, auto) {});
  Gather gather_;
};

// Calls beside each other until 2048 pages are mapped, in tables that are there already; then all unmapped. Time is
// that of one call; only one of the two directions is measured.
template <class Table>
void one_direction(benchmark::State& state, bool maps) {
  const auto pages = static_cast<std::uint64_t>(state.range(0));
  const std::uint64_t calls = pages < 2048 ? 2048 / pages : 1;
  Table table;
  table.map_pages(kBase - kPage, 0, calls * pages + 2);  // neighbours that keep the outer tables
  table.unmap(kBase, calls * pages * kPage);
  const auto now = [] { return std::chrono::steady_clock::now(); };
  double best = 1;  // seconds; what other programs on the machine take away is not ours
  for (auto _ : state) {
    const auto start = now();
    for (std::uint64_t i = 0; i < calls; ++i)
      if (table.map_pages(kBase + i * pages * kPage, i * pages * kPage, pages) != 0) return state.SkipWithError("map");
    const auto middle = now();
    for (std::uint64_t i = 0; i < calls; ++i)
      if (table.unmap(kBase + i * pages * kPage, pages * kPage) != pages * kPage) return state.SkipWithError("unmap");
    const auto end = now();
    const std::chrono::duration<double> elapsed = maps ? middle - start : end - middle;
    state.SetIterationTime(elapsed.count());
    best = std::min(best, elapsed.count());
  }
  state.counters["best/call"] = best / static_cast<double>(calls);
}

template <class Table>
void map(benchmark::State& state) {
  one_direction<Table>(state, true);
}
template <class Table>
void unmap(benchmark::State& state) {
  one_direction<Table>(state, false);
}

BENCHMARK_TEMPLATE(map, Optimized)->Arg(1)->Arg(256)->Arg(1 << 18)->UseManualTime();
BENCHMARK_TEMPLATE(map, iolaw::bench::OneWalkPerPage)->Arg(1)->Arg(256)->Arg(1 << 18)->UseManualTime();
BENCHMARK_TEMPLATE(unmap, Optimized)->Arg(1)->Arg(256)->Arg(1 << 18)->UseManualTime();
BENCHMARK_TEMPLATE(unmap, iolaw::bench::OneWalkPerPage)->Arg(1)->Arg(256)->Arg(1 << 18)->UseManualTime();

void map_blocks(benchmark::State& state) {
  constexpr std::uint64_t kBlock = std::uint64_t{2} << 20;
  TableMemory memory(std::size_t{64} << 20);
  const auto table = PageTable::make(Format::make({Stage::two, 12, 48, 48}).value(), memory, [](auto, auto) {});
  Gather gather;
  const auto blocks = static_cast<std::uint64_t>(state.range(0));
  for (auto _ : state) {
    table->map_pages(kBase, 0, kBlock, blocks, kRead | kWrite);
    benchmark::DoNotOptimize(table->unmap(kBase, blocks * kBlock, gather));
  }
}
BENCHMARK(map_blocks)->Arg(1)->Arg(256);

void look_up(benchmark::State& state) {
  TableMemory memory(std::size_t{64} << 20);
  const auto table = PageTable::make(Format::make({Stage::two, 12, 48, 48}).value(), memory, [](auto, auto) {});
  table->map_pages(kBase, 0, kPage, 1 << 18, kRead);
  std::uint64_t at = 0;
  for (auto _ : state) {
    at = (at * 5 + 1) % (1 << 18);
    benchmark::DoNotOptimize(table->lookup(kBase + at * kPage));
  }
}
BENCHMARK(look_up);

// Google Benchmark's table, then the ratios.
class Reporter : public benchmark::ConsoleReporter {
 public:
  using ConsoleReporter::ConsoleReporter;

  void ReportRuns(const std::vector<Run>& runs) override {
    ConsoleReporter::ReportRuns(runs);
    for (const Run& run : runs)
      if (const auto time = run.counters.find("best/call"); !run.error_occurred && time != run.counters.end())
        times_[run.benchmark_name()] = 1e9 * time->second;
  }

  void Finalize() override {
    const struct {
      const char* name;
      double mark;  // ns a call; 0: none published
    } rows[] = {{"map/1", 57},   {"map/256", 380},   {"map/262144", 0},
                {"unmap/1", 72}, {"unmap/256", 350}, {"unmap/262144", 0}};
    std::printf("\n%-14s %12s %12s %8s %8s\n", "call/pages", "ns", "baseline ns", "ratio", "mark ns");
    for (const auto& row : rows) {
      const std::string name = row.name;
      const auto slash = name.find('/');
      const auto time = [&](const char* table) {
        const auto at = times_.find(name.substr(0, slash) + "<" + table + ">" + name.substr(slash) + "/manual_time");
        return at == times_.end() ? 0.0 : at->second;
      };
      const double fast = time("Optimized");
      const double slow = time("iolaw::bench::OneWalkPerPage");
      if (fast == 0 || slow == 0) continue;
      std::printf("%-14s %12.1f %12.1f %8.2f", row.name, fast, slow, slow / fast);
      if (row.mark > 0) std::printf(" %8.0f", row.mark);
      std::printf("\n");
    }
  }

 private:
  std::map<std::string, double> times_;
};

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 64;
  Reporter reporter(Reporter::OO_Tabular);
  benchmark::RunSpecifiedBenchmarks(&reporter);
  benchmark::Shutdown();
  return 0;
}
