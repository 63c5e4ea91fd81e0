// SPDX-License-Identifier: Apache-2.0
#include "model/syntax/utf8.hpp"

#include <cstdint>

namespace iolaw::syntax {

const char* find_invalid_utf8(const char* first, const char* last) {
  while (first != last) {
    const auto lead = static_cast<unsigned char>(*first);
    if (lead < 0x80) {
      ++first;
      continue;
    }
    const int length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4 || last - first < length) return first;
    std::uint32_t point = lead & (0x7fU >> length);
    for (int i = 1; i < length; ++i) {
      const auto next = static_cast<unsigned char>(first[i]);
      if ((next & 0xc0U) != 0x80U) return first;
      point = point << 6U | (next & 0x3fU);
    }
    const bool overlong = (length == 3 && point < 0x800) || (length == 4 && point < 0x10000);
    if (overlong || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) return first;
    first += length;
  }
  return nullptr;
}

}  // namespace iolaw::syntax
