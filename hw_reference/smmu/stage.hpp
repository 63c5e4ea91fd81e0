// SPDX-License-Identifier: Apache-2.0
// What stream table entries and context descriptors say, decoded.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <variant>

#include "hw_reference/smmu/features.hpp"
#include "hw_reference/smmu/geometry.hpp"

namespace hw::smmu {

inline constexpr unsigned kStructureWords = 8;  // of an STE and of a CD
inline constexpr std::uint64_t kStructureBytes = 64;
using Words = std::array<std::uint64_t, kStructureWords>;

// The rule that an illegal structure breaks, for people; the SMMU itself only reports C_BAD_STE or C_BAD_CD.
struct Flaw {
  std::string_view rule;
};

struct Stage2 {
  Geometry geometry;
  bool protect_walks = false;       // S2PTW: stage-1 tables in device memory fault
  bool ignore_access_flag = false;  // S2AFFD
  bool update_access_flag = false;  // S2HA
  bool update_dirty = false;        // S2HD
  bool record = false;              // S2R
  bool stall = false;               // S2S
};

struct StreamEntry {
  enum class Mode : std::uint8_t { abort, bypass, translate };
  // What a transaction without substream does where substreams are in use (S1DSS).
  enum class Default : std::uint8_t { terminate, bypass, substream0, reserved };

  Mode mode = Mode::abort;
  bool stage1 = false;
  bool stage2 = false;
  PhysAddr contexts = 0;      // S1ContextPtr: an IPA if stage2
  unsigned context_bits = 0;  // S1CDMax
  unsigned leaf_bits = 0;     // log2 of the CDs in a leaf of a two-level table; 0: linear
  Default default_substream = Default::terminate;
  bool merge_events = false;           // MEV
  bool ats = false;                    // EATS: translation requests and translated transactions are allowed
  bool no_stage1_stall = false;        // S1STALLD
  bool substream_in_response = false;  // PPAR: answers to page requests bear the substream
  std::uint16_t vmid = 0;
  Stage2 second;
};

struct ContextHalf {
  bool disabled = true;  // EPD
  bool ignore_top_byte = false;
  bool hierarchical = true;  // table attributes restrict leaves
  Geometry geometry;
};

struct ContextEntry {
  std::uint16_t asid = 0;
  bool ignore_access_flag = false;
  bool update_access_flag = false;
  bool update_dirty = false;
  bool record = false;
  bool abort = true;                // CD.A: the client sees an abort, not zeros
  bool stall = false;               // CD.S: a transaction that faults waits
  std::array<ContextHalf, 2> half;  // through TTB0 and TTB1
};

using DecodedStream = std::variant<StreamEntry, Flaw>;
using DecodedContext = std::variant<ContextEntry, Flaw>;

DecodedStream decode_stream(const Words& words, const Features& features);
DecodedContext decode_context(const Words& words, const Features& features);

}  // namespace hw::smmu
