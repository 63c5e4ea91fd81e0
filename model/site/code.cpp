// SPDX-License-Identifier: Apache-2.0
#include "model/site/code.hpp"

#include <algorithm>
#include <cctype>
#include <set>
#include <vector>

#include "model/site/html.hpp"

namespace iolaw::site {

namespace {

const std::set<std::string_view> kKeywords = {
    "after", "aligned",   "all",      "and",     "ascending", "at",   "axiom",   "busy",     "choose",      "cites",
    "const", "count",     "cover",    "def",     "destroy",   "each", "else",    "empty",    "enum",        "fails",
    "flags", "given",     "holds",    "if",      "iff",       "in",   "implies", "includes", "invariant",   "is",
    "let",   "lives",     "maybe",    "new",     "no",        "none", "not",     "object",   "on",          "only",
    "or",    "overflows", "probe",    "profile", "result",    "rule", "scope",   "shared",   "since",       "slot",
    "some",  "step",      "tally",    "the",     "then",      "true", "false",   "unless",   "unspecified", "use",
    "when",  "where",     "wrapping", "bool",    "u64",       "pow2", "nat",     "interval"};

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

std::size_t end_of_word(std::string_view text, std::size_t at) {
  while (at < text.size() && is_word(text[at])) ++at;
  return at;
}

// The end of a name with dots, each followed by a letter: "ioas.map" of "ioas.map.." and of "ioas.map[x]".
std::size_t end_of_path(std::string_view text, std::size_t at) {
  at = end_of_word(text, at);
  while (at + 1 < text.size() && text[at] == '.' && std::isalpha(static_cast<unsigned char>(text[at + 1])) != 0) {
    at = end_of_word(text, at + 1);
  }
  return at;
}

// What a single word means in a formula: fields and variables are small letters too, so a def is known by its call.
const Name* meaning(const Names& names, std::string_view word, bool called) {
  if (called) return names.find(Sort::def, word);
  if (std::isupper(static_cast<unsigned char>(word.front())) == 0) return nullptr;
  for (const Sort sort : {Sort::object, Sort::enumeration, Sort::constant, Sort::error}) {
    if (const Name* name = names.find(sort, word)) return name;
  }
  return nullptr;
}

std::string word_html(const Names& names, std::string_view word, bool called) {
  if (kKeywords.count(word) != 0 && !(called && names.find(Sort::def, word) != nullptr)) return span("k", word);
  if (const Name* name = meaning(names, word, called)) return link(name->href(), word);
  return escaped(word);
}

std::string path_html(const Names& names, std::string_view path, bool called) {
  if (path.find('.') != std::string_view::npos) {
    for (const Sort sort : {Sort::rule, Sort::outcome}) {
      if (const Name* name = names.find(sort, path)) return link(name->href(), path);
    }
  }
  std::string out;
  while (!path.empty()) {
    const std::size_t end = end_of_word(path, 0);
    const bool last = end == path.size();
    // Behind a dot stands a field, whatever it is called.
    out += out.empty() ? word_html(names, path.substr(0, end), called && last) : escaped(path.substr(0, end));
    if (!last) out += '.';
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return out;
}

std::string number_or_sign(std::string_view text, std::size_t& at) {
  if (std::isdigit(static_cast<unsigned char>(text[at])) != 0) {
    const std::size_t end = end_of_word(text, at);
    std::string out = span("n", text.substr(at, end - at));
    at = end;
    return out;
  }
  if (text.compare(at, 2, "->") == 0) {  // no line ends within
    at += 2;
    return span("w", "-&gt;");
  }
  return escaped(text.substr(at++, 1));
}

}  // namespace

std::string code(const Names& names, std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    if (text.compare(at, 2, "//") == 0) {
      const std::size_t end = std::min(text.find('\n', at), text.size());
      out += span("c", escaped(text.substr(at, end - at)));
      at = end;
    } else if (text[at] == '"') {
      const std::size_t end = std::min(text.find('"', at + 1), text.size() - 1) + 1;
      out += span("s", escaped(text.substr(at, end - at)));
      at = end;
    } else if (std::isalpha(static_cast<unsigned char>(text[at])) != 0 || text[at] == '_') {
      const std::size_t end = end_of_path(text, at);
      out += path_html(names, text.substr(at, end - at), end < text.size() && text[end] == '(');
      at = end;
    } else {
      out += number_or_sign(text, at);
    }
  }
  return out;
}

std::string inline_prose(const Names& names, std::string_view doc) {
  std::string out;
  bool inside = false;
  while (!doc.empty()) {
    const std::size_t end = doc.find('`');
    std::string_view part = doc.substr(0, end);
    if (inside && end != std::string_view::npos) {
      const Name* name = names.find(part);
      out += "<code>" + (name != nullptr ? link(name->href(), escaped(part)) : code(names, part)) + "</code>";
    } else {
      out += (inside ? "`" : "") + escaped(part);
    }
    inside = !inside;
    doc.remove_prefix(end == std::string_view::npos ? doc.size() : end + 1);
  }
  return out;
}

std::string prose(const Names& names, std::string_view doc) {
  std::string out;
  while (!doc.empty()) {
    const std::size_t end = doc.find("\n\n");
    const std::string paragraph = inline_prose(names, doc.substr(0, end));
    if (!paragraph.empty()) out += "<p>" + paragraph + "</p>\n";
    doc.remove_prefix(end == std::string_view::npos ? doc.size() : end + 2);
  }
  return out;
}

std::string layout(const Law& law, Span span) {
  const std::string_view text = law.files.at(span.file).text;
  const std::size_t line = span.begin == 0 ? 0 : text.rfind('\n', span.begin - 1) + 1;
  const std::size_t own = text.find_first_not_of(" \t", line);
  const std::size_t indent = own == std::string_view::npos || own > span.begin ? 0 : own - line;
  std::string out;
  for (std::size_t at = span.begin; at < span.end;) {
    const std::size_t end = std::min<std::size_t>(text.find('\n', at), span.end);
    out += text.substr(at, end - at);
    at = end + 1;
    if (end >= span.end) break;
    out += '\n';
    for (std::size_t i = 0; i < indent && at < span.end && text[at] == ' '; ++i) ++at;
  }
  return out.substr(0, out.find_last_not_of(" \t\r\n") + 1);
}

std::string declaration(const Law& law, Span span) {
  const std::string_view text = law.files.at(span.file).text;
  const std::size_t begin = span.begin == 0 ? 0 : text.rfind('\n', span.begin - 1) + 1;
  std::size_t end = std::min(text.find('\n', span.begin), text.size());
  while (end + 1 < text.size() && text[end + 1] == ' ') end = std::min(text.find('\n', end + 1), text.size());
  return std::string(text.substr(begin, end - begin));
}

std::string remark(const Law& law, Span span) {
  const std::string_view text = law.files.at(span.file).text;
  const std::size_t end = std::min(text.find('\n', span.end), text.size());
  const std::string_view rest = text.substr(span.end, end - span.end);
  if (const std::size_t slashes = rest.find("//"); slashes != std::string_view::npos) {
    // Of a field the span is its name alone: its type may follow, but no other field.
    std::string_view between = rest.substr(0, slashes);
    between = between.substr(0, between.find_last_not_of(" \t,)}") + 1);
    if (between.find_first_of(",{}") == std::string_view::npos) {
      std::string_view words = rest.substr(slashes + 2);
      words.remove_prefix(std::min(words.find_first_not_of("/ "), words.size()));
      return std::string(words);
    }
  }
  // Lines of comment right above, but not documentation, which is kept with what it is about.
  std::string out;
  std::size_t line = span.begin == 0 ? 0 : text.rfind('\n', span.begin - 1) + 1;
  while (line > 1) {
    const std::size_t above = text.rfind('\n', line - 2) + 1;
    std::string_view words = text.substr(above, line - 1 - above);
    words.remove_prefix(std::min(words.find_first_not_of(" \t"), words.size()));
    if (words.substr(0, 2) != "//" || words.substr(0, 3) == "///") break;
    words.remove_prefix(std::min(words.find_first_not_of("/ "), words.size()));
    out = std::string(words) + (out.empty() ? "" : " ") + out;
    line = above;
  }
  return out;
}

}  // namespace iolaw::site
