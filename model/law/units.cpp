// SPDX-License-Identifier: Apache-2.0
#include "model/law/units.hpp"

#include <algorithm>

namespace iolaw {

std::vector<Word> units_of(const Law& law) {
  std::vector<Word> units;
  for (const Constant& constant : law.constants) {
    if (constant.type.tag == TypeTag::pow2) units.push_back(constant.value);
  }
  return units;
}

Word largest_unit(const Law& law) {
  const std::vector<Word> units = units_of(law);
  return units.empty() ? 1 : *std::max_element(units.begin(), units.end());
}

}  // namespace iolaw
