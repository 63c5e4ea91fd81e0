// SPDX-License-Identifier: Apache-2.0
#include "checker/encode/translate.hpp"

namespace iolaw {

Term Translator::has_value(const Expr& expr, const Context& context) {
  const auto child = [&](std::size_t which) { return has_value(*expr.children.at(which), context); };
  const auto all_children = [&] {
    std::vector<Term> parts;
    for (std::size_t i = 0; i < expr.children.size(); ++i) parts.push_back(child(i));
    return terms_.conjunction(std::move(parts));
  };
  const auto owner_lives = [&] { return context.now.lives(expr.children[0]->type.id, term(expr, context, 0)); };
  switch (expr.op) {
    case Op::variable: {
      const Frame::Slot slot = context.frame.slots_.at(expr.index);
      if (slot.expr == nullptr) return terms_.truth(true);
      return has_value(*slot.expr, {context.frame, *slot.now, slot.after});
    }
    case Op::field:
    case Op::at:
    case Op::slot:
    case Op::count:
      return terms_.both(all_children(), owner_lives());
    case Op::the: {
      const Value held = translate(*expr.children[0], context);
      const Type& type = expr.children[0]->type;
      const Term is_some =
          type.tag == TypeTag::reference ? terms_.differ(held.parts[0], nobody(terms_, type.id)) : held.parts[0];
      return terms_.both(child(0), is_some);
    }
    case Op::conjunction:
    case Op::disjunction: {
      // From the last operand to the first: each is read only if those before it do not decide.
      Term rest = terms_.truth(true);
      for (std::size_t i = expr.children.size(); i-- > 0;) {
        if (!rest->is_true()) {
          const Term here = term(expr, context, i);
          rest = terms_.implies(expr.op == Op::conjunction ? here : terms_.negate(here), rest);
        }
        rest = terms_.both(child(i), rest);
      }
      return rest;
    }
    case Op::implication: {
      const Term then = child(1);
      return then->is_true() ? child(0) : terms_.both(child(0), terms_.implies(term(expr, context, 0), then));
    }
    case Op::conditional: {
      const Term condition = term(expr, context, 0);
      const Term branches = terms_.both(terms_.implies(condition, child(1)), terms_.either(condition, child(2)));
      return terms_.both(child(0), branches);
    }
    case Op::call: {
      const Term arguments = all_children();
      const Def& def = law_.defs.at(expr.index);
      if (def.given) return arguments;
      Frame frame(def.slots);
      for (std::size_t i = 0; i < expr.children.size(); ++i) {
        frame.set(static_cast<std::uint32_t>(i), translate(*expr.children[i], context));
      }
      return terms_.both(arguments, has_value(*def.body, {frame, context.now, context.after}));
    }
    case Op::all_objects:
    case Op::some_object:
    case Op::count_objects:
    case Op::all_addresses:
    case Op::some_address:
      return has_value_each(expr, context);
    case Op::after:
      return has_value(*expr.children[0], {context.frame, *context.after, nullptr});
    default:
      return all_children();
  }
}

Term Translator::has_value_each(const Expr& expr, const Context& context) {
  if (expr.op != Op::all_addresses && expr.op != Op::some_address) {
    return context.now.objects(true, expr.kind, [&](Term object) {
      context.frame.set(expr.index, single(object));
      const Term inner = has_value(*expr.children.at(0), context);
      return inner->is_true() ? inner : terms_.implies(context.now.lives(expr.kind, object), inner);
    });
  }
  const Term ends = terms_.both(has_value(*expr.children.at(0), context), has_value(*expr.children.at(1), context));
  const Term first = term(expr, context, 0);
  const Term last = term(expr, context, 1);
  return terms_.both(ends, terms_.quantify(true, smt::kInteger, [&](Term address) {
    context.frame.set(expr.index, single(address));
    const Term inner = has_value(*expr.children.at(2), context);
    if (inner->is_true()) return inner;
    return terms_.implies(terms_.both(terms_.within(address, first, last),
                                      terms_.within(address, terms_.number(0), terms_.number(smt::kMax64))),
                          inner);
  }));
}

}  // namespace iolaw
