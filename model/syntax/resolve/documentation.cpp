// SPDX-License-Identifier: Apache-2.0
#include "model/syntax/resolve/documentation.hpp"

#include <algorithm>

namespace iolaw::syntax {

std::string documentation_before(std::string_view text, std::size_t offset) {
  std::string result;
  if (offset == 0) return result;
  std::size_t begin = text.rfind('\n', offset - 1);
  while (begin != std::string_view::npos && begin > 0) {
    const std::size_t end = begin;
    begin = text.rfind('\n', end - 1);
    const std::size_t line_begin = begin == std::string_view::npos ? 0 : begin + 1;
    std::string_view line = text.substr(line_begin, end - line_begin);
    line.remove_prefix(std::min(line.find_first_not_of(" \t\r"), line.size()));
    if (line.substr(0, 3) != "///") break;
    line.remove_prefix(3);
    if (!line.empty() && line.front() == ' ') line.remove_prefix(1);
    line = line.substr(0, line.find_last_not_of(" \t\r") + 1);
    result = std::string(line) + (result.empty() ? "" : "\n" + result);
  }
  return result;
}

}  // namespace iolaw::syntax
