// SPDX-License-Identifier: Apache-2.0
// Page tables that the user makes, nested ones, and what devices wrote.
#include <array>
#include <cstring>

#include "hw_reference/iommufd/test/world.hpp"

namespace hw_reference {
namespace {

struct HwptTest : World {
  ObjectId space = ioas();
  ObjectId device = fd->device_bind().value;
  MockHwptData data{0x1234, 0};

  UserData user_data(std::uint32_t length = sizeof(MockHwptData)) const {
    return {kMockHwptType, length, reinterpret_cast<const std::byte*>(&data)};
  }
  Result<ObjectId> alloc(ObjectId pt, std::uint32_t flags = 0, UserData with = {}, ObjectId fault = 0) {
    return fd->hwpt_alloc({device, pt, flags, fault, with});
  }
};

TEST_F(HwptTest, ErrorsInOrder) {
  EXPECT_EQ(fd->hwpt_alloc({99, 99, 0, 0, {1, 0, nullptr}}).error, EINVAL);
  EXPECT_EQ(fd->hwpt_alloc({99, 99, 0, 0, {0, 1, nullptr}}).error, EINVAL);
  EXPECT_EQ(fd->hwpt_alloc({99, 99, 0, 0, {}}).error, ENOENT);
  EXPECT_EQ(alloc(99).error, EINVAL);
  EXPECT_EQ(alloc(device).error, EINVAL);
  EXPECT_EQ(alloc(space, 16).error, EOPNOTSUPP);
  EXPECT_EQ(alloc(space, kHwptFaultIdValid | kHwptNestParent).error, EOPNOTSUPP);
  EXPECT_EQ(alloc(space, 0, {1, 8, nullptr}).error, EOPNOTSUPP);
  EXPECT_EQ(alloc(space, 0, user_data(3)).error, EINVAL);
  EXPECT_EQ(alloc(space, 0, user_data(9)).error, EINVAL);
  EXPECT_EQ(alloc(space, 0, {kMockHwptType, 8, nullptr}).error, EFAULT);
  data.format = 2;
  EXPECT_EQ(alloc(space, 0, user_data()).error, EOPNOTSUPP);
  EXPECT_EQ(map(space, 0, 1, 0), 0);
  EXPECT_EQ(alloc(space, kHwptFaultIdValid, {}, 99).error, EADDRINUSE);  // told before the queue is looked for
  EXPECT_EQ(fd->ioas_unmap(space, 0, kMax).error, 0);
  EXPECT_EQ(alloc(space, kHwptFaultIdValid, {}, 99).error, ENOENT);
  EXPECT_EQ(physical.total_pins(), 0U);
  EXPECT_EQ(fd->destroy(space), 0);  // nothing is left of them
}

TEST_F(HwptTest, TakesPartWithoutADevice) {
  EXPECT_EQ(map(space, 0, 2, kIova), 0);
  const ObjectId first = alloc(space).value;
  EXPECT_EQ(first, 3U);
  EXPECT_EQ(pins(0), 1U);
  const ObjectId second = alloc(space).value;
  EXPECT_EQ(pins(0), 1U);
  EXPECT_EQ(fd->destroy(space), EBUSY);
  EXPECT_EQ(map(space, 0, 1, 0), EINVAL);
  EXPECT_EQ(fd->hwpt_translate(second, kIova + 0x1001).value, 0x1001U);
  EXPECT_EQ(fd->destroy(first), 0);
  EXPECT_EQ(pins(0), 1U);
  EXPECT_EQ(fd->destroy(second), 0);
  EXPECT_EQ(pins(0), 0U);
  EXPECT_EQ(map(space, 0, 1, 0), 0);
  EXPECT_EQ(fd->destroy(space), 0);
}

TEST_F(HwptTest, AFailedFillLeavesNothing) {
  EXPECT_EQ(map(space, 0, 1, kIova), 0);
  EXPECT_EQ(fd->ioas_map(space, 0, kPageSize, kIova + 0x10000, kRead), 0);
  EXPECT_EQ(alloc(space).error, EFAULT);
  EXPECT_EQ(physical.total_pins(), 0U);
  EXPECT_EQ(fd->ioas_iova_ranges(space, {}).value.alignment, 1U);
}

TEST_F(HwptTest, HugeFormat) {
  data.format = 1;
  EXPECT_TRUE(alloc(space, 0, user_data()).ok());
  EXPECT_EQ(fd->ioas_iova_ranges(space, {}).value.alignment, kPageSize);
  EXPECT_EQ(map(space, 0, 1, 0), 0);
  EXPECT_EQ(map(space, 0, 1, std::uint64_t{1} << 38), EINVAL);
}

TEST_F(HwptTest, Nested) {
  const ObjectId plain = alloc(space).value;
  const ObjectId parent = alloc(space, kHwptNestParent).value;
  EXPECT_EQ(alloc(parent, kHwptDirtyTracking, user_data()).error, EOPNOTSUPP);
  EXPECT_EQ(alloc(parent).error, EOPNOTSUPP);
  EXPECT_EQ(alloc(plain, 0, user_data()).error, EINVAL);
  EXPECT_EQ(alloc(parent, 0, {1, 8, nullptr}).error, EOPNOTSUPP);
  const ObjectId elsewhere = fd->device_bind(MockDeviceTraits{true, false, {}, 1}).value;
  EXPECT_EQ(fd->hwpt_alloc({elsewhere, parent, 0, 0, user_data()}).error, EINVAL);
  const ObjectId nested = alloc(parent, 0, user_data(4)).value;
  EXPECT_EQ(alloc(nested, 0, user_data()).error, EINVAL);
  EXPECT_EQ(fd->mock_iotlb(nested, 3).value, 0x1234U);
  EXPECT_EQ(fd->mock_iotlb(nested, 4).error, EINVAL);
  EXPECT_EQ(fd->mock_iotlb(parent, 0).error, ENOENT);
  EXPECT_EQ(fd->destroy(parent), EBUSY);
  EXPECT_EQ(fd->device_attach(device, kNoPasid, nested).value, nested);
  EXPECT_EQ(fd->destroy(nested), EBUSY);
  EXPECT_EQ(fd->device_translate(device, kIova).value, std::nullopt);
  EXPECT_EQ(fd->device_detach(device, kNoPasid), 0);
  EXPECT_EQ(fd->destroy(nested), 0);
  EXPECT_EQ(fd->destroy(parent), 0);
}

TEST_F(HwptTest, InvalidateSaysHowFarItCame) {
  const ObjectId parent = alloc(space, kHwptNestParent).value;
  const ObjectId nested = alloc(parent, 0, user_data()).value;
  std::array<MockHwptInvalidation, 3> entries{{{0, 1}, {0, 3}, {2, 0}}};
  Invalidation request{kMockHwptInvalidateType, 8, 3, reinterpret_cast<const std::byte*>(entries.data()), false};
  std::uint32_t done = 9;
  EXPECT_EQ(fd->hwpt_invalidate(nested, request, done), EOPNOTSUPP);
  EXPECT_EQ(done, 2U);
  EXPECT_EQ(fd->mock_iotlb(nested, 1).value, 0U);
  EXPECT_EQ(fd->mock_iotlb(nested, 0).value, 0x1234U);
  entries[2] = {1, 4};
  EXPECT_EQ(fd->hwpt_invalidate(nested, request, done), EINVAL);  // looked at although all are wanted
  entries[2] = {1, 0};
  EXPECT_EQ(fd->hwpt_invalidate(nested, request, done), 0);
  EXPECT_EQ(done, 3U);
  EXPECT_EQ(fd->mock_iotlb(nested, 0).value, 0U);
  request.length = 12;
  EXPECT_EQ(fd->hwpt_invalidate(nested, request, done), EINVAL);
  EXPECT_EQ(done, 0U);
  request.length = kPageSize + 1;
  EXPECT_EQ(fd->hwpt_invalidate(99, request, done), EINVAL);
  request.length = 8;
  request.number = (1U << 19) + 1;
  EXPECT_EQ(fd->hwpt_invalidate(99, request, done), EINVAL);
  request.number = 1;
  request.bytes = nullptr;
  EXPECT_EQ(fd->hwpt_invalidate(99, request, done), EINVAL);
  request.unreadable = true;
  EXPECT_EQ(fd->hwpt_invalidate(99, request, done), ENOENT);
  EXPECT_EQ(fd->hwpt_invalidate(parent, request, done), EINVAL);
  EXPECT_EQ(fd->hwpt_invalidate(nested, request, done), EFAULT);
  request.number = 0;
  EXPECT_EQ(fd->hwpt_invalidate(nested, request, done), 0);
  request.type = 1;
  EXPECT_EQ(fd->hwpt_invalidate(nested, request, done), EINVAL);
}

struct Dirty : HwptTest {
  ObjectId table = alloc(space, kHwptDirtyTracking).value;
  std::array<std::byte, 16> bits{};

  std::uint64_t read(std::uint64_t iova, std::uint64_t length, std::uint64_t page = kPageSize, bool keep = false) {
    bits.fill(std::byte{0});
    EXPECT_EQ(fd->hwpt_get_dirty_bitmap(table, keep ? 1 : 0, iova, length, page, bits), 0);
    std::uint64_t word = 0;
    std::memcpy(&word, bits.data(), sizeof word);
    return word;
  }
  std::uint64_t write(std::uint64_t iova, std::uint64_t length, std::uint64_t mask) {
    const auto marked = fd->mock_dirty(table, iova, length, kPageSize, std::as_bytes(std::span(&mask, 1)));
    EXPECT_EQ(marked.error, 0);
    return marked.value;
  }
};

TEST_F(Dirty, ErrorsInOrder) {
  EXPECT_EQ(fd->hwpt_set_dirty_tracking(99, 2), EOPNOTSUPP);
  EXPECT_EQ(fd->hwpt_set_dirty_tracking(99, 1), ENOENT);
  const ObjectId plain = alloc(space, kHwptNestParent).value;
  EXPECT_EQ(fd->hwpt_set_dirty_tracking(plain, 1), EOPNOTSUPP);
  EXPECT_EQ(fd->hwpt_set_dirty_tracking(alloc(plain, 0, user_data()).value, 1), ENOENT);
  EXPECT_EQ(fd->hwpt_set_dirty_tracking(table, 0), 0);
  EXPECT_EQ(fd->hwpt_get_dirty_bitmap(99, 2, 0, 0, 0, bits), EOPNOTSUPP);
  EXPECT_EQ(fd->hwpt_get_dirty_bitmap(99, 1, 0, 0, 0, bits), ENOENT);
  EXPECT_EQ(fd->hwpt_get_dirty_bitmap(plain, 0, 0, 0, 0, bits), EINVAL);
  EXPECT_EQ(fd->hwpt_get_dirty_bitmap(plain, 0, kMax, 2, 0, bits), EOVERFLOW);
  EXPECT_EQ(fd->hwpt_get_dirty_bitmap(plain, 0, 1, 2047, 2048, bits), EINVAL);
  EXPECT_EQ(fd->hwpt_get_dirty_bitmap(plain, 0, 0, 2048, 0, bits), EINVAL);
  EXPECT_EQ(fd->hwpt_get_dirty_bitmap(plain, 0, 0, 2048, 4096, bits), EINVAL);
  EXPECT_EQ(fd->hwpt_get_dirty_bitmap(plain, 0, 0, 4096, 4096, bits), EOPNOTSUPP);
  EXPECT_EQ(read(0, 4096), 0U);                                         // nothing is mapped
  EXPECT_EQ(fd->mock_dirty(table, 0, 4096, 4096, bits).error, EINVAL);  // tracking is off
  EXPECT_EQ(
      fd->hwpt_alloc({fd->device_bind(MockDeviceTraits{false, false, {}, 0}).value, space, kHwptDirtyTracking, 0, {}})
          .error,
      EOPNOTSUPP);
}

TEST_F(Dirty, ReadingForgets) {
  // Each page in an area of its own, so in an entry of its own.
  for (unsigned page = 0; page < 8; ++page) EXPECT_EQ(map(space, 2 * page % 15, 1, kIova + page * kPageSize), 0);
  EXPECT_EQ(fd->hwpt_set_dirty_tracking(table, 1), 0);
  EXPECT_EQ(write(kIova, 8 * kPageSize, 0b1010'0110), 4U);
  EXPECT_EQ(read(kIova, 8 * kPageSize, kPageSize, true), 0b1010'0110U);
  EXPECT_EQ(read(kIova + 2 * kPageSize, 2 * kPageSize), 0b01U);
  EXPECT_EQ(read(kIova, 8 * kPageSize, 0x3000 + 0x1000), 0b11U);
  EXPECT_EQ(read(kIova, 8 * kPageSize), 0U);
  EXPECT_EQ(write(kIova, 8 * kPageSize, 1), 1U);
  EXPECT_EQ(read(kIova, 4 * kPageSize, 0x3000), 1U);  // not a power of two: its lowest bit counts
  EXPECT_EQ(write(kIova, 8 * kPageSize, 1), 1U);
  EXPECT_EQ(fd->hwpt_set_dirty_tracking(table, 1), 0);  // forgets
  EXPECT_EQ(read(kIova, 8 * kPageSize), 0U);
}

TEST_F(Dirty, StopsAtTheFirstGap) {
  EXPECT_EQ(map(space, 0, 1, kIova), 0);
  EXPECT_EQ(map(space, 4, 1, kIova + 2 * kPageSize), 0);
  EXPECT_EQ(fd->hwpt_set_dirty_tracking(table, 1), 0);
  EXPECT_EQ(write(kIova, 3 * kPageSize, 0b111), 3U);
  EXPECT_EQ(read(kIova, 3 * kPageSize), 0b001U);
  EXPECT_EQ(read(kIova + 2 * kPageSize, kPageSize), 1U);
  EXPECT_EQ(write(kIova, kPageSize, 1), 1U);
  EXPECT_EQ(fd->ioas_unmap(space, kIova, kPageSize).error, 0);
  EXPECT_EQ(map(space, 0, 1, kIova), 0);
  EXPECT_EQ(read(kIova, kPageSize), 0U);  // another mapping
}

TEST_F(Dirty, AnEntryIsDirtyAsAWhole) {
  EXPECT_EQ(map(space, 0, 8, kIova), 0);  // adjacent frames from 0: one entry of 32 KiB
  EXPECT_EQ(fd->hwpt_set_dirty_tracking(table, 1), 0);
  EXPECT_EQ(write(kIova, 8 * kPageSize, 0b100), 1U);
  EXPECT_EQ(read(kIova, 8 * kPageSize), 0xffU);
  EXPECT_EQ(fd->ioas_unmap(space, kIova, 8 * kPageSize).error, 0);
  EXPECT_EQ(fd->option({kOptionHugePages, 0, space, 0}).error, 0);
  EXPECT_EQ(map(space, 0, 8, kIova), 0);
  EXPECT_EQ(write(kIova, 8 * kPageSize, 0b100), 1U);
  EXPECT_EQ(read(kIova, 8 * kPageSize), 0b100U);
  EXPECT_EQ(fd->ioas_unmap(space, kIova, 8 * kPageSize).error, 0);
  EXPECT_EQ(fd->option({kOptionHugePages, 0, space, 1}).error, 0);
  EXPECT_EQ(map(space, 1, 7, kIova + kPageSize), 0);  // 4, 8 and 16 KiB
  EXPECT_EQ(write(kIova, 8 * kPageSize, 0b1000), 1U);
  EXPECT_EQ(read(kIova + kPageSize, 7 * kPageSize), 0b110U);
}

}  // namespace
}  // namespace hw_reference
