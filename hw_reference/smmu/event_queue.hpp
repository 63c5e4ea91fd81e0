// SPDX-License-Identifier: Apache-2.0
// The ring of event records, with overflow (Arm IHI 0070, 3.5, 7.2). The SMMU's lock protects it.
#pragma once

#include <cstdint>
#include <vector>

#include "hw_reference/smmu/bus.hpp"
#include "hw_reference/smmu/command_queue.hpp"
#include "hw_reference/smmu/fault.hpp"

namespace hw::smmu {

class EventQueue {
 public:
  enum class Result : std::uint8_t { written, overflowed, dropped, aborted };

  PhysAddr base = 0;
  RingIndex ring;
  std::uint32_t prod = 0;
  std::uint32_t cons = 0;
  bool overflow = false;               // OVFLG
  bool overflow_acknowledged = false;  // OVACKFLG

  // Writes one record and then moves PROD. A full queue drops the record, and toggles OVFLG if the last overflow has
  // been acknowledged (`overflowed`), otherwise leaves no trace (`dropped`). `aborted`: external abort; dropped.
  Result push(Bus& bus, const Event& event);
};

}  // namespace hw::smmu
