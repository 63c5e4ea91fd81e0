// SPDX-License-Identifier: Apache-2.0
// Calls: of the law's defs, and of what the language has built in.
#include <array>
#include <string_view>

#include "model/syntax/lexis.hpp"
#include "model/syntax/resolve/build.hpp"
#include "model/syntax/resolve/calls.hpp"
#include "model/syntax/resolve/typer.hpp"

namespace iolaw::syntax {
namespace {

struct Builtin {
  std::string_view name;
  std::size_t arguments;
};

constexpr std::array<Builtin, 8> kBuiltins = {{{"overflows", 1},
                                               {"wrapping", 1},
                                               {"aligned", 2},
                                               {"align_down", 2},
                                               {"overlaps", 2},
                                               {"min", 2},
                                               {"max", 2},
                                               {"after", 1}}};

const Builtin* find_builtin(std::string_view name) {
  for (const Builtin& builtin : kBuiltins) {
    if (builtin.name == name) return &builtin;
  }
  return nullptr;
}

std::string count_of(std::size_t n, std::string_view noun) {
  return std::to_string(n) + " " + std::string(noun) + (n == 1 ? "" : "s");
}

}  // namespace

bool is_builtin(std::string_view name) { return find_builtin(name) != nullptr; }

ExprPtr Typer::builtin(const ast::Expr& e) {
  const std::string& name = e.name.text;
  const std::size_t wanted = find_builtin(name)->arguments;
  if (e.children.size() != wanted) {
    names_.error(Code::wrong_arguments, e.span,
                 quote(name) + " takes " + count_of(wanted, "argument") + ", not " + std::to_string(e.children.size()));
    return nullptr;
  }
  const ast::Expr& a = e.children[0];
  if (name == "after") return after(e);
  if (name == "overlaps") {
    ExprPtr x = interval(a);
    ExprPtr y = interval(e.children[1]);
    return x && y ? overlaps(x, y, e.span) : nullptr;
  }
  ExprPtr x = integer(a);
  if (name == "overflows") return x ? node(Op::overflows, kBoolean, {x}, e.span) : nullptr;
  if (name == "wrapping") return x ? node(Op::wrapping, kU64, {x}, e.span) : nullptr;
  if (name == "min" || name == "max") {
    ExprPtr y = integer(e.children[1]);
    if (!x || !y) return nullptr;
    const bool least = name == "min";
    return node(Op::conditional, *join(x, y), {less_equal(x, y, e.span), least ? x : y, least ? y : x}, e.span);
  }
  ExprPtr unit = value(e.children[1], kPow2);
  if (!x || !unit) return nullptr;
  if (name == "aligned") return node(Op::aligned, kBoolean, {x, unit}, e.span);
  return node(Op::align_down, kU64, {x, unit}, e.span);
}

ExprPtr Typer::after(const ast::Expr& e) {
  if (!in_step || after_depth_ > 0) {
    names_.error(Code::after_misplaced, e.span,
                 after_depth_ > 0 ? "this is already inside `after`" : "only a `step` has a state after");
    return nullptr;
  }
  ++after_depth_;
  ExprPtr child = expression(e.children[0]);
  --after_depth_;
  return child ? node(Op::after, child->type, {child}, e.span) : nullptr;
}

ExprPtr Typer::call(const ast::Expr& e) {
  const std::string& name = e.name.text;
  if (is_builtin(name)) return builtin(e);
  const auto found = names_.defs.find(name);
  if (found == names_.defs.end()) {
    std::vector<std::string_view> known = keys(names_.defs);
    for (const Builtin& builtin : kBuiltins) known.push_back(builtin.name);
    names_.unknown(Code::unknown_def, e.name, "no def is named " + quote(name), known);
    return nullptr;
  }
  called.insert(found->second);
  const std::optional<Type>& type = names_.def_types[found->second];
  if (!type) return nullptr;
  const Def& def = names_.law.defs[found->second];
  if (e.children.size() != def.parameters.size()) {
    Diagnostic& diagnostic = names_.error(Code::wrong_arguments, e.span,
                                          quote(name) + " takes " + count_of(def.parameters.size(), "argument") +
                                              ", not " + std::to_string(e.children.size()));
    diagnostic.notes.push_back({def.span, "it is declared here"});
    return nullptr;
  }
  std::vector<ExprPtr> arguments;
  bool ok = true;
  for (std::size_t i = 0; i < e.children.size(); ++i) {
    arguments.push_back(value(e.children[i], def.parameters[i].type));
    ok = ok && arguments.back();
  }
  return ok ? node(Op::call, *type, std::move(arguments), e.span, found->second) : nullptr;
}

}  // namespace iolaw::syntax
