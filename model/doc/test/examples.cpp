// SPDX-License-Identifier: Apache-2.0
#include "model/doc/test/examples.hpp"

#include <stdexcept>

namespace iolaw::doc {
namespace {

constexpr std::string_view kFence = "```";
constexpr std::string_view kNextFile = "//// ";

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return lines;
}

// The lines of the block that opens at `line`; leaves `line` at its closing fence.
std::string block_at(const std::vector<std::string_view>& lines, std::size_t& line) {
  const std::size_t opened = line;
  std::string text;
  for (++line; line < lines.size() && lines[line] != kFence; ++line) {
    text += lines[line];
    text += '\n';
  }
  if (line == lines.size()) throw std::runtime_error("line " + std::to_string(opened + 1) + ": the block has no end");
  return text;
}

}  // namespace

std::vector<Example> examples_of(std::string_view page) {
  std::vector<Example> examples;
  std::string section;
  std::string prelude;
  const std::vector<std::string_view> lines = lines_of(page);
  for (std::size_t line = 0; line < lines.size(); ++line) {
    const std::string_view text = lines[line];
    if (text.starts_with('#')) section = text;
    if (text.starts_with("## ")) prelude.clear();
    if (text.starts_with("> LAW") && !examples.empty()) examples.back().diagnostics.emplace_back(text.substr(2));
    if (!text.starts_with(kFence)) continue;
    const std::string kind(text.substr(kFence.size()));
    Example example;
    example.line = line + 1;
    example.section = section;
    example.text = block_at(lines, line);
    if (kind == "law prelude") {
      prelude = example.text;
      examples.push_back(std::move(example));
    } else if (kind == "law" || kind == "law rejected") {
      example.prelude = prelude;
      example.rejected = kind != "law";
      examples.push_back(std::move(example));
    } else if (kind.starts_with("law")) {
      throw std::runtime_error("line " + std::to_string(example.line) + ": no block is of kind `" + kind + "`");
    }
  }
  return examples;
}

std::vector<SourceFile> files_of(const Example& example) {
  std::vector<SourceFile> files = {{"example.law", {}}};
  for (const std::string_view line : lines_of(example.text)) {
    if (line.starts_with(kNextFile)) {
      files.push_back({std::string(line.substr(kNextFile.size())), {}});
    } else {
      files.back().text += std::string(line) + "\n";
    }
  }
  return files;
}

std::string blocks_of(std::string_view page, std::string_view kind) {
  std::string text;
  const std::vector<std::string_view> lines = lines_of(page);
  for (std::size_t line = 0; line < lines.size(); ++line) {
    if (!lines[line].starts_with(kFence)) continue;
    const bool wanted = lines[line].substr(kFence.size()) == kind;
    const std::string block = block_at(lines, line);
    if (wanted) text += block;
  }
  return text;
}

}  // namespace iolaw::doc
