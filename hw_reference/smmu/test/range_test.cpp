// SPDX-License-Identifier: Apache-2.0
// Laws 22 to 25: which entries a TLBI reaches.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <set>

#include "hw_reference/smmu/test/machine.hpp"

namespace hw::smmu::testing {
namespace {

constexpr std::uint64_t kBase = 0x4000'0000;

// One stage-1 stream with `pages` last-level pages from kBase on, all in the TLB, and unmapped again.
struct StalePages {
  StalePages(unsigned granule_shift, unsigned count)
      : m({},
          [] {
            Policy p = Policy::keep_everything();
            p.widen = 0;
            return p;
          }()),
        tables(m.make_stage1({.granule_shift = granule_shift})),
        pages(count) {
    for (unsigned i = 0; i < pages; ++i) {
      tables.map(at(i), (1ull << 36) + i * tables.size(3), 3, kStage1);
      EXPECT_TRUE(m.translate(at(i)));
    }
    for (unsigned i = 0; i < pages; ++i) tables.unmap(at(i), 3);
  }
  std::uint64_t at(unsigned page) const { return kBase + page * tables.size(3); }
  std::set<unsigned> stale() {
    std::set<unsigned> result;
    for (unsigned i = 0; i < pages; ++i) {
      if (m.translate(at(i))) result.insert(i);
    }
    (void)m.events();
    return result;
  }
  Machine m;
  TableBuilder tables;
  unsigned pages;
};

unsigned tg_of(unsigned granule_shift) { return (granule_shift - 10) / 2; }

// The decomposition of Linux's arm-smmu-v3: one command for each 5-bit digit of the page count, from the lowest set
// one.
std::vector<Command> range_commands(std::uint64_t address, std::uint64_t pages, unsigned granule_shift) {
  std::vector<Command> commands;
  while (pages != 0) {
    const unsigned scale = static_cast<unsigned>(__builtin_ctzll(pages));
    const unsigned num = (pages >> scale) & 31;
    commands.push_back(
        command::with_range(command::tlbi_nh_va(0, kAsid, address, true), tg_of(granule_shift), 3, num - 1, scale));
    address += std::uint64_t{num} << (scale + granule_shift);
    pages -= std::uint64_t{num} << scale;
  }
  return commands;
}

TEST(Range, law_22_24_a_digit_decomposition_removes_exactly_its_pages) {
  EXPECT_TRUE(rc::check("the commands for a range remove every page in it and no other", [] {
    const auto granule = *rc::gen::element(12u, 14u, 16u);
    const auto count = 150u;
    StalePages s(granule, count);
    const auto first = *rc::gen::inRange(0u, count);
    const auto pages = *rc::gen::inRange(1u, count - first + 1);
    const auto commands = range_commands(s.at(first), pages, granule);
    unsigned bits = 0;
    while (pages >> bits) ++bits;
    RC_ASSERT(commands.size() <= (bits + 4) / 5);
    RC_ASSERT(s.m.run(commands));
    const auto stale = s.stale();
    for (unsigned i = 0; i < count; ++i) {
      RC_ASSERT(stale.count(i) == (i >= first && i < first + pages ? 0u : 1u));
    }
  }));
}

TEST(Range, law_22_wrong_granule_or_level_reaches_nothing) {
  StalePages s(12, 4);
  const Command base = command::tlbi_nh_va(0, kAsid, kBase, true);
  ASSERT_TRUE(s.m.run({command::with_range(base, 3, 3, 1, 0)}));  // 64K granule
  EXPECT_EQ(s.stale().size(), 4u);
  ASSERT_TRUE(s.m.run({command::with_range(base, 1, 2, 1, 9)}));  // blocks
  EXPECT_EQ(s.stale().size(), 4u);
  ASSERT_TRUE(s.m.run({command::with_range(command::tlbi_nh_va(0, kAsid, kBase + 0x1000, true), 1, 2, 1, 9)}));
  EXPECT_EQ(s.stale().size(), 4u) << "misaligned for its level: the range is unpredictable";
  ASSERT_TRUE(s.m.run({command::with_range(base, 1, 0, 1, 0)}));  // any level
  EXPECT_EQ(s.stale(), (std::set<unsigned>{2, 3}));
}

TEST(Range, law_22_blocks_are_reached_at_their_own_level) {
  for (unsigned granule : {12u, 14u, 16u}) {
    Policy policy = Policy::keep_everything();
    policy.widen = 0;
    Machine m({}, policy);
    TableBuilder tables = m.make_stage1({.granule_shift = granule});
    const std::uint64_t size = tables.size(2);
    for (unsigned i = 0; i < 4; ++i) {
      tables.map(i * size, (1ull << 40) + i * size, 2, kStage1);
      ASSERT_TRUE(m.translate(i * size + 0x5008));
      tables.unmap(i * size, 2);
    }
    // Two blocks, counted in granules.
    const unsigned scale = tables.shift(2) - granule;
    const Command base = command::tlbi_nh_va(0, kAsid, size, true);
    ASSERT_TRUE(m.run({command::with_range(base, tg_of(granule), 3, 1, scale)}));
    for (unsigned i = 0; i < 4; ++i) EXPECT_TRUE(m.translate(i * size)) << "pages were meant";
    ASSERT_TRUE(m.run({command::with_range(base, tg_of(granule), 2, 1, scale)}));
    for (unsigned i = 0; i < 4; ++i) EXPECT_EQ(static_cast<bool>(m.translate(i * size)), i == 0 || i == 3);
  }
}

TEST(Range, law_23_reserved_encodings_are_refused) {
  const Command base = command::tlbi_nh_va(0, kAsid, kBase, true);
  const auto refused = [&](unsigned tg, unsigned ttl, unsigned num, unsigned scale, const Features& features = {}) {
    return check(command::with_range(base, tg, ttl, num, scale), features) == CommandError::illegal;
  };
  EXPECT_FALSE(refused(0, 0, 0, 0));
  for (unsigned tg : {1u, 2u, 3u}) {
    EXPECT_TRUE(refused(tg, 0, 0, 0));
    EXPECT_FALSE(refused(tg, 3, 0, 0));
    EXPECT_FALSE(refused(tg, 0, 1, 0));
    EXPECT_FALSE(refused(tg, 0, 0, 1));
    EXPECT_TRUE(refused(tg, 3, 0, 0, {.range_invalidation = false}));
  }
  EXPECT_TRUE(refused(0, 3, 0, 0));
  EXPECT_TRUE(refused(0, 0, 1, 0));
  EXPECT_TRUE(refused(0, 0, 0, 1));
  EXPECT_TRUE(refused(2, 1, 0, 0));
  EXPECT_FALSE(refused(1, 1, 0, 0));
}

TEST(Range, law_25_the_whole_form_removes_what_the_range_form_does) {
  for (const Command& whole : {command::tlbi_nh_asid(0, kAsid), command::tlbi_nh_all(0), command::tlbi_s12_vmall(0),
                               command::tlbi_nsnh_all()}) {
    StalePages s(12, 20);
    ASSERT_TRUE(s.m.run({whole}));
    EXPECT_TRUE(s.stale().empty());
  }
}

TEST(Range, reaches_to_the_end_of_the_address_space) {
  StalePages s(12, 4);
  ASSERT_TRUE(s.m.run({command::with_range(command::tlbi_nh_va(0, kAsid, kBase, true), 1, 3, 31, 31)}));
  EXPECT_TRUE(s.stale().empty());
}

TEST(Range, leaf_only_leaves_tables_and_a_full_one_does_not) {
  for (bool leaf : {true, false}) {
    Machine m;
    TableBuilder tables = m.make_stage1();
    tables.map(0x1000, 0x9000, 3, kStage1);
    ASSERT_TRUE(m.translate(0x1000));
    // The whole table is exchanged for another.
    const PhysAddr other = m.frames.allocate(4096);
    m.memory.write64(other + 8, 0xa000 | kStage1 | 3);
    tables.set(0x1000, 2, other | 3);
    ASSERT_TRUE(m.run({command::tlbi_nh_va(0, kAsid, 0x1000, leaf)}));
    EXPECT_EQ(m.translate(0x1000)->address, leaf ? 0x9000u : 0xa000u);
  }
}

}  // namespace
}  // namespace hw::smmu::testing
