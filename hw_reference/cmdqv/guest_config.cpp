// SPDX-License-Identifier: Apache-2.0
// The guest's CONFIG page: emulated from end to end.
#include "hw_reference/cmdqv/guest_view.hpp"

namespace hw::cmdqv {

namespace {
constexpr std::uint32_t kBlockEnd = reg::kVintf + reg::kVintfStride;
constexpr std::uint32_t kSidBytes = 4 * kMaxSids;
}  // namespace

std::uint32_t GuestView::read_config_page(std::uint32_t offset) const {
  const bool any_error = errors_[0] | errors_[1];
  switch (offset) {
    case reg::kConfig:
      return config_;
    case reg::kParam:
      return 1u | parameters_.log2_queues << 4 | parameters_.log2_sids << 12;
    case reg::kStatus:
      return config_ & config::kEnable;
    case reg::kVintfErrorMap:
      return any_error;
    case reg::kVintfInterruptMask:
      return static_cast<std::uint32_t>(interrupt_mask_);
    case reg::kVintf + reg::kVintfConfig:
      return vintf_config_;
    case reg::kVintf + reg::kVintfStatus:
      return (vintf_enabled() ? 1u : 0u) | static_cast<std::uint32_t>(queues_.size()) << 16;
    default:
      break;
  }
  if (offset >= reg::kQueueErrorMap && offset < reg::kQueueErrorMap + 16) {
    const unsigned word = (offset - reg::kQueueErrorMap) / 4;
    return static_cast<std::uint32_t>(errors_[word / 2] >> (word % 2 ? 32 : 0));
  }
  if (offset >= reg::kAllocMap && offset < reg::kAllocMap + 4 * queues_.size()) {
    return queues_[(offset - reg::kAllocMap) / 4].alloc;
  }
  if (offset >= reg::kVintf + reg::kSidMatch && offset < reg::kVintf + reg::kSidMatch + 2 * kSidBytes) {
    return sid_storage_[(offset - reg::kVintf - reg::kSidMatch) / 4];
  }
  if (offset >= reg::kVintf + reg::kLogicalErrorMap && offset < kBlockEnd) {
    const std::uint32_t within = offset - reg::kVintf - reg::kLogicalErrorMap;
    if (within < 16) return static_cast<std::uint32_t>(errors_[within / 8] >> (within & 4 ? 32 : 0));
  }
  return 0;
}

void GuestView::write_config_page(std::uint32_t offset, std::uint32_t value) {
  switch (offset) {
    case reg::kConfig:
      config_ = value & 0x1fffff;
      return update();
    case reg::kVintfInterruptMask:
      interrupt_mask_ = value;
      return;
    case reg::kVintf + reg::kVintfConfig:
      // HYP_OWN is wired to 0, by which the guest's driver learns what it is.
      vintf_config_ = value & 0x3ffff & ~vintf_config::kHypervisorOwned;
      return update();
    default:
      break;
  }
  if (offset >= reg::kAllocMap && offset < reg::kAllocMap + 4 * queues_.size()) {
    return write_alloc((offset - reg::kAllocMap) / 4, value);
  }
  if (offset >= reg::kVintf + reg::kSidMatch && offset < reg::kVintf + reg::kSidMatch + 2 * kSidBytes) {
    sid_storage_[(offset - reg::kVintf - reg::kSidMatch) / 4] = value;
  }
}

// The same rules as in hardware: in ascending order up, in descending order down, not while the queue is enabled.
void GuestView::write_alloc(unsigned logical, std::uint32_t value) {
  Shadow& queue = queues_[logical];
  const auto mapped = [&](unsigned i) { return i < queues_.size() && (queues_[i].alloc & alloc::kAllocated); };
  if (value & alloc::kAllocated) {
    if (value != (alloc::pair(0, logical) | alloc::kAllocated)) return;  // the split of queues is fixed
    if (logical > 0 && !mapped(logical - 1)) return;
    queue.alloc |= alloc::kAllocated;
  } else {
    if (mapped(logical + 1)) return;
    if (enabled(logical) || (queue.live && page0_.read32(host_slot(logical, reg::kQueueConfig)))) return;
    if (!queue.live && queue.config) return;
    queue.alloc &= ~alloc::kAllocated;
  }
  update();
}

}  // namespace hw::cmdqv
