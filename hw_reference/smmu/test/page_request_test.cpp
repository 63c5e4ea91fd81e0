// SPDX-License-Identifier: Apache-2.0
// Law 72: page requests of endpoints, and their answers.
#include <gtest/gtest.h>

#include "hw_reference/smmu/dma.hpp"
#include "hw_reference/smmu/registers.hpp"
#include "hw_reference/smmu/test/machine.hpp"

namespace hw::smmu::testing {
namespace {

constexpr unsigned kBits = 2;  // log2 of the queue's entries
constexpr std::uint32_t kMask = (2u << kBits) - 1;
using Answered = DmaEngine::PageAnswered;

Features with_pri() {
  Features features;
  features.pri = true;
  return features;
}

struct PageRequests : ::testing::Test {
  Machine m{with_pri(), Policy::exact()};
  TableBuilder tables = m.make_stage1();
  DmaEngine device{m.smmu, kStream, {}, true};
  PhysAddr ring = m.frames.allocate(16ull << kBits);
  std::uint32_t cons = 0;

  PageRequests() {
    m.smmu.write64(reg::kPriqBase, ring | kBits);
    m.smmu.write32(reg::kPriqProd, 0);
    m.smmu.write32(reg::kPriqCons, 0);
    m.smmu.write32(reg::kPriqIrqCfg2, 0);
    m.write_and_wait(reg::kIrqCtrl, reg::kIrqCtrlAck, irq_ctrl::kPageQueue);
    m.enable(cr0::kPageQueueEnable);
  }
  ~PageRequests() override { EXPECT_TRUE(m.smmu.misuses().empty()); }

  std::uint32_t prod() { return m.smmu.read32(reg::kPriqProd); }
  std::vector<PageRequest> take() {
    std::vector<PageRequest> all;
    const std::uint32_t end = prod();
    for (; cons != (end & kMask); cons = (cons + 1) & kMask) {
      const PhysAddr at = ring + 16 * (cons % (1u << kBits));
      all.push_back(PageRequest::decode({*m.memory.read64(at), *m.memory.read64(at + 8)}));
    }
    m.smmu.write32(reg::kPriqCons, cons | (end & kOverflowFlag));
    return all;
  }
};

TEST_F(PageRequests, law_72_are_recorded_and_answered_with_their_group) {
  device.ask_for_page(0x1000, false, 5, false);
  device.ask_for_page(0x2abc, true, 5, true);
  const auto asked = take();
  ASSERT_EQ(asked.size(), 2u);
  EXPECT_EQ(asked[0], (PageRequest{.stream = kStream, .address = 0x1000, .group = 5, .read = true}));
  EXPECT_EQ(asked[1],
            (PageRequest{.stream = kStream, .address = 0x2000, .group = 5, .read = true, .write = true, .last = true}));
  EXPECT_EQ(m.smmu.interrupts(Interrupt::page_queue), 1u) << "from empty to not empty";
  EXPECT_TRUE(device.answers().empty());
  ASSERT_TRUE(m.run({command::pri_resp(kStream, {}, 5, kPageSuccess)}));
  EXPECT_EQ(device.answers(), (std::vector<Answered>{{{}, 5, PageAnswer::success}}));
  ASSERT_TRUE(m.run({command::pri_resp(kStream, 7, 6, kPageInvalid), command::pri_resp(kStream, {}, 7, kPageFailure)}));
  EXPECT_EQ(device.answers(), (std::vector<Answered>{{7, 6, PageAnswer::invalid}, {{}, 7, PageAnswer::failure}}));
  EXPECT_FALSE(m.run({command::pri_resp(kStream, {}, 5, 3)}));
}

TEST_F(PageRequests, law_72_a_record_keeps_what_was_asked) {
  const PageRequest asked{.stream = 0x1234'5678,
                          .substream = 0xabcde,
                          .address = 0xffff'ffff'ffff'f000,
                          .group = 0x1ff,
                          .write = true,
                          .execute = true,
                          .privileged = true};
  EXPECT_EQ(PageRequest::decode(asked.encode()), asked);
  EXPECT_EQ(asked.encode()[0] >> 58, 0b101011u);
}

TEST_F(PageRequests, law_72_an_overflow_answers_by_itself_until_it_is_acknowledged) {
  for (std::uint16_t group = 0; group < 4; ++group) device.ask_for_page(0x1000, false, group);
  EXPECT_TRUE(device.answers().empty());
  device.ask_for_page(0x1000, false, 4, false);
  EXPECT_EQ(prod() & kOverflowFlag, kOverflowFlag);
  EXPECT_TRUE(device.answers().empty()) << "not the last of its group";
  device.ask_for_page(0x1000, false, 4);
  EXPECT_EQ(device.answers(), (std::vector<Answered>{{{}, 4, PageAnswer::success}}));
  // Room alone is not enough.
  m.smmu.write32(reg::kPriqCons, cons = 1);
  device.ask_for_page(0x1000, false, 5);
  EXPECT_EQ(device.answers().size(), 1u);
  EXPECT_EQ(take().size(), 3u);
  device.ask_for_page(0x1000, false, 6);
  EXPECT_TRUE(device.answers().empty());
  EXPECT_EQ(take().size(), 1u);
}

TEST_F(PageRequests, law_72_an_overflow_answers_with_the_substream_if_the_entry_says_so) {
  DmaEngine other(m.smmu, kStream + 1, 3, true);
  for (std::uint16_t group = 0; group < 4; ++group) device.ask_for_page(0x1000, false, group);
  other.ask_for_page(0x1000, false, 1);
  EXPECT_EQ(other.answers(), (std::vector<Answered>{{{}, 1, PageAnswer::failure}})) << "no valid entry";
  for (const bool bears : {false, true}) {
    m.write_stream(kStream + 1, Machine::bypass_stream());
    m.memory.write64(m.stream_slot(kStream + 1) + 8, bears ? 1ull << 18 : 0);
    ASSERT_TRUE(m.run({command::cfgi_ste(kStream + 1, false)}));
    other.ask_for_page(0x1000, false, 2);
    const auto substream = bears ? std::optional<SubstreamId>(3) : std::nullopt;
    EXPECT_EQ(other.answers(), (std::vector<Answered>{{substream, 2, PageAnswer::success}}));
  }
}

TEST_F(PageRequests, law_72_where_nobody_looks_they_fail) {
  m.disable(cr0::kPageQueueEnable);
  device.ask_for_page(0x1000, false, 1, false);
  EXPECT_EQ(device.answers(), (std::vector<Answered>{{{}, 1, PageAnswer::failure}}));
  m.smmu.page_request({.stream = kStream, .substream = 3, .last = true});  // a stop marker
  EXPECT_TRUE(device.answers().empty());
  m.enable(cr0::kPageQueueEnable);
  m.memory.poison(ring, ring + 15);
  device.ask_for_page(0x1000, false, 2);
  EXPECT_EQ(m.gerror_active(), gerror::kPageQueueAbort);
  device.ask_for_page(0x1000, false, 3);
  EXPECT_EQ(device.answers().size(), 2u);
  m.memory.heal(ring);
  m.acknowledge_errors();
  device.ask_for_page(0x1000, false, 4);
  EXPECT_TRUE(device.answers().empty());
  m.disable(cr0::kSmmuEnable);
  device.ask_for_page(0x1000, false, 5);
  EXPECT_EQ(device.answers(), (std::vector<Answered>{{{}, 5, PageAnswer::failure}}));
  ASSERT_TRUE(m.run({command::pri_resp(kStream, {}, 4, kPageSuccess)}));
  EXPECT_TRUE(device.answers().empty()) << "ignored while the SMMU is off";
}

TEST_F(PageRequests, interrupts_for_the_last_of_a_group_alone) {
  m.write_and_wait(reg::kIrqCtrl, reg::kIrqCtrlAck, 0);
  m.smmu.write32(reg::kPriqIrqCfg2, 1u << 31);
  m.write_and_wait(reg::kIrqCtrl, reg::kIrqCtrlAck, irq_ctrl::kPageQueue);
  device.ask_for_page(0x1000, false, 1, false);
  EXPECT_EQ(m.smmu.interrupts(Interrupt::page_queue), 0u);
  device.ask_for_page(0x2000, false, 1, true);
  EXPECT_EQ(m.smmu.interrupts(Interrupt::page_queue), 1u);
}

TEST(PageRequestsAbsent, are_refused) {
  Machine m({}, Policy::exact());
  DmaEngine device(m.smmu, kStream, {}, true);
  device.ask_for_page(0x1000, false, 1);
  EXPECT_EQ(device.answers(), (std::vector<Answered>{{{}, 1, PageAnswer::failure}}));
  EXPECT_FALSE(m.run({command::pri_resp(kStream, {}, 1, kPageSuccess)}));
}

}  // namespace
}  // namespace hw::smmu::testing
