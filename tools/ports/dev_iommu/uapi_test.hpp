// SPDX-License-Identifier: Apache-2.0
// What Linux's test driver for iommufd understands; it has no public header.
//
// Source: linux drivers/iommu/iommufd/iommufd_test.h; see uapi.hpp.
#pragma once

#include <cstddef>
#include <cstdint>

#include "tools/ports/dev_iommu/uapi.hpp"

namespace iolaw::dev_iommu {

inline constexpr unsigned long kTest = command(0xa0);

// What the test driver is asked to do.
enum class TestOp : std::uint32_t {
  add_reserved = 1,          // id: IOAS
  mock_domain = 2,           // id: IOAS or HWPT to attach a new mock device to
  check_map = 3,             // id: HWPT
  check_refs = 4,            // no id
  create_access = 5,         // id: IOAS
  destroy_access_pages = 6,  // id: file descriptor of an access, as in all operations below
  access_pages = 7,
  access_rw = 8,
  set_temp_memory_limit = 9,  // no id
  mock_domain_replace = 10,   // id: mock device
  access_replace_ioas = 11,
  mock_domain_flags = 12,  // as mock_domain
  dirty = 13,              // id: HWPT
  trigger_iopf = 15,       // no id
  trigger_vevent = 17,     // no id
  pasid_attach = 18,       // id: mock device, as in the two below
  pasid_replace = 19,
  pasid_detach = 20,
  dmabuf_get = 22,  // no id, as below
  dmabuf_revoke = 23,
};

// Types by which the test driver goes, and sizes of its data.
inline constexpr std::uint32_t kMockHwptData = 0xdead;
inline constexpr std::uint32_t kMockInfo = 0xfeedbeef;
inline constexpr std::uint32_t kMockInvalidate = 0xdeadbeef;
inline constexpr std::uint32_t kMockViommu = 0xdeadbeef;
inline constexpr std::uint32_t kMockVeventq = 0xbeefbeef;
inline constexpr std::uint32_t kMockHwQueue = 0xdeadbeef;
inline constexpr std::uint32_t kMockEventSize = 4;

struct MockHwptData {
  std::uint32_t iotlb, pagetable_type;
};
struct MockHwptInvalidate {
  std::uint32_t flags, iotlb_id;
};
struct MockViommuInvalidate {
  std::uint32_t flags, vdev_id, cache_id;
};
struct MockViommuData {
  std::uint32_t in_data, out_data;
  std::uint64_t out_mmap_offset, out_mmap_length;
};

inline constexpr std::uint32_t kAccessNeedsPin = 1;  // flag of create_access
inline constexpr std::uint32_t kAccessWrite = 1;     // flag of access_pages

inline constexpr std::uint32_t kRwWrite = 1;  // flags of access_rw
inline constexpr std::uint32_t kRwSlow = 4;

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
      std::uint32_t out_stdev_id, out_hwpt_id, out_idev_id, dev_flags;
    } mock_domain_flags;
    struct {
      std::uint32_t pt_id;  // out: the HWPT
    } mock_domain_replace;
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
      std::uint64_t iova, length, uptr;
      std::uint32_t flags;
    } access_rw;
    struct {
      std::uint32_t ioas_id;
    } access_replace_ioas;
    struct {
      std::uint32_t flags;
      std::uint64_t iova, length, page_size, uptr, out_nr_dirty;
    } dirty;
    struct {
      std::uint32_t dev_id, pasid, grpid, perm;
      std::uint64_t addr;
    } trigger_iopf;
    struct {
      std::uint32_t dev_id;
    } trigger_vevent;
    struct {
      std::uint32_t pasid, pt_id;  // pt_id out: the HWPT
    } pasid_attach;
    struct {
      std::uint32_t limit;  // bytes
    } memory_limit;
    struct {
      std::uint32_t length, open_flags;
    } dmabuf_get;
    struct {
      std::int32_t dmabuf_fd;
      std::uint32_t revoked;
    } dmabuf_revoke;
    std::uint64_t words[6] = {};
  };
  std::uint32_t last = 0;

  TestCommand(TestOp operation, std::uint32_t object) : op(operation), id(object) {}
};

static_assert(sizeof(TestCommand) == 72 && offsetof(TestCommand, words) == 16 && offsetof(TestCommand, last) == 64);
static_assert(sizeof(MockHwptData) == 8 && sizeof(MockViommuInvalidate) == 12 && sizeof(MockViommuData) == 24);

}  // namespace iolaw::dev_iommu
