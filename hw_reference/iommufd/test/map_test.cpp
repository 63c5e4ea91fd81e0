// SPDX-License-Identifier: Apache-2.0
#include "hw_reference/iommufd/test/world.hpp"

namespace hw_reference {
namespace {

struct Map : World {};

TEST_F(Map, AllocGivesTheLowestFreeId) {
  EXPECT_EQ(ioas(), 1U);
  EXPECT_EQ(ioas(), 2U);
  EXPECT_EQ(ioas(), 3U);
  EXPECT_EQ(fd->ioas_destroy(2), 0);
  EXPECT_EQ(fd->ioas_destroy(1), 0);
  EXPECT_EQ(ioas(), 1U);
  EXPECT_EQ(ioas(), 2U);
  EXPECT_EQ(ioas(), 4U);
}

TEST_F(Map, DestroyErrors) {
  EXPECT_EQ(fd->ioas_destroy(0), ENOENT);
  EXPECT_EQ(fd->ioas_destroy(1), ENOENT);
  const ObjectId space = ioas();
  const ObjectId device = fd->device_attach(space).value;
  EXPECT_EQ(fd->ioas_destroy(device), ENOENT);
  EXPECT_EQ(fd->ioas_destroy(space), EBUSY);
  EXPECT_EQ(fd->destroy(device), EBUSY);
  EXPECT_EQ(fd->destroy(99), ENOENT);
  EXPECT_EQ(fd->device_destroy(device), 0);
  const ObjectId access = fd->access_create(space, false).value;
  EXPECT_EQ(fd->ioas_destroy(space), EBUSY);
  EXPECT_EQ(fd->destroy(access), EBUSY);
  EXPECT_EQ(fd->access_destroy(access), 0);
  EXPECT_EQ(map(space, 0, 1, kIova), 0);  // areas do not keep it busy
  EXPECT_EQ(fd->destroy(space), 0);
  EXPECT_EQ(fd->ioas_destroy(space), ENOENT);
}

TEST_F(Map, ErrorsInOrder) {
  const ObjectId space = ioas();
  EXPECT_EQ(fd->ioas_map(0, kMax, 0, kMax, 0), EOVERFLOW);
  EXPECT_EQ(fd->ioas_map(0, kMax, kMax, 0, 0), EOVERFLOW);
  EXPECT_EQ(fd->ioas_map(0, kMax, 0, 0, 0), EINVAL);
  EXPECT_EQ(fd->ioas_map(0, kMax, 1, 0, kRead), ENOENT);
  EXPECT_EQ(fd->ioas_map(space, kMax, 1, 0, kRead), EOVERFLOW);
  EXPECT_EQ(fd->ioas_map(space, kMax - 1, 1, 0, kRead), 0);
  EXPECT_EQ(fd->ioas_map(space, kMax, 0, 0, kRead), EINVAL);
  EXPECT_EQ(fd->ioas_map(space, 0, kMax - kPageSize + 1, 0, kRead), EINVAL);
  EXPECT_EQ(fd->ioas_map(space, 0, kMax - kPageSize, kPageSize + 2, kRead), EOVERFLOW);
  EXPECT_EQ(fd->ioas_map(space, 0, kMax - kPageSize, kPageSize + 1, kRead), 0);  // ends at the last byte
}

TEST_F(Map, AlignmentComesBeforePlace) {
  const ObjectId space = ioas();
  const ObjectId device = fd->device_attach(space).value;
  EXPECT_EQ(map(space, 0, 1, kIova), 0);
  EXPECT_EQ(fd->ioas_map(space, kMemory, 2047, kIova, kRead), EINVAL);
  EXPECT_EQ(fd->ioas_map(space, kMemory, 2048, kIova + 1, kRead), EINVAL);
  EXPECT_EQ(fd->ioas_map(space, kMemory, 2048, kMax - 2046, kRead), EINVAL);
  EXPECT_EQ(fd->ioas_map(space, kMemory, 4096, kMax - 2047, kRead), EOVERFLOW);
  EXPECT_EQ(fd->ioas_map(space, kMemory, 2048, kMax - 2047, kRead), EINVAL);       // outside the aperture
  EXPECT_EQ(fd->ioas_map(space, kMemory, 2048, kIova - 2048, kRead), EINVAL);      // likewise
  EXPECT_EQ(fd->ioas_map(space, kMemory, 4096, 0x7fff'f800, kRead), EINVAL);       // likewise
  EXPECT_EQ(fd->ioas_map(space, kMemory + 1, 2048, kIova + 2048, kRead), EEXIST);  // before the client's address
  EXPECT_EQ(fd->ioas_map(space, kMemory + 1, 2048, kIova + 4096, kRead), EINVAL);
  EXPECT_EQ(fd->ioas_map(space, kMemory + 2048, 2048, kIova + 4096, kRead), 0);
  EXPECT_EQ(fd->ioas_map(space, kMemory, 2048, 0x7fff'f800, kRead), 0);
  EXPECT_EQ(fd->device_destroy(device), 0);
  EXPECT_EQ(fd->ioas_map(space, kMemory + 1, 1, 3, kRead), 0);  // nobody asks for alignment any more
}

TEST_F(Map, OverlapAtEveryEnd) {
  const ObjectId space = ioas();
  EXPECT_EQ(fd->ioas_map(space, 0, 10, 100, kRead), 0);
  EXPECT_EQ(fd->ioas_map(space, 0, 1, 100, kRead), EEXIST);
  EXPECT_EQ(fd->ioas_map(space, 0, 1, 109, kRead), EEXIST);
  EXPECT_EQ(fd->ioas_map(space, 0, 2, 99, kRead), EEXIST);
  EXPECT_EQ(fd->ioas_map(space, 0, 50, 90, kRead), EEXIST);
  EXPECT_EQ(fd->ioas_map(space, 0, 1, 99, kRead), 0);
  EXPECT_EQ(fd->ioas_map(space, 0, 1, 110, kRead), 0);
}

TEST_F(Map, WithoutDeviceNothingIsPinned) {
  const ObjectId space = ioas();
  EXPECT_EQ(fd->ioas_map(space, 0x1234, 0x10000, kIova, kBoth), 0);  // memory that does not exist
  EXPECT_EQ(map(space, 0, 1, 0), 0);
  EXPECT_EQ(pins(0), 0U);
}

TEST_F(Map, WithDevicePinsWholePages) {
  const ObjectId space = ioas();
  const ObjectId device = fd->device_attach(space).value;
  EXPECT_EQ(fd->ioas_map(space, kMemory + 2048, 4096, kIova, kBoth), 0);
  EXPECT_EQ(pins(0), 1U);
  EXPECT_EQ(pins(1), 1U);
  EXPECT_EQ(pins(2), 0U);
  EXPECT_EQ(reach(device, kIova), kMemory + 2048);
  EXPECT_EQ(reach(device, kIova + 4095), kMemory + 2048 + 4095);
  EXPECT_EQ(reach(device, kIova + 4096), kMax);
  EXPECT_EQ(map(space, 1, 1, kIova + 0x10000), 0);
  EXPECT_EQ(pins(1), 2U);  // another pages object
}

TEST_F(Map, MissingMemoryLeavesNothing) {
  const ObjectId space = ioas();
  const ObjectId device = fd->device_attach(space).value;
  EXPECT_EQ(map(space, kMemoryPages - 1, 2, kIova), EFAULT);
  EXPECT_EQ(pins(kMemoryPages - 1), 0U);
  EXPECT_EQ(reach(device, kIova), kMax);
  EXPECT_EQ(map(space, kMemoryPages - 1, 1, kIova), 0);
}

TEST_F(Map, ReserveErrorsAndEffect) {
  const ObjectId space = ioas();
  EXPECT_EQ(fd->ioas_reserve(0, 0, 0), EINVAL);
  EXPECT_EQ(fd->ioas_reserve(0, 2, kMax), EOVERFLOW);
  EXPECT_EQ(fd->ioas_reserve(0, 1, kMax), ENOENT);
  EXPECT_EQ(fd->ioas_map(space, 0, 10, 100, kRead), 0);
  EXPECT_EQ(fd->ioas_reserve(space, 109, 1), EADDRINUSE);
  EXPECT_EQ(fd->ioas_reserve(space, 110, 10), 0);
  EXPECT_EQ(fd->ioas_reserve(space, 115, 10), 0);
  EXPECT_EQ(fd->ioas_map(space, 0, 2, 109, kRead), EINVAL);  // reserved comes before overlap
  EXPECT_EQ(fd->ioas_map(space, 0, 1, 124, kRead), EINVAL);
  EXPECT_EQ(fd->ioas_map(space, 0, 1, 125, kRead), 0);
}

}  // namespace
}  // namespace hw_reference
