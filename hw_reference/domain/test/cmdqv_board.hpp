// SPDX-License-Identifier: Apache-2.0
// A machine with CMDQV under iommufd, and guests that have queues of their own.
#pragma once

#include <array>

#include "hw_reference/domain/cmdqv_viommu.hpp"
#include "hw_reference/domain/test/board.hpp"

namespace hw::domain::testing {

inline constexpr unsigned kRingBits = 4;  // of the guests' queues: log2 of their commands
inline constexpr std::uint64_t kRingBytes = std::uint64_t{16} << kRingBits;

struct CmdqvBoard : Board {
  explicit CmdqvBoard(const smmu::Policy& policy) : Board(policy), cmdqv(rig.memory, rig.smmu, {}, policy) {}
  ~CmdqvBoard() {
    fd.reset();
    EXPECT_TRUE(cmdqv.misuses().empty()) << cmdqv.misuses().front().rule;
  }
  iommufd::ObjectId bind_with_queues(smmu::StreamId stream) {
    return fd->device_bind(std::make_unique<SmmuDevice>(*rig.driver, stream, false, &host)).value;
  }

  cmdqv::Cmdqv cmdqv;
  CmdqvHost host{cmdqv, *rig.driver};
};

// Its rings are in page 12 of its memory.
struct CmdqvGuest {
  static constexpr std::uint64_t kRingPage = 12;

  CmdqvGuest(CmdqvBoard& on, smmu::StreamId stream, std::uint64_t first_page = 0)
      : board(on), guest(on, on.bind_with_queues(stream), kCmdqvType, data(), first_page) {
    if (!guest.answer.ok()) return;
    const auto mapped = board.fd->mmap({guest.answer.value.mmap_offset, guest.answer.value.mmap_length});
    EXPECT_EQ(mapped.error, 0);
    page0 = mapped.value;
    place = board.fd->vdevice_alloc({guest.viommu, guest.device, kVirtualStream}).value;
    table = guest.nested(kGuestTranslates).value;
    EXPECT_TRUE(board.fd->device_attach(guest.device, 0, table).ok());
  }
  iommufd::UserData data() { return {0, sizeof room, reinterpret_cast<const std::byte*>(&room)}; }

  static std::uint64_t ring(unsigned logical) { return kRingPage * kPage + logical * kRingBytes; }
  iommufd::Result<iommufd::ObjectId> alloc(unsigned logical) { return alloc(logical, ring(logical), kRingBytes); }
  iommufd::Result<iommufd::ObjectId> alloc(unsigned logical, std::uint64_t iova, std::uint64_t length) {
    return board.fd->hw_queue_alloc({guest.viommu, kCmdqvQueueType, logical, iova, length, 0});
  }

  // What the guest does with the page that it has mapped.
  std::uint32_t read(unsigned logical, std::uint32_t offset) {
    const auto value = board.fd->mapping_read32(page0, logical * cmdqv::reg::kSlotStride + offset);
    EXPECT_EQ(value.error, 0);
    return value.value;
  }
  void write(unsigned logical, std::uint32_t offset, std::uint32_t value) {
    EXPECT_EQ(board.fd->mapping_write32(page0, logical * cmdqv::reg::kSlotStride + offset, value), 0);
  }
  bool enable(unsigned logical, bool on = true) {
    write(logical, cmdqv::reg::kQueueConfig, on);
    for (unsigned poll = 0; poll < 1000; ++poll)
      if (read(logical, cmdqv::reg::kQueueStatus) == (on ? 1U : 0U)) return true;
    return false;
  }
  void put(unsigned logical, std::uint32_t index, const smmu::Command& command) {
    const std::uint64_t word = logical * (kRingBytes / 8) + 2 * (index % (1U << kRingBits));
    guest.put(kRingPage, word, command.low);
    guest.put(kRingPage, word + 1, command.high);
  }
  // Sends commands and a CMD_SYNC; the error that stopped the queue, or none.
  smmu::CommandError run(unsigned logical, std::vector<smmu::Command> commands) {
    commands.push_back(smmu::command::sync());
    std::uint32_t prod = read(logical, cmdqv::reg::kProd);
    for (const smmu::Command& command : commands) {
      put(logical, prod, command);
      prod = (prod + 1) & ((2U << kRingBits) - 1);
    }
    write(logical, cmdqv::reg::kProd, prod);
    return wait(logical);
  }
  smmu::CommandError wait(unsigned logical) {
    for (unsigned poll = 0; poll < 10'000; ++poll) {
      if ((read(logical, cmdqv::reg::kGerror) ^ read(logical, cmdqv::reg::kGerrorn)) != 0)
        return static_cast<smmu::CommandError>(read(logical, cmdqv::reg::kCons) >> 24);
      if ((read(logical, cmdqv::reg::kCons) & 0xf'ffff) == read(logical, cmdqv::reg::kProd))
        return smmu::CommandError::none;
    }
    ADD_FAILURE() << "the queue does not move";
    return smmu::CommandError::none;
  }
  // Replaces the command at which the queue stopped, and acknowledges.
  smmu::CommandError go_on(unsigned logical, const smmu::Command& instead) {
    put(logical, read(logical, cmdqv::reg::kCons) & 0xf'ffff, instead);
    write(logical, cmdqv::reg::kGerrorn, read(logical, cmdqv::reg::kGerror));
    return wait(logical);
  }

  CmdqvBoard& board;
  std::array<std::uint64_t, 2> room{};
  Guest guest;
  iommufd::MappingId page0 = 0;
  iommufd::ObjectId place = 0, table = 0;
};

}  // namespace hw::domain::testing
