// SPDX-License-Identifier: Apache-2.0
#include "hw_reference/iommufd/access.hpp"

#include <algorithm>
#include <cerrno>

#include "hw_reference/defects.hpp"

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {

void Access::release(Pins::iterator pin) {
  ioas_->unpin(pin->first, internal, pin->second.slices);
  by_id_.erase(pin->second.id);
  ids_.give_back(pin->second.id);
  pins_.erase(pin);
  if (pins_.empty()) longest_ = 0;
}

void Access::release_all() {
  while (!pins_.empty()) release(pins_.begin());
}

int Access::attach(const Hold<Ioas>& ioas) {
  std::lock_guard lock(mutex_);
  if (ioas.get() == ioas_.get()) return 0;
  // Joins before it leaves, so that a refusal leaves everything as it was.
  if (int error = ioas->add_access(shared_from_this())) {
    if (has_defect(Defect::failed_replace_unpins)) release_all();
    return error;
  }
  if (ioas_) {
    if (!has_defect(Defect::replace_keeps_pins)) release_all();
    ioas_->remove_access(*this);
  }
  ioas_ = ioas;
  return 0;
}

void Access::close() {
  std::lock_guard lock(mutex_);
  if (!ioas_) return;
  release_all();
  ioas_->remove_access(*this);
  ioas_.reset();
}

Result<PinId> Access::pin(std::uint64_t first, std::uint64_t last, Rights rights) {
  std::lock_guard lock(mutex_);
  if (!ioas_) return {ENOENT, 0};
  // The record is made first: what may lack memory comes before what must then be undone.
  const PinId pin_id = ids_.take();
  Pins::iterator pin = pins_.end();
  int error = 0;
  const auto undo = [&] {
    by_id_.erase(pin_id);
    if (pin != pins_.end()) pins_.erase(pin);
    ids_.give_back(pin_id);
  };
  try {
    pin = pins_.emplace(first, Pin{last, pin_id, {}});
    by_id_.emplace(pin_id, pin);
    error = ioas_->pin(first, last, rights, internal, pin->second.slices);
  } catch (...) {
    undo();
    throw;
  }
  if (error != 0) {
    undo();
    return {error, 0};
  }
  longest_ = std::max(longest_, last - first);
  return {0, pin_id};
}

bool Access::attached() const {
  std::lock_guard lock(mutex_);
  return static_cast<bool>(ioas_);
}

int Access::copy(std::uint64_t first, std::uint64_t last, std::byte* to, const std::byte* from,
                 const PinSource* caller) {
  std::lock_guard lock(mutex_);
  return ioas_ ? ioas_->copy(first, last, to, from, caller) : ENOENT;
}

std::vector<Frame> Access::frames(PinId pin_id) const {
  std::lock_guard lock(mutex_);
  std::vector<Frame> frames;
  const auto found = by_id_.find(pin_id);
  if (found == by_id_.end()) return frames;
  for (const Slice& slice : found->second->second.slices) {
    slice.pages->visit_runs(slice.offset >> kPageShift, (slice.offset + slice.length - 1) >> kPageShift,
                            [&](std::uint64_t, Frame frame, std::uint64_t pages) {
                              for (std::uint64_t i = 0; i < pages; ++i) frames.push_back(static_cast<Frame>(frame + i));
                            });
  }
  return frames;
}

int Access::unpin(PinId pin_id) {
  std::lock_guard lock(mutex_);
  const auto found = by_id_.find(pin_id);
  if (found == by_id_.end()) return ENOENT;
  release(found->second);
  return 0;
}

void Access::unmapped(const Ioas& ioas, std::uint64_t first, std::uint64_t last) {
  std::lock_guard lock(mutex_);
  if (internal || ioas_.get() != &ioas) return;  // left meanwhile
  const bool far = has_defect(Defect::unmap_unpins_neighbour);
  auto pin = pins_.lower_bound(far ? 0 : first - std::min(first, longest_));
  while (pin != pins_.end() && pin->first <= last) {
    const auto next = std::next(pin);
    if (pin->second.last + (far ? 1 : 0) >= first) release(pin);
    pin = next;
  }
}

}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
