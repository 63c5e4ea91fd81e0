// SPDX-License-Identifier: Apache-2.0
// Descriptors and mappings: what lives how long, and what reading and writing do.
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <climits>

#include "hw_reference/uapi/test/client.hpp"

namespace hw_reference::uapi {
namespace {

struct Files : Client {
  const std::uint32_t space = ioas();

  FaultQueueAllocCommand queue() {
    FaultQueueAllocCommand c{};
    EXPECT_EQ(request(kFaultQueueAlloc, c), 0);
    return c;
  }
  int fault(std::uint32_t idev, std::uint64_t where) {
    TestCommand c{};
    c.trigger_iopf = {idev, 0, 3, 1, where};
    return test(TestOp::trigger_iopf, 0, c);
  }
};

TEST_F(Files, DescriptorsAreThoseOfTheProcess) {
  EXPECT_TRUE(door.owns(fd));
  EXPECT_GE(fcntl(fd, F_GETFD), 0);
  EXPECT_NE(fcntl(fd, F_GETFD) & FD_CLOEXEC, 0);
  const int copy = door.dup(fd);
  EXPECT_NE(copy, fd);
  EXPECT_EQ(door.close(fd), 0);
  EXPECT_EQ(fcntl(fd, F_GETFD), -1);
  fd = copy;
  EXPECT_EQ(destroy(space), 0);
  EXPECT_EQ(door.dup(INT_MAX), -EBADF);
}

TEST_F(Files, WhatHoldsTheFileKeepsItsPins) {
  device(space);
  EXPECT_EQ(map(space, 0, 2, kIova), 0);
  const int user = access(space);
  const FaultQueueAllocCommand faults = queue();
  EXPECT_EQ(door.close(fd), 0);
  EXPECT_EQ(door.memory().pins(memory.at(0)), 1U);
  EXPECT_EQ(door.close(user), 0);
  EXPECT_EQ(door.memory().pins(memory.at(0)), 1U);
  EXPECT_EQ(door.close(static_cast<int>(faults.out_fault_fd)), 0);
  EXPECT_EQ(door.memory().pins(memory.at(0)), 0U);
  fd = -1;
}

TEST_F(Files, AnAccessOfOneFileIsReachedThroughAnother) {
  EXPECT_EQ(map(space, 0, 1, kIova), 0);
  const int user = access(space);
  const int first = fd;
  fd = door.open(O_RDWR);
  TestCommand c{};
  c.access_pages = {0, 0, kIova, kPageSize, memory.at(0)};
  EXPECT_EQ(test(TestOp::access_pages, static_cast<std::uint32_t>(user), c), 0);
  EXPECT_EQ(check_refs(0, 1, 1), 0);
  EXPECT_EQ(test(TestOp::access_pages, static_cast<std::uint32_t>(fd), c), EBADFD);
  door.close(first);
  door.close(user);
}

TEST_F(Files, PinsOfAnAccessAreNumberedForGood) {
  EXPECT_EQ(map(space, 0, 4, kIova), 0);
  const auto user = static_cast<std::uint32_t>(access(space));
  const auto pin = [&](std::uint64_t page, std::uint32_t expected) {
    TestCommand c{};
    c.access_pages = {0, 0, kIova + page * kPageSize, kPageSize, memory.at(page)};
    EXPECT_EQ(test(TestOp::access_pages, user, c), 0);
    EXPECT_EQ(c.access_pages.out_access_pages_id, expected);
  };
  const auto unpin = [&](std::uint32_t number) {
    TestCommand c{};
    c.destroy_access_pages.access_pages_id = number;
    return test(TestOp::destroy_access_pages, user, c);
  };
  pin(0, 0);
  pin(1, 1);
  EXPECT_EQ(unpin(0), 0);
  EXPECT_EQ(unpin(0), ENOENT);
  EXPECT_EQ(unmap(space, kIova, 4 * kPageSize), 0);  // takes the other one with it
  EXPECT_EQ(map(space, 0, 4, kIova), 0);
  pin(2, 2);
  EXPECT_EQ(unpin(1), ENOENT);
  EXPECT_EQ(check_refs(2, 1, 1), 0);
  EXPECT_EQ(unpin(2), 0);
  TestCommand wrong{};
  wrong.access_pages = {0, 0, kIova, 2 * kPageSize, memory.at(1)};
  EXPECT_EQ(test(TestOp::access_pages, user, wrong), EBADE);
  wrong.access_pages = {0, 0, kIova, kPageSize, kNowhere};
  EXPECT_EQ(test(TestOp::access_pages, user, wrong), EFAULT);
  EXPECT_EQ(check_refs(0, 4, 0), 0);
  door.close(static_cast<int>(user));
}

TEST_F(Files, AFaultThatCannotBeDeliveredStays) {
  const FaultQueueAllocCommand faults = queue();
  const auto out = static_cast<int>(faults.out_fault_fd);
  const Device dev = device(space);
  HwptAllocCommand table{};
  table.dev_id = dev.idev;
  table.pt_id = space;
  table.flags = kHwptFaultIdValid;
  table.fault_id = faults.out_fault_id;
  ASSERT_EQ(request(kHwptAlloc, table), 0);
  TestCommand c{};
  c.mock_domain_replace.pt_id = table.out_hwpt_id;
  ASSERT_EQ(test(TestOp::mock_domain_replace, dev.stdev, c), 0);

  std::array<PageFault, 2> got{};
  EXPECT_EQ(door.poll(out), POLLOUT);
  EXPECT_EQ(door.read(out, address(&got), sizeof got), 0);
  EXPECT_EQ(fault(dev.idev, 0x5000), 0);
  EXPECT_EQ(fault(dev.idev, 0x6000), 0);
  EXPECT_EQ(door.poll(out), POLLOUT | POLLIN | POLLRDNORM);
  EXPECT_EQ(door.read(out, kNowhere, sizeof got), -EFAULT);
  EXPECT_EQ(door.read(out, address(&got), 41), -ESPIPE);
  EXPECT_EQ(door.read(out, address(&got), 0), -EINVAL);
  // The second one does not fit before the end of memory.
  EXPECT_EQ(door.read(out, memory.edge() - sizeof(PageFault), sizeof got), static_cast<long>(sizeof(PageFault)));
  EXPECT_EQ(door.read(out, address(&got), sizeof got), static_cast<long>(sizeof(PageFault)));
  EXPECT_EQ(got[0].addr, 0x6000U);
  EXPECT_EQ(got[0].cookie, 2U);
  EXPECT_EQ(got[0].dev_id, dev.idev);

  std::array<PageResponse, 3> answers = {{{1, 0}, {2, 1}, {3, 0}}};
  EXPECT_EQ(door.write(out, kNowhere, 8), -EFAULT);
  EXPECT_EQ(door.write(out, address(&answers), 9), -ESPIPE);
  EXPECT_EQ(door.write(out, address(&answers), sizeof answers), 16);
  EXPECT_EQ(door.write(out, address(&answers), sizeof answers), -EINVAL);
  EXPECT_EQ(destroy(faults.out_fault_id), EBUSY);
  EXPECT_EQ(door.close(out), 0);
}

TEST_F(Files, EventsAreReadAsTheyFit) {
  const Device dev = device(space);
  const VirtualIommu virt = viommu(dev.idev, space);
  VdeviceAllocCommand place{0, virt.id, dev.idev, 0, 0x99};
  ASSERT_EQ(request(kVdeviceAlloc, place), 0);
  VeventqAllocCommand events{0, 0, virt.id, kMockVeventqType, 1, 0, 0, 0};
  ASSERT_EQ(request(kVeventqAlloc, events), 0);
  const auto out = static_cast<int>(events.out_veventq_fd);
  MockHwptData config{1, 0};
  HwptAllocCommand nested{0, 0, dev.idev, virt.id, 0, 0, kMockHwptType, sizeof config, address(&config), 0, 0};
  ASSERT_EQ(request(kHwptAlloc, nested), 0);
  TestCommand c{};
  c.mock_domain_replace.pt_id = nested.out_hwpt_id;
  ASSERT_EQ(test(TestOp::mock_domain_replace, dev.stdev, c), 0);
  c.trigger_vevent.dev_id = dev.idev;
  std::array<std::uint32_t, 8> got{};
  EXPECT_EQ(door.read(out, address(&got), 7), -EINVAL);
  EXPECT_EQ(door.read(out, address(&got), 8), 0);
  EXPECT_EQ(door.poll(out), 0);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(test(TestOp::trigger_vevent, 0, c), 0);
  EXPECT_EQ(door.poll(out), POLLIN | POLLRDNORM);
  EXPECT_EQ(door.read(out, address(&got), 8), -EINVAL);
  EXPECT_EQ(door.read(out, kNowhere, 64), -EFAULT);
  EXPECT_EQ(door.read(out, memory.edge() - 8, 64), -EFAULT);
  EXPECT_EQ(door.read(out, address(&got), sizeof got), 20);
  EXPECT_EQ((std::array{got[0], got[1], got[2], got[3], got[4]}), (std::array{0U, 0U, 0x99U, kVeventLost, 2U}));
  EXPECT_EQ(door.write(out, address(&got), 8), -EINVAL);
  EXPECT_EQ(destroy(events.out_veventq_id), EBUSY);
  EXPECT_EQ(door.close(out), 0);
  EXPECT_EQ(destroy(events.out_veventq_id), 0);
}

TEST_F(Files, TheDeviceItselfIsNotRead) {
  std::uint64_t word = 0;
  EXPECT_EQ(door.read(fd, address(&word), 8), -EINVAL);
  EXPECT_EQ(door.write(fd, address(&word), 8), -EINVAL);
  EXPECT_EQ(door.read(INT_MAX, address(&word), 8), -EBADF);
  EXPECT_EQ(door.poll(INT_MAX), -EBADF);
}

struct Registers : Files {
  const Device dev = device(space);
  const VirtualIommu virt = viommu(dev.idev, space);

  std::int64_t map_registers(std::uint64_t offset, std::uint64_t length, int flags = MAP_SHARED,
                             int protection = PROT_READ | PROT_WRITE) {
    return door.mmap(0, length, protection, flags, fd, static_cast<off_t>(offset));
  }
};

TEST_F(Registers, EachMappingHasItsAddressAndAllHaveTheSamePages) {
  const std::int64_t first = map_registers(virt.offset, virt.length);
  const std::int64_t second = map_registers(virt.offset, virt.length - 1, MAP_SHARED, PROT_READ);
  ASSERT_GT(first, 0);
  ASSERT_GT(second, 0);
  EXPECT_NE(first, second);
  auto* const a = reinterpret_cast<volatile std::uint32_t*>(first);
  auto* const b = reinterpret_cast<volatile std::uint32_t*>(second);
  EXPECT_EQ(*b, 7U);  // what the user passed as data
  a[1] = 0x1234;
  EXPECT_EQ(b[1], 0x1234U);
  std::byte none{};
  EXPECT_EQ(OwnMemory::write(static_cast<std::uint64_t>(second), {&none, 1}), EFAULT);
  EXPECT_EQ(destroy(virt.id), EBUSY);
  EXPECT_EQ(door.munmap(static_cast<std::uint64_t>(first), virt.length), 0);
  EXPECT_EQ(destroy(virt.id), EBUSY);
  EXPECT_EQ(door.munmap(static_cast<std::uint64_t>(second), virt.length), 0);
  EXPECT_FALSE(OwnMemory::present(static_cast<std::uint64_t>(second) >> kPageShift, 1, false));
  EXPECT_EQ(destroy(virt.id), 0);
}

TEST_F(Registers, RefusedAsLinuxDoes) {
  EXPECT_EQ(map_registers(virt.offset + 1, virt.length), -EINVAL);
  EXPECT_EQ(map_registers(virt.offset, 0), -EINVAL);
  EXPECT_EQ(map_registers(virt.offset, virt.length, MAP_PRIVATE), -EINVAL);
  EXPECT_EQ(map_registers(virt.offset, virt.length, MAP_SHARED, PROT_READ | PROT_EXEC), -EPERM);
  EXPECT_EQ(map_registers(virt.offset + kPageSize, virt.length), -ENXIO);
  EXPECT_EQ(map_registers(virt.offset, kPageSize), -ENXIO);
  EXPECT_EQ(map_registers(std::uint64_t{1} << 40, virt.length), -ENXIO);
  const int user = access(space);
  EXPECT_EQ(door.mmap(0, virt.length, PROT_READ, MAP_SHARED, user, 0), -ENODEV);
  EXPECT_EQ(door.mmap(0, virt.length, PROT_READ, MAP_SHARED, INT_MAX, 0), -EBADF);
  door.close(user);
  const int reading = door.open(O_RDONLY);
  EXPECT_EQ(door.mmap(0, kPageSize, PROT_READ | PROT_WRITE, MAP_SHARED, reading, 0), -EACCES);
  EXPECT_EQ(door.mmap(0, kPageSize, PROT_READ, MAP_SHARED, reading, 0), -EINVAL);
  door.close(reading);
}

TEST_F(Registers, PartsAndChildrenKeepTheOwnerBusy) {
  const auto first = static_cast<std::uint64_t>(map_registers(virt.offset, virt.length));
  const int child = door.fork(first);
  ASSERT_GT(child, 0);
  EXPECT_EQ(door.fork(first + kPageSize), -ENOENT);
  EXPECT_EQ(door.munmap(first, kPageSize), 0);  // the lower half
  EXPECT_EQ(destroy(virt.id), EBUSY);
  EXPECT_EQ(door.munmap(first + kPageSize, kPageSize), 0);
  EXPECT_EQ(destroy(virt.id), EBUSY);
  EXPECT_EQ(door.exit(child), 0);
  EXPECT_EQ(door.exit(child), -ENOENT);
  EXPECT_EQ(destroy(virt.id), 0);
}

TEST_F(Registers, APartMayBeProtectedOtherwise) {
  const auto first = static_cast<std::uint64_t>(map_registers(virt.offset, virt.length));
  EXPECT_EQ(door.mprotect(first, kPageSize, PROT_READ), 0);
  EXPECT_FALSE(OwnMemory::present(first >> kPageShift, 1, true));
  EXPECT_TRUE(OwnMemory::present((first >> kPageShift) + 1, 1, true));
  // Now there are two, each of which can be inherited alone and keeps the owner busy.
  const int child = door.fork(first + kPageSize);
  ASSERT_GT(child, 0);
  EXPECT_EQ(door.exit(child), 0);
  EXPECT_EQ(door.mprotect(first + 1, kPageSize, PROT_READ), -EINVAL);
  EXPECT_EQ(door.mprotect(first, ~std::uint64_t{0}, PROT_READ), -ENOMEM);
  EXPECT_EQ(door.munmap(first, kPageSize), 0);
  EXPECT_EQ(destroy(virt.id), EBUSY);
  EXPECT_EQ(door.munmap(first + kPageSize, kPageSize), 0);
  EXPECT_EQ(destroy(virt.id), 0);
}

TEST_F(Registers, AFixedAddressReplacesWhatWasThere) {
  const auto first = static_cast<std::uint64_t>(map_registers(virt.offset, virt.length));
  EXPECT_EQ(door.mmap(first, virt.length, PROT_READ, MAP_SHARED | MAP_FIXED, fd, static_cast<off_t>(virt.offset)),
            static_cast<std::int64_t>(first));
  EXPECT_EQ(door.munmap(first, virt.length), 0);
  EXPECT_EQ(destroy(virt.id), 0);
  EXPECT_EQ(door.munmap(first + 1, virt.length), -EINVAL);
  EXPECT_EQ(door.munmap(first, 0), -EINVAL);
  EXPECT_EQ(door.munmap(~std::uint64_t{0} - (kPageSize - 1), 2 * kPageSize), -EINVAL);
}

TEST_F(Registers, AMappingKeepsTheFile) {
  const auto first = static_cast<std::uint64_t>(map_registers(virt.offset, virt.length));
  EXPECT_EQ(map(space, 0, 1, kIova), 0);
  door.close(fd);
  fd = -1;
  EXPECT_EQ(door.memory().pins(memory.at(0)), 1U);
  EXPECT_EQ(door.munmap(first, virt.length), 0);
  EXPECT_EQ(door.memory().pins(memory.at(0)), 0U);
}

}  // namespace
}  // namespace hw_reference::uapi
