// SPDX-License-Identifier: Apache-2.0
#include "hw_reference/iommufd/test/world.hpp"

namespace hw_reference {
namespace {

struct Unmap : World {
  ObjectId space = ioas();
};

TEST_F(Unmap, ErrorsInOrder) {
  EXPECT_EQ(fd->ioas_unmap(0, kMax, kMax).error, ENOENT);
  EXPECT_EQ(fd->ioas_unmap(space, kMax, 0).error, EOVERFLOW);
  EXPECT_EQ(fd->ioas_unmap(space, 1, kMax).error, EOVERFLOW);
  EXPECT_EQ(fd->ioas_unmap(space, kMax - 1, 0).error, EINVAL);
  EXPECT_EQ(fd->ioas_unmap(space, kMax - 1, 3).error, EOVERFLOW);
  EXPECT_EQ(fd->ioas_unmap(space, kMax - 1, 2).error, ENOENT);
  EXPECT_EQ(fd->ioas_unmap(space, 0, 1).error, ENOENT);
}

TEST_F(Unmap, EverythingOfNothingIsZero) {
  const auto answer = fd->ioas_unmap(space, 0, kMax);
  EXPECT_EQ(answer.error, 0);
  EXPECT_EQ(answer.value, 0U);
}

TEST_F(Unmap, TakesWholeAreasOfASuperset) {
  EXPECT_EQ(fd->ioas_map(space, 0, 10, 100, kRead), 0);
  EXPECT_EQ(fd->ioas_map(space, 0, 5, 200, kRead), 0);
  EXPECT_EQ(fd->ioas_map(space, 0, 5, 300, kRead), 0);
  EXPECT_EQ(fd->ioas_unmap(space, 0, 299).value, 15U);
  EXPECT_EQ(fd->ioas_unmap(space, 0, 299).error, ENOENT);
  EXPECT_EQ(fd->ioas_unmap(space, 300, 5).value, 5U);
}

TEST_F(Unmap, NeverSplits) {
  EXPECT_EQ(fd->ioas_map(space, 0, 10, 100, kRead), 0);
  EXPECT_EQ(fd->ioas_unmap(space, 100, 9).error, ENOENT);
  EXPECT_EQ(fd->ioas_unmap(space, 101, 100).error, ENOENT);
  EXPECT_EQ(fd->ioas_unmap(space, 104, 1).error, ENOENT);
  EXPECT_EQ(fd->ioas_unmap(space, 100, 10).value, 10U);
}

TEST_F(Unmap, FailureLeavesTheLowerAreasRemoved) {
  EXPECT_EQ(fd->ioas_map(space, 0, 10, 100, kRead), 0);
  EXPECT_EQ(fd->ioas_map(space, 0, 10, 110, kRead), 0);
  EXPECT_EQ(fd->ioas_unmap(space, 100, 15).error, ENOENT);
  EXPECT_EQ(fd->ioas_map(space, 0, 10, 100, kRead), 0);
  EXPECT_EQ(fd->ioas_map(space, 0, 10, 110, kRead), EEXIST);
}

TEST_F(Unmap, ReachesTheLastByte) {
  EXPECT_EQ(fd->ioas_map(space, 0, 2, kMax - 1, kRead), 0);
  EXPECT_EQ(fd->ioas_unmap(space, kMax - 1, 2).value, 2U);
  EXPECT_EQ(fd->ioas_map(space, 0, 2, kMax - 1, kRead), 0);
  EXPECT_EQ(fd->ioas_unmap(space, 0, kMax).value, 2U);
}

TEST_F(Unmap, BytesAreCountedModulo2To64) {
  const std::uint64_t most = kMax - kPageSize;
  EXPECT_EQ(fd->ioas_map(space, 0, most, 0, kRead), 0);
  EXPECT_EQ(fd->ioas_map(space, 0, kPageSize + 1, most, kRead), 0);
  const auto answer = fd->ioas_unmap(space, 0, kMax);
  EXPECT_EQ(answer.error, 0);
  EXPECT_EQ(answer.value, 0U);
  EXPECT_EQ(fd->ioas_unmap(space, 0, 1).error, ENOENT);
}

TEST_F(Unmap, UnpinsWithTheLastUser) {
  EXPECT_TRUE(fd->device_attach(space).ok());
  EXPECT_EQ(map(space, 0, 2, kIova), 0);
  EXPECT_EQ(fd->ioas_copy(space, space, 0x1000, kIova + 0x10000, kIova, kRead), 0);
  EXPECT_EQ(fd->ioas_unmap(space, kIova, 0x2000).value, 0x2000U);
  EXPECT_EQ(pins(0), 1U);
  EXPECT_EQ(pins(1), 0U);
  EXPECT_EQ(fd->ioas_unmap(space, kIova + 0x10000, 0x1000).value, 0x1000U);
  EXPECT_EQ(pins(0), 0U);
}

TEST_F(Unmap, MakesAccessesLetGo) {
  EXPECT_EQ(map(space, 0, 1, 0), 0);
  EXPECT_EQ(map(space, 1, 1, 0x1000), 0);
  EXPECT_EQ(map(space, 2, 1, 0x2000), 0);
  const ObjectId access = fd->access_create(space, true).value;
  const PinId both = fd->access_pin(access, 0, 0x2000, false).value;
  const PinId other = fd->access_pin(access, 0x2000, 0x1000, false).value;
  EXPECT_EQ(fd->ioas_unmap(space, 0x1000, 0x1000).value, 0x1000U);
  EXPECT_EQ(pins(0), 0U);  // a pin goes whole
  EXPECT_EQ(pins(1), 0U);
  EXPECT_EQ(pins(2), 1U);
  EXPECT_EQ(fd->access_unpin(access, both), ENOENT);
  EXPECT_EQ(fd->access_unpin(access, other), 0);
}

TEST_F(Unmap, OfOneAddressSpaceLeavesPinsOfAnother) {
  const ObjectId other = ioas();
  EXPECT_EQ(map(space, 0, 1, 0), 0);
  EXPECT_EQ(fd->ioas_copy(other, space, 0x1000, 0, 0, kRead), 0);
  const ObjectId access = fd->access_create(other, true).value;
  const PinId pin = fd->access_pin(access, 0, 0x1000, false).value;
  EXPECT_EQ(fd->ioas_unmap(space, 0, kMax).value, 0x1000U);
  EXPECT_EQ(pins(0), 1U);
  EXPECT_EQ(fd->access_unpin(access, pin), 0);
}

}  // namespace
}  // namespace hw_reference
