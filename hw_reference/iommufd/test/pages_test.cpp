// SPDX-License-Identifier: Apache-2.0
#include "hw_reference/iommufd/pages.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cerrno>
#include <vector>

#include "hw_reference/memory/client_memory.hpp"

namespace hw_reference {
namespace {

constexpr std::uint64_t kBase = 0x4000'0000;

TEST(Pages, CountsPagesThatItTouches) {
  PhysicalMemory physical(1);
  ClientMemory client(physical);
  EXPECT_EQ(PagesRef(new Pages(client, kBase, 1, true))->pages(), 1U);
  EXPECT_EQ(PagesRef(new Pages(client, kBase + 4095, 1, true))->pages(), 1U);
  EXPECT_EQ(PagesRef(new Pages(client, kBase + 4095, 2, true))->pages(), 2U);
  EXPECT_EQ(PagesRef(new Pages(client, kBase + 2048, 4096, true))->pages(), 2U);
  EXPECT_EQ(PagesRef(new Pages(client, 1, ~std::uint64_t{0} - 4096, true))->address(), 0U);
}

// Objects of one page, of some, and of more than a chunk keep their entries in different ways.
RC_GTEST_PROP(Pages, PinsAPageWhileItHasUsers, ()) {
  const auto count = *rc::gen::element<std::uint64_t>(1, 2, 40, 512, 513, 1'600);
  const auto hole = *rc::gen::inRange<std::uint64_t>(0, 2 * count);  // a page without memory; beyond the end: none
  PhysicalMemory physical(count);
  ClientMemory client(physical);
  for (std::uint64_t page = 0; page < count; ++page)
    if (page != hole) RC_ASSERT(client.map(kBase + page * kPageSize, 1) == 0);
  const PagesRef pages(new Pages(client, kBase, count * kPageSize, true));

  std::vector<std::uint32_t> users(count, 0);  // by brute force
  std::vector<std::pair<std::uint64_t, std::uint64_t>> ranges;
  const auto compare = [&] {
    for (std::uint64_t page = 0; page < count; ++page) {
      RC_ASSERT(client.pins(kBase + page * kPageSize).value_or(0) == (users[page] > 0 ? 1U : 0U));
      const auto frame = pages->frame(page);
      RC_ASSERT(frame.has_value() == (users[page] > 0));
      if (frame) RC_ASSERT(client.address_of(*frame) == kBase + page * kPageSize);
    }
  };
  const auto steps = *rc::gen::inRange(1, 30);
  for (int step = 0; step < steps; ++step) {
    if (!ranges.empty() && *rc::gen::inRange(0, 3) == 0) {
      const auto which = *rc::gen::inRange<std::size_t>(0, ranges.size());
      const auto [first, last] = ranges[which];
      ranges.erase(ranges.begin() + static_cast<std::ptrdiff_t>(which));
      pages->drop(first, last);
      for (std::uint64_t page = first; page <= last; ++page) --users[page];
    } else {
      const auto a = *rc::gen::inRange<std::uint64_t>(0, count);
      const auto b = *rc::gen::inRange<std::uint64_t>(0, count);
      const auto first = std::min(a, b);
      const auto last = std::max(a, b);
      const bool backed = hole < first || hole > last;
      RC_ASSERT(pages->use(first, last) == (backed ? 0 : EFAULT));
      if (backed) {
        ranges.emplace_back(first, last);
        for (std::uint64_t page = first; page <= last; ++page) ++users[page];
      }
    }
    compare();
  }
  for (const auto& [first, last] : ranges) pages->drop(first, last);
  RC_ASSERT(physical.total_pins() == 0U);
}

// Nothing is kept per page of an object that is not in use.
TEST(Pages, HugeObjectPinsWhatExists) {
  PhysicalMemory physical(2);
  ClientMemory client(physical);
  ASSERT_EQ(client.map(kBase, 2), 0);
  const PagesRef pages(new Pages(client, 0, ~std::uint64_t{0} - 4096, true));
  EXPECT_EQ(pages->use(0, pages->pages() - 1), EFAULT);
  EXPECT_EQ(pages->use(kBase / kPageSize, kBase / kPageSize + 1), 0);
  EXPECT_EQ(physical.total_pins(), 2U);
  EXPECT_EQ(pages->use(kBase / kPageSize - 600, kBase / kPageSize + 1), EFAULT);
  EXPECT_EQ(physical.total_pins(), 2U);
  pages->drop(kBase / kPageSize, kBase / kPageSize + 1);
  EXPECT_EQ(physical.total_pins(), 0U);
}

}  // namespace
}  // namespace hw_reference
