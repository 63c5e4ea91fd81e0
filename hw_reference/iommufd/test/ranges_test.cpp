// SPDX-License-Identifier: Apache-2.0
// Where mappings may lie: reserved and allowed ranges, automatic addresses, the size of pages.
#include <algorithm>
#include <array>
#include <bit>
#include <optional>
#include <random>
#include <vector>

#include "hw_reference/iommufd/test/world.hpp"

namespace hw_reference {
namespace {

struct Ranges : World {
  ObjectId space = ioas();

  int allow(std::initializer_list<IovaRange> ranges) {
    return fd->ioas_allow_iovas(space, {ranges.begin(), ranges.size()});
  }
  Result<std::uint64_t> map_anywhere(std::uint64_t user_va, std::uint64_t length) {
    return fd->ioas_map({space, kMapReadable, user_va, length, 0});
  }
  std::uint64_t alignment() const { return fd->ioas_iova_ranges(space, {}).value.alignment; }
};

TEST_F(Ranges, WhatIsFreeIsWhatIsNotReserved) {
  std::array<IovaRange, 4> found{};
  EXPECT_EQ(fd->ioas_iova_ranges(0, found).error, ENOENT);
  EXPECT_EQ(fd->ioas_iova_ranges(space, {}).error, EMSGSIZE);
  auto answer = fd->ioas_iova_ranges(space, found);
  EXPECT_EQ(answer.error, 0);
  EXPECT_EQ(answer.value.total, 1U);
  EXPECT_EQ(answer.value.alignment, 1U);
  EXPECT_EQ(found[0], (IovaRange{0, kMax}));
  EXPECT_EQ(fd->ioas_reserve(space, 0x1000, 0x1000), 0);
  EXPECT_EQ(fd->ioas_reserve(space, 0x2000, 0x800), 0);
  EXPECT_EQ(fd->ioas_reserve(space, kMax - 1, 2), 0);
  EXPECT_EQ(map(space, 0, 1, 0x10000), 0);
  EXPECT_EQ(allow({{0x10000, 0x1ffff}}), 0);
  answer = fd->ioas_iova_ranges(space, {found.data(), 1});
  EXPECT_EQ(answer.error, EMSGSIZE);
  EXPECT_EQ(answer.value.total, 2U);
  answer = fd->ioas_iova_ranges(space, found);
  EXPECT_EQ(answer.value.total, 2U);
  EXPECT_EQ(found[0], (IovaRange{0, 0xfff}));
  EXPECT_EQ(found[1], (IovaRange{0x2800, kMax - 2}));
  EXPECT_EQ(fd->ioas_reserve(space, 0, kMax), EADDRINUSE);
}

TEST_F(Ranges, OfADevice) {
  std::array<IovaRange, 4> found{};
  const ObjectId device = fd->device_attach(space).value;
  const auto answer = fd->ioas_iova_ranges(space, found);
  EXPECT_EQ(answer.value.total, 1U);
  EXPECT_EQ(answer.value.alignment, 2048U);
  EXPECT_EQ(found[0], (IovaRange{0x100'0000, 0x7fff'ffff}));
  EXPECT_EQ(allow({{0x80'0000, 0x80'1000}}), EADDRINUSE);
  EXPECT_EQ(fd->device_destroy(device), 0);
  EXPECT_EQ(fd->ioas_iova_ranges(space, found).value.total, 1U);
  EXPECT_EQ(found[0], (IovaRange{0, kMax}));
  EXPECT_EQ(allow({{0x80'0000, 0x80'1000}}), 0);
  EXPECT_EQ(fd->device_attach(space).error, EADDRINUSE);
  EXPECT_EQ(fd->ioas_reserve(space, 0x80'1000, 1), EADDRINUSE);
}

TEST_F(Ranges, AllowErrorsKeepTheOldOnes) {
  EXPECT_EQ(fd->ioas_allow_iovas(0, {}), ENOENT);
  EXPECT_EQ(allow({{0x10'0000, 0x10'ffff}}), 0);
  EXPECT_EQ(allow({{5, 5}}), EINVAL);
  EXPECT_EQ(allow({{6, 5}}), EINVAL);
  EXPECT_EQ(allow({{0, 9}, {20, 30}, {9, 10}}), EINVAL);
  EXPECT_EQ(map_anywhere(kMemory, kPageSize).value, 0x10'0000U);
  EXPECT_EQ(allow({{5, 6}, {7, 8}}), 0);  // adjacent is fine
  EXPECT_EQ(allow({{0, kMax}}), 0);
  EXPECT_EQ(allow({}), 0);
  EXPECT_EQ(map(space, 0, 1, 0x40'0000), 0);  // a fixed address ignores them
}

TEST_F(Ranges, AutomaticAddressesAreAlignedForLargePages) {
  EXPECT_EQ(map_anywhere(kMemory, kPageSize).value, 0x1000U);
  EXPECT_EQ(map_anywhere(kMemory, 3 * kPageSize).value, 0x4000U);
  EXPECT_EQ(map_anywhere(kMemory + kPageSize, 3 * kPageSize).value, 0x7000U);
  EXPECT_EQ(map_anywhere(kMemory + 5, 10).value, 0x2005U);
  EXPECT_EQ(map_anywhere(0, 0x30'0000).value, 0x20'0000U);  // at most 2 MiB
  EXPECT_EQ(map_anywhere(0, kMax / 2).error, EOVERFLOW);
}

TEST_F(Ranges, AutomaticAddressesStayInsideTheWindow) {
  EXPECT_EQ(allow({{0, 0xfff}}), 0);
  EXPECT_EQ(map_anywhere(kMemory, 1).error, ENOSPC);
  EXPECT_EQ(allow({{kMax - 0xfff, kMax}}), 0);
  EXPECT_EQ(map_anywhere(kMemory, 1).error, ENOSPC);
  EXPECT_EQ(allow({{0x100'1000, 0x13f'efff}}), 0);
  EXPECT_EQ(map_anywhere(0x4000'0000, 0x20'0000).error, ENOSPC);  // no smaller alignment is tried
  EXPECT_EQ(allow({{0x8000, 0x8fff}, {0x9000, 0x9fff}}), 0);
  EXPECT_EQ(map_anywhere(kMemory, 0x2000).value, 0x8000U);  // across adjacent ranges
  EXPECT_EQ(map_anywhere(kMemory, kPageSize).error, ENOSPC);
  EXPECT_EQ(fd->ioas_unmap(space, 0, kMax).error, 0);
  EXPECT_EQ(map(space, 0, 1, 0x8000), 0);
  EXPECT_EQ(map_anywhere(kMemory, kPageSize).value, 0x9000U);
}

// Against a walk over every kilobyte of a small space.
TEST_F(Ranges, AutomaticAddressesAreTheFirstThatFit) {
  constexpr std::uint64_t kKilobyte = 1024;
  constexpr std::uint64_t kUnits = 512;
  std::mt19937_64 random(11);
  const auto below = [&random](std::uint64_t end) { return random() % end; };
  unsigned found = 0;
  for (unsigned round = 0; round < 400; ++round) {
    const ObjectId here = ioas();
    std::vector<bool> free(kUnits, true);
    std::vector<bool> allowed(kUnits, false);
    std::vector<IovaRange> ranges;
    for (std::uint64_t at = below(16); at + 2 < kUnits; at += 1 + below(60)) {
      const std::uint64_t end = std::min(kUnits, at + 1 + below(200));
      ranges.push_back({at * kKilobyte, end * kKilobyte - 1});
      std::fill(allowed.begin() + static_cast<std::ptrdiff_t>(at), allowed.begin() + static_cast<std::ptrdiff_t>(end),
                true);
      at = end;
    }
    for (unsigned i = 0; i < 24; ++i) {
      const std::uint64_t at = below(kUnits - 40);
      const std::uint64_t units = 1 + below(i < 6 ? 40 : 8);
      const bool reserve = i % 2 == 0;
      const bool done = reserve ? fd->ioas_reserve(here, at * kKilobyte, units * kKilobyte) == 0
                                : fd->ioas_map(here, kMemory, units * kKilobyte, at * kKilobyte, kRead) == 0;
      for (std::uint64_t unit = at; done && unit < at + units; ++unit) free[unit] = false;
    }
    // Allowed ranges may not be reserved; those that are make the call fail, and then everything is allowed.
    if (fd->ioas_allow_iovas(here, ranges) != 0) {
      std::fill(allowed.begin(), allowed.end(), true);
      ASSERT_EQ(fd->ioas_reserve(here, kUnits * kKilobyte, kMax - kUnits * kKilobyte), 0);
    }
    const std::uint64_t length = (1 + below(200)) * kKilobyte;
    const std::uint64_t va = kMemory + below(64) * kKilobyte;
    const std::uint64_t align = std::min(std::bit_ceil(length), va & -va);
    std::optional<std::uint64_t> expected;
    for (std::uint64_t unit = kPageSize / kKilobyte; unit < kUnits && !expected; ++unit) {
      if (!free[unit] || !allowed[unit]) continue;
      std::uint64_t end = unit;
      while (end < kUnits && free[end] && allowed[end]) ++end;
      const std::uint64_t start = ((unit * kKilobyte + align - 1) / align * align) | va % kPageSize;
      const std::uint64_t last = end * kKilobyte - 1;
      if (start < last && last - start >= length - 1) expected = start;
      unit = end;
    }
    const auto mapped = fd->ioas_map({here, kMapReadable, va, length, 0});
    ASSERT_EQ(mapped.ok(), expected.has_value()) << "round " << round;
    ASSERT_TRUE(mapped.ok() || mapped.error == ENOSPC);
    if (expected) {
      ASSERT_EQ(mapped.value, *expected) << "round " << round;
    }
    found += mapped.ok() ? 1 : 0;
    ASSERT_EQ(fd->destroy(here), 0);
  }
  EXPECT_GT(found, 100U);
  EXPECT_LT(found, 390U);
}

TEST_F(Ranges, AutomaticMapErrorsInOrder) {
  EXPECT_EQ(fd->ioas_map({space, 8, 0, kMax, kMax}).error, EOPNOTSUPP);
  EXPECT_EQ(fd->ioas_map({space, 0, 0, 1, kMax}).error, EOVERFLOW);  // the address is ignored, but looked at
  EXPECT_EQ(fd->ioas_map({space, 0, 0, 1, 0}).error, EINVAL);
  EXPECT_EQ(fd->ioas_map({0, kMapReadable, kMax, 0, 0}).error, ENOENT);
  EXPECT_TRUE(fd->device_attach(space).ok());
  EXPECT_EQ(map_anywhere(kMemory + 1024, 2048).error, EINVAL);  // would not be aligned to 2048
  EXPECT_EQ(map_anywhere(kMemory, 1).error, EINVAL);
  EXPECT_EQ(map_anywhere(kMemory, kPageSize).value, kIova);
  EXPECT_EQ(pins(0), 1U);
}

TEST_F(Ranges, CopyToAnAutomaticAddress) {
  EXPECT_EQ(map(space, 1, 1, 0x5000), 0);
  EXPECT_EQ(map(space, 3, 1, 0x6000), 0);
  EXPECT_EQ(fd->ioas_copy({space, space, kMapReadable, 0x2000, 0, 0x5000}).value, 0x1000U);
  EXPECT_EQ(fd->ioas_unmap(space, 0x1000, 0x1000).value, 0x1000U);
  EXPECT_EQ(fd->ioas_copy({space, space, 16, 0, 0, 0}).error, EOPNOTSUPP);
}

TEST_F(Ranges, HugePagesOffRaisesTheAlignment) {
  Option option{kOptionHugePages, 1, space, 0};
  EXPECT_EQ(fd->option(option).value, 1U);
  option.operation = 0;
  option.value = 2;
  EXPECT_EQ(fd->option(option).error, EINVAL);
  option.operation = 2;
  EXPECT_EQ(fd->option(option).error, EOPNOTSUPP);
  option = {kOptionHugePages, 0, 99, 2};
  EXPECT_EQ(fd->option(option).error, ENOENT);
  option = {7, 0, 99, 2};
  EXPECT_EQ(fd->option(option).error, EOPNOTSUPP);

  EXPECT_EQ(fd->ioas_map(space, kMemory, 1, 0x1000, kRead), 0);
  option = {kOptionHugePages, 0, space, 0};
  EXPECT_EQ(fd->option(option).error, EADDRINUSE);
  EXPECT_EQ(alignment(), 1U);
  EXPECT_EQ(fd->ioas_unmap(space, 0, kMax).error, 0);
  EXPECT_EQ(fd->option(option).error, 0);
  EXPECT_EQ(alignment(), kPageSize);
  EXPECT_EQ(fd->option({kOptionHugePages, 1, space, 0}).value, 0U);
  EXPECT_EQ(fd->option({kOptionHugePages, 0, space, 1}).error, 0);
  EXPECT_EQ(alignment(), 1U);
  EXPECT_TRUE(fd->device_attach(space).ok());
  EXPECT_EQ(fd->option(option).error, 0);
  EXPECT_EQ(map(space, 0, 1, kIova), 0);
  EXPECT_EQ(fd->option(option).error, 0);  // off already
  EXPECT_EQ(fd->option({kOptionHugePages, 0, space, 1}).error, 0);
  EXPECT_EQ(fd->option(option).error, EINVAL);
  EXPECT_EQ(alignment(), 2048U);
}

TEST_F(Ranges, RlimitModeIsSetOnAnEmptyFileOnly) {
  const Option set{kOptionRlimitMode, 0, 0, 1};
  EXPECT_EQ(fd->option({kOptionRlimitMode, 0, 1, 1}).error, EOPNOTSUPP);
  EXPECT_EQ(fd->option({kOptionRlimitMode, 0, 0, 2}).error, EBUSY);
  EXPECT_EQ(fd->option(set).error, EBUSY);
  EXPECT_EQ(fd->destroy(space), 0);
  EXPECT_EQ(fd->option({kOptionRlimitMode, 0, 0, 2}).error, EINVAL);
  client.account.may_set_limits = false;
  EXPECT_EQ(fd->option(set).error, EPERM);
  client.account.may_set_limits = true;
  EXPECT_EQ(fd->option(set).error, 0);
  EXPECT_EQ(fd->option({kOptionRlimitMode, 1, 0, 0}).value, 1U);
  EXPECT_EQ(fd->option({kOptionRlimitMode, 3, 0, 0}).error, EOPNOTSUPP);
}

TEST_F(Ranges, TheCompatibleIoasIsForgottenWithIt) {
  EXPECT_EQ(fd->vfio_ioas_get().error, ENODEV);
  EXPECT_EQ(fd->vfio_ioas_set(99), ENOENT);
  EXPECT_EQ(fd->vfio_ioas_set(space), 0);
  EXPECT_EQ(fd->vfio_ioas_get().value, space);
  EXPECT_EQ(fd->destroy(space), 0);
  EXPECT_EQ(fd->vfio_ioas_get().error, ENODEV);
}

}  // namespace
}  // namespace hw_reference
