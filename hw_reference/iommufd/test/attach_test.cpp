// SPDX-License-Identifier: Apache-2.0
// Attaching, replacing and detaching; PASIDs, groups, page requests.
#include <array>

#include "hw_reference/iommufd/test/world.hpp"

namespace hw_reference {
namespace {

struct Attach : World {
  ObjectId space = ioas();
  ObjectId other = ioas();
  ObjectId device = fd->device_bind(MockDeviceTraits{true, true, {}, 0}).value;

  ObjectId table(ObjectId of, std::uint32_t flags = 0, ObjectId fault = 0) {
    return fd->hwpt_alloc({device, of, flags, fault, {}}).value;
  }
  Result<ObjectId> attach(ObjectId pt, Pasid pasid = kNoPasid) { return fd->device_attach(device, pasid, pt); }
  Result<ObjectId> replace(ObjectId pt, Pasid pasid = kNoPasid) { return fd->device_replace(device, pasid, pt); }
};

TEST_F(Attach, ErrorsInOrder) {
  EXPECT_EQ(fd->device_attach(99, 0, 99).error, ENOENT);
  EXPECT_EQ(attach(99).error, ENOENT);
  EXPECT_EQ(attach(device).error, EINVAL);
  EXPECT_EQ(replace(space).error, EINVAL);  // nothing to replace
  const ObjectId hwpt = attach(space).value;
  EXPECT_EQ(attach(space).error, EBUSY);
  EXPECT_EQ(attach(hwpt).error, EBUSY);
  EXPECT_EQ(replace(99).error, ENOENT);
  EXPECT_EQ(replace(hwpt).value, hwpt);
  EXPECT_EQ(replace(space).value, hwpt);
  EXPECT_EQ(fd->device_detach(99, 0), ENOENT);
  EXPECT_EQ(fd->device_detach(device, 7), 0);
  EXPECT_EQ(fd->destroy(device), EBUSY);
  EXPECT_EQ(fd->device_unbind(device), 0);
  EXPECT_EQ(fd->device_unbind(device), ENOENT);
  EXPECT_EQ(fd->destroy(hwpt), ENOENT);
  EXPECT_EQ(fd->destroy(space), 0);
}

TEST_F(Attach, AutomaticTablesAreShared) {
  const ObjectId manual = table(space);
  const ObjectId hwpt = attach(space).value;
  EXPECT_NE(hwpt, manual);
  const ObjectId second = fd->device_bind().value;
  EXPECT_EQ(fd->device_attach(second, kNoPasid, hwpt).value, hwpt);  // by its own id
  EXPECT_EQ(fd->device_hwpt(second, kNoPasid).value, hwpt);
  EXPECT_EQ(fd->hwpt_alloc({device, hwpt, 0, 0, {kMockHwptType, 4, nullptr}}).error, EINVAL);  // no parent
  EXPECT_EQ(replace(manual).value, manual);
  EXPECT_EQ(fd->destroy(hwpt), EBUSY);
  EXPECT_EQ(fd->device_detach(second, kNoPasid), 0);
  EXPECT_EQ(fd->destroy(hwpt), ENOENT);
  EXPECT_EQ(fd->destroy(manual), EBUSY);
  const ObjectId again = replace(other).value;
  EXPECT_EQ(again, hwpt);  // the lowest free id
  EXPECT_EQ(fd->destroy(manual), 0);
  EXPECT_EQ(fd->destroy(space), 0);
  EXPECT_EQ(fd->destroy(other), EBUSY);
}

TEST_F(Attach, ReplaceMovesPins) {
  EXPECT_EQ(map(space, 0, 2, kIova), 0);
  EXPECT_EQ(map(other, 1, 2, kIova), 0);
  EXPECT_TRUE(attach(space).ok());
  EXPECT_EQ(reach(device, kIova), kMemory);
  EXPECT_EQ(fd->ioas_map(other, 0, kPageSize, kIova + 0x10000, kRead), 0);  // no memory there
  EXPECT_EQ(replace(other).error, EFAULT);
  EXPECT_EQ(reach(device, kIova), kMemory);
  EXPECT_EQ(pins(2), 0U);
  EXPECT_EQ(fd->ioas_unmap(other, kIova + 0x10000, kPageSize).error, 0);
  EXPECT_TRUE(replace(other).ok());
  EXPECT_EQ(reach(device, kIova), kMemory + kPageSize);
  EXPECT_EQ(pins(0), 0U);
  EXPECT_EQ(pins(2), 1U);
}

TEST_F(Attach, RegionsThatTheDeviceCannotTranslate) {
  const ObjectId odd = fd->device_bind(MockDeviceTraits{true, false, {{kIova, kIova + 0xfff}}, 0}).value;
  std::array<IovaRange, 4> found{};
  EXPECT_EQ(map(space, 0, 1, kIova), 0);
  EXPECT_EQ(fd->device_attach(odd, kNoPasid, space).error, EADDRINUSE);
  EXPECT_EQ(fd->ioas_iova_ranges(space, found).value.total, 1U);
  EXPECT_EQ(found[0].last, kMax);
  EXPECT_TRUE(fd->device_attach(odd, kNoPasid, other).ok());
  EXPECT_EQ(map(other, 0, 1, kIova), EINVAL);
  EXPECT_EQ(fd->device_replace(odd, kNoPasid, space).error, EADDRINUSE);
  EXPECT_EQ(map(other, 0, 1, kIova), EINVAL);
  EXPECT_EQ(fd->ioas_unmap(space, 0, kMax).error, 0);
  EXPECT_TRUE(fd->device_replace(odd, kNoPasid, space).ok());
  EXPECT_EQ(map(space, 0, 1, kIova), EINVAL);
  EXPECT_EQ(map(other, 0, 1, kIova), 0);
  EXPECT_EQ(fd->device_detach(odd, kNoPasid), 0);
  EXPECT_EQ(map(space, 0, 1, kIova), 0);
}

TEST_F(Attach, Pasids) {
  const ObjectId plain = table(space);
  const ObjectId with = table(space, kHwptPasid);
  const ObjectId with_too = table(space, kHwptPasid);
  EXPECT_EQ(attach(space, 5).error, EINVAL);
  EXPECT_EQ(attach(plain, 5).error, EINVAL);
  EXPECT_EQ(attach(with, 1U << 20).error, EINVAL);
  EXPECT_EQ(attach(with, 5).value, with);
  EXPECT_EQ(attach(plain).error, EINVAL);  // without, while one is attached
  EXPECT_EQ(attach(space).error, EINVAL);
  EXPECT_EQ(attach(with_too).value, with_too);
  EXPECT_EQ(attach(with_too, 5).error, EBUSY);
  EXPECT_EQ(replace(with_too, 5).value, with_too);
  EXPECT_EQ(replace(plain).error, EINVAL);
  EXPECT_EQ(replace(with, 6).error, EINVAL);
  EXPECT_EQ(fd->destroy(with), 0);
  EXPECT_EQ(fd->destroy(with_too), EBUSY);
  EXPECT_EQ(fd->device_detach(device, 5), 0);
  EXPECT_EQ(fd->device_detach(device, 5), 0);
  EXPECT_EQ(fd->device_hwpt(device, 5).value, 0U);
  EXPECT_EQ(replace(plain).value, plain);
  EXPECT_EQ(attach(with_too, 5).error, EINVAL);  // beside a table without
  const ObjectId simple = fd->device_bind().value;
  EXPECT_EQ(fd->device_attach(simple, 1, with_too).error, EINVAL);
}

TEST_F(Attach, ThePasidWhoseSecondAttachFails) {
  const ObjectId a = table(space, kHwptPasid);
  const ObjectId b = table(space, kHwptPasid);
  EXPECT_TRUE(attach(a, 1024).ok());
  EXPECT_EQ(replace(b, 1024).error, ENOMEM);
  EXPECT_EQ(fd->device_hwpt(device, 1024).value, a);
  EXPECT_EQ(fd->destroy(b), 0);
}

TEST_F(Attach, AGroupIsAttachedAsOne) {
  const ObjectId twin = fd->device_bind(MockDeviceTraits{}, device).value;
  EXPECT_EQ(fd->device_bind(MockDeviceTraits{}, 99).error, ENOENT);
  const ObjectId hwpt = attach(space).value;
  EXPECT_EQ(fd->device_attach(twin, kNoPasid, other).error, EINVAL);
  EXPECT_EQ(fd->device_attach(twin, kNoPasid, space).value, hwpt);
  const ObjectId moved = replace(other).value;
  EXPECT_EQ(fd->device_hwpt(twin, kNoPasid).value, moved);
  EXPECT_EQ(fd->device_detach(device, kNoPasid), 0);
  EXPECT_EQ(replace(space).error, EINVAL);  // the twin is attached, this one is not
  EXPECT_EQ(fd->destroy(moved), EBUSY);
  EXPECT_EQ(fd->device_unbind(twin), 0);
  EXPECT_EQ(fd->destroy(moved), ENOENT);
}

TEST_F(Attach, AsTheTestDriverHasThem) {
  EXPECT_EQ(fd->mock_domain(space, 2).error, EINVAL);
  EXPECT_EQ(fd->mock_domain(99).error, ENOENT);
  const auto made = fd->mock_domain(space).value;
  EXPECT_EQ(made.stdev_id, 4U);
  EXPECT_EQ(made.idev_id, 5U);
  EXPECT_EQ(made.hwpt_id, 6U);
  EXPECT_EQ(fd->mock_device(made.stdev_id), made.idev_id);
  EXPECT_EQ(fd->destroy(made.idev_id), EBUSY);
  EXPECT_EQ(fd->destroy(made.stdev_id), 0);
  EXPECT_EQ(fd->destroy(made.idev_id), ENOENT);
  EXPECT_EQ(fd->destroy(made.hwpt_id), ENOENT);
  const auto lacking = fd->mock_domain(space, 1).value;
  EXPECT_EQ(fd->hwpt_alloc({lacking.idev_id, space, kHwptDirtyTracking, 0, {}}).error, EOPNOTSUPP);
  EXPECT_EQ(fd->device_replace(lacking.idev_id, kNoPasid, table(space, kHwptDirtyTracking)).error, EINVAL);
  EXPECT_EQ(fd->device_hw_info(lacking.idev_id).value.capabilities, 8U);
  EXPECT_EQ(fd->device_hw_info(device).value.capabilities, 9U);
  EXPECT_EQ(fd->device_hw_info(device).value.max_pasid_log2, 20U);
  EXPECT_EQ(fd->device_hw_info(device, 2).error, EOPNOTSUPP);
  EXPECT_EQ(fd->device_hw_info(99, 0).error, ENOENT);
  EXPECT_EQ(fd->device_hw_info(device, 0, 7).value.data.size(), 8U);  // no flag: the type is not looked at
  EXPECT_EQ(fd->device_hw_info(device, 1, 7).error, EOPNOTSUPP);
}

struct Faults : Attach {
  ObjectId queue = fd->fault_alloc().value;
  ObjectId hwpt = table(space, kHwptFaultIdValid | kHwptPasid, queue);

  int fault(std::uint32_t group, Pasid pasid = kNoPasid) {
    PageFault request{};
    request.pasid = pasid;
    request.grpid = group;
    request.addr = kIova;
    return fd->device_fault(device, request);
  }
  int respond(std::uint32_t cookie, std::uint32_t code) {
    const PageResponse response{cookie, code};
    return fd->fault_write(queue, {&response, 1}, sizeof response).error;
  }
};

TEST_F(Faults, AreReadAndAnswered) {
  EXPECT_EQ(fd->fault_alloc(1).error, EOPNOTSUPP);
  EXPECT_EQ(fault(1), 0);  // nobody takes it
  EXPECT_EQ(fd->fault_read(queue, 80).value.size(), 0U);
  EXPECT_EQ(fd->events_readable(queue).value, false);
  EXPECT_TRUE(attach(hwpt).ok());
  EXPECT_EQ(fault(1), 0);
  EXPECT_EQ(fault(2), 0);
  EXPECT_EQ(fault(3, 9), 0);  // with a PASID that is not attached: only a nested table takes it
  EXPECT_EQ(fd->events_readable(queue).value, true);
  EXPECT_EQ(fd->fault_read(queue, 41).error, ESPIPE);
  EXPECT_EQ(fd->fault_read(queue, 0).error, EINVAL);
  auto read = fd->fault_read(queue, 40).value;
  ASSERT_EQ(read.size(), 1U);
  EXPECT_EQ(read[0].grpid, 1U);
  EXPECT_EQ(read[0].cookie, 1U);
  EXPECT_EQ(read[0].dev_id, device);
  EXPECT_EQ(read[0].flags, kFaultLastPage);
  read = fd->fault_read(queue, 400).value;
  ASSERT_EQ(read.size(), 1U);
  EXPECT_EQ(read[0].cookie, 2U);
  EXPECT_EQ(respond(1, 2), EINVAL);
  EXPECT_EQ(respond(3, 0), EINVAL);
  EXPECT_EQ(fd->fault_write(queue, {}, 7).error, ESPIPE);
  EXPECT_EQ(respond(1, 0), 0);
  EXPECT_EQ(respond(1, 0), EINVAL);
  const std::array<PageResponse, 2> two{{{2, 1}, {1, 0}}};
  EXPECT_EQ(fd->fault_write(queue, two, sizeof two).value, 8U);  // stops at the second
  EXPECT_EQ(fd->device_answers(device).value.accepted, 1U);
  EXPECT_EQ(fd->device_answers(device).value.rejected, 1U);
}

TEST_F(Faults, AreRejectedWhenTheAttachmentGoes) {
  EXPECT_TRUE(attach(hwpt).ok());
  EXPECT_TRUE(attach(hwpt, 9).ok());
  EXPECT_EQ(fault(1), 0);
  EXPECT_EQ(fault(2), 0);
  EXPECT_EQ(fault(3, 9), 0);
  EXPECT_EQ(fd->fault_read(queue, 40).value.size(), 1U);
  EXPECT_EQ(fd->device_detach(device, 9), 0);
  EXPECT_EQ(fd->device_answers(device).value.rejected, 1U);
  EXPECT_TRUE(replace(space).ok());
  EXPECT_EQ(fd->device_answers(device).value.rejected, 3U);
  EXPECT_EQ(respond(1, 0), EINVAL);
  EXPECT_EQ(fd->fault_read(queue, 400).value.size(), 0U);
}

TEST_F(Faults, TheFileKeepsTheQueue) {
  EXPECT_EQ(fd->destroy(queue), EBUSY);
  EXPECT_EQ(fd->events_close(queue), 0);
  EXPECT_EQ(fd->events_close(queue), EBADF);
  EXPECT_EQ(fd->fault_read(queue, 0).error, EBADF);
  EXPECT_EQ(fd->destroy(queue), EBUSY);  // the table
  EXPECT_EQ(fd->destroy(hwpt), 0);
  EXPECT_EQ(fd->destroy(queue), 0);
}

}  // namespace
}  // namespace hw_reference
