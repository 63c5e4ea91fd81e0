// SPDX-License-Identifier: Apache-2.0
// Law 73: who reads a fault in a queue of iommufd and answers it, mends what the device waits for.
#include <cstring>

#include "hw_reference/domain/fault_port.hpp"
#include "hw_reference/domain/test/board.hpp"
#include "hw_reference/smmu/dma.hpp"

namespace {

using namespace hw::domain;
using namespace hw::domain::testing;
namespace iommufd = hw_reference;
namespace smmu = hw::smmu;

constexpr std::uint64_t kIova = 0x10'0000;

smmu::Features faulting() {
  smmu::Features features;
  features.stall_model = smmu::StallModel::either;
  features.stall_max = 4;
  features.pri = true;
  return features;
}

// A device behind an SMMU, an IOAS, and a table with a queue of faults.
struct FaultBoard : Board {
  FaultBoard(const smmu::Policy& policy, OnFault on_fault) : Board(policy, kTableBytes, 2, faulting()) {
    if (on_fault == OnFault::stall) {
      EXPECT_EQ(rig.driver->set_stalls(kStream), 0);
    }
    device = fd->device_bind(std::make_unique<SmmuDevice>(*rig.driver, kStream, on_fault)).value;
    space = fd->ioas_alloc().value;
    queue = fd->fault_alloc().value;
    port.emplace(*rig.driver, kStream, *fd, device);
  }
  iommufd::ObjectId table(std::uint32_t flags = iommufd::kHwptFaultIdValid) {
    return fd->hwpt_alloc({device, space, flags, queue, {}}).value;
  }
  smmu::DmaStatus write(std::uint64_t value, smmu::Ticket& ticket, std::optional<smmu::SubstreamId> substream = {}) {
    return rig.smmu.write({.stream = kStream, .substream = substream, .address = kIova},
                          std::as_bytes(std::span(&value, 1)), &ticket);
  }
  // What the queue has, when the driver has seen to its interrupts.
  std::vector<iommufd::PageFault> faults() {
    rig.smmu.settle();
    rig.driver->handle_faults();
    const auto read = fd->fault_read(queue, 10 * sizeof(iommufd::PageFault));
    EXPECT_EQ(read.error, 0);
    return read.value;
  }
  void answer(std::uint32_t cookie, std::uint32_t code) {
    const iommufd::PageResponse response{cookie, code};
    EXPECT_EQ(fd->fault_write(queue, {&response, 1}, sizeof response).value, sizeof response);
    rig.smmu.settle();
  }
  std::uint64_t word(std::uint64_t page) {
    std::uint64_t value = 0;
    EXPECT_EQ(client.read(kClient + page * kPage, std::as_writable_bytes(std::span(&value, 1))), 0);
    return value;
  }

  iommufd::ObjectId device = 0, space = 0, queue = 0;
  std::optional<FaultPort> port;
};

TEST(FaultsOnSmmu, L73_AStalledTransactionGoesOnWhenItsPageIsThere) {
  for (std::uint64_t seed = 0; seed < 12; ++seed) {
    FaultBoard board(seed == 0 ? smmu::Policy::exact() : smmu::Policy::adversarial(seed), OnFault::stall);
    ASSERT_TRUE(board.fd->device_attach(board.device, 0, board.table()).ok());
    smmu::Ticket ticket = 0;
    ASSERT_EQ(board.write(77, ticket), smmu::DmaStatus::stalled) << "seed " << seed;
    const auto faults = board.faults();
    ASSERT_EQ(faults.size(), 1U) << "seed " << seed;
    EXPECT_EQ(faults[0].addr, kIova);
    EXPECT_EQ(faults[0].perm, iommufd::kFaultWrite);
    EXPECT_EQ(faults[0].flags, iommufd::kFaultLastPage);
    EXPECT_EQ(faults[0].dev_id, board.device);
    ASSERT_EQ(board.map(board.space, 5, 1, kIova), 0);
    EXPECT_FALSE(board.rig.smmu.outcome(ticket) && seed == 0) << "nobody has answered";
    board.answer(faults[0].cookie, 0);
    if (seed == 0) {
      EXPECT_EQ(board.rig.smmu.outcome(ticket)->status, smmu::DmaStatus::done);
    }
    EXPECT_EQ(board.word(5), 77U);
    EXPECT_EQ(board.rig.smmu.stalled(), 0U);
  }
}

TEST(FaultsOnSmmu, L73_WhatIsNotMendedEnds) {
  FaultBoard board(smmu::Policy::exact(), OnFault::stall);
  ASSERT_TRUE(board.fd->device_attach(board.device, 0, board.table()).ok());
  smmu::Ticket ticket = 0;
  ASSERT_EQ(board.write(1, ticket), smmu::DmaStatus::stalled);
  board.answer(board.faults().at(0).cookie, 1);
  EXPECT_EQ(board.rig.smmu.outcome(ticket)->status, smmu::DmaStatus::aborted);
  // A success that is none: it faults again, and asks again.
  ASSERT_EQ(board.write(1, ticket), smmu::DmaStatus::stalled);
  board.answer(board.faults().at(0).cookie, 0);
  EXPECT_EQ(board.rig.smmu.outcome(ticket), std::nullopt);
  ASSERT_EQ(board.faults().size(), 1U);
  // The device leaves: what nobody will answer any more is over.
  EXPECT_EQ(board.fd->device_detach(board.device, 0), 0);
  board.rig.smmu.settle();
  EXPECT_EQ(board.rig.smmu.outcome(ticket)->status, smmu::DmaStatus::aborted);
  EXPECT_EQ(board.fd->device_answers(board.device).value.rejected, 2U);
}

TEST(FaultsOnSmmu, L73_WithoutAQueueNothingWaits) {
  FaultBoard board(smmu::Policy::exact(), OnFault::stall);
  ASSERT_TRUE(board.fd->device_attach(board.device, 0, board.space).ok());
  smmu::Ticket ticket = 0;
  ASSERT_EQ(board.write(1, ticket), smmu::DmaStatus::stalled);
  EXPECT_TRUE(board.faults().empty());
  EXPECT_EQ(board.rig.smmu.outcome(ticket)->status, smmu::DmaStatus::aborted);
  board.port.reset();
  ASSERT_EQ(board.write(1, ticket), smmu::DmaStatus::stalled);
  board.rig.driver->handle_faults();
  EXPECT_EQ(board.rig.smmu.outcome(ticket)->status, smmu::DmaStatus::aborted);
  // What has not been recorded when the stream goes ends with it.
  ASSERT_EQ(board.write(1, ticket), smmu::DmaStatus::stalled);
  EXPECT_EQ(board.fd->device_detach(board.device, 0), 0);
  EXPECT_EQ(board.rig.smmu.outcome(ticket)->status, smmu::DmaStatus::aborted);
}

TEST(FaultsOnSmmu, L73_PasidsHaveFaultsOfTheirOwn) {
  FaultBoard board(smmu::Policy::exact(), OnFault::stall);
  const auto with_pasids = board.fd->hwpt_alloc({board.device, board.space, iommufd::kHwptPasid, 0, {}}).value;
  ASSERT_TRUE(board.fd->device_attach(board.device, 0, with_pasids).ok());
  ASSERT_TRUE(
      board.fd->device_attach(board.device, 2, board.table(iommufd::kHwptFaultIdValid | iommufd::kHwptPasid)).ok());
  smmu::Ticket own = 0, pasid = 0;
  ASSERT_EQ(board.write(1, own), smmu::DmaStatus::stalled);
  ASSERT_EQ(board.write(2, pasid, 2), smmu::DmaStatus::stalled);
  const auto faults = board.faults();
  EXPECT_EQ(board.rig.smmu.outcome(own)->status, smmu::DmaStatus::aborted) << "no queue for these";
  ASSERT_EQ(faults.size(), 1U);
  EXPECT_EQ(faults[0].pasid, 2U);
  EXPECT_EQ(faults[0].flags, iommufd::kFaultLastPage | iommufd::kFaultPasidValid);
  ASSERT_EQ(board.map(board.space, 9, 1, kIova), 0);
  board.answer(faults[0].cookie, 0);
  EXPECT_EQ(board.rig.smmu.outcome(pasid)->status, smmu::DmaStatus::done);
  EXPECT_EQ(board.word(9), 2U);
}

TEST(FaultsOnSmmu, L73_AnEndpointIsAnsweredAGroupAtATime) {
  FaultBoard board(smmu::Policy::exact(), OnFault::ask);
  smmu::DmaEngine endpoint(board.rig.smmu, kStream, {}, true);
  using Answered = smmu::DmaEngine::PageAnswered;
  ASSERT_TRUE(board.fd->device_attach(board.device, 0, board.table()).ok());
  std::uint64_t value = 0;
  ASSERT_EQ(endpoint.read64(kIova, value), smmu::DmaStatus::aborted);
  endpoint.ask_for_page(kIova, false, 3, false);
  endpoint.ask_for_page(0x5000, true, 4, true);  // groups come interleaved
  endpoint.ask_for_page(kIova + kPage, true, 3, true);
  const auto faults = board.faults();
  ASSERT_EQ(faults.size(), 3U);
  EXPECT_EQ(faults[0].grpid, 4U);
  EXPECT_EQ(faults[1].addr, kIova);
  EXPECT_EQ(faults[1].perm, iommufd::kFaultRead);
  EXPECT_EQ(faults[2].perm, iommufd::kFaultRead | iommufd::kFaultWrite);
  EXPECT_EQ(faults[2].flags, iommufd::kFaultLastPage);
  EXPECT_EQ(faults[1].cookie, faults[2].cookie);
  EXPECT_TRUE(endpoint.answers().empty());
  ASSERT_EQ(board.map(board.space, 5, 2, kIova), 0);
  board.answer(faults[1].cookie, 0);
  board.answer(faults[0].cookie, 1);
  EXPECT_EQ(endpoint.answers(),
            (std::vector<Answered>{{{}, 3, smmu::PageAnswer::success}, {{}, 4, smmu::PageAnswer::invalid}}));
  EXPECT_EQ(endpoint.read64(kIova, value), smmu::DmaStatus::done);
  // Nobody looks after it any more.
  ASSERT_TRUE(board.fd->device_replace(board.device, 0, board.space).ok());
  endpoint.ask_for_page(0x5000, true, 5, true);
  EXPECT_TRUE(board.faults().empty());
  EXPECT_EQ(endpoint.answers(), (std::vector<Answered>{{{}, 5, smmu::PageAnswer::failure}}));
  // More than the queue holds.
  for (std::uint16_t group = 0; group < 12; ++group) endpoint.ask_for_page(0x5000, true, group);
  EXPECT_EQ(endpoint.answers().size(), 4U) << "by the SMMU itself";
  EXPECT_TRUE(board.faults().empty());
  EXPECT_EQ(endpoint.answers().size(), 8U);
  endpoint.ask_for_page(0x5000, true, 1);
  EXPECT_TRUE(endpoint.answers().empty()) << "the overflow was acknowledged";
}

TEST(FaultsOnSmmu, WhatCannotStall) {
  Board board(smmu::Policy::exact(), kTableBytes, 2);
  EXPECT_EQ(board.rig.driver->set_stalls(kStream), EOPNOTSUPP);
  EXPECT_EQ(board.rig.driver->set_stalls(1 << 20), EINVAL);
  Board narrow(smmu::Policy::exact(), kTableBytes, 0, faulting());
  EXPECT_EQ(narrow.rig.driver->set_stalls(kStream), EINVAL);
}

}  // namespace
