// SPDX-License-Identifier: Apache-2.0
#include "checker/induct/axioms.hpp"

namespace iolaw::induct {
namespace {

Term for_integers(Terms& terms, std::size_t number, const std::function<Term(const std::vector<Term>&)>& body) {
  std::vector<Term> variables;
  const std::function<Term()> nest = [&]() -> Term {
    if (variables.size() == number) return body(variables);
    return terms.quantify(true, smt::kInteger, [&](Term variable) {
      variables.push_back(variable);
      const Term result = nest();
      return result;
    });
  };
  return nest();
}

}  // namespace

std::vector<Term> alignment_axioms(Terms& terms) {
  const auto positive = [&](Term unit) { return terms.at_most(terms.number(1), unit); };
  std::vector<Term> axioms;
  axioms.push_back(for_integers(terms, 3, [&](const auto& v) {  // x, strict, loose
    const Term given = terms.conjunction({terms.aligned(v[0], v[1]), positive(v[2]), terms.at_most(v[2], v[1])});
    return terms.implies(given, terms.aligned(v[0], v[2]));
  }));
  axioms.push_back(for_integers(terms, 2, [&](const auto& v) {  // x, unit
    return terms.implies(terms.equal(v[1], terms.number(1)), terms.aligned(v[0], v[1]));
  }));
  axioms.push_back(for_integers(terms, 2, [&](const auto& v) {
    const Term down = terms.align_down(v[0], v[1]);
    return terms.implies(positive(v[1]),
                         terms.both(terms.at_most(down, v[0]), terms.less(v[0], terms.add(down, v[1]))));
  }));
  axioms.push_back(for_integers(terms, 3, [&](const auto& v) {  // x, y, unit
    return terms.implies(terms.both(positive(v[2]), terms.at_most(v[0], v[1])),
                         terms.at_most(terms.align_down(v[0], v[2]), terms.align_down(v[1], v[2])));
  }));
  return axioms;
}

std::vector<Term> environment_axioms(Translator& translator, const View& state) {
  Terms& terms = translator.terms();
  const Law& law = translator.law();
  std::vector<Term> axioms;
  for (const Def& def : law.defs) {
    if (!def.given) continue;
    std::vector<Term> arguments;
    std::vector<Term> in_type;
    const std::function<Term(std::size_t)> from = [&](std::size_t parameter) -> Term {
      if (parameter == def.parameters.size()) {
        const Type& type = def.type;
        const Term gives = typed(terms, law, type, given_function(terms, law, def, type, arguments));
        return terms.implies(terms.conjunction(in_type), gives);
      }
      const Type& type = def.parameters[parameter].type;
      const std::vector<smt::Sort> sorts = parts_of(law, type);
      Value value;
      const std::function<Term()> part = [&]() -> Term {
        if (value.parts.size() == sorts.size()) {
          for (const Term each : value.parts) arguments.push_back(each);
          in_type.push_back(typed(terms, law, type, value));
          return from(parameter + 1);
        }
        return terms.quantify(true, sorts[value.parts.size()], [&](Term variable) {
          value.parts.push_back(variable);
          return part();
        });
      };
      return part();
    };
    axioms.push_back(from(0));
  }
  for (const Axiom& axiom : law.axioms) {
    Frame frame(axiom.slots);
    axioms.push_back(translator.formula(*axiom.formula, frame, state));
  }
  return axioms;
}

std::vector<Term> state_axioms(Translator& translator, const AnyState& state) {
  Terms& terms = translator.terms();
  const Law& law = translator.law();
  std::vector<Term> axioms;
  for (std::uint32_t k = 0; k < law.kinds.size(); ++k) {
    const Kind& kind = law.kinds[k];
    const Term nothing = nobody(terms, k);
    axioms.push_back(terms.negate(terms.apply(kind.name + ".lives", {nothing}, smt::kBoolean)));
    for (std::uint32_t f = 0; f < kind.fields.size(); ++f) {
      axioms.push_back(state.objects(
          true, k, [&](Term object) { return typed(terms, law, kind.fields[f].type, state.field(k, f, object)); }));
    }
    if (kind.container == Container::none) continue;
    const std::uint32_t parent = kind.fields.at(kind.parent.value()).type.id;
    axioms.push_back(state.objects(true, parent, [&](Term container) {
      return terms.quantify(true, smt::kInteger, [&](Term key) {
        return terms.implies(terms.differ(state.child(k, container, key), nothing),
                             terms.within(key, terms.number(0), terms.number(smt::kMax64)));
      });
    }));
  }
  return axioms;
}

std::vector<Term> count_axioms(Translator& translator, const View& state, const View* before) {
  Terms& terms = translator.terms();
  const Law& law = translator.law();
  const Term zero = terms.number(0);
  std::vector<Term> axioms;
  for (std::uint32_t c = 0; c < law.counts.size(); ++c) {
    const Count& count = law.counts[c];
    const Term probe = terms.variable("probe." + count.name, smt::object_sort(count.kind));
    if (before != nullptr && state.count(c, probe) == before->count(c, probe)) continue;
    axioms.push_back(
        state.objects(true, count.kind, [&](Term key) { return terms.at_most(zero, state.count(c, key)); }));
    for (const CountTerm& summand : count.terms) {
      axioms.push_back(state.objects(true, summand.kind, [&](Term member) {
        const Term key = state.field(summand.kind, summand.field, member).parts[0];
        return terms.implies(is_member(translator, state, summand, member, key), terms.less(zero, state.count(c, key)));
      }));
    }
    axioms.push_back(state.objects(true, count.kind, [&](Term key) {
      std::vector<Term> any{terms.at_most(state.count(c, key), zero)};
      for (const CountTerm& summand : count.terms) {
        any.push_back(state.objects(false, summand.kind,
                                    [&](Term member) { return is_member(translator, state, summand, member, key); }));
      }
      return terms.disjunction(std::move(any));
    }));
  }
  return axioms;
}

}  // namespace iolaw::induct
