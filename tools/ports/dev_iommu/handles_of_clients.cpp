// SPDX-License-Identifier: Apache-2.0
// Handles for clients in threads of their own, and one table of what they did.
#include <algorithm>

#include "tools/ports/dev_iommu/handles.hpp"

namespace iolaw::dev_iommu {
namespace {

// Objects, accesses and pins that one client makes, at most.
constexpr std::uint32_t kMostOfClient = 64;

}  // namespace

Handles Handles::for_client(std::uint32_t number) const {
  Handles client = *this;
  client.shared_ = true;
  client.took_number_ = false;
  client.created_ += std::uint64_t{number} * kMostOfClient;
  client.serials_ += number * kMostOfClient;
  client.pins_.resize(pins_.size() + std::size_t{number} * kMostOfClient);
  return client;
}

bool Handles::join_object(std::size_t at, const std::vector<const Handles*>& clients) {
  const Object before = objects_[at];
  const Object* joined = nullptr;
  bool clear = true;
  for (const Handles* client : clients) {
    if (at >= client->objects_.size()) continue;
    const Object& now = client->objects_[at];
    if (now == before) continue;
    if (joined == nullptr || *joined == now) {
      joined = &now;
      objects_[at] = now;
      continue;
    }
    Object& object = objects_[at];
    if (object.born == now.born) {
      // Both worked on one object: it died if one of them ended it.
      object.lives = object.lives && now.lives;
      object.died = std::max(object.died, now.died);
      for (const std::uint32_t pasid : now.extra.pasids) {
        if (std::find(object.extra.pasids.begin(), object.extra.pasids.end(), pasid) == object.extra.pasids.end())
          object.extra.pasids.push_back(pasid);
      }
      if (object.extra.moves != before.extra.moves && now.extra.moves != before.extra.moves)
        object.extra.hwpt = kUnknownId;
      if (object.extra.moves == before.extra.moves) object.extra.hwpt = now.extra.hwpt;
    } else if (object.born == before.born && now.born != before.born) {
      object = now;  // made with the id of one that another client ended
    } else if (now.born != before.born) {
      clear = false;
      if (now.extra.fd >= 0) strays_.push_back(static_cast<std::uint32_t>(now.extra.fd));
    }
  }
  return clear;
}

bool Handles::join_access(std::size_t fd, const std::vector<const Handles*>& clients) {
  const Access before = accesses_[fd];
  bool clear = true;
  for (const Handles* client : clients) {
    if (fd >= client->accesses_.size() || client->accesses_[fd] == before) continue;
    const Access& now = client->accesses_[fd];
    Access& access = accesses_[fd];
    if (access.serial != before.serial && now.serial != before.serial) {
      clear = clear && access == now;
      access.lives = access.lives || now.lives;
    } else if (access.serial == before.serial) {
      if (now.serial != before.serial) {
        access = now;
      } else {
        access.lives = access.lives && now.lives;
      }
    }
  }
  return clear;
}

bool Handles::join(const std::vector<const Handles*>& clients) {
  bool clear = true;
  for (const Handles* client : clients) {
    objects_.resize(std::max(objects_.size(), client->objects_.size()));
    accesses_.resize(std::max(accesses_.size(), client->accesses_.size()));
    created_ = std::max(created_, client->created_);
    serials_ = std::max(serials_, client->serials_);
  }
  for (std::size_t at = 0; at < objects_.size(); ++at) clear = join_object(at, clients) && clear;
  for (std::size_t fd = 0; fd < accesses_.size(); ++fd) clear = join_access(fd, clients) && clear;
  const std::size_t common = pins_.size();
  for (std::size_t number = 0; number < clients.size(); ++number) {
    const std::vector<Pin>& pins = clients[number]->pins_;
    if (pins.size() <= common + number * kMostOfClient) continue;
    pins_.resize(std::max(pins_.size(), pins.size()));
    for (std::size_t at = common + number * kMostOfClient; at < pins.size(); ++at) pins_[at] = pins[at];
  }
  return clear;
}

}  // namespace iolaw::dev_iommu
