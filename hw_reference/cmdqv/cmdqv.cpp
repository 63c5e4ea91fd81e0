// SPDX-License-Identifier: Apache-2.0
// Enabling, running, and errors.
#include "hw_reference/cmdqv/cmdqv.hpp"

namespace hw::cmdqv {

namespace {
constexpr unsigned kPatience = 6;
}

Cmdqv::Cmdqv(Bus& bus, smmu::Smmu& smmu, const Parameters& parameters, const smmu::Policy& policy)
    : bus_(bus),
      smmu_(smmu),
      parameters_(parameters),
      policy_(policy),
      chooser_(policy.seed ^ 0xc3d9),
      vintfs_(parameters.vintfs()),
      queues_(parameters.queues()) {
  for (Queue& queue : queues_) smmu_.watch(queue.ring.backlog);
}

Cmdqv::~Cmdqv() {
  for (Queue& queue : queues_) smmu_.unwatch(queue.ring.backlog);
}

smmu::CommandError Cmdqv::Gate::execute(const smmu::Command& command, smmu::Backlog& backlog) {
  const auto admitted = admit(command, owner);
  if (const auto* error = std::get_if<smmu::CommandError>(&admitted)) return *error;
  return smmu.execute(std::get<smmu::Command>(admitted), backlog);
}

void Cmdqv::settle() {
  std::lock_guard lock(mutex_);
  const InsideHardware inside;
  acknowledge(true);
  for (Queue& queue : queues_) {
    while (may_run(queue) && queue.ring.consistent() && queue.ring.ring.occupied(queue.ring.prod, queue.ring.cons) != 0)
      run(queue, true);
  }
}

void Cmdqv::tick_locked(Queue* polled) {
  acknowledge(false);
  // Queues do not order each other, so any of them may be first.
  const std::size_t first = policy_.delay > 0 ? chooser_.below(queues_.size()) : 0;
  for (std::size_t i = 0; i < queues_.size(); ++i) {
    Queue& queue = queues_[(first + i) % queues_.size()];
    run(queue, &queue == polled);
  }
}

// Every enable follows its CONFIG when hardware gets to it; patience bounds how often a poll is disappointed.
void Cmdqv::acknowledge(bool at_once) {
  bool waiting = enabled_ != ((config_ & config::kEnable) != 0);
  for (const Vintf& vintf : vintfs_) waiting |= vintf.enabled != (enabled_ && (vintf.config & vintf_config::kEnable));
  for (const Queue& queue : queues_) {
    waiting |= queue.enabled != (wants_to_run(queue) && enabled_ && vintfs_[queue.vintf()].enabled);
  }
  if (!waiting) return;
  if (!at_once && patience_ > 0 && chooser_.chance(policy_.delay)) {
    --patience_;
    return;
  }
  patience_ = kPatience;
  enabled_ = config_ & config::kEnable;
  for (Vintf& vintf : vintfs_) {
    const bool enable = enabled_ && (vintf.config & vintf_config::kEnable);
    if (enable && !vintf.enabled) {
      vintf.owner.vmid = static_cast<std::uint16_t>(vintf.config >> 1);
      vintf.owner.hypervisor = vintf.config & vintf_config::kHypervisorOwned;
    }
    vintf.enabled = enable;
  }
  for (Queue& queue : queues_) update_queue(queue);
}

void Cmdqv::update_queue(Queue& queue) {
  bool enable = wants_to_run(queue) && enabled_ && vintfs_[queue.vintf()].enabled;
  if (enable && !queue.enabled && field(queue.base, 4, 0) > smmu_.features().command_queue_bits) {
    raise(queue, gerror::kInit);
    enable = false;
  }
  if (enable == queue.enabled) return;
  queue.enabled = enable;
  if (!enable) queue.ring.forget();
  smmu_.abandon(queue.ring.backlog, !enable);
}

// Without a BASE an enabled queue waits for one.
bool Cmdqv::wants_to_run(const Queue& queue) const {
  return (queue.config & config::kEnable) && queue.mapped() && queue.base != 0 && !queue.active(gerror::kInit);
}

bool Cmdqv::may_run(const Queue& queue) const {
  return queue.enabled && enabled_ && queue.mapped() && vintfs_[queue.vintf()].enabled &&
         !queue.active(gerror::kCommand);
}

void Cmdqv::run(Queue& queue, bool at_least_one) {
  if (!may_run(queue)) return;
  Gate gate(smmu_, vintfs_[queue.vintf()].owner);
  const std::uint32_t before = queue.ring.cons;
  bool failed = false;
  while (at_least_one || !chooser_.chance(policy_.delay)) {
    at_least_one = false;
    if (policy_.delay > 0) queue.ring.read_ahead(bus_, chooser_);
    const auto step = queue.ring.step(bus_, gate);
    failed = step == smmu::CommandQueue::Step::failed;
    if (step != smmu::CommandQueue::Step::consumed) break;
  }
  const bool moved = queue.ring.cons != before || failed;
  if (moved && (config_ & config::kConsCopyEnable) && queue.cons_copy != 0) {
    const std::uint32_t cons = queue.ring.cons | static_cast<std::uint32_t>(queue.ring.error) << 24;
    if (!bus_.write(queue.cons_copy, std::as_bytes(std::span(&cons, 1)))) raise(queue, gerror::kConsCopyAbort);
  }
  if (failed) raise(queue, gerror::kCommand);
}

// An error that is still active raises neither its bit nor the interrupt again.
void Cmdqv::raise(Queue& queue, std::uint32_t error) {
  if (queue.active(error)) return;
  queue.gerror ^= error;
  if (!(interrupt_mask_ >> queue.vintf() & 1)) ++interrupts_;
}

std::uint64_t Cmdqv::interrupts() const {
  std::lock_guard lock(mutex_);
  const InsideHardware inside;
  return interrupts_;
}

std::vector<Misuse> Cmdqv::misuses() const {
  std::lock_guard lock(mutex_);
  const InsideHardware inside;
  return misuses_;
}

std::uint64_t Cmdqv::executed_commands(unsigned queue) const {
  std::lock_guard lock(mutex_);
  const InsideHardware inside;
  return queues_[queue].ring.executed();
}

}  // namespace hw::cmdqv
