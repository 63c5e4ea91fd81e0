// SPDX-License-Identifier: Apache-2.0
#include "tools/ports/dev_iommu/struct_memory.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <mutex>
#include <vector>

namespace iolaw::dev_iommu {
namespace {

// Those that nobody uses. Threads that are played by one share it, too.
struct Unused {
  std::mutex mutex;
  std::vector<StructMemory::Views> views;
};

Unused& unused() {
  static Unused all;
  return all;
}

// Four pages: the bytes, one that cannot be read, the bytes again, and another one.
StructMemory::Views made() {
  constexpr std::size_t kPage = StructMemory::kBytes;
  const int file = memfd_create("iolaw-struct", MFD_CLOEXEC);
  if (file < 0) return {};
  StructMemory::Views views;
  void* const place = mmap(nullptr, 4 * kPage, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (place != MAP_FAILED && ftruncate(file, kPage) == 0) {
    auto* const first = static_cast<unsigned char*>(place);
    auto* const second = first + 2 * kPage;
    constexpr int kFlags = MAP_SHARED | MAP_FIXED | MAP_POPULATE;
    if (mmap(first, kPage, PROT_READ | PROT_WRITE, kFlags, file, 0) == first &&
        mmap(second, kPage, PROT_READ, kFlags, file, 0) == second) {
      views = {first, second};
    }
  }
  close(file);
  if (views.writable == nullptr && place != MAP_FAILED) munmap(place, 4 * kPage);
  return views;
}

}  // namespace

StructMemory::StructMemory() {
  Unused& others = unused();
  const std::lock_guard lock(others.mutex);
  if (others.views.empty()) {
    views_ = made();
  } else {
    views_ = others.views.back();
    others.views.pop_back();
  }
}

StructMemory::~StructMemory() {
  if (!good()) return;
  Unused& others = unused();
  const std::lock_guard lock(others.mutex);
  others.views.push_back(views_);
}

}  // namespace iolaw::dev_iommu
