// SPDX-License-Identifier: Apache-2.0
// Both stages at once: addresses, who is blamed, and law 29.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "hw_reference/smmu/bits.hpp"
#include "hw_reference/smmu/test/machine.hpp"

namespace hw::smmu::testing {
namespace {

// The guest's memory lies at PA + kOffset as the guest sees it.
constexpr std::uint64_t kOffset = 1ull << 40;

struct Nested {
  explicit Nested(const Policy& policy, unsigned granule1 = 12, unsigned granule2 = 12)
      : m({}, policy),
        setup1{.granule_shift = granule1, .input_bits = 42},
        setup2{.granule_shift = granule2, .input_bits = 42, .start_level = granule2 == 16 ? 2u : 1u},
        first(m.stage1_tables(setup1, kOffset)),
        second(m.stage2_tables(setup2)) {
    contexts = m.frames.allocate(64);
    m.write_words(contexts, Machine::context(first, setup1));
    m.write_stream(kStream, Machine::nested_stream(Machine::stage1_stream(contexts + kOffset),
                                                   Machine::stage2_stream(second, setup2)));
    expose(contexts);
    expose(first.root() - kOffset, first.table_bytes());
  }

  // Lets the guest see [pa, pa + bytes).
  void expose(PhysAddr pa, std::uint64_t bytes = 1) {
    const std::uint64_t page = second.size(3);
    for (PhysAddr at = align_down(pa, page); at < pa + bytes; at += page) second.map(at + kOffset, at, 3, kStage2);
  }

  // VA → the guest's address of the frame. Tables on the way become visible to the guest.
  void map(std::uint64_t va, PhysAddr frame) {
    first.map(va, frame + kOffset, 3, kStage1);
    for (unsigned level = first.start_level(); level <= 3; ++level) expose(first.slot(va, level));
  }

  Machine m;
  Stage1Setup setup1;
  Stage2Setup setup2;
  TableBuilder first, second;
  PhysAddr contexts = 0;
};

TEST(Nested, translates_through_both_stages_of_any_granule) {
  for (unsigned one : {12u, 14u, 16u}) {
    for (unsigned two : {12u, 14u, 16u}) {
      for (const Policy& policy : {Policy::exact(), Policy::keep_everything()}) {
        Nested n(policy, one, two);
        const std::uint64_t page = 1ull << std::max(one, two);
        const PhysAddr frame = n.m.frames.allocate(page);
        n.map(0x40000, frame);
        n.expose(frame, page);
        for (int again = 0; again < 2; ++again) {
          const auto result = n.m.translate(0x40008, true);
          ASSERT_TRUE(result) << one << ' ' << two << ' ' << static_cast<int>(result.fault().code);
          EXPECT_EQ(result->address, frame + 8);
          EXPECT_EQ(result->shift, std::min(one, two));
        }
      }
    }
  }
}

TEST(Nested, blames_the_stage_and_the_access) {
  Nested n(Policy::exact());
  const PhysAddr frame = n.m.make_frame(1);
  n.map(0x4000, frame);
  const auto event = [&](std::uint64_t va = 0x4008) {
    EXPECT_FALSE(n.m.translate(va));
    const auto events = n.m.events();
    EXPECT_EQ(events.size(), 1u);
    return events.empty() ? Event{} : events[0];
  };
  const Event data = event();
  EXPECT_EQ(data.code, EventCode::translation);
  EXPECT_TRUE(data.stage2);
  EXPECT_EQ(data.at, FaultClass::input);
  EXPECT_EQ(data.input, 0x4008u);
  EXPECT_EQ(data.fetch, frame + kOffset);

  const Event unmapped = event(0x5000);
  EXPECT_FALSE(unmapped.stage2);
  EXPECT_EQ(unmapped.code, EventCode::translation);

  const PhysAddr leaf_table = n.first.slot(0x4000, 3);
  n.second.map(leaf_table - leaf_table % 4096 + kOffset, 0, 3, 0);  // no access flag
  const Event table = event();
  EXPECT_EQ(table.code, EventCode::access_flag);
  EXPECT_EQ(table.at, FaultClass::table);
  EXPECT_EQ(table.fetch, align_down(leaf_table, 4096) + kOffset);

  n.second.unmap(align_down(n.contexts, 4096) + kOffset, 3);
  const Event context = event();
  EXPECT_EQ(context.code, EventCode::translation);
  EXPECT_TRUE(context.stage2);
  EXPECT_EQ(context.at, FaultClass::context);
}

TEST(Nested, permissions_intersect) {
  for (const Policy& policy : {Policy::exact(), Policy::keep_everything()}) {
    Nested n(policy);
    const PhysAddr frame = n.m.make_frame(1);
    n.map(0x4000, frame);
    n.second.map(frame + kOffset, frame, 3, kStage2 & ~kStage2Write);
    for (int again = 0; again < 2; ++again) {
      EXPECT_TRUE(n.m.translate(0x4000));
      const auto result = n.m.translate(0x4000, true);
      ASSERT_FALSE(result);
      EXPECT_EQ(result.fault().code, EventCode::permission);
      EXPECT_TRUE(result.fault().stage2);
      EXPECT_EQ(result.fault().ipa, frame + kOffset);
    }
  }
}

TEST(Nested, walks_of_device_memory_fault_where_protected) {
  Nested n(Policy::exact());
  const PhysAddr frame = n.m.make_frame(1);
  n.map(0x4000, frame);
  n.expose(frame);
  const PhysAddr table = align_down(n.first.slot(0x4000, 3), 4096);
  n.second.map(table + kOffset, table, 3, (kStage2 & ~kStage2Normal) | 1 << 2);
  EXPECT_TRUE(n.m.translate(0x4000));
  const PhysAddr slot = n.m.stream_slot(kStream) + 16;
  n.m.memory.write64(slot, *n.m.memory.read64(slot) | 1ull << 54);
  const auto result = n.m.translate(0x4000);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.fault().code, EventCode::permission);
  EXPECT_EQ(result.fault().at, FaultClass::table);
}

TEST(Nested, law_29_stage2_unmap_needs_the_combined_entries_removed_too) {
  Nested n(Policy::keep_everything());
  const PhysAddr frame = n.m.make_frame(1);
  n.map(0x4000, frame);
  n.expose(frame);
  ASSERT_TRUE(n.m.translate(0x4000));
  n.second.unmap(frame + kOffset, 3);
  ASSERT_TRUE(n.m.run({command::tlbi_s2_ipa(kVmid, frame + kOffset, true)}));
  EXPECT_TRUE(n.m.translate(0x4000)) << "the combined entry lives on";
  ASSERT_TRUE(n.m.run({command::tlbi_nh_all(kVmid)}));
  EXPECT_FALSE(n.m.translate(0x4000));
}

TEST(Nested, law_29_both_commands_suffice_under_any_policy) {
  EXPECT_TRUE(rc::check("TLBI_S2_IPA and then TLBI_NH_ALL remove every way to the page", [](std::uint64_t seed) {
    Nested n(Policy::adversarial(seed));
    const PhysAddr frame = n.m.make_frame(1);
    n.map(0x4000, frame);
    n.expose(frame);
    for (int i = 0; i < 5; ++i) RC_ASSERT(static_cast<bool>(n.m.translate(0x4000)));
    n.second.unmap(frame + kOffset, 3);
    RC_ASSERT(
        n.m.run({command::tlbi_s2_ipa(kVmid, frame + kOffset, true), command::sync(), command::tlbi_nh_all(kVmid)}));
    for (int i = 0; i < 5; ++i) RC_ASSERT(!n.m.translate(0x4000));
    n.expose(frame);  // invalid → valid needs nothing
    RC_ASSERT(static_cast<bool>(n.m.translate(0x4000)));
  }));
}

TEST(Nested, stage2_only_streams_need_s2_ipa_alone) {
  EXPECT_TRUE(rc::check([](std::uint64_t seed) {
    Machine m({}, Policy::adversarial(seed));
    TableBuilder tables = m.make_stage2();
    tables.map(0x4000, 0x9000, 3, kStage2);
    for (int i = 0; i < 5; ++i) RC_ASSERT(static_cast<bool>(m.translate(0x4000)));
    tables.unmap(0x4000, 3);
    RC_ASSERT(m.run({command::tlbi_s2_ipa(kVmid, 0x4000, true)}));
    for (int i = 0; i < 5; ++i) RC_ASSERT(!m.translate(0x4000));
  }));
}

}  // namespace
}  // namespace hw::smmu::testing
