// SPDX-License-Identifier: Apache-2.0
// The page table alone: map and unmap of n pages of 4 KiB or 2 MiB, without invalidation, beside a baseline in the same
// run. The ratios are printed at the end, with the marks: the figures published for Linux's io-pgtable-arm in the
// generic_pt series.
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

constexpr std::uint64_t kBase = std::uint64_t{1} << 40;

template <unsigned kShift>
class Optimized {
  static constexpr std::uint64_t kPage = std::uint64_t{1} << kShift;

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
template <class Table, unsigned kShift>
void one_direction(benchmark::State& state, bool maps) {
  constexpr std::uint64_t kPage = std::uint64_t{1} << kShift;
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

template <template <unsigned> class Table, unsigned kShift>
void map(benchmark::State& state) {
  one_direction<Table<kShift>, kShift>(state, true);
}
template <template <unsigned> class Table, unsigned kShift>
void unmap(benchmark::State& state) {
  one_direction<Table<kShift>, kShift>(state, false);
}

using iolaw::bench::OneWalkPerPage;

void register_all() {
  const struct {
    const char* name;
    void (*function)(benchmark::State&);
  } all[] = {{"map_4K", map<Optimized, 12>},     {"map_4K_baseline", map<OneWalkPerPage, 12>},
             {"unmap_4K", unmap<Optimized, 12>}, {"unmap_4K_baseline", unmap<OneWalkPerPage, 12>},
             {"map_2M", map<Optimized, 21>},     {"map_2M_baseline", map<OneWalkPerPage, 21>},
             {"unmap_2M", unmap<Optimized, 21>}, {"unmap_2M_baseline", unmap<OneWalkPerPage, 21>}};
  for (const auto& one : all)
    benchmark::RegisterBenchmark(one.name, one.function)->Arg(1)->Arg(256)->Arg(1 << 18)->UseManualTime();
}

void look_up(benchmark::State& state) {
  TableMemory memory(std::size_t{64} << 20);
  const auto table = PageTable::make(Format::make({Stage::two, 12, 48, 48}).value(), memory, [](auto, auto) {});
  constexpr std::uint64_t kPage = 4096;
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
      const char* pages;
      double mark;  // ns a call; 0: none published
    } rows[] = {{"map_4K", "1", 57},   {"map_4K", "256", 380},   {"map_4K", "262144", 0},
                {"unmap_4K", "1", 72}, {"unmap_4K", "256", 350}, {"unmap_4K", "262144", 0},
                {"map_2M", "1", 0},    {"map_2M", "256", 0},     {"map_2M", "262144", 0},
                {"unmap_2M", "1", 0},  {"unmap_2M", "256", 0},   {"unmap_2M", "262144", 0}};
    std::printf("\n%-16s %12s %12s %8s %8s\n", "call/pages", "ns", "baseline ns", "ratio", "mark ns");
    for (const auto& row : rows) {
      const auto time = [&](const std::string& name) {
        const auto at = times_.find(name + "/" + row.pages + "/manual_time");
        return at == times_.end() ? 0.0 : at->second;
      };
      const double fast = time(row.name);
      const double slow = time(std::string(row.name) + "_baseline");
      if (fast == 0 || slow == 0) continue;
      const std::string name = std::string(row.name) + "/" + row.pages;
      std::printf("%-16s %12.1f %12.1f %8.2f", name.c_str(), fast, slow, slow / fast);
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
  register_all();
  Reporter reporter(Reporter::OO_Tabular);
  benchmark::RunSpecifiedBenchmarks(&reporter);
  benchmark::Shutdown();
  return 0;
}
