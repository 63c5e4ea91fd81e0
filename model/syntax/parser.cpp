// SPDX-License-Identifier: Apache-2.0
// Drives the grammar over a file, declaration by declaration, and goes on after a mistake at the next one.
#include "model/syntax/parser.hpp"

#include <algorithm>
#include <array>

#include "model/syntax/grammar.hpp"
#include "model/syntax/lexis.hpp"
#include "model/syntax/utf8.hpp"

namespace iolaw::syntax {
namespace {

constexpr std::array<std::string_view, 12> kDeclarationWords = {
    "use", "const", "enum", "flags", "object", "count", "def", "rule", "probe", "invariant", "step", "cover"};

bool starts_declaration(std::string_view word) {
  return std::find(kDeclarationWords.begin(), kDeclarationWords.end(), word) != kDeclarationWords.end();
}

// The next line that starts with a word of a declaration, after `from`.
const char* next_declaration(const char* from, const char* last) {
  for (const char* it = from; it != last; ++it) {
    if (*it == '\n' && starts_declaration(word_at(it + 1, last))) return it + 1;
  }
  return last;
}

void report_expectation(ParseState& state, const x3::expectation_failure<Iterator>& failure, const char* last,
                        const Context& context) {
  Iterator where = failure.where();
  x3::skip_over(where, last, context);
  const Iterator end = token_end(where, last);
  state.diagnostics.push_back(make(Code::expected, state.span(where, end),
                                   "expected " + failure.which() + ", found " + describe_token(where, last)));
}

void report_stray(ParseState& state, const char* where, const char* last) {
  Diagnostic diagnostic = make(Code::stray_text, state.span(where, token_end(where, last)),
                               "no declaration starts with " + describe_token(where, last));
  const std::string_view word = word_at(where, last);
  diagnostic.suggestion = closest(word, {kDeclarationWords.begin(), kDeclarationWords.end()});
  state.diagnostics.push_back(std::move(diagnostic));
}

}  // namespace

std::vector<ast::Declaration> parse_declarations(std::uint32_t file, std::string_view text,
                                                 std::vector<Diagnostic>& diagnostics) {
  std::vector<ast::Declaration> declarations;
  ParseState state{file, text, diagnostics};
  Iterator it = text.data();
  const Iterator last = it + text.size();
  if (const char* bad = find_invalid_utf8(it, last)) {
    diagnostics.push_back(make(Code::invalid_utf8, state.span(bad, bad + 1), "this byte is not valid UTF-8"));
    return declarations;
  }
  const StateContext state_context = x3::make_context<state_tag>(state);
  const Skipper skipper;
  const Context context(skipper, state_context);
  for (;;) {
    x3::skip_over(it, last, context);
    if (it == last) break;
    const Iterator begin = it;
    const std::size_t errors = diagnostics.size();
    try {
      ast::Declaration node;
      if (declaration.parse(it, last, context, x3::unused, node)) {
        if (diagnostics.size() == errors) declarations.push_back(std::move(node));
        continue;
      }
      report_stray(state, it, last);
      it = next_declaration(begin, last);
    } catch (const x3::expectation_failure<Iterator>& failure) {
      if (diagnostics.size() == errors) report_expectation(state, failure, last, context);
      it = next_declaration(begin, last);
    } catch (const TooDeep& failure) {
      Iterator where = failure.where;
      x3::skip_over(where, last, context);
      diagnostics.push_back(make(Code::too_deep, state.span(where, token_end(where, last)),
                                 "this nests more than " + std::to_string(kMaxDepth) + " levels deep"));
      it = next_declaration(begin, last);
    }
  }
  return declarations;
}

}  // namespace iolaw::syntax
