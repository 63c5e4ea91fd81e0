// SPDX-License-Identifier: Apache-2.0
// Constants: typed like any expression, then computed.
#include "model/syntax/lexis.hpp"
#include "model/syntax/resolve/build.hpp"
#include "model/syntax/resolve/resolve.hpp"
#include "model/syntax/resolve/typer.hpp"
#include "model/syntax/state.hpp"

namespace iolaw::syntax {
namespace {

using Wide = __int128;

class Folder {
 public:
  Folder(Names& names, const Declared& declared)
      : names_(names), declared_(declared), values_(declared.constants.size()), progress_(declared.constants.size()) {}

  void fold(std::uint32_t index) {
    if (progress_[index] != Progress::none) return;
    const ast::Const& node = *declared_.constants[index];
    Constant& constant = names_.law.constants[index];
    progress_[index] = Progress::open;
    if (level_ == kMaxDepth) {
      names_.error(Code::too_deep, constant.span,
                   "a chain of more than " + std::to_string(kMaxDepth) + " constants comes to " + quote(constant.name));
      progress_[index] = Progress::failed;
      return;
    }
    ++level_;
    names_.enter("constant", node.restriction);
    Scope scope;
    Typer typer(names_, scope);
    values_[index] = typer.value(node.value, constant.type);
    const bool stored = values_[index] && store(constant, *values_[index]);
    progress_[index] = stored ? Progress::done : Progress::failed;
    --level_;
  }

 private:
  enum class Progress : std::uint8_t { none, open, done, failed };

  // Whether it has a value; reports why not.
  bool store(Constant& constant, const Expr& e) {
    std::optional<Wide> low;
    std::optional<Wide> high;
    if (constant.type.tag == TypeTag::interval) {
      if (e.op == Op::constant) {
        if (const Constant* other = named_constant(e)) {
          low = other->value;
          high = other->last;
        }
      } else if (e.op == Op::interval) {
        low = number(*e.children[0]);
        high = number(*e.children[1]);
      } else {
        names_.error(Code::bad_constant, e.span, "a constant is made of numbers, other constants, + - * | and `..`");
      }
      if (low && high && *low > *high) {
        names_.error(Code::bad_constant, e.span, "the first address of an interval is not above its last");
        return false;
      }
    } else {
      low = high = number(e);
    }
    if (!low || !high) return false;
    if (*low < 0 || *high > Wide(~Word{0})) {
      names_.error(Code::bad_constant, e.span, "this does not fit 64 bits");
      return false;
    }
    constant.value = static_cast<Word>(*low);
    constant.last = static_cast<Word>(*high);
    if (constant.type == kPow2 && !is_power_of_two(constant.value)) {
      names_.error(Code::not_pow2, e.span, std::to_string(constant.value) + " is not a power of two");
    }
    return true;
  }

  // The constant that an expression names; null if it has no value, which was reported.
  const Constant* named_constant(const Expr& e) {
    if (progress_[e.index] == Progress::open) {
      names_.error(Code::bad_constant, e.span, "this constant is part of its own value");
      progress_[e.index] = Progress::failed;
    } else {
      fold(e.index);
    }
    return progress_[e.index] == Progress::failed ? nullptr : &names_.law.constants[e.index];
  }

  std::optional<Wide> number(const Expr& e) {
    switch (e.op) {
      case Op::literal:
        return Wide(e.value);
      case Op::constant: {
        const Constant* named = named_constant(e);
        return named ? std::optional(Wide(named->value)) : std::nullopt;
      }
      case Op::first:
      case Op::last:
        if (e.children[0]->op == Op::constant) {
          const Constant* interval = named_constant(*e.children[0]);
          if (!interval) return std::nullopt;
          return Wide(e.op == Op::first ? interval->value : interval->last);
        }
        break;
      case Op::add:
      case Op::subtract:
      case Op::multiply:
      case Op::flags_union: {
        const std::optional<Wide> a = number(*e.children[0]);
        const std::optional<Wide> b = number(*e.children[1]);
        if (!a || !b) return std::nullopt;
        Wide result = 0;
        const bool overflow = e.op == Op::add        ? __builtin_add_overflow(*a, *b, &result)
                              : e.op == Op::subtract ? __builtin_sub_overflow(*a, *b, &result)
                              : e.op == Op::multiply ? __builtin_mul_overflow(*a, *b, &result)
                                                     : (result = *a | *b, false);
        if (!overflow) return result;
        names_.error(Code::bad_constant, e.span, "this does not fit 64 bits");
        return std::nullopt;
      }
      default:
        break;
    }
    names_.error(Code::bad_constant, e.span, "a constant is made of numbers, other constants, + - * | and `..`");
    return std::nullopt;
  }

  Names& names_;
  const Declared& declared_;
  std::vector<ExprPtr> values_;
  std::vector<Progress> progress_;
  unsigned level_ = 0;  // constants that are being computed
};

}  // namespace

void resolve_constants(Names& names, const Declared& declared) {
  for (std::size_t i = 0; i < declared.constants.size(); ++i) {
    const ast::Const& node = *declared.constants[i];
    names.enter("constant", node.restriction);
    const auto type = resolve_type(names, node.type);
    const bool plain = type && type->tag != TypeTag::reference && !type->maybe;
    if (type && !plain) {
      names.error(Code::bad_type, node.type.name.span,
                  "a constant is a number, a set of flags, an enum, a bool or an interval");
    }
    if (!plain) {
      names.broken_constants.insert(static_cast<std::uint32_t>(i));
      continue;
    }
    names.law.constants[i].type = *type;
  }
  Folder folder(names, declared);
  for (std::uint32_t i = 0; i < declared.constants.size(); ++i) {
    if (names.broken_constants.count(i) == 0) folder.fold(i);
  }
}

}  // namespace iolaw::syntax
