// SPDX-License-Identifier: Apache-2.0
// Drives the grammar over a file, declaration by declaration, and goes on after a mistake at the next one.
#include "model/syntax/parser.hpp"

#include <algorithm>
#include <array>

#include "model/syntax/grammar.hpp"
#include "model/syntax/lexis.hpp"
#include "model/syntax/recovery.hpp"
#include "model/syntax/utf8.hpp"

namespace iolaw::syntax {
namespace {

constexpr std::array<std::string_view, 16> kDeclarationWords = {
    "use",  "profile", "const", "enum",      "flags", "object", "count", "def",
    "rule", "probe",   "given", "invariant", "step",  "cover",  "axiom", "scope"};

// The next line that starts with a word of a declaration, after `from`.
const char* next_declaration(const char* from, const char* last) {
  for (const char* it = from; it != last; ++it) {
    if (*it == '\n' && starts_declaration(word_at(it + 1, last))) return it + 1;
  }
  return last;
}

void report_stray(ParseState& state, const char* where, const char* last) {
  const Span span = state.span(where, token_end(where, last));
  const std::string token = describe_token(where, last);
  const std::size_t line = state.text.rfind('\n', span.begin) + 1;  // npos + 1 is 0
  const std::string_view before = state.text.substr(line, span.begin - line);
  if (before.find_first_not_of(" \t") != std::string_view::npos) {
    state.diagnostics.push_back(make(Code::stray_text, span, "the declaration is complete before " + token));
    return;
  }
  Diagnostic diagnostic = make(Code::stray_text, span, "no declaration starts with " + token);
  diagnostic.suggestion = closest(word_at(where, last), {kDeclarationWords.begin(), kDeclarationWords.end()});
  state.diagnostics.push_back(std::move(diagnostic));
}

void report_depth(ParseState& state, const TooDeep& failure, const char* last, const Context& context) {
  Iterator where = failure.where;
  x3::skip_over(where, last, context);
  state.diagnostics.push_back(make(Code::too_deep, state.span(where, token_end(where, last)),
                                   "this nests more than " + std::to_string(kMaxDepth) + " levels deep"));
}

void collect_words(const char* first, const char* last, std::set<std::string, std::less<>>& words) {
  while (first != last) {
    const char* end = token_end(first, last);
    if (!word_at(first, last).empty()) words.emplace(first, end);
    first = end;
  }
}

}  // namespace

bool starts_declaration(std::string_view word) {
  return std::find(kDeclarationWords.begin(), kDeclarationWords.end(), word) != kDeclarationWords.end();
}

ParsedText parse_declarations(std::uint32_t file, std::string_view text, std::vector<Diagnostic>& diagnostics) {
  ParsedText result;
  ParseState state{file, text, diagnostics};
  Iterator it = text.data();
  const Iterator last = it + text.size();
  if (const char* bad = find_invalid_utf8(it, last)) {
    diagnostics.push_back(make(Code::invalid_utf8, state.span(bad, bad + 1), "this byte is not valid UTF-8"));
    collect_words(it, last, result.lost);
    return result;
  }
  const StateContext state_context = x3::make_context<state_tag>(state);
  const Skipper skipper;
  const Context context(skipper, state_context);
  for (x3::skip_over(it, last, context); it != last; x3::skip_over(it, last, context)) {
    const Iterator begin = it;
    const std::size_t errors = diagnostics.size();
    ast::Declaration node;
    bool matched = false;
    try {
      matched = declaration.parse(it, last, context, x3::unused, node);
      if (!matched) report_stray(state, it, last);
    } catch (const x3::expectation_failure<Iterator>& failure) {
      if (diagnostics.size() == errors) report_expectation(state, failure.where(), last, failure.which());
    } catch (const TooDeep& failure) {
      report_depth(state, failure, last, context);
    }
    if (matched && diagnostics.size() == errors) {
      result.declarations.push_back(std::move(node));
      continue;
    }
    if (!matched) it = next_declaration(begin, last);
    collect_words(begin, it, result.lost);
  }
  return result;
}

}  // namespace iolaw::syntax
