// SPDX-License-Identifier: Apache-2.0
// Virtual IOMMUs and what belongs to them: places of devices, events, hardware queues, mappings of registers.
#include <array>
#include <cstring>

#include "hw_reference/iommufd/test/world.hpp"

namespace hw_reference {
namespace {

struct ViommuTest : World {
  ObjectId space = ioas();
  ObjectId device = fd->device_bind().value;
  ObjectId parent = fd->hwpt_alloc({device, space, kHwptNestParent, 0, {}}).value;
  MockHwptData hwpt_data{7, 0};
  MockViommuData viommu_data{0xabcd, 0, 0, 0};

  UserData nested_data() const { return {kMockHwptType, 8, reinterpret_cast<const std::byte*>(&hwpt_data)}; }
  UserData data(std::uint32_t length = sizeof(MockViommuData)) const {
    return {0, length, reinterpret_cast<const std::byte*>(&viommu_data)};
  }
  Result<ViommuAnswer> alloc(UserData with = {}) {
    return fd->viommu_alloc({device, parent, kMockViommuType, 0, with});
  }
  Result<ObjectId> place(ObjectId viommu, std::uint64_t at) { return fd->vdevice_alloc({viommu, device, at}); }
  Result<ObjectId> queue(ObjectId viommu, std::uint32_t index, std::uint64_t iova, std::uint64_t length) {
    return fd->hw_queue_alloc({viommu, kMockHwQueueType, index, iova, length, 0});
  }
};

TEST_F(ViommuTest, AllocErrorsInOrder) {
  EXPECT_EQ(fd->viommu_alloc({99, 99, 0, 0, {}}).error, EOPNOTSUPP);
  EXPECT_EQ(fd->viommu_alloc({99, 99, 1, 1, {}}).error, EOPNOTSUPP);
  EXPECT_EQ(fd->viommu_alloc({99, 99, 1, 0, {}}).error, ENOENT);
  EXPECT_EQ(fd->viommu_alloc({device, 99, 1, 0, {}}).error, EOPNOTSUPP);
  EXPECT_EQ(fd->viommu_alloc({device, 99, kMockViommuType, 0, {}}).error, ENOENT);
  EXPECT_EQ(fd->viommu_alloc({device, space, kMockViommuType, 0, {}}).error, ENOENT);
  const ObjectId plain = fd->hwpt_alloc({device, space, 0, 0, {}}).value;
  EXPECT_EQ(fd->viommu_alloc({device, plain, kMockViommuType, 0, {}}).error, EINVAL);
  EXPECT_EQ(alloc(data(7)).error, EINVAL);
  EXPECT_EQ(alloc(data(25)).error, EINVAL);
  EXPECT_EQ(alloc({0, 8, nullptr}).error, EFAULT);
  EXPECT_EQ(fd->destroy(parent), 0);
}

TEST_F(ViommuTest, KeepsWhatItNeeds) {
  const ObjectId viommu = alloc().value.id;
  EXPECT_EQ(fd->destroy(parent), EBUSY);
  const ObjectId nested = fd->hwpt_alloc({device, viommu, 0, 0, nested_data()}).value;
  EXPECT_NE(nested, 0U);
  EXPECT_EQ(fd->destroy(viommu), EBUSY);
  const ObjectId vdevice = place(viommu, 5).value;
  EXPECT_EQ(fd->destroy(nested), 0);
  EXPECT_EQ(fd->destroy(viommu), EBUSY);
  EXPECT_EQ(fd->destroy(vdevice), 0);
  const ObjectId events = fd->veventq_alloc({viommu, 3, 1, 0}).value;
  EXPECT_EQ(fd->destroy(viommu), EBUSY);
  EXPECT_EQ(fd->destroy(events), EBUSY);
  EXPECT_EQ(fd->events_close(events), 0);
  EXPECT_EQ(fd->destroy(events), 0);
  EXPECT_EQ(fd->destroy(viommu), 0);
  EXPECT_EQ(fd->destroy(parent), 0);
}

TEST_F(ViommuTest, PlacesOfDevices) {
  const ObjectId viommu = alloc().value.id;
  const ObjectId second = alloc().value.id;
  EXPECT_EQ(fd->vdevice_alloc({99, 99, 0}).error, ENOENT);
  EXPECT_EQ(fd->vdevice_alloc({viommu, 99, 0}).error, ENOENT);
  const ObjectId far = fd->device_bind(MockDeviceTraits{true, false, {}, 1}).value;
  EXPECT_EQ(fd->vdevice_alloc({viommu, far, 0}).error, EINVAL);
  const ObjectId nested = fd->hwpt_alloc({device, viommu, 0, 0, nested_data()}).value;
  EXPECT_EQ(fd->hwpt_alloc({far, viommu, 16, 0, nested_data()}).error, EINVAL);
  EXPECT_EQ(fd->hwpt_alloc({device, viommu, 16, 0, nested_data()}).error, EOPNOTSUPP);
  EXPECT_EQ(fd->device_attach(device, kNoPasid, nested).error, ENOENT);  // it has no place
  const ObjectId vdevice = place(viommu, kMax).value;
  EXPECT_EQ(place(viommu, 1).error, EEXIST);
  EXPECT_EQ(place(second, kMax).error, EEXIST);
  const ObjectId twin = fd->device_bind().value;
  EXPECT_EQ(fd->vdevice_alloc({viommu, twin, kMax}).error, EEXIST);
  EXPECT_EQ(fd->device_attach(device, kNoPasid, nested).value, nested);
  EXPECT_EQ(fd->destroy(vdevice), 0);  // even so
  EXPECT_EQ(fd->vdevice_alloc({viommu, twin, kMax}).value, vdevice);
}

TEST_F(ViommuTest, UnbindingLeavesATombstone) {
  const auto made = fd->mock_domain(space).value;
  const ObjectId viommu = alloc().value.id;
  const ObjectId vdevice = fd->vdevice_alloc({viommu, made.idev_id, 1}).value;
  EXPECT_EQ(fd->destroy(made.stdev_id), 0);
  EXPECT_EQ(fd->destroy(vdevice), ENOENT);
  EXPECT_EQ(fd->destroy(viommu), 0);
  for (int i = 0; i < 6; ++i) EXPECT_NE(ioas(), vdevice);
  EXPECT_EQ(fd->option({kOptionRlimitMode, 0, 0, 1}).error, EBUSY);
}

TEST_F(ViommuTest, InvalidateCachesOfDevices) {
  const ObjectId viommu = alloc().value.id;
  ASSERT_TRUE(place(viommu, 8).ok());
  std::array<MockViommuInvalidation, 2> entries{{{0, 8, 2}, {0, 9, 0}}};
  Invalidation request{kMockViommuInvalidateType, 12, 2, reinterpret_cast<const std::byte*>(entries.data()), false};
  std::uint32_t done = 0;
  EXPECT_EQ(fd->hwpt_invalidate(viommu, request, done), EINVAL);
  EXPECT_EQ(done, 1U);
  EXPECT_EQ(fd->mock_cache(device, 2).value, 0U);
  EXPECT_EQ(fd->mock_cache(device, 1).value, kMockCacheDefault);
  request.number = 1;
  request.length = 8;  // the rest is zero
  entries[0] = {1, 8, 0};
  EXPECT_EQ(fd->hwpt_invalidate(viommu, request, done), 0);
  EXPECT_EQ(fd->mock_cache(device, 1).value, 0U);
  request.length = 16;  // the next entry begins with 0
  EXPECT_EQ(fd->hwpt_invalidate(viommu, request, done), 0);
  entries[1].flags = 1;
  EXPECT_EQ(fd->hwpt_invalidate(viommu, request, done), E2BIG);
  EXPECT_EQ(done, 0U);
}

TEST_F(ViommuTest, EventsAndLostOnes) {
  const ObjectId viommu = alloc().value.id;
  EXPECT_EQ(fd->veventq_alloc({viommu, 0, 1, 0}).error, EOPNOTSUPP);
  EXPECT_EQ(fd->veventq_alloc({99, 1, 0, 0}).error, EINVAL);
  EXPECT_EQ(fd->veventq_alloc({99, 1, kVeventqMaxDepth + 1, 0}).error, EINVAL);
  EXPECT_EQ(fd->veventq_alloc({99, 1, 1, 0}).error, ENOENT);
  EXPECT_EQ(fd->mock_vevent(device), ENOENT);
  ASSERT_TRUE(place(viommu, 0x99).ok());
  const ObjectId nested = fd->hwpt_alloc({device, viommu, 0, 0, nested_data()}).value;
  ASSERT_TRUE(fd->device_attach(device, kNoPasid, nested).ok());
  EXPECT_EQ(fd->mock_vevent(device), EOPNOTSUPP);
  const ObjectId events = fd->veventq_alloc({viommu, kMockVeventqType, 2, 0}).value;
  EXPECT_EQ(fd->veventq_alloc({viommu, kMockVeventqType, 2, 0}).error, EEXIST);
  EXPECT_EQ(fd->veventq_read(events, 7).error, EINVAL);
  EXPECT_EQ(fd->veventq_read(events, 8).value.size(), 0U);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(fd->mock_vevent(device), 0);
  EXPECT_EQ(fd->veventq_read(events, 11).error, EINVAL);
  auto read = fd->veventq_read(events, 31).value;  // the mark does not fit
  ASSERT_EQ(read.size(), 2U);
  EXPECT_EQ(read[1].header.sequence, 1U);
  std::uint32_t virt_id = 0;
  std::memcpy(&virt_id, read[0].data.data(), sizeof virt_id);
  EXPECT_EQ(virt_id, 0x99U);
  EXPECT_TRUE(fd->events_readable(events).value);
  read = fd->veventq_read(events, 100).value;
  ASSERT_EQ(read.size(), 1U);
  EXPECT_EQ(read[0].header.flags, kVeventLost);
  EXPECT_EQ(read[0].header.sequence, 4U);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(fd->mock_vevent(device), 0);  // 5, 6, and 7 is lost
  EXPECT_EQ(fd->veventq_read(events, 12).value[0].header.sequence, 5U);
  EXPECT_EQ(fd->mock_vevent(device), 0);  // takes the mark away
  read = fd->veventq_read(events, 100).value;
  ASSERT_EQ(read.size(), 2U);
  EXPECT_EQ(read[0].header.sequence, 6U);
  EXPECT_EQ(read[1].header.sequence, 8U);
  EXPECT_EQ(fd->device_detach(device, kNoPasid), 0);
  EXPECT_EQ(fd->mock_vevent(device), ENOENT);
}

TEST_F(ViommuTest, HardwareQueueErrorsInOrder) {
  const ObjectId viommu = alloc().value.id;
  EXPECT_EQ(fd->hw_queue_alloc({99, 0, 0, 0, 0, 0}).error, EOPNOTSUPP);
  EXPECT_EQ(fd->hw_queue_alloc({99, 1, 0, kMax, 0, 0}).error, EINVAL);
  EXPECT_EQ(fd->hw_queue_alloc({99, 1, 0, kMax, 2, 0}).error, EOVERFLOW);
  EXPECT_EQ(fd->hw_queue_alloc({99, 1, 0, 0, 1, 0}).error, ENOENT);
  EXPECT_EQ(fd->hw_queue_alloc({viommu, 1, 0, 0, 1, 0}).error, EOPNOTSUPP);
  EXPECT_EQ(queue(viommu, 9, 0, kMax - 100).error, ERANGE);
  EXPECT_EQ(queue(viommu, 9, 0, std::uint64_t{1} << 40).error, ENOMEM);
  EXPECT_EQ(fd->ioas_map(space, kMemory, 2048, kIova, kRead), 0);
  EXPECT_EQ(queue(viommu, 9, kIova + 0x10000, 1).error, EADDRINUSE);
  EXPECT_EQ(fd->ioas_unmap(space, kIova, 2048).error, 0);
  EXPECT_EQ(queue(viommu, 9, kIova, 1).error, ENOENT);
  EXPECT_EQ(map(space, 0, 1, kIova, kWrite), 0);
  EXPECT_EQ(queue(viommu, 9, kIova, 1).error, EPERM);
  EXPECT_EQ(map(space, 0, 1, kIova + 0x1000), 0);
  EXPECT_EQ(map(space, 2, 1, kIova + 0x2000), 0);
  EXPECT_EQ(queue(viommu, 9, kIova + 0x1000, 0x1001).error, EFAULT);  // frames apart
  EXPECT_EQ(queue(viommu, 9, kIova + 0x1000, 1).error, EINVAL);
  EXPECT_EQ(queue(viommu, 1, kIova + 0x1000, 1).error, EIO);
  EXPECT_EQ(fd->ioas_iova_ranges(space, {}).value.alignment, 2048U);
  EXPECT_EQ(fd->ioas_unmap(space, 0, kMax).value, 0x3000U);
  EXPECT_EQ(fd->destroy(viommu), 0);
}

TEST_F(ViommuTest, HardwareQueuesKeepTheirMemory) {
  const ObjectId viommu = alloc().value.id;
  const ObjectId user = fd->access_create(space, true).value;
  EXPECT_EQ(map(space, 0, 4, kIova), 0);
  EXPECT_EQ(map(space, 8, 1, kIova - 0), EEXIST);
  EXPECT_EQ(map(space, 8, 1, kIova + 0x4000), 0);
  const ObjectId first = queue(viommu, 0, kIova + 0x4800, 0x100).value;
  const ObjectId second = queue(viommu, 1, kIova + 0x4000, 0x1000).value;
  EXPECT_EQ(second, first + 2);
  EXPECT_EQ(fd->destroy(first + 1), EBUSY);  // the hidden access
  EXPECT_EQ(fd->access_destroy(first + 1), EBADF);
  EXPECT_EQ(fd->access_pin(first + 1, kIova, 1, false).error, EBADFD);
  EXPECT_EQ(pins(8), 1U);
  EXPECT_EQ(queue(viommu, 1, kIova + 0x4000, 1).error, EEXIST);
  EXPECT_EQ(fd->ioas_unmap(space, kIova + 0x4000, 0x800).error, EBUSY);  // before it says that it is not all inside
  EXPECT_EQ(fd->ioas_unmap(space, kIova, 0x5000).error, EBUSY);
  EXPECT_EQ(pins(0), 0U);  // the lower area is gone
  EXPECT_EQ(fd->access_destroy(user), 0);
  EXPECT_EQ(fd->ioas_iova_ranges(space, {}).value.alignment, kPageSize);
  EXPECT_EQ(fd->destroy(viommu), EBUSY);
  EXPECT_EQ(fd->destroy(first), EBUSY);  // the second needs it
  EXPECT_EQ(fd->destroy(second), 0);
  EXPECT_EQ(fd->ioas_unmap(space, kIova + 0x4000, 0x1000).error, EBUSY);
  EXPECT_EQ(fd->destroy(first), 0);
  EXPECT_EQ(fd->ioas_iova_ranges(space, {}).value.alignment, 2048U);
  EXPECT_EQ(fd->ioas_unmap(space, kIova + 0x4000, 0x1000).error, 0);
  EXPECT_EQ(fd->destroy(viommu), 0);
}

TEST_F(ViommuTest, TearsDownWithEverythingAlive) {
  const ObjectId viommu = alloc(data()).value.id;
  ASSERT_TRUE(place(viommu, 3).ok());
  EXPECT_EQ(map(space, 0, 4, kIova), 0);
  ASSERT_TRUE(queue(viommu, 0, kIova, 0x1000).ok());
  ASSERT_TRUE(queue(viommu, 1, kIova, 0x1000).ok());
  ASSERT_TRUE(fd->veventq_alloc({viommu, kMockVeventqType, 9, 0}).ok());
  const ObjectId faults = fd->fault_alloc().value;
  const ObjectId nested = fd->hwpt_alloc({device, viommu, kHwptFaultIdValid, faults, nested_data()}).value;
  ASSERT_TRUE(fd->device_attach(device, kNoPasid, nested).ok());
  EXPECT_EQ(fd->mock_vevent(device), 0);
  EXPECT_EQ(fd->device_fault(device, PageFault{}), 0);
  EXPECT_TRUE(fd->mmap({kPageSize, 2 * kPageSize, true, false}).ok());
}

TEST_F(ViommuTest, MappingsKeepTheirOwner) {
  const ViommuAnswer made = alloc(data()).value;
  EXPECT_EQ(made.out_data, 0xabcdU);
  EXPECT_EQ(made.mmap_offset, kPageSize);
  EXPECT_EQ(made.mmap_length, 2 * kPageSize);
  const ViommuAnswer next = alloc(data(8)).value;
  EXPECT_EQ(next.mmap_offset, 3 * kPageSize);
  EXPECT_EQ(alloc().value.mmap_length, 0U);

  EXPECT_EQ(fd->mmap({1, 1, false, true}).error, EINVAL);
  EXPECT_EQ(fd->mmap({kPageSize, 0, true, false}).error, EINVAL);
  EXPECT_EQ(fd->mmap({kPageSize, 1, false, true}).error, EINVAL);
  EXPECT_EQ(fd->mmap({kPageSize, 1, true, true}).error, EPERM);
  EXPECT_EQ(fd->mmap({kPageSize, kPageSize, true, false}).error, ENXIO);
  EXPECT_EQ(fd->mmap({2 * kPageSize, 2 * kPageSize, true, false}).error, ENXIO);
  EXPECT_EQ(fd->mmap({kPageSize, 2 * kPageSize + 1, true, false}).error, ENXIO);
  const MappingId mapping = fd->mmap({kPageSize, 2 * kPageSize - 1, true, false}).value;
  std::uint32_t word = 0;
  std::memcpy(&word, fd->mapping_memory(mapping).data(), sizeof word);
  EXPECT_EQ(word, 0xabcdU);
  EXPECT_EQ(fd->destroy(made.id), EBUSY);
  EXPECT_EQ(fd->mapping_split(mapping, 2).error, EINVAL);
  const MappingId upper = fd->mapping_split(mapping, 1).value;
  const MappingId child = fd->mapping_fork(upper).value;
  EXPECT_EQ(fd->mapping_split(upper, 1).error, EINVAL);
  EXPECT_EQ(fd->munmap(mapping), 0);
  EXPECT_EQ(fd->munmap(mapping), ENOENT);
  EXPECT_EQ(fd->munmap(upper), 0);
  EXPECT_EQ(fd->destroy(made.id), EBUSY);
  EXPECT_EQ(fd->munmap(child), 0);
  EXPECT_EQ(fd->destroy(made.id), 0);
  EXPECT_EQ(fd->mmap({kPageSize, 2 * kPageSize, true, false}).error, ENXIO);
  EXPECT_EQ(alloc(data()).value.mmap_offset, kPageSize);
}

}  // namespace
}  // namespace hw_reference
