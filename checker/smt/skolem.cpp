// SPDX-License-Identifier: Apache-2.0
#include "checker/smt/skolem.hpp"

namespace iolaw::smt {

namespace {

constexpr const char* kWitness = "witness#";

// Names are the formula's own, not a run's: equal formulas get equal names.
Term name_from(Terms& terms, Term formula, std::uint32_t& next) {
  switch (formula->op) {
    case TermOp::conjunction:
    case TermOp::disjunction: {
      std::vector<Term> parts;
      for (const Term part : formula->args) parts.push_back(name_from(terms, part, next));
      return terms.rebuild(formula, std::move(parts));
    }
    case TermOp::some: {
      std::unordered_map<Term, Term> names;
      for (std::size_t i = 0; i + 1 < formula->args.size(); ++i) {
        names[formula->args[i]] =
            terms.variable(std::string(kWitness).append(std::to_string(next++)), formula->args[i]->sort);
      }
      return name_from(terms, terms.substitute(formula->args.back(), names), next);
    }
    default:
      return formula;
  }
}

}  // namespace

Term name_witnesses(Terms& terms, Term formula) {
  std::uint32_t next = 0;
  return name_from(terms, formula, next);
}

bool is_witness(const Terms& terms, Term term) {
  return term->op == TermOp::variable && terms.name(term->symbol).rfind(kWitness, 0) == 0;
}

}  // namespace iolaw::smt
