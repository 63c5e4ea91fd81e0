// SPDX-License-Identifier: Apache-2.0
// Lets one allocation of a test program fail, and counts those that were not given back. Replaces operator new and
// delete: for one file of the program. What models of hardware allocate is left alone (see smmu/inside.hpp).
#pragma once

#include <cstdlib>
#include <new>

#include "hw_reference/smmu/inside.hpp"

namespace hw::testing {

inline thread_local long countdown = -1;  // allocations of this thread until one fails; negative: none will
inline thread_local long live = 0;        // allocations of this thread that were not given back

inline void* allocate(std::size_t bytes) {
  if (inside_hardware == 0) {
    if (countdown == 0) {
      countdown = -1;
      throw std::bad_alloc();
    }
    if (countdown > 0) --countdown;
  }
  void* const memory = std::malloc(bytes);
  if (memory == nullptr) throw std::bad_alloc();
  ++live;
  return memory;
}

inline void release(void* memory) noexcept {
  if (memory != nullptr) --live;
  std::free(memory);
}

}  // namespace hw::testing

void* operator new(std::size_t bytes) { return hw::testing::allocate(bytes); }
void* operator new[](std::size_t bytes) { return hw::testing::allocate(bytes); }
void operator delete(void* memory) noexcept { hw::testing::release(memory); }
void operator delete[](void* memory) noexcept { hw::testing::release(memory); }
void operator delete(void* memory, std::size_t) noexcept { hw::testing::release(memory); }
void operator delete[](void* memory, std::size_t) noexcept { hw::testing::release(memory); }
