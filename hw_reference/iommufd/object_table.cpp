// SPDX-License-Identifier: Apache-2.0
#include "hw_reference/iommufd/object_table.hpp"

#include <cerrno>
#include <utility>

#include "hw_reference/defects.hpp"

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {

ObjectTable::Reservation ObjectTable::reserve() {
  std::lock_guard lock(mutex_);
  if (slots_.capacity() <= slots_.size() + 1) slots_.reserve(2 * slots_.size() + 16);
  const ObjectId id = ids_.take();
  if (id >= slots_.size()) slots_.resize(id + 1);
  return {*this, id};
}

ObjectId ObjectTable::Reservation::publish(std::shared_ptr<Object> object) {
  object->id = id_;
  std::lock_guard lock(table_->mutex_);
  table_->slots_[id_] = std::move(object);
  return std::exchange(id_, 0);
}

void ObjectTable::give_back(ObjectId id) {
  std::lock_guard lock(mutex_);
  ids_.give_back(id);
}

Result<std::shared_ptr<Object>> ObjectTable::take_unused(ObjectId id, std::optional<ObjectType> type) {
  std::unique_lock lock(mutex_);
  if (id >= slots_.size() || !slots_[id] || (type && slots_[id]->type != *type)) return {ENOENT, nullptr};
  const bool any = has_defect(Defect::destroy_ignores_users) && slots_[id]->type == ObjectType::ioas;
  if (slots_[id]->users.load(std::memory_order_acquire) != 1 && !any) return {EBUSY, nullptr};
  if (has_defect(Defect::destroy_checks_first) && slots_[id]->type == ObjectType::ioas) {
    lock.unlock();
    lock.lock();
    if (!slots_[id]) return {ENOENT, nullptr};
  }
  ids_.give_back(id);
  return {0, std::move(slots_[id])};
}

std::shared_ptr<Object> ObjectTable::take_from_creator(ObjectId id, ObjectType type) {
  std::shared_ptr<Object> object;
  {
    std::lock_guard lock(mutex_);
    if (id >= slots_.size() || !slots_[id] || slots_[id]->type != type) return nullptr;
    object = std::move(slots_[id]);
    ids_.give_back(id);
  }
  object->users.fetch_sub(1, std::memory_order_acq_rel);
  for (std::uint32_t users; (users = object->users.load(std::memory_order_acquire)) != 1;)
    wait_for_change(object->users, users);
  return object;
}

bool ObjectTable::retire_all() {
  bool left = true;
  for (bool progress = true; left && progress;) {
    left = progress = false;
    for (ObjectId id = 1; id < slots_.size(); ++id) {
      if (!slots_[id]) continue;
      if (auto taken = take_unused(id); taken.ok()) {
        taken.value->retire();
        progress = true;
      } else {
        left = true;
      }
    }
    // What a defect left busy goes too, the youngest first.
    for (ObjectId id = static_cast<ObjectId>(slots_.size()); has_some_defect() && left && !progress && id-- > 0;) {
      if (!slots_[id]) continue;
      slots_[id]->users = 1;
      progress = true;
    }
  }
  return !left;
}

}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
