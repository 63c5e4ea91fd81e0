// SPDX-License-Identifier: Apache-2.0
// What the two devices made of one access, and what is known of the case that it belongs to.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <utility>

#include "hw_reference/smmu/fault.hpp"

namespace smmu_qemu {

// What an access came to: nothing (code 0), or an event. A silent abort has the code kSilent; a command queue that has
// stopped, kStopped and its error, with CONS as `input`.
struct Outcome {
  static constexpr unsigned kSilent = 0xff, kStopped = 0x100;
  unsigned code = 0;
  bool stage2 = false, read = false;
  unsigned at = 0;           // CLASS, of faults that have one
  std::uint64_t input = 0;   // to 4 bytes
  std::uint64_t ipa = 0;     // of stage 2, to 4 KiB
  std::uint32_t stream = 0;  // of every event
  bool operator==(const Outcome&) const = default;
  std::string text() const;
};

// What a case contains that matters to a known difference.
enum Trait : unsigned {
  kWideOutput = 1u << 0,       // a descriptor's address is beyond IPS or S2PS
  kNoAccessFlag = 1u << 1,     // in a leaf of stage 1
  kEarlyBlock = 1u << 2,       // a block at a level that has none
  kRestrictedTable = 1u << 3,  // APTable in stage 1
  kBypass = 1u << 4,
  kNoStage2 = 1u << 9,  // QEMU has none
  kCommand = 1u << 8,   // of the command queue; the command is in `context`
};

struct Sighting {
  Outcome ours, theirs;
  unsigned traits = 0;
  std::uint64_t input = 0;  // of the access
  std::uint64_t stream_entry[4] = {}, context[4] = {};
  bool has(unsigned trait) const { return (traits & trait) != 0; }
};

// One way in which QEMU is known to differ from the architecture. `applies` holds for the sightings that it explains
// and no others.
struct Difference {
  const char* name;
  const char* reason;
  bool (*applies)(const Sighting&);
};

// Null: not known.
const Difference* find_difference(const Sighting& sighting);
void print_differences();

// Counts of what agreed and what did not.
class Report {
 public:
  explicit Report(std::string title) : title_(std::move(title)) {}
  void add(const Sighting& sighting, const std::string& text);
  void print() const;
  unsigned accesses() const { return accesses_; }
  unsigned unknown() const { return unknown_; }

 private:
  struct Seen {
    unsigned count = 0;
    std::string first;
  };
  std::string title_;
  unsigned accesses_ = 0, unknown_ = 0;
  std::map<unsigned, unsigned> agreed_;                                     // by code
  std::map<std::string, Seen> explained_;                                   // by name of the difference
  std::map<std::tuple<unsigned, unsigned, bool, bool>, Seen> unexplained_;  // by codes and stages
};

}  // namespace smmu_qemu
