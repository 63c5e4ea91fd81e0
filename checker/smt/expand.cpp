// SPDX-License-Identifier: Apache-2.0
#include "checker/smt/expand.hpp"

#include <algorithm>
#include <set>

namespace iolaw::smt {
namespace {

struct ById {
  bool operator()(Term a, Term b) const { return a->id < b->id; }
};
using Points = std::set<Term, ById>;

class Expander {
 public:
  explicit Expander(Terms& terms) : terms_(terms) {}

  bool exact = true;

  // `asserted`: the term is asserted as it stands, so an existential may be named.
  Term visit(Term term, bool asserted) {
    if (!term->quantified) return term;
    const auto key = std::make_pair(term, asserted);
    if (const auto found = done_.find(key); found != done_.end()) return found->second;
    Term result = nullptr;
    switch (term->op) {
      case TermOp::conjunction:
      case TermOp::disjunction: {
        std::vector<Term> parts;
        for (const Term arg : term->args) parts.push_back(visit(arg, asserted));
        result = terms_.rebuild(term, std::move(parts));
        break;
      }
      case TermOp::all:
      case TermOp::some:
        result = quantifier(term, asserted);
        break;
      default: {
        std::vector<Term> parts;
        for (const Term arg : term->args) parts.push_back(visit(arg, false));
        result = terms_.rebuild(term, std::move(parts));
      }
    }
    return done_[key] = result;
  }

 private:
  Term quantifier(Term term, bool asserted) {
    const bool universal = term->op == TermOp::all;
    std::vector<Term> variables(term->args.begin(), term->args.end() - 1);
    Term body = term->args.back();
    if (!universal && asserted && !enclosed_) {
      std::unordered_map<Term, Term> names;
      for (const Term variable : variables) names[variable] = terms_.fresh("x", kInteger);
      return visit(terms_.substitute(body, names), true);
    }
    const bool outer = enclosed_;
    enclosed_ = true;
    body = visit(body, false);
    enclosed_ = outer;
    for (const Term variable : variables) {
      Points points;
      std::unordered_set<Term> seen;
      collect(body, variable, points, seen);
      std::vector<Term> instances;
      for (const Term point : points) instances.push_back(terms_.substitute(body, {{variable, point}}));
      body = universal ? terms_.conjunction(std::move(instances)) : terms_.disjunction(std::move(instances));
    }
    return body;
  }

  // The points at which a comparison inside `term` may become true or false as the variable grows.
  void collect(Term term, Term variable, Points& points, std::unordered_set<Term>& seen) {
    if (!seen.insert(term).second || !mentions(term, variable)) return;
    if ((term->op == TermOp::equal && term->args.size() == 1) || term->op == TermOp::at_most) {
      for (const auto& [weight, rest] : alternatives(term->args[0], variable)) {
        if (weight == 0) continue;
        if (weight != 1 && weight != -1) {
          exact = false;
          continue;
        }
        // weight * x + rest >= 0: from -rest on, or up to rest and not from rest + 1 on.
        const Term edge = weight == 1 ? terms_.scale(-1, rest) : rest;
        if (term->op == TermOp::equal || weight == 1) points.insert(edge);
        if (term->op == TermOp::equal || weight == -1) points.insert(terms_.add(edge, terms_.number(1)));
      }
    } else if (term->op == TermOp::aligned || term->op == TermOp::align_down || term->op == TermOp::wrapped) {
      exact = false;
    }
    for (const Term arg : term->args) collect(arg, variable, points, seen);
  }

  // The forms weight * x + rest that a term may take, one for each way through its conditionals.
  std::vector<std::pair<Integer, Term>> alternatives(Term term, Term variable) {
    if (term == variable) return {{1, terms_.number(0)}};
    if (!mentions(term, variable)) return {{0, term}};
    if (term->op == TermOp::conditional) {
      std::vector<std::pair<Integer, Term>> result = alternatives(term->args[1], variable);
      for (auto& form : alternatives(term->args[2], variable)) result.push_back(form);
      dedupe(result);
      return result;
    }
    if (term->op == TermOp::sum) {
      std::vector<std::pair<Integer, Term>> result{{0, terms_.number(term->value)}};
      for (std::size_t i = 0; i < term->args.size(); ++i) {
        std::vector<std::pair<Integer, Term>> next;
        for (const auto& [weight, rest] : alternatives(term->args[i], variable)) {
          for (const auto& [sofar, base] : result) {
            next.emplace_back(sofar + weight * term->weights[i],
                              terms_.add(base, terms_.scale(term->weights[i], rest)));
          }
        }
        dedupe(next);
        result = std::move(next);
      }
      return result;
    }
    exact = false;
    return {};
  }

  static void dedupe(std::vector<std::pair<Integer, Term>>& forms) {
    const auto less = [](const auto& a, const auto& b) {
      return a.first != b.first ? a.first < b.first : a.second->id < b.second->id;
    };
    std::sort(forms.begin(), forms.end(), less);
    forms.erase(std::unique(forms.begin(), forms.end()), forms.end());
  }

  Terms& terms_;
  bool enclosed_ = false;  // inside a quantifier that is not named
  struct Hash {
    std::size_t operator()(const std::pair<Term, bool>& key) const { return key.first->id * 2U + key.second; }
  };
  std::unordered_map<std::pair<Term, bool>, Term, Hash> done_;
};

}  // namespace

Expanded expand(Terms& terms, Term term) {
  Expander expander(terms);
  const Term result = expander.visit(term, true);
  return {result, expander.exact};
}

}  // namespace iolaw::smt
