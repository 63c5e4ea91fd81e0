// SPDX-License-Identifier: Apache-2.0
#include "model/diagnostics/json.hpp"

#include <nlohmann/json.hpp>

#include "model/diagnostics/text_line.hpp"

namespace iolaw {
namespace {

void add_place(nlohmann::json& json, Span span, std::span<const SourceFile> files) {
  if (span.file >= files.size()) return;
  const SourceFile& file = files[span.file];
  const Position begin = position_of(file, span.begin);
  const Position end = position_of(file, span.end);
  json["file"] = printable(file.path);
  json["line"] = begin.line;
  json["column"] = begin.column;
  json["end_line"] = end.line;
  json["end_column"] = end.column;
}

}  // namespace

nlohmann::json to_json(const Diagnostic& diagnostic, std::span<const SourceFile> files) {
  nlohmann::json json = {{"code", code_name(diagnostic.code)},
                         {"severity", diagnostic.severity == Severity::error ? "error" : "warning"},
                         {"message", printable(diagnostic.message)},
                         {"notes", nlohmann::json::array()}};
  add_place(json, diagnostic.span, files);
  if (!diagnostic.suggestion.empty()) {
    json["suggestion"] = printable(diagnostic.suggestion);
    json["suggestion_place"] = nlohmann::json::object();
    add_place(json["suggestion_place"], replaced_span(diagnostic), files);
  }
  for (const Note& note : diagnostic.notes) {
    nlohmann::json entry = {{"text", printable(note.text)}};
    add_place(entry, note.span, files);
    json["notes"].push_back(std::move(entry));
  }
  return json;
}

}  // namespace iolaw
