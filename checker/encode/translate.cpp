// SPDX-License-Identifier: Apache-2.0
#include "checker/encode/translate.hpp"

#include <algorithm>

namespace iolaw {

Value Translator::value(const Expr& expr, Frame& frame, const View& now, const View* after) {
  return translate(expr, {frame, now, after});
}

Term Translator::formula(const Property& property, const View& now, const View* after,
                         const std::vector<Value>& arguments) {
  Frame frame(property.slots);
  for (std::size_t i = 0; i < arguments.size(); ++i) frame.set(static_cast<std::uint32_t>(i), arguments[i]);
  return formula(*property.formula, frame, now, after);
}

Term Translator::term(const Expr& expr, const Context& context, std::size_t child) {
  return translate(*expr.children.at(child), context).parts.at(0);
}

Value Translator::translate(const Expr& expr, const Context& context) {
  const auto arg = [&](std::size_t child) { return term(expr, context, child); };
  const auto whole = [&](std::size_t child) { return translate(*expr.children.at(child), context); };
  switch (expr.op) {
    case Op::literal:
      return literal(terms_, law_, expr.type, expr.value, 0);
    case Op::none:
      return default_value(terms_, law_, expr.type);
    case Op::variable:
      return variable(expr, context);
    case Op::constant: {
      const Constant& constant = law_.constants.at(expr.index);
      return literal(terms_, law_, constant.type, constant.value, constant.last);
    }
    case Op::field:
      return context.now.field(expr.children[0]->type.id, expr.index, arg(0));
    case Op::first:
      return single(whole(0).parts.at(0));
    case Op::last:
      return single(whole(0).parts.at(1));
    case Op::interval:
      return {{arg(0), arg(1)}};
    case Op::lives:
      return single(context.now.lives(expr.children[0]->type.id, arg(0)));
    case Op::at:
    case Op::slot:
      return single(context.now.child(expr.index, arg(0), arg(1)));
    case Op::count:
      return single(context.now.count(expr.index, arg(0)));
    case Op::call:
      return call(expr, context);
    case Op::is_some:
      if (expr.children[0]->type.tag != TypeTag::reference) return single(whole(0).parts.at(0));
      return single(terms_.differ(arg(0), nobody(terms_, expr.children[0]->type.id)));
    case Op::the:
      return single(whole(0).parts.back());
    case Op::negation:
      return single(terms_.negate(arg(0)));
    case Op::conjunction:
    case Op::disjunction: {
      std::vector<Term> parts;
      for (std::size_t i = 0; i < expr.children.size(); ++i) parts.push_back(arg(i));
      return single(expr.op == Op::conjunction ? terms_.conjunction(parts) : terms_.disjunction(parts));
    }
    case Op::implication:
      return single(terms_.implies(arg(0), arg(1)));
    case Op::equivalence:
      return single(terms_.equal(arg(0), arg(1)));
    case Op::conditional:
      return choose(terms_, arg(0), coerce(terms_, expr.children[1]->type, expr.type, whole(1)),
                    coerce(terms_, expr.children[2]->type, expr.type, whole(2)));
    case Op::equal:
    case Op::less:
    case Op::less_equal:
      return comparison(expr, context);
    case Op::add:
      return single(terms_.add(arg(0), arg(1)));
    case Op::subtract:
      return single(terms_.subtract(arg(0), arg(1)));
    case Op::multiply: {
      const Term factor = arg(1);
      if (!factor->is_number()) throw Unsupported("a product of two values that are both unknown");
      return single(terms_.scale(factor->value, arg(0)));
    }
    case Op::wrapping:
      return single(terms_.wrapped(arg(0)));
    case Op::overflows: {
      const Term x = arg(0);
      return single(terms_.negate(terms_.within(x, terms_.number(0), terms_.number(smt::kMax64))));
    }
    case Op::aligned:
      return single(terms_.aligned(arg(0), arg(1)));
    case Op::align_down:
      return single(terms_.align_down(arg(0), arg(1)));
    case Op::flags_contain:
    case Op::flags_union:
      return flags(expr, context);
    case Op::all_objects:
    case Op::some_object:
    case Op::all_addresses:
    case Op::some_address:
      return quantifier(expr, context);
    case Op::count_objects:
      throw Unsupported("the number of objects that meet a condition, outside a probe");
    case Op::after:
      if (context.after == nullptr) throw Unsupported("after() outside a step");
      return translate(*expr.children[0], {context.frame, *context.after, nullptr});
  }
  throw Unsupported("an expression that proofs do not know");
}

Value Translator::variable(const Expr& expr, const Context& context) {
  Frame::Slot& slot = context.frame.slots_.at(expr.index);
  if (!slot.value) {
    if (slot.expr == nullptr) throw std::logic_error("a slot is read before it is set");
    slot.value = translate(*slot.expr, {context.frame, *slot.now, slot.after});
  }
  return *slot.value;
}

Value given_function(Terms& terms, const Law& law, const Def& def, const Type& type,
                     const std::vector<Term>& arguments) {
  Value value;
  for (const smt::Sort sort : parts_of(law, type)) {
    value.parts.push_back(terms.apply("given." + def.name + part_name(law, type, value.parts.size()), arguments, sort));
  }
  return value;
}

Value Translator::call(const Expr& expr, const Context& context) {
  const Def& def = law_.defs.at(expr.index);
  if (def.given && environment_ == Environment::any) {
    std::vector<Term> arguments;
    for (const ExprPtr& child : expr.children) {
      for (const Term part : translate(*child, context).parts) arguments.push_back(part);
    }
    return given_function(terms_, law_, def, expr.type, arguments);
  }
  Frame frame(def.slots);
  for (std::size_t i = 0; i < expr.children.size(); ++i) {
    frame.set(static_cast<std::uint32_t>(i), translate(*expr.children[i], context));
  }
  Value result = translate(*def.body, {frame, context.now, context.after});
  return coerce(terms_, def.body->type, expr.type, std::move(result));
}

Value Translator::comparison(const Expr& expr, const Context& context) {
  const Expr& a = *expr.children.at(0);
  const Expr& b = *expr.children.at(1);
  Value left = translate(a, context);
  Value right = translate(b, context);
  if (expr.op == Op::less) return single(terms_.less(left.parts[0], right.parts[0]));
  if (expr.op == Op::less_equal) return single(terms_.at_most(left.parts[0], right.parts[0]));
  const bool maybe_number = (a.type.maybe || b.type.maybe) && a.type.tag != TypeTag::reference;
  if (!maybe_number) return single(equal(terms_, left, right));
  Type wanted = a.type;
  wanted.maybe = true;
  left = coerce(terms_, a.type, wanted, std::move(left));
  right = coerce(terms_, b.type, wanted, std::move(right));
  return single(terms_.both(terms_.equal(left.parts[0], right.parts[0]),
                            terms_.implies(left.parts[0], terms_.equal(left.parts[1], right.parts[1]))));
}

Value Translator::flags(const Expr& expr, const Context& context) {
  const Value a = translate(*expr.children.at(0), context);
  const Value b = translate(*expr.children.at(1), context);
  std::vector<Term> parts;
  for (std::size_t i = 0; i < a.parts.size(); ++i) {
    parts.push_back(expr.op == Op::flags_union ? terms_.either(a.parts[i], b.parts[i])
                                               : terms_.implies(b.parts[i], a.parts[i]));
  }
  if (expr.op == Op::flags_union) return {std::move(parts)};
  return single(terms_.conjunction(std::move(parts)));
}

Value Translator::quantifier(const Expr& expr, const Context& context) {
  const auto body = [&](const Expr& inner, Term variable, Term range, bool universal) {
    context.frame.set(expr.index, single(variable));
    const Term truth = translate(inner, context).parts[0];
    return universal ? terms_.implies(range, truth) : terms_.both(range, truth);
  };
  if (expr.op == Op::all_objects || expr.op == Op::some_object) {
    const bool universal = expr.op == Op::all_objects;
    return single(context.now.objects(universal, expr.kind, [&](Term object) {
      return body(*expr.children.at(0), object, context.now.lives(expr.kind, object), universal);
    }));
  }
  const bool universal = expr.op == Op::all_addresses;
  const Term first = term(expr, context, 0);
  const Term last = term(expr, context, 1);
  return single(terms_.quantify(universal, smt::kInteger, [&](Term address) {
    const Term range = terms_.both(terms_.within(address, first, last),
                                   terms_.within(address, terms_.number(0), terms_.number(smt::kMax64)));
    return body(*expr.children.at(2), address, range, universal);
  }));
}

// A count's condition is an expression without a frame of its own: the member and what it quantifies over.
static std::size_t slots_of(const Expr& e) {
  const bool binds = e.op == Op::variable || e.op == Op::all_objects || e.op == Op::some_object ||
                     e.op == Op::all_addresses || e.op == Op::some_address;
  std::size_t slots = binds ? std::size_t{e.index} + 1 : 1;
  for (const ExprPtr& child : e.children) slots = std::max(slots, slots_of(*child));
  return slots;
}

Term is_member(Translator& translator, const View& view, const CountTerm& summand, Term member, Term object) {
  Terms& terms = translator.terms();
  std::vector<Term> parts{view.lives(summand.kind, member),
                          terms.equal(view.field(summand.kind, summand.field, member).parts[0], object)};
  if (summand.where) {
    Frame frame(slots_of(*summand.where));
    frame.set(0, single(member));
    parts.push_back(translator.formula(*summand.where, frame, view));
  }
  return terms.conjunction(std::move(parts));
}

}  // namespace iolaw
