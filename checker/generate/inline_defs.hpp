// SPDX-License-Identifier: Apache-2.0
// Conditions without names: calls of defs and variables of lets replaced by what they stand for, so that each rule's
// own comparisons can be spoken of.
#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>

#include "model/law/law.hpp"

namespace iolaw {

// A rule while its expressions are written out.
class InlineDefs {
 public:
  // `slots` is the number of slots of the rule; grows by those that quantifiers of defs bind.
  InlineDefs(const Law& law, std::uint32_t slots) : law_(law), slots_(slots) {}

  // From now on the slot stands for the expression, which is written out already.
  void bind(std::uint32_t slot, ExprPtr value) { values_[slot] = std::move(value); }

  // nullptr where it would become too large.
  ExprPtr written_out(const ExprPtr& expr);

  // The part of the law's text that a part of what was written out stands for: the same for each use of a def.
  const Expr* origin(const ExprPtr& written) const {
    const auto found = origins_.find(written);
    return found == origins_.end() ? written.get() : found->second;
  }

  std::uint32_t slots() const { return slots_; }
  std::uint32_t fresh_slot() { return slots_++; }

 private:
  using Values = std::unordered_map<std::uint32_t, ExprPtr>;
  ExprPtr replaced(const ExprPtr& expr, Values& values, std::uint32_t depth);

  const Law& law_;
  std::uint32_t slots_;
  std::uint64_t nodes_ = 0;  // of the expression that is being written out
  Values values_;
  std::unordered_map<ExprPtr, const Expr*> origins_;
};

bool binds_slot(Op op);

// Whether the expression names the slot.
bool reads_slot(const Expr& expr, std::uint32_t slot);

}  // namespace iolaw
