// SPDX-License-Identifier: Apache-2.0
// Connectives, comparisons, arithmetic, and what is said of an object: lives, is some, is none, is busy, is empty.
#include <utility>

#include "model/syntax/lexis.hpp"
#include "model/syntax/resolve/build.hpp"
#include "model/syntax/resolve/typer.hpp"

namespace iolaw::syntax {

using ast::Tag;

// What a conjunct binds holds for the conjuncts after it, and for whoever goes on where the conjunction holds.
ExprPtr Typer::junction(const ast::Expr& e) {
  const bool both = e.tag == Tag::conjunction;
  std::vector<ExprPtr> children;
  bool ok = true;
  for (const ast::Expr& part : e.children) {
    children.push_back(both ? flowing(part) : condition(part));
    ok = ok && children.back();
  }
  if (!ok) return nullptr;
  return both ? conjunction(std::move(children), e.span) : disjunction(std::move(children), e.span);
}

ExprPtr Typer::implies(const ast::Expr& e) {
  const std::size_t mark = scope_.mark();
  ExprPtr a = flowing(e.children[0]);
  ExprPtr b = condition(e.children[1]);
  scope_.restore(mark);
  return a && b ? implication(a, b, e.span) : nullptr;
}

// The type of both, where either may stand; nullopt if there is none.
std::optional<Type> Typer::join(const ExprPtr& a, const ExprPtr& b) {
  Type left = a->type;
  Type right = b->type;
  const bool maybe = left.maybe || right.maybe;
  left.maybe = right.maybe = false;
  if (left != right) {
    if (!left.is_integer() || !right.is_integer()) return std::nullopt;
    const bool a_fits = a->op == Op::literal && is_power_of_two(a->value);
    const bool b_fits = b->op == Op::literal && is_power_of_two(b->value);
    if ((left == kPow2 && b_fits) || (right == kPow2 && a_fits)) {
      left = kPow2;
    } else {
      left = left == kNat || right == kNat ? kNat : kU64;
    }
  }
  left.maybe = maybe;
  return left;
}

ExprPtr Typer::conditional(const ast::Expr& e, const Type* expected) {
  const std::size_t mark = scope_.mark();
  ExprPtr when = flowing(e.children[0]);
  const bool then_none = e.children[1].tag == Tag::none;
  ExprPtr yes;
  if (expected) {
    yes = value(e.children[1], *expected);
  } else if (!then_none) {
    yes = expression(e.children[1]);
  }
  scope_.restore(mark);
  ExprPtr no;
  if (expected) {
    no = value(e.children[2], *expected);
  } else if (yes && e.children[2].tag == Tag::none) {
    Type maybe = yes->type;
    maybe.maybe = true;
    no = value(e.children[2], maybe);
  } else {
    no = expression(e.children[2]);
  }
  if (!expected && then_none && no) {
    Type maybe = no->type;
    maybe.maybe = true;
    yes = value(e.children[1], maybe);
  }
  if (!when || !yes || !no) return nullptr;
  const std::optional<Type> type = expected ? *expected : join(yes, no);
  if (!type) {
    names_.error(
        Code::not_comparable, e.span,
        "one way this is " + a_type(names_.law, yes->type) + ", the other way " + a_type(names_.law, no->type));
    return nullptr;
  }
  return node(Op::conditional, *type, {when, yes, no}, e.span);
}

ExprPtr Typer::comparison(const ast::Expr& e) {
  const bool negated = e.tag == Tag::unequal;
  for (int side = 0; side < 2; ++side) {
    if (e.children[side].tag != Tag::none) continue;
    const Span other = e.children[1 - side].span;
    const std::string_view text = names_.law.files[other.file].text;
    Diagnostic& diagnostic = names_.error(Code::maybe_none, e.span, "a comparison with none is written with `is`");
    diagnostic.suggestion =
        std::string(text.substr(other.begin, other.end - other.begin)) + (negated ? " is some" : " is none");
    return nullptr;
  }
  ExprPtr a = expression(e.children[0]);
  ExprPtr b = expression(e.children[1]);
  if (!a || !b) return nullptr;
  if (!join(a, b)) {
    names_.error(Code::not_comparable, e.span,
                 a_type(names_.law, a->type) + " is never equal to " + a_type(names_.law, b->type));
    return nullptr;
  }
  ExprPtr result = equal(a, b, e.span);
  return negated ? negation(result, e.span) : result;
}

ExprPtr Typer::ordering(const ast::Expr& e) {
  ExprPtr a = integer(e.children[0]);
  ExprPtr b = integer(e.children[1]);
  if (!a || !b) return nullptr;
  if (e.tag == Tag::greater || e.tag == Tag::greater_equal) std::swap(a, b);
  const bool strict = e.tag == Tag::less || e.tag == Tag::greater;
  return node(strict ? Op::less : Op::less_equal, kBoolean, {a, b}, e.span);
}

ExprPtr Typer::arithmetic(const ast::Expr& e, const Type* expected) {
  if (e.tag == Tag::flags_union) {
    ExprPtr a =
        expected && expected->tag == TypeTag::flags ? value(e.children[0], *expected) : expression(e.children[0]);
    if (!a) return nullptr;
    if (a->type.tag != TypeTag::flags) {
      names_.error(Code::wrong_type, e.children[0].span, "`|` joins flags; this is " + a_type(names_.law, a->type));
      return nullptr;
    }
    ExprPtr b = value(e.children[1], a->type);
    if (!b) return nullptr;
    if (a->op == Op::literal && b->op == Op::literal) return literal(a->type, a->value | b->value, e.span);
    return node(Op::flags_union, a->type, {a, b}, e.span);
  }
  ExprPtr a = integer(e.children[0]);
  ExprPtr b = integer(e.children[1]);
  if (!a || !b) return nullptr;
  const Type type = a->type == kNat || b->type == kNat ? kNat : kU64;
  if (e.tag != Tag::multiply) return node(e.tag == Tag::add ? Op::add : Op::subtract, type, {a, b}, e.span);
  if (a->op == Op::literal) std::swap(a, b);
  if (b->op != Op::literal) {
    names_.error(Code::not_literal, e.span, "`*` needs a plain number on one side, so that proofs stay linear");
    return nullptr;
  }
  return node(Op::multiply, type, {a, b}, e.span);
}

// `x in span`, `span in span`, `READ in rights`.
ExprPtr Typer::containment(const ast::Expr& e) {
  ExprPtr whole = expression(e.children[1]);
  if (!whole) return nullptr;
  if (whole->type.tag == TypeTag::flags) {
    ExprPtr part = value(e.children[0], whole->type);
    return part ? node(Op::flags_contain, kBoolean, {whole, part}, e.span) : nullptr;
  }
  if (whole->type.tag != TypeTag::interval) {
    names_.error(Code::wrong_type, e.children[1].span,
                 "`in` needs an interval or a set of flags on its right, found " + a_type(names_.law, whole->type));
    return nullptr;
  }
  ExprPtr part = expression(e.children[0]);
  if (!part) return nullptr;
  if (part->type.tag == TypeTag::interval) {
    return conjunction({less_equal(first(whole, e.span), first(part, e.span), e.span),
                        less_equal(last(part, e.span), last(whole, e.span), e.span)},
                       e.span);
  }
  if (part->type.maybe || !part->type.is_integer()) return mismatch(kU64, part, e.children[0].span);
  return contains(whole, part, e.span);
}

ExprPtr Typer::maybe_value(const ast::Expr& e) {
  ExprPtr result = expression(e);
  if (!result) return nullptr;
  if (result->type.maybe) return result;
  names_.error(Code::not_maybe, e.span, "this is never none: it is " + a_type(names_.law, result->type));
  return nullptr;
}

ExprPtr Typer::adjective(const ast::Expr& e) {
  const ast::Expr& subject = e.children[0];
  if (!e.name.text.empty() && e.tag != Tag::is_some) {
    names_.error(Code::expected, e.name.span, "only `is some` binds a name");
    return nullptr;
  }
  if (e.tag == Tag::is_busy) return busy(e);
  if (e.tag == Tag::is_empty) {
    ExprPtr set = expression(subject);
    if (!set) return nullptr;
    if (set->type.tag == TypeTag::flags) return equal(set, literal(set->type, 0, e.span), e.span);
    names_.error(Code::wrong_type, subject.span,
                 "only a set of flags may be empty; this is " + a_type(names_.law, set->type));
    return nullptr;
  }
  if (e.tag == Tag::lives) {
    ExprPtr object = expression(subject);
    if (!object) return nullptr;
    if (object->type.tag == TypeTag::reference) return node(Op::lives, kBoolean, {object}, e.span);
    names_.error(Code::wrong_type, subject.span, "only objects live; this is " + a_type(names_.law, object->type));
    return nullptr;
  }
  ExprPtr maybe = maybe_value(subject);
  if (!maybe) {
    if (!e.name.text.empty()) declare(e.name, std::nullopt);
    return nullptr;
  }
  ExprPtr present = node(Op::is_some, kBoolean, {maybe}, e.span);
  if (e.tag == Tag::is_none) return negation(present, e.span);
  if (!e.name.text.empty()) {
    if (const Variable* other = scope_.find(e.name.text)) {
      Diagnostic& diagnostic =
          names_.error(Code::shadows, e.name.span, quote(e.name.text) + " already names something here");
      diagnostic.notes.push_back({other->span, "it is declared here"});
    }
    Variable bound;
    bound.name = e.name.text;
    bound.span = e.name.span;
    bound.value = the(maybe, e.name.span);
    bound.type = bound.value->type;
    if (after_depth_ > 0) bound.inside = bound.value;
    if (maybe->op == Op::after) bound.inside = the(maybe->children[0], e.name.span);
    scope_.add(std::move(bound));
  }
  return present;
}

// Some live object holds it, through any field of role `holds`.
ExprPtr Typer::busy(const ast::Expr& e) {
  ExprPtr object = reference(e.children[0]);
  if (!object) return nullptr;
  const Law& law = names_.law;
  std::vector<ExprPtr> holders;
  for (std::uint32_t kind = 0; kind < law.kinds.size(); ++kind) {
    for (std::uint32_t i = 0; i < law.kinds[kind].fields.size(); ++i) {
      const Field& held = law.kinds[kind].fields[i];
      if (held.role != FieldRole::holds || held.type.id != object->type.id) continue;
      const std::uint32_t slot = scope_.slots++;
      scope_.slot_names.push_back("holder");
      ExprPtr holder = variable(slot, reference_to(kind), e.span);
      ExprPtr holds = equal(field(law, kind, i, holder, e.span), object, e.span);
      holders.push_back(node(Op::some_object, kBoolean, {holds}, e.span, slot, kind));
    }
  }
  return disjunction(std::move(holders), e.span);
}

}  // namespace iolaw::syntax
