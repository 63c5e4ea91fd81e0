// SPDX-License-Identifier: Apache-2.0
// How fast hw_reference is, and how its cost grows with the number of areas.
#include <benchmark/benchmark.h>
#include <malloc.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <numeric>
#include <random>
#include <vector>

#include "hw_reference/iommufd/iommufd.hpp"
#include "tools/bench/map_pages.hpp"
#include "tools/ports/hw_reference_port.hpp"

namespace {

using namespace hw_reference;

constexpr std::uint64_t kMemory = 0x4000'0000;
constexpr std::uint64_t kIova = 0x100'0000;
constexpr std::uint64_t kMax = ~std::uint64_t{0};
constexpr Rights kBoth = kRead | kWrite;
constexpr std::uint64_t kStep = 2 * kPageSize;  // an area of one page, and a gap

std::size_t heap_bytes() {
  const auto heap = mallinfo2();
  return heap.uordblks + heap.hblkhd;
}

// An address space with areas of one page at random-looking, evenly spread addresses, filled in random order.
struct Filled {
  explicit Filled(std::uint64_t count) : areas(count) {
    std::vector<std::uint64_t> order(count);
    std::iota(order.begin(), order.end(), 0);
    std::shuffle(order.begin(), order.end(), random);
    const std::size_t before = heap_bytes();
    for (const std::uint64_t i : order) fd.ioas_map(ioas, kMemory, kPageSize, i * kStep, kBoth);
    bytes = heap_bytes() - before;
  }

  std::uint64_t somewhere() { return random() % areas * kStep; }

  std::mt19937_64 random{1};
  PhysicalMemory physical{1};
  ClientMemory client{physical};
  Iommufd fd{client};
  ObjectId ioas = fd.ioas_alloc().value;
  std::uint64_t areas;
  std::size_t bytes = 0;
};

// Built once for each size, because filling takes longer than measuring.
Filled& filled(std::uint64_t count) {
  static std::unique_ptr<Filled> last;
  if (!last || last->areas != count) {
    last.reset();
    last = std::make_unique<Filled>(count);
  }
  return *last;
}

void unmap_and_map_among(benchmark::State& state) {
  Filled& space = filled(static_cast<std::uint64_t>(state.range(0)));
  for (auto _ : state) {
    const std::uint64_t iova = space.somewhere();
    benchmark::DoNotOptimize(space.fd.ioas_unmap(space.ioas, iova, kPageSize));
    benchmark::DoNotOptimize(space.fd.ioas_map(space.ioas, kMemory, kPageSize, iova, kBoth));
  }
  state.counters["bytes/area"] = static_cast<double>(space.bytes) / static_cast<double>(space.areas);
}
void refused_map_among(benchmark::State& state) {
  Filled& space = filled(static_cast<std::uint64_t>(state.range(0)));
  for (auto _ : state)
    benchmark::DoNotOptimize(space.fd.ioas_map(space.ioas, kMemory, kPageSize, space.somewhere() + 1, kBoth));
}
// By size, so that each address space is filled once: ten million areas take half a minute.
const bool kRegistered = [] {
  for (std::int64_t areas = 1'000; areas <= 10'000'000; areas *= 10) {
    benchmark::RegisterBenchmark("unmap_and_map_among", unmap_and_map_among)->Arg(areas);
    benchmark::RegisterBenchmark("refused_map_among", refused_map_among)->Arg(areas);
  }
  return true;
}();

void unmap_everything(benchmark::State& state) {
  const auto count = static_cast<std::uint64_t>(state.range(0));
  for (auto _ : state) {
    state.PauseTiming();
    auto space = std::make_unique<Filled>(count);
    state.ResumeTiming();
    benchmark::DoNotOptimize(space->fd.ioas_unmap(space->ioas, 0, kMax));
    state.PauseTiming();
    space.reset();
    state.ResumeTiming();
  }
  state.counters["area"] = benchmark::Counter(
      static_cast<double>(count), benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}
BENCHMARK(unmap_everything)->Arg(1'000)->Arg(1'000'000)->Unit(benchmark::kMillisecond);

// One area with a device: every page is pinned and unpinned. `scattered`: no two frames are adjacent.
void map_and_unmap_pinned(benchmark::State& state, bool scattered) {
  const auto pages = static_cast<std::uint64_t>(state.range(0));
  PhysicalMemory physical(pages);
  ClientMemory client(physical);
  map_pages(client, kMemory, pages, scattered);
  Iommufd fd(client);
  const ObjectId ioas = fd.ioas_alloc().value;
  if (!fd.device_attach(ioas).ok()) return state.SkipWithError("no device");
  for (auto _ : state) {
    if (fd.ioas_map(ioas, kMemory, pages * kPageSize, kIova, kBoth) != 0) return state.SkipWithError("map failed");
    if (!fd.ioas_unmap(ioas, kIova, pages * kPageSize).ok()) return state.SkipWithError("unmap failed");
  }
  state.counters["page"] = benchmark::Counter(
      static_cast<double>(pages), benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}
BENCHMARK_CAPTURE(map_and_unmap_pinned, adjacent_frames, false)->Arg(1)->Arg(256)->Arg(16'384);
BENCHMARK_CAPTURE(map_and_unmap_pinned, scattered_frames, true)->Arg(16'384);

// What the differential test pays for the implementation: calls by the name of the rule.
void port_calls(benchmark::State& state) {
  const auto port = iolaw::make_hw_reference_port();
  constexpr std::uint64_t kNo = 0;
  const auto space = port->call("ioas.alloc", {&kNo, 1});
  if (space.results.empty()) return state.SkipWithError("no address space");
  const std::uint64_t ioas = *space.results[0];
  const std::uint64_t attach[] = {ioas, 0};
  const auto made = port->call("device.attach", attach);
  if (made.results.empty()) return state.SkipWithError("no device");
  const std::uint64_t device = *made.results[0];
  const std::uint64_t map[] = {ioas, kMemory, kPageSize, kIova, kBoth, 0};
  const std::uint64_t unmap[] = {ioas, kIova, kPageSize};
  const std::uint64_t translate[] = {device, kIova};
  const std::uint64_t pins[] = {kMemory};
  for (auto _ : state) {
    benchmark::DoNotOptimize(port->call("ioas.map", map));
    benchmark::DoNotOptimize(port->call("device.translate", translate));
    benchmark::DoNotOptimize(port->call("memory.pins", pins));
    benchmark::DoNotOptimize(port->call("ioas.unmap", unmap));
  }
  state.SetItemsProcessed(4 * state.iterations());
}
BENCHMARK(port_calls);

// Maps and unmaps by threads, each in an address space of its own, of one open file.
void threads(benchmark::State& state) {
  static PhysicalMemory physical(64);
  static ClientMemory client(physical);
  static Iommufd fd(client);
  if (state.thread_index() == 0) client.map(kMemory, 64);
  const ObjectId ioas = fd.ioas_alloc().value;
  for (auto _ : state) {
    benchmark::DoNotOptimize(fd.ioas_map(ioas, kMemory, kPageSize, kIova, kBoth));
    benchmark::DoNotOptimize(fd.ioas_unmap(ioas, kIova, kPageSize));
  }
  state.SetItemsProcessed(2 * state.iterations());
  fd.ioas_destroy(ioas);
}
BENCHMARK(threads)->Threads(1)->Threads(2)->UseRealTime();

}  // namespace
