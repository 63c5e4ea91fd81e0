// SPDX-License-Identifier: Apache-2.0
#include "checker/smt/instances.hpp"

#include <functional>
#include <unordered_map>
#include <unordered_set>

namespace iolaw::smt {
namespace {

std::vector<Term> ground(Term formula, const std::function<bool(Term)>& wanted) {
  std::vector<Term> found;
  std::unordered_set<Term> seen;
  const std::function<void(Term)> visit = [&](Term node) {
    if (!seen.insert(node).second) return;
    if (!node->open && wanted(node)) found.push_back(node);
    for (const Term arg : node->args) visit(arg);
  };
  visit(formula);
  return found;
}

}  // namespace

Term instance(Terms& terms, Term all, std::size_t variable, Term point) {
  std::vector<Term> others;
  for (std::size_t i = 0; i + 1 < all->args.size(); ++i) {
    if (i != variable) others.push_back(all->args[i]);
  }
  const Term body = terms.substitute(all->args.back(), {{all->args[variable], point}});
  return others.empty() ? body : terms.all(std::move(others), body);
}

Term with_instances(Terms& terms, Term formula, const std::vector<Term>& at) {
  switch (formula->op) {
    case TermOp::conjunction:
    case TermOp::disjunction: {
      std::vector<Term> parts;
      for (const Term part : formula->args) parts.push_back(with_instances(terms, part, at));
      return terms.rebuild(formula, std::move(parts));
    }
    case TermOp::all: {
      std::vector<Term> parts{formula};
      for (std::size_t variable = 0; variable + 1 < formula->args.size(); ++variable) {
        for (const Term point : at) {
          if (point->sort == formula->args[variable]->sort) parts.push_back(instance(terms, formula, variable, point));
        }
      }
      return terms.conjunction(std::move(parts));
    }
    default:
      return formula;
  }
}

std::vector<Term> ground_references(Term formula) {
  return ground(formula, [](Term node) { return node->sort.tag == Sort::Tag::object && node->op == TermOp::apply; });
}

std::vector<Term> ground_objects(Term formula) {
  return ground(formula, [](Term node) {
    return node->sort.tag == Sort::Tag::object && (node->op == TermOp::apply || node->op == TermOp::variable);
  });
}

std::vector<Term> ground_numbers(Term formula) {
  return ground(formula, [](Term node) {
    return node->sort == kInteger && (node->op == TermOp::variable || node->op == TermOp::align_down);
  });
}

}  // namespace iolaw::smt
