// SPDX-License-Identifier: Apache-2.0
#include "model/fuzz/properties.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "model/diagnostics/codes.hpp"
#include "model/diagnostics/json.hpp"
#include "model/format/format.hpp"
#include "model/format/scan.hpp"
#include "model/fuzz/meaning.hpp"
#include "model/law/parse.hpp"
#include "model/show/show.hpp"

namespace iolaw::fuzz {
namespace {

constexpr std::string_view kNextFile = "//// ";
constexpr std::size_t kMaxFiles = 4;
constexpr std::size_t kMaxShown = 3;  // diagnostics of one text: showing them takes longer than finding them

// Text cut into lines; the last need not end.
std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return lines;
}

bool inside(Span span, const std::vector<SourceFile>& files) {
  return span.file < files.size() && span.begin <= span.end && span.end <= files[span.file].text.size();
}

bool is_shown(const std::string& text) {
  return !text.empty() && std::all_of(text.begin(), text.end(),
                                      [](char c) { return c == '\n' || static_cast<unsigned char>(c) >= 0x20; });
}

std::string check_diagnostic(const Diagnostic& diagnostic, const std::vector<SourceFile>& files, bool shown) {
  if (!find_page(static_cast<Code>(diagnostic.code))) return "a diagnostic has no page";
  if (diagnostic.message.empty()) return "a diagnostic says nothing";
  if (!inside(diagnostic.span, files)) return "a diagnostic points outside the text: " + diagnostic.message;
  for (const Note& note : diagnostic.notes) {
    if (note.text.empty() || !inside(note.span, files)) return "a note points outside the text: " + diagnostic.message;
  }
  if (!shown) return {};
  if (!is_shown(render(diagnostic, files, false))) return "a diagnostic cannot be shown: " + diagnostic.message;
  if (to_json(diagnostic, files).dump().empty()) return "a diagnostic has no JSON";
  return {};
}

std::string check_diagnostics(const Parsed& parsed) {
  if (parsed.law.has_value() != parsed.diagnostics.empty()) return "there is neither a law nor a diagnostic, or both";
  std::size_t shown = 0;
  for (const Diagnostic& diagnostic : parsed.diagnostics) {
    std::string violation = check_diagnostic(diagnostic, parsed.files, shown++ < kMaxShown);
    if (!violation.empty()) return violation;
  }
  return {};
}

std::vector<std::string_view> tokens_of(std::string_view text) {
  std::vector<std::string_view> result;
  result.reserve(text.size() / 4 + 1);
  for (std::string_view line : lines_of(text)) {
    if (line.back() == '\n') line.remove_suffix(1);
    for (const layout::Token& token : layout::scan_line(line)) result.push_back(token.text);
  }
  return result;
}

std::string check_layout(const std::vector<SourceFile>& files, std::vector<SourceFile>& formatted) {
  for (const SourceFile& file : files) {
    formatted.push_back({file.path, format_law(file.text)});
    const std::string& text = formatted.back().text;
    if (tokens_of(text) != tokens_of(file.text)) return "formatting changes a token";
    if (format_law(text) != text) return "formatting twice is not formatting once";
  }
  return {};
}

std::string check_pages(const Law& law) {
  show::overview(law);
  for (const std::string& name : show::names(law)) {
    if (!show::page(law, name)) return "there is no page of " + name;
  }
  show::errno_by_call(law);
  show::graph(law, show::GraphFormat::dot);
  show::graph(law, show::GraphFormat::mermaid);
  return {};
}

}  // namespace

std::vector<SourceFile> split(std::string_view text) {
  std::vector<SourceFile> files = {{"fuzz.law", {}}};
  for (const std::string_view line : lines_of(text)) {
    if (line.substr(0, kNextFile.size()) == kNextFile && line.back() == '\n' && files.size() < kMaxFiles) {
      files.push_back({std::string(line.substr(kNextFile.size(), line.size() - kNextFile.size() - 1)), {}});
    } else {
      files.back().text += line;
    }
  }
  return files;
}

std::string find_violation(std::string_view text) {
  const std::vector<SourceFile> files = split(text);
  const Parsed parsed = check_law_texts(files);
  if (std::string violation = check_diagnostics(parsed); !violation.empty()) return violation;
  std::vector<SourceFile> formatted;
  if (std::string violation = check_layout(files, formatted); !violation.empty()) return violation;
  if (!parsed.law) return {};
  const Parsed again = check_law_texts(formatted);
  if (!again.law) return "the formatted text is no law: " + render(again.diagnostics.front(), again.files, false);
  if (meaning(*again.law) != meaning(*parsed.law)) return "formatting changes what the law means";
  return check_pages(*parsed.law);
}

}  // namespace iolaw::fuzz
