// SPDX-License-Identifier: Apache-2.0
// Random maps and unmaps beside a flat list of pages, for every stage and granule; each address is looked up, and
// walked from the fields that hardware gets. The laws that are asserted, by number:
//  1 after map(iova, pa, n) lookup(iova + k) is pa + k      2 after unmap every byte faults, the others are as before
//  3 map and unmap of one range restore the function        4 a map that fails changes nothing
//  5 mapping over a mapped byte is EEXIST                   7 every leaf size divides its IOVA and its address
// 10 a part of a block is not unmapped                     11 unmap stops at the first hole and says how far it came
// 12 the end of a range is checked as well as its start    13 hardware visits the tables that software built
// 14 a descriptor decodes to what was encoded              16 every table is freed once, none is left
// 20 the gathered range covers what was unmapped
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cerrno>
#include <map>
#include <vector>

#include "hw_reference/pgtable/page_table.hpp"
#include "hw_reference/pgtable/test/slow_walk.hpp"

namespace hw_reference::pgtable {
namespace {

struct Leaf {
  std::uint64_t address;
  std::uint64_t size;
  Prot prot;
};

Shape any_shape() {
  Shape shape;
  shape.stage = *rc::gen::element(Stage::one, Stage::two);
  shape.granule_shift = *rc::gen::element(12U, 14U, 16U);
  shape.input_bits = *rc::gen::element(32U, 34U, 39U, 40U, 42U, 44U, 48U);
  shape.output_bits = *rc::gen::element(36U, 40U, 44U, 48U);
  if (shape.granule_shift == 16 && *rc::gen::arbitrary<bool>()) shape.input_bits = shape.output_bits = 52;
  return shape;
}

RC_GTEST_PROP(RandomPageTable, L1_L2_L4_L5_L7_L10_L11_L12_L13_L14_L16_L20_IsTheFunctionThatWasMapped, ()) {
  const Shape shape = any_shape();
  const Format format = Format::make(shape).value();
  TableMemory memory(std::size_t{512} << 20);
  std::size_t flushed = 0;
  auto table = PageTable::make(format, memory, [&flushed](auto first, auto last) {
    RC_ASSERT(first < last);
    ++flushed;
  });
  std::map<std::uint64_t, Leaf> leaves;  // by first IOVA
  Gather gather;

  const std::uint64_t granule = std::uint64_t{1} << shape.granule_shift;
  std::vector<std::uint64_t> sizes;
  for (unsigned level = 1; level <= Format::kLast; ++level)
    if (format.level_of(std::uint64_t{1} << format.shift(level)))
      sizes.push_back(std::uint64_t{1} << format.shift(level));
  // A block, or where there is none, some pages.
  const bool has_blocks = sizes.size() > 1;
  const std::uint64_t medium = has_blocks ? sizes[sizes.size() - 2] : 16 * granule;
  const auto base =
      *rc::gen::elementOf(std::vector<std::uint64_t>{0, (std::uint64_t{1} << shape.input_bits) - 4 * medium});

  const auto overlapping = [&](std::uint64_t first, std::uint64_t last) {
    auto at = leaves.upper_bound(last);
    return at != leaves.begin() && std::prev(at)->first + (std::prev(at)->second.size - 1) >= first;
  };
  // An address near the ends of leaves: whole pages, with the borders of the blocks among them.
  const auto any_iova = [&] {
    const auto block = *rc::gen::inRange<std::uint64_t>(0, 4);
    const auto page = *rc::gen::inRange<std::uint64_t>(0, 6);
    const bool high = *rc::gen::arbitrary<bool>();
    return base + block * medium + (high ? medium - (page + 1) * granule : page * granule);
  };
  const auto check_at = [&](std::uint64_t iova) {
    const auto after = leaves.upper_bound(iova);
    const auto* leaf = after == leaves.begin() ? nullptr : &*std::prev(after);
    if (leaf != nullptr && iova - leaf->first >= leaf->second.size) leaf = nullptr;
    const auto found = table->lookup(iova);
    const SlowWalk walk = slow_walk(memory, format.root_fields(), shape.stage, table->root(), iova);
    RC_ASSERT(found.has_value() == (leaf != nullptr));  // laws 1 and 2
    RC_ASSERT(walk.reached == (leaf != nullptr));       // law 13
    if (leaf == nullptr) return;
    RC_ASSERT(found->address == leaf->second.address + (iova - leaf->first));
    RC_ASSERT(found->prot == leaf->second.prot);
    RC_ASSERT(found->page_size == leaf->second.size);
    RC_ASSERT(walk.address == found->address);
    RC_ASSERT(walk.size == found->page_size);
    RC_ASSERT(found->address >> shape.output_bits == 0U);  // law 14
  };

  const auto steps = *rc::gen::inRange(1, 60);
  for (int step = 0; step < steps; ++step) {
    const std::uint64_t iova = any_iova();
    if (*rc::gen::inRange(0, 3) > 0) {
      const std::uint64_t size =
          *rc::gen::elementOf(std::vector<std::uint64_t>{granule, granule, has_blocks ? medium : granule});
      const auto count =
          *rc::gen::elementOf(std::vector<std::uint64_t>{1, 1, 2, 5, medium / granule, medium / granule + 3});
      const std::uint64_t from = iova & ~(size - 1);
      const std::uint64_t address = (*rc::gen::inRange<std::uint64_t>(0, 1000)) * size;
      if (size != granule && count > 2) continue;
      const int error = table->map_pages(from, address, size, count, kRead | kWrite | kCache);
      const bool fits = from + (size * count - 1) < std::uint64_t{1} << shape.input_bits &&
                        address + (size * count - 1) < std::uint64_t{1} << shape.output_bits;
      const int expected = !fits ? ERANGE : overlapping(from, from + (size * count - 1)) ? EEXIST : 0;
      RC_ASSERT(error == expected);  // laws 4, 5, 12
      for (std::uint64_t i = 0; error == 0 && i < count; ++i)
        leaves[from + i * size] = {address + i * size, size, kRead | kWrite | kCache};
    } else {
      const auto length =
          *rc::gen::elementOf(std::vector<std::uint64_t>{granule, 3 * granule, medium, medium + granule, 2 * medium}) -
          *rc::gen::element<std::uint64_t>(0, 0, 0, 1);
      std::uint64_t done = 0;
      for (auto leaf = leaves.find(iova);
           leaf != leaves.end() && leaf->first == iova + done && leaf->second.size <= length - done;) {
        done += leaf->second.size;
        leaf = leaves.erase(leaf);
        if (done == length) break;
      }
      RC_ASSERT(table->unmap(iova, length, gather) == done);                                // laws 10, 11
      if (done > 0) RC_ASSERT((gather.first <= iova && gather.last >= iova + (done - 1)));  // law 20
      if (*rc::gen::arbitrary<bool>()) gather.released(memory, shape.granule_shift);
    }
    RC_ASSERT(memory.in_use() >= table->tables() + 1);  // law 16
    if (*rc::gen::inRange(0, 8) == 0) {
      table->collect_empty(gather);
      gather.released(memory, shape.granule_shift);
      RC_ASSERT(memory.in_use() == table->tables() + 1);
    }
    for (const std::uint64_t probe : {iova, iova + granule - 1, iova - granule, iova + medium, any_iova()})
      if (probe >> shape.input_bits == 0) check_at(probe);
  }
  for (const auto& [first, leaf] : leaves) {
    RC_ASSERT(first % leaf.size == 0U);  // law 7
    check_at(first);
    check_at(first + leaf.size - 1);
  }
  // Law 16: unmapped leaf by leaf, then gone; no table is left.
  for (const auto& [first, leaf] : leaves) RC_ASSERT(table->unmap(first, leaf.size, gather) == leaf.size);
  gather.released(memory, shape.granule_shift);
  table.reset();
  RC_ASSERT(memory.in_use() == 0U);
}

// Law 3, and what is freed: mapping and unmapping the same range leaves as many tables as before, whole ones gone.
TEST(RandomPageTable, L3_L16_WholeTablesComeBack) {
  for (const unsigned granule : {12U, 14U, 16U}) {
    const Format format = Format::make({Stage::two, granule, 40, 40}).value();
    TableMemory memory(std::size_t{256} << 20);
    auto table = PageTable::make(format, memory, [](auto, auto) {});
    const std::uint64_t page = std::uint64_t{1} << granule;
    const std::uint64_t per_table = page / 8;
    Gather gather;
    ASSERT_EQ(table->map_pages(0, 0, page, 1, kRead), 0);
    const std::size_t before = memory.in_use();
    ASSERT_EQ(table->map_pages(per_table * page, 0, page, 2 * per_table, kRead), 0);
    EXPECT_EQ(memory.in_use(), before + 2);
    EXPECT_EQ(table->unmap(per_table * page, 2 * per_table * page, gather), 2 * per_table * page);
    gather.released(memory, granule);
    EXPECT_EQ(memory.in_use(), before);
  }
}

}  // namespace
}  // namespace hw_reference::pgtable
