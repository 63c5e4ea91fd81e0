// SPDX-License-Identifier: Apache-2.0
// A fault that somebody may mend: a transaction that waits, or a page that an endpoint asks for.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "hw_reference/smmu/smmu.hpp"

namespace hw::domain {

struct DeviceFault {
  smmu::StreamId stream = 0;
  std::optional<smmu::SubstreamId> substream = {};
  bool stalled = false;     // a transaction; otherwise a page request
  std::uint16_t token = 0;  // the transaction's tag, or the group of requests that are answered together
  bool last = true;         // of its group
  smmu::Access access = {};
  bool read = true;
  std::uint64_t address = 0;
};

enum class FaultAnswer : std::uint8_t {
  mended,   // try again
  invalid,  // there is no such page
  failed,   // nobody looks after such faults
};

// Whether the fault was taken: then it is answered by Driver::answer_fault, once, now or later. For a group of requests
// what counts is what is said of the last.
using FaultHandler = std::function<bool(const DeviceFault&)>;

}  // namespace hw::domain
