// SPDX-License-Identifier: Apache-2.0
#include "hw_reference/pgtable/format.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace hw_reference::pgtable {
namespace {

Format format(Stage stage, unsigned granule, unsigned input, unsigned output = 48) {
  return Format::make({stage, granule, input, output}).value();
}

TEST(Format, RefusesWhatDoesNotExist) {
  EXPECT_FALSE(Format::make({Stage::one, 13, 48, 48}));
  EXPECT_FALSE(Format::make({Stage::one, 12, 49, 48}));
  EXPECT_FALSE(Format::make({Stage::one, 14, 48, 49}));
  EXPECT_FALSE(Format::make({Stage::one, 16, 53, 48}));
  EXPECT_FALSE(Format::make({Stage::two, 12, 31, 48}));
  EXPECT_TRUE(Format::make({Stage::one, 16, 52, 52}));
}

TEST(Format, StartLevelAndRoot) {
  const struct {
    Stage stage;
    unsigned granule, input, start, root_entries, sl0;
  } cases[] = {
      {Stage::one, 12, 48, 0, 512, 0},   {Stage::one, 12, 39, 1, 512, 0},  {Stage::one, 12, 32, 1, 4, 0},
      {Stage::one, 14, 48, 0, 2, 0},     {Stage::one, 14, 47, 1, 2048, 0}, {Stage::one, 16, 48, 1, 64, 0},
      {Stage::one, 16, 52, 1, 1024, 0},  {Stage::two, 12, 48, 0, 512, 2},  {Stage::two, 12, 44, 0, 32, 2},
      {Stage::two, 12, 42, 1, 4096, 1},  {Stage::two, 12, 40, 1, 1024, 1}, {Stage::two, 14, 48, 1, 4096, 2},
      {Stage::two, 14, 40, 2, 32768, 1}, {Stage::two, 16, 42, 2, 8192, 1}, {Stage::two, 16, 46, 2, 131072, 1},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(testing::Message() << c.granule << " " << c.input);
    const Format f = format(c.stage, c.granule, c.input);
    EXPECT_EQ(f.start_level(), c.start);
    EXPECT_EQ(f.entries(f.start_level()), c.root_entries);
    EXPECT_EQ(f.root_fields().sl0, c.sl0);
    EXPECT_EQ(f.root_fields().tsz, 64 - c.input);
    EXPECT_GE(std::uint64_t{1} << f.root_shift(), 8 * std::uint64_t{c.root_entries});
  }
}

TEST(Format, PageSizes) {
  EXPECT_EQ(format(Stage::one, 12, 48).page_sizes(), 0x4020'1000U);
  EXPECT_EQ(format(Stage::one, 14, 48).page_sizes(), 0x200'4000U);
  EXPECT_EQ(format(Stage::one, 16, 48).page_sizes(), 0x2001'0000U);
  EXPECT_EQ(format(Stage::one, 16, 52, 52).page_sizes(), 0x400'2001'0000U);
  EXPECT_EQ(format(Stage::one, 12, 48).level_of(0x20'0000), 2U);
  EXPECT_EQ(format(Stage::one, 12, 48).level_of(0x40'0000), std::nullopt);
  EXPECT_EQ(format(Stage::one, 12, 48).level_of(0), std::nullopt);
}

// Bit for bit, once: page, stage 1, read-only, cached; block, stage 2, writable, device.
TEST(Format, Descriptors) {
  EXPECT_EQ(format(Stage::one, 12, 48).leaf(3, 0x1234'5000, kRead | kCache),
            0x1234'5000U | 3 | 1 << 2 | 1 << 6 | 1 << 7 | 3 << 8 | 1 << 10 | 1 << 11);
  EXPECT_EQ(format(Stage::two, 12, 40).leaf(2, 0x4020'0000, kWrite | kDevice),
            0x4020'0000U | 1 | 1 << 2 | 1 << 7 | 2 << 8 | 1 << 10);
  EXPECT_EQ(format(Stage::one, 16, 52, 52).table(0xa'0001'0000'0000), 0x1'0000'a003U | 0);
}

RC_GTEST_PROP(Format, L14_LeavesDecodeToWhatWasEncoded, ()) {
  const auto stage = *rc::gen::element(Stage::one, Stage::two);
  const auto granule = *rc::gen::element(12U, 14U, 16U);
  const auto output = *rc::gen::element(32U, 40U, 48U, 52U);
  if (output == 52 && granule != 16) RC_DISCARD("no such format");
  const Format f = format(stage, granule, 48, output);
  const auto level = *rc::gen::suchThat(
      rc::gen::inRange(1U, 4U), [&](unsigned l) { return f.level_of(std::uint64_t{1} << f.shift(l)).has_value(); });
  const auto size = std::uint64_t{1} << f.shift(level);
  const auto address = *rc::gen::arbitrary<std::uint64_t>() & ((std::uint64_t{1} << output) - 1) & ~(size - 1);
  Prot prot = *rc::gen::inRange<Prot>(0, kAllProt + 1);
  const std::uint64_t leaf = f.leaf(level, address, prot);
  if (stage == Stage::one) prot |= kRead;  // cannot be denied
  if (stage == Stage::two) prot &= ~kPrivileged;
  if ((prot & kDevice) != 0) prot &= ~kCache;
  RC_ASSERT(Format::is_valid(leaf));
  RC_ASSERT(!Format::is_table(level, leaf));
  RC_ASSERT(f.address(leaf) == address);
  RC_ASSERT(f.prot(leaf) == prot);
  RC_ASSERT((leaf & 0x007e'0000'0000'0000 & ~(3ull << 53)) == 0U);
}

}  // namespace
}  // namespace hw_reference::pgtable
