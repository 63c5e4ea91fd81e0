// SPDX-License-Identifier: Apache-2.0
#include "checker/smt/lower.hpp"

#include <stdexcept>

namespace iolaw::smt {
namespace {

// Sums of a few addresses and their differences fit, with a sign.
constexpr unsigned kBits = 72;

}  // namespace

z3::expr Lowering::lower(Term term) {
  if (const auto found = done_.find(term); found != done_.end()) return found->second;
  z3::expr result = make(term);
  done_.emplace(term, result);
  return result;
}

z3::sort Lowering::sort(Sort sort) {
  switch (sort.tag) {
    case Sort::Tag::boolean:
      return context_.bool_sort();
    case Sort::Tag::integer:
      return logic_ == Solver::Logic::bits ? context_.bv_sort(kBits) : context_.int_sort();
    case Sort::Tag::object:
      break;
  }
  if (logic_ != Solver::Logic::quantified) throw std::logic_error("an object in a finite scope is not a number");
  return context_.uninterpreted_sort(kinds_.at(sort.kind).c_str());
}

z3::expr Lowering::number(Integer value) {
  const std::string digits = to_text(value);
  return logic_ == Solver::Logic::bits ? context_.bv_val(digits.c_str(), kBits) : context_.int_val(digits.c_str());
}

z3::expr Lowering::make(Term term) {
  switch (term->op) {
    case TermOp::truth:
      return context_.bool_val(term->value == 1);
    case TermOp::number:
      return number(term->value);
    case TermOp::object:
      if (term->value != kNil) throw std::logic_error("an object of a finite scope in a proof");
      return context_.constant(std::string("no.").append(kinds_.at(term->sort.kind)).c_str(), sort(term->sort));
    case TermOp::variable:
      return context_.constant(terms_.name(term->symbol).c_str(), sort(term->sort));
    case TermOp::bound: {
      std::string name = "b";
      name += std::to_string(term->symbol);
      if (term->sort.tag == Sort::Tag::object) name += kinds_.at(term->sort.kind);
      return context_.constant(name.c_str(), sort(term->sort));
    }
    case TermOp::apply: {
      z3::sort_vector domain(context_);
      z3::expr_vector arguments(context_);
      for (const Term arg : term->args) {
        domain.push_back(sort(arg->sort));
        arguments.push_back(lower(arg));
      }
      return context_.function(terms_.name(term->symbol).c_str(), domain, sort(term->sort))(arguments);
    }
    case TermOp::negation:
      return !lower(term->args[0]);
    case TermOp::conjunction:
    case TermOp::disjunction: {
      z3::expr_vector arguments(context_);
      for (const Term arg : term->args) arguments.push_back(lower(arg));
      return term->op == TermOp::conjunction ? z3::mk_and(arguments) : z3::mk_or(arguments);
    }
    case TermOp::equal:
      if (term->args.size() == 1) return comparison(term);
      return lower(term->args[0]) == lower(term->args[1]);
    case TermOp::at_most:
      return comparison(term);
    case TermOp::conditional:
      return z3::ite(lower(term->args[0]), lower(term->args[1]), lower(term->args[2]));
    case TermOp::sum: {
      const Linear parts = linear(term);
      bool negative = parts.constant < 0;
      for (const auto& [weight, atom] : parts.summands) negative |= weight < 0;
      return negative ? side(parts, true) - side(parts, false) : side(parts, true);
    }
    case TermOp::aligned:
    case TermOp::align_down:
      return alignment(term);
    case TermOp::wrapped:
      if (logic_ == Solver::Logic::bits) return lower(term->args[0]) & number(kMax64);
      return z3::mod(lower(term->args[0]), number(kMax64 + 1));
    case TermOp::all:
    case TermOp::some:
      return quantifier(term);
  }
  throw std::logic_error("no such term");
}

// Σ of the summands with positive weights, or of the negated others.
z3::expr Lowering::side(const Linear& parts, bool positive) {
  const Integer sign = positive ? 1 : -1;
  z3::expr total(context_);
  const auto add = [&](const z3::expr& part) { total = total ? total + part : part; };
  for (const auto& [weight, atom] : parts.summands) {
    const Integer factor = sign * weight;
    if (factor == 1) add(lower(atom));
    if (factor > 1) add(number(factor) * lower(atom));
  }
  if (sign * parts.constant > 0) add(number(sign * parts.constant));
  return total ? total : number(0);
}

z3::expr Lowering::comparison(Term term) {
  const Linear parts = linear(term->args[0]);
  const z3::expr greater = side(parts, true);
  const z3::expr smaller = side(parts, false);
  return term->op == TermOp::equal ? smaller == greater : smaller <= greater;
}

z3::expr Lowering::alignment(Term term) {
  const bool test = term->op == TermOp::aligned;
  const z3::expr x = lower(term->args[0]);
  const z3::expr unit = lower(term->args[1]);
  if (logic_ == Solver::Logic::bits) {
    const z3::expr mask = unit - number(1);
    return test ? (x & mask) == number(0) : (x & ~mask);
  }
  if (logic_ == Solver::Logic::integers) {
    z3::expr rest(context_);
    if (term->args[1]->is_number()) {
      rest = z3::mod(x, unit);
    } else {
      // The unit is a power of two: the remainder by each.
      rest = number(0);
      for (int bit = 63; bit > 0; --bit) {
        const z3::expr power = number(Integer{1} << bit);
        rest = z3::ite(unit == power, z3::mod(x, power), rest);
      }
    }
    return test ? rest == number(0) : x - rest;
  }
  const z3::sort integer = context_.int_sort();
  if (test) return context_.function("aligned", integer, integer, context_.bool_sort())(x, unit);
  return context_.function("align_down", integer, integer, integer)(x, unit);
}

z3::expr Lowering::quantifier(Term term) {
  z3::expr_vector variables(context_);
  for (std::size_t i = 0; i + 1 < term->args.size(); ++i) variables.push_back(lower(term->args[i]));
  const z3::expr body = lower(term->args.back());
  return term->op == TermOp::all ? z3::forall(variables, body) : z3::exists(variables, body);
}

}  // namespace iolaw::smt
