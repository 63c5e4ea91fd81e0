// SPDX-License-Identifier: Apache-2.0
#include "model/diagnostics/codes.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "model/diagnostics/text_line.hpp"

namespace iolaw {
namespace {

// Longer words are no misspelling of anything, and would cost quadratic time.
constexpr std::size_t kMaxWord = 64;

// Messages quote names, and a name may be as long as a file.
constexpr std::size_t kMaxMessage = 400;

std::string cut(std::string message) {
  if (message.size() <= kMaxMessage) return message;
  std::size_t head = kMaxMessage / 2;
  std::size_t tail = message.size() - kMaxMessage / 2;
  while (head > 0 && is_continuation(message[head])) --head;
  while (tail < message.size() && is_continuation(message[tail])) ++tail;
  return message.substr(0, head) + "…" + message.substr(tail);
}

// Levenshtein's distance, with a swap of neighbours counted once; `limit` if it is not below that. Words are at most
// kMaxWord long. A law with many mistakes asks for very many distances.
std::size_t distance(std::string_view a, std::string_view b, std::size_t limit) {
  if ((a.size() > b.size() ? a.size() - b.size() : b.size() - a.size()) >= limit) return limit;
  using Small = std::uint8_t;  // no distance is larger than a word is long
  std::array<std::array<Small, kMaxWord + 1>, 3> rows;
  for (std::size_t j = 0; j <= b.size(); ++j) rows[0][j] = static_cast<Small>(j);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    auto& row = rows[i % 3];
    const auto& above = rows[(i + 2) % 3];
    row[0] = static_cast<Small>(i);
    std::size_t least = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      int best = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        best = std::min(best, rows[(i + 1) % 3][j - 2] + 1);
      }
      row[j] = static_cast<Small>(best);
      least = std::min(least, static_cast<std::size_t>(best));
    }
    // Later rows are no smaller: the least of a row is at most one above that of the row before, which a swap starts
    // from.
    if (least > limit) return limit;
  }
  return std::min<std::size_t>(rows[a.size() % 3][b.size()], limit);
}

}  // namespace

Diagnostic make(Code code, Span span, std::string message) {
  Diagnostic diagnostic;
  diagnostic.code = static_cast<int>(code);
  diagnostic.message = cut(std::move(message));
  diagnostic.span = span;
  return diagnostic;
}

std::string closest(std::string_view name, const std::vector<std::string_view>& names) {
  if (name.size() > kMaxWord) return {};
  std::string_view best;
  std::size_t best_distance = std::max<std::size_t>(name.size() / 3, 1) + 1;
  for (const std::string_view candidate : names) {
    if (candidate == name || candidate.size() > kMaxWord) continue;
    const std::size_t d = distance(name, candidate, best_distance);
    if (d >= best_distance || d >= candidate.size()) continue;
    best = candidate;
    best_distance = d;
  }
  return std::string(best);
}

std::string code_name(int code) {
  std::string digits = std::to_string(code);
  if (digits.size() < 4) digits.insert(0, 4 - digits.size(), '0');
  return "LAW" + digits;
}

}  // namespace iolaw
