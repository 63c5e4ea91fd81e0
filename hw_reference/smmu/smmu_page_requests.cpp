// SPDX-License-Identifier: Apache-2.0
// Page requests of endpoints, and what they are told (Arm IHI 0070, 4.5.2, 8).
#include <algorithm>

#include "hw_reference/smmu/bits.hpp"
#include "hw_reference/smmu/registers.hpp"
#include "hw_reference/smmu/smmu.hpp"

namespace hw::smmu {

namespace {

constexpr std::uint32_t kLastOnly = 1u << 31;  // PRIQ_IRQ_CFG2.LO

PageAnswer answer_of(unsigned code) {
  return code == kPageSuccess ? PageAnswer::success : code == kPageInvalid ? PageAnswer::invalid : PageAnswer::failure;
}

}  // namespace

void Smmu::tell_endpoint(StreamId stream, std::optional<SubstreamId> substream, std::uint16_t group,
                         PageAnswer answer) {
  const auto endpoint = endpoints_.find(stream);
  if (endpoint != endpoints_.end()) endpoint->second->page_answer(substream, group, answer);
}

// A queue that has overflowed answers by itself, so that the endpoint tries again.
void Smmu::answer_overflow(const PageRequest& request) {
  if (!request.last || request.is_stop_marker()) return;
  std::optional<SubstreamId> substream;
  PageAnswer answer = PageAnswer::success;
  if (request.substream) {
    const auto entry = translator_.stream_entry(stream_table(), request.stream);
    if (!entry) answer = PageAnswer::failure;
    if (entry && entry->substream_in_response) substream = request.substream;
  }
  tell_endpoint(request.stream, substream, request.group, answer);
}

void Smmu::page_request(const PageRequest& request) {
  std::lock_guard lock(mutex_);
  const InsideHardware inside;
  const bool taken =
      features_.pri && enabled(cr0::kPageQueueEnable) && enabled(cr0::kSmmuEnable) && !active(gerror::kPageQueueAbort);
  if (!taken) {
    if (!request.is_stop_marker()) tell_endpoint(request.stream, {}, request.group, PageAnswer::failure);
    return tick_locked(false);
  }
  const bool was_empty = pages_.ring.occupied(pages_.prod, pages_.cons) == 0;
  const bool last_only = (priq_msi_attributes_ & kLastOnly) != 0;
  switch (pages_.push(bus_, request)) {
    case PageQueue::Result::written:
      if (last_only ? request.last : was_empty) interrupt(Interrupt::page_queue);
      break;
    case PageQueue::Result::overflowed:
      interrupt(Interrupt::page_queue);
      answer_overflow(request);
      break;
    case PageQueue::Result::dropped:
      if (last_only && request.last) interrupt(Interrupt::page_queue);
      answer_overflow(request);
      break;
    case PageQueue::Result::aborted:
      raise_error(gerror::kPageQueueAbort);
      if (!request.is_stop_marker()) tell_endpoint(request.stream, {}, request.group, PageAnswer::failure);
      break;
  }
  tick_locked(false);
}

void Smmu::answer_pages(const Command& command) {
  if (!enabled(cr0::kSmmuEnable)) return;
  std::optional<SubstreamId> substream;
  if (command.has_substream() && features_.substream_bits > 0) substream = command.substream();
  tell_endpoint(command.stream(), substream, command.group(), answer_of(command.page_answer()));
}

void Smmu::write_page_registers(std::uint32_t offset, std::uint32_t value) {
  if (!features_.pri) return;
  const bool on = (cr0_ | cr0_ack_) & cr0::kPageQueueEnable;
  switch (offset) {
    case reg::kPriqProd:
      if (on) return misuse("PRIQ_PROD written while PRIQEN", offset);
      pages_.prod = value & kIndexMask & pages_.ring.mask();
      pages_.overflow = value & kOverflowFlag;
      return;
    case reg::kPriqCons: {
      const std::uint32_t cons = value & kIndexMask & pages_.ring.mask();
      const bool passed = pages_.ring.occupied(pages_.prod, cons) > pages_.ring.occupied(pages_.prod, pages_.cons);
      if (on && passed) misuse("PRIQ_CONS moved past PRIQ_PROD, or back", offset);
      pages_.cons = cons;
      pages_.overflow_acknowledged = value & kOverflowFlag;
      return;
    }
    default:
      if (on) return misuse("PRIQ_BASE written while PRIQEN", offset);
      priq_base_ = offset & 4 ? with_field(priq_base_, 63, 32, value) : with_field(priq_base_, 31, 0, value);
      pages_.ring.bits = std::min(static_cast<unsigned>(field(priq_base_, 4, 0)), features_.page_queue_bits);
      pages_.base = queue_base(priq_base_, pages_.ring.bits, 4);
      return;
  }
}

}  // namespace hw::smmu
