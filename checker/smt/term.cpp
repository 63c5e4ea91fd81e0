// SPDX-License-Identifier: Apache-2.0
// The table of nodes and the plain constructors.
#include "checker/smt/term.hpp"

#include <algorithm>
#include <functional>

namespace iolaw::smt {

std::size_t Terms::Hash::operator()(Term term) const {
  std::size_t hash = static_cast<std::size_t>(term->op) * 31 + term->symbol;
  const auto mix = [&hash](std::size_t value) { hash = (hash ^ value) * 0x9E3779B97F4A7C15ULL + (hash >> 29); };
  mix(static_cast<std::size_t>(term->sort.tag) * 1024 + term->sort.kind);
  mix(static_cast<std::size_t>(term->value));
  mix(static_cast<std::size_t>(term->value >> 64));
  for (const Term arg : term->args) mix(arg->id);
  for (const Integer weight : term->weights) mix(static_cast<std::size_t>(weight));
  return hash;
}

bool Terms::Same::operator()(Term a, Term b) const {
  return a->op == b->op && a->sort == b->sort && a->symbol == b->symbol && a->value == b->value && a->args == b->args &&
         a->weights == b->weights;
}

Terms::Terms() {
  true_ = intern({.op = TermOp::truth, .sort = kBoolean, .value = 1, .args = {}, .weights = {}});
  false_ = intern({.op = TermOp::truth, .sort = kBoolean, .value = 0, .args = {}, .weights = {}});
}

Term Terms::intern(Node&& node) {
  node.quantified = node.op == TermOp::all || node.op == TermOp::some;
  node.open = node.op == TermOp::bound;
  for (const Term arg : node.args) {
    node.quantified |= arg->quantified;
    node.open |= arg->open;
  }
  if (const auto found = table_.find(&node); found != table_.end()) return *found;
  node.id = static_cast<std::uint32_t>(nodes_.size());
  nodes_.push_back(std::move(node));
  table_.insert(&nodes_.back());
  return &nodes_.back();
}

std::uint32_t Terms::symbol(std::string_view name) {
  const auto [found, added] = symbols_.try_emplace(std::string(name), static_cast<std::uint32_t>(names_.size()));
  if (added) names_.emplace_back(name);
  return found->second;
}

Term Terms::number(Integer value) {
  return intern({.op = TermOp::number, .sort = kInteger, .value = value, .args = {}, .weights = {}});
}

Term Terms::object(std::uint32_t kind, Integer index) {
  return intern({.op = TermOp::object, .sort = object_sort(kind), .value = index, .args = {}, .weights = {}});
}

Term Terms::variable(std::string_view name, Sort sort) {
  return intern({.op = TermOp::variable, .sort = sort, .symbol = symbol(name), .args = {}, .weights = {}});
}

Term Terms::fresh(std::string_view prefix, Sort sort) {
  const std::uint32_t number = fresh_[std::string(prefix)]++;
  return variable(std::string(prefix).append("#").append(std::to_string(number)), sort);
}

Term Terms::bound(std::uint32_t level, Sort sort) {
  return intern({.op = TermOp::bound, .sort = sort, .symbol = level, .args = {}, .weights = {}});
}

Term Terms::apply(std::string_view function, std::vector<Term> arguments, Sort sort) {
  return intern(
      {.op = TermOp::apply, .sort = sort, .symbol = symbol(function), .args = std::move(arguments), .weights = {}});
}

Term Terms::quantify(bool universal, Sort sort, const std::function<Term(Term)>& body) {
  const Term variable = bound(level_++, sort);
  const Term inner = body(variable);
  --level_;
  return universal ? all({variable}, inner) : some({variable}, inner);
}

Term Terms::rebuild(Term original, std::vector<Term> arguments) {
  switch (original->op) {
    case TermOp::negation:
      return negate(arguments[0]);
    case TermOp::conjunction:
      return conjunction(std::move(arguments));
    case TermOp::disjunction:
      return disjunction(std::move(arguments));
    case TermOp::equal:
      return equal(arguments[0], arguments.size() == 1 ? number(0) : arguments[1]);
    case TermOp::at_most:
      return at_most(number(0), arguments[0]);
    case TermOp::conditional:
      return conditional(arguments[0], arguments[1], arguments[2]);
    case TermOp::aligned:
      return aligned(arguments[0], arguments[1]);
    case TermOp::align_down:
      return align_down(arguments[0], arguments[1]);
    case TermOp::wrapped:
      return wrapped(arguments[0]);
    case TermOp::sum: {
      std::vector<std::pair<Integer, Term>> summands;
      for (std::size_t i = 0; i < arguments.size(); ++i) summands.emplace_back(original->weights[i], arguments[i]);
      return sum(summands, original->value);
    }
    case TermOp::all:
    case TermOp::some: {
      const Term body = arguments.back();
      arguments.pop_back();
      return original->op == TermOp::all ? all(std::move(arguments), body) : some(std::move(arguments), body);
    }
    case TermOp::apply:
      return intern({.op = original->op,
                     .sort = original->sort,
                     .symbol = original->symbol,
                     .args = std::move(arguments),
                     .weights = {}});
    default:
      return original;
  }
}

Term Terms::substitute(Term term, const std::unordered_map<Term, Term>& replacements) {
  std::unordered_map<Term, Term> done;
  const std::function<Term(Term)> visit = [&](Term node) -> Term {
    if (const auto found = replacements.find(node); found != replacements.end()) return found->second;
    if (node->args.empty()) return node;
    if (const auto found = done.find(node); found != done.end()) return found->second;
    if (node->op == TermOp::all || node->op == TermOp::some) {
      // What the quantifier binds is not what is replaced, though it may have the same name.
      std::unordered_map<Term, Term> outer = replacements;
      for (std::size_t i = 0; i + 1 < node->args.size(); ++i) outer.erase(node->args[i]);
      if (outer.size() != replacements.size()) {
        std::vector<Term> arguments(node->args.begin(), node->args.end() - 1);
        arguments.push_back(outer.empty() ? node->args.back() : substitute(node->args.back(), outer));
        return done[node] = rebuild(node, std::move(arguments));
      }
    }
    std::vector<Term> arguments;
    arguments.reserve(node->args.size());
    for (const Term arg : node->args) arguments.push_back(visit(arg));
    return done[node] = arguments == node->args ? node : rebuild(node, std::move(arguments));
  };
  return visit(term);
}

bool mentions(Term term, Term variable) {
  std::unordered_set<Term> seen;
  const std::function<bool(Term)> visit = [&](Term node) {
    if (node == variable) return true;
    if (node->args.empty() || !seen.insert(node).second) return false;
    return std::any_of(node->args.begin(), node->args.end(), visit);
  };
  return visit(term);
}

std::string to_text(Integer value) {
  if (value < 0) return std::string("-").append(to_text(-value));
  std::string digits;
  do {
    digits.push_back(static_cast<char>('0' + static_cast<int>(value % 10)));
    value /= 10;
  } while (value != 0);
  std::reverse(digits.begin(), digits.end());
  return digits;
}

std::string to_text(const Terms& terms, Term term) {
  static constexpr const char* kNames[] = {"",  "",    "",    "",  "",        "",           "not",     "and", "or",
                                           "=", "<=0", "ite", "+", "aligned", "align_down", "wrapped", "all", "some"};
  switch (term->op) {
    case TermOp::truth:
      return term->value == 1 ? "true" : "false";
    case TermOp::number:
      return to_text(term->value);
    case TermOp::object:
      return std::string("o").append(std::to_string(term->sort.kind)).append(".").append(to_text(term->value));
    case TermOp::bound:
      return std::string("b").append(std::to_string(term->symbol));
    case TermOp::variable:
      return terms.name(term->symbol);
    default:
      break;
  }
  std::string text = "(";
  text += term->op == TermOp::apply ? terms.name(term->symbol).c_str() : kNames[static_cast<int>(term->op)];
  for (std::size_t i = 0; i < term->args.size(); ++i) {
    text += ' ';
    if (!term->weights.empty() && term->weights[i] != 1) text.append(to_text(term->weights[i])).append("*");
    text += to_text(terms, term->args[i]);
  }
  if (term->op == TermOp::sum && term->value != 0) text.append(" ").append(to_text(term->value));
  text += ')';
  return text;
}

}  // namespace iolaw::smt
