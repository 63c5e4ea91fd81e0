// SPDX-License-Identifier: Apache-2.0
#include "model/law/type_name.hpp"

namespace iolaw {

std::string type_name(const Law& law, const Type& type) {
  std::string name;
  switch (type.tag) {
    case TypeTag::boolean:
      name = "bool";
      break;
    case TypeTag::u64:
      name = "u64";
      break;
    case TypeTag::pow2:
      name = "pow2";
      break;
    case TypeTag::nat:
      name = "nat";
      break;
    case TypeTag::interval:
      name = "interval";
      break;
    case TypeTag::enumeration:
      name = law.enums.at(type.id).name;
      break;
    case TypeTag::flags:
      name = law.flag_sets.at(type.id).name;
      break;
    case TypeTag::reference:
      name = law.kinds.at(type.id).name;
      break;
  }
  return type.maybe ? "maybe " + name : name;
}

}  // namespace iolaw
