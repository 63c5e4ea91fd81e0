// SPDX-License-Identifier: Apache-2.0
// Law 17 with real threads: devices write without pause while a driver unmaps, waits for the CMD_SYNC, and gives the
// frame to somebody else.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "hw_reference/smmu/dma.hpp"
#include "hw_reference/smmu/test/machine.hpp"

namespace hw::smmu::testing {
namespace {

TEST(Concurrency, law_17_no_write_after_the_sync) {
  constexpr unsigned kPages = 8, kRounds = 20;
  constexpr std::uint64_t kOwned = 0x0123'4567'89ab'cdef;
  Machine m({}, Policy::adversarial(1));
  TableBuilder tables = m.make_stage1();
  std::atomic<bool> stop = false;
  std::atomic<std::uint64_t> written = 0;
  std::vector<std::thread> devices;
  for (unsigned device = 0; device < 2; ++device) {
    devices.emplace_back([&, device] {
      DmaEngine engine(m.smmu, kStream);
      for (std::uint64_t i = device; !stop; ++i) {
        if (engine.write64((i % kPages) << 12, i) == DmaStatus::done) ++written;
        std::this_thread::yield();  // the lock is not fair
      }
    });
  }
  for (unsigned round = 0; round < kRounds; ++round) {
    const std::uint64_t iova = std::uint64_t{round % kPages} << 12;
    const PhysAddr frame = m.make_frame(0);
    tables.map(iova, frame, 3, kStage1);
    const std::uint64_t before = written;
    // A device that no longer gets through would wait here for ever, and the test's time limit would tell.
    while (written < before + 2) std::this_thread::yield();
    tables.unmap(iova, 3);
    ASSERT_TRUE(m.run({command::tlbi_nh_va(0, kAsid, iova, true)}));
    m.memory.write64(frame, kOwned);
    std::this_thread::yield();
    ASSERT_EQ(m.memory.read64(frame), kOwned);
    if (round % 16 == 0) (void)m.events();
  }
  stop = true;
  for (std::thread& device : devices) device.join();
  EXPECT_GE(written, 2u * kRounds);
}

}  // namespace
}  // namespace hw::smmu::testing
