// SPDX-License-Identifier: Apache-2.0
// Identification, handshakes, and what the model does with uses that are unpredictable.
#include <gtest/gtest.h>

#include "hw_reference/smmu/registers.hpp"
#include "hw_reference/smmu/test/machine.hpp"

namespace hw::smmu::testing {
namespace {

TEST(Registers, identification) {
  SparseMemory memory;
  Smmu smmu(memory, {.stage2 = false, .stream_bits = 20, .output_bits = 44, .granule_16k = false});
  EXPECT_EQ(smmu.read32(reg::kIdr0) & 3, 2u);
  EXPECT_EQ(smmu.read32(reg::kIdr1) & 0x3f, 20u);
  EXPECT_EQ(smmu.read32(reg::kIdr1) >> 21 & 0x1f, 19u);
  EXPECT_EQ(smmu.read32(reg::kIdr3) >> 10 & 1, 1u);
  EXPECT_EQ(smmu.read32(reg::kIdr5) & 0x77, 4u | 1u << 4 | 1u << 6);
  smmu.write32(reg::kIdr0, 0);
  EXPECT_EQ(smmu.read32(reg::kIdr0) & 3, 2u);
}

TEST(Registers, halves_of_wide_registers) {
  SparseMemory memory;
  Smmu smmu(memory);
  smmu.write32(reg::kStrtabBase + 4, 0x12);
  smmu.write32(reg::kStrtabBase, 0x3456'7000);
  EXPECT_EQ(smmu.read64(reg::kStrtabBase), 0x12'3456'7000u);
}

TEST(Registers, acknowledgements_may_be_late_but_come) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    Machine m({}, Policy::adversarial(seed));  // the bring-up polls every handshake
    m.disable(cr0::kSmmuEnable);
    m.smmu.write32(reg::kGbpa, gbpa::kUpdate | gbpa::kAbort);
    unsigned polls = 0;
    while (m.smmu.read32(reg::kGbpa) & gbpa::kUpdate) ASSERT_LT(++polls, 100u);
    EXPECT_TRUE(m.smmu.misuses().empty()) << m.smmu.misuses().front().rule;
  }
}

TEST(Registers, nothing_changes_before_its_acknowledgement) {
  Policy late = Policy::keep_everything();
  late.delay = 255;
  Machine m({}, late);
  m.write_stream(kStream, Machine::abort_stream());
  ASSERT_TRUE(m.run({command::cfgi_ste(kStream, true)}));
  EXPECT_FALSE(m.translate(0));
  m.smmu.write32(reg::kCr0, m.smmu.read32(reg::kCr0) & ~cr0::kSmmuEnable);
  const bool acknowledged = !(m.smmu.read32(reg::kCr0Ack) & cr0::kSmmuEnable);
  ASSERT_FALSE(acknowledged) << "the policy is to be late";
  EXPECT_FALSE(m.translate(0)) << "the old value is in effect";
  m.smmu.settle();
  EXPECT_TRUE(m.translate(0));
}

TEST(Registers, misuse_has_no_effect_and_is_remembered) {
  Machine m;
  const std::uint64_t base = m.smmu.read64(reg::kCmdqBase);
  m.smmu.write64(reg::kCmdqBase, 0x1000);
  m.smmu.write64(reg::kStrtabBase, 0x1000);
  m.smmu.write32(reg::kCmdqCons, 3);
  m.smmu.write32(reg::kGbpa, gbpa::kAbort);
  m.smmu.write32(reg::kGerrorn, gerror::kCommandQueue);
  EXPECT_EQ(m.smmu.read64(reg::kCmdqBase), base);
  EXPECT_EQ(m.smmu.read64(reg::kStrtabBase), m.stream_table);
  EXPECT_EQ(m.smmu.read32(reg::kGerrorn), 0u);
  EXPECT_EQ(m.smmu.misuses().size(), 7u);  // wide registers are written in halves
  EXPECT_TRUE(m.sync());
}

}  // namespace
}  // namespace hw::smmu::testing
