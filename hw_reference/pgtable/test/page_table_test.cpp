// SPDX-License-Identifier: Apache-2.0
#include "hw_reference/pgtable/page_table.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <utility>
#include <vector>

namespace hw_reference::pgtable {
namespace {

constexpr Prot kBothCached = kRead | kWrite | kCache;
constexpr std::uint64_t kPage = 0x1000;
constexpr std::uint64_t kBlock = 0x20'0000;

struct PageTableTest : testing::Test {
  TableMemory memory{64 << 20};
  std::vector<std::pair<std::uint64_t, std::uint64_t>> flushed;
  Format format = Format::make({Stage::one, 12, 48, 44}).value();
  std::unique_ptr<PageTable> table =
      PageTable::make(format, memory, [this](auto first, auto last) { flushed.emplace_back(first, last); });
  Gather gather;

  ~PageTableTest() override {
    gather.released(memory, 12);
    table.reset();
    EXPECT_EQ(memory.in_use(), 0U);
  }
  std::uint64_t at(std::uint64_t iova) const {
    const auto found = table->lookup(iova);
    return found ? found->address : ~std::uint64_t{0};
  }
};

TEST_F(PageTableTest, MapErrorsInOrder) {
  EXPECT_EQ(table->map_pages(1, 0, 0x3000, 0, 0), EINVAL);
  EXPECT_EQ(table->map_pages(0, 0, kPage, 0, kRead), EINVAL);
  EXPECT_EQ(table->map_pages(0, 0, kPage, 1, kCache), EINVAL);
  EXPECT_EQ(table->map_pages(1, 0, kPage, 1, kRead), EINVAL);
  EXPECT_EQ(table->map_pages(0, 0x800, kPage, 1, kRead), EINVAL);
  EXPECT_EQ(table->map_pages(kPage, 0, kBlock, 1, kRead), EINVAL);
  EXPECT_EQ(table->map_pages(1ull << 48, 0, kPage, 1, kRead), ERANGE);
  EXPECT_EQ(table->map_pages(0, 1ull << 44, kPage, 1, kRead), ERANGE);
  EXPECT_EQ(table->map_pages((1ull << 48) - kPage, 0, kPage, 2, kRead), ERANGE);
  EXPECT_EQ(table->map_pages(0, (1ull << 44) - kPage, kPage, 2, kRead), ERANGE);
  EXPECT_EQ(table->map_pages(0, 0, kPage, ~std::uint64_t{0}, kRead), ERANGE);
  EXPECT_EQ(memory.in_use(), 1U);
  EXPECT_EQ(table->map_pages((1ull << 48) - kPage, (1ull << 44) - kPage, kPage, 1, kRead), 0);
  EXPECT_EQ(at((1ull << 48) - 1), (1ull << 44) - 1);
  EXPECT_EQ(at(1ull << 48), ~std::uint64_t{0});
  EXPECT_EQ(table->map_pages((1ull << 48) - kPage, 0, kPage, 1, kRead), EEXIST);
}

TEST_F(PageTableTest, MapsAcrossTables) {
  ASSERT_EQ(table->map_pages(kBlock - 3 * kPage, 0x10'0000, kPage, 1030, kBothCached), 0);
  for (std::uint64_t i = 0; i < 1030; ++i) ASSERT_EQ(at(kBlock - 3 * kPage + i * kPage + 5), 0x10'0000 + i * kPage + 5);
  EXPECT_EQ(at(kBlock - 4 * kPage), ~std::uint64_t{0});
  EXPECT_EQ(at(kBlock + 1027 * kPage), ~std::uint64_t{0});
}

TEST_F(PageTableTest, OverlapInALaterTableChangesNothing) {
  ASSERT_EQ(table->map_pages(2 * kBlock + 7 * kPage, 0, kPage, 1, kBothCached), 0);
  EXPECT_EQ(table->map_pages(kBlock - kPage, 0x10'0000, kPage, 1000, kBothCached), EEXIST);
  EXPECT_EQ(at(kBlock - kPage), ~std::uint64_t{0});
  EXPECT_EQ(at(kBlock), ~std::uint64_t{0});
  EXPECT_EQ(table->map_pages(kBlock, 0, kBlock, 2, kBothCached), EEXIST);
  EXPECT_EQ(at(kBlock), ~std::uint64_t{0});
  EXPECT_EQ(table->map_pages(kBlock, 0, kBlock, 1, kBothCached), 0);
  EXPECT_EQ(table->map_pages(kBlock + kPage, 0, kPage, 1, kBothCached), EEXIST);
}

TEST_F(PageTableTest, BlockReplacesAnEmptyTable) {
  ASSERT_EQ(table->map_pages(kBlock, 0, kPage, 2, kBothCached), 0);
  EXPECT_EQ(table->unmap(kBlock, 2 * kPage, gather), 2 * kPage);
  EXPECT_EQ(gather.first, kBlock);
  EXPECT_EQ(gather.last, kBlock + 2 * kPage - 1);
  EXPECT_EQ(gather.leaf_sizes, kPage);
  EXPECT_FALSE(gather.tables);
  EXPECT_TRUE(flushed.empty());
  const std::size_t tables = memory.in_use();
  EXPECT_EQ(table->map_pages(kBlock, 0x4000'0000, kBlock, 1, kBothCached), 0);
  ASSERT_EQ(flushed.size(), 1U);
  EXPECT_EQ(flushed[0], std::pair(kBlock, 2 * kBlock - 1));
  EXPECT_EQ(memory.in_use(), tables - 1);
  EXPECT_EQ(at(kBlock + 0x12345), 0x4001'2345U);
  EXPECT_EQ(table->lookup(kBlock)->page_size, kBlock);
}

TEST_F(PageTableTest, UnmapStopsAtHolesAndInsideLeaves) {
  ASSERT_EQ(table->map_pages(0, 0, kPage, 4, kBothCached), 0);
  ASSERT_EQ(table->map_pages(5 * kPage, 0, kPage, 1, kBothCached), 0);
  ASSERT_EQ(table->map_pages(kBlock, 0, kBlock, 2, kBothCached), 0);
  EXPECT_EQ(table->unmap(4 * kPage, 2 * kPage, gather), 0U);
  EXPECT_EQ(table->unmap(1, kPage, gather), 0U);
  EXPECT_EQ(table->unmap(0, kPage - 1, gather), 0U);
  EXPECT_EQ(table->unmap(kBlock + kPage, kBlock, gather), 0U);
  EXPECT_EQ(table->unmap(kBlock, kBlock - kPage, gather), 0U);
  EXPECT_TRUE(gather.empty());
  EXPECT_EQ(table->unmap(0, kPage + 1, gather), kPage);
  EXPECT_EQ(table->unmap(kPage, 100 * kPage, gather), 3 * kPage);
  EXPECT_EQ(table->unmap(kBlock, 2 * kBlock - 1, gather), kBlock);
  EXPECT_EQ(at(5 * kPage), 0U);
  EXPECT_EQ(at(2 * kBlock), kBlock);
  EXPECT_EQ(gather.leaf_sizes, kPage | kBlock);
}

TEST_F(PageTableTest, EmptiedTablesWaitForTheInvalidation) {
  const std::size_t before = memory.in_use();
  ASSERT_EQ(table->map_pages(kBlock, 0, kPage, 1024, kBothCached), 0);
  EXPECT_EQ(memory.in_use(), before + 4);
  EXPECT_EQ(table->unmap(kBlock, 1024 * kPage, gather), 2 * kBlock);
  EXPECT_TRUE(gather.tables);
  EXPECT_EQ(memory.in_use(), before + 4);
  gather.released(memory, 12);
  EXPECT_EQ(memory.in_use(), before + 2);
  EXPECT_TRUE(gather.empty());
}

// Law 16: what page-by-page unmapping leaves empty is found, and nothing else.
TEST_F(PageTableTest, L16_EmptyTablesAreCollected) {
  const std::size_t before = memory.in_use();
  ASSERT_EQ(table->map_pages(kBlock, 0, kPage, 512, kBothCached), 0);
  ASSERT_EQ(table->map_pages(5 * kBlock, 0, kPage, 1, kBothCached), 0);
  ASSERT_EQ(table->map_pages(std::uint64_t{1} << 38, 0, kPage, 1, kBothCached), 0);
  EXPECT_EQ(memory.in_use(), before + table->tables());
  const std::size_t tables = table->tables();
  for (std::uint64_t i = 0; i < 512; ++i) EXPECT_EQ(table->unmap(kBlock + i * kPage, kPage, gather), kPage);
  EXPECT_EQ(table->unmap(std::uint64_t{1} << 38, kPage, gather), kPage);
  gather.released(memory, 12);
  EXPECT_EQ(table->tables(), tables);
  table->collect_empty(gather);
  EXPECT_EQ(gather.first, kBlock);
  EXPECT_GE(gather.last, (std::uint64_t{1} << 38) + kBlock - 1);
  EXPECT_TRUE(gather.tables);
  EXPECT_LT(table->tables(), tables - 1);  // at both places
  gather.released(memory, 12);
  EXPECT_EQ(memory.in_use(), before + table->tables());
  EXPECT_EQ(at(5 * kBlock), 0U);
  const std::size_t needed = table->tables();
  table->collect_empty(gather);
  EXPECT_TRUE(gather.empty());
  EXPECT_EQ(table->tables(), needed);
}

TEST_F(PageTableTest, NoMemoryForATable) {
  TableMemory little(3 << 12);
  auto poor = PageTable::make(format, little, [](auto, auto) {});
  ASSERT_NE(poor, nullptr);
  EXPECT_EQ(poor->map_pages(0, 0, kPage, 1, kBothCached), ENOMEM);
  EXPECT_FALSE(poor->lookup(0));
  EXPECT_EQ(poor->map_pages(0, 0, 1ull << 30, 1, kBothCached), 0);
  poor.reset();
  EXPECT_EQ(little.in_use(), 0U);
  EXPECT_EQ(PageTable::make(Format::make({Stage::two, 12, 42, 48}).value(), little, [](auto, auto) {}), nullptr);
}

TEST_F(PageTableTest, NoMemoryInALaterTableChangesNothing) {
  TableMemory little(5 << 12);
  auto poor = PageTable::make(format, little, [](auto, auto) {});
  EXPECT_EQ(poor->map_pages(kBlock - kPage, 0, kPage, 1000, kBothCached), ENOMEM);
  EXPECT_FALSE(poor->lookup(kBlock - kPage));
  EXPECT_EQ(poor->map_pages(kBlock - kPage, 0, kPage, 513, kBothCached), 0);
}

}  // namespace
}  // namespace hw_reference::pgtable
