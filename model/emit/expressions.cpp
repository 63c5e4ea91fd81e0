// SPDX-License-Identifier: Apache-2.0
#include "model/emit/expressions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace iolaw::emit {

std::uint32_t Context::site(Span span, const std::string& what) {
  sites.push_back(Site{span, what});
  return static_cast<std::uint32_t>(sites.size() - 1);
}

std::string Context::fresh_name(std::string_view stem) { return fmt::format("{}_{}", identifier(stem), names++); }

Term truth_term(std::string code) {
  Term term;
  term.a.code = std::move(code);
  term.a.range = {0, 1};
  return term;
}

Term reference_term(std::uint32_t kind, std::string code, std::string live) {
  Term term;
  term.type.tag = TypeTag::reference;
  term.type.id = kind;
  term.a.code = std::move(code);
  term.live = std::move(live);
  return term;
}

Term integer_term(const Type& type, Int value) {
  Term term;
  term.type = type;
  term.a = std::move(value);
  term.b.code = "true";
  return term;
}

Term column_term(const Context& context, const Type& type, const FieldLayout& field, const std::string& state,
                 const std::string& index) {
  (void)context;
  Term term;
  term.type = type;
  const auto read = [&](const Column& column) {
    Int value;
    const std::string stored = fmt::format("{}.{}[{}]", state, column.name, index);
    value.range = column.range;
    switch (column.tag) {
      case Column::Tag::boolean:
      case Column::Tag::present:
        value.code = fmt::format("({} != 0)", stored);
        break;
      case Column::Tag::reference:
        value.code = fmt::format("(Ref({}) - 1)", stored);
        break;
      case Column::Tag::number:
        value.code = fmt::format("{}({})", name_of(width_of(column.range)), stored);
        break;
    }
    return value;
  };
  term.a = read(field.first);
  term.b.code = "true";
  if (field.two) term.b = read(field.second);
  return term;
}

Expressions::Expressions(Context& context, std::string state, std::string after)
    : context_(context), state_(std::move(state)), after_(std::move(after)) {}

void Expressions::bind(std::uint32_t slot, Term term) {
  if (slots_.size() <= slot) slots_.resize(slot + 1);
  slots_[slot] = Binding{std::move(term), nullptr};
}

void Expressions::bind_let(std::uint32_t slot, const Expr& expr) {
  if (slots_.size() <= slot) slots_.resize(slot + 1);
  slots_[slot] = Binding{{}, &expr};
}

void Expressions::collect_slots(const Expr& expr, std::vector<bool>& slots) const {
  if (expr.op == Op::variable) {
    if (expr.index < slots_.size() && slots_[expr.index] && slots_[expr.index]->let != nullptr) {
      collect_slots(*slots_[expr.index]->let, slots);
    } else if (expr.index < slots.size()) {
      slots[expr.index] = true;
    }
  }
  for (const ExprPtr& child : expr.children) collect_slots(*child, slots);
}

void Expressions::refuse(const Expr& expr, const std::string& why) const { throw EmitError(why, expr.span); }

std::string Expressions::live_mask(std::uint32_t kind) const {
  return fmt::format("{}.{}_live", state_, context_.kind_name(kind));
}

std::string Expressions::object(const Expr& expr) {
  const Term reference = term(expr);
  if (reference.live == state_) return reference.a.code;
  return fmt::format(
      "need({}, {}, {})", live_mask(expr.type.id), reference.a.code,
      context_.site(expr.span, "a dead object of kind " + context_.law.kinds[expr.type.id].name + " is read"));
}

Term Expressions::variable(const Expr& expr) {
  if (expr.index >= slots_.size() || !slots_[expr.index]) refuse(expr, "this variable has no value here");
  const Binding& binding = *slots_[expr.index];
  if (binding.let != nullptr) return term(*binding.let);
  Term value = binding.term;
  value.type = expr.type;
  return value;
}

Term Expressions::field(const Expr& expr) {
  const Expr& owner = *expr.children[0];
  const std::uint32_t kind = owner.type.id;
  return column_term(context_, context_.law.kinds[kind].fields[expr.index].type,
                     context_.layout.fields[kind][expr.index], state_, object(owner));
}

Term Expressions::map(const Expr& expr) {
  const Int key = integer(*expr.children[1]);
  const std::string parent = object(*expr.children[0]);
  Term found;
  found.type = expr.type;
  found.live = state_;
  const char* what = expr.op == Op::at ? "at" : "slot";
  found.a.code =
      key.swept
          ? fmt::format("{}_{}({}, {}, {}, sweep)", what, context_.kind_name(expr.index), state_, parent, key.code)
          : fmt::format("{}_{}({}, {}, {})", what, context_.kind_name(expr.index), state_, parent, key.code);
  return found;
}

// Arguments are computed once, then the body stands in place: the compiler sees all of it.
Term Expressions::call(const Expr& expr) {
  const Def& def = context_.law.defs[expr.index];
  std::string prelude;
  const auto keep = [&](Int& value) {
    const bool simple = std::all_of(value.code.begin(), value.code.end(), [](char c) {
      return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
    });
    if (simple) return;
    const std::string name = context_.fresh_name("argument");
    prelude += fmt::format("[[maybe_unused]] const auto {} = {}; ", name, value.code);
    value.code = name;
  };
  std::vector<std::optional<Binding>> frame;
  for (const ExprPtr& argument : expr.children) {
    Term passed = term(*argument);
    keep(passed.a);
    if (passed.type.tag == TypeTag::interval || passed.type.maybe) {
      if (!passed.b.code.empty()) keep(passed.b);
    }
    frame.emplace_back(Binding{std::move(passed), nullptr});
  }
  frame.resize(std::max<std::size_t>(frame.size(), def.slots));
  slots_.swap(frame);
  Term result = term(*def.body);
  slots_.swap(frame);
  if (prelude.empty()) return result;
  const auto wrap = [&](Int& value) {
    if (!value.code.empty()) value.code = fmt::format("[&] {{ {}return {}; }}()", prelude, value.code);
  };
  wrap(result.a);
  if (result.type.tag == TypeTag::interval || result.type.maybe) wrap(result.b);
  return result;
}

Int Expressions::unified(const std::string& condition, const Int& a, const Int& b) {
  if (a.swept || b.swept) {
    return {fmt::format("({} ? {} : {})", condition, as_swept(a), as_swept(b)), join(a.range, b.range), true};
  }
  const Range range = join(a.range, b.range);
  const Width width = width_of(range);
  return {fmt::format("({} ? {} : {})", condition, in_width(a, width), in_width(b, width)), range};
}

Term Expressions::conditional(const Expr& expr) {
  const std::string condition = truth(*expr.children[0]);
  const Term then = term(*expr.children[1]);
  const Term otherwise = term(*expr.children[2]);
  Term result;
  result.type = expr.type;
  if (expr.type.tag == TypeTag::reference) {
    result.a.code = fmt::format("({} ? {} : {})", condition, then.a.code, otherwise.a.code);
    if (then.live == otherwise.live) result.live = then.live;
    return result;
  }
  if (expr.type.tag == TypeTag::boolean) {
    return truth_term(fmt::format("({} ? {} : {})", condition, then.a.code, otherwise.a.code));
  }
  result.a = unified(condition, then.a, otherwise.a);
  result.b.code = "true";
  if (expr.type.tag == TypeTag::interval) {
    result.b = unified(condition, then.b, otherwise.b);
  } else if (expr.type.maybe) {
    result.b.code = fmt::format("({} ? {} : {})", condition, then.b.code, otherwise.b.code);
  }
  return result;
}

std::string Expressions::joined(const Expr& expr, const char* op, const char* empty) {
  std::string text;
  for (const ExprPtr& child : expr.children) {
    text += fmt::format("{}{}", text.empty() ? "" : op, truth(*child));
  }
  return text.empty() ? empty : fmt::format("({})", text);
}

Term Expressions::quantified_objects(const Expr& expr) {
  const std::string name = context_.fresh_name("o");
  bind(expr.index, reference_term(expr.kind, name, state_));
  const std::string body = truth(*expr.children[0]);
  slots_[expr.index].reset();
  const char* helper = expr.op == Op::all_objects ? "all_of" : expr.op == Op::some_object ? "some_of" : "count_of";
  const std::string code = fmt::format("{}({}, [&]([[maybe_unused]] const Ref {}) {{ return {}; }})", helper,
                                       live_mask(expr.kind), name, body);
  if (expr.op != Op::count_objects) return truth_term(code);
  return integer_term(expr.type, {code, {0, context_.scope.objects[expr.kind]}});
}

std::string Expressions::truth(const Expr& expr) { return term(expr).a.code; }

Int Expressions::integer(const Expr& expr) { return term(expr).a; }

Term Expressions::term(const Expr& expr) {
  const auto child = [&](std::size_t which) -> const Expr& { return *expr.children[which]; };
  switch (expr.op) {
    case Op::literal:
      if (expr.type.tag == TypeTag::boolean) return truth_term(expr.value != 0 ? "true" : "false");
      return integer_term(expr.type, constant(expr.value));
    case Op::none: {
      Term none = integer_term(expr.type, constant(0));
      none.b.code = "false";
      if (expr.type.tag == TypeTag::reference) none.a.code = "kNoRef";
      return none;
    }
    case Op::constant: {
      const Constant& named = context_.law.constants[expr.index];
      if (named.type.tag == TypeTag::boolean) return truth_term(named.value != 0 ? "true" : "false");
      Term value = integer_term(named.type, constant(named.value));
      if (named.type.tag == TypeTag::interval) value.b = constant(named.last);
      return value;
    }
    case Op::variable:
      return variable(expr);
    case Op::field:
      return field(expr);
    case Op::first:
    case Op::last: {
      const bool first = expr.op == Op::first;
      if (child(0).op == Op::interval) return term(*child(0).children[first ? 0 : 1]);
      const Term interval = term(child(0));
      return integer_term(expr.type, first ? interval.a : interval.b);
    }
    case Op::interval: {
      Term interval = integer_term(expr.type, integer(child(0)));
      interval.b = integer(child(1));
      return interval;
    }
    case Op::lives:
      return truth_term(fmt::format("lives({}, {})", live_mask(child(0).type.id), term(child(0)).a.code));
    case Op::at:
    case Op::slot:
      return map(expr);
    case Op::count: {
      const Count& count = context_.law.counts[expr.index];
      Wide most = 0;
      for (const CountTerm& part : count.terms) most += context_.scope.objects[part.kind];
      return integer_term(expr.type,
                          {fmt::format("count_{}({}, {})", expr.index, state_, object(child(0))), {0, most}});
    }
    case Op::call:
      return call(expr);
    case Op::is_some: {
      const Term maybe = term(child(0));
      if (child(0).type.tag == TypeTag::reference) return truth_term(fmt::format("({} != kNoRef)", maybe.a.code));
      return truth_term(maybe.b.code);
    }
    case Op::the: {
      Term maybe = term(child(0));
      const std::uint32_t site = context_.site(expr.span, "`the` of something that is none");
      if (child(0).type.tag == TypeTag::reference) {
        maybe.a.code = fmt::format("the({}, {})", maybe.a.code, site);
      } else {
        maybe.a.code = fmt::format("the({}, {}, {})", maybe.b.code, maybe.a.code, site);
        maybe.b.code = "true";
      }
      maybe.type = expr.type;
      return maybe;
    }
    case Op::negation:
      return truth_term(fmt::format("!{}", truth(child(0))));
    case Op::conjunction:
      return truth_term(joined(expr, " && ", "true"));
    case Op::disjunction:
      return truth_term(joined(expr, " || ", "false"));
    case Op::implication: {
      const std::string condition = truth(child(0));
      return truth_term(fmt::format("(!{} || {})", condition, truth(child(1))));
    }
    case Op::equivalence: {
      const std::string left = truth(child(0));
      return truth_term(fmt::format("({} == {})", left, truth(child(1))));
    }
    case Op::conditional:
      return conditional(expr);
    case Op::equal: {
      const Term left = term(child(0));
      return truth_term(equal(left, term(child(1)), expr));
    }
    case Op::less:
    case Op::less_equal:
      return truth_term(compare(expr));
    case Op::add:
    case Op::subtract:
      return integer_term(expr.type, arithmetic(expr));
    case Op::multiply:
      return integer_term(expr.type, multiply(expr));
    case Op::wrapping:
      return integer_term(expr.type, wrapping(expr));
    case Op::overflows:
      return truth_term(overflows(expr));
    case Op::aligned:
      return truth_term(aligned(expr));
    case Op::align_down:
      return integer_term(expr.type, align_down(expr));
    case Op::flags_contain:
    case Op::flags_union: {
      const Int set = integer(child(0));
      const Int mask = integer(child(1));
      Wide most = 1;
      while (most <= join(set.range, mask.range).hi) most *= 2;
      const Range range{0, most - 1};
      const std::string a = in_width(set, width_of(range));
      const std::string b = in_width(mask, width_of(range));
      if (expr.op == Op::flags_contain) return truth_term(fmt::format("(({} & {}) == {})", a, b, b));
      return integer_term(expr.type, {fmt::format("({} | {})", a, b), range});
    }
    case Op::all_objects:
    case Op::some_object:
    case Op::count_objects:
      return quantified_objects(expr);
    case Op::all_addresses:
    case Op::some_address:
      return quantified_addresses(expr);
    case Op::after: {
      if (after_.empty()) refuse(expr, "`after` is read, but there is no state after a transition here");
      const std::string before = state_;
      state_ = after_;
      Term result = term(child(0));
      state_ = before;
      return result;
    }
  }
  refuse(expr, "this expression cannot be compiled");
}

}  // namespace iolaw::emit
