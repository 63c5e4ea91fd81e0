// SPDX-License-Identifier: Apache-2.0
// Transactions that wait in the SMMU, because they met a fault and their stream stalls (Arm IHI 0070, 3.12.2). The
// SMMU's lock protects them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <optional>
#include <vector>

#include "hw_reference/smmu/fault.hpp"
#include "hw_reference/smmu/translator.hpp"

namespace hw::smmu {

// Names a transaction that waits, for the device that made it. 0 names none.
using Ticket = std::uint64_t;

struct Held {
  enum class Fate : std::uint8_t { wait, retry, abort, zeros };

  Transaction transaction;
  std::vector<std::byte> bytes;      // what it writes, or room for what it reads
  Ticket ticket = 0;                 // 0: nobody asks how it ends
  Event event;                       // why it waits
  std::optional<std::uint16_t> tag;  // of its record; empty: it is not in the queue yet
  bool stale = false;                // an invalidation completed before the fault could be recorded
  Fate fate = Fate::wait;
};

struct StallTable {
  std::list<Held> held;  // by arrival
  // By STAG: the stream whose record bears it and was not answered yet. The transaction itself may be gone.
  std::vector<std::optional<StreamId>> tags;

  std::optional<std::uint16_t> free_tag() const {
    for (std::size_t tag = 0; tag < tags.size(); ++tag)
      if (!tags[tag]) return static_cast<std::uint16_t>(tag);
    return std::nullopt;
  }
};

}  // namespace hw::smmu
