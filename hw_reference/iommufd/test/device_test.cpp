// SPDX-License-Identifier: Apache-2.0
#include "hw_reference/iommufd/test/world.hpp"

namespace hw_reference {
namespace {

struct DeviceTest : World {
  ObjectId space = ioas();
};

TEST_F(DeviceTest, AttachErrorsInOrder) {
  EXPECT_EQ(fd->device_attach(0).error, ENOENT);
  EXPECT_EQ(fd->ioas_map(space, 0, 1, kIova - 1, kRead), 0);
  EXPECT_EQ(fd->device_attach(space).error, EADDRINUSE);
  EXPECT_EQ(fd->ioas_unmap(space, 0, kMax).error, 0);
  EXPECT_EQ(map(space, 0, 1, kIova - 0x1000), 0);
  EXPECT_EQ(fd->device_attach(space).error, EADDRINUSE);
  EXPECT_EQ(fd->ioas_unmap(space, 0, kMax).error, 0);
  EXPECT_EQ(map(space, 0, 1, 0x7fff'f800), 0);
  EXPECT_EQ(fd->device_attach(space).error, EADDRINUSE);
  EXPECT_EQ(fd->ioas_unmap(space, 0, kMax).error, 0);
  EXPECT_EQ(fd->ioas_map(space, kMemory, 0x800, 0x7fff'f800, kRead), 0);
  EXPECT_EQ(fd->ioas_map(space, 0, 0x800, 0x7fff'f000, kRead), 0);  // no memory there
  EXPECT_EQ(fd->device_attach(space).error, EFAULT);
  EXPECT_EQ(physical.total_pins(), 0U);
  EXPECT_EQ(fd->ioas_map(space, 0, 1, 0, kRead), 0);  // a refused device leaves no reserved range and no alignment
}

TEST_F(DeviceTest, FailureAtALaterAreaLeavesNoPin) {
  EXPECT_EQ(map(space, 0, 2, kIova), 0);
  EXPECT_EQ(map(space, kMemoryPages - 1, 2, kIova + 0x10000), 0);
  EXPECT_EQ(fd->device_attach(space).error, EFAULT);
  EXPECT_EQ(physical.total_pins(), 0U);
  EXPECT_EQ(fd->ioas_destroy(space), 0);
}

TEST_F(DeviceTest, DevicesShareOneTable) {
  EXPECT_EQ(map(space, 0, 2, kIova), 0);
  EXPECT_EQ(map(space, 0, 1, kIova + 0x10000), 0);
  EXPECT_EQ(physical.total_pins(), 0U);
  const ObjectId first = fd->device_attach(space).value;
  const ObjectId second = fd->device_attach(space).value;
  EXPECT_EQ(pins(0), 2U);
  EXPECT_EQ(pins(1), 1U);
  EXPECT_EQ(reach(second, kIova + 0x10001), kMemory + 1);
  EXPECT_EQ(fd->device_destroy(first), 0);
  EXPECT_EQ(fd->device_destroy(first), ENOENT);
  EXPECT_EQ(fd->device_translate(first, kIova).error, ENOENT);
  EXPECT_EQ(pins(0), 2U);
  EXPECT_EQ(fd->ioas_destroy(space), EBUSY);
  EXPECT_EQ(fd->device_destroy(second), 0);
  EXPECT_EQ(physical.total_pins(), 0U);
  EXPECT_EQ(fd->ioas_destroy(space), 0);
}

TEST_F(DeviceTest, IdsAreThoseOfTheDeviceAndItsTable) {
  const ObjectId device = fd->device_attach(space).value;
  EXPECT_EQ(device, 2U);
  EXPECT_EQ(fd->destroy(3), EBUSY);  // the automatic table
  EXPECT_EQ(fd->device_attach(space).value, 4U);
  EXPECT_EQ(fd->device_destroy(2), 0);
  EXPECT_EQ(fd->destroy(3), EBUSY);
  EXPECT_EQ(fd->device_destroy(4), 0);
  EXPECT_EQ(fd->destroy(3), ENOENT);
}

TEST_F(DeviceTest, TheApertureIsReservedWhileADeviceIsThere) {
  const ObjectId device = fd->device_attach(space).value;
  EXPECT_EQ(map(space, 0, 1, 0), EINVAL);
  EXPECT_EQ(map(space, 0, 1, 0x8000'0000), EINVAL);
  EXPECT_EQ(fd->ioas_reserve(space, 0, 0x1000), 0);
  EXPECT_EQ(fd->device_destroy(device), 0);
  EXPECT_EQ(map(space, 0, 1, 0), EINVAL);  // reserved for good
  EXPECT_EQ(map(space, 0, 1, 0x1000), 0);
  EXPECT_EQ(map(space, 0, 1, 0x8000'0000), 0);
}

TEST_F(DeviceTest, TearsDownWithEverythingAttached) {
  const ObjectId other = ioas();
  EXPECT_TRUE(fd->device_attach(space).ok());
  EXPECT_EQ(map(space, 0, 4, kIova), 0);
  EXPECT_EQ(fd->ioas_copy(other, space, 0x2000, 0, kIova, kRead), 0);
  const ObjectId access = fd->access_create(other, true).value;
  EXPECT_TRUE(fd->access_pin(access, 0, 0x2000, false).ok());
  EXPECT_EQ(physical.total_pins(), 4U);
}  // the fixture looks for pins that are left

}  // namespace
}  // namespace hw_reference
