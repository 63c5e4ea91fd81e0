// SPDX-License-Identifier: Apache-2.0
#include "model/fuzz/mutate.hpp"

#include <algorithm>
#include <vector>

#include "model/format/scan.hpp"
#include "model/syntax/lexis.hpp"

namespace iolaw::fuzz {
namespace {

using layout::TokenTag;

struct Piece {
  TokenTag tag = TokenTag::word;
  std::string text;  // with the white space before it
};

std::vector<Piece> pieces_of(std::string_view text) {
  std::vector<Piece> pieces;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    const char* at = line.data();
    for (const layout::Token& token : layout::scan_line(line)) {
      const char* token_end = token.text.data() + token.text.size();
      pieces.push_back({token.tag, std::string(at, token_end)});
      at = token_end;
    }
    const bool ended = end < text.size();
    if (ended) pieces.push_back({TokenTag::unknown, "\n"});
    text.remove_prefix(ended ? end + 1 : end);
  }
  return pieces;
}

std::string joined(const std::vector<Piece>& pieces) {
  std::string text;
  for (const Piece& piece : pieces) text += piece.text;
  return text;
}

std::size_t below(Random& random, std::size_t bound) { return random() % std::max<std::size_t>(bound, 1); }

// A token of `from` of the same sort as `like`, where there is one.
Piece similar(const std::vector<Piece>& from, TokenTag like, Random& random) {
  for (int attempt = 0; attempt < 8; ++attempt) {
    const Piece& piece = from[below(random, from.size())];
    if (piece.tag == like) return piece;
  }
  return from[below(random, from.size())];
}

Piece reserved_word(Random& random) {
  const auto words = syntax::reserved_words();
  return {TokenTag::word, " " + std::string(words[below(random, words.size())])};
}

void change(std::vector<Piece>& pieces, const std::vector<Piece>& source, Random& random) {
  const std::size_t at = below(random, pieces.size());
  const auto here = pieces.begin() + static_cast<std::ptrdiff_t>(at);
  const std::size_t length = 1 + below(random, std::min<std::size_t>(pieces.size() - at, 12));
  const std::size_t from = below(random, source.size());
  const auto source_begin = source.begin() + static_cast<std::ptrdiff_t>(from);
  const auto source_end = source_begin + static_cast<std::ptrdiff_t>(std::min(length, source.size() - from));
  switch (below(random, 7)) {
    case 0:
    case 1:
      *here = similar(source, here->tag, random);
      break;
    case 2:
      pieces.insert(here, similar(source, here->tag, random));
      break;
    case 3:
      pieces.erase(here, here + static_cast<std::ptrdiff_t>(length));
      break;
    case 4:
      pieces.insert(here, source_begin, source_end);
      break;
    case 5:
      std::swap(*here, pieces[below(random, pieces.size())]);
      break;
    default:
      pieces.insert(here, reserved_word(random));
      break;
  }
}

}  // namespace

std::string mutate_tokens(std::string_view text, Random& random) {
  std::vector<Piece> pieces = pieces_of(text);
  const std::vector<Piece> source = pieces;
  for (std::size_t changes = 1 + below(random, 4); changes > 0 && !pieces.empty(); --changes) {
    change(pieces, source, random);
  }
  return joined(pieces);
}

std::string cross(std::string_view text, std::string_view other, Random& random) {
  std::vector<Piece> pieces = pieces_of(text);
  const std::vector<Piece> source = pieces_of(other);
  if (pieces.empty() || source.empty()) return std::string(other);
  if (below(random, 2) == 0) {
    for (std::size_t changes = 1 + below(random, 4); changes > 0 && !pieces.empty(); --changes) {
      change(pieces, source, random);
    }
    return joined(pieces);
  }
  // A block of lines of the other, put before some line.
  const auto is_end = [](const Piece& piece) { return piece.text == "\n"; };
  auto at =
      std::find_if(pieces.begin() + static_cast<std::ptrdiff_t>(below(random, pieces.size())), pieces.end(), is_end);
  if (at != pieces.end()) ++at;
  auto begin = source.begin() + static_cast<std::ptrdiff_t>(below(random, source.size()));
  begin = std::find_if(begin, source.end(), is_end);
  if (begin == source.end()) begin = source.begin();
  auto end = begin;
  for (std::size_t lines = 1 + below(random, 12); lines > 0 && end != source.end(); --lines) {
    end = std::find_if(end + 1, source.end(), is_end);
  }
  pieces.insert(at, begin, end);
  return joined(pieces);
}

}  // namespace iolaw::fuzz
