// SPDX-License-Identifier: Apache-2.0
#include "tools/ports/hw_reference/world.hpp"

#include <algorithm>
#include <utility>

namespace iolaw::hw_port {
inline namespace HW_REFERENCE_VARIANT {

PortAnswer World::made(hw::ObjectId id, Kind kind) {
  if (id >= kinds_.size()) kinds_.resize(id + 1, Kind::none);
  kinds_[id] = kind;
  return succeeded(id);
}

PortAnswer World::destroy(std::uint64_t handle, Kind kind) {
  const hw::ObjectId object = live(handle, kind);
  const int error = iommufd->destroy(object);
  if (error == 0) kinds_[object] = Kind::none;
  return failed(error);
}

void World::release() {
  iommufd.emplace(client);
  kinds_.clear();
  regions_.clear();
  for (Thing& thing : things_)
    if (Fault* fault = std::get_if<Fault>(&thing)) fault->cookie = 0;
}

std::uint64_t World::add(Thing thing) {
  things_.push_back(std::move(thing));
  return kThings + things_.size() - 1;
}

Region& World::region(hw::ObjectId viommu) {
  if (viommu >= regions_.size()) regions_.resize(viommu + 1);
  return regions_[viommu];
}

PortAnswer unsupported(std::string note) {
  PortAnswer answer;
  answer.status = PortAnswer::Status::unsupported;
  answer.note = std::move(note);
  return answer;
}

PortAnswer no_struct() {
  return unsupported("hw_reference is called in C++: there is no struct with reserved fields, nor memory that faults");
}

hw::UserData user_data(std::uint64_t data, std::uint32_t known, std::span<const std::byte> bytes) {
  enum : std::uint64_t { none, good, type_alone, bytes_alone, foreign, too_short, unreadable };
  constexpr std::uint32_t kTooShort = 2;
  const auto length = static_cast<std::uint32_t>(bytes.size());
  switch (data) {
    case good:
      return {known, length, bytes.data()};
    case type_alone:
      return {known, 0, bytes.data()};
    case bytes_alone:
      return {0, length, bytes.data()};
    case foreign:
      return {kForeignType, length, bytes.data()};
    case too_short:
      return {known, kTooShort, bytes.data()};
    case unreadable:
      return {known, length, nullptr};
    default:
      return {};
  }
}

}  // namespace HW_REFERENCE_VARIANT
}  // namespace iolaw::hw_port
