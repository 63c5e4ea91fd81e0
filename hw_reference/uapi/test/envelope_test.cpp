// SPDX-License-Identifier: Apache-2.0
// What all ioctls have in common: the order of its checks, and answers that do not arrive.
#include <array>
#include <vector>

#include "hw_reference/uapi/test/client.hpp"

namespace hw_reference::uapi {
namespace {

struct Envelope : Client {
  long raw(unsigned command, std::uint64_t argument) { return door.ioctl(fd, command, argument); }
};

TEST_F(Envelope, ABadPointerComesBeforeABadNumber) {
  EXPECT_EQ(raw(command(0x9f), kNowhere), -EFAULT);
  EXPECT_EQ(raw(_IO('x', 0x80), kNowhere), -EFAULT);
  std::uint32_t size = 8;
  EXPECT_EQ(raw(command(0x9f), address(&size)), -ENOTTY);
  EXPECT_EQ(raw(_IO('x', 0x80), address(&size)), -ENOTTY);
  EXPECT_EQ(raw(_IOWR(';', 0x81, int), address(&size)), -ENOTTY);
  // Below and above the numbers of iommufd nothing is read.
  EXPECT_EQ(raw(command(0x10), kNowhere), -ENOTTY);
  EXPECT_EQ(raw(command(0xa1), kNowhere), -ENOTTY);
}

TEST_F(Envelope, WithoutATestDriverItsNumbersAreNone) {
  FrontDoor plain(/*test_driver=*/false);
  const int other = plain.open(O_RDONLY);
  EXPECT_EQ(plain.ioctl(other, kTest, kNowhere), -ENOTTY);
  EXPECT_EQ(plain.ioctl(other, command(0x96), kNowhere), -ENOTTY);
  EXPECT_EQ(plain.ioctl(other, command(0x95), kNowhere), -EFAULT);
  IoasAllocCommand c{12, 0, 0};
  EXPECT_EQ(plain.ioctl(other, kIoasAlloc, address(&c)), 0);  // also through a file that was opened for reading
}

TEST_F(Envelope, ShorterIsFilledWithZerosDownToTheFirstVersion) {
  const auto dev = device(ioas());
  HwptAllocCommand c{};
  c.size = 24;
  c.dev_id = dev.idev;
  c.pt_id = ioas();
  std::memset(&c.data_type, 0xff, sizeof c - offsetof(HwptAllocCommand, data_type));
  EXPECT_EQ(raw(kHwptAlloc, address(&c)), 0);
  EXPECT_NE(c.out_hwpt_id, 0U);
  c.size = 23;
  EXPECT_EQ(raw(kHwptAlloc, address(&c)), -EINVAL);
  const std::array<std::array<unsigned, 3>, 5> least = {
      {{kHwptAlloc, 24, 48}, {kGetHwInfo, 32, 40}, {kViommuAlloc, 24, 40}, {kVeventqAlloc, 28, 32}, {kTest, 68, 72}}};
  for (const auto& [number, first, whole] : least) {
    std::array<std::uint32_t, 32> words{};
    for (words[0] = 0; words[0] <= whole + 4; ++words[0]) {
      const bool too_short = words[0] < first;
      // An answer that is not EINVAL: of the call itself, which is given nothing but zeros.
      if (!too_short && number != kHwptAlloc) {
        EXPECT_NE(raw(number, address(words.data())), -ENOTTY);
        continue;
      }
      if (too_short) {
        EXPECT_EQ(raw(number, address(words.data())), -EINVAL) << number << " " << words[0];
      }
    }
  }
}

TEST_F(Envelope, TheTailMustBeZeroAndIsLookedAtFirst) {
  IoasAllocCommand* const c = reinterpret_cast<IoasAllocCommand*>(memory.edge() - sizeof(IoasAllocCommand) - 8);
  std::memset(reinterpret_cast<void*>(c), 0, sizeof *c + 8);
  c->size = sizeof *c + 8;
  EXPECT_EQ(raw(kIoasAlloc, address(c)), 0);
  reinterpret_cast<std::uint32_t*>(c)[4] = 1;
  c->flags = 1;
  EXPECT_EQ(raw(kIoasAlloc, address(c)), -E2BIG);
  reinterpret_cast<std::uint32_t*>(c)[4] = 0;
  EXPECT_EQ(raw(kIoasAlloc, address(c)), -EOPNOTSUPP);
  c->size += 1;  // one byte beyond the memory
  EXPECT_EQ(raw(kIoasAlloc, address(c)), -EFAULT);
  reinterpret_cast<std::uint32_t*>(c)[4] = 1;
  EXPECT_EQ(raw(kIoasAlloc, address(c)), -E2BIG);  // the byte comes before the hole
  c->size = 0xffff'ffff;
  reinterpret_cast<std::uint32_t*>(c)[4] = 0;
  EXPECT_EQ(raw(kIoasAlloc, address(c)), -EFAULT);
}

TEST_F(Envelope, AStructThatEndsEarlyFaults) {
  auto* const size = reinterpret_cast<std::uint32_t*>(memory.edge() - 8);
  *size = 12;
  EXPECT_EQ(raw(kIoasAlloc, address(size)), -EFAULT);
  EXPECT_EQ(raw(kIoasAlloc, memory.edge() - 2), -EFAULT);
}

TEST_F(Envelope, OnlyFilesOfTheDeviceKnowIoctls) {
  IoasAllocCommand c{12, 0, 0};
  const int other = access(ioas());
  EXPECT_EQ(door.ioctl(other, kIoasAlloc, address(&c)), -ENOTTY);
  EXPECT_EQ(door.ioctl(0, kIoasAlloc, address(&c)), -EBADF);
  EXPECT_EQ(door.ioctl(-1, kIoasAlloc, address(&c)), -EBADF);
  EXPECT_EQ(door.close(other), 0);
  EXPECT_EQ(door.close(other), -EBADF);
}

// Calls whose structure lies in a page that can be read but not written.
struct ReadOnly : Client {
  const std::uint32_t space = ioas();
  const Device dev = device(space);

  template <class Struct>
  int request_read_only(unsigned number, Struct c) {
    c.size = sizeof c;
    std::memcpy(memory.bytes() + 15 * kPageSize, &c, sizeof c);
    memory.protect(15, PROT_READ);
    const long result = door.ioctl(fd, number, memory.at(15));
    memory.protect(15, PROT_READ | PROT_WRITE);
    return static_cast<int>(-result);
  }
  // A call that is undone leaves all as it was, its ids too.
  template <class Struct>
  void expect_undone(unsigned number, const Struct& c) {
    const std::string before = door.iommufd(fd)->dump();
    EXPECT_EQ(request_read_only(number, c), EFAULT);
    EXPECT_EQ(door.iommufd(fd)->dump(), before);
  }
  TestCommand test_of(TestOp op, std::uint32_t id) {
    TestCommand c{};
    c.op = op;
    c.id = id;
    return c;
  }
};

TEST_F(ReadOnly, WhatMakesObjectsIsUndone) {
  MockViommuData data{1, 0, 0, 0};
  const VirtualIommu virt = viommu(dev.idev, space);
  EXPECT_EQ(map(space, 0, 4, kIova), 0);
  expect_undone(kIoasAlloc, IoasAllocCommand{});
  expect_undone(kFaultQueueAlloc, FaultQueueAllocCommand{});
  expect_undone(kHwptAlloc, HwptAllocCommand{0, kHwptDirtyTracking, dev.idev, space, 0, 0, 0, 0, 0, 0, 0});
  expect_undone(kViommuAlloc,
                ViommuAllocCommand{0, 0, kMockViommuType, dev.idev, virt.parent, 0, sizeof data, 0, address(&data)});
  expect_undone(kVdeviceAlloc, VdeviceAllocCommand{0, virt.id, dev.idev, 0, 5});
  expect_undone(kVeventqAlloc, VeventqAllocCommand{0, 0, virt.id, kMockVeventqType, 2, 0, 0, 0});
  expect_undone(kHwQueueAlloc, HwQueueAllocCommand{0, 0, virt.id, kMockHwQueueType, 0, 0, kIova, 0x1000});
  expect_undone(kTest, test_of(TestOp::mock_domain, space));
  expect_undone(kTest, test_of(TestOp::create_access, space));
  const int user = access(space);
  TestCommand pins = test_of(TestOp::access_pages, static_cast<std::uint32_t>(user));
  pins.access_pages = {0, 0, kIova, 0x1000, 0};
  expect_undone(kTest, pins);
  door.close(user);
}

TEST_F(ReadOnly, WhatMapsStays) {
  EXPECT_EQ(request_read_only(kIoasMap, IoasMapCommand{0, kFixed, space, 0, memory.at(0), kPageSize, kIova}), EFAULT);
  EXPECT_EQ(map(space, 0, 1, kIova), EEXIST);
  EXPECT_EQ(request_read_only(kIoasCopy, IoasCopyCommand{0, kFixed, space, space, kPageSize, kIova + kPageSize, kIova}),
            EFAULT);
  EXPECT_EQ(map(space, 0, 1, kIova + kPageSize), EEXIST);
  EXPECT_EQ(request_read_only(kIoasUnmap, IoasUnmapCommand{0, space, kIova, 2 * kPageSize}), EFAULT);
  EXPECT_EQ(unmap(space, kIova, 2 * kPageSize), ENOENT);
  EXPECT_EQ(request_read_only(kOption, OptionCommand{0, kOptionHugePages, 0, 0, space, 0}), EFAULT);
  OptionCommand get{0, kOptionHugePages, 1, 0, space, 9};
  EXPECT_EQ(request(kOption, get), 0);
  EXPECT_EQ(get.val64, 0U);
}

TEST_F(ReadOnly, WhatAnswersNothingSucceeds) {
  EXPECT_EQ(request_read_only(kVfioIoas, VfioIoasCommand{0, space, kVfioIoasSet, 0}), 0);
  EXPECT_EQ(request_read_only(kVfioIoas, VfioIoasCommand{0, 0, kVfioIoasGet, 0}), EFAULT);
  EXPECT_EQ(request_read_only(kVfioIoas, VfioIoasCommand{0, 0, kVfioIoasClear, 0}), 0);
  EXPECT_EQ(request_read_only(kIoasAllowIovas, IoasAllowIovasCommand{0, space, 0, 0, 0}), 0);
  EXPECT_EQ(request_read_only(kDestroy, DestroyCommand{0, ioas()}), 0);
  EXPECT_EQ(request_read_only(kHwptInvalidate, HwptInvalidateCommand{0, 99, 0, 0, 0, 0, 0}), EFAULT);
}

}  // namespace
}  // namespace hw_reference::uapi
