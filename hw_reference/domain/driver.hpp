// SPDX-License-Identifier: Apache-2.0
// The driver of one SMMU: its stream table, its queues, its numbers.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "hw_reference/domain/batch.hpp"
#include "hw_reference/domain/device_fault.hpp"
#include "hw_reference/domain/number_pool.hpp"
#include "hw_reference/domain/ring_queue.hpp"
#include "hw_reference/pgtable/table_memory.hpp"
#include "hw_reference/smmu/smmu.hpp"
#include "hw_reference/smmu/stage.hpp"

namespace hw::domain {

class Domain;

// Where the driver's structures lie in memory: each region is for the driver alone.
struct Layout {
  PhysAddr streams = 0;         // 64 << stream_bits bytes, aligned to that
  unsigned stream_bits = 8;     // log2 of the streams, linear
  PhysAddr contexts = 0;        // 64 bytes for each ASID
  PhysAddr commands = 0;        // 16 << command_bits bytes, aligned to that
  unsigned command_bits = 8;    // log2
  PhysAddr events = 0;          // 32 << event_bits bytes, aligned to that
  unsigned event_bits = 6;      // log2
  bool use_ranges = true;       // range invalidation, if the SMMU has it
  PhysAddr substreams = 0;      // (64 << substream_bits) << stream_bits bytes, aligned to 64 << substream_bits
  unsigned substream_bits = 0;  // log2 of the substreams (PASIDs) of each stream; 0: none
  PhysAddr pages = 0;           // 16 << page_bits bytes, aligned to that: page requests, if the SMMU has them; 0: none
  unsigned page_bits = 6;       // log2
};

// mutex: protects the stream table's entries and who is attached where. Taken before the locks of domains and of
// queues.
// faults_mutex: protects the handlers; held while the queues of faults are emptied, and while handlers are called. It
// comes before all locks of iommufd.
class Driver {
 public:
  // Resets the SMMU, so that every stream aborts, and enables it. `memory` holds the structures, `tables` the
  // translation tables; the SMMU sees both. All outlive the driver.
  Driver(smmu::Smmu& smmu, Bus& memory, hw_reference::pgtable::TableMemory& tables, const Layout& layout);
  ~Driver();
  Driver(const Driver&) = delete;
  Driver& operator=(const Driver&) = delete;

  // Commands that `queue` takes go there from now on; null: to the SMMU's own queue again. No call may be running.
  void set_fast_queue(CommandSink* queue) { queues_.fast = queue; }

  // From when it returns no transaction of the stream uses what it was attached to before; meanwhile each uses the one
  // or the other, or aborts. `ats`: the endpoint may keep translations. EINVAL: no such stream, or a
  // domain of another driver.
  int attach(smmu::StreamId stream, Domain& domain, bool ats = false);
  // Stage 1 belongs to a guest: `guest` are the words of the guest's entry, of which the fields of stage 1 are taken.
  // EINVAL: as above, not a domain for nesting, or the guest's entry does not translate.
  int attach_nested(smmu::StreamId stream, Domain& parent, const smmu::Words& guest, bool ats = false);
  int bypass(smmu::StreamId stream);

  // The same for one substream, from 1 on; the stream's own transactions go on with what they have. EINVAL: no such
  // stream or substream, or not a domain of stage 1 of this driver; EBUSY: the stream is attached to stage 2, or its
  // endpoint keeps translations. Needs room in the tables of `Layout`.
  int attach_substream(smmu::StreamId stream, smmu::SubstreamId substream, Domain& domain);
  int detach_substream(smmu::StreamId stream, smmu::SubstreamId substream);  // EINVAL: nothing is attached there
  // Substreams of a stream, 1 if there are none but the stream itself.
  std::uint64_t substreams() const { return std::uint64_t{1} << layout_.substream_bits; }

  // The stream aborts, and what waits of it is ended. EINVAL: no such stream.
  int detach(smmu::StreamId stream);

  // Transactions of the stream that meet a fault of stage 1 wait from the next time that it is attached. EINVAL: no
  // such stream, or no room for contexts of its own (`Layout`); EOPNOTSUPP: this SMMU lets nothing wait.
  int set_stalls(smmu::StreamId stream);
  // Who looks after the faults of a stream; empty: nobody. Waits for the one before, if it is being called.
  void set_fault_handler(smmu::StreamId stream, FaultHandler handler);
  // Empties the queues of events and of page requests, as an interrupt asks for. What nobody takes is answered. Neither
  // this nor the one above may be called from a handler.
  void handle_faults();
  // Never fails.
  void answer_fault(const DeviceFault& fault, FaultAnswer answer);

  Batch batch() { return Batch(queues_); }
  // A CMD_SYNC in the SMMU's own queue, and the wait for it.
  SendResult sync_own_queue() { return own_->send({}); }
  smmu::Smmu& smmu() { return smmu_; }
  hw_reference::pgtable::TableMemory& tables() { return tables_; }
  NumberPool& vmids() { return vmids_; }
  NumberPool& asids() { return asids_; }
  bool ranges() const { return layout_.use_ranges && smmu_.features().range_invalidation; }

  // For a domain of stage 1: its context descriptor, which no stream uses yet.
  PhysAddr write_context(std::uint16_t asid, const smmu::Words& context);

  unsigned last_syncs() const { return last_syncs_; }  // of the last change of a stream's entry; for tests

 private:
  struct Attached {
    Domain* domain = nullptr;
    bool ats = false;
    bool nested = false;
    bool bypass = false;
    bool stalls = false;
    std::map<smmu::SubstreamId, Domain*> substreams;
  };

  void write_and_wait(std::uint32_t offset, std::uint32_t acknowledge, std::uint32_t value);
  int change(smmu::StreamId stream, const smmu::Words& words, Domain* domain, bool ats, bool nested = false);
  int check_change(smmu::StreamId stream, const Domain* domain, bool ats, bool nested) const;
  bool has_table(smmu::StreamId stream, const Domain* domain, bool ats, bool nested) const;
  smmu::Words table_entry(smmu::StreamId stream, unsigned without_substream) const;
  void write_entry(smmu::StreamId stream, const smmu::Words& target);
  void write_substream(smmu::StreamId stream, smmu::SubstreamId substream, const smmu::Words& context);
  void send(std::initializer_list<smmu::Command> commands);
  bool has_page_queue() const { return layout_.pages != 0 && smmu_.features().pri; }
  template <std::size_t kWords, typename Take>
  void drain(std::uint32_t prod_register, std::uint32_t cons_register, PhysAddr base, unsigned bits, Take take);
  void hand_over(const DeviceFault& fault);

  smmu::Smmu& smmu_;
  Bus& memory_;
  hw_reference::pgtable::TableMemory& tables_;
  const Layout layout_;
  NumberPool vmids_;
  NumberPool asids_;
  std::unique_ptr<RingQueue> own_;
  Queues queues_;
  std::mutex mutex_;
  std::vector<Attached> attached_;  // by stream
  unsigned last_syncs_ = 0;
  std::mutex faults_mutex_;
  std::map<smmu::StreamId, FaultHandler> handlers_;
};

}  // namespace hw::domain
