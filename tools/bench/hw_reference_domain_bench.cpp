// SPDX-License-Identifier: Apache-2.0
// iommufd on page tables that an SMMU walks: pins, tables and invalidations included.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <memory>

#include "hw_reference/domain/iommufd_device.hpp"
#include "hw_reference/iommufd/iommufd.hpp"
#include "hw_reference/smmu/sparse_memory.hpp"
#include "tools/bench/map_pages.hpp"

namespace {

using namespace hw_reference;
namespace domain = hw::domain;
namespace smmu = hw::smmu;

constexpr std::uint64_t kMemory = 0x4000'0000;
constexpr std::uint64_t kIova = 0x1'0000'0000;
constexpr smmu::StreamId kStream = 3;
constexpr Rights kBoth = kRead | kWrite;

domain::Layout layout() {
  domain::Layout at;
  at.streams = 0x40'0000'0000;
  at.contexts = 0x40'0010'0000;
  at.commands = 0x40'0100'0000;
  at.events = 0x40'0110'0000;
  return at;
}

// `scattered`: no two frames are adjacent, so that every page has an entry of its own.
struct Machine {
  Machine(std::uint64_t pages, bool scattered) : frames(pages), client(frames) {
    map_pages(client, kMemory, pages, scattered);
    memory.elsewhere = [this](hw::PhysAddr address) {
      return tables.contains(address) ? tables.words(address) : nullptr;
    };
    driver = std::make_unique<domain::Driver>(smmu, memory, tables, layout());
    fd = std::make_unique<Iommufd>(client);
    ioas = fd->ioas_alloc().value;
    device = fd->device_bind(std::make_unique<domain::SmmuDevice>(*driver, kStream)).value;
  }
  ~Machine() { fd.reset(); }

  bool attach() { return fd->device_attach(device, kNoPasid, ioas).ok(); }

  PhysicalMemory frames;
  ClientMemory client;
  hw::SparseMemory memory;
  pgtable::TableMemory tables{std::size_t{1} << 26, std::uint64_t{1} << 37};
  smmu::Smmu smmu{memory};
  std::unique_ptr<domain::Driver> driver;
  std::unique_ptr<Iommufd> fd;
  ObjectId ioas = 0;
  ObjectId device = 0;
};

void per_item(benchmark::State& state, const char* name, std::uint64_t items) {
  state.counters[name] = benchmark::Counter(
      static_cast<double>(items), benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

void map_and_unmap(benchmark::State& state, bool scattered) {
  const auto pages = static_cast<std::uint64_t>(state.range(0));
  Machine machine(pages, scattered);
  if (!machine.attach()) return state.SkipWithError("no device");
  Iommufd& fd = *machine.fd;
  for (auto _ : state) {
    if (fd.ioas_map(machine.ioas, kMemory, pages * kPageSize, kIova, kBoth) != 0)
      return state.SkipWithError("map failed");
    if (!fd.ioas_unmap(machine.ioas, kIova, pages * kPageSize).ok()) return state.SkipWithError("unmap failed");
  }
  per_item(state, "page", pages);
}
BENCHMARK_CAPTURE(map_and_unmap, adjacent_frames, false)->Arg(1)->Arg(256)->Arg(16'384);
BENCHMARK_CAPTURE(map_and_unmap, scattered_frames, true)->Arg(256)->Arg(16'384);

// Attaching fills a table with all that is mapped, detaching empties it.
void attach_and_detach(benchmark::State& state) {
  const auto areas = static_cast<std::uint64_t>(state.range(0));
  Machine machine(16, true);
  for (std::uint64_t i = 0; i < areas; ++i)
    machine.fd->ioas_map(machine.ioas, kMemory, kPageSize, kIova + 2 * i * kPageSize, kBoth);
  for (auto _ : state) {
    if (!machine.attach()) return state.SkipWithError("no device");
    machine.fd->device_detach(machine.device, kNoPasid);
  }
  per_item(state, "area", areas);
}
BENCHMARK(attach_and_detach)->Arg(1)->Arg(1'000)->Arg(10'000)->Arg(100'000)->Unit(benchmark::kMicrosecond);

// Translations of the device: from the cache, or with a walk each time.
void translate(benchmark::State& state, bool invalidate) {
  Machine machine(64, true);
  if (!machine.attach() || machine.fd->ioas_map(machine.ioas, kMemory, 64 * kPageSize, kIova, kBoth) != 0)
    return state.SkipWithError("no mapping");
  std::uint64_t page = 0;
  for (auto _ : state) {
    if (invalidate) {
      domain::Batch batch = machine.driver->batch();
      batch.add(smmu::command::tlbi_nsnh_all());
      batch.wait();
    }
    const auto found = machine.smmu.translate({.stream = kStream, .address = kIova + page * kPageSize, .access = {}});
    if (!found) return state.SkipWithError("fault");
    page = (page + 7) % 64;
  }
}
BENCHMARK_CAPTURE(translate, hit, false);
BENCHMARK_CAPTURE(translate, after_an_invalidation, true);

// One invalidation of a page, through the SMMU's own queue, and the wait for it; by threads that share the queue.
void invalidate(benchmark::State& state) {
  static std::unique_ptr<Machine> shared;
  if (state.thread_index() == 0) shared = std::make_unique<Machine>(1, false);
  for (auto _ : state) {
    domain::Batch batch = shared->driver->batch();
    batch.add(smmu::command::tlbi_nh_va(0, 1, kIova, true));
    batch.wait();
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(invalidate)->Threads(1)->Threads(2)->UseRealTime();

}  // namespace
