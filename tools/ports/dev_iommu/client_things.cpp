// SPDX-License-Identifier: Apache-2.0
#include "tools/ports/dev_iommu/client_things.hpp"

#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

namespace iolaw::dev_iommu {

void ClientThings::end(Thing& thing) {
  if (!thing.lives) return;
  thing.lives = false;
  if (thing.fd >= 0) close(thing.fd);
  if (thing.address != nullptr) munmap(thing.address, thing.length);
  if (thing.child > 0) {
    kill(thing.child, SIGKILL);
    waitpid(thing.child, nullptr, 0);
  }
}

void ClientThings::clear() {
  for (Thing& thing : things_) end(thing);
  things_.clear();
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
