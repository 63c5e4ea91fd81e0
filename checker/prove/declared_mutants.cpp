// SPDX-License-Identifier: Apache-2.0
#include "checker/prove/mutation.hpp"

namespace iolaw {

std::map<std::string, std::string> read_declared_mutants(std::string_view document) {
  std::map<std::string, std::string> declared;
  std::string reason;
  bool fenced = false;
  while (!document.empty()) {
    const std::size_t end = std::min(document.find('\n'), document.size());
    const std::string line(document.substr(0, end));
    document.remove_prefix(std::min(end + 1, document.size()));
    if (line.rfind("```", 0) == 0) {
      fenced = !fenced;
    } else if (fenced && !line.empty()) {
      declared[line] = reason;
    } else if (line.rfind("## ", 0) == 0) {
      reason = line.substr(3);
    }
  }
  return declared;
}

}  // namespace iolaw
