// SPDX-License-Identifier: Apache-2.0
// Diagnostics as a person reads them.
#include <algorithm>
#include <iterator>
#include <string_view>

#include <fmt/format.h>

#include "model/diagnostics/diagnostic.hpp"
#include "model/diagnostics/text_line.hpp"

namespace iolaw {
namespace {

struct Palette {
  std::string_view error, warning, note, help, bold, plain;
};
constexpr Palette kColours = {"\x1b[1;31m", "\x1b[1;35m", "\x1b[1;36m", "\x1b[1;32m", "\x1b[1m", "\x1b[0m"};
constexpr std::size_t kLongestCorrection = 200;
constexpr Palette kPlain = {};

// The place, `: error LAW0020: …`, and the line with the span underlined.
void show_place(std::string& out, const SourceFile& file, Span span, std::string_view colour, const Palette& palette) {
  const std::string_view text = file.text;
  if (span.begin > text.size() || text.empty()) return;
  const Position position = position_of(file, span.begin);
  const Window window = window_around(text, span);
  const std::string number = std::to_string(position.line);
  fmt::format_to(std::back_inserter(out), " {} | {}\n", number, window.text);
  fmt::format_to(std::back_inserter(out), " {:>{}} | {:{}}{}{}{}\n", "", number.size(), "", window.column, colour,
                 std::string(std::max<std::size_t>(window.width, 1), '^'), palette.plain);
}

std::string place(const SourceFile& file, Span span) {
  if (file.text.empty()) return file.path;
  const Position position = position_of(file, span.begin);
  return fmt::format("{}:{}:{}", file.path, position.line, position.column);
}

// The line of the span with the suggestion in its place.
void show_correction(std::string& out, const SourceFile& file, const Diagnostic& diagnostic, const Palette& palette) {
  if (diagnostic.suggestion.empty() || diagnostic.suggestion.size() > kLongestCorrection) return;
  const Window window = window_around(file.text, replaced_span(diagnostic));
  fmt::format_to(std::back_inserter(out), " {}perhaps:{} {}\n", palette.help, palette.plain,
                 window.before + diagnostic.suggestion + window.after);
}

}  // namespace

std::string render(const Diagnostic& diagnostic, std::span<const SourceFile> files, bool colour) {
  const Palette& palette = colour ? kColours : kPlain;
  const bool error = diagnostic.severity == Severity::error;
  const std::string_view tint = error ? palette.error : palette.warning;
  std::string out;
  const bool located = diagnostic.span.file < files.size();
  if (located) {
    fmt::format_to(std::back_inserter(out), "{}{}:{} ", palette.bold,
                   place(files[diagnostic.span.file], diagnostic.span), palette.plain);
  }
  fmt::format_to(std::back_inserter(out), "{}{} {}:{} {}{}{}\n", tint, error ? "error" : "warning",
                 code_name(diagnostic.code), palette.plain, palette.bold, printable(diagnostic.message), palette.plain);
  if (!located) return out;
  show_place(out, files[diagnostic.span.file], diagnostic.span, tint, palette);
  for (const Note& note : diagnostic.notes) {
    if (note.span.file >= files.size()) continue;
    const SourceFile& file = files[note.span.file];
    fmt::format_to(std::back_inserter(out), "{}: {}note:{} {}\n", place(file, note.span), palette.note, palette.plain,
                   printable(note.text));
    show_place(out, file, note.span, palette.note, palette);
  }
  show_correction(out, files[diagnostic.span.file], diagnostic, palette);
  return out;
}

}  // namespace iolaw
