// SPDX-License-Identifier: Apache-2.0
// An SMMUv3: its registers on one side, the transactions of devices on the other, memory behind.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "hw_reference/smmu/bus.hpp"
#include "hw_reference/smmu/command_queue.hpp"
#include "hw_reference/smmu/event_queue.hpp"
#include "hw_reference/smmu/features.hpp"
#include "hw_reference/smmu/inside.hpp"
#include "hw_reference/smmu/page_queue.hpp"
#include "hw_reference/smmu/policy.hpp"
#include "hw_reference/smmu/stalls.hpp"
#include "hw_reference/smmu/translator.hpp"

namespace hw::smmu {

enum class DmaStatus : std::uint8_t {
  done,
  aborted,
  ignored,  // the client saw success, but read zeros or wrote into the void (CD.A = 0)
  stalled,  // it waits in the SMMU for a CMD_RESUME, and has no answer yet
};

// How a transaction that waited ended.
struct Outcome {
  DmaStatus status = DmaStatus::done;
  std::vector<std::byte> bytes;  // that were read
};

enum class Interrupt : std::uint8_t { gerror, event_queue, command_sync, page_queue };
inline constexpr unsigned kInterrupts = 4;

inline constexpr std::uint32_t kIndexMask = 0xfffff;      // WR and RD are [19:0]
inline constexpr std::uint32_t kOverflowFlag = 1u << 31;  // OVFLG and OVACKFLG
// A queue's base is aligned to its size, and to 32 bytes at least.
PhysAddr queue_base(std::uint64_t value, unsigned bits, unsigned entry_shift);

// A use of the registers that the architecture leaves unpredictable. This model then does nothing, and remembers.
struct Misuse {
  std::string_view rule;
  std::uint32_t offset = 0;
};

// The translation cache of an endpoint. Called with the SMMU's lock held: do not call the SMMU from here.
class AtcEndpoint {
 public:
  virtual ~AtcEndpoint() = default;
  // Drops what lies in [first, last]. False: no answer; the next CMD_SYNC reports CERROR_ATC_INV_SYNC.
  virtual bool invalidate(std::optional<SubstreamId> substream, bool all_substreams, std::uint64_t first,
                          std::uint64_t last) = 0;
  // The answer to a group of page requests; the substream if the answer bears one.
  virtual void page_answer(std::optional<SubstreamId> /*substream*/, std::uint16_t /*group*/, PageAnswer /*answer*/) {}
};

// One lock protects the whole device, `mutex_`; every public function takes it. It is held while the bus, an
// endpoint's ATC or an MSI is called, so it comes before the locks of memory and of endpoints, and after CMDQV's.
//
// Time passes only in calls: with a policy that delays, each register access and each transaction moves some of the
// outstanding work forward, and a register that is polled always makes progress.
class Smmu {
 public:
  explicit Smmu(Bus& bus, const Features& features = {}, const Policy& policy = {});
  Smmu(const Smmu&) = delete;
  Smmu& operator=(const Smmu&) = delete;

  // Registers. `offset` is a multiple of the access size; 64-bit registers may also be accessed in halves.
  std::uint32_t read32(std::uint32_t offset);
  void write32(std::uint32_t offset, std::uint32_t value);
  std::uint64_t read64(std::uint32_t offset);
  void write64(std::uint32_t offset, std::uint64_t value);

  // The translation of one access, with everything that a transaction causes (events, flags in descriptors); but that
  // it does not wait where a transaction would.
  Attempt<Translation> translate(const Transaction& transaction);

  // One transaction of a device; it does not cross a 4 KiB boundary. `transaction.access.write` is set here. If it
  // stalls it waits here, with what it writes, and `ticket` names it; null: nobody will ask how it ended.
  DmaStatus read(Transaction transaction, std::span<std::byte> into, Ticket* ticket = nullptr);
  DmaStatus write(Transaction transaction, std::span<const std::byte> from, Ticket* ticket = nullptr);
  // How it ended, once; empty: it still waits, or was never there. Asking lets time pass.
  std::optional<Outcome> outcome(Ticket ticket);
  std::size_t stalled() const;  // transactions that wait
  // Translated now, but in flight until it gets to memory: at any time, and no later than the CMD_SYNC of an
  // invalidation that reaches its translation. `aborted` if it did not translate.
  DmaStatus post_write(Transaction transaction, std::span<const std::byte> from);

  // PCIe ATS: what an endpoint may cache. Empty: no translation. Faults are answered, not recorded, but for
  // F_BAD_ATS_TREQ.
  std::optional<Translation> ats_request(Transaction transaction);
  // A transaction that carries a translated address.
  DmaStatus translated(StreamId stream, PhysAddr address, std::span<std::byte> into);
  DmaStatus translated(StreamId stream, PhysAddr address, std::span<const std::byte> from);
  void attach_endpoint(StreamId stream, AtcEndpoint* endpoint);  // null: detach
  // PCIe PRI: an endpoint asks software for a page, or says that it asks for no more. It may be answered at once, where
  // nobody would see the request.
  void page_request(const PageRequest& request);

  // Commands of other queues. Backlogs are touched only here, under the SMMU's lock.
  CommandError execute(const Command& command, Backlog& backlog);
  // A queue with this backlog exists. When it is disabled its backlog is abandoned: what it waited for is settled by
  // the next CMD_SYNC of the SMMU's own queue, or else comes back with the next user of the queue.
  void watch(Backlog& backlog);
  void unwatch(Backlog& backlog);
  void abandon(Backlog& backlog, bool abandoned);

  // Lets time pass until nothing is outstanding, apart from errors that software has to acknowledge.
  void settle();
  // Lets a little time pass, as every access does.
  void tick();

  std::uint64_t interrupts(Interrupt interrupt) const;
  std::vector<Misuse> misuses() const;
  std::uint64_t executed_commands() const;
  const Features& features() const { return features_; }

  // For tests: looks into the caches, under the lock.
  template <typename Visitor>
  void inspect(Visitor visitor) {
    std::lock_guard lock(mutex_);
    visitor(translator_.tlb(), translator_.configuration());
  }

 private:
  struct Posted {
    PhysAddr address;
    std::vector<std::byte> bytes;
  };
  // The SMMU's own queue executes with the lock held already.
  struct OwnQueue final : CommandExecutor {
    explicit OwnQueue(Smmu& owner) : smmu(owner) {}
    CommandError execute(const Command& command, Backlog& backlog) override {
      return smmu.execute_locked(command, backlog);
    }
    Smmu& smmu;
  };

  std::uint32_t read_locked(std::uint32_t offset);
  void write_locked(std::uint32_t offset, std::uint32_t value);
  void write_command_registers(std::uint32_t offset, std::uint32_t value);
  void write_event_registers(std::uint32_t offset, std::uint32_t value);
  void write_page_registers(std::uint32_t offset, std::uint32_t value);
  void write_gerrorn(std::uint32_t value);
  std::uint64_t& wide_register(std::uint32_t offset);
  void misuse(std::string_view rule, std::uint32_t offset);

  void tick_locked(bool polled);
  void acknowledge(bool at_once);
  void apply_cr0();
  void consume(bool at_least_one);
  void commit_events(bool all);
  void drain_posted(bool all);
  void speculate();
  void raise_error(std::uint32_t error);
  void interrupt(Interrupt interrupt);
  void send_msi(std::uint64_t address, std::uint32_t data, std::uint32_t error);

  CommandError execute_locked(const Command& command, Backlog& backlog);
  CommandError synchronise(const Command& command, Backlog& backlog);
  void complete(Backlog& backlog);
  void invalidate_endpoints(const Command& command, Backlog& backlog);
  void prefetch(const Command& command);

  using HeldRef = std::list<Held>::iterator;
  DmaStatus hold(const Transaction& transaction, const Fault& fault, std::vector<std::byte> bytes, Ticket* ticket);
  HeldRef finish(HeldRef held, DmaStatus status);
  HeldRef perform(HeldRef held, const Translation& translation);
  HeldRef retry(HeldRef held);
  void progress_held(bool all);
  void retry_early();
  void record_stalls(bool all);
  void settle_stalls();
  void resume(const Command& command);
  void terminate_stalls(std::optional<StreamId> stream);

  void tell_endpoint(StreamId stream, std::optional<SubstreamId> substream, std::uint16_t group, PageAnswer answer);
  void answer_overflow(const PageRequest& request);
  void answer_pages(const Command& command);

  // With `may_stall`, a fault that stalls is left to the caller to record.
  Attempt<Translation> translate_locked(const Transaction& transaction, bool may_stall);
  Event event_of(const Transaction& transaction, const Fault& fault) const;
  void record(const Transaction& transaction, const Fault& fault);
  StreamTable stream_table() const;
  bool enabled(std::uint32_t bits) const { return (cr0_ack_ & bits) != 0; }
  bool active(std::uint32_t error) const { return ((gerror_ ^ gerrorn_) & error) != 0; }
  template <typename Bytes>
  DmaStatus transfer_translated(StreamId stream, PhysAddr address, Bytes bytes);

  mutable std::mutex mutex_;
  Bus& bus_;
  const Features features_;
  const Policy policy_;
  Chooser chooser_;
  Translator translator_;
  CommandQueue commands_;
  OwnQueue executor_{*this};
  EventQueue events_;
  PageQueue pages_;
  StallTable stalls_;
  std::map<Ticket, Outcome> outcomes_;
  Ticket last_ticket_ = 0;

  std::uint32_t cr0_ = 0, cr0_ack_ = 0, cr1_ = 0, cr2_ = 0;
  std::uint32_t gbpa_ = 0, gbpa_next_ = 0;  // UPDATE is set in gbpa_next_ until it takes effect
  std::uint32_t irq_ctrl_ = 0, irq_ctrl_ack_ = 0;
  std::uint32_t gerror_ = 0, gerrorn_ = 0;
  std::uint32_t strtab_base_cfg_ = 0;
  std::uint64_t strtab_base_ = 0, cmdq_base_ = 0, evtq_base_ = 0, gerror_msi_ = 0, evtq_msi_ = 0;
  std::uint64_t priq_base_ = 0, priq_msi_ = 0;
  std::uint32_t gerror_msi_data_ = 0, gerror_msi_attributes_ = 0, evtq_msi_data_ = 0, evtq_msi_attributes_ = 0;
  std::uint32_t priq_msi_data_ = 0, priq_msi_attributes_ = 0;
  unsigned patience_ = 0;  // polls of an acknowledgement left before it comes

  std::deque<Event> pending_events_;  // known, but not yet in the queue
  std::optional<Event> last_event_;   // for merging
  std::deque<Posted> posted_;
  std::map<StreamId, AtcEndpoint*> endpoints_;
  std::vector<Backlog*> watched_;
  std::array<Transaction, 8> recent_{};  // where speculation looks
  std::size_t recent_count_ = 0;
  std::array<std::uint64_t, kInterrupts> interrupts_{};
  std::vector<Misuse> misuses_;
};

}  // namespace hw::smmu
