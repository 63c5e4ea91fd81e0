// SPDX-License-Identifier: Apache-2.0
// The words of the language, from where it defines them.
#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>

#include "model/syntax/lexis.hpp"

namespace iolaw {

// Every word that the grammar names: the `word("…")` of its *_def.hpp.
inline std::set<std::string> grammar_words() {
  std::set<std::string> words;
  const std::regex word("\\bword\\(\"(\\w+)\"\\)");
  for (const auto& entry : std::filesystem::directory_iterator(IOLAW_SYNTAX_DIR)) {
    const std::string name = entry.path().filename().string();
    if (name.size() < 8 || name.compare(name.size() - 8, 8, "_def.hpp") != 0) continue;
    std::ifstream in(entry.path());
    const std::string text(std::istreambuf_iterator<char>(in), {});
    for (auto it = std::sregex_iterator(text.begin(), text.end(), word); it != std::sregex_iterator(); ++it) {
      words.insert((*it)[1]);
    }
  }
  return words;
}

}  // namespace iolaw
