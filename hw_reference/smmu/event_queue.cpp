// SPDX-License-Identifier: Apache-2.0
#include "hw_reference/smmu/event_queue.hpp"

namespace hw::smmu {

namespace {
constexpr std::uint64_t kEventBytes = 32;
}

EventQueue::Result EventQueue::push(Bus& bus, const Event& event) {
  if (ring.occupied(prod, cons) >= 1u << ring.bits) {
    if (overflow != overflow_acknowledged) return Result::dropped;
    overflow = !overflow;
    return Result::overflowed;
  }
  PhysAddr at = base + ring.slot(prod) * kEventBytes;
  for (std::uint64_t word : event.encode()) {
    if (!bus.write64(at, word)) return Result::aborted;
    at += 8;
  }
  prod = ring.next(prod);
  return Result::written;
}

}  // namespace hw::smmu
