// SPDX-License-Identifier: Apache-2.0
// The calls on accesses.
#include <cerrno>

#include "hw_reference/iommufd/answer.hpp"
#include "hw_reference/iommufd/iommufd.hpp"

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {

// The accesses of hardware queues have ids, but no file.
Hold<Access> Iommufd::user_access(ObjectId access) const {
  auto user = context_.objects.hold<Access>(access);
  if (user && user->internal) user.reset();
  return user;
}

Result<ObjectId> Iommufd::access_create(ObjectId ioas, bool needs_pin, const Respond<ObjectId>& respond) {
  return answer([&]() -> Result<ObjectId> {
    const auto space = context_.objects.hold<Ioas>(ioas);
    if (!space) return {ENOENT, 0};
    auto id = context_.objects.reserve();
    auto access = std::make_shared<Access>(context_.pins, needs_pin);
    if (int error = access->attach(space)) return {error, 0};
    int error = 0;
    try {
      error = respond_with(respond, id.id());
    } catch (...) {
      access->close();
      throw;
    }
    if (error != 0) {
      access->close();
      return {error, 0};
    }
    return {0, id.publish(std::move(access))};
  });
}

Result<ObjectId> Iommufd::access_create(bool needs_pin) {
  return answer([&]() -> Result<ObjectId> {
    auto id = context_.objects.reserve();
    return {0, id.publish(std::make_shared<Access>(context_.pins, needs_pin))};
  });
}

int Iommufd::access_attach(ObjectId access, ObjectId ioas) {
  return answer([&]() -> int {
    const auto user = user_access(access);
    if (!user) return EBADFD;
    if (user->attached()) return EINVAL;
    const auto space = context_.objects.hold<Ioas>(ioas);
    return space ? user->attach(space) : ENOENT;
  });
}

int Iommufd::access_detach(ObjectId access) {
  const auto user = user_access(access);
  if (!user) return EBADFD;
  user->detach();
  return 0;
}

int Iommufd::access_replace(ObjectId access, ObjectId ioas) {
  return answer([&]() -> int {
    const auto user = user_access(access);
    if (!user) return EBADFD;
    if (!user->attached()) return ENOENT;
    const auto space = context_.objects.hold<Ioas>(ioas);
    return space ? user->attach(space) : ENOENT;
  });
}

int Iommufd::access_destroy(ObjectId access) {
  if (!user_access(access)) return EBADF;
  const auto user = context_.objects.take_from_creator<Access>(access);
  if (!user) return EBADF;
  user->close();
  return 0;
}

Result<PinId> Iommufd::access_pin(ObjectId access, std::uint64_t iova, std::uint64_t length, bool write) {
  return answer([&]() -> Result<PinId> {
    if (length > kPinLimit) return {ENOMEM, 0};
    const auto user = user_access(access);
    if (!user) return {EBADFD, 0};
    if (!user->needs_pin) return {EOPNOTSUPP, 0};
    if (length == 0) return {EINVAL, 0};
    if (wraps(iova, length)) return {EOVERFLOW, 0};
    return user->pin(iova, iova + (length - 1), write ? kWrite : kRead);
  });
}

int Iommufd::access_unpin(ObjectId access, PinId pin) {
  const auto user = user_access(access);
  return user ? user->unpin(pin) : EBADFD;
}

Result<std::vector<Frame>> Iommufd::access_frames(ObjectId access, PinId pin) const {
  return answer([&]() -> Result<std::vector<Frame>> {
    const auto user = user_access(access);
    if (!user) return {EBADFD, {}};
    return {0, user->frames(pin)};
  });
}

int Iommufd::access_copy(ObjectId access, std::uint64_t iova, std::uint64_t length, std::byte* to,
                         const std::byte* from, bool slow) {
  return answer([&]() -> int {
    if (length > kPinLimit) return ENOMEM;
    const auto user = user_access(access);
    if (!user) return EBADFD;
    if (length == 0) return EINVAL;
    if (wraps(iova, length)) return EOVERFLOW;
    return user->copy(iova, iova + (length - 1), to, from, slow ? nullptr : context_.memory.load());
  });
}

int Iommufd::access_read(ObjectId access, std::uint64_t iova, std::span<std::byte> to, bool slow) {
  return access_copy(access, iova, to.size(), to.data(), nullptr, slow);
}

int Iommufd::access_write(ObjectId access, std::uint64_t iova, std::span<const std::byte> from, bool slow) {
  return access_copy(access, iova, from.size(), nullptr, from.data(), slow);
}

}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
