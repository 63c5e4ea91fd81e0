// SPDX-License-Identifier: Apache-2.0
// Going on after a mistake inside braces: the next item, effect, field or constant is read as usual, so that one run
// tells every mistake of a declaration.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/syntax/config.hpp"
#include "model/syntax/tokens.hpp"

namespace iolaw::syntax {

// What the braces hold; decides where the next one of them starts.
enum class Entries : std::uint8_t { items, effects, fields, constants };

// After so many mistakes in one pair of braces the rest of them is skipped: it is probably something else.
inline constexpr std::size_t kMostMistakes = 20;

// Whether a word at the left margin starts a declaration.
bool starts_declaration(std::string_view word);

// Says that `wanted` was expected where the grammar stopped. Where something is missing at the end of a line, the
// mistake is there, not where the next token happens to stand.
void report_expectation(ParseState& state, const char* where, const char* last, const std::string& wanted);

// Whether what starts here at the left margin is a declaration: then the braces were never closed.
bool leaves_braces(Entries entries, std::string_view text, const char* where, const char* last);

// Where to go on after a mistake at `from` in the entry that starts at `begin`: at the next entry, or at the `}` that
// closes the braces around it. Null if a declaration starts, or the text ends, before either.
const char* next_entry(Entries entries, std::string_view text, const char* begin, const char* from, const char* last);

// `{` entries `}`. Reports every entry that does not parse; fails, with a report, if the braces are not closed.
template <typename Subject>
struct Block : x3::unary_parser<Subject, Block<Subject>> {
  using base_type = x3::unary_parser<Subject, Block<Subject>>;
  using entry_type = typename Subject::attribute_type;
  using attribute_type = std::vector<entry_type>;
  static constexpr bool has_attribute = true;
  static constexpr bool handles_container = true;
  Entries entries;
  const char* wanted;  // what may stand in the braces, for a message
  bool may_be_empty;

  constexpr Block(const Subject& entry, Entries which, const char* title, bool empty)
      : base_type(entry), entries(which), wanted(title), may_be_empty(empty) {}

  template <typename Context, typename RuleContext, typename Attribute>
  bool parse(Iterator& first, const Iterator& last, const Context& context, RuleContext&, Attribute& attribute) const {
    if (!symbol("{").parse(first, last, context, x3::unused, x3::unused)) return false;
    ParseState& state = state_of(context);
    attribute_type parsed;
    bool needed = !may_be_empty;
    for (std::size_t mistakes = 0;;) {
      if (!needed && symbol("}").parse(first, last, context, x3::unused, x3::unused)) break;
      Iterator begin = first;
      x3::skip_over(begin, last, context);
      const std::size_t errors = state.diagnostics.size();
      Iterator stopped = begin;
      if (leaves_braces(entries, state.text, begin, last)) {
        report_expectation(state, first, last, wanted);
        return false;
      }
      try {
        entry_type entry;
        if (this->subject.parse(first, last, context, x3::unused, entry)) {
          parsed.push_back(std::move(entry));
          needed = false;
          continue;
        }
        report_expectation(state, begin, last, wanted);
        if (symbol("}").parse(first, last, context, x3::unused, x3::unused)) break;
      } catch (const x3::expectation_failure<Iterator>& failure) {
        stopped = failure.where();
        if (state.diagnostics.size() == errors) report_expectation(state, stopped, last, failure.which());
      }
      const char* next = next_entry(entries, state.text, begin, stopped, last);
      if (next == nullptr || ++mistakes == kMostMistakes) return false;
      first = next;
      needed = false;
    }
    x3::traits::move_to(std::move(parsed), attribute);
    return true;
  }
};

template <typename Subject>
constexpr auto block(const Subject& subject, Entries entries, const char* wanted, bool may_be_empty = true) {
  return Block<Subject>(subject, entries, wanted, may_be_empty);
}

}  // namespace iolaw::syntax
