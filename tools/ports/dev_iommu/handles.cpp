// SPDX-License-Identifier: Apache-2.0
#include "tools/ports/dev_iommu/handles.hpp"

namespace iolaw::dev_iommu {
namespace {

constexpr std::uint64_t kAccessBase = std::uint64_t{1} << 32;
constexpr std::uint64_t kPinBase = std::uint64_t{1} << 33;

}  // namespace

void Handles::clear() {
  objects_.clear();
  accesses_.clear();
  pins_.clear();
  strays_.clear();
}

std::uint64_t Handles::add_object(Kind kind, std::uint32_t id) { return add_object(kind, id, Extra{}); }

std::uint64_t Handles::add_object(Kind kind, std::uint32_t id, const Extra& extra) {
  if (id >= objects_.size()) objects_.resize(id + 1);
  objects_[id] = {kind, true, 0, extra, ++created_};
  return id;
}

std::uint64_t Handles::add_access(std::uint32_t fd) {
  if (fd >= accesses_.size()) accesses_.resize(fd + 1);
  accesses_[fd] = {true, ++serials_};
  ++created_;
  return kAccessBase + fd;
}

std::uint64_t Handles::add_pin(std::uint64_t access, std::uint32_t item) {
  const std::uint32_t descriptor = fd(access);
  pins_.push_back({descriptor, accesses_[descriptor].serial, item});
  return kPinBase + pins_.size() - 1;
}

void Handles::remove_object(std::uint32_t id) {
  objects_[id].lives = false;
  objects_[id].died = created_;
}

void Handles::remove_objects() {
  for (std::uint32_t id = 0; id < objects_.size(); ++id) {
    if (objects_[id].lives) remove_object(id);
  }
}

void Handles::remove_access(std::uint32_t fd) { accesses_[fd].lives = false; }

std::uint32_t Handles::id(std::uint64_t handle) const {
  const bool known = handle < objects_.size() && objects_[handle].kind != Kind::none;
  return known ? static_cast<std::uint32_t>(handle) : kNeverId;
}

std::uint32_t Handles::destroyable(std::uint64_t handle, Kind kind) const {
  if (id(handle) == kNeverId) return kNeverId;
  took_number_ = true;
  const Object& object = objects_[handle];
  const bool safe = object.lives ? object.kind == kind : !shared_ && object.died == created_;
  return safe ? static_cast<std::uint32_t>(handle) : kNeverId;
}

std::uint32_t Handles::live_id(std::uint64_t handle, Kind kind) const {
  took_number_ = true;
  const bool lives = id(handle) != kNeverId && objects_[handle].lives && objects_[handle].kind == kind;
  return lives ? static_cast<std::uint32_t>(handle) : kNeverId;
}

Handles::Extra* Handles::extra(std::uint64_t handle, Kind kind) {
  took_number_ = true;
  const bool lives = id(handle) != kNeverId && objects_[handle].lives && objects_[handle].kind == kind;
  return lives ? &objects_[handle].extra : nullptr;
}

std::uint32_t Handles::fd(std::uint64_t handle) const {
  if (handle < kAccessBase || handle - kAccessBase >= accesses_.size()) return kNeverFd;
  const std::uint64_t descriptor = handle - kAccessBase;
  return accesses_[descriptor].serial == 0 ? kNeverFd : static_cast<std::uint32_t>(descriptor);
}

bool Handles::access_lives(std::uint64_t handle) const {
  took_number_ = true;
  const std::uint32_t descriptor = fd(handle);
  return descriptor != kNeverFd && accesses_[descriptor].lives;
}

std::uint32_t Handles::item(std::uint64_t pin, std::uint64_t access) const {
  took_number_ = true;
  const std::uint32_t descriptor = fd(access);
  if (descriptor == kNeverFd || pin < kPinBase || pin - kPinBase >= pins_.size()) return kNeverItem;
  const Pin& made = pins_[pin - kPinBase];
  return made.fd == descriptor && made.serial == accesses_[descriptor].serial ? made.item : kNeverItem;
}

Handles::Extra* Handles::open_queue(std::uint64_t handle, Kind kind) {
  Extra* queue = extra(handle, kind);
  return queue != nullptr && queue->fd >= 0 ? queue : nullptr;
}

std::vector<std::uint64_t> Handles::devices_with_pasids() const {
  std::vector<std::uint64_t> devices;
  for (std::uint64_t id = 0; id < objects_.size(); ++id) {
    if (objects_[id].lives && !objects_[id].extra.pasids.empty()) devices.push_back(id);
  }
  return devices;
}

std::vector<std::uint32_t> Handles::open_fds() const {
  std::vector<std::uint32_t> fds;
  for (std::uint32_t fd = 0; fd < accesses_.size(); ++fd) {
    if (accesses_[fd].lives) fds.push_back(fd);
  }
  for (const Object& object : objects_) {
    if (object.extra.fd >= 0) fds.push_back(static_cast<std::uint32_t>(object.extra.fd));
  }
  fds.insert(fds.end(), strays_.begin(), strays_.end());
  return fds;
}

}  // namespace iolaw::dev_iommu
