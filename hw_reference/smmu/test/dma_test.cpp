// SPDX-License-Identifier: Apache-2.0
// Devices, with and without a translation cache: laws 27 and 28.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <numeric>

#include "hw_reference/smmu/dma.hpp"
#include "hw_reference/smmu/registers.hpp"
#include "hw_reference/smmu/test/machine.hpp"

namespace hw::smmu::testing {
namespace {

struct AtsMachine {
  explicit AtsMachine(const Policy& policy = {}) : m({}, policy), tables(m.make_stage1()) {
    m.memory.write64(m.stream_slot(kStream) + 8, 1ull << 28);  // EATS
    EXPECT_TRUE(m.run({command::cfgi_ste(kStream, true)}));
  }
  Machine m;
  TableBuilder tables;
  DmaEngine device{m.smmu, kStream, {}, true};
};

TEST(Dma, moves_blocks_across_pages) {
  Machine m;
  TableBuilder tables = m.make_stage1();
  DmaEngine device(m.smmu, kStream);
  const PhysAddr one = m.make_frame(0), two = m.make_frame(0);
  tables.map(0x1000, two, 3, kStage1);
  tables.map(0x2000, one, 3, kStage1);
  std::vector<std::byte> out(0x1800), in(out.size());
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<std::byte>(i * 7);
  EXPECT_EQ(device.write(0x1400, out), DmaStatus::done);
  EXPECT_EQ(device.read(0x1400, in), DmaStatus::done);
  EXPECT_EQ(in, out);
  std::byte first{};
  m.memory.read(one, std::span(&first, 1));
  EXPECT_EQ(first, out[0xc00]);
  EXPECT_EQ(device.write(0x2800, out), DmaStatus::aborted) << "0x3000 is not mapped";
}

TEST(Dma, an_endpoint_keeps_its_translations_until_told) {
  AtsMachine a;
  const PhysAddr frame = a.m.make_frame(5);
  a.tables.map(0x1000, frame, 3, kStage1);
  std::uint64_t value = 0;
  EXPECT_EQ(a.device.read64(0x1000, value), DmaStatus::done);
  EXPECT_EQ(value, 5u);
  a.tables.unmap(0x1000, 3);
  ASSERT_TRUE(a.m.run({command::tlbi_nh_va(0, kAsid, 0x1000, true)}));
  EXPECT_EQ(a.device.read64(0x1000, value), DmaStatus::done) << "no ATC_INV yet";
  ASSERT_TRUE(a.m.run({command::atc_inv(kStream, 0x1000, 0)}));
  EXPECT_EQ(a.device.read64(0x1000, value), DmaStatus::aborted);
}

TEST(Dma, law_27_atc_inv_before_the_sync_of_the_tlbi_can_leave_a_stale_translation) {
  const auto stale = [](std::uint64_t seed, bool ordered) {
    AtsMachine a(Policy::adversarial(seed));
    a.tables.map(0x1000, a.m.make_frame(5), 3, kStage1);
    std::uint64_t value = 0;
    (void)a.device.read64(0x1000, value);
    a.tables.unmap(0x1000, 3);
    a.m.send(command::tlbi_nh_va(0, kAsid, 0x1000, true));
    if (ordered) {
      EXPECT_TRUE(a.m.sync());
    }
    a.m.send(command::atc_inv(kStream, 0x1000, 0));
    (void)a.device.read64(0x1000, value);  // a request in between
    EXPECT_TRUE(a.m.sync());
    return a.device.read64(0x1000, value) == DmaStatus::done;
  };
  bool seen = false;
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    seen |= stale(seed, false);
    EXPECT_FALSE(stale(seed, true)) << seed;
  }
  EXPECT_TRUE(seen) << "the adversary has to show the missing CMD_SYNC";
}

TEST(Dma, law_28_an_atc_inv_spans_an_aligned_power_of_two) {
  EXPECT_TRUE(rc::check("exactly the pages of the aligned span go", [] {
    AtsMachine a;
    for (unsigned page = 0; page < 16; ++page) a.tables.map(page << 12, a.m.make_frame(page), 3, kStage1);
    std::uint64_t value = 0;
    for (unsigned page = 0; page < 16; ++page) RC_ASSERT(a.device.read64(page << 12, value) == DmaStatus::done);
    const auto size = *rc::gen::inRange(0u, 6u), page = *rc::gen::inRange(0u, 16u);
    RC_ASSERT(a.m.run({command::atc_inv(kStream, page << 12, size)}));
    const std::size_t gone = std::min(1u << size, 16u);
    RC_ASSERT(a.device.cached() == 16 - gone);
    RC_ASSERT(a.m.run({command::atc_inv(kStream, 0, 52)}));
    RC_ASSERT(a.device.cached() == 0u);
  }));
}

TEST(Dma, unanswered_invalidations_are_reported_by_the_sync) {
  AtsMachine a;
  a.device.ignore_invalidations(true);
  EXPECT_FALSE(a.m.run({command::atc_inv(kStream, 0, 52)}));
  EXPECT_EQ(a.m.smmu.read32(reg::kCmdqCons) >> 24, 3u);
  a.m.acknowledge_errors();  // the CMD_SYNC was not consumed, and is tried again
  EXPECT_EQ(a.m.smmu.read32(reg::kCmdqCons) & 0xfffff, a.m.prod);
}

TEST(Dma, translated_traffic_needs_permission) {
  AtsMachine a;
  a.m.enable(cr0::kAtsCheck);
  std::uint64_t value = 3;
  const auto bytes = std::as_bytes(std::span(&value, 1));
  EXPECT_EQ(a.m.smmu.translated(kStream, 0x9000, bytes), DmaStatus::done);
  (void)a.m.make_stage1({}, 9);
  EXPECT_EQ(a.m.smmu.translated(9, 0x9000, bytes), DmaStatus::aborted);
  EXPECT_EQ(a.m.events().at(0).code, EventCode::translated_forbidden);
  EXPECT_FALSE(a.m.smmu.ats_request({.stream = 9, .address = 0x1000}));
  EXPECT_EQ(a.m.events().at(0).code, EventCode::bad_ats_request);
}

}  // namespace
}  // namespace hw::smmu::testing
