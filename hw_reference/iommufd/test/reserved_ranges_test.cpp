// SPDX-License-Identifier: Apache-2.0
#include "hw_reference/iommufd/reserved_ranges.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <vector>

#include "hw_reference/iommufd/numbers.hpp"

namespace hw_reference {
namespace {

struct Range {
  std::uint64_t first;
  std::uint64_t last;
  const void* owner;
};

RC_GTEST_PROP(ReservedRanges, AgreesWithAList, ()) {
  const int owners[2] = {};
  ReservedRanges ranges;
  std::vector<Range> model;
  const auto steps = *rc::gen::inRange(1, 60);
  for (int step = 0; step < steps; ++step) {
    const auto which = *rc::gen::inRange(0, 8);
    if (which == 0) {
      const void* owner = &owners[*rc::gen::inRange(0, 2)];
      ranges.remove(owner);
      std::erase_if(model, [owner](const Range& range) { return range.owner == owner; });
    } else {
      const auto first = *rc::gen::inRange<std::uint64_t>(0, 200);
      const auto last = first + *rc::gen::inRange<std::uint64_t>(0, 12);
      const void* owner = which > 2 ? nullptr : &owners[which - 1];
      ranges.add(first, last, owner);
      model.push_back({first, last, owner});
    }
    const auto a = *rc::gen::inRange<std::uint64_t>(0, 220);
    const auto b = a + *rc::gen::inRange<std::uint64_t>(0, 12);
    RC_ASSERT(ranges.overlaps(a, b) == std::any_of(model.begin(), model.end(), [&](const Range& range) {
                return range.first <= b && range.last >= a;
              }));
  }
}

TEST(ReservedRanges, LastByte) {
  ReservedRanges ranges;
  ranges.add(kMaxWord, kMaxWord, nullptr);
  EXPECT_TRUE(ranges.overlaps(0, kMaxWord));
  EXPECT_FALSE(ranges.overlaps(0, kMaxWord - 1));
  ranges.add(0, kMaxWord, nullptr);
  EXPECT_TRUE(ranges.overlaps(0, 0));
}

}  // namespace
}  // namespace hw_reference
