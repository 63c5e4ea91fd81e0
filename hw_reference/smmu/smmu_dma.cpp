// SPDX-License-Identifier: Apache-2.0
// Transactions of devices, and the events that they cause.
#include <algorithm>
#include <cstring>

#include "hw_reference/smmu/bits.hpp"
#include "hw_reference/smmu/registers.hpp"
#include "hw_reference/smmu/smmu.hpp"

namespace hw::smmu {

namespace {
DmaStatus status_of(const Fault& fault) { return fault.read_as_zero ? DmaStatus::ignored : DmaStatus::aborted; }
}  // namespace

Event Smmu::event_of(const Transaction& transaction, const Fault& fault) const {
  return {.code = fault.code,
          .stream = transaction.stream,
          .substream = transaction.substream,
          .access = transaction.access,
          .stage2 = fault.stage2,
          .at = fault.at,
          .input = transaction.address,
          .fetch = fault.stage2 && fault.code != EventCode::walk_abort ? fault.ipa : fault.fetch};
}

void Smmu::record(const Transaction& transaction, const Fault& fault) {
  if (!fault.recorded) return;
  if (fault.code == EventCode::bad_stream && !(cr2_ & cr2::kRecordInvalidStream)) return;
  const Event event = event_of(transaction, fault);
  if (fault.mergeable && last_event_ && chooser_.chance(policy_.merge)) {
    Event before = *last_event_;
    Event now = event;
    before.input &= ~0xfffull;
    now.input &= ~0xfffull;
    if (before == now) return;
  }
  last_event_ = event;
  if (enabled(cr0::kEventQueueEnable)) pending_events_.push_back(event);
}

Attempt<Translation> Smmu::translate_locked(const Transaction& transaction, bool may_stall) {
  if (!enabled(cr0::kSmmuEnable)) {
    const bool abort = (gbpa_ & gbpa::kAbort) || transaction.address > low_bits(features_.output_bits);
    if (abort) return Fault{.code = EventCode::translation, .recorded = false};
    return Translation{.address = transaction.address};
  }
  if (policy_.speculate > 0) recent_[recent_count_++ % recent_.size()] = transaction;
  const auto result = translator_.translate(stream_table(), transaction);
  if (!result && !(may_stall && result.fault().stall)) record(transaction, result.fault());
  return result;
}

Attempt<Translation> Smmu::translate(const Transaction& transaction) {
  std::lock_guard lock(mutex_);
  const InsideHardware inside;
  const auto result = translate_locked(transaction, false);
  tick_locked(false);
  return result;
}

DmaStatus Smmu::read(Transaction transaction, std::span<std::byte> into, Ticket* ticket) {
  std::lock_guard lock(mutex_);
  const InsideHardware inside;
  transaction.access.write = false;
  drain_posted(true);  // a read pushes the writes before it
  const auto result = translate_locked(transaction, true);
  DmaStatus status = DmaStatus::done;
  if (!result) {
    status = result.fault().stall ? hold(transaction, result.fault(), std::vector<std::byte>(into.size()), ticket)
                                  : status_of(result.fault());
    std::fill(into.begin(), into.end(), std::byte{0});
  } else if (!bus_.read(result->address, into)) {
    status = DmaStatus::aborted;
  }
  tick_locked(false);
  return status;
}

DmaStatus Smmu::write(Transaction transaction, std::span<const std::byte> from, Ticket* ticket) {
  std::lock_guard lock(mutex_);
  const InsideHardware inside;
  transaction.access.write = true;
  drain_posted(true);
  const auto result = translate_locked(transaction, true);
  DmaStatus status = DmaStatus::done;
  if (!result) {
    status = result.fault().stall ? hold(transaction, result.fault(), {from.begin(), from.end()}, ticket)
                                  : status_of(result.fault());
  } else if (!bus_.write(result->address, from)) {
    status = DmaStatus::aborted;
  }
  tick_locked(false);
  return status;
}

DmaStatus Smmu::post_write(Transaction transaction, std::span<const std::byte> from) {
  std::lock_guard lock(mutex_);
  const InsideHardware inside;
  transaction.access.write = true;
  const auto result = translate_locked(transaction, true);
  if (!result && result.fault().stall) return hold(transaction, result.fault(), {from.begin(), from.end()}, nullptr);
  if (!result) return status_of(result.fault());
  posted_.push_back({result->address, std::vector(from.begin(), from.end())});
  return DmaStatus::done;
}

std::optional<Translation> Smmu::ats_request(Transaction transaction) {
  std::lock_guard lock(mutex_);
  const InsideHardware inside;
  // Bypassed traffic has no translations to hand out, and a stream must have been allowed to ask.
  const auto entry = enabled(cr0::kSmmuEnable) ? translator_.stream_entry(stream_table(), transaction.stream)
                                               : Attempt<StreamEntry>(Fault{.code = EventCode::bad_ats_request});
  if (!entry || !features_.ats || !entry->ats || entry->mode != StreamEntry::Mode::translate) {
    if (!entry || entry->mode != StreamEntry::Mode::abort) {
      record(transaction, Fault{.code = EventCode::bad_ats_request});
    }
    return std::nullopt;
  }
  const auto result = translator_.translate(stream_table(), transaction);
  tick_locked(false);
  if (!result) return std::nullopt;
  return *result;
}

template <typename Bytes>
DmaStatus Smmu::transfer_translated(StreamId stream, PhysAddr address, Bytes bytes) {
  std::lock_guard lock(mutex_);
  const InsideHardware inside;
  drain_posted(true);
  if (enabled(cr0::kSmmuEnable) && enabled(cr0::kAtsCheck)) {
    const auto entry = translator_.stream_entry(stream_table(), stream);
    const Transaction transaction{.stream = stream, .address = address};
    if (!entry || !entry->ats) {
      record(transaction, entry ? Fault{.code = EventCode::translated_forbidden} : entry.fault());
      tick_locked(false);
      return DmaStatus::aborted;
    }
  }
  bool reached = false;
  if constexpr (std::is_const_v<typename Bytes::element_type>) {
    reached = bus_.write(address, bytes);
  } else {
    reached = bus_.read(address, bytes);
  }
  tick_locked(false);
  return reached ? DmaStatus::done : DmaStatus::aborted;
}

DmaStatus Smmu::translated(StreamId stream, PhysAddr address, std::span<std::byte> into) {
  return transfer_translated(stream, address, into);
}

DmaStatus Smmu::translated(StreamId stream, PhysAddr address, std::span<const std::byte> from) {
  return transfer_translated(stream, address, from);
}

void Smmu::attach_endpoint(StreamId stream, AtcEndpoint* endpoint) {
  std::lock_guard lock(mutex_);
  const InsideHardware inside;
  if (endpoint) {
    endpoints_[stream] = endpoint;
  } else {
    endpoints_.erase(stream);
  }
}

}  // namespace hw::smmu
