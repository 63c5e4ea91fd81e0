// SPDX-License-Identifier: Apache-2.0
#include "hw_reference/iommufd/mmap_regions.hpp"

#include <cerrno>
#include <utility>

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {

Result<std::uint64_t> MmapRegions::add(std::span<std::byte> memory) {
  if (memory.empty() || memory.size() % kPageSize != 0) return {EINVAL, 0};
  std::lock_guard lock(mutex_);
  std::uint64_t offset = kPageSize;
  for (const auto& [first, region] : regions_) {
    if (first - offset >= memory.size()) break;
    offset = first + region.memory.size();
  }
  regions_.emplace(offset, Region{memory, nullptr});
  return {0, offset};
}

void MmapRegions::remove(std::uint64_t offset) {
  std::lock_guard lock(mutex_);
  regions_.erase(offset);
}

void MmapRegions::own(std::uint64_t offset, const std::shared_ptr<Object>& owner) {
  std::lock_guard lock(mutex_);
  if (const auto region = regions_.find(offset); region != regions_.end()) region->second.owner = owner;
}

Result<MappingId> MmapRegions::add_mapping(std::span<std::byte> memory, const Hold<Object>& owner) {
  const MappingId id = ids_.take();
  try {
    mappings_.emplace(id, Mapping{memory, owner});
  } catch (...) {
    ids_.give_back(id);
    throw;
  }
  return {0, id};
}

Result<MappingId> MmapRegions::map(const MmapRequest& request) {
  if (request.offset % kPageSize != 0 || request.length == 0) return {EINVAL, 0};
  if (!request.shared) return {EINVAL, 0};
  if (request.executable) return {EPERM, 0};
  std::lock_guard lock(mutex_);
  const auto region = regions_.find(request.offset);
  if (region == regions_.end() || !region->second.owner) return {ENXIO, 0};
  const std::span<std::byte> memory = region->second.memory;
  if (request.length > memory.size() || memory.size() - request.length >= kPageSize) return {ENXIO, 0};
  return add_mapping(memory, Hold<Object>(region->second.owner));
}

Result<MappingId> MmapRegions::split(MappingId mapping, std::uint64_t pages) {
  std::lock_guard lock(mutex_);
  const auto found = mappings_.find(mapping);
  if (found == mappings_.end()) return {ENOENT, 0};
  std::span<std::byte>& memory = found->second.memory;
  if (pages == 0 || pages >= memory.size() / kPageSize) return {EINVAL, 0};
  const auto upper = add_mapping(memory.subspan(pages * kPageSize), found->second.owner);
  memory = memory.first(pages * kPageSize);
  return upper;
}

Result<MappingId> MmapRegions::fork(MappingId mapping) {
  std::lock_guard lock(mutex_);
  const auto found = mappings_.find(mapping);
  if (found == mappings_.end()) return {ENOENT, 0};
  return add_mapping(found->second.memory, found->second.owner);
}

int MmapRegions::unmap(MappingId mapping) {
  std::lock_guard lock(mutex_);
  if (mappings_.erase(mapping) == 0) return ENOENT;
  ids_.give_back(mapping);
  return 0;
}

std::span<std::byte> MmapRegions::memory(MappingId mapping) {
  std::lock_guard lock(mutex_);
  const auto found = mappings_.find(mapping);
  return found == mappings_.end() ? std::span<std::byte>() : found->second.memory;
}

void MmapRegions::unmap_all() {
  std::lock_guard lock(mutex_);
  while (!mappings_.empty()) {
    ids_.give_back(mappings_.begin()->first);
    mappings_.erase(mappings_.begin());
  }
}

}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
