// SPDX-License-Identifier: Apache-2.0
// What the objects of one open file share.
#pragma once

#include <atomic>
#include <mutex>

#include "hw_reference/iommufd/access.hpp"
#include "hw_reference/iommufd/mmap_regions.hpp"
#include "hw_reference/iommufd/object_table.hpp"
#include "hw_reference/memory/client.hpp"
#include "hw_reference/mutex.hpp"
#include "hw_reference/variant.hpp"

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {

// control: held by what makes, attaches or destroys tables, devices and virtual IOMMUs, and by every destruction that a
//   user asks for. It protects what those objects say it does. It is the outermost lock; calls that only map, unmap,
//   pin or translate do not take it.
struct Context {
  explicit Context(Client& client) : memory(&client) {}

  std::atomic<Client*> memory;  // of the process that makes calls
  PinIds pins;
  ObjectTable objects;
  Mutex control;
  MmapRegions regions;
  std::atomic<bool> per_process{false};  // count pinned pages of a process rather than of a user
  ObjectId vfio_ioas = 0;                // protected by `control`; 0: none
};

}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
