// SPDX-License-Identifier: Apache-2.0
// Laws of page sizes and of the commands that a range takes; no hardware. Tests are named by the number of the law in
// ../README.md.
#include <gtest/gtest.h>

#include <bit>
#include <random>
#include <vector>

#include "hw_reference/domain/invalidation.hpp"
#include "hw_reference/domain/page_size.hpp"
#include "hw_reference/pgtable/format.hpp"
#include "hw_reference/smmu/features.hpp"

namespace {

using namespace hw::domain;
namespace smmu = hw::smmu;
using hw_reference::pgtable::Format;
using hw_reference::pgtable::Shape;
using hw_reference::pgtable::Stage;

constexpr std::uint64_t kSizes[] = {0x1000 | 0x20'0000 | 0x4000'0000, 0x4000 | 0x200'0000, 0x1'0000 | 0x2000'0000};

struct Random {
  std::mt19937_64 engine{7};
  std::uint64_t below(std::uint64_t end) { return engine() % end; }
};

// A range of pages with addresses that agree or not in their low bits.
struct Range {
  std::uint64_t sizes, iova, address, size;
};

Range any_range(Random& random) {
  Range range{};
  range.sizes = kSizes[random.below(3)];
  const std::uint64_t smallest = range.sizes & -range.sizes;
  const auto bits = 1 + random.below(18);
  range.iova = random.below(1U << 20) * smallest;
  range.address = random.below(4) == 0 ? random.below(1U << 20) * smallest : range.iova + (random.below(64) << 30);
  range.size = (1 + random.below(std::uint64_t{1} << bits)) * smallest;
  return range;
}

// The fewest pages that can make up a range: at each place the greatest that fits.
std::uint64_t greedy_pages(const Range& range) {
  std::uint64_t pages = 0;
  for (std::uint64_t done = 0; done < range.size; ++pages) {
    std::uint64_t page = 0;
    for (std::uint64_t sizes = range.sizes; sizes != 0; sizes &= sizes - 1) {
      const std::uint64_t size = sizes & -sizes;
      if (((range.iova + done) | (range.address + done)) % size == 0 && size <= range.size - done) page = size;
    }
    done += page;
  }
  return pages;
}

TEST(DomainLaw, L7_L8_L9_PagesAreTheGreatestThatFitAndMakeUpTheRange) {
  Random random;
  for (int i = 0; i < 3000; ++i) {
    const Range range = any_range(random);
    std::uint64_t done = 0;
    std::uint64_t pages = 0;
    while (done < range.size) {
      const PageRun run = choose_pages(range.sizes, range.iova + done, range.address + done, range.size - done);
      ASSERT_TRUE(std::has_single_bit(run.page_size) && (run.page_size & range.sizes) != 0);
      ASSERT_EQ(((range.iova + done) | (range.address + done)) % run.page_size, 0U);
      ASSERT_GT(run.count, 0U);
      ASSERT_LE(run.page_size * run.count, range.size - done);
      done += run.page_size * run.count;
      pages += run.count;
    }
    ASSERT_EQ(pages, greedy_pages(range)) << std::hex << range.iova << " " << range.address << " " << range.size;
  }
}

TEST(DomainLaw, L8_StopsWhereAGreaterPageFits) {
  const PageRun run = choose_pages(kSizes[0], 0x1f'e000, 0x1f'e000, 0x20'4000);
  EXPECT_EQ(run.page_size, 0x1000U);
  EXPECT_EQ(run.count, 2U);
  EXPECT_EQ(choose_pages(kSizes[0], 0x1f'e000, 0x1f'f000, 0x20'4000).count, 0x204U);  // never agrees
  EXPECT_EQ(choose_pages(kSizes[0], 0x20'0000, 0, 0x40'0000).page_size, 0x20'0000U);
  EXPECT_EQ(choose_pages(kSizes[0], 0, 0, 0x4000'1000).page_size, 0x4000'0000U);
}

TEST(DomainLaw, L24_DigitsAreExact) {
  Random random;
  for (int i = 0; i < 20'000; ++i) {
    const std::uint64_t pages = 1 + random.below(std::uint64_t{1} << (1 + random.below(31)));
    std::uint64_t left = pages;
    std::uint64_t sum = 0;
    unsigned digits = 0;
    unsigned before = 0;
    while (left > 0) {
      const RangeDigit digit = next_digit(left);
      ASSERT_LT(digit.num, 32U);
      ASSERT_LT(digit.scale, 32U);
      ASSERT_TRUE(digits == 0 || digit.scale > before);
      before = digit.scale;
      sum += (std::uint64_t{digit.num} + 1) << digit.scale;
      ++digits;
    }
    ASSERT_EQ(sum, pages);
    ASSERT_LE(digits, (static_cast<unsigned>(std::bit_width(pages)) + 4) / 5);
  }
}

struct Sent {
  std::vector<smmu::Command> commands;
  std::size_t barrier_at = 0;
};

Sent commands_for(const Tag& tag, const Stale& stale) {
  Sent sent;
  invalidate(
      tag, stale, [&](const smmu::Command& command) { sent.commands.push_back(command); },
      [&] { sent.barrier_at = sent.commands.size(); });
  return sent;
}

struct Covered {
  std::uint64_t first, last;
};

// What a command covers, closed.
Covered covered_by(const smmu::Command& command, const Tag& tag) {
  const std::uint64_t granule = std::uint64_t{1} << tag.granule_shift;
  if (command.tg() == 0) return {command.address(), command.address()};
  return {command.address(),
          command.address() + (((std::uint64_t{command.num()} + 1) << command.scale()) * granule - 1)};
}

TEST(DomainLaw, L22_L23_CommandsCoverTheRangeAndAreLegal) {
  Random random;
  smmu::Features features;
  for (int i = 0; i < 20'000; ++i) {
    Tag tag;
    tag.second = random.below(2) == 0;
    tag.vmid = tag.second ? 3 : 0;
    tag.asid = 5;
    tag.granule_shift = 12 + 2 * static_cast<unsigned>(random.below(3));
    tag.ranges = random.below(4) != 0;
    const Format format = Format::make(Shape{tag.second ? Stage::two : Stage::one, tag.granule_shift, 48, 48}).value();
    const unsigned level = 3 - static_cast<unsigned>(random.below(2));
    const std::uint64_t leaf = std::uint64_t{1} << format.shift(level);
    const std::uint64_t count = 1 + random.below(std::uint64_t{1} << (1 + random.below(10)));
    Stale stale;
    stale.first = random.below(1000) * leaf;
    stale.last = stale.first + count * leaf - 1;
    stale.leaf_sizes = leaf | (random.below(4) == 0 ? std::uint64_t{1} << tag.granule_shift : 0);
    stale.tables = random.below(3) == 0;
    const Sent sent = commands_for(tag, stale);
    ASSERT_FALSE(sent.commands.empty());
    const std::uint64_t step = stale.leaf_sizes & -stale.leaf_sizes;
    if (sent.commands.front().opcode() == smmu::Opcode::tlbi_nh_asid ||
        sent.commands.front().opcode() == smmu::Opcode::tlbi_s12_vmall)
      continue;  // all of it
    std::uint64_t next = stale.first;
    for (const smmu::Command& command : sent.commands) {
      ASSERT_EQ(check(command, features), smmu::CommandError::none);
      if (stale.tables) {
        ASSERT_FALSE(command.leaf());
      }
      if (command.tg() != 0) {
        ASSERT_EQ(command.tg(), (tag.granule_shift - 10) / 2);
        ASSERT_FALSE(command.num() == 0 && command.scale() == 0 && command.ttl() == 0);
        if (command.ttl() != 0) {
          ASSERT_EQ(command.ttl(), level);
          ASSERT_EQ(stale.leaf_sizes, leaf);
          ASSERT_EQ(command.address() % leaf, 0U);
        }
      } else {
        ASSERT_EQ(command.low & 0x01ff'f000, 0U);
        ASSERT_EQ(command.ttl(), 0U);
      }
      const Covered covered = covered_by(command, tag);
      ASSERT_LE(covered.first, next);  // no gap
      next = command.tg() != 0 ? covered.last + 1 : covered.first + step;
    }
    ASSERT_GT(next, stale.last);
  }
}

TEST(DomainLaw, L25_AboveTheThresholdEverythingGoes) {
  Tag tag;
  tag.asid = 5;
  tag.ranges = false;
  EXPECT_EQ(commands_for(tag, {0, 511 * 0x1000 - 1, 0x1000, false}).commands.size(), 511U);
  const Sent all = commands_for(tag, {0, 512 * 0x1000 - 1, 0x1000, false});
  ASSERT_EQ(all.commands.size(), 1U);
  EXPECT_EQ(all.commands[0].opcode(), smmu::Opcode::tlbi_nh_asid);
  EXPECT_EQ(commands_for(tag, {0, 512 * 0x20'0000 - 1, 0x20'0000, false}).commands.size(), 512U);
  tag.ranges = true;
  EXPECT_EQ(commands_for(tag, {0, ~std::uint64_t{0}, 0x1000, false}).commands.size(), 1U);
  EXPECT_LE(commands_for(tag, {0x1000, 0x7fff'ffff'ffff, 0x1000, false}).commands.size(), 8U);
}

TEST(DomainLaw, L28_EndpointsAreToldAnAlignedSpan) {
  Random random;
  for (int i = 0; i < 5000; ++i) {
    const std::uint64_t first = random.engine() >> random.below(40);
    const std::uint64_t last = first + std::min(random.engine() >> random.below(64), ~std::uint64_t{0} - first);
    const smmu::Command command = endpoint_invalidation(4, first, last);
    if (command.atc_size() == 52) continue;
    const std::uint64_t bytes = std::uint64_t{1} << (12 + command.atc_size());
    ASSERT_EQ(command.address() % bytes, 0U);
    ASSERT_LE(command.address(), first);
    ASSERT_GE(command.address() + (bytes - 1), last);
  }
  EXPECT_EQ(endpoint_invalidation(4, 0, ~std::uint64_t{0}).atc_size(), 52U);
}

TEST(DomainLaw, L29_CombinedEntriesGoAfterThoseOfStageTwo) {
  Tag tag;
  tag.second = tag.parent = true;
  tag.vmid = 9;
  const Sent sent = commands_for(tag, {0x1000, 0x1fff, 0x1000, false});
  ASSERT_EQ(sent.commands.size(), 2U);
  EXPECT_EQ(sent.commands[0].opcode(), smmu::Opcode::tlbi_s2_ipa);
  EXPECT_EQ(sent.commands[1].opcode(), smmu::Opcode::tlbi_nh_all);
  EXPECT_EQ(sent.commands[1].vmid(), 9U);
  EXPECT_EQ(sent.barrier_at, 1U);
}

}  // namespace
