// SPDX-License-Identifier: Apache-2.0
// Whole pages that can be mapped at more than one address of this process.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <new>
#include <span>

#include "hw_reference/memory/physical_memory.hpp"
#include "hw_reference/variant.hpp"

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {

class SharedPages {
 public:
  // Zeros. Throws std::bad_alloc.
  explicit SharedPages(std::size_t pages) : bytes_(pages * kPageSize) {
    void* const memory = mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc();
    memory_ = static_cast<std::byte*>(memory);
  }
  ~SharedPages() { munmap(memory_, bytes_); }
  SharedPages(const SharedPages&) = delete;
  SharedPages& operator=(const SharedPages&) = delete;

  std::span<std::byte> bytes() const { return {memory_, bytes_}; }

 private:
  std::byte* memory_ = nullptr;
  const std::size_t bytes_;
};

}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
