// SPDX-License-Identifier: Apache-2.0
#include "checker/prove/nearest.hpp"

#include <algorithm>

namespace iolaw {

using smt::Term;

std::vector<NearestObject> nearest_objects(const Law& law) {
  std::vector<NearestObject> found;
  for (std::uint32_t kind = 0; kind < law.kinds.size(); ++kind) {
    if (!law.kinds[kind].parent) continue;
    const std::vector<Field>& fields = law.kinds[kind].fields;
    const bool has_interval = std::any_of(fields.begin(), fields.end(),
                                          [](const Field& field) { return field.type.tag == TypeTag::interval; });
    for (std::uint32_t field = 0; field < fields.size(); ++field) {
      const Type& type = fields[field].type;
      if (type.maybe) continue;
      if (type.tag == TypeTag::interval) found.push_back({kind, field, 1});
      if (type.is_integer() && !has_interval) found.push_back({kind, field, 0});
    }
  }
  return found;
}

NearestFact nearest_fact(smt::Terms& terms, const Law& law, const View& state, const NearestObject& which, Term parent,
                         Term x) {
  const Kind& kind = law.kinds[which.kind];
  const auto number = [&](Term object) { return state.field(which.kind, which.field, object).parts[which.part]; };
  const auto inside = [&](Term object) {
    return terms.both(state.lives(which.kind, object),
                      terms.equal(state.field(which.kind, *kind.parent, object).parts[0], parent));
  };
  const Term object = terms.apply("nearest." + kind.name + "." + kind.fields[which.field].name, {parent, x},
                                  smt::object_sort(which.kind));
  const Term is_below = terms.both(inside(object), terms.at_most(number(object), x));
  const Term is_greatest = state.objects(true, which.kind, [&](Term other) {
    return terms.implies(terms.both(inside(other), terms.at_most(number(other), x)),
                         terms.at_most(number(other), number(object)));
  });
  const Term is_none = state.objects(
      true, which.kind, [&](Term other) { return terms.implies(inside(other), terms.less(x, number(other))); });
  return {object, terms.either(terms.both(is_below, is_greatest), is_none)};
}

}  // namespace iolaw
