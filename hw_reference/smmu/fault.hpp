// SPDX-License-Identifier: Apache-2.0
// Faults, and the 32-byte event records that report them (Arm IHI 0070, 7.3).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <utility>
#include <variant>

namespace hw::smmu {

using StreamId = std::uint32_t;
using SubstreamId = std::uint32_t;

enum class EventCode : std::uint8_t {
  uut = 0x01,
  bad_stream = 0x02,
  ste_fetch = 0x03,
  bad_ste = 0x04,
  bad_ats_request = 0x05,
  stream_disabled = 0x06,
  translated_forbidden = 0x07,
  bad_substream = 0x08,
  cd_fetch = 0x09,
  bad_cd = 0x0a,
  walk_abort = 0x0b,
  translation = 0x10,
  address_size = 0x11,
  access_flag = 0x12,
  permission = 0x13,
  tlb_conflict = 0x20,
};

// What the SMMU was reading when it met the fault.
enum class FaultClass : std::uint8_t { context = 0, table = 1, input = 2 };

// Why a transaction failed, before anything is known of who asked.
struct Fault {
  EventCode code;
  bool stage2 = false;
  FaultClass at = FaultClass::input;
  std::uint64_t ipa = 0;      // of stage-2 faults
  std::uint64_t fetch = 0;    // of fetch errors and external aborts on tables
  bool recorded = true;       // false: terminated without an event
  bool read_as_zero = false;  // the client sees zeros, its writes vanish, rather than an abort
  bool mergeable = false;     // an equal record may stand for this one
  bool stall = false;         // the transaction waits; then it is always recorded
};

// A value, or the fault that prevented it.
template <typename T>
class Attempt {
 public:
  Attempt(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Attempt(Fault fault) : state_(std::in_place_index<1>, fault) {}

  explicit operator bool() const { return state_.index() == 0; }
  const T& operator*() const { return std::get<0>(state_); }
  const T* operator->() const { return &std::get<0>(state_); }
  const Fault& fault() const { return std::get<1>(state_); }

 private:
  std::variant<T, Fault> state_;
};

struct Access {
  bool write = false;
  bool privileged = false;
  bool instruction = false;
  bool operator==(const Access&) const = default;
};

struct Event {
  EventCode code = EventCode::uut;
  StreamId stream = 0;
  std::optional<SubstreamId> substream = {};
  Access access = {};
  bool stage2 = false;
  FaultClass at = FaultClass::input;
  std::uint64_t input = 0;  // InputAddr
  std::uint64_t fetch = 0;  // word 3: the IPA of a stage-2 fault, or FetchAddr
  bool stall = false;       // the transaction waits for a CMD_RESUME
  std::uint16_t tag = 0;    // STAG, by which that names it
  bool operator==(const Event&) const = default;

  std::array<std::uint64_t, 4> encode() const;
  static Event decode(const std::array<std::uint64_t, 4>& words);
};

// Whether a transaction that meets such a fault may wait, and whether R = 0 keeps it unrecorded.
bool may_stall(EventCode code);

// Whether such a fault tells of an address (InputAddr, RnW and the like are given).
bool tells_address(EventCode code);

}  // namespace hw::smmu
