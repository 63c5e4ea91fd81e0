// SPDX-License-Identifier: Apache-2.0
// Queues of CMDQV as iommufd gives them to guests: from the call and the mapped page down to what the SMMU forgets.
#include <cstring>

#include "hw_reference/domain/test/cmdqv_board.hpp"

namespace {

using namespace hw::domain;
using namespace hw::domain::testing;
namespace smmu = hw::smmu;
namespace command = smmu::command;
using smmu::CommandError;

// What is left in the SMMU of a page that its guest no longer maps.
bool remembered(CmdqvGuest& g, std::uint64_t page, smmu::StreamId stream) {
  return g.board.page_at(page * kPage, stream).has_value();
}

TEST(CmdqvQueues, L53_L55_AGuestForgetsItsOwnThroughItsQueue) {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    CmdqvBoard board(seed == 1 ? smmu::Policy::keep_everything() : smmu::Policy::adversarial(seed));
    CmdqvGuest one(board, kStream), other(board, kStream + 1, 20);
    ASSERT_EQ(one.alloc(0).error, 0);
    ASSERT_TRUE(one.enable(0));
    for (CmdqvGuest* g : {&one, &other})
      for (const std::uint64_t page : {5, 6}) g->guest.set(page, 8);
    ASSERT_EQ(board.page_at(5 * kPage), 8U);
    ASSERT_EQ(board.page_at(6 * kPage), 8U);
    ASSERT_EQ(board.page_at(5 * kPage, kStream + 1), 28U);
    for (CmdqvGuest* g : {&one, &other})
      for (const std::uint64_t page : {5, 6}) g->guest.set(page, std::nullopt);
    // Whatever VMID it says, it is for its own.
    ASSERT_EQ(one.run(0, {command::tlbi_nh_va(2, 1, 5 * kPage, true)}), CommandError::none);
    EXPECT_FALSE(remembered(one, 5, kStream)) << "seed " << seed;
    if (seed == 1) {
      EXPECT_TRUE(remembered(one, 6, kStream));
      EXPECT_TRUE(remembered(other, 5, kStream + 1));
    }
    // Anything else stops the queue, and has no effect.
    for (const smmu::Command& bad :
         {command::tlbi_nsnh_all(), command::tlbi_nh_all(1), command::cfgi_all(), command::tlbi_s12_vmall(1)}) {
      ASSERT_EQ(one.run(0, {bad}), CommandError::illegal);
      if (seed == 1) {
        EXPECT_TRUE(remembered(one, 6, kStream));
        EXPECT_TRUE(remembered(other, 5, kStream + 1));
      }
      ASSERT_EQ(one.go_on(0, command::sync()), CommandError::none);
    }
    ASSERT_EQ(one.run(0, {command::tlbi_nh_va(9, 1, 6 * kPage, true)}), CommandError::none);
    EXPECT_FALSE(remembered(one, 6, kStream));
    EXPECT_EQ(board.fd->munmap(one.page0), 0);
    EXPECT_EQ(board.fd->munmap(other.page0), 0);
  }
}

TEST(CmdqvQueues, L54_StreamsThatAreNotTheGuestsAreRefused) {
  CmdqvBoard board(smmu::Policy::adversarial(3));
  CmdqvGuest g(board, kStream);
  ASSERT_EQ(g.alloc(0).error, 0);
  ASSERT_TRUE(g.enable(0));
  EXPECT_EQ(g.run(0, {command::atc_inv(kVirtualStream, 0, 52)}), CommandError::none);
  EXPECT_EQ(g.run(0, {command::atc_inv(kStream, 0, 52)}), CommandError::access);  // its physical number
  EXPECT_EQ(g.go_on(0, command::sync()), CommandError::none);
}

TEST(CmdqvQueues, L60_ErrorsAreToldAsEvents) {
  CmdqvBoard board(smmu::Policy::adversarial(6));
  CmdqvGuest g(board, kStream);
  for (const unsigned logical : {0U, 1U}) {
    ASSERT_EQ(g.alloc(logical).error, 0);
    ASSERT_TRUE(g.enable(logical));
  }
  const auto events = board.fd->veventq_alloc({g.guest.viommu, kCmdqvType, 4, 0}).value;
  EXPECT_EQ(g.run(1, {command::cfgi_all()}), CommandError::illegal);
  board.host.handle_interrupt();
  board.host.handle_interrupt();  // once for each edge
  const auto read = board.fd->veventq_read(events, 1000).value;
  ASSERT_EQ(read.size(), 1U);
  CmdqvEvent map{};
  ASSERT_EQ(read[0].data.size(), sizeof map);
  std::memcpy(&map, read[0].data.data(), sizeof map);
  EXPECT_EQ(map, (CmdqvEvent{2, 0}));
  EXPECT_EQ(g.run(0, {command::tlbi_nh_asid(0, 1)}), CommandError::none);  // the other one runs on
  EXPECT_EQ(g.go_on(1, command::sync()), CommandError::none);
  board.host.handle_interrupt();
  EXPECT_FALSE(board.fd->events_readable(events).value);
}

// The guest has both halves: what it writes to BASE traps, and becomes a call.
TEST(CmdqvQueues, L59_BaseIsNotInTheMappedPage) {
  CmdqvBoard board(smmu::Policy::adversarial(4));
  CmdqvGuest g(board, kStream);
  ASSERT_EQ(g.alloc(0).error, 0);
  EXPECT_EQ(board.fd->mapping_write32(g.page0, hw::cmdqv::kPage, 1), EFAULT);
  EXPECT_EQ(board.fd->mapping_read32(g.page0, 2).error, EINVAL);
  EXPECT_EQ(board.fd->mapping_read32(g.page0 + 1, 0).error, ENOENT);
  EXPECT_TRUE(board.fd->mapping_memory(g.page0).empty());
  const std::uint32_t base = hw::cmdqv::reg::kVintfPages + hw::cmdqv::reg::kVintfPagesStride + hw::cmdqv::kPage;
  const std::uint64_t before = board.cmdqv.read64(base);
  EXPECT_NE(before, 0U);
  for (std::uint32_t offset = 0; offset < hw::cmdqv::kPage; offset += 4)
    if (offset != hw::cmdqv::reg::kCons) (void)board.fd->mapping_write32(g.page0, offset, 0);
  EXPECT_EQ(board.cmdqv.read64(base), before);
}

TEST(CmdqvQueues, IdentificationAndTypes) {
  CmdqvBoard board(smmu::Policy::adversarial(4));
  const auto with = board.bind_with_queues(kStream), without = board.bind(kStream + 1);
  const auto info = board.fd->device_hw_info(with, 1, kCmdqvHwInfoType);
  ASSERT_EQ(info.error, 0);
  CmdqvHwInfo data{};
  ASSERT_EQ(info.value.data.size(), sizeof data);
  std::memcpy(&data, info.value.data.data(), sizeof data);
  EXPECT_EQ(data.version, 1);
  EXPECT_EQ(1U << data.log2_queues, board.host.queues());
  EXPECT_EQ(board.fd->device_hw_info(without, 1, kCmdqvHwInfoType).error, EOPNOTSUPP);
  const auto any = board.fd->device_hw_info(without);
  EXPECT_EQ(any.value.type, kSmmuHwInfoType);
  SmmuHwInfo idr{};
  ASSERT_EQ(any.value.data.size(), sizeof idr);
  std::memcpy(&idr, any.value.data.data(), sizeof idr);
  EXPECT_EQ(idr.idr[1], board.rig.smmu.read32(4));
}

TEST(CmdqvQueues, AVirtualIommuNeedsRoomForItsAnswer) {
  CmdqvBoard board(smmu::Policy::adversarial(4));
  const auto device = board.bind_with_queues(kStream), plain = board.bind(kStream + 1);
  const auto space = board.fd->ioas_alloc().value;
  const auto parent = board.fd->hwpt_alloc({device, space, iommufd::kHwptNestParent, 0, {}}).value;
  std::array<std::byte, 24> room{};
  const auto alloc = [&](iommufd::ObjectId on, std::uint32_t length, bool readable = true) {
    return board.fd->viommu_alloc({on, parent, kCmdqvType, 0, {0, length, readable ? room.data() : nullptr}}).error;
  };
  EXPECT_EQ(alloc(plain, 16), EOPNOTSUPP);
  EXPECT_EQ(alloc(device, 0), EINVAL);
  EXPECT_EQ(alloc(device, 8), EINVAL);
  EXPECT_EQ(alloc(device, 16, false), EFAULT);
  room[20] = std::byte{1};
  EXPECT_EQ(alloc(device, 24), E2BIG);
  room[20] = std::byte{0};
  EXPECT_EQ(alloc(device, 24), 0);
}

}  // namespace
