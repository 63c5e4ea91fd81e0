// SPDX-License-Identifier: Apache-2.0
#include "checker/encode/value.hpp"

namespace iolaw {
namespace {

bool is_maybe_number(const Type& type) { return type.maybe && type.tag != TypeTag::reference; }

Term number_fits(Terms& terms, const Law& law, const Type& type, Term value) {
  switch (type.tag) {
    case TypeTag::u64:
      return terms.within(value, terms.number(0), terms.number(smt::kMax64));
    case TypeTag::pow2:
      return terms.within(value, terms.number(1), terms.number(smt::kMax64));
    case TypeTag::nat:
      return terms.at_most(terms.number(0), value);
    case TypeTag::enumeration:
      return terms.within(value, terms.number(0),
                          terms.number(static_cast<int>(law.enums[type.id].constants.size()) - 1));
    default:
      return terms.truth(true);
  }
}

}  // namespace

std::vector<smt::Sort> parts_of(const Law& law, const Type& type) {
  switch (type.tag) {
    case TypeTag::boolean:
      return {smt::kBoolean};
    case TypeTag::reference:
      return {smt::object_sort(type.id)};
    case TypeTag::interval:
      return {smt::kInteger, smt::kInteger};
    case TypeTag::flags:
      return std::vector<smt::Sort>(law.flag_sets[type.id].constants.size(), smt::kBoolean);
    default:
      break;
  }
  if (type.maybe) return {smt::kBoolean, smt::kInteger};
  return {smt::kInteger};
}

std::string part_name(const Law& law, const Type& type, std::size_t part) {
  if (type.tag == TypeTag::flags) return "." + law.flag_sets[type.id].constants[part];
  if (type.tag == TypeTag::interval) return part == 0 ? ".first" : ".last";
  if (is_maybe_number(type)) return part == 0 ? ".some" : ".value";
  return "";
}

Term nobody(Terms& terms, std::uint32_t kind) { return terms.object(kind, smt::kNil); }

Value default_value(Terms& terms, const Law& law, const Type& type) {
  Value value;
  for (const smt::Sort sort : parts_of(law, type)) {
    switch (sort.tag) {
      case smt::Sort::Tag::boolean:
        value.parts.push_back(terms.truth(false));
        break;
      case smt::Sort::Tag::integer:
        value.parts.push_back(terms.number(type.tag == TypeTag::pow2 ? 1 : 0));
        break;
      case smt::Sort::Tag::object:
        value.parts.push_back(nobody(terms, sort.kind));
        break;
    }
  }
  return value;
}

Value literal(Terms& terms, const Law& law, const Type& type, Word value, Word last) {
  switch (type.tag) {
    case TypeTag::boolean:
      return single(terms.truth(value != 0));
    case TypeTag::interval:
      return {{terms.number(value), terms.number(last)}};
    case TypeTag::flags: {
      Value flags;
      for (std::size_t i = 0; i < law.flag_sets[type.id].constants.size(); ++i) {
        flags.parts.push_back(terms.truth((value >> i & 1) != 0));
      }
      return flags;
    }
    default:
      break;
  }
  if (is_maybe_number(type)) return {{terms.truth(true), terms.number(value)}};
  return single(terms.number(value));
}

Value choose(Terms& terms, Term condition, const Value& a, const Value& b) {
  Value value;
  for (std::size_t i = 0; i < a.parts.size(); ++i) {
    value.parts.push_back(terms.conditional(condition, a.parts[i], b.parts[i]));
  }
  return value;
}

Term equal(Terms& terms, const Value& a, const Value& b) {
  std::vector<Term> parts;
  for (std::size_t i = 0; i < a.parts.size(); ++i) parts.push_back(terms.equal(a.parts[i], b.parts[i]));
  return terms.conjunction(std::move(parts));
}

Value coerce(Terms& terms, const Type& from, const Type& to, Value value) {
  if (!is_maybe_number(to) || is_maybe_number(from)) return value;
  return {{terms.truth(true), value.parts[0]}};
}

Term typed(Terms& terms, const Law& law, const Type& type, const Value& value) {
  if (type.tag == TypeTag::interval) {
    const Type bound{.tag = TypeTag::u64};
    return terms.both(number_fits(terms, law, bound, value.parts[0]), number_fits(terms, law, bound, value.parts[1]));
  }
  return number_fits(terms, law, type, value.parts.back());
}

Term fits(Terms& terms, const Law& law, const Type& type, const Value& value) {
  const Term in_range = typed(terms, law, type, value);
  if (type.tag == TypeTag::interval) return terms.both(in_range, terms.at_most(value.parts[0], value.parts[1]));
  if (is_maybe_number(type)) return terms.implies(value.parts[0], in_range);
  return in_range;
}

}  // namespace iolaw
