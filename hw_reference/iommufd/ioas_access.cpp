// SPDX-License-Identifier: Apache-2.0
// The part of an IOAS that serves accesses: attaching them, pinning and unpinning.
#include <algorithm>
#include <cassert>
#include <cerrno>
#include <limits>

#include "hw_reference/defects.hpp"
#include "hw_reference/iommufd/access.hpp"
#include "hw_reference/iommufd/ioas.hpp"

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {

int Ioas::add_access(const std::shared_ptr<Access>& access) {
  std::unique_lock hold(lock_);
  if (accesses_.size() >= kAccesses) return EBUSY;
  if (access->needs_pin && has_areas_below(kPageSize)) return EADDRINUSE;
  accesses_.push_back(access);
  if (access->needs_pin) ++pinners_;
  update_alignment();
  return 0;
}

void Ioas::remove_access(const Access& access) {
  std::unique_lock hold(lock_);
  const auto found =
      std::find_if(accesses_.begin(), accesses_.end(), [&](const auto& a) { return a.get() == &access; });
  assert(found != accesses_.end());
  accesses_.erase(found);
  if (access.needs_pin) --pinners_;
  update_alignment();
}

int Ioas::pin(std::uint64_t first, std::uint64_t last, Rights rights, bool lock, std::vector<Slice>& pinned) {
  std::unique_lock hold(lock_);
  const std::size_t before = pinned.size();
  int error = 0;
  const auto undo = [&] {
    std::uint64_t at = first;
    for (std::size_t i = before; i < pinned.size(); ++i) {
      const Slice& slice = pinned[i];
      if (!has_defect(Defect::failed_pin_leaks))
        slice.pages->drop(slice.offset >> kPageShift, (slice.offset + slice.length - 1) >> kPageShift);
      Area& area = *areas_.find(at);
      --area.accesses;
      if (lock) --area.locks;
      at += slice.length;
    }
    pinned.resize(before);
  };
  try {
    auto area = areas_.seek(first);
    for (std::uint64_t at = first;; area.advance()) {
      if (!area || area->first > at) {
        error = ENOENT;
        break;
      }
      const std::uint64_t end = std::min(area->last, last);
      const Slice slice{area->pages, area->offset + (at - area->first), end - at + 1};
      // Pages are handed over whole: the first byte begins one, and only the last area may end inside one.
      if (area->prevent_access || slice.offset % kPageSize != 0 ||
          (end != last && (slice.offset + slice.length) % kPageSize != 0)) {
        error = EINVAL;
        break;
      }
      if ((area->rights & rights) != rights && !has_defect(Defect::pin_ignores_rights)) {
        error = EPERM;
        break;
      }
      if ((rights & kWrite) != 0 && !slice.pages->writable()) {
        error = EPERM;
        break;
      }
      if (slice.pages->is_dma_buffer()) {
        error = EINVAL;
        break;
      }
      if (lock && area->locks == std::numeric_limits<decltype(area->locks)>::max()) {
        error = EBUSY;
        break;
      }
      if (pinned.size() == pinned.capacity()) pinned.reserve(2 * pinned.size() + 1);
      error = area->pages->use(slice.offset >> kPageShift, (slice.offset + slice.length - 1) >> kPageShift);
      if (error != 0) break;
      pinned.push_back(slice);
      ++area->accesses;
      if (lock) ++area->locks;
      if (end == last) return 0;
      at = end + 1;
    }
  } catch (...) {
    undo();
    throw;
  }
  undo();
  return error;
}

void Ioas::unpin(std::uint64_t first, bool lock, std::span<const Slice> slices) {
  std::unique_lock hold(lock_);
  for (const Slice& slice : slices) {
    slice.pages->drop(slice.offset >> kPageShift, (slice.offset + slice.length - 1) >> kPageShift);
    // Without a defect the area is there: no unmap passes it while it has accesses.
    Area* const area = areas_.find(first);
    assert(has_some_defect() || (area != nullptr && area->accesses > 0));
    if (area != nullptr && area->accesses > 0) --area->accesses;
    if (area != nullptr && lock) --area->locks;
    first += slice.length;
    if (has_defect(Defect::unpin_first_area)) break;
  }
}

int Ioas::copy(std::uint64_t first, std::uint64_t last, std::byte* to, const std::byte* from, const PinSource* caller) {
  std::shared_lock hold(lock_);
  const Rights rights = from != nullptr ? kWrite : kRead;
  auto area = areas_.seek(first);
  for (std::uint64_t at = first;; area.advance()) {
    if (!area || area->first > at) return ENOENT;
    const std::uint64_t end = std::min(area->last, last);
    if (area->prevent_access) return EINVAL;
    if ((area->rights & rights) != rights && !has_defect(Defect::rw_ignores_rights)) return EPERM;
    if (from != nullptr && !area->pages->writable()) return EPERM;
    if (area->pages->is_dma_buffer()) return EINVAL;
    const std::uint64_t done = at - first;
    if (int error =
            area->pages->copy(area->offset + (at - area->first), end - at + 1, to == nullptr ? nullptr : to + done,
                              from == nullptr ? nullptr : from + done, caller))
      return error;
    if (end == last) return 0;
    at = end + 1;
  }
}

}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
