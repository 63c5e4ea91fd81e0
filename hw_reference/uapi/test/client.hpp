// SPDX-License-Identifier: Apache-2.0
// A client of the front door: pages to map, and short forms of the calls.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>

#include <cerrno>
#include <cstdint>
#include <cstring>

#include "hw_reference/uapi/abi.hpp"
#include "hw_reference/uapi/abi_objects.hpp"
#include "hw_reference/uapi/abi_test.hpp"
#include "hw_reference/uapi/abi_vfio.hpp"
#include "hw_reference/uapi/front_door.hpp"

namespace hw_reference::uapi {

inline std::uint64_t address(const void* pointer) { return reinterpret_cast<std::uintptr_t>(pointer); }

inline constexpr std::uint64_t kIova = 0x100'0000;  // the first byte of the mock aperture
inline constexpr std::uint64_t kNowhere = 0x1000;   // no program has memory there
inline constexpr std::uint32_t kFixed = kMapFixedIova | kMapReadable | kMapWriteable;

// Whole pages of this process, followed by one that nobody may touch.
class Pages {
 public:
  explicit Pages(std::size_t count) : bytes_((count + 1) * kPageSize) {
    memory_ =
        static_cast<std::byte*>(::mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
    mprotect(memory_ + count * kPageSize, kPageSize, PROT_NONE);
  }
  ~Pages() { ::munmap(memory_, bytes_); }
  Pages(const Pages&) = delete;
  Pages& operator=(const Pages&) = delete;

  std::uint64_t at(std::uint64_t page) const { return address(memory_) + page * kPageSize; }
  std::uint64_t edge() const { return at(bytes_ / kPageSize - 1); }
  std::byte* bytes() const { return memory_; }
  void protect(std::uint64_t page, int protection) const {
    mprotect(memory_ + page * kPageSize, kPageSize, protection);
  }

 private:
  const std::size_t bytes_;
  std::byte* memory_;
};

struct Client : testing::Test {
  static constexpr std::uint64_t kPages = 16;

  FrontDoor door;
  Pages memory{kPages};
  int fd = door.open(O_RDWR);

  ~Client() override {
    if (fd >= 0) door.close(fd);
    EXPECT_EQ(door.frames().total_pins(), 0U);
  }

  // 0 or a positive errno.
  template <class Struct>
  int request(unsigned command, Struct& c) {
    c.size = sizeof c;
    return static_cast<int>(-door.ioctl(fd, command, address(&c)));
  }
  int test(TestOp op, std::uint32_t id, TestCommand& c) {
    c.op = op;
    c.id = id;
    return request(kTest, c);
  }

  std::uint32_t ioas() {
    IoasAllocCommand c{};
    EXPECT_EQ(request(kIoasAlloc, c), 0);
    return c.out_ioas_id;
  }
  int map(std::uint32_t space, std::uint64_t page, std::uint64_t count, std::uint64_t iova) {
    IoasMapCommand c{0, kFixed, space, 0, memory.at(page), count * kPageSize, iova};
    return request(kIoasMap, c);
  }
  int unmap(std::uint32_t space, std::uint64_t iova, std::uint64_t length) {
    IoasUnmapCommand c{0, space, iova, length};
    return request(kIoasUnmap, c);
  }
  int destroy(std::uint32_t id) {
    DestroyCommand c{0, id};
    return request(kDestroy, c);
  }
  int attach(std::uint32_t space, TestCommand& c) { return test(TestOp::mock_domain, space, c); }
  // The numbers of a new mock device: {stdev, hwpt, idev}.
  struct Device {
    std::uint32_t stdev, hwpt, idev;
  };
  Device device(std::uint32_t pt, std::uint32_t flags = 0) {
    TestCommand c{};
    c.mock_domain.dev_flags = flags;
    EXPECT_EQ(test(TestOp::mock_domain_flags, pt, c), 0);
    return {c.mock_domain.out_stdev_id, c.mock_domain.out_hwpt_id, c.mock_domain.out_idev_id};
  }
  std::uint32_t hwpt(std::uint32_t dev, std::uint32_t pt, std::uint32_t flags) {
    HwptAllocCommand c{};
    c.dev_id = dev;
    c.pt_id = pt;
    c.flags = flags;
    EXPECT_EQ(request(kHwptAlloc, c), 0);
    return c.out_hwpt_id;
  }
  int check_map(std::uint32_t table, std::uint64_t iova, std::uint64_t length, std::uint64_t uptr) {
    TestCommand c{};
    c.check_map = {iova, length, uptr};
    return test(TestOp::check_map, table, c);
  }
  int check_refs(std::uint64_t page, std::uint64_t count, std::uint32_t refs) {
    TestCommand c{};
    c.check_refs = {count * kPageSize, memory.at(page), refs};
    return test(TestOp::check_refs, 0, c);
  }
  int access(std::uint32_t space, std::uint32_t flags = kAccessNeedsPin) {
    TestCommand c{};
    c.create_access.flags = flags;
    EXPECT_EQ(test(TestOp::create_access, space, c), 0);
    return static_cast<int>(c.create_access.out_access_fd);
  }
  // A vIOMMU with registers, on a nesting parent of its own.
  struct VirtualIommu {
    std::uint32_t id, parent;
    std::uint64_t offset, length;
  };
  VirtualIommu viommu(std::uint32_t dev, std::uint32_t space) {
    const std::uint32_t parent = hwpt(dev, space, kHwptNestParent);
    MockViommuData data{7, 0, 0, 0};
    ViommuAllocCommand c{};
    c.type = kMockViommuType;
    c.dev_id = dev;
    c.hwpt_id = parent;
    c.data_len = sizeof data;
    c.data_uptr = address(&data);
    EXPECT_EQ(request(kViommuAlloc, c), 0);
    EXPECT_EQ(data.out_data, 7U);
    return {c.out_viommu_id, parent, data.out_mmap_offset, data.out_mmap_length};
  }
};

}  // namespace hw_reference::uapi
