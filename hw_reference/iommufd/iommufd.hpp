// SPDX-License-Identifier: Apache-2.0
// One open file of iommufd: IO address spaces, the devices and accesses that use them. Every call may be made from any
// thread.
#pragma once

#include <cstdint>
#include <optional>

#include "hw_reference/iommufd/access.hpp"
#include "hw_reference/iommufd/device.hpp"
#include "hw_reference/iommufd/object_table.hpp"
#include "hw_reference/memory/client_memory.hpp"
#include "hw_reference/result.hpp"
#include "hw_reference/variant.hpp"

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {

// The most bytes that one call of access_pin takes (a limit of Linux's test driver).
inline constexpr std::uint64_t kPinLimit = std::uint64_t{1} << 24;

// Addresses and lengths are in bytes. Calls return 0 or a positive Linux errno; the conditions stand in the order in
// which they are tried, the first that holds decides. Where an answer is not said to do part of its work, a call that
// fails has changed nothing. Every call that makes something may also answer ENOMEM.
//
// alignment: what the IOVA, the length and the client address of a mapping must be multiples of: a page while an access
// that may pin is attached, otherwise the smallest page of the devices' tables, otherwise 1.
class Iommufd {
 public:
  // Maps and pins pages of `memory`, which must outlive this object.
  explicit Iommufd(ClientMemory& memory) : memory_(memory) {}
  // Destroys all objects. No call may be running.
  ~Iommufd();
  Iommufd(const Iommufd&) = delete;
  Iommufd& operator=(const Iommufd&) = delete;

  // Destroys any object. ENOENT: there is none; EBUSY: it is in use, as devices, accesses and automatic tables always
  // are.
  int destroy(ObjectId id);

  // ---- IO address spaces ----

  Result<ObjectId> ioas_alloc();

  // Removes all areas. ENOENT: no such IOAS; EBUSY: a device or an access is attached, or a call is at work on it.
  int ioas_destroy(ObjectId ioas);

  // Maps iova..iova+length-1 to client memory from `user_va`.
  // EOVERFLOW: iova or length is 2^64-1; EINVAL: no rights; ENOENT: no such IOAS; EOVERFLOW: user_va+length beyond
  // 2^64-1; EINVAL: length 0 or beyond 2^64-1-kPageSize; EINVAL: length, then iova, not aligned; EOVERFLOW: the range
  // wraps; EINVAL: reserved; EEXIST: an area is there; EINVAL: user_va not aligned; EFAULT: a device is attached and
  // memory is missing.
  int ioas_map(ObjectId ioas, std::uint64_t user_va, std::uint64_t length, std::uint64_t iova, Rights rights);

  // Maps at dst_iova what is mapped at src_iova of another or the same IOAS, one area for each that the source range
  // meets; all or none. The memory is shared: its pages are pinned once. EOVERFLOW: length, src_iova or dst_iova is
  // 2^64-1; EINVAL: no rights; ENOENT: no source IOAS; EINVAL: length 0; EOVERFLOW: the source range wraps; ENOENT: it
  // is not all mapped; ENOENT: no destination IOAS; then as ioas_map from the alignment on, with EPERM (writing wanted,
  // memory handed over for reading) before the alignment of client addresses.
  int ioas_copy(ObjectId dst_ioas, ObjectId src_ioas, std::uint64_t length, std::uint64_t dst_iova,
                std::uint64_t src_iova, Rights rights);

  // Removes the areas of iova..iova+length-1, or all (iova 0, length 2^64-1); ascending. Returns the bytes removed,
  // modulo 2^64. Accesses let go of the pins there first. ENOENT: no such IOAS; EOVERFLOW: iova or length is 2^64-1;
  // EINVAL: length 0; EOVERFLOW: the range wraps. ENOENT: an area is not all inside; those below it are gone. ENOENT:
  // there was none. EDEADLOCK: an access keeps its pins.
  Result<std::uint64_t> ioas_unmap(ObjectId ioas, std::uint64_t iova, std::uint64_t length);

  // Withdraws start..start+length-1 from use, for the life of the IOAS.
  // EINVAL: length 0; EOVERFLOW: the range wraps; ENOENT: no such IOAS; EADDRINUSE: an area is there.
  int ioas_reserve(ObjectId ioas, std::uint64_t start, std::uint64_t length);

  // ---- accesses: as the file descriptors of Linux's test driver, hence EBADF and EBADFD for those that do not exist
  // ----

  // Attached from the start. ENOENT: no such IOAS; EADDRINUSE: needs_pin and an area is not aligned to pages.
  Result<ObjectId> access_create(ObjectId ioas, bool needs_pin);

  // Moves to an IOAS, leaving its pins unless it is there already. EBADFD, ENOENT, EADDRINUSE as above.
  int access_replace(ObjectId access, ObjectId ioas);

  // EBADF: no such access.
  int access_destroy(ObjectId access);

  // Pins the pages behind iova..iova+length-1.
  // ENOMEM: length beyond kPinLimit; EBADFD: no such access; EOPNOTSUPP: it was not made for pinning; EINVAL: length 0;
  // EOVERFLOW: the range wraps; then for each area ascending: ENOENT: a gap before it; EINVAL: not on a page, or an
  // unmap is under way; EPERM: it lacks the right; EFAULT: memory is missing. ENOENT: the range is not all mapped.
  Result<PinId> access_pin(ObjectId access, std::uint64_t iova, std::uint64_t length, bool write);

  // EBADFD: no such access; ENOENT: no such pin of this access.
  int access_unpin(ObjectId access, PinId pin);

  // ---- devices ----

  // A new mock device. ENOENT: no such IOAS; EADDRINUSE: an area is not aligned to the smallest IO page or outside the
  // aperture; EFAULT: memory behind an area is missing.
  Result<ObjectId> device_attach(ObjectId ioas);

  // ENOENT: no such device.
  int device_destroy(ObjectId device);

  // The physical address that the device reaches at `iova`, none if the access faults. ENOENT: no such device.
  Result<std::optional<std::uint64_t>> device_translate(ObjectId device, std::uint64_t iova) const;

 private:
  ClientMemory& memory_;
  PinIds pins_;
  ObjectTable objects_;
};

}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
