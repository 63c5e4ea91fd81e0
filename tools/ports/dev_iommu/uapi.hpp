// SPDX-License-Identifier: Apache-2.0
// The words of Linux's iommufd that the port speaks: numbers and layouts of the ioctls, written down here because
// the headers of distributions are older than the kernels under test, and because the test driver has no public header.
//
// Sources: linux include/uapi/linux/iommufd.h; drivers/iommu/iommufd/iommufd_test.h. tools/linux/check_layout compares
// every size and offset with those of the kernel that it builds.
#pragma once

#include <linux/ioctl.h>

#include <cstddef>
#include <cstdint>

namespace iolaw::dev_iommu {

// Every command is _IO(';', n), and every argument starts with its own size.
constexpr unsigned long command(unsigned number) { return _IO(';', number); }
inline constexpr unsigned long kDestroy = command(0x80);
inline constexpr unsigned long kIoasAlloc = command(0x81);
inline constexpr unsigned long kIoasCopy = command(0x83);
inline constexpr unsigned long kIoasMap = command(0x85);
inline constexpr unsigned long kIoasUnmap = command(0x86);
inline constexpr unsigned long kTest = command(0xa0);

// Flags of map and copy.
inline constexpr std::uint32_t kFixedIova = 1;
inline constexpr std::uint32_t kWriteable = 2;
inline constexpr std::uint32_t kReadable = 4;

struct Destroy {
  std::uint32_t size = sizeof(Destroy);
  std::uint32_t id = 0;
};

struct IoasAlloc {
  std::uint32_t size = sizeof(IoasAlloc);
  std::uint32_t flags = 0;
  std::uint32_t out_ioas_id = 0;
};

struct IoasMap {
  std::uint32_t size = sizeof(IoasMap);
  std::uint32_t flags = 0;
  std::uint32_t ioas_id = 0;
  std::uint32_t reserved = 0;
  std::uint64_t user_va = 0;
  std::uint64_t length = 0;
  std::uint64_t iova = 0;
};

struct IoasCopy {
  std::uint32_t size = sizeof(IoasCopy);
  std::uint32_t flags = 0;
  std::uint32_t dst_ioas_id = 0;
  std::uint32_t src_ioas_id = 0;
  std::uint64_t length = 0;
  std::uint64_t dst_iova = 0;
  std::uint64_t src_iova = 0;
};

struct IoasUnmap {
  std::uint32_t size = sizeof(IoasUnmap);
  std::uint32_t ioas_id = 0;
  std::uint64_t iova = 0;
  std::uint64_t length = 0;  // out: bytes removed
};

// What the test driver is asked to do.
enum class TestOp : std::uint32_t {
  add_reserved = 1,          // id: IOAS
  mock_domain = 2,           // id: IOAS or HWPT to attach a new mock device to
  check_map = 3,             // id: HWPT
  check_refs = 4,            // no id
  create_access = 5,         // id: IOAS
  destroy_access_pages = 6,  // id: file descriptor of an access, as in all operations below
  access_pages = 7,
  access_replace_ioas = 11,
};

inline constexpr std::uint32_t kAccessNeedsPin = 1;  // flag of create_access
inline constexpr std::uint32_t kAccessWrite = 1;     // flag of access_pages

struct TestCommand {
  std::uint32_t size = sizeof(TestCommand);
  TestOp op{};
  std::uint32_t id = 0;
  std::uint32_t reserved = 0;
  union {
    struct {
      std::uint64_t start, length;
    } add_reserved;
    struct {
      std::uint32_t out_stdev_id, out_hwpt_id, out_idev_id;
    } mock_domain;
    struct {
      std::uint64_t iova, length, uptr;  // multiples of the page table's smallest page
    } check_map;
    struct {
      std::uint64_t length, uptr;  // whole pages
      std::uint32_t refs;
    } check_refs;
    struct {
      std::uint32_t out_access_fd, flags;
    } create_access;
    struct {
      std::uint32_t access_pages_id;
    } destroy_access_pages;
    struct {
      std::uint32_t flags, out_access_pages_id;
      std::uint64_t iova, length, uptr;  // uptr 0: do not compare the pages
    } access_pages;
    struct {
      std::uint32_t ioas_id;
    } access_replace_ioas;
    std::uint64_t words[6] = {};
  };
  std::uint32_t last = 0;

  TestCommand(TestOp operation, std::uint32_t object) : op(operation), id(object) {}
};

static_assert(sizeof(Destroy) == 8 && sizeof(IoasAlloc) == 12 && sizeof(IoasMap) == 40);
static_assert(sizeof(IoasCopy) == 40 && sizeof(IoasUnmap) == 24);
static_assert(sizeof(TestCommand) == 72 && offsetof(TestCommand, words) == 16 && offsetof(TestCommand, last) == 64);

}  // namespace iolaw::dev_iommu
