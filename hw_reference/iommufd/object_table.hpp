// SPDX-License-Identifier: Apache-2.0
// The objects of one open file, by id.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "hw_reference/iommufd/id_pool.hpp"
#include "hw_reference/iommufd/object.hpp"
#include "hw_reference/mutex.hpp"
#include "hw_reference/result.hpp"
#include "hw_reference/variant.hpp"

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {

// mutex: protects the slots and the ids; innermost lock. `users` of an object rises from 1 only under it (a look-up),
// by a copy of a Hold, or under the control mutex of the open file, which is held to destroy: an object that has been
// taken out at 1 stays at 1.
class ObjectTable {
 public:
  // An id that no look-up finds until an object is published under it. Given back if none is.
  class Reservation {
   public:
    Reservation(ObjectTable& table, ObjectId id) : table_(&table), id_(id) {}
    Reservation(const Reservation&) = delete;
    Reservation& operator=(const Reservation&) = delete;
    ~Reservation() {
      if (id_ != 0) table_->give_back(id_);
    }
    ObjectId id() const { return id_; }
    ObjectId publish(std::shared_ptr<Object> object);  // cannot fail

   private:
    ObjectTable* table_;
    ObjectId id_;
  };

  // The lowest free id. Throws std::bad_alloc.
  Reservation reserve();

  // The object of that id and type; empty if there is none.
  template <class T>
  Hold<T> hold(ObjectId id) const {
    std::lock_guard lock(mutex_);
    if (id >= slots_.size() || !slots_[id] || slots_[id]->type != T::kType) return {};
    return Hold<T>(std::static_pointer_cast<T>(slots_[id]));
  }

  // The object of that id, of whatever type.
  Hold<Object> hold_any(ObjectId id) const {
    std::lock_guard lock(mutex_);
    return id < slots_.size() && slots_[id] ? Hold<Object>(slots_[id]) : Hold<Object>();
  }

  // All objects of a type, ascending. Throws std::bad_alloc.
  template <class T>
  std::vector<Hold<T>> hold_all() const {
    std::vector<Hold<T>> found;
    std::lock_guard lock(mutex_);
    for (const auto& object : slots_)
      if (object && object->type == T::kType) found.emplace_back(std::static_pointer_cast<T>(object));
    return found;
  }

  // Whether no id is taken: by an object, a reservation, or for good.
  bool empty() const { return in_use() == 0; }
  std::size_t in_use() const {
    std::lock_guard lock(mutex_);
    return ids_.in_use();
  }

  // Takes out an object, of a type if one is given, that nobody uses. ENOENT: there is none; EBUSY: it has users.
  Result<std::shared_ptr<Object>> take_unused(ObjectId id, std::optional<ObjectType> type = std::nullopt);

  // Takes out an object that its creator gives up, and waits until the last call has left it. Empty if there is none.
  template <class T>
  std::shared_ptr<T> take_from_creator(ObjectId id) {
    return std::static_pointer_cast<T>(take_from_creator(id, T::kType));
  }

  // Takes out an object whatever its users are; its id is never given out again.
  std::shared_ptr<Object> take_for_good(ObjectId id) {
    std::lock_guard lock(mutex_);
    return std::move(slots_[id]);
  }

  // Calls visit(object, users) for each object, ascending. No call may be running.
  template <class Visitor>
  void for_each_held(Visitor visit) const {
    for (const auto& object : slots_)
      if (object) visit(*object, object->users.load());
  }

  // For teardown, which must not fail: retires what nobody uses, ascending, until nothing is left. True if so.
  bool retire_all();

  // Visits the objects of a type, ascending; the visitor may take them out. No call may be running.
  template <class Visitor>
  void for_each(ObjectType type, Visitor visit) {
    for (ObjectId id = 1; id < slots_.size(); ++id)
      if (slots_[id] && slots_[id]->type == type) visit(id);
  }

 private:
  std::shared_ptr<Object> take_from_creator(ObjectId id, ObjectType type);
  void give_back(ObjectId id);

  mutable Mutex mutex_;
  std::vector<std::shared_ptr<Object>> slots_;  // by id; [0] stays empty
  IdPool ids_;
};

}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
