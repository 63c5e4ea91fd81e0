// SPDX-License-Identifier: Apache-2.0
// What has an id, and how it is kept from being destroyed.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <utility>

#include "hw_reference/defects.hpp"
#include "hw_reference/mutex.hpp"
#include "hw_reference/variant.hpp"

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {

using ObjectId = std::uint32_t;  // 0 names nothing

enum class ObjectType : std::uint8_t {
  ioas,
  hwpt_paging,
  hwpt_nested,
  device,
  access,
  fault,
  viommu,
  vdevice,
  veventq,
  hw_queue,
  selftest,
};

// users: 1 for the table, 1 for a creator inside the kernel (devices, accesses), 1 for each object, open file of events
// or live mapping that depends on this one, and 1 for each call at work on it. Changes without a lock; see ObjectTable
// for who may act on its value. `type` and, once published, `id` never change. Memory is shared: a holder may outlive
// the entry in the table.
class Object {
 public:
  explicit Object(ObjectType kind) : type(kind) {}
  virtual ~Object() = default;
  Object(const Object&) = delete;
  Object& operator=(const Object&) = delete;

  // What destroying it means. Called once, when it has been taken out of the table and nobody uses it; what it held is
  // let go. Must not fail, so it must not allocate.
  virtual void retire() {}

  const ObjectType type;
  ObjectId id = 0;
  std::atomic<std::uint32_t> users{1};
  std::atomic<bool> file_open{false};  // a queue's file, which is one of the users; changes under the control mutex
};

// A use of an object, by a call or by another object. Empty or one of `users`.
template <class T>
class Hold {
 public:
  Hold() = default;
  explicit Hold(std::shared_ptr<T> object) : object_(std::move(object)) {
    if (!object_) return;
    if (has_defect(Defect::users_uncounted) && object_->type == ObjectType::ioas) {
      const std::uint32_t users = object_->users.load();
      preemption_point();
      object_->users.store(users + 1);
    } else {
      object_->users.fetch_add(1, std::memory_order_relaxed);
    }
  }
  Hold(Hold&& other) noexcept : object_(std::move(other.object_)) {}
  Hold& operator=(Hold&& other) noexcept {
    std::swap(object_, other.object_);
    return *this;
  }
  Hold(const Hold& other) : Hold(other.object_) {}
  Hold& operator=(const Hold& other) {
    Hold copy(other);
    std::swap(object_, copy.object_);
    return *this;
  }
  ~Hold() { reset(); }

  void reset() {
    if (!object_) return;
    // Somebody may wait for the last call to leave.
    if (object_->users.fetch_sub(1, std::memory_order_acq_rel) == 2) object_->users.notify_all();
    object_.reset();
  }

  T* get() const { return object_.get(); }
  T* operator->() const { return object_.get(); }
  T& operator*() const { return *object_; }
  explicit operator bool() const { return object_ != nullptr; }
  const std::shared_ptr<T>& shared() const { return object_; }

 private:
  std::shared_ptr<T> object_;
};

}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
