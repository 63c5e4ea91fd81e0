// SPDX-License-Identifier: Apache-2.0
// all, some, no, count: over live objects and over addresses.
#include <utility>

#include "model/syntax/lexis.hpp"
#include "model/syntax/resolve/build.hpp"
#include "model/syntax/resolve/typer.hpp"

namespace iolaw::syntax {

using ast::Tag;

ExprPtr Typer::parent_is(const ast::Expr& in, std::uint32_t kind, const ExprPtr& member) {
  const Law& law = names_.law;
  ExprPtr parent = reference(in);
  if (!parent) return nullptr;
  const Kind& declared = law.kinds[kind];
  if (!declared.parent || declared.fields[*declared.parent].type.id != parent->type.id) {
    Diagnostic& diagnostic = names_.error(Code::wrong_type, in.span,
                                          a_type(law, member->type) + " does not live in " + a_type(law, parent->type));
    diagnostic.notes.push_back({declared.span, declared.name + " is declared here"});
    return nullptr;
  }
  return equal(field(law, kind, *declared.parent, member, in.span), parent, in.span);
}

ExprPtr Typer::membership(const ast::Members& members, std::uint32_t kind, const ExprPtr& member, bool& ok) {
  std::vector<ExprPtr> parts;
  if (members.in) parts.push_back(parent_is(*members.in, kind, member));
  if (members.where) parts.push_back(flowing(*members.where));
  for (const ExprPtr& part : parts) ok = ok && part;
  if (!ok || parts.empty()) return nullptr;
  const Span span = {parts.front()->span.file, parts.front()->span.begin, parts.back()->span.end};
  return conjunction(std::move(parts), span);
}

ExprPtr Typer::quantifier(const ast::Expr& e) {
  if (e.tag == Tag::count) {
    if (!in_probe) {
      names_.error(Code::count_misplaced, e.span,
                   "only a probe counts objects that meet a condition; elsewhere declare a `count`");
      return nullptr;
    }
    if (e.binders.size() != 1) {
      names_.error(Code::count_misplaced, e.span, "`count` takes one variable");
      return nullptr;
    }
  }
  const std::size_t mark = scope_.mark();
  ExprPtr result = quantify(e, 0);
  scope_.restore(mark);
  return result && e.tag == Tag::no ? negation(result, e.span) : result;
}

// The innermost part: `where C: F` means C implies F under `all`, C and F otherwise.
ExprPtr Typer::quantified_body(const ast::Expr& e) {
  if (e.children.size() == 1) return condition(e.children[0]);
  const std::size_t mark = scope_.mark();
  ExprPtr where = flowing(e.children[0]);
  ExprPtr body = condition(e.children[1]);
  scope_.restore(mark);
  if (!where || !body) return nullptr;
  return e.tag == Tag::all ? implication(where, body, e.span) : conjunction({where, body}, e.span);
}

ExprPtr Typer::quantify(const ast::Expr& e, std::size_t binder) {
  if (binder == e.binders.size()) return quantified_body(e);
  const ast::Binder& bound = e.binders[binder];
  const bool all = e.tag == Tag::all;
  const std::optional<Type> type = bound.type ? resolve_type(names_, *bound.type) : std::nullopt;
  const auto give_up = [&]() -> ExprPtr {
    declare(bound.name, std::nullopt);
    quantify(e, binder + 1);
    return nullptr;
  };
  if (bound.type && !type) return give_up();
  if (!bound.type && !bound.in) {
    names_.error(Code::expected, bound.name.span,
                 "expected what " + quote(bound.name.text) + " ranges over: `: Kind`, `: u64` or `in span`");
    return give_up();
  }
  if (type && type->tag == TypeTag::reference && !type->maybe) {
    const std::size_t mark = scope_.mark();
    const std::uint32_t slot = declare(bound.name, *type).slot;
    ExprPtr member = variable(slot, *type, bound.name.span);
    ExprPtr guard = bound.in ? parent_is(*bound.in, type->id, member) : nullptr;
    ExprPtr body = quantify(e, binder + 1);
    scope_.restore(mark);
    if (!body || (bound.in && !guard)) return nullptr;
    if (guard) body = all ? implication(guard, body, e.span) : conjunction({guard, body}, e.span);
    if (e.tag == Tag::count) return node(Op::count_objects, kNat, {body}, e.span, slot, type->id);
    return node(all ? Op::all_objects : Op::some_object, kBoolean, {body}, e.span, slot, type->id);
  }
  if (e.tag == Tag::count || (type && *type != kU64)) {
    names_.error(Code::bad_type, bound.type ? bound.type->name.span : bound.name.span,
                 e.tag == Tag::count ? "`count` ranges over objects" : "a variable ranges over objects or over u64");
    return give_up();
  }
  ExprPtr low = literal(kU64, 0, bound.name.span);
  ExprPtr high = literal(kU64, ~Word{0}, bound.name.span);
  if (bound.in) {
    ExprPtr span = interval(*bound.in);
    if (!span) return give_up();
    low = first(span, bound.in->span);
    high = last(span, bound.in->span);
  }
  const std::uint32_t slot = declare(bound.name, kU64).slot;
  ExprPtr body = quantify(e, binder + 1);
  if (!body) return nullptr;
  return node(all ? Op::all_addresses : Op::some_address, kBoolean, {low, high, body}, e.span, slot);
}

}  // namespace iolaw::syntax
