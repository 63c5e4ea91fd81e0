// SPDX-License-Identifier: Apache-2.0
#include "hw_reference/domain/driver.hpp"

#include <cassert>
#include <cerrno>
#include <stdexcept>

#include "hw_reference/domain/domain.hpp"
#include "hw_reference/domain/plain_entries.hpp"
#include "hw_reference/domain/stream_writer.hpp"
#include "hw_reference/smmu/registers.hpp"

namespace hw::domain {

namespace {

namespace reg = smmu::reg;
namespace cr0 = smmu::cr0;

constexpr std::uint64_t kEatsFull = 1ULL << 28;

}  // namespace

void Driver::write_and_wait(std::uint32_t offset, std::uint32_t acknowledge, std::uint32_t value) {
  smmu_.write32(offset, value);
  for (unsigned poll = 0; poll < kPolls; ++poll)
    if (smmu_.read32(acknowledge) == value) return;
  throw std::runtime_error("the SMMU does not answer");
}

Driver::Driver(smmu::Smmu& smmu, Bus& memory, hw_reference::pgtable::TableMemory& tables, const Layout& layout)
    : smmu_(smmu),
      memory_(memory),
      tables_(tables),
      layout_(layout),
      vmids_(smmu.features().vmid16 ? 16 : 8),
      asids_(smmu.features().asid16 ? 16 : 8),
      attached_(std::size_t{1} << layout.stream_bits) {
  QueueRegisters registers;
  registers.read_cons = [this] { return smmu_.read32(reg::kCmdqCons); };
  registers.write_prod = [this](std::uint32_t value) { smmu_.write32(reg::kCmdqProd, value); };
  registers.read_gerror = [this] { return smmu_.read32(reg::kGerror); };
  registers.read_gerrorn = [this] { return smmu_.read32(reg::kGerrorn); };
  registers.write_gerrorn = [this](std::uint32_t value) { smmu_.write32(reg::kGerrorn, value); };
  own_ = std::make_unique<RingQueue>(memory_, layout_.commands, layout_.command_bits, std::move(registers));
  queues_.main = own_.get();

  // No context of any substream is valid yet.
  for (std::size_t slot = 0; layout_.substream_bits != 0 && slot < attached_.size() << layout_.substream_bits; ++slot)
    memory_.write64(layout_.substreams + 64 * slot, 0);
  for (std::size_t stream = 0; stream < attached_.size(); ++stream) {
    const smmu::Words entry = aborting();
    for (unsigned i = 0; i < entry.size(); ++i) memory_.write64(layout_.streams + 64 * stream + 8 * i, entry[i]);
  }
  write_and_wait(reg::kCr0, reg::kCr0Ack, 0);
  smmu_.write64(reg::kStrtabBase, layout_.streams);
  smmu_.write32(reg::kStrtabBaseCfg, layout_.stream_bits);
  smmu_.write64(reg::kCmdqBase, layout_.commands | layout_.command_bits);
  smmu_.write32(reg::kCmdqProd, 0);
  smmu_.write32(reg::kCmdqCons, 0);
  write_and_wait(reg::kCr0, reg::kCr0Ack, cr0::kCommandQueueEnable);
  send({smmu::command::cfgi_all()});
  send({smmu::command::tlbi_nsnh_all()});
  smmu_.write64(reg::kEvtqBase, layout_.events | layout_.event_bits);
  smmu_.write32(reg::kEvtqProd, 0);
  smmu_.write32(reg::kEvtqCons, 0);
  std::uint32_t queues = cr0::kCommandQueueEnable | cr0::kEventQueueEnable;
  write_and_wait(reg::kCr0, reg::kCr0Ack, queues);
  if (has_page_queue()) {
    smmu_.write64(reg::kPriqBase, layout_.pages | layout_.page_bits);
    smmu_.write32(reg::kPriqProd, 0);
    smmu_.write32(reg::kPriqCons, 0);
    queues |= cr0::kPageQueueEnable;
    write_and_wait(reg::kCr0, reg::kCr0Ack, queues);
  }
  write_and_wait(reg::kCr0, reg::kCr0Ack, queues | cr0::kAtsCheck | cr0::kSmmuEnable);
}

Driver::~Driver() {
  for (std::size_t index = 0; index < attached_.size(); ++index) {
    const auto stream = static_cast<smmu::StreamId>(index);
    while (!attached_[index].substreams.empty()) detach_substream(stream, attached_[index].substreams.begin()->first);
    if (attached_[index].domain != nullptr) detach(stream);
  }
}

void Driver::send(std::initializer_list<smmu::Command> commands) {
  Batch commands_of_one = batch();
  for (const smmu::Command& command : commands) commands_of_one.add(command);
  commands_of_one.wait();
}

PhysAddr Driver::write_context(std::uint16_t asid, const smmu::Words& context) {
  const PhysAddr at = layout_.contexts + 64ULL * asid;
  for (unsigned i = static_cast<unsigned>(context.size()); i-- > 0;) memory_.write64(at + 8 * i, context[i]);
  return at;
}

// Whether the stream's contexts stand in a table of its own, one for each substream.
bool Driver::has_table(smmu::StreamId stream, const Domain* domain, bool ats, bool nested) const {
  if (layout_.substream_bits == 0) return false;
  const bool first_stage = domain != nullptr && domain->is_first_stage() && !ats && !nested;
  return first_stage || !attached_[stream].substreams.empty();
}

int Driver::check_change(smmu::StreamId stream, const Domain* domain, bool ats, bool nested) const {
  if (domain != nullptr && &domain->driver() != this) return EINVAL;
  const bool other = domain != nullptr && (!domain->is_first_stage() || ats || nested);
  return other && !attached_[stream].substreams.empty() ? EBUSY : 0;
}

void Driver::write_entry(smmu::StreamId stream, const smmu::Words& target) {
  last_syncs_ = write_stream_entry(memory_, layout_.streams + 64ULL * stream, target, [this, stream] {
    // Where there is stage 1, its context descriptors may be remembered too.
    send({smmu::command::cfgi_ste(stream, true)});
  });
}

int Driver::change(smmu::StreamId stream, const smmu::Words& words, Domain* domain, bool ats, bool nested) {
  if (stream >= attached_.size()) return EINVAL;
  std::lock_guard lock(mutex_);
  if (const int error = check_change(stream, domain, ats, nested)) return error;
  Attached& now = attached_[stream];
  const bool bypasses = (words[0] >> 1 & 7) == 4;
  smmu::Words target = words;
  if (has_table(stream, domain, ats, nested)) {
    if (domain != nullptr) write_substream(stream, 0, domain->context());
    target = table_entry(stream, domain != nullptr ? kSubstream0 : bypasses ? kBypassStage1 : kTerminate);
  }
  if (ats) target[1] |= kEatsFull;
  // Who unmaps from now on also tells this endpoint; it may know of the old domain until the end.
  if (domain != nullptr && ats) domain->add_endpoint(stream);
  write_entry(stream, target);
  // A transaction could still name the first context of the table.
  const bool stays = domain != nullptr && has_table(stream, domain, ats, nested);
  if (now.domain != nullptr && has_table(stream, now.domain, now.ats, now.nested) && !stays)
    write_substream(stream, 0, {});
  // New ones abort: what waits now is all that there is.
  if (now.stalls && domain == nullptr && !bypasses && now.substreams.empty()) send({smmu::command::stall_term(stream)});
  if (now.ats) {
    // The translations of the old domain that the endpoint keeps.
    send({smmu::command::atc_inv(stream, 0, 52)});
    now.domain->remove_endpoint(stream);
  }
  if (now.domain != nullptr) --now.domain->streams;
  now.domain = domain;
  now.ats = domain != nullptr && ats;
  now.nested = domain != nullptr && nested;
  now.bypass = bypasses;
  if (domain != nullptr) ++domain->streams;
  return 0;
}

int Driver::attach(smmu::StreamId stream, Domain& domain, bool ats) {
  return change(stream, domain.stream_entry(), &domain, ats);
}

int Driver::attach_nested(smmu::StreamId stream, Domain& parent, const smmu::Words& guest, bool ats) {
  const bool translates = (guest[0] & 1) != 0 && (guest[0] >> 1 & 7) == 5;
  if (!parent.is_parent() || !translates) return EINVAL;
  smmu::Words entry = parent.stream_entry();
  constexpr std::uint64_t kStage1Word0 = 0xf80f'ffff'ffff'fff0;  // S1Fmt, S1ContextPtr, S1CDMax
  constexpr std::uint64_t kStage1Word1 = 0x0800'00ff;            // S1DSS, S1CIR, S1COR, S1CSH, S1STALLD
  entry[0] = 1 | 7ULL << 1 | (guest[0] & kStage1Word0);
  entry[1] |= guest[1] & kStage1Word1;
  return change(stream, entry, &parent, ats, true);
}

int Driver::bypass(smmu::StreamId stream) { return change(stream, bypassing(), nullptr, false); }

int Driver::detach(smmu::StreamId stream) { return change(stream, aborting(), nullptr, false); }

}  // namespace hw::domain
