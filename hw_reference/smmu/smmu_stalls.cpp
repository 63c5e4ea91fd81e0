// SPDX-License-Identifier: Apache-2.0
// Transactions that wait: their records, and what commands do with them (Arm IHI 0070, 3.12.2, 4.7, 7.2.1).
#include <algorithm>
#include <iterator>

#include "hw_reference/smmu/registers.hpp"
#include "hw_reference/smmu/smmu.hpp"

namespace hw::smmu {

namespace {

Held::Fate fate_of(unsigned action, bool read_as_zero) {
  if ((action & kResumeRetry) != 0) return Held::Fate::retry;
  return action == kResumeAbort || !read_as_zero ? Held::Fate::abort : Held::Fate::zeros;
}

}  // namespace

DmaStatus Smmu::hold(const Transaction& transaction, const Fault& fault, std::vector<std::byte> bytes, Ticket* ticket) {
  Held held{.transaction = transaction, .bytes = std::move(bytes), .event = event_of(transaction, fault), .tag = {}};
  held.event.stall = true;
  if (ticket != nullptr) *ticket = held.ticket = ++last_ticket_;
  stalls_.held.push_back(std::move(held));
  record_stalls(false);
  return DmaStatus::stalled;
}

std::optional<Outcome> Smmu::outcome(Ticket ticket) {
  std::lock_guard lock(mutex_);
  const InsideHardware inside;
  tick_locked(true);
  const auto found = outcomes_.find(ticket);
  if (found == outcomes_.end()) return std::nullopt;
  Outcome outcome = std::move(found->second);
  outcomes_.erase(found);
  return outcome;
}

std::size_t Smmu::stalled() const {
  std::lock_guard lock(mutex_);
  const InsideHardware inside;
  return stalls_.held.size();
}

// Ends a transaction, and returns the next one.
Smmu::HeldRef Smmu::finish(HeldRef held, DmaStatus status) {
  if (held->ticket != 0) {
    const bool told = !held->transaction.access.write && status != DmaStatus::aborted;
    if (!told) held->bytes.clear();
    if (status == DmaStatus::ignored) std::fill(held->bytes.begin(), held->bytes.end(), std::byte{0});
    outcomes_[held->ticket] = {status, std::move(held->bytes)};
  }
  return stalls_.held.erase(held);
}

Smmu::HeldRef Smmu::perform(HeldRef held, const Translation& translation) {
  const bool done = held->transaction.access.write ? bus_.write(translation.address, held->bytes)
                                                   : bus_.read(translation.address, held->bytes);
  return finish(held, done ? DmaStatus::done : DmaStatus::aborted);
}

// As though it had just arrived.
Smmu::HeldRef Smmu::retry(HeldRef held) {
  const auto result = translate_locked(held->transaction, true);
  if (result) return perform(held, *result);
  if (!result.fault().stall) return finish(held, result.fault().read_as_zero ? DmaStatus::ignored : DmaStatus::aborted);
  held->event = event_of(held->transaction, result.fault());
  held->event.stall = true;
  held->stale = false;
  held->fate = Held::Fate::wait;
  return std::next(held);
}

void Smmu::progress_held(bool all) {
  for (auto held = stalls_.held.begin(); held != stalls_.held.end();) {
    if (held->fate == Held::Fate::wait || (!all && chooser_.chance(policy_.delay))) {
      ++held;
    } else if (held->fate == Held::Fate::retry) {
      held = retry(held);
    } else {
      held = finish(held, held->fate == Held::Fate::abort ? DmaStatus::aborted : DmaStatus::ignored);
    }
  }
  retry_early();
}

// Unasked. Only a success is of consequence: a transaction has one record, until a command tries it again.
void Smmu::retry_early() {
  if (stalls_.held.empty() || !enabled(cr0::kSmmuEnable) || !chooser_.chance(policy_.speculate)) return;
  const auto held = std::next(stalls_.held.begin(), static_cast<std::ptrdiff_t>(chooser_.below(stalls_.held.size())));
  if (held->fate != Held::Fate::wait) return;
  const auto result = translator_.translate(stream_table(), held->transaction);
  if (result) perform(held, *result);
}

// Records are never dropped: they wait until the queue has room, and for a tag.
void Smmu::record_stalls(bool all) {
  for (auto held = stalls_.held.begin(); held != stalls_.held.end();) {
    if (held->fate != Held::Fate::wait || held->tag) {
      ++held;
      continue;
    }
    const bool writable = enabled(cr0::kEventQueueEnable) && !active(gerror::kEventQueueAbort) &&
                          !events_.ring.full(events_.prod, events_.cons);
    const auto tag = stalls_.free_tag();
    if (!writable || !tag || (!all && chooser_.chance(policy_.delay))) return;
    if (held->stale) {
      const std::size_t before = stalls_.held.size();
      const auto next = retry(held);
      if (stalls_.held.size() < before) {
        held = next;
        continue;
      }
    }
    held->event.tag = *tag;
    const bool was_empty = events_.ring.occupied(events_.prod, events_.cons) == 0;
    // An abort loses the record, not the transaction.
    if (events_.push(bus_, held->event) == EventQueue::Result::aborted) {
      raise_error(gerror::kEventQueueAbort);
    } else if (was_empty) {
      interrupt(Interrupt::event_queue);
    }
    held->tag = tag;
    stalls_.tags[*tag] = held->transaction.stream;
    ++held;
  }
}

// A CMD_SYNC: what could not be recorded until now is a matter of the past.
void Smmu::settle_stalls() {
  record_stalls(true);
  for (Held& held : stalls_.held)
    if (!held.tag) held.stale = true;
}

// A tag that was not given out, or to another stream, names nothing.
void Smmu::resume(const Command& command) {
  const std::uint16_t tag = command.tag();
  if (tag >= stalls_.tags.size() || stalls_.tags[tag] != command.stream()) return;
  stalls_.tags[tag].reset();
  for (Held& held : stalls_.held) {
    if (held.tag != tag) continue;
    held.tag.reset();
    held.fate = fate_of(command.resume_action(), features_.read_as_zero);
    break;
  }
  progress_held(false);
}

void Smmu::terminate_stalls(std::optional<StreamId> stream) {
  for (auto& owner : stalls_.tags)
    if (owner && (!stream || *owner == *stream)) owner.reset();
  for (Held& held : stalls_.held) {
    if (stream && held.transaction.stream != *stream) continue;
    held.tag.reset();
    held.fate = Held::Fate::abort;
  }
  progress_held(!stream);
}

}  // namespace hw::smmu
