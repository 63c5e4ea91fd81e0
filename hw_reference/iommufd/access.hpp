// SPDX-License-Identifier: Apache-2.0
// An access: a user inside the kernel that reaches an IOAS with the CPU and may pin its memory. It behaves as that of
// Linux's test driver: told of an unmap, it lets go of every pin that overlaps.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "hw_reference/iommufd/id_pool.hpp"
#include "hw_reference/iommufd/ioas.hpp"
#include "hw_reference/iommufd/object.hpp"
#include "hw_reference/mutex.hpp"
#include "hw_reference/result.hpp"
#include "hw_reference/variant.hpp"

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {

using PinId = std::uint32_t;  // unique among the pins of one open file; 0 names nothing

// mutex: protects the ids; innermost lock.
class PinIds {
 public:
  PinId take() {
    std::lock_guard lock(mutex_);
    return ids_.take();
  }
  void give_back(PinId id) {
    std::lock_guard lock(mutex_);
    ids_.give_back(id);
  }
  std::size_t in_use() const {
    std::lock_guard lock(mutex_);
    return ids_.in_use();
  }

 private:
  mutable Mutex mutex_;
  IdPool ids_;
};

// mutex: protects the attachment and the pins. Taken before the lock of an IOAS.
// `needs_pin` and `internal` never change. `ioas` is empty before `attach` and after `detach` or `close`.
class Access final : public Object, public std::enable_shared_from_this<Access> {
 public:
  static constexpr ObjectType kType = ObjectType::access;

  enum class Kind { user, internal };

  Access(PinIds& ids, bool can_pin, Kind kind = Kind::user)
      : Object(kType), needs_pin(can_pin), internal(kind == Kind::internal), ids_(ids) {
    users = 2;
  }

  const bool needs_pin;
  const bool internal;  // of a hardware queue: what it pins cannot be unmapped, and it has no user who could let go

  bool attached() const;

  // To the first or another IOAS; leaving one lets go of all pins there. EBUSY: it has too many accesses; EADDRINUSE:
  // an area is not aligned to pages; then nothing has changed.
  int attach(const Hold<Ioas>& ioas);
  // Lets go of everything there. Nothing, if it is not attached.
  void detach() { close(); }

  // Pins an IOVA range, closed. ENOENT: it is not all mapped; EINVAL: it does not begin on a page, or an unmap is on
  // its way; EPERM: an area lacks the rights; EFAULT: memory is missing.
  Result<PinId> pin(std::uint64_t first, std::uint64_t last, Rights rights);

  // Copies a range, closed, with the CPU to `to` or from `from`, the other being null; area by area. ENOENT: it is not
  // attached, or there is a gap; EINVAL: an unmap is on its way; EPERM; EFAULT. Earlier areas have been copied.
  int copy(std::uint64_t first, std::uint64_t last, std::byte* to, const std::byte* from, const PinSource* caller);

  // The frames that a pin keeps, in the order of addresses; empty if there is none such. Throws std::bad_alloc.
  std::vector<Frame> frames(PinId pin_id) const;

  // ENOENT: there is no such pin of this access.
  int unpin(PinId pin_id);

  // Lets go of what overlaps a range of `ioas` that is about to be unmapped.
  void unmapped(const Ioas& ioas, std::uint64_t first, std::uint64_t last);

  // Lets go of everything and detaches.
  void close();

 private:
  struct Pin {
    std::uint64_t last;
    PinId id;
    std::vector<Slice> slices;
  };
  using Pins = std::multimap<std::uint64_t, Pin>;  // by first address

  void release(Pins::iterator pin);
  void release_all();

  mutable Mutex mutex_;
  PinIds& ids_;
  Hold<Ioas> ioas_;
  Pins pins_;
  std::unordered_map<PinId, Pins::iterator> by_id_;
  // No pin that lives is longer, in bytes less one: bounds the search for those that reach into a range.
  std::uint64_t longest_ = 0;
};

}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
