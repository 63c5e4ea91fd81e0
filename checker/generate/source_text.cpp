// SPDX-License-Identifier: Apache-2.0
#include "checker/generate/source_text.hpp"

#include <algorithm>

namespace iolaw {

std::string source_text(const Law& law, const Span& span) {
  if (span.file >= law.files.size()) return {};
  const std::string_view file = law.files[span.file].text;
  std::string_view text = file.substr(std::min<std::size_t>(span.begin, file.size()), span.end - span.begin);
  std::string line;
  while (!text.empty()) {
    if (text.starts_with("//")) {
      text.remove_prefix(std::min(text.find('\n'), text.size()));
      continue;
    }
    const bool space = text.front() == ' ' || text.front() == '\n' || text.front() == '\t' || text.front() == '\r';
    if (!space) {
      line += text.front();
    } else if (!line.empty() && line.back() != ' ') {
      line += ' ';
    }
    text.remove_prefix(1);
  }
  while (!line.empty() && line.back() == ' ') line.pop_back();
  return line;
}

}  // namespace iolaw
