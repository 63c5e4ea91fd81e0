// SPDX-License-Identifier: Apache-2.0
#include "model/format/format.hpp"

#include <algorithm>
#include <map>
#include <vector>

#include "model/format/scan.hpp"

namespace iolaw {

namespace {

using layout::Token;
using layout::TokenTag;

// A line in the making: code and trailing comment apart, because both are aligned with their neighbours.
struct Line {
  std::size_t indent = 0;  // columns
  std::string head;        // `fails EINVAL`, where the line is of a failure table
  std::string tag;         // `[length]`
  std::string code;        // the rest, or all
  std::string comment;     // trailing, or the whole line
  std::size_t table = 0;   // lines of one failure table have one number; 0: none
  bool blank = false;
};

std::string join(const std::vector<Token>& tokens, std::size_t begin, std::size_t end, bool in_table_head) {
  std::string out;
  for (std::size_t i = begin; i < end; ++i) {
    if (i > begin && is_spaced(tokens[i - 1], tokens[i], in_table_head)) out += ' ';
    out += tokens[i].text;
  }
  return out;
}

bool starts_table_line(const std::vector<Token>& tokens) {
  if (tokens.empty()) return false;
  const bool two_words = tokens.size() > 1 && ((tokens[0].text == "may" && tokens[1].text == "fail") ||
                                               (tokens[0].text == "but" && tokens[1].text == "fails"));
  return two_words || tokens[0].text == "fails" || tokens[0].text == "unspecified";
}

// `fails ERRNO [tag]` and the rest; a line without a tag has no columns.
void split_table_line(const std::vector<Token>& tokens, std::size_t end, Line& line) {
  const auto is = [&](std::size_t i, std::string_view text) { return i < end && tokens[i].text == text; };
  std::size_t open = 0;
  while (open < end && tokens[open].text != "[") ++open;
  if (!is(open, "[") || !is(open + 2, "]")) {
    line.code = join(tokens, 0, end, true);
    return;
  }
  line.head = join(tokens, 0, open, true);
  line.tag = join(tokens, open, open + 3, true);
  line.code = join(tokens, open + 3, end, false);
}

// Brackets that a line opens, less those that it closes; and how many of the latter stand at its beginning.
struct Depth {
  int change = 0;
  int closing_first = 0;
};

Depth depth_of(const std::vector<Token>& tokens) {
  Depth depth;
  bool first = true;
  for (const Token& token : tokens) {
    if (token.text == "{") ++depth.change;
    if (token.text == "}") --depth.change;
    if (token.text == "}" && first) ++depth.closing_first;
    if (token.text != "}") first = false;
  }
  return depth;
}

// Whether a line inside braces begins something, rather than going on with the line above.
bool begins_item(const std::vector<Token>& tokens) {
  static const std::vector<std::string_view> kItems = {"fails", "unspecified", "let",     "choose", "each", "then",
                                                       "tally", "result",      "destroy", "set",    "new",  "in",
                                                       "holds", "may",         "but",     "}"};
  if (tokens.empty() || tokens[0].tag == TokenTag::comment) return true;
  if (std::find(kItems.begin(), kItems.end(), tokens[0].text) != kItems.end()) return true;
  // A field (`va: u64`), an assignment (`access.ioas = ioas`) or the name of a constant.
  if (tokens[0].tag != TokenTag::word || tokens[0].text == "and" || tokens[0].text == "or") return false;
  std::size_t i = 1;
  while (i + 1 < tokens.size() && tokens[i].text == ".") i += 2;
  return i >= tokens.size() || tokens[i].text == ":" || tokens[i].text == "=" || tokens[i].text == ",";
}

std::vector<Line> read_lines(std::string_view text) {
  std::vector<Line> lines;
  int depth = 0;
  std::size_t tables = 0;
  std::vector<std::size_t> table_of_depth(1, 0);
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view raw = text.substr(at, end - at);
    at = end + 1;
    const std::vector<Token> tokens = layout::scan_line(raw);
    Line line;
    if (tokens.empty()) {
      line.blank = true;
      if (!lines.empty() && !lines.back().blank) lines.push_back(line);
      continue;
    }
    const Depth change = depth_of(tokens);
    const int level = std::max(0, depth - change.closing_first);
    line.indent = 2 * static_cast<std::size_t>(level);
    const std::size_t written = raw.find_first_not_of(" \t");
    const bool is_header = tokens[0].text == "{" || tokens[0].tag == TokenTag::comment;
    const bool goes_on = level == 0 ? written > 0 && !is_header : !begins_item(tokens);
    if (goes_on) line.indent = std::max(line.indent + 2, (written + 1) / 2 * 2);
    if (level == 0 && written > 0 && tokens[0].tag == TokenTag::comment)
      line.indent = std::max<std::size_t>(2, (written + 1) / 2 * 2);

    std::size_t code_end = tokens.size();
    if (tokens.back().tag == TokenTag::comment) {
      line.comment = tokens.back().text;
      --code_end;
    }
    if (starts_table_line(tokens)) {
      table_of_depth.resize(static_cast<std::size_t>(level) + 1, 0);
      std::size_t& table = table_of_depth.back();
      if (table == 0) table = ++tables;
      line.table = table;
      split_table_line(tokens, code_end, line);
    } else {
      line.code = join(tokens, 0, code_end, false);
    }
    depth = std::max(0, depth + change.change);
    if (static_cast<std::size_t>(depth) + 1 < table_of_depth.size())
      table_of_depth.resize(static_cast<std::size_t>(depth) + 1);
    if (depth == 0) table_of_depth.assign(1, 0);
    lines.push_back(std::move(line));
  }
  while (!lines.empty() && lines.back().blank) lines.pop_back();
  return lines;
}

void align_tables(std::vector<Line>& lines) {
  struct Widths {
    std::size_t head = 0;
    std::size_t tag = 0;
  };
  std::map<std::size_t, Widths> widths;
  for (const Line& line : lines) {
    if (line.table == 0 || line.head.empty()) continue;
    Widths& table = widths[line.table];
    table.head = std::max(table.head, line.head.size());
    table.tag = std::max(table.tag, line.tag.size());
  }
  for (Line& line : lines) {
    if (line.table == 0 || line.head.empty()) continue;
    const Widths& table = widths[line.table];
    line.head.resize(table.head, ' ');
    line.tag.resize(table.tag, ' ');
    line.code = line.head + ' ' + line.tag + (line.code.empty() ? "" : ' ' + line.code);
  }
}

// Trailing comments of neighbouring lines stand in one column.
void align_comments(std::vector<Line>& lines) {
  const auto has_trailing = [](const Line& line) { return !line.comment.empty() && !line.code.empty(); };
  for (std::size_t begin = 0; begin < lines.size();) {
    std::size_t end = begin;
    std::size_t width = 0;
    while (end < lines.size() && has_trailing(lines[end])) {
      width = std::max(width, lines[end].indent + lines[end].code.size());
      ++end;
    }
    for (std::size_t i = begin; i < end; ++i) {
      lines[i].code.resize(width - lines[i].indent + 2, ' ');
      lines[i].code += lines[i].comment;
      lines[i].comment.clear();
    }
    begin = std::max(end, begin + 1);
  }
}

}  // namespace

std::string format_law(std::string_view text) {
  std::vector<Line> lines = read_lines(text);
  align_tables(lines);
  align_comments(lines);
  std::string out;
  for (const Line& line : lines) {
    if (!line.blank) {
      out.append(line.indent, ' ');
      out += line.code;
      out += line.comment;
      out.erase(out.find_last_not_of(' ') + 1);
    }
    out += '\n';
  }
  return out;
}

}  // namespace iolaw
