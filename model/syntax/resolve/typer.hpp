// SPDX-License-Identifier: Apache-2.0
// Types one expression at a time. Every function reports what is wrong and then returns null.
#pragma once

#include <set>

#include "model/syntax/resolve/names.hpp"
#include "model/syntax/resolve/scope.hpp"

namespace iolaw::syntax {

class Typer {
 public:
  Typer(Names& names, Scope& scope) : names_(names), scope_(scope) {}

  bool in_step = false;            // `after` is allowed
  bool in_probe = false;           // `count p: K: …` is allowed
  std::set<std::uint32_t> called;  // defs that the expressions so far call

  // Any type.
  ExprPtr expression(const ast::Expr& e);
  // A value that may be kept where `expected` is declared: a plain value may stand for a maybe one, numbers for
  // numbers.
  ExprPtr value(const ast::Expr& e, const Type& expected);
  ExprPtr condition(const ast::Expr& e) { return value(e, Type{TypeTag::boolean}); }
  ExprPtr integer(const ast::Expr& e);
  ExprPtr interval(const ast::Expr& e);
  ExprPtr reference(const ast::Expr& e);  // to an object, and not maybe

  // A condition whose `is some NAME` stay bound afterwards, until Scope::restore.
  ExprPtr flowing(const ast::Expr& e);

  // The condition of `a: Area in e where …`, for the member in `slot`; null without one. `ok` turns false on a mistake.
  ExprPtr membership(const ast::Members& members, std::uint32_t kind, const ExprPtr& member, bool& ok);
  // `in e`: the member's parent is e.
  ExprPtr parent_is(const ast::Expr& in, std::uint32_t kind, const ExprPtr& member);

  // Declares a variable; reports a name that is taken. Without a type it is one whose declaration was reported.
  const Variable& declare(const ast::Name& name, const std::optional<Type>& type);

  Names& names() { return names_; }
  Scope& scope() { return scope_; }

 private:
  ExprPtr typed(const ast::Expr& e, const Type* expected);
  ExprPtr kept(ExprPtr e, const Type& expected, const ast::Expr& source);
  ExprPtr name(const ast::Expr& e);
  ExprPtr select(const ast::Expr& e);
  ExprPtr index(const ast::Expr& e);
  ExprPtr junction(const ast::Expr& e);
  ExprPtr implies(const ast::Expr& e);
  ExprPtr conditional(const ast::Expr& e, const Type* expected);
  ExprPtr comparison(const ast::Expr& e);
  ExprPtr ordering(const ast::Expr& e);
  ExprPtr arithmetic(const ast::Expr& e, const Type* expected);
  ExprPtr containment(const ast::Expr& e);
  ExprPtr adjective(const ast::Expr& e);
  ExprPtr busy(const ast::Expr& e);
  ExprPtr call(const ast::Expr& e);
  ExprPtr builtin(const ast::Expr& e);
  ExprPtr after(const ast::Expr& e);
  ExprPtr quantifier(const ast::Expr& e);
  ExprPtr quantify(const ast::Expr& e, std::size_t binder);
  ExprPtr quantified_body(const ast::Expr& e);
  ExprPtr maybe_value(const ast::Expr& e);
  std::optional<Type> join(const ExprPtr& a, const ExprPtr& b);
  ExprPtr mismatch(const Type& expected, const ExprPtr& found, Span span);

  Names& names_;
  Scope& scope_;
  unsigned after_depth_ = 0;
};

bool is_power_of_two(Word value);

}  // namespace iolaw::syntax
