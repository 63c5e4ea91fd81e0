// SPDX-License-Identifier: Apache-2.0
// What iommufd asks of the driver of an IOMMU: for one device, for one virtual IOMMU, and for what they make.
#pragma once

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "hw_reference/iommufd/allowed_ranges.hpp"
#include "hw_reference/iommufd/interval_index.hpp"
#include "hw_reference/iommufd/io_page_table.hpp"
#include "hw_reference/result.hpp"
#include "hw_reference/variant.hpp"

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {

class MmapRegions;
class VirtualIommu;
class Viommu;

using Pasid = std::uint32_t;
inline constexpr Pasid kNoPasid = 0;  // the device's own requests (its RID)

inline constexpr std::uint32_t kFaultPasidValid = 1;
inline constexpr std::uint32_t kFaultLastPage = 2;

// What a page request asks for.
inline constexpr std::uint32_t kFaultRead = 1;
inline constexpr std::uint32_t kFaultWrite = 2;
inline constexpr std::uint32_t kFaultExecute = 4;
inline constexpr std::uint32_t kFaultPrivileged = 8;

// A page request as a user reads it; 40 bytes.
struct PageFault {
  std::uint32_t flags = 0;
  std::uint32_t dev_id = 0;
  std::uint32_t pasid = 0;
  std::uint32_t grpid = 0;
  std::uint32_t perm = 0;
  std::uint32_t reserved = 0;
  std::uint64_t addr = 0;
  std::uint32_t length = 0;
  std::uint32_t cookie = 0;
};
static_assert(sizeof(PageFault) == 40);

// Flags of a HWPT, as a user passes them.
inline constexpr std::uint32_t kHwptNestParent = 1;
inline constexpr std::uint32_t kHwptDirtyTracking = 2;
inline constexpr std::uint32_t kHwptFaultIdValid = 4;
inline constexpr std::uint32_t kHwptPasid = 8;

// Memory of a user, which may not be there.
class UserBytes {
 public:
  virtual int read(std::uint64_t offset, void* to, std::size_t bytes) const = 0;  // 0 or EFAULT

 protected:
  ~UserBytes() = default;
};

// What a user hands over for the driver. It lies in `bytes`, or else is read through `user`; it cannot be read if both
// are null. Type 0 with length 0: nothing.
struct UserData {
  std::uint32_t type = 0;
  std::uint32_t length = 0;  // bytes
  const std::byte* bytes = nullptr;
  const UserBytes* user = nullptr;

  // Copies from `offset` on; within `length`. EFAULT.
  int read(std::uint64_t offset, void* to, std::size_t size) const {
    if (bytes == nullptr) return user == nullptr ? EFAULT : user->read(offset, to, size);
    std::memcpy(to, bytes + offset, size);
    return 0;
  }
};

// Requests to forget cached translations: `number` entries of `length` bytes, which lie as those of UserData do. Both
// null: the user gave no address, or one that cannot be read.
struct Invalidation {
  std::uint32_t type = 0;
  std::uint32_t length = 0;
  std::uint32_t number = 0;
  const std::byte* bytes = nullptr;
  bool unreadable = false;
  const UserBytes* user = nullptr;

  bool has_address() const { return bytes != nullptr || user != nullptr || unreadable; }
  // Copies `size` bytes of an entry, from `offset` on. EFAULT.
  int read(std::uint32_t entry, std::uint32_t offset, void* to, std::size_t size) const {
    const std::uint64_t at = std::uint64_t{entry} * length + offset;
    if (bytes == nullptr) return user == nullptr ? EFAULT : user->read(at, to, size);
    std::memcpy(to, bytes + at, size);
    return 0;
  }
};

// A page table of which a guest owns the first stage. Protected by the control mutex of the open file.
class NestedDomain {
 public:
  virtual ~NestedDomain() = default;
  virtual VirtualIommu* viommu() const { return nullptr; }  // null: it was made from a parent HWPT
  // `done`: entries handled, on failure too.
  virtual int invalidate(const Invalidation&, std::uint32_t& done) {
    done = 0;
    return EOPNOTSUPP;
  }
};

// What a device is attached to: one of both is not null.
struct Domain {
  IoPageTable* paging = nullptr;
  NestedDomain* nested = nullptr;
};

struct HwInfo {
  std::uint32_t type = 0;
  std::uint64_t capabilities = 0;
  std::uint8_t max_pasid_log2 = 0;
  std::vector<std::byte> data;
};

struct NewViommu {
  std::unique_ptr<VirtualIommu> viommu;
  // Where the driver answers to the user's data:
  std::uint32_t out_data = 0;
  std::uint64_t mmap_offset = 0;
  std::uint64_t mmap_length = 0;  // bytes; 0: there is nothing to map
};

// One device behind an IOMMU. All calls are made with the control mutex of the open file held.
class IommuDevice {
 public:
  virtual ~IommuDevice() = default;

  virtual const void* instance() const = 0;  // which IOMMU it is behind
  virtual bool tracks_dirty() const { return false; }
  virtual std::uint64_t max_pasids() const { return 0; }
  virtual std::vector<IovaRange> reserved_regions() const { return {}; }
  // EOPNOTSUPP: not that type; 0 means any.
  virtual Result<HwInfo> hw_info(std::uint32_t /*type*/) { return {0, {}}; }

  // A table for an IOAS with these areas, which outlive it.
  virtual Result<std::unique_ptr<IoPageTable>> alloc_paging(std::uint32_t flags, const UserData& data,
                                                            const IntervalIndex<Area>& areas) = 0;
  virtual bool can_nest() const { return false; }
  virtual Result<std::unique_ptr<NestedDomain>> alloc_nested(std::uint32_t /*flags*/, IoPageTable& /*parent*/,
                                                             const UserData&) {
    return {EOPNOTSUPP, nullptr};
  }
  virtual bool knows_viommu(std::uint32_t /*type*/) const { return false; }
  virtual Result<NewViommu> alloc_viommu(std::uint32_t /*type*/, IoPageTable& /*parent*/, const UserData&,
                                         MmapRegions&) {
    return {EOPNOTSUPP, {}};
  }

  // Attaches, or replaces what was attached. After a failure the device is where it was; returning there succeeds.
  virtual int set_domain(Pasid pasid, const Domain& domain) = 0;
  virtual void block(Pasid pasid) = 0;  // detaches; never fails

  // The answer to a group of page requests that the device was the source of: what the last of them was, 0 for success
  // or 1 for invalid. Called with the lock of a queue of faults held, once for each group; it must not call back, nor
  // fail.
  virtual void answer_faults(const PageFault& /*last*/, std::uint32_t /*code*/) {}

  // The place that a guest's virtual IOMMU gives the device; kept by iommufd.
  struct VirtualPlace {
    VirtualIommu* viommu;
    std::uint64_t virt_id;
  };
  std::optional<VirtualPlace> virtual_place;
};

// A slice of an IOMMU for a guest. All calls are made with the control mutex of the open file held.
class VirtualIommu {
 public:
  virtual ~VirtualIommu() = default;

  virtual bool can_nest() const { return false; }
  virtual Result<std::unique_ptr<NestedDomain>> alloc_nested(std::uint32_t /*flags*/, const UserData&) {
    return {EOPNOTSUPP, nullptr};
  }

  // The device with that virtual id, or null; `done`: entries handled, on failure too.
  using Lookup = std::function<IommuDevice*(std::uint64_t)>;
  virtual int invalidate(const Invalidation&, std::uint32_t& done, const Lookup&) {
    done = 0;
    return EOPNOTSUPP;
  }

  virtual int init_vdevice(IommuDevice&, std::uint64_t /*virt_id*/) { return 0; }
  virtual void destroy_vdevice(IommuDevice&, std::uint64_t /*virt_id*/) {}

  virtual bool knows_queue(std::uint32_t /*type*/) const { return false; }
  // The memory of a queue is pinned and contiguous from `physical` on. Returns the index of the queue without which
  // this one cannot be, if any.
  virtual Result<std::optional<std::uint32_t>> init_queue(std::uint32_t /*type*/, std::uint32_t /*index*/,
                                                          std::uint64_t /*iova*/, std::uint64_t /*length*/,
                                                          std::uint64_t /*physical*/) {
    return {EOPNOTSUPP, std::nullopt};
  }
  virtual void destroy_queue(std::uint32_t /*type*/, std::uint32_t /*index*/) {}

  // Gives back the regions for mmap.
  virtual void release(MmapRegions&) {}

  Viommu* owner = nullptr;  // where events are reported; kept by iommufd
};

}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
