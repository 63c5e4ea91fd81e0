// SPDX-License-Identifier: Apache-2.0
// The words of SARIF are those of "Static Analysis Results Interchange Format (SARIF) Version 2.1.0", OASIS.
#include "model/diagnostics/sarif.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "model/diagnostics/codes.hpp"
#include "model/diagnostics/text_line.hpp"

namespace iolaw {
namespace {

using Json = nlohmann::ordered_json;

Json text(std::string_view words) { return {{"text", printable(words)}}; }

// The page keeps its line ends, which printable() would show.
std::string page_text(const CodePage& page, bool markdown) {
  std::string result(page.text);
  const auto add = [&](std::string_view title, std::string_view example) {
    if (example.empty()) return;
    const std::string_view fence = markdown ? "```" : "";
    result +=
        fmt::format("\n\n{}:\n\n{}{}{}{}{}", title, fence, markdown ? "\n" : "", example, markdown ? "\n" : "", fence);
  };
  add("Wrong", page.wrong);
  add("Right", page.right);
  return result;
}

Json rule_of(const CodePage& page) {
  std::string paragraph(page.text);
  std::replace(paragraph.begin(), paragraph.end(), '\n', ' ');
  return {{"id", code_name(static_cast<int>(page.code))},
          {"shortDescription", {{"text", page.title}}},
          {"fullDescription", {{"text", paragraph}}},
          {"help", {{"text", page_text(page, false)}, {"markdown", page_text(page, true)}}},
          {"defaultConfiguration", {{"level", "error"}}}};
}

Json artifact(const SourceFile& file) {
  std::error_code error;  // without a folder nothing is relative
  const std::filesystem::path folder = std::filesystem::current_path(error);
  return {{"uri", uri_of(file.path, folder.generic_string())}};
}

Json region(const SourceFile& file, Span span) {
  const Position begin = position_of(file, span.begin);
  const Position end = position_of(file, span.end);
  return {{"startLine", begin.line}, {"startColumn", begin.column}, {"endLine", end.line}, {"endColumn", end.column}};
}

Json location(const SourceFile& file, Span span) {
  Json place{{"artifactLocation", artifact(file)}};
  if (!file.text.empty()) place["region"] = region(file, span);
  return {{"physicalLocation", std::move(place)}};
}

Json fix(const SourceFile& file, const Diagnostic& diagnostic) {
  const std::string inserted = printable(diagnostic.suggestion);
  const Json replacement{{"deletedRegion", region(file, replaced_span(diagnostic))},
                         {"insertedContent", {{"text", inserted}}}};
  const Json change{{"artifactLocation", artifact(file)}, {"replacements", Json::array({replacement})}};
  return {{"description", {{"text", fmt::format("Write `{}`", inserted)}}}, {"artifactChanges", Json::array({change})}};
}

Json result_of(const Diagnostic& diagnostic, std::span<const SourceFile> files) {
  Json result{{"ruleId", code_name(diagnostic.code)}};
  const std::span<const CodePage> pages = code_pages();
  const CodePage* page = find_page(static_cast<Code>(diagnostic.code));
  if (page != nullptr) result["ruleIndex"] = page - pages.data();
  result["level"] = diagnostic.severity == Severity::error ? "error" : "warning";
  result["message"] = text(diagnostic.message);
  if (diagnostic.span.file >= files.size()) return result;
  const SourceFile& file = files[diagnostic.span.file];
  result["locations"] = Json::array({location(file, diagnostic.span)});
  Json related = Json::array();
  for (const Note& note : diagnostic.notes) {
    if (note.span.file >= files.size()) continue;
    Json place{{"id", related.size()}};
    place.update(location(files[note.span.file], note.span));
    place["message"] = text(note.text);
    related.push_back(std::move(place));
  }
  if (!related.empty()) result["relatedLocations"] = std::move(related);
  if (!diagnostic.suggestion.empty()) result["fixes"] = Json::array({fix(file, diagnostic)});
  return result;
}

}  // namespace

std::string uri_of(const std::string& path, const std::string& folder) {
  const std::filesystem::path absolute = (std::filesystem::path(folder) / path).lexically_normal();
  const std::string relative = absolute.lexically_relative(folder).generic_string();
  const bool below = !folder.empty() && !relative.empty() && relative != "." && relative.rfind("..", 0) != 0;
  std::string uri = below || !absolute.is_absolute() ? "" : "file://";
  for (const char c : below ? relative : absolute.generic_string()) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view("-._~/").find(c) != std::string_view::npos;
    uri += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return uri;
}

Json sarif_log() {
  Json rules = Json::array();
  for (const CodePage& page : code_pages()) rules.push_back(rule_of(page));
  const Json driver{{"name", "iolaw"}, {"rules", std::move(rules)}};
  const Json run{{"tool", {{"driver", driver}}}, {"columnKind", "unicodeCodePoints"}, {"results", Json::array()}};
  return {{"$schema", "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"},
          {"version", "2.1.0"},
          {"runs", Json::array({run})}};
}

void add_to_sarif(Json& log, std::span<const Diagnostic> diagnostics, std::span<const SourceFile> files) {
  Json& results = log["runs"][0]["results"];
  for (const Diagnostic& diagnostic : diagnostics) {
    Json result = result_of(diagnostic, files);
    if (std::find(results.begin(), results.end(), result) == results.end()) results.push_back(std::move(result));
  }
}

}  // namespace iolaw
