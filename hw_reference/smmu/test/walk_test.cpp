// SPDX-License-Identifier: Apache-2.0
// Walks of one stage: every granule, level and block size; faults and their order.
#include <gtest/gtest.h>

#include <tuple>

#include "hw_reference/smmu/bits.hpp"
#include "hw_reference/smmu/test/machine.hpp"

namespace hw::smmu::testing {
namespace {

EventCode code_of(const Attempt<Translation>& result) {
  EXPECT_FALSE(result);
  return result ? EventCode::uut : result.fault().code;
}

struct Shape {
  unsigned granule_shift, input_bits, level;
};

void PrintTo(const Shape& shape, std::ostream* out) {
  *out << (1U << shape.granule_shift) / 1024 << "K_" << shape.input_bits << "_level" << shape.level;
}

class Stage1Walk : public ::testing::TestWithParam<Shape> {};

TEST_P(Stage1Walk, finds_a_leaf_of_each_size) {
  const auto [granule, bits, level] = GetParam();
  Machine m({}, Policy::exact());
  TableBuilder tables = m.make_stage1({.granule_shift = granule, .input_bits = bits});
  const std::uint64_t size = tables.size(level);
  const std::uint64_t input = (low_bits(bits) / size) * size;  // the last place there is
  const PhysAddr output = 5 * size;
  tables.map(input, output, level, kStage1);
  for (std::uint64_t offset : {std::uint64_t{0}, size / 2 + 24, size - 1}) {
    const auto result = m.translate(input + offset, true);
    ASSERT_TRUE(result) << static_cast<int>(result.fault().code);
    EXPECT_EQ(result->address, output + offset);
    EXPECT_EQ(result->shift, tables.shift(level));
  }
  if (bits < 48) {
    EXPECT_EQ(code_of(m.translate(input + size)), EventCode::translation);
  }
  EXPECT_EQ(code_of(m.translate(0)), EventCode::translation);
}

INSTANTIATE_TEST_SUITE_P(, Stage1Walk,
                         ::testing::Values(Shape{12, 48, 3}, Shape{12, 48, 2}, Shape{12, 48, 1}, Shape{12, 39, 3},
                                           Shape{12, 32, 2}, Shape{12, 30, 3}, Shape{12, 25, 3}, Shape{14, 48, 3},
                                           Shape{14, 48, 2}, Shape{14, 47, 3}, Shape{14, 36, 2}, Shape{14, 25, 3},
                                           Shape{16, 48, 3}, Shape{16, 48, 2}, Shape{16, 42, 2}, Shape{16, 29, 3},
                                           Shape{12, 16, 3}, Shape{16, 17, 3}));

class Stage2Walk : public ::testing::TestWithParam<std::tuple<unsigned, unsigned, unsigned>> {};

// Granule, input bits, start level: with and without concatenated first tables.
TEST_P(Stage2Walk, finds_pages_at_both_ends) {
  const auto [granule, bits, start] = GetParam();
  Machine m({}, Policy::exact());
  const Stage2Setup setup{.granule_shift = granule, .input_bits = bits, .start_level = start};
  TableBuilder tables = m.make_stage2(setup);
  const std::uint64_t size = tables.size(3);
  const std::uint64_t last = low_bits(bits) / size * size;
  tables.map(0, 3 * size, 3, kStage2);
  tables.map(last, 7 * size, 3, kStage2);
  const auto low = m.translate(8);
  const auto high = m.translate(last + 16, true);
  ASSERT_TRUE(low) << static_cast<int>(low.fault().code);
  ASSERT_TRUE(high);
  EXPECT_EQ(low->address, 3 * size + 8);
  EXPECT_EQ(high->address, 7 * size + 16);
  if (bits < 48) {
    const auto beyond = m.translate(last + size);
    EXPECT_EQ(code_of(beyond), EventCode::translation);
    EXPECT_TRUE(beyond.fault().stage2);
    EXPECT_EQ(beyond.fault().ipa, last + size);
  }
}

INSTANTIATE_TEST_SUITE_P(, Stage2Walk,
                         ::testing::Values(std::tuple(12u, 48u, 0u), std::tuple(12u, 44u, 0u), std::tuple(12u, 42u, 1u),
                                           std::tuple(12u, 40u, 1u), std::tuple(12u, 43u, 1u), std::tuple(12u, 34u, 2u),
                                           std::tuple(12u, 32u, 1u), std::tuple(14u, 48u, 1u), std::tuple(14u, 40u, 2u),
                                           std::tuple(14u, 36u, 2u), std::tuple(16u, 48u, 1u), std::tuple(16u, 42u, 2u),
                                           std::tuple(16u, 46u, 2u), std::tuple(16u, 33u, 3u)));

TEST(Walk, translates_through_ttb1) {
  Machine m({}, Policy::exact());
  const Stage1Setup setup;
  TableBuilder lower = m.stage1_tables(setup), upper = m.stage1_tables(setup);
  Words cd = Machine::context(lower, setup);
  cd[0] = with_field(cd[0], 30, 30, 0) | in_field(16, 21, 16) | in_field(2, 23, 22);  // EPD1 off, T1SZ, TG1: 4K
  cd[2] = upper.root();
  const PhysAddr contexts = m.frames.allocate(64);
  m.write_words(contexts, cd);
  m.write_stream(kStream, Machine::stage1_stream(contexts));
  ASSERT_TRUE(m.run({command::cfgi_ste(kStream, true)}));
  upper.map(0x1000, 0x9000, 3, kStage1);
  EXPECT_EQ(m.translate(0xffff'0000'0000'1008)->address, 0x9008u);
  EXPECT_EQ(code_of(m.translate(0x1008)), EventCode::translation);
  EXPECT_EQ(code_of(m.translate(0x00ff'0000'0000'1008)), EventCode::translation);
}

TEST(Walk, ignores_the_top_byte_where_told) {
  Machine m({}, Policy::exact());
  TableBuilder tables = m.make_stage1({.more_word0 = 1ull << 38});
  tables.map(0x1000, 0x9000, 3, kStage1);
  EXPECT_EQ(m.translate(0x5a00'0000'0000'1008)->address, 0x9008u);
  EXPECT_EQ(code_of(m.translate(0x5a01'0000'0000'1008)), EventCode::translation);
}

TEST(Walk, wide_addresses_with_64k) {
  Machine m({.output_bits = 52, .va52 = true}, Policy::exact());
  TableBuilder tables = m.make_stage1({.granule_shift = 16, .input_bits = 52, .output_bits = 52});
  const std::uint64_t input = 0x000f'1234'0001'0000;
  // PA[51:48] stand in bits [15:12].
  tables.set(input, 3, 0x0000'0042'0000'0000 | 0xa000 | kStage1 | 3);
  tables.set(0, 1, 0x0000'0400'0000'0000 | 0x3000 | kStage1 | 1);
  EXPECT_EQ(m.translate(input + 4)->address, 0x000a'0042'0000'0004u);
  EXPECT_EQ(m.translate(0x123)->address, 0x0003'0400'0000'0123u);
  EXPECT_EQ(m.translate(0x123)->shift, 42u);
}

TEST(Walk, faults_where_descriptors_are_invalid) {
  Machine m({}, Policy::exact());
  TableBuilder tables = m.make_stage1();
  tables.set(0x1000, 3, 0x9000 | kStage1 | 1);  // reserved at the last level
  EXPECT_EQ(code_of(m.translate(0x1000)), EventCode::translation);
  Machine n({}, Policy::exact());
  TableBuilder top = n.make_stage1();
  top.set(0, 0, 0x9000 | kStage1 | 1);  // no blocks at level 0
  EXPECT_EQ(code_of(n.translate(0x1000)), EventCode::translation);
}

TEST(Walk, permissions_of_each_stage) {
  Machine m({}, Policy::exact());
  TableBuilder tables = m.make_stage1();
  tables.map(0x1000, 0x9000, 3, kStage1 | kReadOnly);
  tables.map(0x2000, 0x9000, 3, kStage1 & ~kUser);
  EXPECT_TRUE(m.translate(0x1000));
  EXPECT_EQ(code_of(m.translate(0x1000, true)), EventCode::permission);
  EXPECT_EQ(code_of(m.translate(0x2000)), EventCode::permission);
  EXPECT_TRUE(m.smmu.translate({.stream = kStream, .address = 0x2000, .access = {.write = true, .privileged = true}}));

  TableBuilder second = m.make_stage2({}, 9);
  second.map(0x1000, 0x9000, 3, kStage2 & ~kStage2Write);
  second.map(0x2000, 0x9000, 3, kStage2 & ~kStage2Read);
  EXPECT_TRUE(m.translate(0x1000, false, 9));
  EXPECT_EQ(code_of(m.translate(0x1000, true, 9)), EventCode::permission);
  EXPECT_EQ(code_of(m.translate(0x2000, false, 9)), EventCode::permission);
  EXPECT_TRUE(m.translate(0x2000, true, 9));
}

TEST(Walk, tables_restrict_leaves_unless_disabled) {
  for (bool disabled : {false, true}) {
    Machine m({}, Policy::exact());
    TableBuilder tables = m.make_stage1();
    tables.map(0x1000, 0x9000, 3, kStage1);
    tables.set(0x1000, 2, tables.get(0x1000, 2) | 1ull << 62);
    if (disabled) {
      const Words stream = [&] {
        Words cd = Machine::context(tables, {});
        cd[1] |= 2;
        const PhysAddr contexts = m.frames.allocate(64);
        m.write_words(contexts, cd);
        return Machine::stage1_stream(contexts);
      }();
      m.write_stream(kStream, stream);
    }
    EXPECT_TRUE(m.translate(0x1000));
    EXPECT_EQ(static_cast<bool>(m.translate(0x1000, true)), disabled);
  }
}

// Within one stage: range, external abort, validity, output size, access flag, permission (7.3, law 47).
TEST(Walk, law_47_order_of_faults_within_a_stage) {
  Machine m({}, Policy::exact());
  TableBuilder tables = m.make_stage1({.input_bits = 39, .output_bits = 36});
  const std::uint64_t wide = 1ull << 40;
  tables.map(0x1000, 0x9000 | wide, 3, kUser | kReadOnly);  // too wide, no access flag, read-only
  EXPECT_EQ(code_of(m.translate(1ull << 39 | 0x1000, true)), EventCode::translation);
  EXPECT_EQ(code_of(m.translate(0x1000, true)), EventCode::address_size);
  tables.map(0x1000, 0x9000, 3, kUser | kReadOnly);
  EXPECT_EQ(code_of(m.translate(0x1000, true)), EventCode::access_flag);
  tables.map(0x1000, 0x9000, 3, kUser | kReadOnly | kAccessed);
  EXPECT_EQ(code_of(m.translate(0x1000, true)), EventCode::permission);
  tables.set(0x1000, 3, 0x9000 | wide | kReadOnly);  // invalid
  EXPECT_EQ(code_of(m.translate(0x1000, true)), EventCode::translation);
  m.memory.poison(tables.slot(0x1000, 3), tables.slot(0x1000, 3) + 7);
  const auto aborted = m.translate(0x1000, true);
  EXPECT_EQ(code_of(aborted), EventCode::walk_abort);
  EXPECT_EQ(aborted.fault().fetch, tables.slot(0x1000, 3));
  EXPECT_EQ(aborted.fault().at, FaultClass::table);
  tables.set(0x1000, 2, wide | 3);  // a table beyond the output size
  EXPECT_EQ(code_of(m.translate(0x1000, true)), EventCode::address_size);
}

TEST(Walk, access_flag_can_be_ignored_or_updated) {
  Machine m({}, Policy::exact());
  TableBuilder ignoring = m.make_stage1({.more_word0 = 1ull << 35});
  ignoring.map(0x1000, 0x9000, 3, kUser);
  EXPECT_TRUE(m.translate(0x1000));
  TableBuilder updating = m.make_stage1({.more_word0 = 1ull << 43}, 9);
  updating.map(0x1000, 0x9000, 3, kUser);
  EXPECT_TRUE(m.translate(0x1000, false, 9));
  EXPECT_TRUE(updating.get(0x1000, 3) & kAccessed);
}

// Law 15: a page that a device wrote reads dirty until cleared; a page that was only read never does.
TEST(Walk, law_15_hardware_marks_what_is_written_and_nothing_else) {
  Machine m;
  TableBuilder tables = m.make_stage1({.more_word0 = 1ull << 42 | 1ull << 43});
  const std::uint64_t clean = kStage1 | kReadOnly | kDirtyManaged;
  tables.map(0x1000, 0x9000, 3, clean);
  tables.map(0x2000, 0xa000, 3, clean);
  const auto dirty = [&](std::uint64_t iova) { return !(tables.get(iova, 3) & kReadOnly); };
  EXPECT_TRUE(m.translate(0x1000));
  EXPECT_TRUE(m.translate(0x2000));
  EXPECT_FALSE(dirty(0x1000));
  EXPECT_TRUE(m.translate(0x1000, true));
  EXPECT_TRUE(dirty(0x1000));
  EXPECT_FALSE(dirty(0x2000));

  // Cleared without an invalidation, the next write goes unrecorded; with one it is seen again.
  tables.map(0x1000, 0x9000, 3, clean);
  EXPECT_TRUE(m.translate(0x1000, true));
  EXPECT_FALSE(dirty(0x1000)) << "the adversary has to show the missing invalidation";
  ASSERT_TRUE(m.run({command::tlbi_nh_va(0, kAsid, 0x1000, true)}));
  EXPECT_TRUE(m.translate(0x1000, true));
  EXPECT_TRUE(dirty(0x1000));
}

TEST(Walk, stage2_marks_dirty_pages_too) {
  Machine m({}, Policy::exact());
  TableBuilder tables = m.make_stage2({.more_word2 = 1ull << 55 | 1ull << 56});
  tables.map(0x1000, 0x9000, 3, (kStage2 & ~kStage2Write) | kDirtyManaged);
  EXPECT_TRUE(m.translate(0x1000));
  EXPECT_FALSE(tables.get(0x1000, 3) & kStage2Write);
  EXPECT_TRUE(m.translate(0x1000, true));
  EXPECT_TRUE(tables.get(0x1000, 3) & kStage2Write);
}

// The hint lets one entry stand for a whole group, whether or not the other descriptors agree.
TEST(Walk, contiguous_hint_may_be_believed) {
  Machine m;
  TableBuilder tables = m.make_stage1();
  tables.map(0x10000, 0x90000, 3, kStage1 | kContiguousHint);
  EXPECT_EQ(code_of(m.translate(0x13000)), EventCode::translation);
  EXPECT_TRUE(m.translate(0x10000));
  EXPECT_EQ(m.translate(0x13008)->address, 0x93008u);
  EXPECT_EQ(code_of(m.translate(0x20000)), EventCode::translation);
}

}  // namespace
}  // namespace hw::smmu::testing
