// SPDX-License-Identifier: Apache-2.0
#include "hw_reference/iommufd/mmap_regions.hpp"

#include <cerrno>
#include <utility>

#include "hw_reference/defects.hpp"

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {

Result<std::uint64_t> MmapRegions::add(std::span<std::byte> memory) {
  return add({memory.data(), nullptr, memory.size(), 0});
}

Result<std::uint64_t> MmapRegions::add(RegisterPage& registers, std::uint64_t bytes) {
  return add({nullptr, &registers, bytes, 0});
}

Result<std::uint64_t> MmapRegions::add(const Part& part) {
  if (part.bytes == 0 || part.bytes % kPageSize != 0) return {EINVAL, 0};
  std::lock_guard lock(mutex_);
  std::uint64_t offset = kPageSize;
  for (const auto& [first, region] : regions_) {
    if (first - offset >= part.bytes) break;
    offset = first + region.part.bytes;
  }
  regions_.emplace(offset, Region{part, nullptr});
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

Result<MappingId> MmapRegions::add_mapping(const Part& part, const Hold<Object>& owner) {
  const MappingId id = ids_.take();
  try {
    mappings_.emplace(id, Mapping{part, owner});
  } catch (...) {
    ids_.give_back(id);
    throw;
  }
  return {0, id};
}

Result<MappingId> MmapRegions::map(const MmapRequest& request) {
  if (request.offset % kPageSize != 0 || request.length == 0) return {EINVAL, 0};
  if (!request.shared && !has_defect(Defect::private_mapping)) return {EINVAL, 0};
  if (request.executable) return {EPERM, 0};
  std::lock_guard lock(mutex_);
  const auto region = regions_.find(request.offset);
  if (region == regions_.end() || !region->second.owner) return {ENXIO, 0};
  const Part& part = region->second.part;
  const bool differs = request.length > part.bytes || part.bytes - request.length >= kPageSize;
  if (differs && !has_defect(Defect::part_of_region)) return {ENXIO, 0};
  return add_mapping(part, Hold<Object>(region->second.owner));
}

Result<MappingId> MmapRegions::split(MappingId mapping, std::uint64_t pages) {
  std::lock_guard lock(mutex_);
  const auto found = mappings_.find(mapping);
  if (found == mappings_.end()) return {ENOENT, 0};
  Part& lower = found->second.part;
  if (pages == 0 || pages >= lower.bytes / kPageSize) return {EINVAL, 0};
  const std::uint64_t cut = pages * kPageSize;
  Part upper = lower;
  upper.first += cut;
  upper.bytes -= cut;
  const auto made = add_mapping(upper, found->second.owner);
  lower.bytes = cut;
  return made;
}

Result<MappingId> MmapRegions::fork(MappingId mapping) {
  std::lock_guard lock(mutex_);
  const auto found = mappings_.find(mapping);
  if (found == mappings_.end()) return {ENOENT, 0};
  return add_mapping(found->second.part, has_defect(Defect::fork_uncounted) ? Hold<Object>() : found->second.owner);
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
  if (found == mappings_.end() || found->second.part.memory == nullptr) return {};
  return {found->second.part.memory + found->second.part.first, found->second.part.bytes};
}

// A copy of the mapping, which keeps the owner while the registers are used.
Result<MmapRegions::Mapping> MmapRegions::registers(MappingId mapping, std::uint64_t offset) {
  std::lock_guard lock(mutex_);
  const auto found = mappings_.find(mapping);
  if (found == mappings_.end()) return {ENOENT, {}};
  const Part& part = found->second.part;
  if (offset >= part.bytes) return {EFAULT, {}};
  if (offset % 4 != 0 || part.registers == nullptr) return {EINVAL, {}};
  return {0, found->second};
}

Result<std::uint32_t> MmapRegions::read32(MappingId mapping, std::uint64_t offset) {
  const auto found = registers(mapping, offset);
  if (!found.ok()) return {found.error, 0};
  return {0, found.value.part.registers->read32(found.value.part.first + offset)};
}

int MmapRegions::write32(MappingId mapping, std::uint64_t offset, std::uint32_t value) {
  const auto found = registers(mapping, offset);
  if (found.ok()) found.value.part.registers->write32(found.value.part.first + offset, value);
  return found.error;
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
