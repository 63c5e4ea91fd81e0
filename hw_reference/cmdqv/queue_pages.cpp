// SPDX-License-Identifier: Apache-2.0
// The pages of queues. The direct view by global index and the view of a VINTF by logical index reach the same queue.
#include <algorithm>

#include "hw_reference/cmdqv/cmdqv.hpp"

namespace hw::cmdqv {

namespace {

std::uint64_t with_half(std::uint64_t word, std::uint32_t offset, std::uint32_t value) {
  return offset & 4 ? with_field(word, 63, 32, value) : with_field(word, 31, 0, value);
}

}  // namespace

Cmdqv::Queue* Cmdqv::logical_queue(unsigned vintf, unsigned logical) {
  for (Queue& queue : queues_) {
    if (queue.mapped() && queue.vintf() == vintf && queue.logical() == logical) return &queue;
  }
  return nullptr;
}

const Cmdqv::Queue* Cmdqv::logical_queue(unsigned vintf, unsigned logical) const {
  return const_cast<Cmdqv*>(this)->logical_queue(vintf, logical);
}

Cmdqv::SlotAccess Cmdqv::slot_of(std::uint32_t offset) {
  SlotAccess slot;
  if (offset < kPage || offset >= bytes()) return slot;
  const unsigned index = offset % kPage / reg::kSlotStride;
  slot.offset = offset % reg::kSlotStride;
  if (offset < reg::kVintfPages) {
    slot.page1 = offset >= reg::kDirectPage1;
    if (index < queues_.size()) slot.queue = &queues_[index];
  } else {
    const std::uint32_t within = offset - reg::kVintfPages;
    slot.page1 = within % reg::kVintfPagesStride >= kPage;
    slot.queue = logical_queue(within / reg::kVintfPagesStride, index);
  }
  return slot;
}

std::uint32_t Cmdqv::read_slot(const SlotAccess& slot) const {
  if (!slot.queue) return 0;
  const Queue& queue = *slot.queue;
  if (slot.page1) {
    switch (slot.offset & ~4u) {
      case reg::kBase:
        return static_cast<std::uint32_t>(queue.base >> (slot.offset & 4 ? 32 : 0));
      case reg::kConsCopy:
        return static_cast<std::uint32_t>(queue.cons_copy >> (slot.offset & 4 ? 32 : 0));
      default:
        return 0;
    }
  }
  switch (slot.offset) {
    case reg::kCons:
      return queue.ring.cons | static_cast<std::uint32_t>(queue.ring.error) << 24;
    case reg::kProd:
      return queue.ring.prod;
    case reg::kQueueConfig:
      return queue.config;
    case reg::kQueueStatus:
      return queue.enabled;
    case reg::kGerror:
      return queue.gerror;
    case reg::kGerrorn:
      return queue.gerrorn;
    default:
      return 0;
  }
}

void Cmdqv::write_base(Queue& queue, std::uint64_t value) {
  queue.base = value & (low_bits(5) | address_field(~0ull, 47, 5));
  queue.ring.ring.bits = std::min(static_cast<unsigned>(field(value, 4, 0)), smmu_.features().command_queue_bits);
  queue.ring.base = align_down(address_field(value, 47, 5), 1ull << std::max(5u, queue.ring.ring.bits + 4));
  queue.ring.forget();
}

// A guest can write anything to page 0: what makes no sense must have no effect beyond its own queue.
void Cmdqv::write_slot(const SlotAccess& slot, std::uint32_t offset, std::uint32_t value) {
  if (!slot.queue) return;
  Queue& queue = *slot.queue;
  const bool on = queue.enabled;
  if (slot.page1) {
    switch (slot.offset & ~4u) {
      case reg::kBase:
        if (on) return misuse("BASE written while the queue is enabled", offset);
        return write_base(queue, with_half(queue.base, slot.offset, value));
      case reg::kConsCopy:
        if (on) return misuse("CONS_INDX_BASE written while the queue is enabled", offset);
        queue.cons_copy = with_half(queue.cons_copy, slot.offset, value);
        return;
      default:
        return;
    }
  }
  switch (slot.offset) {
    case reg::kCons:
      if (on) return misuse("CONS written while the queue is enabled", offset);
      queue.ring.cons = value & kIndexMask;
      queue.ring.error = static_cast<smmu::CommandError>(field(value, 30, 24));
      return queue.ring.forget();
    case reg::kProd:
      queue.ring.prod = value & kIndexMask;
      if (on && !queue.ring.consistent()) misuse("PROD beyond a full queue", offset);
      // What was read ahead and is no longer below PROD must not run.
      if (queue.ring.ahead() > queue.ring.ring.occupied(queue.ring.prod, queue.ring.cons)) queue.ring.forget();
      return;
    case reg::kQueueConfig:
      queue.config = value & config::kEnable;
      return;
    case reg::kGerrorn: {
      const std::uint32_t acknowledged = (queue.gerrorn ^ value) & (queue.gerror ^ queue.gerrorn);
      if ((queue.gerrorn ^ value) != acknowledged) misuse("GERRORN toggled for an error that is not active", offset);
      queue.gerrorn ^= acknowledged;
      return;
    }
    default:
      return;
  }
}

}  // namespace hw::cmdqv
