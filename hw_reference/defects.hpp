// SPDX-License-Identifier: Apache-2.0
// Seeded defects: mistakes that a test worth having must find. They exist in the library `hw_reference_defects` alone,
// where the calling thread selects at most one; elsewhere `has_defect` is the constant false.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "hw_reference/variant.hpp"

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {

enum class Defect : std::uint8_t {
  none,
  unmap_ignores_pins,      // unmap removes an area under the pins of accesses and tells nobody
  overlap_off_by_one,      // a new area may begin on the last byte of another
  copy_repins,             // copy makes a pages object of its own
  wrap_unnoticed,          // iova + length - 1 beyond 2^64 - 1 is cut off there
  destroy_ignores_users,   // an IOAS is destroyed under its devices and accesses
  unmap_drops_shared_pin,  // unmap unpins what a copy still needs
  alignment_sticks,        // the alignment is not lowered when the last device is gone
  unmap_all_or_nothing,    // an unmap that fails at a later area has removed none
  failed_pin_leaks,        // a pin that fails in its second area leaves the first pinned
  failed_attach_leaks,     // an attach that fails for lack of memory leaves the areas before pinned
};

// The short names, for users; index 0 is "none".
inline constexpr std::array<std::string_view, 11> kDefectNames = {
    "none",
    "unmap_ignores_pins",
    "overlap_off_by_one",
    "copy_repins",
    "wrap_unnoticed",
    "destroy_ignores_users",
    "unmap_drops_shared_pin",
    "alignment_sticks",
    "unmap_all_or_nothing",
    "failed_pin_leaks",
    "failed_attach_leaks",
};

constexpr std::optional<Defect> defect_named(std::string_view name) {
  for (std::size_t i = 0; i < kDefectNames.size(); ++i)
    if (kDefectNames[i] == name) return static_cast<Defect>(i);
  return std::nullopt;
}

#ifdef HW_REFERENCE_DEFECTS
inline thread_local Defect selected_defect = Defect::none;
inline bool has_defect(Defect defect) { return selected_defect == defect; }
#else
constexpr bool has_defect(Defect) { return false; }
#endif

}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
