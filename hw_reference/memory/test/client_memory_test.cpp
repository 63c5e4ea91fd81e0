// SPDX-License-Identifier: Apache-2.0
#include "hw_reference/memory/client_memory.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cerrno>
#include <set>

namespace hw_reference {
namespace {

constexpr std::uint64_t kBase = 0x4000'0000;

struct ClientMemoryTest : testing::Test {
  PhysicalMemory physical{8};
  ClientMemory client{physical};
  std::array<Frame, 8> frames{};
};

TEST_F(ClientMemoryTest, MapTakesFrames) {
  EXPECT_EQ(client.map(kBase, 3), 0);
  EXPECT_EQ(physical.free_frames(), 5U);
  EXPECT_EQ(client.pins(kBase), 0U);
  EXPECT_EQ(client.pins(kBase + 3 * kPageSize - 1), 0U);
  EXPECT_EQ(client.pins(kBase + 3 * kPageSize), std::nullopt);
  EXPECT_EQ(client.pins(kBase - 1), std::nullopt);
}

TEST_F(ClientMemoryTest, MapRefusesWhatItCannotDo) {
  EXPECT_EQ(client.map(kBase + 1, 1), EINVAL);
  EXPECT_EQ(client.map(kBase, 0), EINVAL);
  EXPECT_EQ(client.map(~(kPageSize - 1), 2), EINVAL);
  EXPECT_EQ(client.map(kBase, 9), ENOMEM);
  EXPECT_EQ(client.map(kBase, 2), 0);
  EXPECT_EQ(client.map(kBase + kPageSize, 1), EEXIST);
  EXPECT_EQ(client.map(kBase - kPageSize, 2), EEXIST);
  EXPECT_EQ(client.map(kBase - kPageSize, 1), 0);
  EXPECT_EQ(physical.free_frames(), 5U);
}

TEST_F(ClientMemoryTest, LastPageOfTheAddressSpace) {
  EXPECT_EQ(client.map(~(kPageSize - 1), 1), 0);
  EXPECT_EQ(client.pins(~std::uint64_t{0}), 0U);
}

TEST_F(ClientMemoryTest, PinCountsEachPageOnceACall) {
  ASSERT_EQ(client.map(kBase, 4), 0);
  ASSERT_EQ(client.pin(kBase + kPageSize, 2, frames.data()), 0);
  ASSERT_EQ(client.pin(kBase + kPageSize, 1, frames.data() + 2), 0);
  EXPECT_EQ(client.pins(kBase), 0U);
  EXPECT_EQ(client.pins(kBase + kPageSize), 2U);
  EXPECT_EQ(client.pins(kBase + 2 * kPageSize), 1U);
  EXPECT_EQ(frames[0], frames[2]);
  EXPECT_EQ(client.address_of(frames[1]), kBase + 2 * kPageSize);
  client.unpin(frames.data(), 3);
  EXPECT_EQ(physical.total_pins(), 0U);
}

TEST_F(ClientMemoryTest, PinSpansRegions) {
  ASSERT_EQ(client.map(kBase + kPageSize, 1), 0);
  ASSERT_EQ(client.map(kBase, 1), 0);
  ASSERT_EQ(client.pin(kBase, 2, frames.data()), 0);
  EXPECT_EQ(client.address_of(frames[0]), kBase);
  EXPECT_EQ(client.address_of(frames[1]), kBase + kPageSize);
}

TEST_F(ClientMemoryTest, PinIsAllOrNothing) {
  ASSERT_EQ(client.map(kBase, 2), 0);
  EXPECT_EQ(client.pin(kBase, 3, frames.data()), EFAULT);
  EXPECT_EQ(client.pin(kBase - kPageSize, 2, frames.data()), EFAULT);
  EXPECT_EQ(physical.total_pins(), 0U);
}

TEST_F(ClientMemoryTest, PinnedFramesOutliveTheirMapping) {
  ASSERT_EQ(client.map(kBase, 2), 0);
  ASSERT_EQ(client.pin(kBase, 1, frames.data()), 0);
  EXPECT_EQ(client.unmap(kBase + kPageSize), ENOENT);
  EXPECT_EQ(client.unmap(kBase), 0);
  EXPECT_EQ(client.unmap(kBase), ENOENT);
  EXPECT_EQ(physical.free_frames(), 7U);
  EXPECT_EQ(client.address_of(frames[0]), std::nullopt);
  EXPECT_EQ(client.map(kBase, 7), 0);  // the pinned frame is not handed out again
  for (std::uint64_t page = 0; page < 7; ++page) EXPECT_EQ(client.pins(kBase + page * kPageSize), 0U);
  client.unpin(frames.data(), 1);
  EXPECT_EQ(physical.free_frames(), 1U);
}

TEST_F(ClientMemoryTest, DestructionGivesFramesBack) {
  {
    ClientMemory other(physical);
    ASSERT_EQ(other.map(kBase, 5), 0);
    EXPECT_EQ(physical.free_frames(), 3U);
  }
  EXPECT_EQ(physical.free_frames(), 8U);
}

}  // namespace
}  // namespace hw_reference
