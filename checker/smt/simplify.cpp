// SPDX-License-Identifier: Apache-2.0
// The constructors that simplify.
#include <algorithm>
#include <map>
#include <unordered_set>

#include "checker/smt/term.hpp"

namespace iolaw::smt {
namespace {

bool by_id(Term a, Term b) { return a->id < b->id; }

bool is_object_leaf(Term term) { return term->op == TermOp::object; }

}  // namespace

Term Terms::negate(Term a) {
  switch (a->op) {
    case TermOp::truth:
      return truth(a->is_false());
    case TermOp::negation:
      return a->args[0];
    case TermOp::at_most:
      return at_most(a->args[0], number(-1));
    case TermOp::conjunction:
    case TermOp::disjunction: {
      std::vector<Term> parts;
      for (const Term arg : a->args) parts.push_back(negate(arg));
      return a->op == TermOp::conjunction ? disjunction(std::move(parts)) : conjunction(std::move(parts));
    }
    case TermOp::all:
    case TermOp::some: {
      std::vector<Term> variables(a->args.begin(), a->args.end() - 1);
      const Term body = negate(a->args.back());
      return a->op == TermOp::all ? some(std::move(variables), body) : all(std::move(variables), body);
    }
    default:
      return intern({.op = TermOp::negation, .sort = kBoolean, .args = {a}, .weights = {}});
  }
}

// `op` is conjunction or disjunction; both are handled as a conjunction up to duality.
Term Terms::nary(TermOp op, std::vector<Term>&& terms) {
  const bool is_and = op == TermOp::conjunction;
  std::vector<Term> flat;
  std::unordered_set<Term> seen;
  const auto add = [&](Term term) {
    if (term == truth(is_and)) return true;
    if (term == truth(!is_and)) return false;
    if (!seen.insert(term).second) return true;
    const bool literal = !term->quantified && term->op != TermOp::conjunction && term->op != TermOp::disjunction;
    if (literal && seen.contains(negate(term))) return false;
    flat.push_back(term);
    return true;
  };
  for (const Term term : terms) {
    if (term->op == op) {
      for (const Term arg : term->args) {
        if (!add(arg)) return truth(!is_and);
      }
    } else if (!add(term)) {
      return truth(!is_and);
    }
  }
  if (flat.empty()) return truth(is_and);
  if (flat.size() == 1) return flat[0];
  std::sort(flat.begin(), flat.end(), by_id);
  return intern({.op = op, .sort = kBoolean, .args = std::move(flat), .weights = {}});
}

Term Terms::conjunction(std::vector<Term> terms) { return nary(TermOp::conjunction, std::move(terms)); }
Term Terms::disjunction(std::vector<Term> terms) { return nary(TermOp::disjunction, std::move(terms)); }

Term Terms::equal(Term a, Term b) {
  if (a == b) return truth(true);
  if (a->sort == kInteger) {
    const Term difference = subtract(a, b);
    if (difference->is_number()) return truth(difference->value == 0);
    const bool flip = difference->op == TermOp::sum && difference->weights[0] < 0;
    const Term side = flip ? scale(-1, difference) : difference;
    return intern({.op = TermOp::equal, .sort = kBoolean, .args = {side}, .weights = {}});
  }
  if (a->sort == kBoolean) {
    if (a->op == TermOp::truth) return a->is_true() ? b : negate(b);
    if (b->op == TermOp::truth) return b->is_true() ? a : negate(a);
    if (a == negate(b)) return truth(false);
  } else {
    if (is_object_leaf(a) && is_object_leaf(b)) return truth(false);
    if (b->op == TermOp::conditional) std::swap(a, b);
    if (a->op == TermOp::conditional) {
      return conditional(a->args[0], equal(a->args[1], b), equal(a->args[2], b));
    }
  }
  if (b->id < a->id) std::swap(a, b);
  return intern({.op = TermOp::equal, .sort = kBoolean, .args = {a, b}, .weights = {}});
}

Term Terms::conditional(Term condition, Term a, Term b) {
  if (condition->is_true() || a == b) return a;
  if (condition->is_false()) return b;
  if (condition->op == TermOp::negation) return conditional(condition->args[0], b, a);
  if (a->sort == kBoolean) {
    if (a->is_true()) return either(condition, b);
    if (a->is_false()) return both(negate(condition), b);
    if (b->is_false()) return both(condition, a);
    if (b->is_true()) return either(negate(condition), a);
    if (a == condition) return either(condition, b);
    if (b == condition) return both(condition, a);
  }
  if (a->op == TermOp::conditional && a->args[0] == condition) return conditional(condition, a->args[1], b);
  if (b->op == TermOp::conditional && b->args[0] == condition) return conditional(condition, a, b->args[2]);
  if (b->op == TermOp::conditional && b->args[1] == a) {
    return conditional(either(condition, b->args[0]), a, b->args[2]);
  }
  return intern({.op = TermOp::conditional, .sort = a->sort, .args = {condition, a, b}, .weights = {}});
}

Linear linear(Term term) {
  if (term->is_number()) return {{}, term->value};
  if (term->op != TermOp::sum) return {{{Integer{1}, term}}, 0};
  Linear result{{}, term->value};
  for (std::size_t i = 0; i < term->args.size(); ++i) result.summands.emplace_back(term->weights[i], term->args[i]);
  return result;
}

Term Terms::sum(std::span<const std::pair<Integer, Term>> summands, Integer constant) {
  std::map<std::uint32_t, std::pair<Integer, Term>> collected;
  for (const auto& [factor, term] : summands) {
    const Linear part = linear(term);
    constant += factor * part.constant;
    for (const auto& [weight, atom] : part.summands) {
      auto& [total, kept] = collected[atom->id];
      total += factor * weight;
      kept = atom;
    }
  }
  std::vector<Term> args;
  std::vector<Integer> weights;
  for (const auto& [id, entry] : collected) {
    if (entry.first == 0) continue;
    weights.push_back(entry.first);
    args.push_back(entry.second);
  }
  if (args.empty()) return number(constant);
  if (args.size() == 1 && weights[0] == 1 && constant == 0) return args[0];
  return intern(
      {.op = TermOp::sum, .sort = kInteger, .value = constant, .args = std::move(args), .weights = std::move(weights)});
}

Term Terms::add(Term a, Term b) {
  const std::pair<Integer, Term> both[] = {{1, a}, {1, b}};
  return sum(both, 0);
}

Term Terms::subtract(Term a, Term b) {
  const std::pair<Integer, Term> both[] = {{1, a}, {-1, b}};
  return sum(both, 0);
}

Term Terms::scale(Integer factor, Term a) {
  const std::pair<Integer, Term> one[] = {{factor, a}};
  return sum(one, 0);
}

Term Terms::at_most(Term a, Term b) {
  const Term difference = subtract(b, a);
  if (difference->is_number()) return truth(difference->value >= 0);
  // A sum of indicators is at least 1 if one of them is: what counts are mostly asked.
  if (difference->op == TermOp::sum || difference->op == TermOp::conditional) {
    const Linear parts = linear(difference);
    const bool indicators = std::all_of(parts.summands.begin(), parts.summands.end(), [](const auto& part) {
      return part.second->op == TermOp::conditional && part.second->args[1]->is_number() &&
             part.second->args[1]->value == 1 && part.second->args[2]->is_number() && part.second->args[2]->value == 0;
    });
    const auto all_weigh = [&](Integer weight) {
      return std::all_of(parts.summands.begin(), parts.summands.end(),
                         [&](const auto& part) { return part.first == weight; });
    };
    if (indicators && ((parts.constant == -1 && all_weigh(1)) || (parts.constant == 0 && all_weigh(-1)))) {
      std::vector<Term> conditions;
      for (const auto& [weight, part] : parts.summands) conditions.push_back(part->args[0]);
      const Term any = disjunction(std::move(conditions));
      return parts.constant == -1 ? any : negate(any);
    }
  }
  return intern({.op = TermOp::at_most, .sort = kBoolean, .args = {difference}, .weights = {}});
}

Term Terms::aligned(Term x, Term unit) {
  if (unit->op == TermOp::conditional) {
    return conditional(unit->args[0], aligned(x, unit->args[1]), aligned(x, unit->args[2]));
  }
  if (unit->is_number() && unit->value == 1) return truth(true);
  if (x->is_number() && x->value == 0) return truth(true);
  if (x->is_number() && unit->is_number() && unit->value > 0) return truth(x->value % unit->value == 0);
  return intern({.op = TermOp::aligned, .sort = kBoolean, .args = {x, unit}, .weights = {}});
}

Term Terms::align_down(Term x, Term unit) {
  if (unit->op == TermOp::conditional) {
    return conditional(unit->args[0], align_down(x, unit->args[1]), align_down(x, unit->args[2]));
  }
  if (unit->is_number() && unit->value == 1) return x;
  if (x->is_number() && unit->is_number() && unit->value > 0 && x->value >= 0) {
    return number(x->value - x->value % unit->value);
  }
  return intern({.op = TermOp::align_down, .sort = kInteger, .args = {x, unit}, .weights = {}});
}

Term Terms::wrapped(Term x) {
  if (x->is_number()) {
    const Integer modulus = kMax64 + 1;
    return number(((x->value % modulus) + modulus) % modulus);
  }
  return intern({.op = TermOp::wrapped, .sort = kInteger, .args = {x}, .weights = {}});
}

Term Terms::all(std::vector<Term> variables, Term body) {
  if (body->op == TermOp::truth) return body;
  std::erase_if(variables, [&](Term variable) { return !mentions(body, variable); });
  if (variables.empty()) return body;
  if (body->op == TermOp::conjunction) {
    std::vector<Term> parts;
    for (const Term part : body->args) parts.push_back(all(variables, part));
    return conjunction(std::move(parts));
  }
  if (body->op == TermOp::all) {
    variables.insert(variables.end(), body->args.begin(), body->args.end() - 1);
    return all(std::move(variables), body->args.back());
  }
  if (body->op == TermOp::disjunction) {
    // One disjunct may be opened: a quantifier is pulled out, a conjunction is distributed.
    const Term* inner = nullptr;
    for (const Term& part : body->args) {
      if (part->op != TermOp::all && part->op != TermOp::conjunction) continue;
      if (inner != nullptr) {
        inner = nullptr;
        break;
      }
      inner = &part;
    }
    if (inner != nullptr) {
      std::vector<Term> rest;
      for (const Term& part : body->args) {
        if (&part != inner) rest.push_back(part);
      }
      if ((*inner)->op == TermOp::all) {
        rest.push_back((*inner)->args.back());
        variables.insert(variables.end(), (*inner)->args.begin(), (*inner)->args.end() - 1);
        return all(std::move(variables), disjunction(std::move(rest)));
      }
      std::vector<Term> parts;
      for (const Term part : (*inner)->args) {
        std::vector<Term> clause = rest;
        clause.push_back(part);
        parts.push_back(all(variables, disjunction(std::move(clause))));
      }
      return conjunction(std::move(parts));
    }
  }
  variables.push_back(body);
  return intern({.op = TermOp::all, .sort = kBoolean, .args = std::move(variables), .weights = {}});
}

Term Terms::some(std::vector<Term> variables, Term body) {
  if (body->op == TermOp::truth) return body;
  std::erase_if(variables, [&](Term variable) { return !mentions(body, variable); });
  if (variables.empty()) return body;
  if (body->op == TermOp::disjunction) {
    std::vector<Term> parts;
    for (const Term part : body->args) parts.push_back(some(variables, part));
    return disjunction(std::move(parts));
  }
  if (body->op == TermOp::some) {
    variables.insert(variables.end(), body->args.begin(), body->args.end() - 1);
    return some(std::move(variables), body->args.back());
  }
  variables.push_back(body);
  return intern({.op = TermOp::some, .sort = kBoolean, .args = std::move(variables), .weights = {}});
}

}  // namespace iolaw::smt
