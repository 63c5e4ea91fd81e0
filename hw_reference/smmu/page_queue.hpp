// SPDX-License-Identifier: Apache-2.0
// Page requests of endpoints (PCIe PRI), and the ring of their records (Arm IHI 0070, 8). The SMMU's lock protects it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "hw_reference/smmu/bus.hpp"
#include "hw_reference/smmu/command_queue.hpp"
#include "hw_reference/smmu/fault.hpp"

namespace hw::smmu {

struct PageRequest {
  StreamId stream = 0;
  std::optional<SubstreamId> substream = {};
  std::uint64_t address = 0;  // a multiple of 4 KiB
  std::uint16_t group = 0;    // 9 bits: the requests of a group are answered together
  bool read = false, write = false, execute = false, privileged = false;
  bool last = false;  // of its group
  bool operator==(const PageRequest&) const = default;

  // What an endpoint sends when it has no more requests of a substream; nobody answers it.
  bool is_stop_marker() const { return substream && last && !read && !write; }

  std::array<std::uint64_t, 2> encode() const;
  static PageRequest decode(const std::array<std::uint64_t, 2>& words);
};

// What an endpoint is told of a group.
enum class PageAnswer : std::uint8_t { success = 0x0, invalid = 0x1, failure = 0xf };

class PageQueue {
 public:
  enum class Result : std::uint8_t { written, overflowed, dropped, aborted };

  PhysAddr base = 0;
  RingIndex ring;
  std::uint32_t prod = 0;
  std::uint32_t cons = 0;
  bool overflow = false;               // OVFLG
  bool overflow_acknowledged = false;  // OVACKFLG

  // Writes one record and then moves PROD. A full queue overflows (`overflowed`): from then on everything is `dropped`
  // until software has acknowledged, unlike events. `aborted`: external abort; dropped.
  Result push(Bus& bus, const PageRequest& request);
};

}  // namespace hw::smmu
