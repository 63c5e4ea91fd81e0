// SPDX-License-Identifier: Apache-2.0
#include "checker/smt/ground.hpp"

#include <algorithm>
#include <functional>

namespace iolaw::smt {
namespace {

bool is_quantifier(Term term) { return term->op == TermOp::all || term->op == TermOp::some; }

// How quantifiers stand in each other does not show in the names of what they bind: equal formulas are one node,
// wherever they stand. A quantifier binds the level above all that quantifiers inside it bind.
class Renaming {
 public:
  explicit Renaming(Terms& terms) : terms_(terms) {}

  Term operator()(Term term) {
    if (!term->quantified) return term;
    if (const auto found = done_.find(term); found != done_.end()) return found->second;
    Term result = nullptr;
    if (is_quantifier(term)) {
      result = renamed_quantifier(term);
    } else {
      std::vector<Term> args;
      for (const Term arg : term->args) args.push_back((*this)(arg));
      result = terms_.rebuild(term, std::move(args));
    }
    return done_[term] = result;
  }

 private:
  // Levels that no quantifier has when it is done: a variable of an outer quantifier is never one of an inner one.
  static constexpr std::uint32_t kUndone = 1U << 20;

  Term renamed_quantifier(Term term) {
    std::unordered_map<Term, Term> apart;
    std::vector<Term> bound;
    for (std::size_t i = 0; i + 1 < term->args.size(); ++i) {
      bound.push_back(terms_.bound(kUndone + next_++, term->args[i]->sort));
      apart[term->args[i]] = bound.back();
    }
    const Term body = (*this)(terms_.substitute(term->args.back(), apart));
    std::uint32_t level = height(body);
    std::unordered_map<Term, Term> names;
    std::vector<Term> args;
    for (const Term variable : bound) {
      args.push_back(terms_.bound(level++, variable->sort));
      names[variable] = args.back();
    }
    args.push_back(terms_.substitute(body, names));
    return terms_.rebuild(term, std::move(args));
  }

  // The level above all that quantifiers inside bind.
  std::uint32_t height(Term term) {
    if (!term->quantified) return 0;
    if (const auto found = heights_.find(term); found != heights_.end()) return found->second;
    std::uint32_t result = 0;
    for (const Term arg : term->args) result = std::max(result, height(arg));
    if (is_quantifier(term)) result += static_cast<std::uint32_t>(term->args.size() - 1);
    return heights_[term] = result;
  }

  Terms& terms_;
  std::uint32_t next_ = 0;
  std::unordered_map<Term, Term> done_;
  std::unordered_map<Term, std::uint32_t> heights_;
};

// Whether a term reads no variable that is bound outside of it.
bool is_closed(Term term) {
  if (!term->open) return true;
  std::vector<Term> bound;
  std::function<bool(Term)> visit = [&](Term node) {
    if (!node->open) return true;
    if (node->op == TermOp::bound) return std::find(bound.begin(), bound.end(), node) != bound.end();
    const std::size_t outer = bound.size();
    if (is_quantifier(node)) bound.insert(bound.end(), node->args.begin(), node->args.end() - 1);
    const bool closed = std::all_of(node->args.begin(), node->args.end(), visit);
    bound.resize(outer);
    return closed;
  };
  return visit(term);
}

bool is_connective(TermOp op) {
  return op == TermOp::negation || op == TermOp::conjunction || op == TermOp::disjunction || op == TermOp::all ||
         op == TermOp::some;
}

// The conditions that get names, in the order of the formula.
std::vector<Term> conditions_inside(Term formula) {
  std::vector<Term> found;
  std::unordered_set<Term> seen_between;
  std::unordered_set<Term> seen_inside;
  const std::function<void(Term, bool)> visit = [&](Term node, bool inside) {
    if (!node->quantified || !(inside ? seen_inside : seen_between).insert(node).second) return;
    if (inside && node->sort == kBoolean && is_closed(node)) {
      found.push_back(node);
      return;
    }
    for (const Term arg : node->args) visit(arg, inside || !is_connective(node->op));
  };
  visit(formula, false);
  return found;
}

}  // namespace

Term with_named_conditions(Terms& terms, Term formula) {
  formula = Renaming(terms)(formula);
  const std::vector<Term> conditions = conditions_inside(formula);
  std::unordered_map<Term, Term> names;
  std::vector<Term> parts;
  for (const Term condition : conditions) {
    const Term name = terms.variable("condition#" + std::to_string(names.size()), kBoolean);
    names[condition] = name;
    parts.push_back(terms.implies(name, condition));
    parts.push_back(terms.either(name, terms.negate(condition)));
  }
  parts.push_back(terms.substitute(formula, names));
  return terms.conjunction(std::move(parts));
}

Term ground_part(Terms& terms, Term formula) {
  if (!formula->quantified) return formula;
  if (formula->op != TermOp::conjunction && formula->op != TermOp::disjunction) return terms.truth(true);
  std::vector<Term> parts;
  for (const Term part : formula->args) parts.push_back(ground_part(terms, part));
  return terms.rebuild(formula, std::move(parts));
}

Term multiple_below(Terms& terms, Integer unit, Term x) {
  return terms.scale(unit, terms.apply("multiple." + to_text(unit), {x}, kInteger));
}

std::vector<Term> exact_alignments(Terms& terms, Term formula, const std::set<Integer>& units) {
  std::vector<Term> said;
  std::unordered_set<Term> seen;
  const std::function<void(Term)> visit = [&](Term node) {
    if (!seen.insert(node).second) return;
    for (const Term arg : node->args) visit(arg);
    const bool test = node->op == TermOp::aligned;
    if (node->open || (!test && node->op != TermOp::align_down)) return;
    const Term x = node->args[0];
    for (const Integer unit : units) {
      const Term is_unit = terms.equal(node->args[1], terms.number(unit));
      const Term below = multiple_below(terms, unit, x);
      said.push_back(terms.implies(
          is_unit, terms.conjunction({terms.at_most(below, x), terms.less(x, terms.add(below, terms.number(unit))),
                                      test ? terms.equal(node, terms.equal(x, below)) : terms.equal(node, below)})));
    }
  };
  visit(formula);
  return said;
}

}  // namespace iolaw::smt
