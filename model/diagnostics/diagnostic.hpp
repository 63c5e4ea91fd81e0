// SPDX-License-Identifier: Apache-2.0
// Diagnostics are data: made once, shown on a terminal, as JSON, or in an editor.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "model/law/law.hpp"

namespace iolaw {

enum class Severity : std::uint8_t { error, warning };

struct Note {
  Span span;
  std::string text;
};

struct Diagnostic {
  int code = 0;  // 123 is shown as LAW0123; the table is in codes.hpp
  Severity severity = Severity::error;
  std::string message;      // one sentence, no full stop
  Span span;                // where the mistake is
  std::vector<Note> notes;  // other places that matter
  std::string suggestion;   // the corrected text of replaced_span(), empty if there is none
  std::optional<Span> replaced;
};

// What the suggestion stands for; an empty span if it is to be inserted.
inline Span replaced_span(const Diagnostic& diagnostic) { return diagnostic.replaced.value_or(diagnostic.span); }

struct Position {
  std::uint32_t line = 1;    // from 1
  std::uint32_t column = 1;  // in characters (code points), from 1
};
Position position_of(const SourceFile& file, std::uint32_t offset);

// "LAW0007".
std::string code_name(int code);

// The classic form: path:line:column, code, message, the line with the span underlined, notes, and the corrected line.
// Long lines are cut around the span; bytes that are no valid UTF-8 are shown as \xNN.
std::string render(const Diagnostic& diagnostic, std::span<const SourceFile> files, bool colour);

}  // namespace iolaw
