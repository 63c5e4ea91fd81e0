// SPDX-License-Identifier: Apache-2.0
// Law 36: threads that map disjoint ranges of one IOAS get the union of what each mapped, and put in each table once.
#include <thread>

#include "hw_reference/domain/test/board.hpp"

namespace {

using namespace hw::domain;
using namespace hw::domain::testing;
namespace smmu = hw::smmu;

constexpr unsigned kThreads = 2, kRounds = 24, kAreas = 24;

TEST(IommufdOnSmmu, L36_DisjointMapsOfThreadsGiveTheirUnion) {
  Board board(smmu::Policy::adversarial(5));
  const auto space = board.fd->ioas_alloc().value;
  ASSERT_TRUE(board.fd->device_attach(board.bind(kStream), 0, space).ok());
  // Neighbouring pages of the same tables belong to different threads.
  const auto place = [](unsigned thread, unsigned area) {
    return (std::uint64_t{area} / 8 << 30) + (std::uint64_t{area} % 8 * kThreads + thread) * kPage;
  };
  const auto page = [](unsigned thread, unsigned area) { return (area * kThreads + thread) % kPages; };
  std::size_t tables = 0;
  for (unsigned round = 0; round < kRounds; ++round) {
    std::atomic<unsigned> wrong = 0, ready = 0;
    const auto work = [&](unsigned thread) {
      for (++ready; ready < kThreads;) std::this_thread::yield();
      for (unsigned area = 0; area < kAreas; ++area) {
        wrong += board.map(space, page(thread, area), 1, place(thread, area)) != 0 ? 1 : 0;
        // L18: at once, whatever the other does.
        wrong += board.page_at(place(thread, area)) != page(thread, area) ? 1 : 0;
      }
    };
    std::thread other(work, 1);
    work(0);
    other.join();
    ASSERT_EQ(wrong, 0U) << "round " << round;
    for (unsigned thread = 0; thread < kThreads; ++thread)
      for (unsigned area = 0; area < kAreas; ++area)
        ASSERT_EQ(board.page_at(place(thread, area)), page(thread, area)) << "round " << round;
    // The same pages need the same tables, whoever was first.
    if (round == 0) tables = board.rig.tables.in_use();
    ASSERT_EQ(board.rig.tables.in_use(), tables);
    for (unsigned area = 0; area < kAreas; area += 8)
      ASSERT_EQ(board.fd->ioas_unmap(space, place(0, area), 8 * kThreads * kPage).value, 8 * kThreads * kPage);
  }
}

}  // namespace
