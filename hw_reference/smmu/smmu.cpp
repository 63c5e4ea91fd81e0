// SPDX-License-Identifier: Apache-2.0
// The passing of time: what is outstanding, and when it happens.
#include "hw_reference/smmu/smmu.hpp"

#include <algorithm>

#include "hw_reference/smmu/bits.hpp"
#include "hw_reference/smmu/invalidate.hpp"
#include "hw_reference/smmu/registers.hpp"

namespace hw::smmu {

namespace {
constexpr unsigned kPatience = 6;
}

Smmu::Smmu(Bus& bus, const Features& features, const Policy& policy)
    : bus_(bus),
      features_(features),
      policy_(policy),
      chooser_(policy.seed),
      translator_(bus, features_, policy_, chooser_) {
  if (features.stall_model != StallModel::terminate) stalls_.tags.resize(features.stall_max);
}

StreamTable Smmu::stream_table() const {
  StreamTable table;
  table.two_level = features_.two_level_streams && field(strtab_base_cfg_, 17, 16) == 1;
  table.split = static_cast<unsigned>(field(strtab_base_cfg_, 10, 6));
  if (table.split != 8 && table.split != 10) table.split = 6;
  table.bits = std::min(static_cast<unsigned>(field(strtab_base_cfg_, 5, 0)), features_.stream_bits);
  // The base is aligned to the size of the table.
  const unsigned log2_bytes =
      !table.two_level ? table.bits + 6 : std::max(6u, table.bits > table.split ? table.bits - table.split + 3 : 3u);
  table.base = align_down(address_field(strtab_base_, 51, 6), 1ull << log2_bytes);
  return table;
}

void Smmu::tick() {
  std::lock_guard lock(mutex_);
  const InsideHardware inside;
  tick_locked(false);
}

void Smmu::settle() {
  std::lock_guard lock(mutex_);
  const InsideHardware inside;
  acknowledge(true);
  while (enabled(cr0::kCommandQueueEnable) && !active(gerror::kCommandQueue) && commands_.consistent() &&
         commands_.ring.occupied(commands_.prod, commands_.cons) != 0) {
    consume(true);
  }
  complete(commands_.backlog);
  for (Backlog* backlog : watched_) complete(*backlog);
  drain_posted(true);
  progress_held(true);
  commit_events(true);
  record_stalls(true);
}

void Smmu::tick_locked(bool polled) {
  acknowledge(false);
  consume(polled);
  while (!commands_.backlog.late.empty() && !chooser_.chance(policy_.delay)) {
    invalidate(commands_.backlog.late.front(), features_, stream_table(), translator_);
    commands_.backlog.late.erase(commands_.backlog.late.begin());
  }
  drain_posted(false);
  commit_events(false);
  if (!stalls_.held.empty()) {
    progress_held(false);
    record_stalls(false);
  }
  if (chooser_.chance(policy_.evict)) translator_.tlb().evict(chooser_);
  if (chooser_.chance(policy_.evict)) translator_.configuration().evict(chooser_);
  speculate();
}

// Handshakes. Each poll uses up some patience, so that a loop of polls ends.
void Smmu::acknowledge(bool at_once) {
  const bool waiting = cr0_ != cr0_ack_ || irq_ctrl_ != irq_ctrl_ack_ || (gbpa_next_ & gbpa::kUpdate);
  if (!waiting) return;
  if (!at_once && patience_ > 0 && chooser_.chance(policy_.delay)) {
    --patience_;
    return;
  }
  patience_ = kPatience;
  if (cr0_ != cr0_ack_) apply_cr0();
  irq_ctrl_ack_ = irq_ctrl_;
  if (gbpa_next_ & gbpa::kUpdate) gbpa_ = gbpa_next_ = gbpa_next_ & ~gbpa::kUpdate;
}

void Smmu::apply_cr0() {
  const std::uint32_t gone = cr0_ack_ & ~cr0_;
  if (gone & cr0::kCommandQueueEnable) commands_.forget();
  if (gone & cr0::kEventQueueEnable) pending_events_.clear();  // uncommitted records are discarded
  cr0_ack_ = cr0_;
  if (gone & cr0::kSmmuEnable) terminate_stalls({});
}

void Smmu::consume(bool at_least_one) {
  while (enabled(cr0::kCommandQueueEnable) && !active(gerror::kCommandQueue)) {
    if (!at_least_one && chooser_.chance(policy_.delay)) return;
    at_least_one = false;
    if (policy_.delay > 0) commands_.read_ahead(bus_, chooser_);
    switch (commands_.step(bus_, executor_)) {
      case CommandQueue::Step::idle:
        return;
      case CommandQueue::Step::failed:
        return raise_error(gerror::kCommandQueue);
      case CommandQueue::Step::consumed:
        break;
    }
  }
}

void Smmu::drain_posted(bool all) {
  while (!posted_.empty() && (all || !chooser_.chance(policy_.delay))) {
    const Posted& first = posted_.front();
    bus_.write(first.address, first.bytes);
    posted_.pop_front();
  }
}

void Smmu::commit_events(bool all) {
  while (!pending_events_.empty() && (all || !chooser_.chance(policy_.delay))) {
    const Event event = pending_events_.front();
    pending_events_.pop_front();
    if (!enabled(cr0::kEventQueueEnable) || active(gerror::kEventQueueAbort)) continue;
    const bool was_empty = events_.ring.occupied(events_.prod, events_.cons) == 0;
    switch (events_.push(bus_, event)) {
      case EventQueue::Result::written:
        if (was_empty) interrupt(Interrupt::event_queue);
        break;
      case EventQueue::Result::overflowed:
        interrupt(Interrupt::event_queue);
        break;
      case EventQueue::Result::dropped:
        break;
      case EventQueue::Result::aborted:
        raise_error(gerror::kEventQueueAbort);
        break;
    }
  }
}

// Translates or fetches something near what was asked before. Faults of speculation are never seen.
void Smmu::speculate() {
  if (recent_count_ == 0 || !enabled(cr0::kSmmuEnable) || !chooser_.chance(policy_.speculate)) return;
  Transaction transaction = recent_[chooser_.below(std::min(recent_count_, recent_.size()))];
  if (chooser_.chance(policy_.tear)) return translator_.fetch_ahead(stream_table(), transaction);
  transaction.address = (transaction.address & ~0xfffull) + ((chooser_.below(17) - 8) << 12);
  transaction.access = {.write = chooser_.chance(128)};
  (void)translator_.translate(stream_table(), transaction, true);
}

void Smmu::raise_error(std::uint32_t error) {
  if (active(error)) return;
  gerror_ ^= error;
  interrupt(Interrupt::gerror);
}

void Smmu::interrupt(Interrupt interrupt) {
  switch (interrupt) {
    case Interrupt::gerror:
      if (!(irq_ctrl_ack_ & irq_ctrl::kGerror)) return;
      send_msi(gerror_msi_, gerror_msi_data_, gerror::kMsiGerrorAbort);
      break;
    case Interrupt::event_queue:
      if (!(irq_ctrl_ack_ & irq_ctrl::kEventQueue)) return;
      send_msi(evtq_msi_, evtq_msi_data_, gerror::kMsiEventAbort);
      break;
    case Interrupt::page_queue:
      if (!(irq_ctrl_ack_ & irq_ctrl::kPageQueue)) return;
      send_msi(priq_msi_, priq_msi_data_, gerror::kMsiPageAbort);
      break;
    case Interrupt::command_sync:
      break;
  }
  ++interrupts_[static_cast<unsigned>(interrupt)];
}

void Smmu::send_msi(std::uint64_t address, std::uint32_t data, std::uint32_t error) {
  const PhysAddr at = address_field(address, 51, 2);
  if (!features_.msi || at == 0) return;
  if (bus_.write(at, std::as_bytes(std::span(&data, 1)))) return;
  // An abort of the error interrupt itself must not raise a second one.
  if (!active(error)) gerror_ ^= error;
}

std::uint64_t Smmu::interrupts(Interrupt interrupt) const {
  std::lock_guard lock(mutex_);
  const InsideHardware inside;
  return interrupts_[static_cast<unsigned>(interrupt)];
}

std::vector<Misuse> Smmu::misuses() const {
  std::lock_guard lock(mutex_);
  const InsideHardware inside;
  return misuses_;
}

std::uint64_t Smmu::executed_commands() const {
  std::lock_guard lock(mutex_);
  const InsideHardware inside;
  return commands_.executed();
}

}  // namespace hw::smmu
