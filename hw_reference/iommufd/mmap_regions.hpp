// SPDX-License-Identifier: Apache-2.0
// Parts of an IOMMU's registers that a process may map from the open file, and the mappings that live.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <span>

#include "hw_reference/iommufd/id_pool.hpp"
#include "hw_reference/iommufd/object.hpp"
#include "hw_reference/memory/physical_memory.hpp"
#include "hw_reference/mutex.hpp"
#include "hw_reference/result.hpp"
#include "hw_reference/variant.hpp"

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {

using MappingId = std::uint32_t;  // 0 names nothing

// Registers that are mapped as a page of memory would be: 32-bit accesses at multiples of 4. From any thread.
class RegisterPage {
 public:
  virtual ~RegisterPage() = default;
  virtual std::uint32_t read32(std::uint64_t offset) = 0;
  virtual void write32(std::uint64_t offset, std::uint32_t value) = 0;
};

struct MmapRequest {
  std::uint64_t offset = 0;  // in the file, bytes
  std::uint64_t length = 0;  // bytes
  bool shared = true;
  bool executable = false;
};

// mutex: protects regions and mappings; only the table of objects may be entered under it.
// A mapping uses the owner of its region: while one lives, the owner is busy, and so the region stays.
class MmapRegions {
 public:
  // ---- for drivers ----

  // Offers memory of whole pages (SharedPages), which must outlive the region, at the lowest free offset from a page
  // on. Nobody finds it before it has an owner. EINVAL: not whole pages; ENOMEM.
  Result<std::uint64_t> add(std::span<std::byte> memory);
  // The same for `bytes` of registers.
  Result<std::uint64_t> add(RegisterPage& registers, std::uint64_t bytes);
  void remove(std::uint64_t offset);  // no mapping may live

  // ---- for iommufd ----

  void own(std::uint64_t offset, const std::shared_ptr<Object>& owner);

  // ---- for processes ----

  // EINVAL: the offset is not a multiple of a page, or length 0; EINVAL: private; EPERM: executable; ENXIO: no region
  // begins there, or its length is another (the length is rounded up to pages).
  Result<MappingId> map(const MmapRequest& request);
  // As the kernel does for a part that gets another fate: the pages from `pages` on become a mapping of their own.
  // ENOENT: no such mapping; EINVAL: it has no more pages than that, or 0.
  Result<MappingId> split(MappingId mapping, std::uint64_t pages);
  // The copy that a child process inherits. ENOENT: no such mapping.
  Result<MappingId> fork(MappingId mapping);
  int unmap(MappingId mapping);  // ENOENT: no such mapping
  // The memory behind a mapping; empty if there is none, or registers.
  std::span<std::byte> memory(MappingId mapping);
  // Registers behind a mapping, by the offset in it. ENOENT: no such mapping; EFAULT: beyond its end; EINVAL: not a
  // multiple of 4, or not registers.
  Result<std::uint32_t> read32(MappingId mapping, std::uint64_t offset);
  int write32(MappingId mapping, std::uint64_t offset, std::uint32_t value);

  void unmap_all();

  std::size_t regions() const {
    std::lock_guard lock(mutex_);
    return regions_.size();
  }
  std::size_t mappings() const {
    std::lock_guard lock(mutex_);
    return mappings_.size();
  }

 private:
  // One of both.
  struct Part {
    std::byte* memory = nullptr;
    RegisterPage* registers = nullptr;
    std::uint64_t bytes = 0;
    std::uint64_t first = 0;  // of what is here, counted from the start of the region
  };
  struct Region {
    Part part;
    std::shared_ptr<Object> owner;
  };
  struct Mapping {
    Part part;
    Hold<Object> owner;
  };

  Result<std::uint64_t> add(const Part& part);
  Result<MappingId> add_mapping(const Part& part, const Hold<Object>& owner);
  Result<Mapping> registers(MappingId mapping, std::uint64_t offset);

  mutable Mutex mutex_;
  std::map<std::uint64_t, Region> regions_;  // by offset
  std::map<MappingId, Mapping> mappings_;
  IdPool ids_;
};

}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
