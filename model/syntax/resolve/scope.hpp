// SPDX-License-Identifier: Apache-2.0
// The variables of a rule, a def or a property: where they live in its frame, and what is visible here.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/law/law.hpp"

namespace iolaw::syntax {

struct Variable {
  std::string name;
  Type type;
  std::uint32_t slot = 0;
  Span span;  // of its declaration
  // Bound by `e is some NAME`: stands for an expression instead of a slot.
  ExprPtr value;   // as read outside `after`
  ExprPtr inside;  // as read inside `after`; null if it was bound before the transition
  // Its declaration was reported: what is made of it is null, and nothing more is said.
  bool broken = false;
};

class Scope {
 public:
  std::uint32_t slots = 0;               // size of the frame so far; slots are never used twice
  std::vector<std::string> slot_names;   // by slot
  std::optional<std::uint32_t> members;  // a name may also be a field of the object in slot 0, of this kind

  const Variable* find(std::string_view name) const {
    for (auto it = variables_.rbegin(); it != variables_.rend(); ++it) {
      if (it->name == name) return &*it;
    }
    return nullptr;
  }

  // A new slot with a name; broken if it has no type.
  const Variable& add(std::string name, const std::optional<Type>& type, Span span) {
    slot_names.push_back(name);
    variables_.push_back({std::move(name), type.value_or(Type{}), slots++, span, nullptr, nullptr, !type});
    return variables_.back();
  }
  void add(Variable variable) { variables_.push_back(std::move(variable)); }

  std::size_t mark() const { return variables_.size(); }
  void restore(std::size_t mark) { variables_.resize(mark); }

  std::vector<std::string_view> names() const {
    std::vector<std::string_view> result;
    for (const Variable& variable : variables_) result.push_back(variable.name);
    return result;
  }

 private:
  std::vector<Variable> variables_;
};

}  // namespace iolaw::syntax
