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

// Short names for users, and what goes wrong. A defect may leave pins, or objects that cannot be destroyed. Up to the
// first wrong answer, and when everything is thrown away then, none crashes or waits: one process can try them all.
#define HW_REFERENCE_DEFECTS_BY_NAME(DEFECT)                                                             \
  DEFECT(unmap_ignores_pins, "unmap removes an area under the pins of accesses and tells nobody")        \
  DEFECT(overlap_off_by_one, "a new area may begin on the last byte of another")                         \
  DEFECT(copy_repins, "copy makes a pages object of its own")                                            \
  DEFECT(wrap_unnoticed, "iova + length - 1 beyond 2^64 - 1 is cut off there")                           \
  DEFECT(destroy_ignores_users, "an IOAS is destroyed under its devices and accesses")                   \
  DEFECT(unmap_drops_shared_pin, "unmap unpins what a copy still needs")                                 \
  DEFECT(alignment_sticks, "the alignment is not lowered when the last device is gone")                  \
  DEFECT(unmap_all_or_nothing, "an unmap that fails at a later area has removed none")                   \
  DEFECT(failed_pin_leaks, "a pin that fails in its second area leaves the first pinned")                \
  DEFECT(failed_attach_leaks, "an attach that fails for lack of memory leaves the areas before pinned")  \
  DEFECT(reserved_end_free, "a mapping may begin on the last byte of a reserved range")                  \
  DEFECT(memory_wrap_unnoticed, "client memory may wrap around the end of the address space")            \
  DEFECT(unmap_counts_last, "unmap reports the length of the last area alone")                           \
  DEFECT(unmap_stops_at_gap, "unmap ends at the first gap")                                              \
  DEFECT(unmap_all_needs_areas, "unmapping everything fails where nothing is mapped")                    \
  DEFECT(automatic_in_reserved, "a chosen address may be reserved")                                      \
  DEFECT(automatic_ignores_allowed, "an address is chosen outside what is allowed")                      \
  DEFECT(search_ends_at_area, "no address is found behind the first mapping in a gap")                   \
  DEFECT(search_skips_to_area, "no address is found in a gap that a mapping ends")                       \
  DEFECT(search_ends_at_reserved, "no address is found behind the first reserved range")                 \
  DEFECT(search_in_first_range, "no address is found behind the first range that is allowed")            \
  DEFECT(search_in_single_ranges, "nothing is put across two ranges that are allowed")                   \
  DEFECT(failed_allow_forgets, "a call that fails to say what is allowed forgets what was")              \
  DEFECT(aperture_ignores_allowed, "a device may come whose aperture leaves out what is allowed")        \
  DEFECT(large_pages_keep_alignment, "forbidding large pages does not raise the alignment")              \
  DEFECT(failed_attach_reserves, "an attach that fails for lack of memory leaves its aperture reserved") \
  DEFECT(second_table_pins, "each further page table pins everything once more, and for good")           \
  DEFECT(last_detach_keeps_pins, "the last page table leaves everything pinned")                         \
  DEFECT(last_detach_unpins_all, "the last page table unpins what accesses pinned")                      \
  DEFECT(copy_from_the_beginning, "a copy of the inside of an area maps its beginning")                  \
  DEFECT(copy_gains_write, "a copy may be written though its memory may not")                            \
  DEFECT(failed_copy_stays, "a copy that fails in its second area leaves the first mapped")              \
  DEFECT(pin_ignores_rights, "an access pins what the area does not let it use")                         \
  DEFECT(rw_ignores_rights, "the CPU reads or writes what the area does not let it")                     \
  DEFECT(unpin_first_area, "unpinning lets go of the first area alone")                                  \
  DEFECT(unmap_tells_one_access, "unmap tells one access alone")                                         \
  DEFECT(unmap_unpins_neighbour, "unmap lets go of pins that end just before it")                        \
  DEFECT(replace_keeps_pins, "an access takes its pins along to another IOAS")                           \
  DEFECT(failed_replace_unpins, "an access that fails to move has lost its pins")                        \
  DEFECT(rlimit_mode_any_time, "whose limit counts may be changed while something is pinned")            \
  DEFECT(failed_option_sticks, "an option keeps a value that was refused")                               \
  DEFECT(change_process_looks_once, "a change of process looks at the lowest area alone")                \
  DEFECT(dead_ioas_serves_vfio, "the calls of VFIO keep an IOAS that was destroyed")                     \
  DEFECT(vfio_unmap_needs_areas, "VFIO's unmap fails where nothing is mapped")                           \
  DEFECT(split_ignores_pins, "an area is divided under the pins of an access")                           \
  DEFECT(split_repeats_memory, "the upper half of a divided area maps the memory of the lower one")      \
  DEFECT(file_end_rounded, "a file is pinned up to the end of its last page")                            \
  DEFECT(parent_takes_faults, "a nesting parent may have a fault queue")                                 \
  DEFECT(failed_hwpt_holds, "a page table without its fault queue is refused, and keeps the IOAS busy")  \
  DEFECT(attach_ignores_dirty, "a device that cannot report writes is given a table that must")          \
  DEFECT(any_table_tracks, "tracking is switched on for a table that was not made for it")               \
  DEFECT(dirty_any_alignment, "writes are read at addresses that are not aligned")                       \
  DEFECT(dirty_page_too_long, "the page after one that was written counts as written")                   \
  DEFECT(automatic_table_stays, "the automatic page table outlives its last device")                     \
  DEFECT(replace_keeps_table, "a device that moves keeps the page table that it left busy")              \
  DEFECT(failed_replace_holds, "a device that fails to move keeps the page table that it wanted busy")   \
  DEFECT(replace_of_nothing, "a PASID that has no page table is said to be moved")                       \
  DEFECT(pasid_beside_any_table, "PASIDs come beside a page table that was not made for them")           \
  DEFECT(pasid_one_too_many, "a PASID may be as great as the number of them")                            \
  DEFECT(pasids_left_behind, "a device with PASIDs moves to a table that was not made for them")         \
  DEFECT(pasid_keeps_table, "a PASID that is detached keeps its page table busy")                        \
  DEFECT(paging_is_invalidated, "a page table of an IOAS takes a guest's invalidations")                 \
  DEFECT(invalidation_bits_ignored, "invalidations with unknown flags are carried out")                  \
  DEFECT(unknown_device_invalidated, "invalidations for a device that the guest does not have pass")     \
  DEFECT(short_fault_read_empty, "a buffer that is too small for a fault reads as no fault")             \
  DEFECT(fault_told_again, "a fault that was read is told again")                                        \
  DEFECT(any_answer_taken, "a fault is answered with a code that does not exist")                        \
  DEFECT(closed_queue_busy, "a queue of events stays busy when its file is closed")                      \
  DEFECT(viommu_on_any_table, "a virtual IOMMU stands on a table that is no nesting parent")             \
  DEFECT(virtual_id_cut, "a guest's number for a device is cut to 16 bits")                              \
  DEFECT(dead_vdevice_known, "a virtual IOMMU knows a device after the guest forgot it")                 \
  DEFECT(vdevice_keeps_viommu, "a guest's device that is gone keeps its virtual IOMMU busy")             \
  DEFECT(event_depth_off_by_one, "an event queue may be one deeper than the deepest")                    \
  DEFECT(second_event_queue, "a virtual IOMMU takes two event queues of one type")                       \
  DEFECT(short_event_read_empty, "a buffer that is too small for a header reads as no event")            \
  DEFECT(queue_memory_unlocked, "the memory of a hardware queue is not locked")                          \
  DEFECT(queues_out_of_order, "a hardware queue may come before the one that it needs")                  \
  DEFECT(queues_taken_in_any_order, "a hardware queue may go before the one that needs it")              \
  DEFECT(failed_queue_keeps_memory, "a hardware queue that is refused keeps its memory locked")          \
  DEFECT(private_mapping, "registers are mapped privately")                                              \
  DEFECT(part_of_region, "a part of the registers is mapped")                                            \
  DEFECT(fork_uncounted, "a mapping that a fork made does not keep its virtual IOMMU busy")              \
  DEFECT(limit_ignored, "a process locks more memory than it may")                                       \
  DEFECT(limit_plus_one, "a process locks a page more than it may")                                      \
  DEFECT(limit_charged_twice, "memory counts twice against the limit")                                   \
  DEFECT(limit_kept_at_unmap, "memory that is unmapped counts against the limit for good")               \
  DEFECT(limit_looked_at_first, "memory beyond the limit is refused before it is found missing")         \
  DEFECT(limit_spares_files, "memory of files does not count against the limit")                         \
  DEFECT(beyond_limit_stays_pinned, "memory that is refused for the limit stays pinned")                 \
  DEFECT(privileges_at_open, "what a process may lock is asked when it opens the device alone")          \
  DEFECT(limits_without_privilege, "a process without privileges says whose limit counts")               \
  DEFECT(unanswered_ioas_lives, "an IOAS lives on whose number could not be told")                       \
  DEFECT(unanswered_map_undone, "memory is unmapped again when nobody can be told that it is mapped")    \
  DEFECT(unanswered_unmap_undone, "nothing is unmapped when nobody can be told what was")                \
  DEFECT(unanswered_option_undone, "an option keeps its value when the new one cannot be told")          \
  DEFECT(removal_with_users, "a device goes by its number while its driver has it")

// Mistakes of locking, which only threads that call at once can show. Where one is, another thread gets its chance.
#define HW_REFERENCE_RACES_BY_NAME(RACE)                                                           \
  RACE(destroy_checks_first, "an IOAS is found unused, and destroyed when that may have changed")  \
  RACE(map_checks_first, "a mapping is found to fit, and said to be made when another came first") \
  RACE(map_aligns_first, "a mapping is found to be aligned, and made when that may have changed")  \
  RACE(reserve_checks_first, "a range is found free, and reserved when that may have changed")     \
  RACE(users_uncounted, "who uses an IOAS is counted without a lock, so that counts are lost")     \
  RACE(compat_set_late, "an IOAS is found for the calls of VFIO, which get it when it may have died")

enum class Defect : std::uint8_t {
  none,
#define HW_REFERENCE_NAME(name, what) name,
  HW_REFERENCE_DEFECTS_BY_NAME(HW_REFERENCE_NAME) HW_REFERENCE_RACES_BY_NAME(HW_REFERENCE_NAME)
#undef HW_REFERENCE_NAME
};

struct DefectText {
  std::string_view name;
  std::string_view what;
};

// By the number of the defect.
inline constexpr auto kDefects = std::to_array<DefectText>({{"none", ""},
#define HW_REFERENCE_TEXT(name, what) {#name, what},
                                                            HW_REFERENCE_DEFECTS_BY_NAME(HW_REFERENCE_TEXT)});
// Those of locking: their numbers follow.
#define HW_REFERENCE_RACE(name, what) DefectText{#name, what},
inline constexpr auto kRaces = std::to_array<DefectText>({HW_REFERENCE_RACES_BY_NAME(HW_REFERENCE_RACE)});
#undef HW_REFERENCE_RACE
#undef HW_REFERENCE_TEXT
#undef HW_REFERENCE_DEFECTS_BY_NAME
#undef HW_REFERENCE_RACES_BY_NAME

constexpr Defect race_of(std::size_t index) { return static_cast<Defect>(kDefects.size() + index); }

constexpr std::optional<Defect> defect_named(std::string_view name) {
  for (std::size_t i = 0; i < kDefects.size(); ++i)
    if (kDefects[i].name == name) return static_cast<Defect>(i);
  return std::nullopt;
}

#ifdef HW_REFERENCE_DEFECTS
inline thread_local Defect selected_defect = Defect::none;
inline bool has_defect(Defect defect) { return selected_defect == defect; }
inline bool has_some_defect() { return selected_defect != Defect::none; }
#else
constexpr bool has_defect(Defect) { return false; }
constexpr bool has_some_defect() { return false; }
#endif

}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
