// SPDX-License-Identifier: Apache-2.0
// What Linux's test driver for iommufd understands; it has no public header. The data of its mock driver is in
// iommufd/mock_driver.hpp.
//
// Source: linux drivers/iommu/iommufd/iommufd_test.h; see abi.hpp.
#pragma once

#include <cstddef>
#include <cstdint>

#include "hw_reference/uapi/abi.hpp"
#include "hw_reference/variant.hpp"

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {
namespace uapi {

inline constexpr unsigned kTest = command(0xa0);

enum class TestOp : std::uint32_t {
  add_reserved = 1,
  mock_domain = 2,
  check_map = 3,
  check_refs = 4,
  create_access = 5,
  destroy_access_pages = 6,
  access_pages = 7,
  access_rw = 8,
  set_temp_memory_limit = 9,
  mock_domain_replace = 10,
  access_replace_ioas = 11,
  mock_domain_flags = 12,
  dirty = 13,
  check_iotlb = 14,
  trigger_iopf = 15,
  check_dev_cache = 16,
  trigger_vevent = 17,
  pasid_attach = 18,
  pasid_replace = 19,
  pasid_detach = 20,
  pasid_check_hwpt = 21,
  dmabuf_get = 22,
  dmabuf_revoke = 23,
};

inline constexpr std::uint32_t kAccessNeedsPin = 1;  // flag of create_access
inline constexpr std::uint32_t kAccessWrite = 1;     // flag of access_pages
inline constexpr std::uint32_t kRwWrite = 1;         // flags of access_rw
inline constexpr std::uint32_t kRwSlow = 4;

struct TestCommand {
  std::uint32_t size;
  TestOp op;
  std::uint32_t id, reserved;
  union {
    struct {
      std::uint64_t start, length;
    } add_reserved;
    struct {  // dev_flags: of mock_domain_flags
      std::uint32_t out_stdev_id, out_hwpt_id, out_idev_id, dev_flags;
    } mock_domain;
    struct {
      std::uint32_t pt_id;  // out: the HWPT
    } mock_domain_replace;
    struct {
      std::uint64_t iova, length, uptr;
    } check_map;
    struct {
      std::uint64_t length, uptr;
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
      std::uint64_t iova, length, uptr;
    } access_pages;
    struct {
      std::uint64_t iova, length, uptr;
      std::uint32_t flags;
    } access_rw;
    struct {
      std::uint32_t limit;
    } memory_limit;
    struct {
      std::uint32_t ioas_id;
    } access_replace_ioas;
    struct {
      std::uint32_t flags;
      std::uint64_t iova, length, page_size, uptr, out_nr_dirty;
    } dirty;
    struct {
      std::uint32_t id, iotlb;
    } check_iotlb;
    struct {
      std::uint32_t dev_id, pasid, grpid, perm;
      std::uint64_t addr;
    } trigger_iopf;
    struct {
      std::uint32_t id, cache;
    } check_dev_cache;
    struct {
      std::uint32_t dev_id;
    } trigger_vevent;
    struct {
      std::uint32_t pasid, pt_id;  // pt_id out: the HWPT
    } pasid_attach;                // also for replacing and detaching
    struct {
      std::uint32_t pasid, hwpt_id;
    } pasid_check;
    struct {
      std::uint32_t length, open_flags;
    } dmabuf_get;
    struct {
      std::int32_t dmabuf_fd;
      std::uint32_t revoked;
    } dmabuf_revoke;
    std::uint64_t words[6];
  };
  std::uint32_t last;
};

static_assert(sizeof(TestCommand) == 72 && offsetof(TestCommand, words) == 16 && offsetof(TestCommand, last) == 64);

}  // namespace uapi
}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
