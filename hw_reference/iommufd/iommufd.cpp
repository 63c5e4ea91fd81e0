// SPDX-License-Identifier: Apache-2.0
#include "hw_reference/iommufd/iommufd.hpp"

#include <cerrno>
#include <limits>
#include <new>
#include <type_traits>

#include "hw_reference/defects.hpp"

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {

namespace {

constexpr std::uint64_t kMax = std::numeric_limits<std::uint64_t>::max();

bool wraps(std::uint64_t first, std::uint64_t length) { return length - 1 > kMax - first; }

// Lack of memory becomes an errno here; below, it is std::bad_alloc.
template <class Call>
auto answer(Call call) -> decltype(call()) {
  try {
    return call();
  } catch (const std::bad_alloc&) {
    if constexpr (std::is_same_v<decltype(call()), int>)
      return ENOMEM;
    else
      return {ENOMEM, {}};
  }
}

}  // namespace

Iommufd::~Iommufd() {
  // What holds others goes first.
  objects_.for_each(ObjectType::access, [this](ObjectId id) { access_destroy(id); });
  objects_.for_each(ObjectType::device, [this](ObjectId id) { device_destroy(id); });
  objects_.for_each(ObjectType::ioas, [this](ObjectId id) { ioas_destroy(id); });
}

int Iommufd::destroy(ObjectId id) { return objects_.take_unused(id).error; }

Result<ObjectId> Iommufd::ioas_alloc() {
  return answer([&]() -> Result<ObjectId> {
    auto id = objects_.reserve();
    return {0, id.publish(std::make_shared<Ioas>())};
  });
}

int Iommufd::ioas_destroy(ObjectId ioas) { return objects_.take_unused(ioas, ObjectType::ioas).error; }

int Iommufd::ioas_map(ObjectId ioas, std::uint64_t user_va, std::uint64_t length, std::uint64_t iova, Rights rights) {
  return answer([&]() -> int {
    if (iova == kMax || length == kMax) return EOVERFLOW;
    if ((rights & (kRead | kWrite)) == 0) return EINVAL;
    const auto space = objects_.hold<Ioas>(ioas);
    if (!space) return ENOENT;
    if (length > kMax - user_va) return EOVERFLOW;
    if (length == 0 || length > kMax - kPageSize) return EINVAL;
    const PagesRef pages(new Pages(memory_, user_va, length, (rights & kWrite) != 0));
    const Slice slice{pages, user_va % kPageSize, length};
    return space->map({&slice, 1}, length, iova, rights);
  });
}

int Iommufd::ioas_copy(ObjectId dst_ioas, ObjectId src_ioas, std::uint64_t length, std::uint64_t dst_iova,
                       std::uint64_t src_iova, Rights rights) {
  return answer([&]() -> int {
    if (length == kMax || src_iova == kMax || dst_iova == kMax) return EOVERFLOW;
    if ((rights & (kRead | kWrite)) == 0) return EINVAL;
    auto source = objects_.hold<Ioas>(src_ioas);
    if (!source) return ENOENT;
    if (length == 0) return EINVAL;
    if (wraps(src_iova, length)) return EOVERFLOW;
    auto slices = source->slices(src_iova, src_iova + (length - 1));
    if (!slices.ok()) return slices.error;
    source.reset();
    const auto destination = objects_.hold<Ioas>(dst_ioas);
    if (!destination) return ENOENT;
    if (has_defect(Defect::copy_repins)) {
      for (Slice& slice : slices.value) {
        const Pages& shared = *slice.pages;
        slice.pages =
            PagesRef(new Pages(memory_, shared.address(), (shared.pages() << kPageShift) - 1, shared.writable()));
      }
    }
    return destination->map(slices.value, length, dst_iova, rights);
  });
}

Result<std::uint64_t> Iommufd::ioas_unmap(ObjectId ioas, std::uint64_t iova, std::uint64_t length) {
  return answer([&]() -> Result<std::uint64_t> {
    const auto space = objects_.hold<Ioas>(ioas);
    if (!space) return {ENOENT, 0};
    if (iova == 0 && length == kMax) return space->unmap(0, kMax, true);
    if (iova == kMax || length == kMax) return {EOVERFLOW, 0};
    if (length == 0) return {EINVAL, 0};
    if (wraps(iova, length)) return {EOVERFLOW, 0};
    return space->unmap(iova, iova + (length - 1), false);
  });
}

int Iommufd::ioas_reserve(ObjectId ioas, std::uint64_t start, std::uint64_t length) {
  return answer([&]() -> int {
    if (length == 0) return EINVAL;
    if (wraps(start, length)) return EOVERFLOW;
    const auto space = objects_.hold<Ioas>(ioas);
    return space ? space->reserve(start, start + (length - 1)) : ENOENT;
  });
}

Result<ObjectId> Iommufd::access_create(ObjectId ioas, bool needs_pin) {
  return answer([&]() -> Result<ObjectId> {
    const auto space = objects_.hold<Ioas>(ioas);
    if (!space) return {ENOENT, 0};
    auto id = objects_.reserve();
    auto access = std::make_shared<Access>(pins_, needs_pin);
    if (int error = access->attach(space)) return {error, 0};
    return {0, id.publish(std::move(access))};
  });
}

int Iommufd::access_replace(ObjectId access, ObjectId ioas) {
  return answer([&]() -> int {
    const auto user = objects_.hold<Access>(access);
    if (!user) return EBADFD;
    const auto space = objects_.hold<Ioas>(ioas);
    return space ? user->attach(space) : ENOENT;
  });
}

int Iommufd::access_destroy(ObjectId access) {
  const auto user = objects_.take_from_creator<Access>(access);
  if (!user) return EBADF;
  user->close();
  return 0;
}

Result<PinId> Iommufd::access_pin(ObjectId access, std::uint64_t iova, std::uint64_t length, bool write) {
  return answer([&]() -> Result<PinId> {
    if (length > kPinLimit) return {ENOMEM, 0};
    const auto user = objects_.hold<Access>(access);
    if (!user) return {EBADFD, 0};
    if (!user->needs_pin) return {EOPNOTSUPP, 0};
    if (length == 0) return {EINVAL, 0};
    if (wraps(iova, length)) return {EOVERFLOW, 0};
    return user->pin(iova, iova + (length - 1), write ? kWrite : kRead);
  });
}

int Iommufd::access_unpin(ObjectId access, PinId pin) {
  const auto user = objects_.hold<Access>(access);
  return user ? user->unpin(pin) : EBADFD;
}

Result<ObjectId> Iommufd::device_attach(ObjectId ioas) {
  return answer([&]() -> Result<ObjectId> {
    const auto space = objects_.hold<Ioas>(ioas);
    if (!space) return {ENOENT, 0};
    return attach_device(objects_, space);
  });
}

int Iommufd::device_destroy(ObjectId device) { return destroy_device(objects_, device); }

Result<std::optional<std::uint64_t>> Iommufd::device_translate(ObjectId device, std::uint64_t iova) const {
  const auto user = objects_.hold<Device>(device);
  if (!user) return {ENOENT, std::nullopt};
  const Hwpt& hwpt = *user->hwpt;
  return {0, hwpt.ioas->translate(hwpt.table, iova)};
}

}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
