// SPDX-License-Identifier: Apache-2.0
// Leaves of several entries (the contiguous hint), and leaves that the IOMMU marks when it writes.
#include <gtest/gtest.h>

#include <cerrno>
#include <utility>
#include <vector>

#include "hw_reference/pgtable/page_table.hpp"

namespace hw_reference::pgtable {
namespace {

constexpr Prot kBoth = kRead | kWrite;

struct Tree {
  explicit Tree(const Shape& shape)
      : format(Format::make(shape).value()),
        table(PageTable::make(format, memory, [](std::uint64_t, std::uint64_t) {})) {}
  ~Tree() {
    gather.released(memory, format.shape().granule_shift);
    table.reset();
    EXPECT_EQ(memory.in_use(), 0U);
  }
  // The entry that translates an address.
  std::uint64_t* entry(std::uint64_t iova) {
    std::uint64_t* entries = memory.words(table->root());
    for (unsigned level = format.start_level();; ++level) {
      std::uint64_t* const at = entries + format.index(level, iova);
      if (!Format::is_table(level, *at)) return at;
      entries = memory.words(format.address(*at));
    }
  }

  TableMemory memory{1 << 24};
  Format format;
  std::unique_ptr<PageTable> table;
  Gather gather;
};

Shape hinted(Stage stage, unsigned granule) { return {stage, granule, granule == 14 ? 47U : 48U, 48, true, false}; }

TEST(Contiguous, SizesOfEachGranule) {
  EXPECT_EQ(Format::make(hinted(Stage::one, 12))->page_sizes(), 0x4221'1000U);
  EXPECT_EQ(Format::make(hinted(Stage::one, 14))->page_sizes(), 0x4220'4000U);
  EXPECT_EQ(Format::make(hinted(Stage::one, 16))->page_sizes(), 0x4'2021'0000U);
  EXPECT_EQ(Format::make(Shape{Stage::one, 12, 48, 48})->page_sizes(), 0x4020'1000U);
}

TEST(Contiguous, AGroupIsOneLeaf) {
  for (const Stage stage : {Stage::one, Stage::two}) {
    for (const unsigned granule : {12U, 14U, 16U}) {
      Tree tree(hinted(stage, granule));
      for (unsigned level = 2; level <= 3; ++level) {
        const std::uint64_t size = std::uint64_t{1} << tree.format.shift(level);
        const std::uint64_t group = size << tree.format.contiguous_shift(level);
        const std::uint64_t iova = 8 * group;
        ASSERT_EQ(tree.table->map_pages(iova, group, group, 2, kBoth), 0);
        for (std::uint64_t at = 0; at < 2 * group; at += size) {
          ASSERT_NE(*tree.entry(iova + at) & Format::kContiguous, 0U);
          const auto found = tree.table->lookup(iova + at + 5);
          ASSERT_EQ(found->address, group + at + 5);
          ASSERT_EQ(found->page_size, group);
          ASSERT_EQ(found->prot, kBoth);
        }
        EXPECT_EQ(tree.table->map_pages(iova + group, 0, size, 1, kBoth), EEXIST);
        EXPECT_EQ(tree.table->map_pages(iova + size, 0, group, 1, kBoth), EINVAL);
        EXPECT_EQ(tree.table->map_pages(iova, 0, group, ~std::uint64_t{0}, kBoth), ERANGE);
        EXPECT_EQ(tree.table->unmap(iova, size, tree.gather), 0U);          // a part of it
        EXPECT_EQ(tree.table->unmap(iova + size, group, tree.gather), 0U);  // not its head
        EXPECT_EQ(tree.table->unmap(iova, group + size, tree.gather), group);
        EXPECT_FALSE(tree.table->lookup(iova + group - 1));
        EXPECT_TRUE(tree.table->lookup(iova + group));
        EXPECT_EQ(tree.gather.leaf_sizes & size, size);  // each entry may be remembered for itself
        // Beside leaves without the hint.
        ASSERT_EQ(tree.table->map_pages(iova + group - size, 0, size, 1, kBoth), 0);
        EXPECT_EQ(tree.table->unmap(iova + group - size, size + group, tree.gather), size + group);
      }
    }
  }
}

TEST(MapEach, PagesWithAddressesOfTheirOwn) {
  for (const unsigned granule : {12U, 14U, 16U}) {
    Tree tree({Stage::two, granule, 42, 42});
    const std::uint64_t size = std::uint64_t{1} << granule;
    const std::uint64_t top = std::uint64_t{1} << 42;
    const std::uint64_t block = std::uint64_t{1} << tree.format.shift(2);
    std::vector<std::uint64_t> addresses;
    for (std::uint64_t i = 0; i < 2 * block / size; ++i) addresses.push_back((i * 7919 % 4001) * size);
    const std::uint64_t iova = block - 5 * size;  // in three tables
    EXPECT_EQ(tree.table->map_each(iova, {}, kBoth), EINVAL);
    EXPECT_EQ(tree.table->map_each(iova, addresses, 0), EINVAL);
    EXPECT_EQ(tree.table->map_each(iova + 1, addresses, kBoth), EINVAL);
    EXPECT_EQ(tree.table->map_each(top - size, addresses, kBoth), ERANGE);
    addresses[3] = top;
    EXPECT_EQ(tree.table->map_each(iova, addresses, kBoth), ERANGE);
    addresses[3] = 5;
    EXPECT_EQ(tree.table->map_each(iova, addresses, kBoth), EINVAL);
    addresses[3] = 0;
    const std::uint64_t last = iova + (addresses.size() - 1) * size;
    ASSERT_EQ(tree.table->map_pages(last, 0, size, 1, kRead), 0);
    EXPECT_EQ(tree.table->map_each(iova, addresses, kBoth), EEXIST);
    EXPECT_FALSE(tree.table->lookup(iova));
    EXPECT_EQ(tree.table->unmap(last, size, tree.gather), size);
    ASSERT_EQ(tree.table->map_each(iova, addresses, kBoth), 0);
    for (std::uint64_t i = 0; i < addresses.size(); ++i)
      ASSERT_EQ(tree.table->lookup(iova + i * size + 3)->address, addresses[i] + 3);
    EXPECT_FALSE(tree.table->lookup(iova - 1));
    EXPECT_FALSE(tree.table->lookup(last + size));
    EXPECT_EQ(tree.table->unmap(iova, addresses.size() * size, tree.gather), addresses.size() * size);
    // Over a block.
    ASSERT_EQ(tree.table->map_pages(block, 0, block, 1, kBoth), 0);
    EXPECT_EQ(tree.table->map_each(iova, addresses, kBoth), EEXIST);
  }
}

// As the IOMMU does when it writes through the leaf.
void write_through(Tree& tree, std::uint64_t iova) {
  if (tree.format.dirty_is_set())
    *tree.entry(iova) |= tree.format.dirty_bit();
  else
    *tree.entry(iova) &= ~tree.format.dirty_bit();
}

using Ranges = std::vector<std::pair<std::uint64_t, std::uint64_t>>;

Ranges dirty(Tree& tree, std::uint64_t iova, std::uint64_t length, bool keep = false) {
  Ranges ranges;
  tree.table->read_dirty(iova, length, keep, tree.gather,
                         [&](std::uint64_t first, std::uint64_t last) { ranges.emplace_back(first, last); });
  return ranges;
}

TEST(DirtyLeaves, AreCleanUntilTheyAreWritten) {
  for (const Stage stage : {Stage::one, Stage::two}) {
    Tree tree({stage, 12, 48, 48, true, true});
    ASSERT_EQ(tree.table->map_pages(0x1000, 0x8000, 0x1000, 3, kBoth), 0);
    ASSERT_EQ(tree.table->map_pages(0x1'0000, 0x1'0000, 0x1'0000, 2, kBoth), 0);
    ASSERT_EQ(tree.table->map_pages(0x20'0000, 0x20'0000, 0x20'0000, 2, kBoth), 0);
    ASSERT_EQ(tree.table->map_pages(0x60'0000, 0, 0x1000, 1, kRead), 0);
    EXPECT_EQ(tree.table->lookup(0x1000)->prot, kBoth);
    EXPECT_EQ(tree.table->lookup(0x60'0000)->prot, kRead);
    EXPECT_EQ(dirty(tree, 0, 0x80'0000), Ranges{});
    EXPECT_TRUE(tree.gather.empty());
    write_through(tree, 0x2000);
    write_through(tree, 0x1'3000);
    write_through(tree, 0x1'7000);
    write_through(tree, 0x40'0000);
    EXPECT_EQ(tree.table->lookup(0x2000)->prot, kBoth);
    const Ranges all{{0x2000, 0x2fff}, {0x1'0000, 0x1'ffff}, {0x40'0000, 0x5f'ffff}};
    EXPECT_EQ(dirty(tree, 0, 0x80'0000, true), all);
    EXPECT_TRUE(tree.gather.empty());
    // From a gap to the middle of a leaf, and from there on: of the rest nobody knows yet.
    EXPECT_EQ(dirty(tree, 0x3000, 0x1'0000), (Ranges{all[1]}));
    EXPECT_EQ(dirty(tree, 0x1'3000, 0x1'0000), (Ranges{all[1]}));
    EXPECT_EQ(dirty(tree, 0x40'1000, 0x1f'f000), (Ranges{all[2]}));
    EXPECT_TRUE(tree.gather.empty());
    EXPECT_EQ(dirty(tree, 0x1'0000, 0x1'0000), (Ranges{all[1]}));
    EXPECT_EQ(tree.gather.first, 0x1'0000U);
    EXPECT_EQ(tree.gather.last, 0x1'ffffU);
    EXPECT_EQ(dirty(tree, 0, ~std::uint64_t{0}), (Ranges{all[0], all[2]}));
    EXPECT_EQ(dirty(tree, 0, ~std::uint64_t{0}), Ranges{});
    write_through(tree, 0x2000);
    EXPECT_EQ(tree.table->unmap(0x1000, 0x3000, tree.gather), 0x3000U);
    EXPECT_EQ(dirty(tree, 0, 0x80'0000), Ranges{});
  }
}

}  // namespace
}  // namespace hw_reference::pgtable
