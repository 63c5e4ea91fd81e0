// SPDX-License-Identifier: Apache-2.0
#include "hw_reference/iommufd/interval_index.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <memory>
#include <random>
#include <vector>

namespace hw_reference {
namespace {

constexpr std::uint64_t kTop = ~std::uint64_t{0};

struct Item {
  std::uint64_t first;
  std::uint64_t last;
};

// The index beside the simplest thing that does the same.
class Twins {
 public:
  bool insert(std::uint64_t first, std::uint64_t last) {
    if (overlap(first, last) != nullptr) return false;
    auto item = std::make_unique<Item>(Item{first, last});
    index.insert(*item);
    model.emplace(first, std::move(item));
    return true;
  }

  const Item* overlap(std::uint64_t first, std::uint64_t last) const {
    auto at = model.upper_bound(first);
    if (at != model.begin() && std::prev(at)->second->last >= first) --at;
    return at != model.end() && at->first <= last ? at->second.get() : nullptr;
  }

  void erase(std::uint64_t first) {
    const auto at = model.find(first);
    index.erase(*at->second);
    model.erase(at);
  }

  template <class Check>
  void compare_at(std::uint64_t address, Check check) const {
    const Item* owner = overlap(address, address);
    const Item* next = overlap(address, kTop);
    check(index.find(address) == owner);
    check(index.seek(address).get() == next);
  }

  template <class Check>
  void compare_all(Check check) const {
    check(index.size() == model.size());
    auto cursor = index.begin();
    for (const auto& [first, item] : model) {
      check(cursor.get() == item.get());
      if (cursor) cursor.advance();
    }
    check(!cursor);
  }

  IntervalIndex<Item> index;
  std::map<std::uint64_t, std::unique_ptr<Item>> model;
};

TEST(IntervalIndex, EmptyFindsNothing) {
  const IntervalIndex<Item> index;
  EXPECT_EQ(index.find(0), nullptr);
  EXPECT_FALSE(index.seek(kTop));
  EXPECT_FALSE(index.begin());
}

TEST(IntervalIndex, EndsOfTheAddressSpace) {
  Item low{0, 0};
  Item high{kTop, kTop};
  IntervalIndex<Item> index;
  index.insert(high);
  index.insert(low);
  EXPECT_EQ(index.find(0), &low);
  EXPECT_EQ(index.find(1), nullptr);
  EXPECT_EQ(index.find(kTop), &high);
  EXPECT_EQ(index.overlap(1, kTop - 1), nullptr);
  EXPECT_EQ(index.overlap(0, kTop), &low);
  index.erase(low);
  index.erase(high);
  EXPECT_TRUE(index.empty());
}

RC_GTEST_PROP(IntervalIndex, AgreesWithAnOrderedMap, ()) {
  Twins twins;
  const auto check = [](bool holds) { RC_ASSERT(holds); };
  const auto scale = *rc::gen::element<std::uint64_t>(64, 1'000, 100'000);
  const auto steps = *rc::gen::container<std::vector<std::pair<std::uint64_t, std::uint64_t>>>(
      400, rc::gen::pair(rc::gen::inRange<std::uint64_t>(0, scale), rc::gen::inRange<std::uint64_t>(0, 8)));
  for (const auto& [address, length] : steps) {
    const Item* owner = twins.overlap(address, address);
    if (owner != nullptr && length < 4)
      twins.erase(owner->first);
    else
      twins.insert(address, address + length);
    twins.compare_at(address, check);
    twins.compare_at(address + length + 1, check);
  }
  twins.compare_all(check);
}

// Phases that grow and shrink drive every kind of split, merge and borrowing, some levels deep.
TEST(IntervalIndex, AgreesWithAnOrderedMapWhenLarge) {
  Twins twins;
  std::mt19937_64 random(1);
  const auto check = [](bool holds) { ASSERT_TRUE(holds); };
  for (unsigned phase = 0; phase < 8; ++phase) {
    const unsigned share = phase % 2 == 0 ? 80 : 20;  // percent of insertions
    for (unsigned step = 0; step < 60'000; ++step) {
      const std::uint64_t address = random() % 10'000'000;
      if (random() % 100 < share) {
        twins.insert(address, address + random() % 50);
      } else if (!twins.model.empty()) {
        const auto at = twins.model.lower_bound(address);
        twins.erase(at == twins.model.end() ? twins.model.begin()->first : at->first);
      }
      if (step % 16 == 0) twins.compare_at(random() % 10'000'000, check);
    }
    twins.compare_all(check);
  }
}

TEST(IntervalIndex, AscendingAndDescendingThenEmpty) {
  constexpr std::uint64_t kItems = 20'000;
  for (const bool up : {true, false}) {
    for (const bool erase_up : {true, false}) {
      Twins twins;
      for (std::uint64_t i = 0; i < kItems; ++i) {
        const std::uint64_t first = (up ? i : kItems - 1 - i) * 10;
        ASSERT_TRUE(twins.insert(first, first + 9));
      }
      twins.compare_all([](bool holds) { ASSERT_TRUE(holds); });
      EXPECT_LT(twins.index.bytes(), kItems * 48);
      for (std::uint64_t i = 0; i < kItems; ++i) twins.erase((erase_up ? i : kItems - 1 - i) * 10);
      EXPECT_TRUE(twins.index.empty());
      EXPECT_EQ(twins.index.find(0), nullptr);
    }
  }
}

}  // namespace
}  // namespace hw_reference
