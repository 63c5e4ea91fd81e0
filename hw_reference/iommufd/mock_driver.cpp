// SPDX-License-Identifier: Apache-2.0
#include "hw_reference/iommufd/mock_driver.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "hw_reference/defects.hpp"

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {

namespace {

constexpr std::uint64_t kCapDirtyTracking = 1;
constexpr std::uint64_t kCapAtsNotSupported = 8;
constexpr std::size_t kRegionPages = 2;

// Copies user data of `minimum` to sizeof(T) bytes; the rest of `to` is zero.
template <class T>
int copy_data(T& to, const UserData& data, std::uint32_t minimum) {
  to = {};
  if (data.length < minimum || data.length > sizeof(T)) return EINVAL;
  return data.read(0, &to, data.length);
}

// All are read before any is carried out. Shorter ones are filled up with zeros; what is beyond must be zero.
int read_entries(const Invalidation& invalidation, std::vector<MockViommuInvalidation>& entries) {
  constexpr std::uint32_t kEntry = sizeof(MockViommuInvalidation);
  entries.resize(invalidation.number);
  if (invalidation.length == kEntry) return invalidation.read(0, 0, entries.data(), entries.size() * kEntry);
  std::vector<std::byte> tail(invalidation.length > kEntry ? invalidation.length - kEntry : 0);
  for (std::uint32_t i = 0; i < invalidation.number; ++i) {
    // The end comes first, as with every struct that is longer than it was once.
    if (!tail.empty()) {
      if (int error = invalidation.read(i, kEntry, tail.data(), tail.size())) return error;
      if (std::any_of(tail.begin(), tail.end(), [](std::byte byte) { return byte != std::byte{0}; })) return E2BIG;
    }
    if (int error = invalidation.read(i, 0, &entries[i], std::min(invalidation.length, kEntry))) return error;
  }
  return 0;
}

Result<std::unique_ptr<NestedDomain>> make_nested(const UserData& data, MockViommu* viommu) {
  if (data.type != kMockHwptType) return {EOPNOTSUPP, nullptr};
  MockHwptData config;
  if (int error = copy_data(config, data, sizeof config.iotlb)) return {error, nullptr};
  return {0, std::make_unique<MockNestedDomain>(config.iotlb, viommu)};
}

}  // namespace

// ---- devices --------------------------------------------------------------------------------------------------------

const void* MockDevice::instance() const {
  static const std::array<char, kMockInstances> instances{};
  return &instances.at(traits_.instance);
}

Result<HwInfo> MockDevice::hw_info(std::uint32_t type) {
  if (type != 0 && type != kMockHwInfoType) return {EOPNOTSUPP, {}};
  constexpr std::array<std::uint32_t, 2> kData = {0, 0xdeadbeef};  // flags, a register
  HwInfo info;
  info.type = kMockHwInfoType;
  info.capabilities = kCapAtsNotSupported | (traits_.dirty_tracking ? kCapDirtyTracking : 0);
  info.max_pasid_log2 = traits_.pasid ? 20 : 0;
  info.data.resize(sizeof kData);
  std::memcpy(info.data.data(), kData.data(), sizeof kData);
  return {0, std::move(info)};
}

Result<std::unique_ptr<IoPageTable>> MockDevice::alloc_paging(std::uint32_t flags, const UserData& data,
                                                              const IntervalIndex<Area>& areas) {
  constexpr std::uint32_t kKnown = kHwptDirtyTracking | kHwptNestParent | kHwptPasid;
  const bool dirty = (flags & kHwptDirtyTracking) != 0;
  if ((flags & ~kKnown) != 0 || (dirty && !traits_.dirty_tracking)) return {EOPNOTSUPP, nullptr};
  MockHwptData config{};
  if (data.length != 0) {
    if (data.type != kMockHwptType) return {EOPNOTSUPP, nullptr};
    if (int error = copy_data(config, data, sizeof config.iotlb)) return {error, nullptr};
    if (config.format > static_cast<std::uint32_t>(MockFormat::huge_pages)) return {EOPNOTSUPP, nullptr};
  }
  return {0, std::make_unique<MockPageTable>(static_cast<MockFormat>(config.format), dirty, areas)};
}

Result<std::unique_ptr<NestedDomain>> MockDevice::alloc_nested(std::uint32_t, IoPageTable&, const UserData& data) {
  return make_nested(data, nullptr);
}

Result<NewViommu> MockDevice::alloc_viommu(std::uint32_t, IoPageTable&, const UserData& data, MmapRegions& regions) {
  auto viommu = std::make_unique<MockViommu>();
  NewViommu answer;
  if (data.length != 0) {
    MockViommuData config;
    if (int error = copy_data(config, data, 8)) return {error, {}};
    viommu->pages_ = std::make_unique<SharedPages>(kRegionPages);
    const std::span<std::byte> region = viommu->pages_->bytes();
    std::memcpy(region.data(), &config.in_data, sizeof config.in_data);
    const auto offset = regions.add(region);
    if (!offset.ok()) return {offset.error, {}};
    viommu->page_offset_ = offset.value;
    answer.out_data = config.in_data;
    answer.mmap_offset = offset.value;
    answer.mmap_length = region.size();
  }
  answer.viommu = std::move(viommu);
  return {0, std::move(answer)};
}

int MockDevice::set_domain(Pasid pasid, const Domain& domain) {
  // Tables of other IOMMUs are not for this device.
  if (domain.paging != nullptr && dynamic_cast<MockPageTable*>(domain.paging) == nullptr) return EINVAL;
  if (domain.nested != nullptr && dynamic_cast<MockNestedDomain*>(domain.nested) == nullptr) return EINVAL;
  if (pasid == 1024) {
    pasid_1024_fails_ = !pasid_1024_fails_;
    if (!pasid_1024_fails_) return ENOMEM;
  }
  if (pasid != kNoPasid) return 0;  // no more is looked at
  if (domain.paging != nullptr && domain.paging->tracks_dirty() && !traits_.dirty_tracking &&
      !has_defect(Defect::attach_ignores_dirty))
    return EINVAL;
  VirtualIommu* const viommu = domain.nested == nullptr ? nullptr : domain.nested->viommu();
  if (viommu != nullptr && (!virtual_place || virtual_place->viommu != viommu)) return ENOENT;
  VirtualIommu* const before = last_place ? last_place->viommu : nullptr;
  if (viommu != before) {
    if (viommu == nullptr)
      last_place.reset();
    else
      last_place = virtual_place;
  }
  return 0;
}

void MockDevice::block(Pasid pasid) {
  if (pasid == 1024) pasid_1024_fails_ = false;
  if (pasid == kNoPasid) last_place.reset();
}

// ---- nested domains -------------------------------------------------------------------------------------------------

VirtualIommu* MockNestedDomain::viommu() const { return viommu_; }

int MockNestedDomain::invalidate(const Invalidation& invalidation, std::uint32_t& done) {
  done = 0;
  if (invalidation.type != kMockHwptInvalidateType) return EINVAL;
  for (; done < invalidation.number; ++done) {
    MockHwptInvalidation entry;
    if (invalidation.length != sizeof entry) return EINVAL;
    if (int error = invalidation.read(done, 0, &entry, sizeof entry)) return error;
    if ((entry.flags & ~1U) != 0 && !has_defect(Defect::invalidation_bits_ignored)) return EOPNOTSUPP;
    if (entry.iotlb_id >= kMockCaches) return EINVAL;
    if (entry.flags != 0)
      iotlb.fill(0);
    else
      iotlb[entry.iotlb_id] = 0;
  }
  return 0;
}

// ---- virtual IOMMUs -------------------------------------------------------------------------------------------------

Result<std::unique_ptr<NestedDomain>> MockViommu::alloc_nested(std::uint32_t, const UserData& data) {
  return make_nested(data, this);
}

int MockViommu::invalidate(const Invalidation& invalidation, std::uint32_t& done, const Lookup& lookup) {
  done = 0;
  if (invalidation.type != kMockViommuInvalidateType) return EINVAL;
  if (invalidation.number == 0) return 0;
  std::vector<MockViommuInvalidation> entries;
  if (int error = read_entries(invalidation, entries)) return error;
  for (const MockViommuInvalidation& entry : entries) {
    if ((entry.flags & ~1U) != 0) return EOPNOTSUPP;
    if (entry.cache_id >= kMockCaches) return EINVAL;
    auto* const device = dynamic_cast<MockDevice*>(lookup(entry.vdev_id));
    if (device == nullptr && has_defect(Defect::unknown_device_invalidated)) continue;
    if (device == nullptr) return EINVAL;
    if (entry.flags != 0)
      device->cache.fill(0);
    else
      device->cache[entry.cache_id] = 0;
    ++done;
  }
  return 0;
}

Result<std::optional<std::uint32_t>> MockViommu::init_queue(std::uint32_t, std::uint32_t index, std::uint64_t,
                                                            std::uint64_t, std::uint64_t) {
  if (index >= kMockQueues) return {EINVAL, std::nullopt};
  if (queues_[index]) return {EEXIST, std::nullopt};
  if (index > 0 && !queues_[index - 1] && !has_defect(Defect::queues_out_of_order)) return {EIO, std::nullopt};
  queues_[index] = true;
  if (index == 0 || has_defect(Defect::queues_out_of_order)) return {0, std::nullopt};
  return {0, index - 1};
}

void MockViommu::destroy_queue(std::uint32_t, std::uint32_t index) { queues_[index] = false; }

void MockViommu::release(MmapRegions& regions) {
  if (page_offset_ != 0) regions.remove(std::exchange(page_offset_, 0));
}

}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
