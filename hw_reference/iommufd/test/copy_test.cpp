// SPDX-License-Identifier: Apache-2.0
#include "hw_reference/iommufd/test/world.hpp"

namespace hw_reference {
namespace {

struct Copy : World {
  ObjectId source = ioas();
  ObjectId target = ioas();
};

TEST_F(Copy, ErrorsInOrder) {
  EXPECT_EQ(map(source, 0, 2, kIova), 0);
  EXPECT_EQ(fd->ioas_copy(0, 0, kMax, 0, 0, 0), EOVERFLOW);
  EXPECT_EQ(fd->ioas_copy(0, 0, 0, kMax, 0, 0), EOVERFLOW);
  EXPECT_EQ(fd->ioas_copy(0, 0, 0, 0, kMax, 0), EOVERFLOW);
  EXPECT_EQ(fd->ioas_copy(0, 0, 0, 0, 0, 0), EINVAL);
  EXPECT_EQ(fd->ioas_copy(0, 0, 0, 0, 0, kRead), ENOENT);
  EXPECT_EQ(fd->ioas_copy(0, source, 0, 0, 0, kRead), EINVAL);
  EXPECT_EQ(fd->ioas_copy(0, source, 3, 0, kMax - 1, kRead), EOVERFLOW);
  EXPECT_EQ(fd->ioas_copy(0, source, 1, 0, kIova - 1, kRead), ENOENT);
  EXPECT_EQ(fd->ioas_copy(0, source, 0x2001, 0, kIova, kRead), ENOENT);
  EXPECT_EQ(fd->ioas_copy(0, source, 0x2000, 0, kIova, kRead), ENOENT);
  const ObjectId device = fd->device_attach(target).value;
  EXPECT_EQ(fd->ioas_copy(target, source, 1, kIova, kIova, kRead), EINVAL);
  EXPECT_EQ(fd->ioas_copy(target, source, 2048, kIova + 1, kIova, kRead), EINVAL);
  EXPECT_EQ(fd->ioas_copy(target, source, 4096, kMax - 2047, kIova, kRead), EOVERFLOW);
  EXPECT_EQ(fd->ioas_copy(target, source, 4096, 0, kIova, kRead), EINVAL);
  EXPECT_EQ(fd->ioas_copy(target, source, 4096, kIova, kIova + 1, kRead), EINVAL);
  EXPECT_EQ(fd->ioas_copy(target, source, 4096, kIova, kIova, kRead), 0);
  EXPECT_EQ(fd->ioas_copy(target, source, 4096, kIova + 2048, kIova + 1, kRead), EEXIST);
  EXPECT_EQ(fd->device_destroy(device), 0);
}

TEST_F(Copy, RightsAreThoseOfThePagesNotOfTheSource) {
  EXPECT_EQ(map(source, 0, 1, 0, kRead), 0);
  EXPECT_EQ(fd->ioas_copy(target, source, 4096, 0, 0, kWrite), EPERM);
  EXPECT_EQ(map(source, 0, 1, 0x1000, kBoth), 0);
  EXPECT_EQ(fd->ioas_copy(target, source, 4096, 0x1000, 0x1000, kRead), 0);
  EXPECT_EQ(fd->ioas_copy(source, target, 4096, 0x2000, 0x1000, kBoth), 0);
}

TEST_F(Copy, ReadOnlyIsToldBeforeAMisalignedClientAddress) {
  EXPECT_EQ(fd->ioas_map(source, kMemory + 1, 4096, 0, kRead), 0);
  EXPECT_TRUE(fd->device_attach(target).ok());
  EXPECT_EQ(fd->ioas_copy(target, source, 4096, kIova, 0, kBoth), EPERM);
  EXPECT_EQ(fd->ioas_copy(target, source, 4096, kIova, 0, kRead), EINVAL);
}

TEST_F(Copy, SharesPins) {
  EXPECT_TRUE(fd->device_attach(source).ok());
  const ObjectId device = fd->device_attach(target).value;
  EXPECT_EQ(map(source, 0, 2, kIova), 0);
  EXPECT_EQ(fd->ioas_copy(target, source, 4096, kIova, kIova + 4096, kRead), 0);
  EXPECT_EQ(fd->ioas_copy(source, source, 8192, kIova + 0x10000, kIova, kRead), 0);
  EXPECT_EQ(pins(0), 1U);
  EXPECT_EQ(pins(1), 1U);
  EXPECT_EQ(reach(device, kIova + 5), kMemory + 4096 + 5);
  EXPECT_EQ(fd->ioas_unmap(source, 0, kMax).value, 0x4000U);
  EXPECT_EQ(pins(0), 0U);
  EXPECT_EQ(pins(1), 1U);
  EXPECT_EQ(reach(device, kIova + 5), kMemory + 4096 + 5);
  EXPECT_EQ(fd->ioas_destroy(source), EBUSY);
}

TEST_F(Copy, OfTheMiddleOfAnArea) {
  const ObjectId device = fd->device_attach(target).value;
  EXPECT_EQ(map(source, 1, 8, 0x5000), 0);
  EXPECT_EQ(fd->ioas_copy(target, source, 2048, kIova, 0x6800, kRead), 0);
  EXPECT_EQ(reach(device, kIova), kMemory + 0x1000 + 0x1800);
  EXPECT_EQ(reach(device, kIova + 2048), kMax);
  EXPECT_EQ(pins(1), 0U);
  EXPECT_EQ(pins(2), 1U);
  EXPECT_EQ(pins(3), 0U);
}

TEST_F(Copy, OfSeveralAreasKeepsTheirBorders) {
  const ObjectId device = fd->device_attach(target).value;
  EXPECT_EQ(map(source, 0, 1, 0x1000), 0);
  EXPECT_EQ(map(source, 5, 1, 0x2000), 0);
  EXPECT_EQ(map(source, 3, 1, 0x3000), 0);
  EXPECT_EQ(fd->ioas_copy(target, source, 0x2000, kIova, 0x1800, kRead), 0);
  EXPECT_EQ(reach(device, kIova), kMemory + 0x800);
  EXPECT_EQ(reach(device, kIova + 0x800), kMemory + 0x5000);
  EXPECT_EQ(reach(device, kIova + 0x1800), kMemory + 0x3000);
  EXPECT_EQ(fd->ioas_unmap(target, kIova, 0x1000).error, ENOENT);  // cuts the second; the first is gone
  EXPECT_EQ(reach(device, kIova), kMax);
  EXPECT_EQ(fd->ioas_unmap(target, kIova + 0x800, 0x1000).value, 0x1000U);
  EXPECT_EQ(fd->ioas_unmap(target, kIova + 0x1800, 0x800).value, 0x800U);
}

TEST_F(Copy, OfSeveralAreasIsAllOrNothing) {
  const ObjectId device = fd->device_attach(target).value;
  EXPECT_EQ(map(source, 0, 1, 0x1000), 0);
  EXPECT_EQ(map(source, 1, 1, 0x2000, kRead), 0);
  EXPECT_EQ(fd->ioas_map(source, 0, 0x1000, 0x3000, kRead), 0);  // no memory there
  EXPECT_EQ(fd->ioas_copy(target, source, 0x2000, kIova, 0x1000, kBoth), EPERM);
  EXPECT_EQ(fd->ioas_copy(target, source, 0x3000, kIova, 0x1000, kRead), EFAULT);
  EXPECT_EQ(fd->ioas_copy(target, source, 0x3001, kIova, 0x1000, kRead), ENOENT);
  EXPECT_EQ(reach(device, kIova), kMax);
  EXPECT_EQ(physical.total_pins(), 0U);
  EXPECT_EQ(fd->ioas_unmap(target, 0, kMax).value, 0U);
}

TEST_F(Copy, SliceThatWouldLieMisaligned) {
  EXPECT_EQ(fd->ioas_map(source, kMemory, 2047, 0x1001, kRead), 0);
  EXPECT_EQ(fd->ioas_map(source, kMemory, 2049, 0x1800, kRead), 0);
  EXPECT_TRUE(fd->device_attach(target).ok());
  EXPECT_EQ(fd->ioas_copy(target, source, 4096, kIova, 0x1001, kRead), EINVAL);
  EXPECT_EQ(physical.total_pins(), 0U);
}

}  // namespace
}  // namespace hw_reference
