// SPDX-License-Identifier: Apache-2.0
#include "tools/ports/dev_iommu/client_things.hpp"

#include <algorithm>

namespace iolaw::dev_iommu {

void ClientThings::end(Thing& thing) {
  if (!thing.lives) return;
  thing.lives = false;
  if (thing.fd >= 0) system_.close(thing.fd);
  if (thing.mapped.address != nullptr) system_.munmap(thing.mapped);
  if (thing.child > 0) system_.end(thing.child);
}

void ClientThings::end_all(Kind kind) {
  for (Thing& thing : things_) {
    if (thing.kind == kind) end(thing);
  }
}

bool ClientThings::has(Kind kind) const {
  return std::any_of(things_.begin(), things_.end(),
                     [&](const Thing& thing) { return thing.lives && thing.kind == kind; });
}

void ClientThings::clear() {
  if (!borrowed_) {
    for (Thing& thing : things_) end(thing);
  }
  things_.clear();
}

std::vector<Mapped> ClientThings::mappings_without(const Thing& thing) const {
  std::vector<Mapped> others;
  for (const Thing& other : things_) {
    if (other.lives && &other != &thing && other.mapped.address != nullptr) others.push_back(other.mapped);
  }
  return others;
}

std::uint64_t ClientThings::add(const Thing& thing) {
  things_.push_back(thing);
  return handle(things_.size() - 1);
}

ClientThings::Thing* ClientThings::find(std::uint64_t handle, Kind kind) {
  if (handle < kBase || handle - kBase >= things_.size()) return nullptr;
  Thing& thing = things_[handle - kBase];
  return thing.lives && thing.kind == kind ? &thing : nullptr;
}

}  // namespace iolaw::dev_iommu
