// SPDX-License-Identifier: Apache-2.0
#include "checker/generate/made_pieces.hpp"

#include <optional>

#include "checker/generate/formulas.hpp"
#include "checker/generate/inline_defs.hpp"

namespace iolaw {
namespace {

bool populates(const Law& law, const WrittenLoop& loop, std::uint32_t kind) {
  Touched touched(law);
  touched.add(loop.each->effects);
  return touched.populates(kind);
}

// Whether the loop does no more to objects of its kind than end its own pieces and make new ones, and which pieces it
// has is known before the call.
bool is_plain(const Law& law, const WrittenLoop& loop) {
  if (!loop.where || takes_pieces(law, *loop.each)) return false;
  Touched own(law);
  own.add(loop.each->effects);
  return !own.may_change(*loop.where);
}

// One formula, or none where something is not known.
class MadePiece {
 public:
  MadePiece(const Law& law, const std::vector<WrittenLoop>& before, std::size_t maker)
      : law_(law), before_(before), maker_(maker) {}

  ExprPtr formula(const WrittenLoop::Made& made, const Each& each, const ExprPtr& where,
                  const ExprPtr& condition) const {
    const WrittenLoop& loop = before_[maker_];
    if (made.kind != each.kind || !is_plain(law_, loop) || !keeps_values(made)) return nullptr;
    std::vector<ExprPtr> parts{loop.where};
    for (std::size_t i = 0; i < before_.size(); ++i) {
      const WrittenLoop& other = before_[i];
      if (i == maker_ || !populates(law_, other, i < maker_ ? loop.each->kind : each.kind)) continue;
      if (!is_plain(law_, other) || other.each->kind != (i < maker_ ? loop.each->kind : each.kind)) return nullptr;
      // The maker was no piece of a loop before, and what it made is none of a loop behind.
      const ExprPtr is_piece = i < maker_ ? renamed(other.where, other.each->slot, loop.each->slot)
                                          : of_made(other.where, other.each->slot, made);
      if (!is_piece) return nullptr;
      parts.push_back(negated(is_piece));
    }
    for (const ExprPtr& part : {where, condition}) {
      if (!part) continue;
      parts.push_back(of_made(part, each.slot, made));
      if (!parts.back()) return nullptr;
    }
    return some_object(loop.each->slot, loop.each->kind, both(std::move(parts), *condition), *condition);
  }

 private:
  // Whether no piece before changes what the values are read from.
  bool keeps_values(const WrittenLoop::Made& made) const {
    Touched touched(law_);
    for (std::size_t i = 0; i <= maker_; ++i) touched.add(before_[i].each->effects);
    for (const auto& [field, value] : made.values) {
      if (value && touched.may_change(*value)) return false;
    }
    return true;
  }

  const Law& law_;
  const std::vector<WrittenLoop>& before_;
  std::size_t maker_;
};

}  // namespace

ExprPtr of_made(const ExprPtr& expr, std::uint32_t slot, const WrittenLoop::Made& made) {
  if (expr->op == Op::variable && expr->index == slot) return nullptr;
  if (expr->op == Op::field && expr->children[0]->op == Op::variable && expr->children[0]->index == slot) {
    const auto found = made.values.find(expr->index);
    if (found == made.values.end() || !found->second) return nullptr;
    return found->second->type.maybe == expr->type.maybe ? found->second : nullptr;
  }
  if (!reads_slot(*expr, slot)) return expr;
  ExprPtr result = expr;
  for (std::size_t i = 0; i < expr->children.size(); ++i) {
    ExprPtr child = of_made(expr->children[i], slot, made);
    if (!child) return nullptr;
    result = with_child(*result, i, std::move(child));
  }
  return result;
}

std::vector<ExprPtr> applies_to_made(const Law& law, const std::vector<WrittenLoop>& before, const Each& each,
                                     const ExprPtr& where, const ExprPtr& condition) {
  std::vector<ExprPtr> found;
  for (std::size_t maker = 0; maker < before.size(); ++maker) {
    for (const WrittenLoop::Made& made : before[maker].made) {
      if (ExprPtr formula = MadePiece(law, before, maker).formula(made, each, where, condition)) {
        found.push_back(std::move(formula));
      }
    }
  }
  return found;
}

}  // namespace iolaw
