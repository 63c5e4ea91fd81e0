// SPDX-License-Identifier: Apache-2.0
#include "hw_reference/iommufd/test/world.hpp"

namespace hw_reference {
namespace {

struct AccessTest : World {
  ObjectId space = ioas();
};

TEST_F(AccessTest, CreateErrors) {
  EXPECT_EQ(fd->access_create(0, true).error, ENOENT);
  EXPECT_EQ(fd->ioas_map(space, 0x1000, 0x1000, 0x800, kRead), 0);
  EXPECT_EQ(fd->access_create(space, true).error, EADDRINUSE);
  EXPECT_TRUE(fd->access_create(space, false).ok());
  EXPECT_EQ(ioas(), 3U);  // the failed one left no id behind
}

TEST_F(AccessTest, EveryMisalignmentIsRefused) {
  const struct {
    std::uint64_t va, length, iova;
  } areas[] = {{0x1000, 0x1000, 0x800}, {0x1000, 0x1800, 0x1000}, {0x1800, 0x1000, 0x1000}};
  for (const auto& area : areas) {
    EXPECT_EQ(fd->ioas_map(space, area.va, area.length, area.iova, kRead), 0);
    EXPECT_EQ(fd->access_create(space, true).error, EADDRINUSE);
    EXPECT_EQ(fd->ioas_unmap(space, 0, kMax).error, 0);
  }
  EXPECT_TRUE(fd->access_create(space, true).ok());
}

TEST_F(AccessTest, PinningRaisesTheAlignmentWhileItLives) {
  const ObjectId access = fd->access_create(space, true).value;
  EXPECT_EQ(fd->ioas_map(space, 0x1000, 0x1000, 0x800, kRead), EINVAL);
  EXPECT_EQ(fd->ioas_map(space, 0x1000, 0x800, 0x1000, kRead), EINVAL);
  EXPECT_EQ(fd->ioas_map(space, 0x800, 0x1000, 0x1000, kRead), EINVAL);
  EXPECT_EQ(fd->ioas_map(space, 0x1000, 0x1000, 0x1000, kRead), 0);
  EXPECT_EQ(fd->access_destroy(access), 0);
  EXPECT_EQ(fd->ioas_map(space, 3, 5, 7, kRead), 0);
}

TEST_F(AccessTest, PinErrorsInOrder) {
  const ObjectId plain = fd->access_create(space, false).value;
  const ObjectId access = fd->access_create(space, true).value;
  EXPECT_EQ(map(space, 0, 1, 0x1000, kRead), 0);
  EXPECT_EQ(map(space, 1, 1, 0x2000, kWrite), 0);
  EXPECT_EQ(fd->ioas_map(space, 0, 0x1000, 0x3000, kBoth), 0);  // no memory there
  EXPECT_EQ(fd->access_pin(0, 0, kPinLimit + 1, false).error, ENOMEM);
  EXPECT_EQ(fd->access_pin(0, 0, 0, false).error, EBADFD);
  EXPECT_EQ(fd->access_pin(space, 0, 0, false).error, EBADFD);
  EXPECT_EQ(fd->access_pin(plain, 0, 0, false).error, EOPNOTSUPP);
  EXPECT_EQ(fd->access_pin(access, 0, 0, false).error, EINVAL);
  EXPECT_EQ(fd->access_pin(access, kMax, 2, false).error, EOVERFLOW);
  EXPECT_EQ(fd->access_pin(access, kMax, 1, false).error, ENOENT);
  EXPECT_EQ(fd->access_pin(access, 0xfff, 0x1000, false).error, ENOENT);
  EXPECT_EQ(fd->access_pin(access, 0x1001, 1, true).error, EINVAL);
  EXPECT_EQ(fd->access_pin(access, 0x1000, 1, true).error, EPERM);
  EXPECT_EQ(fd->access_pin(access, 0x1000, 0x1001, false).error, EPERM);
  EXPECT_EQ(fd->access_pin(access, 0x2000, 0x1001, true).error, EFAULT);
  EXPECT_EQ(fd->access_pin(access, 0x3000, 0x1001, true).error, EFAULT);
  EXPECT_EQ(physical.total_pins(), 0U);
  EXPECT_EQ(fd->access_pin(access, 0x1000, 1, false).value, 1U);  // failures left no id behind
  EXPECT_EQ(pins(0), 1U);
}

TEST_F(AccessTest, FailureAtALaterAreaLeavesNoPin) {
  const ObjectId access = fd->access_create(space, true).value;
  EXPECT_EQ(map(space, 0, 2, 0x1000), 0);
  EXPECT_EQ(fd->access_pin(access, 0x1000, 0x2001, false).error, ENOENT);
  EXPECT_EQ(physical.total_pins(), 0U);
  EXPECT_EQ(fd->ioas_unmap(space, 0x1000, 0x2000).value, 0x2000U);
}

TEST_F(AccessTest, PinsAreSharedAndCounted) {
  EXPECT_TRUE(fd->device_attach(space).ok());
  const ObjectId access = fd->access_create(space, true).value;
  EXPECT_EQ(map(space, 0, 4, kIova), 0);
  const PinId first = fd->access_pin(access, kIova, 0x1001, false).value;
  const PinId second = fd->access_pin(access, kIova + 0x1000, 0x3000, true).value;
  EXPECT_NE(first, second);
  for (std::uint64_t page = 0; page < 4; ++page) EXPECT_EQ(pins(page), 1U);
  EXPECT_EQ(fd->access_unpin(access, first), 0);
  EXPECT_EQ(fd->access_unpin(access, first), ENOENT);
  EXPECT_EQ(fd->access_unpin(0, second), EBADFD);
  const ObjectId other = fd->access_create(space, true).value;
  EXPECT_EQ(fd->access_unpin(other, second), ENOENT);
  EXPECT_EQ(fd->access_unpin(access, second), 0);
  for (std::uint64_t page = 0; page < 4; ++page) EXPECT_EQ(pins(page), 1U);  // the device's
}

TEST_F(AccessTest, ReplaceLeavesPinsBehindUnlessItStays) {
  const ObjectId other = ioas();
  const ObjectId access = fd->access_create(space, true).value;
  EXPECT_EQ(map(space, 0, 1, 0), 0);
  const PinId pin = fd->access_pin(access, 0, 1, false).value;
  EXPECT_EQ(fd->access_replace(0, 0), EBADFD);
  EXPECT_EQ(fd->access_replace(access, 0), ENOENT);
  EXPECT_EQ(fd->access_replace(access, space), 0);
  EXPECT_EQ(pins(0), 1U);
  EXPECT_EQ(fd->ioas_map(other, 1, 1, 1, kRead), 0);
  EXPECT_EQ(fd->access_replace(access, other), EADDRINUSE);
  EXPECT_EQ(pins(0), 1U);
  EXPECT_EQ(fd->ioas_unmap(other, 0, kMax).value, 1U);
  EXPECT_EQ(fd->access_replace(access, other), 0);
  EXPECT_EQ(pins(0), 0U);
  EXPECT_EQ(fd->access_unpin(access, pin), ENOENT);
  EXPECT_EQ(fd->ioas_map(other, 1, 1, 1, kRead), EINVAL);  // it raises the alignment there now
  EXPECT_EQ(fd->ioas_map(space, 1, 1, 0x8001, kRead), 0);
  EXPECT_EQ(fd->ioas_destroy(other), EBUSY);
  EXPECT_EQ(fd->ioas_destroy(space), 0);
}

TEST_F(AccessTest, DestroyLetsGoOfEverything) {
  const ObjectId access = fd->access_create(space, true).value;
  EXPECT_EQ(map(space, 0, 3, 0), 0);
  EXPECT_TRUE(fd->access_pin(access, 0, 0x2000, false).ok());
  EXPECT_TRUE(fd->access_pin(access, 0x1000, 0x2000, false).ok());
  EXPECT_EQ(physical.total_pins(), 3U);
  EXPECT_EQ(fd->access_destroy(access), 0);
  EXPECT_EQ(physical.total_pins(), 0U);
  EXPECT_EQ(fd->access_destroy(access), EBADF);
  EXPECT_EQ(fd->ioas_destroy(space), 0);
}

}  // namespace
}  // namespace hw_reference
