// SPDX-License-Identifier: Apache-2.0
// Memory for a struct of a call that is to meet its edge, or that cannot be written. It is kept for the next call:
// making and removing mappings costs more than most calls.
#pragma once

#include <cstddef>

#include "tools/ports/dev_iommu/client_memory.hpp"

namespace iolaw::dev_iommu {

// Of one user at a time, from construction to destruction. Holds whatever an earlier user left there.
class StructMemory {
 public:
  static constexpr std::size_t kBytes = ClientMemory::kPageSize;

  StructMemory();
  ~StructMemory();
  StructMemory(const StructMemory&) = delete;
  StructMemory& operator=(const StructMemory&) = delete;

  // Whether there was memory for it; nothing else may be asked otherwise.
  bool good() const { return views_.writable != nullptr; }

  // kBytes that can be read and written.
  unsigned char* begin() const { return views_.writable; }
  // Where they end; nothing that follows can be read.
  unsigned char* edge() const { return views_.writable + kBytes; }
  // The same bytes once more, where they cannot be written.
  unsigned char* unwritable() const { return views_.unwritable; }

  struct Views {
    unsigned char* writable = nullptr;
    unsigned char* unwritable = nullptr;
  };

 private:
  Views views_;
};

}  // namespace iolaw::dev_iommu
