// SPDX-License-Identifier: Apache-2.0
// Names, fields and maps; and whether a value may be kept where it goes.
#include "model/syntax/resolve/typer.hpp"
#include "model/syntax/lexis.hpp"

#include <utility>

#include "model/syntax/resolve/build.hpp"

namespace iolaw::syntax {

using ast::Tag;

bool is_power_of_two(Word value) { return value != 0 && (value & (value - 1)) == 0; }

ExprPtr Typer::flowing(const ast::Expr& e) {
  const Type expected = kBoolean;
  ExprPtr result = typed(e, &expected);
  return result ? kept(std::move(result), expected, e) : nullptr;
}

ExprPtr Typer::expression(const ast::Expr& e) {
  const std::size_t mark = scope_.mark();
  ExprPtr result = typed(e, nullptr);
  scope_.restore(mark);
  return result;
}

ExprPtr Typer::value(const ast::Expr& e, const Type& expected) {
  const std::size_t mark = scope_.mark();
  ExprPtr result = typed(e, &expected);
  scope_.restore(mark);
  return result ? kept(std::move(result), expected, e) : nullptr;
}

ExprPtr Typer::integer(const ast::Expr& e) {
  ExprPtr result = expression(e);
  if (!result) return nullptr;
  if (result->type.maybe) return mismatch(kU64, result, e.span);
  if (!result->type.is_integer()) {
    names_.error(Code::wrong_type, e.span, "expected a number, found " + a_type(names_.law, result->type));
    return nullptr;
  }
  return result;
}

ExprPtr Typer::interval(const ast::Expr& e) { return value(e, kInterval); }

ExprPtr Typer::reference(const ast::Expr& e) {
  ExprPtr result = expression(e);
  if (!result) return nullptr;
  if (result->type.tag != TypeTag::reference) {
    names_.error(Code::wrong_type, e.span, "expected an object, found " + a_type(names_.law, result->type));
    return nullptr;
  }
  if (result->type.maybe) {
    Type plain = result->type;
    plain.maybe = false;
    return mismatch(plain, result, e.span);
  }
  return result;
}

ExprPtr Typer::mismatch(const Type& expected, const ExprPtr& found, Span span) {
  Type plain = found->type;
  plain.maybe = false;
  const bool only_maybe = found->type.maybe && (plain == expected || (plain.is_integer() && expected.is_integer()));
  if (!only_maybe) {
    names_.error(Code::wrong_type, span,
                 "expected " + a_type(names_.law, expected) + ", found " + a_type(names_.law, found->type));
    return nullptr;
  }
  Diagnostic& diagnostic =
      names_.error(Code::maybe_none, span,
                   "this may be none; bind it with `is some NAME`, or take `the` value where it cannot be none");
  const std::string_view text = names_.law.files[span.file].text;
  diagnostic.suggestion = "the " + std::string(text.substr(span.begin, span.end - span.begin));
  return nullptr;
}

ExprPtr Typer::kept(ExprPtr e, const Type& expected, const ast::Expr& source) {
  if (e->type == expected) return e;
  Type plain = expected;
  plain.maybe = false;
  if (expected.maybe && e->type == plain) return e;
  if (plain.is_integer() && e->type.is_integer() && !e->type.maybe) {
    if (plain.tag != TypeTag::pow2) return e;
    if (e->op == Op::literal && is_power_of_two(e->value)) return literal(kPow2, e->value, e->span);
    names_.error(Code::not_pow2, source.span,
                 e->op == Op::literal
                     ? std::to_string(e->value) + " is not a power of two"
                     : "expected a pow2, found " + a_type(names_.law, e->type) + ", which need not be a power of two");
    return nullptr;
  }
  return mismatch(expected, e, source.span);
}

const Variable& Typer::declare(const ast::Name& name, const std::optional<Type>& type) {
  if (const Variable* other = scope_.find(name.text)) {
    Diagnostic& diagnostic = names_.error(Code::shadows, name.span, quote(name.text) + " already names something here");
    diagnostic.notes.push_back({other->span, "it is declared here"});
  }
  return scope_.add(name.text, type, name.span);
}

ExprPtr Typer::typed(const ast::Expr& e, const Type* expected) {
  switch (e.tag) {
    case Tag::number:
      return literal(expected && expected->tag == TypeTag::nat ? kNat : kU64, e.value, e.span);
    case Tag::boolean:
      return literal(kBoolean, e.value, e.span);
    case Tag::maximum:
      return literal(kU64, ~Word{0}, e.span);
    case Tag::none:
      if (expected && expected->maybe) return node(Op::none, *expected, {}, e.span);
      names_.error(Code::maybe_none, e.span,
                   expected ? "this cannot be none: its type is " + type_name(names_.law, *expected)
                            : "`none` cannot stand here; a comparison with it is written `is none`");
      return nullptr;
    case Tag::name:
      return name(e);
    case Tag::field:
      return select(e);
    case Tag::index:
      return index(e);
    case Tag::call:
      return call(e);
    case Tag::interval: {
      ExprPtr low = integer(e.children[0]);
      ExprPtr high = integer(e.children[1]);
      return low && high ? node(Op::interval, kInterval, {low, high}, e.span) : nullptr;
    }
    case Tag::the: {
      ExprPtr maybe = maybe_value(e.children[0]);
      return maybe ? the(maybe, e.span) : nullptr;
    }
    case Tag::negation: {
      ExprPtr child = condition(e.children[0]);
      return child ? negation(child, e.span) : nullptr;
    }
    case Tag::conjunction:
    case Tag::disjunction:
      return junction(e);
    case Tag::implication:
      return implies(e);
    case Tag::conditional:
      return conditional(e, expected);
    case Tag::equivalence: {
      ExprPtr a = condition(e.children[0]);
      ExprPtr b = condition(e.children[1]);
      return a && b ? node(Op::equivalence, kBoolean, {a, b}, e.span) : nullptr;
    }
    case Tag::equal:
    case Tag::unequal:
      return comparison(e);
    case Tag::less:
    case Tag::less_equal:
    case Tag::greater:
    case Tag::greater_equal:
      return ordering(e);
    case Tag::add:
    case Tag::subtract:
    case Tag::multiply:
    case Tag::flags_union:
      return arithmetic(e, expected);
    case Tag::in:
      return containment(e);
    case Tag::is_empty:
    case Tag::is_some:
    case Tag::is_none:
    case Tag::is_busy:
    case Tag::lives:
      return adjective(e);
    case Tag::all:
    case Tag::some:
    case Tag::no:
    case Tag::count:
      return quantifier(e);
  }
  return nullptr;
}

ExprPtr Typer::name(const ast::Expr& e) {
  const std::string& text = e.name.text;
  const Law& law = names_.law;
  if (const Variable* found = scope_.find(text)) {
    if (found->broken) return nullptr;
    if (!found->value) return variable(found->slot, found->type, e.span);
    if (after_depth_ == 0) return found->value;
    if (found->inside) return found->inside;
    Diagnostic& diagnostic = names_.error(
        Code::bound_before, e.span,
        quote(text) + " is what was found before the transition; inside `after` it would be looked up again");
    diagnostic.notes.push_back({found->span, "it is bound here; bind another name with `after(…) is some NAME`"});
    return nullptr;
  }
  if (scope_.members) {
    if (const auto index = find_field(law.kinds[*scope_.members], text)) {
      return field(law, *scope_.members, *index, variable(0, reference_to(*scope_.members), e.span), e.span);
    }
  }
  if (const auto constant = names_.constants.find(text); constant != names_.constants.end()) {
    if (names_.broken_constants.count(constant->second) != 0) return nullptr;
    return node(Op::constant, law.constants[constant->second].type, {}, e.span, constant->second);
  }
  if (const auto symbolic = names_.symbolics.find(text); symbolic != names_.symbolics.end()) {
    return literal(symbolic->second.type, symbolic->second.value, e.span);
  }
  std::vector<std::string_view> known = scope_.names();
  for (const std::string_view constant : keys(names_.constants)) known.push_back(constant);
  for (const auto& [constant, symbolic] : names_.symbolics) known.push_back(constant);
  if (scope_.members) {
    for (const Field& field : law.kinds[*scope_.members].fields) known.push_back(field.name);
  }
  Diagnostic& diagnostic = names_.unknown(Code::unknown_name, e.name, "nothing here is named " + quote(text), known);
  if (names_.defs.count(text) != 0) {
    diagnostic.notes.push_back({law.defs[names_.defs.find(text)->second].span, "a def is called with its arguments"});
  }
  return nullptr;
}

ExprPtr Typer::select(const ast::Expr& e) {
  ExprPtr object = expression(e.children[0]);
  if (!object) return nullptr;
  const std::string& text = e.name.text;
  const Law& law = names_.law;
  if (object->type.tag == TypeTag::interval) {
    if (text == "first") return first(object, e.span);
    if (text == "last") return last(object, e.span);
    names_.unknown(Code::unknown_field, e.name, "an interval has `first` and `last`, and no " + quote(text),
                   {"first", "last"});
    return nullptr;
  }
  if (object->type.tag != TypeTag::reference) {
    names_.error(Code::unknown_field, e.name.span, a_type(law, object->type) + " has no fields");
    return nullptr;
  }
  if (object->type.maybe) {
    Type plain = object->type;
    plain.maybe = false;
    return mismatch(plain, object, e.children[0].span);
  }
  const std::uint32_t kind = object->type.id;
  if (const auto found = find_field(law.kinds[kind], text)) return field(law, kind, *found, object, e.span);
  if (const auto count = find_count(law, kind, text)) return node(Op::count, kNat, {object}, e.span, *count);
  if (names_.broken_kinds.count(kind) != 0) return nullptr;
  std::vector<std::string_view> known;
  for (const Field& field : law.kinds[kind].fields) known.push_back(field.name);
  for (const Count& count : law.counts) {
    if (count.kind == kind) known.push_back(count.name);
  }
  Diagnostic& diagnostic =
      names_.unknown(Code::unknown_field, e.name, a_type(law, object->type) + " has no field " + quote(text), known);
  diagnostic.notes.push_back({law.kinds[kind].span, law.kinds[kind].name + " is declared here"});
  return nullptr;
}

// ioas.at[x], vintf.slot[i]: the child kind is the one that lives in the parent's map.
ExprPtr Typer::index(const ast::Expr& e) {
  const ast::Expr& map = e.children[0];
  if (map.tag != Tag::field || (map.name.text != "at" && map.name.text != "slot")) {
    names_.error(Code::no_such_map, map.span, "only the maps of an object have keys: `e.at[address]`, `e.slot[index]`");
    return nullptr;
  }
  ExprPtr parent = reference(map.children[0]);
  ExprPtr key = integer(e.children[1]);
  if (!parent || !key) return nullptr;
  const bool slot = map.name.text == "slot";
  const Law& law = names_.law;
  for (std::uint32_t kind = 0; kind < law.kinds.size(); ++kind) {
    const Kind& child = law.kinds[kind];
    const Container wanted = slot ? Container::slot_map : Container::interval_map;
    if (child.container != wanted || !child.parent || child.fields[*child.parent].type.id != parent->type.id) continue;
    return node(slot ? Op::slot : Op::at, reference_to(kind, true), {parent, key}, e.span, kind);
  }
  const std::string& name = law.kinds[parent->type.id].name;
  names_.error(Code::no_such_map, map.name.span,
               "no object lives in " + a_type(law, parent->type) + (slot ? " by slot" : " by interval") +
                   "; one would be declared `in x: " + name + (slot ? " slot index`" : " at span`"));
  return nullptr;
}

}  // namespace iolaw::syntax
