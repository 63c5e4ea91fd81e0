// SPDX-License-Identifier: Apache-2.0
// The IOMMU of Linux's test driver: a device of it, and its virtual IOMMU (linux drivers/iommu/iommufd/selftest.c).
// Sizes, type numbers and errors are the same; nothing else is. Protected by the control mutex of the open file.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "hw_reference/iommufd/driver.hpp"
#include "hw_reference/iommufd/mmap_regions.hpp"
#include "hw_reference/iommufd/mock_page_table.hpp"
#include "hw_reference/memory/shared_pages.hpp"
#include "hw_reference/variant.hpp"

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {

inline constexpr std::uint32_t kMockHwInfoType = 0xfeedbeef;
inline constexpr std::uint32_t kMockHwptType = 0xdead;
inline constexpr std::uint32_t kMockHwptInvalidateType = 0xdeadbeef;
inline constexpr std::uint32_t kMockViommuType = 0xdeadbeef;
inline constexpr std::uint32_t kMockViommuInvalidateType = 0xdeadbeef;
inline constexpr std::uint32_t kMockVeventqType = 0xbeefbeef;
inline constexpr std::uint32_t kMockHwQueueType = 0xdeadbeef;
inline constexpr std::uint32_t kMockIotlbDefault = 0xbadbeef;
inline constexpr std::uint32_t kMockCacheDefault = 0xbaddad;
inline constexpr unsigned kMockCaches = 4;  // entries of each IOTLB and of each device's cache
inline constexpr unsigned kMockQueues = 2;  // of one virtual IOMMU

// The data that the driver takes, as a user lays it out.
struct MockHwptData {
  std::uint32_t iotlb;
  std::uint32_t format;  // MockFormat; may be missing
};
struct MockHwptInvalidation {
  std::uint32_t flags;  // 1: all entries
  std::uint32_t iotlb_id;
};
struct MockViommuInvalidation {
  std::uint32_t flags;  // 1: all entries
  std::uint32_t vdev_id;
  std::uint32_t cache_id;
};
struct MockViommuData {
  std::uint32_t in_data;
  std::uint32_t out_data;
  std::uint64_t out_mmap_offset;
  std::uint64_t out_mmap_length;
};

class MockViommu;

class MockNestedDomain final : public NestedDomain {
 public:
  MockNestedDomain(std::uint32_t value, MockViommu* viommu) : viommu_(viommu) { iotlb.fill(value); }
  VirtualIommu* viommu() const override;
  int invalidate(const Invalidation& invalidation, std::uint32_t& done) override;

  std::array<std::uint32_t, kMockCaches> iotlb;

 private:
  MockViommu* const viommu_;
};

struct MockDeviceTraits {
  bool dirty_tracking = true;
  bool pasid = false;                 // 2^20 of them
  std::vector<IovaRange> reserved{};  // regions that it cannot translate
  unsigned instance = 0;              // which of the IOMMUs it is behind, below kMockInstances
};
inline constexpr unsigned kMockInstances = 4;

class MockDevice final : public IommuDevice {
 public:
  explicit MockDevice(MockDeviceTraits traits) : traits_(std::move(traits)) { cache.fill(kMockCacheDefault); }

  const void* instance() const override;
  bool tracks_dirty() const override { return traits_.dirty_tracking; }
  std::uint64_t max_pasids() const override { return traits_.pasid ? std::uint64_t{1} << 20 : 1; }
  std::vector<IovaRange> reserved_regions() const override { return traits_.reserved; }
  Result<HwInfo> hw_info(std::uint32_t type) override;
  Result<std::unique_ptr<IoPageTable>> alloc_paging(std::uint32_t flags, const UserData& data,
                                                    const IntervalIndex<Area>& areas) override;
  bool can_nest() const override { return true; }
  Result<std::unique_ptr<NestedDomain>> alloc_nested(std::uint32_t flags, IoPageTable& parent,
                                                     const UserData& data) override;
  bool knows_viommu(std::uint32_t type) const override { return type == kMockViommuType; }
  Result<NewViommu> alloc_viommu(std::uint32_t type, IoPageTable& parent, const UserData& data,
                                 MmapRegions& regions) override;
  int set_domain(Pasid pasid, const Domain& domain) override;
  void block(Pasid pasid) override;

  std::array<std::uint32_t, kMockCaches> cache;
  // Where the device was last attached through a virtual IOMMU: noted when that IOMMU changes, not when the place does.
  std::optional<VirtualPlace> last_place;

 private:
  const MockDeviceTraits traits_;
  bool pasid_1024_fails_ = false;  // the next time: a second attach of that PASID is made to fail
};

class MockViommu final : public VirtualIommu {
 public:
  bool can_nest() const override { return true; }
  Result<std::unique_ptr<NestedDomain>> alloc_nested(std::uint32_t flags, const UserData& data) override;
  int invalidate(const Invalidation& invalidation, std::uint32_t& done, const Lookup& lookup) override;
  bool knows_queue(std::uint32_t type) const override { return type == kMockHwQueueType; }
  Result<std::optional<std::uint32_t>> init_queue(std::uint32_t type, std::uint32_t index, std::uint64_t iova,
                                                  std::uint64_t length, std::uint64_t physical) override;
  void destroy_queue(std::uint32_t type, std::uint32_t index) override;
  void release(MmapRegions& regions) override;

 private:
  friend class MockDevice;

  std::array<bool, kMockQueues> queues_{};
  std::unique_ptr<SharedPages> pages_;  // if a user asked for them
  std::uint64_t page_offset_ = 0;       // in the file, if it is offered
};

}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
