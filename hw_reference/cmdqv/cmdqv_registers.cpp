// SPDX-License-Identifier: Apache-2.0
// The CONFIG page: global registers, the allocation map, and the blocks of the VINTFs.
#include "hw_reference/cmdqv/cmdqv.hpp"

namespace hw::cmdqv {

namespace {
constexpr std::size_t kMisusesKept = 1000;

std::uint32_t word_of(std::uint64_t value, std::uint32_t offset) {
  return static_cast<std::uint32_t>(offset & 4 ? value >> 32 : value);
}
}  // namespace

void Cmdqv::misuse(std::string_view rule, std::uint32_t offset) {
  if (misuses_.size() < kMisusesKept) misuses_.push_back({rule, offset});
}

std::uint32_t Cmdqv::read32(std::uint32_t offset) {
  std::lock_guard lock(mutex_);
  const InsideHardware inside;
  const SlotAccess slot = slot_of(offset);
  tick_locked(slot.queue);
  return read_locked(offset);
}

std::uint64_t Cmdqv::read64(std::uint32_t offset) {
  std::lock_guard lock(mutex_);
  const InsideHardware inside;
  tick_locked(nullptr);
  return read_locked(offset) | static_cast<std::uint64_t>(read_locked(offset + 4)) << 32;
}

void Cmdqv::write32(std::uint32_t offset, std::uint32_t value) {
  std::lock_guard lock(mutex_);
  const InsideHardware inside;
  write_locked(offset, value);
  tick_locked(nullptr);
}

void Cmdqv::write64(std::uint32_t offset, std::uint64_t value) {
  std::lock_guard lock(mutex_);
  const InsideHardware inside;
  const SlotAccess slot = slot_of(offset);
  if (slot.queue && slot.page1 && slot.offset == reg::kBase) {
    if (slot.queue->enabled) return misuse("BASE written while the queue is enabled", offset);
    write_base(*slot.queue, value);
  } else {
    write_locked(offset, static_cast<std::uint32_t>(value));
    write_locked(offset + 4, static_cast<std::uint32_t>(value >> 32));
  }
  tick_locked(nullptr);
}

std::uint32_t Cmdqv::read_locked(std::uint32_t offset) {
  if (offset < kPage) return read_config_page(offset);
  return read_slot(slot_of(offset));
}

void Cmdqv::write_locked(std::uint32_t offset, std::uint32_t value) {
  if (offset < kPage) return write_config_page(offset, value);
  write_slot(slot_of(offset), offset, value);
}

std::uint32_t Cmdqv::read_config_page(std::uint32_t offset) const {
  switch (offset) {
    case reg::kConfig:
      return config_;
    case reg::kParam:
      return 1u | parameters_.log2_queues << 4 | parameters_.log2_vintfs << 8 | parameters_.log2_sids << 12;
    case reg::kStatus:
      return enabled_;
    case reg::kVintfErrorMap:
    case reg::kVintfErrorMap + 4: {
      std::uint64_t map = 0;
      for (unsigned v = 0; v < vintfs_.size(); ++v) {
        const auto errors = logical_errors(v);
        if (errors[0] | errors[1]) map |= 1ull << v;
      }
      return offset == reg::kVintfErrorMap ? static_cast<std::uint32_t>(map) : static_cast<std::uint32_t>(map >> 32);
    }
    case reg::kVintfInterruptMask:
      return static_cast<std::uint32_t>(interrupt_mask_);
    case reg::kVintfInterruptMask + 4:
      return static_cast<std::uint32_t>(interrupt_mask_ >> 32);
    default:
      break;
  }
  if (offset >= reg::kQueueErrorMap && offset < reg::kQueueErrorMap + 16) {
    const unsigned first = (offset - reg::kQueueErrorMap) * 8;
    std::uint32_t map = 0;
    for (unsigned i = 0; i < 32 && first + i < queues_.size(); ++i) {
      if (queues_[first + i].active(~0u)) map |= 1u << i;
    }
    return map;
  }
  if (offset >= reg::kAllocMap && offset < reg::kAllocMap + 4 * queues_.size()) {
    return queues_[(offset - reg::kAllocMap) / 4].alloc;
  }
  const std::uint32_t block = (offset - reg::kVintf) / reg::kVintfStride;
  if (offset >= reg::kVintf && block < vintfs_.size()) return read_vintf(block, offset % reg::kVintfStride);
  return 0;
}

void Cmdqv::write_config_page(std::uint32_t offset, std::uint32_t value) {
  switch (offset) {
    case reg::kConfig:
      config_ = value & 0x1fffff;
      return;
    case reg::kVintfInterruptMask:
      interrupt_mask_ = with_field(interrupt_mask_, 31, 0, value);
      return;
    case reg::kVintfInterruptMask + 4:
      interrupt_mask_ = with_field(interrupt_mask_, 63, 32, value);
      return;
    default:
      break;
  }
  if (offset >= reg::kAllocMap && offset < reg::kAllocMap + 4 * queues_.size()) {
    return write_alloc((offset - reg::kAllocMap) / 4, value);
  }
  const std::uint32_t block = (offset - reg::kVintf) / reg::kVintfStride;
  if (offset >= reg::kVintf && block < vintfs_.size()) write_vintf(block, offset % reg::kVintfStride, value);
}

// LVCMDQs are mapped in ascending order and unmapped in descending order; each slot and each queue at most once.
void Cmdqv::write_alloc(unsigned index, std::uint32_t value) {
  Queue& queue = queues_[index];
  const std::uint32_t offset = reg::kAllocMap + 4 * index;
  const std::uint32_t next = value & (alloc::kAllocated | 0x7fu << 1 | 0x3fu << 15);
  const unsigned vintf = next >> 15 & 0x3f, logical = next >> 1 & 0x7f;
  if (vintf >= vintfs_.size() || logical >= parameters_.queues_per_vintf()) {
    return misuse("ALLOC_MAP names a slot that does not exist", offset);
  }
  if (queue.mapped()) {
    if (next == queue.alloc) return;
    if (next & alloc::kAllocated) return misuse("ALLOC_MAP moves a queue that is mapped", offset);
    if (queue.config & config::kEnable) return misuse("ALLOC_MAP unmaps an enabled queue", offset);
    if (logical_queue(queue.vintf(), queue.logical() + 1)) {
      return misuse("ALLOC_MAP unmaps a queue below one that is mapped", offset);
    }
  } else if (next & alloc::kAllocated) {
    if (logical_queue(vintf, logical)) return misuse("ALLOC_MAP gives a slot away twice", offset);
    if (logical > 0 && !logical_queue(vintf, logical - 1)) {
      return misuse("ALLOC_MAP maps a queue above one that is not mapped", offset);
    }
  }
  queue.alloc = next;
}

std::array<std::uint64_t, 2> Cmdqv::logical_errors(unsigned vintf) const {
  std::array<std::uint64_t, 2> map{};
  for (const Queue& queue : queues_) {
    if (!queue.mapped() || queue.vintf() != vintf || !queue.active(~0u)) continue;
    map[queue.logical() / 64] |= 1ull << queue.logical() % 64;
  }
  return map;
}

std::uint32_t Cmdqv::read_vintf(unsigned index, std::uint32_t offset) const {
  const Vintf& vintf = vintfs_[index];
  if (offset == reg::kVintfConfig) return vintf.config;
  if (offset == reg::kVintfStatus) return (vintf.enabled ? 1u : 0u) | parameters_.queues_per_vintf() << 16;
  if (offset >= reg::kSidMatch && offset < reg::kSidMatch + 4 * parameters_.sids()) {
    const SidPair& pair = vintf.owner.sids[(offset - reg::kSidMatch) / 4];
    return (pair.enabled ? sid_match::kEnable : 0) | sid_match::virtual_sid(pair.virtual_sid);
  }
  if (offset >= reg::kSidReplace && offset < reg::kSidReplace + 4 * parameters_.sids()) {
    return vintf.owner.sids[(offset - reg::kSidReplace) / 4].physical_sid;
  }
  if (offset >= reg::kLogicalErrorMap && offset < reg::kLogicalErrorMapEnd) {
    return word_of(logical_errors(index)[(offset - reg::kLogicalErrorMap) / 8], offset);
  }
  return 0;
}

void Cmdqv::write_vintf(unsigned index, std::uint32_t offset, std::uint32_t value) {
  Vintf& vintf = vintfs_[index];
  if (offset == reg::kVintfConfig) {
    const std::uint32_t next = value & 0x3ffff;
    const bool stays = vintf.enabled && (next & vintf_config::kEnable);
    if (stays && next != vintf.config) {
      return misuse("VINTF CONFIG changed while enabled", reg::kVintf + index * reg::kVintfStride);
    }
    vintf.config = next;
    return;
  }
  if (offset >= reg::kSidMatch && offset < reg::kSidMatch + 4 * parameters_.sids()) {
    SidPair& pair = vintf.owner.sids[(offset - reg::kSidMatch) / 4];
    pair.enabled = value & sid_match::kEnable;
    pair.virtual_sid = static_cast<std::uint32_t>(field(value, 20, 1));
    return;
  }
  if (offset >= reg::kSidReplace && offset < reg::kSidReplace + 4 * parameters_.sids()) {
    vintf.owner.sids[(offset - reg::kSidReplace) / 4].physical_sid = value & 0xfffff;
  }
}

}  // namespace hw::cmdqv
