// SPDX-License-Identifier: Apache-2.0
// What may be cached and what removes it: laws 17, 26, 30, 31, 34, 48 and 49 on single cases.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "hw_reference/smmu/bits.hpp"
#include "hw_reference/smmu/test/machine.hpp"

namespace hw::smmu::testing {
namespace {

TEST(Caches, law_48_an_invalid_entry_may_be_kept_too) {
  Machine m;
  EXPECT_FALSE(m.translate(0x1000));
  m.write_stream(kStream, Machine::bypass_stream());
  EXPECT_FALSE(m.translate(0x1000)) << "the invalid STE is cached";
  ASSERT_TRUE(m.run({command::cfgi_ste(kStream, true)}));
  EXPECT_TRUE(m.translate(0x1000));
}

TEST(Caches, law_48_holds_for_pointers_and_contexts) {
  Machine m({}, {}, true);
  EXPECT_FALSE(m.translate(0, false, 70));
  m.write_stream(70, Machine::bypass_stream());
  ASSERT_TRUE(m.run({command::cfgi_ste(70, true)}));
  EXPECT_FALSE(m.translate(0, false, 70)) << "a leaf invalidation leaves the level-1 descriptor";
  ASSERT_TRUE(m.run({command::cfgi_ste(70, false)}));
  EXPECT_TRUE(m.translate(0, false, 70));

  const Stage1Setup setup;
  TableBuilder tables = m.stage1_tables(setup);
  tables.map(0x1000, 0x9000, 3, kStage1);
  const PhysAddr contexts = m.frames.allocate(64);
  m.write_stream(71, Machine::stage1_stream(contexts));
  ASSERT_TRUE(m.run({command::cfgi_ste(71, true)}));
  EXPECT_FALSE(m.translate(0x1000, false, 71));
  m.write_words(contexts, Machine::context(tables, setup));
  EXPECT_FALSE(m.translate(0x1000, false, 71));
  ASSERT_TRUE(m.run({command::cfgi_cd(71, 0, true)}));
  EXPECT_TRUE(m.translate(0x1000, false, 71));
}

TEST(Caches, failed_fetches_are_not_kept) {
  Machine m;
  m.write_stream(kStream, Machine::bypass_stream());
  m.memory.poison(m.stream_slot(kStream), m.stream_slot(kStream) + 63);
  EXPECT_FALSE(m.translate(0));
  m.memory.heal(m.stream_slot(kStream));
  EXPECT_TRUE(m.translate(0));
}

TEST(Caches, law_49_cfgi_and_tlbi_do_not_replace_each_other) {
  Machine m;
  TableBuilder tables = m.make_stage1();
  tables.map(0x1000, 0x9000, 3, kStage1);
  ASSERT_TRUE(m.translate(0x1000));
  tables.unmap(0x1000, 3);
  ASSERT_TRUE(m.run({command::cfgi_all(), command::cfgi_cd_all(kStream)}));
  EXPECT_TRUE(m.translate(0x1000)) << "CFGI leaves the TLB alone";
  m.write_stream(kStream, Machine::abort_stream());
  ASSERT_TRUE(m.run({command::tlbi_nsnh_all()}));
  m.write_stream(kStream, Machine::bypass_stream());
  EXPECT_FALSE(m.translate(0x1000)) << "the stage-1 STE is still there, and unmapped";
}

TEST(Caches, range_of_streams) {
  Machine m;
  for (StreamId s = 0; s < 16; ++s) EXPECT_FALSE(m.translate(0, false, s));
  for (StreamId s = 0; s < 16; ++s) m.write_stream(s, Machine::bypass_stream());
  ASSERT_TRUE(m.run({command::cfgi_ste_range(6, 1)}));  // 4 streams: 4..7
  for (StreamId s = 0; s < 16; ++s) EXPECT_EQ(static_cast<bool>(m.translate(0, false, s)), s >= 4 && s <= 7) << s;
}

TEST(Caches, law_17_a_posted_write_lands_before_the_sync) {
  EXPECT_TRUE(rc::check("no write reaches the old page after the CMD_SYNC of its invalidation", [](std::uint64_t seed) {
    Machine m({}, Policy::adversarial(seed));
    TableBuilder tables = m.make_stage1();
    const PhysAddr frame = m.make_frame(0);
    tables.map(0x1000, frame, 3, kStage1);
    const std::uint64_t value = 42;
    const auto bytes = std::as_bytes(std::span(&value, 1));
    RC_ASSERT(m.smmu.post_write({.stream = kStream, .address = 0x1000}, bytes) == DmaStatus::done);
    tables.unmap(0x1000, 3);
    RC_ASSERT(m.run({command::tlbi_nh_va(0, kAsid, 0x1000, true)}));
    RC_ASSERT(*m.memory.read64(frame) == value);
    m.memory.write64(frame, 7);  // the frame has a new owner
    m.smmu.settle();
    RC_ASSERT(*m.memory.read64(frame) == 7u);
    RC_ASSERT(m.smmu.post_write({.stream = kStream, .address = 0x1000}, bytes) == DmaStatus::aborted);
  }));
}

TEST(Caches, a_posted_write_without_sync_can_come_late) {
  Machine m;
  TableBuilder tables = m.make_stage1();
  const PhysAddr frame = m.make_frame(0);
  tables.map(0x1000, frame, 3, kStage1);
  const std::uint64_t value = 42;
  (void)m.smmu.post_write({.stream = kStream, .address = 0x1000}, std::as_bytes(std::span(&value, 1)));
  EXPECT_EQ(*m.memory.read64(frame), 0u);
  m.smmu.settle();
  EXPECT_EQ(*m.memory.read64(frame), 42u);
}

TEST(Caches, law_26_a_change_without_break_before_make_may_conflict) {
  Policy policy = Policy::adversarial(1);
  bool conflicted = false, quiet = true;
  for (unsigned level : {0u, 2u}) {
    for (policy.seed = 0; policy.seed < 60; ++policy.seed) {
      Machine m({.bbm_level = level}, policy);
      TableBuilder tables = m.make_stage1();
      tables.map(0x1000, 0x9000, 3, kStage1);
      for (int i = 0; i < 8; ++i) (void)m.translate(0x1000);
      tables.map(0x1000, 0xa000, 3, kStage1);  // valid → valid
      for (int i = 0; i < 16; ++i) {
        const auto result = m.translate(0x1000);
        const bool conflict = !result && result.fault().code == EventCode::tlb_conflict;
        (level == 0 ? conflicted : quiet) = level == 0 ? conflicted || conflict : quiet && !conflict;
        EXPECT_TRUE(!result || result->address == 0x9000 || result->address == 0xa000);
      }
    }
  }
  EXPECT_TRUE(conflicted);
  EXPECT_TRUE(quiet);
}

TEST(Caches, law_30_vmids_do_not_see_each_other) {
  EXPECT_TRUE(rc::check("an entry of one VMID is neither used nor lost for another", [](std::uint64_t seed) {
    Machine m({}, Policy::adversarial(seed));
    TableBuilder one = m.make_stage2({}, 1, 11), two = m.make_stage2({}, 2, 12);
    one.map(0x1000, 0x9000, 3, kStage2);
    two.map(0x1000, 0xa000, 3, kStage2);
    for (int i = 0; i < 10; ++i) {
      RC_ASSERT(m.translate(0x1000, false, 1)->address == 0x9000u);
      RC_ASSERT(m.translate(0x1000, false, 2)->address == 0xa000u);
    }
    one.unmap(0x1000, 3);
    RC_ASSERT(m.run({command::tlbi_s12_vmall(11)}));
    RC_ASSERT(!m.translate(0x1000, false, 1));
    RC_ASSERT(m.translate(0x1000, false, 2)->address == 0xa000u);
  }));
}

TEST(Caches, law_30_asids_are_told_apart_and_global_entries_are_not) {
  Machine m;
  TableBuilder one = m.make_stage1({.asid = 21}, 1), two = m.make_stage1({.asid = 22}, 2);
  one.map(0x1000, 0x9000, 3, kStage1);
  two.map(0x1000, 0xa000, 3, kStage1);
  one.map(0x2000, 0xb000, 3, kStage1 & ~kNonGlobal);
  EXPECT_EQ(m.translate(0x1000, false, 1)->address, 0x9000u);
  EXPECT_EQ(m.translate(0x1000, false, 2)->address, 0xa000u);
  EXPECT_TRUE(m.translate(0x2000, false, 1));
  EXPECT_TRUE(m.translate(0x2000, false, 2)) << "a global entry serves every ASID of the VMID";
  one.unmap(0x1000, 3);
  one.unmap(0x2000, 3);
  ASSERT_TRUE(m.run({command::tlbi_nh_asid(0, 21)}));
  EXPECT_FALSE(m.translate(0x1000, false, 1));
  EXPECT_TRUE(m.translate(0x1000, false, 2));
  EXPECT_TRUE(m.translate(0x2000, false, 1)) << "NH_ASID leaves global entries";
  ASSERT_TRUE(m.run({command::tlbi_nh_va(0, 22, 0x2000, true)}));
  EXPECT_FALSE(m.translate(0x2000, false, 1)) << "NH_VA takes global entries of any ASID";
}

TEST(Caches, law_31_an_asid_given_out_again_shows_what_was_left) {
  for (bool flushed : {false, true}) {
    Machine m;
    TableBuilder one = m.make_stage1({.asid = 21}, 1);
    one.map(0x1000, 0x9000, 3, kStage1);
    ASSERT_TRUE(m.translate(0x1000, false, 1));
    m.write_stream(1, Machine::abort_stream());
    ASSERT_TRUE(m.run({command::cfgi_ste(1, true)}));
    if (flushed) {
      ASSERT_TRUE(m.run({command::tlbi_nh_asid(0, 21)}));
    }
    (void)m.make_stage1({.asid = 21}, 2);
    EXPECT_EQ(static_cast<bool>(m.translate(0x1000, false, 2)), !flushed);
  }
}

TEST(Caches, fields_of_stage2_are_cached_with_its_entries) {
  Machine m;
  TableBuilder one = m.make_stage2();
  one.map(0x1000, 0x9000, 3, kStage2);
  ASSERT_TRUE(m.translate(0x1000));
  TableBuilder two = m.make_stage2();  // another S2TTB, the same VMID; CFGI_STE only
  two.map(0x1000, 0xa000, 3, kStage2);
  EXPECT_EQ(m.translate(0x1000)->address, 0x9000u);
  ASSERT_TRUE(m.run({command::tlbi_s12_vmall(kVmid)}));
  EXPECT_EQ(m.translate(0x1000)->address, 0xa000u);
}

// An STE written in the wrong order is seen half old and half new; with V cleared first it never is.
TEST(Caches, law_34_a_torn_entry_shows_unless_it_was_made_invalid) {
  const auto outcomes = [](bool careful) {
    bool torn = false;
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
      Machine m({}, Policy::adversarial(seed));
      TableBuilder one = m.stage2_tables({}), two = m.stage2_tables({});
      one.map(0x1000, 0x9000, 3, kStage2);
      two.map(0x1000, 0xa000, 3, kStage2);
      const Words old = Machine::stage2_stream(one, {}, 11), fresh = Machine::stage2_stream(two, {}, 12);
      m.write_stream(kStream, old);
      EXPECT_TRUE(m.run({command::cfgi_ste(kStream, true)}));
      const PhysAddr at = m.stream_slot(kStream);
      const auto look = [&] {
        for (int i = 0; i < 4; ++i) (void)m.translate(0x1000);
        // The TLB tells under which VMID each table was walked: 11 goes with the old one, 12 with the new.
        m.smmu.inspect([&](Tlb& tlb, ConfigCache&) {
          tlb.visit([&](EntryKind kind, const TlbEntry& entry) {
            if (kind == EntryKind::stage2) torn |= (entry.vmid == 11) != (entry.output == 0x9000);
          });
        });
      };
      look();
      const auto sync = [&] { EXPECT_TRUE(m.run({command::cfgi_ste(kStream, true)})); };
      if (careful) {
        m.memory.write64(at, 0);
        sync();
      }
      for (unsigned word = 1; word < kStructureWords; ++word) {
        m.memory.write64(at + 8 * word, fresh[word]);
        look();
      }
      if (careful) sync();
      m.memory.write64(at, fresh[0]);
      sync();
      look();
      if (!careful) continue;  // what was walked under the mixture stays in the TLB
      const auto result = m.translate(0x1000);
      EXPECT_TRUE(result && result->address == 0xa000);
    }
    return torn;
  };
  EXPECT_TRUE(outcomes(false));
  EXPECT_FALSE(outcomes(true));
}

}  // namespace
}  // namespace hw::smmu::testing
