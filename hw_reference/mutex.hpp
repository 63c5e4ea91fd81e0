// SPDX-License-Identifier: Apache-2.0
// The mutexes of the calls. In the library for tests of tests (defects.hpp) a test can be told of every place where
// another thread could come in between: before a lock is taken, while it cannot be, and after it was given back.
// Elsewhere these are the standard ones, and a point of preemption is nothing.
#pragma once

#include <atomic>
#include <mutex>
#include <shared_mutex>

#include "hw_reference/variant.hpp"

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {

#ifdef HW_REFERENCE_DEFECTS

// Of the calling thread. `blocked`: it cannot go on before another one did something.
struct PreemptionHook {
  void (*call)(void* self, bool blocked) = nullptr;
  void* self = nullptr;
};
inline thread_local PreemptionHook preemption_hook;

inline void preemption_point(bool blocked = false) {
  if (preemption_hook.call != nullptr) preemption_hook.call(preemption_hook.self, blocked);
}

template <class Base>
class PreemptibleMutex : public Base {
 public:
  void lock() {
    preemption_point();
    if (preemption_hook.call == nullptr) return Base::lock();
    while (!Base::try_lock()) preemption_point(true);
  }
  void unlock() {
    Base::unlock();
    preemption_point();
  }
};

class Mutex : public PreemptibleMutex<std::mutex> {};

class SharedMutex : public PreemptibleMutex<std::shared_mutex> {
 public:
  void lock_shared() {
    preemption_point();
    if (preemption_hook.call == nullptr) return std::shared_mutex::lock_shared();
    while (!try_lock_shared()) preemption_point(true);
  }
  void unlock_shared() {
    std::shared_mutex::unlock_shared();
    preemption_point();
  }
};

// Waits until `value` is not what it was.
template <class Value>
void wait_for_change(std::atomic<Value>& value, Value was) {
  if (preemption_hook.call == nullptr) return value.wait(was);
  while (value.load(std::memory_order_acquire) == was) preemption_point(true);
}

#else

using Mutex = std::mutex;
using SharedMutex = std::shared_mutex;

inline void preemption_point() {}

template <class Value>
void wait_for_change(std::atomic<Value>& value, Value was) {
  value.wait(was);
}

#endif

}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
