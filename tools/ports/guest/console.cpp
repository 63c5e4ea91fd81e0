// SPDX-License-Identifier: Apache-2.0
#include "tools/ports/guest/console.hpp"

#include <algorithm>
#include <array>
#include <deque>
#include <fstream>

namespace iolaw::guest {
namespace {

// As in tools/linux/guest/init; a backtrace alone is none, because an allocation that fails shows one.
constexpr std::array<std::string_view, 12> kTrouble = {"WARNING:",
                                                       "BUG:",
                                                       "Oops",
                                                       "KASAN:",
                                                       "UBSAN:",
                                                       "general protection",
                                                       "possible recursive",
                                                       "circular locking",
                                                       "Kernel panic",
                                                       "self-detected stall",
                                                       "blocked for more",
                                                       "unreferenced object"};

}  // namespace

std::string first_trouble(std::string_view text) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const bool bad = std::any_of(kTrouble.begin(), kTrouble.end(),
                                 [&](std::string_view sign) { return line.find(sign) != std::string_view::npos; });
    if (!bad) continue;
    while (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    return std::string(line);
  }
  return {};
}

std::string last_lines(const std::filesystem::path& file, std::size_t lines) {
  std::ifstream in(file);
  std::deque<std::string> last;
  for (std::string line; std::getline(in, line);) {
    last.push_back(std::move(line));
    if (last.size() > lines) last.pop_front();
  }
  std::string text;
  for (const std::string& line : last) text += "  | " + line + "\n";
  return text;
}

}  // namespace iolaw::guest
