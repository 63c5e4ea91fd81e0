// SPDX-License-Identifier: Apache-2.0
// The terminals: words, symbols, names, numbers, quoted text. Each skips white space first, leaves the position alone
// when it does not match, and names itself as a reader would.
#pragma once

#include <string>
#include <string_view>

#include "model/syntax/ast.hpp"
#include "model/syntax/config.hpp"
#include "model/syntax/lexis.hpp"

namespace iolaw::syntax {

template <typename Context>
ParseState& state_of(const Context& context) {
  return x3::get<state_tag>(context);
}

// A word of the language, whole: `in` does not match the start of `interval`.
struct Word_ : x3::parser<Word_> {
  using attribute_type = x3::unused_type;
  static constexpr bool has_attribute = false;
  std::string_view text;
  constexpr explicit Word_(std::string_view word) : text(word) {}

  template <typename Context, typename RuleContext, typename Attribute>
  bool parse(Iterator& first, const Iterator& last, const Context& context, RuleContext&, Attribute&) const {
    Iterator it = first;
    x3::skip_over(it, last, context);
    if (word_at(it, last) != text) return false;
    first = it + text.size();
    return true;
  }
};

// Punctuation, longest match: `.` does not match the start of `..`.
struct Symbol : x3::parser<Symbol> {
  using attribute_type = x3::unused_type;
  static constexpr bool has_attribute = false;
  std::string_view text;
  constexpr explicit Symbol(std::string_view symbol) : text(symbol) {}

  template <typename Context, typename RuleContext, typename Attribute>
  bool parse(Iterator& first, const Iterator& last, const Context& context, RuleContext&, Attribute&) const {
    Iterator it = first;
    x3::skip_over(it, last, context);
    if (symbol_at(it, last) != text) return false;
    first = it + text.size();
    return true;
  }
};

// A name. `any_word` accepts words of the language too, where nothing else may stand; `dotted` accepts `a.b`.
struct NameToken : x3::parser<NameToken> {
  using attribute_type = ast::Name;
  static constexpr bool has_attribute = true;
  const char* title;
  bool any_word;
  bool dotted;
  constexpr NameToken(const char* what, bool any, bool dots) : title(what), any_word(any), dotted(dots) {}

  template <typename Context, typename RuleContext, typename Attribute>
  bool parse(Iterator& first, const Iterator& last, const Context& context, RuleContext&, Attribute& attribute) const {
    Iterator it = first;
    x3::skip_over(it, last, context);
    const std::string_view word = word_at(it, last);
    if (word.empty() || (!any_word && is_reserved(word))) return false;
    Iterator end = it + word.size();
    while (dotted && last - end > 1 && *end == '.') {
      const std::string_view next = word_at(end + 1, last);
      if (next.empty()) break;
      end += 1 + next.size();
    }
    x3::traits::move_to(ast::Name{std::string(it, end), state_of(context).span(it, end)}, attribute);
    first = end;
    return true;
  }
};

// Decimal or hexadecimal, `_` between digits. What does not fit 64 bits is reported and read as 0.
struct NumberToken : x3::parser<NumberToken> {
  using attribute_type = ast::Expr;
  static constexpr bool has_attribute = true;

  template <typename Context, typename RuleContext, typename Attribute>
  bool parse(Iterator& first, const Iterator& last, const Context& context, RuleContext&, Attribute& attribute) const {
    Iterator it = first;
    x3::skip_over(it, last, context);
    if (it == last || *it < '0' || *it > '9') return false;
    ast::Expr number;
    number.tag = ast::Tag::number;
    const Iterator end = read_number(it, last, state_of(context), number.value);
    number.span = state_of(context).span(it, end);
    x3::traits::move_to(std::move(number), attribute);
    first = end;
    return true;
  }
};

// "…" on one line, without escapes.
struct TextToken : x3::parser<TextToken> {
  using attribute_type = ast::Name;
  static constexpr bool has_attribute = true;
  const char* title;
  constexpr explicit TextToken(const char* what) : title(what) {}

  template <typename Context, typename RuleContext, typename Attribute>
  bool parse(Iterator& first, const Iterator& last, const Context& context, RuleContext&, Attribute& attribute) const {
    Iterator it = first;
    x3::skip_over(it, last, context);
    if (it == last || *it != '"') return false;
    const Iterator end = read_text(it, last, state_of(context));
    const bool closed = end - it > 1 && end[-1] == '"';
    x3::traits::move_to(ast::Name{std::string(it + 1, closed ? end - 1 : end), state_of(context).span(it, end)},
                        attribute);
    first = end;
    return true;
  }
};

// 6.17, as one token: both numbers are of at most six digits.
struct VersionToken : x3::parser<VersionToken> {
  using attribute_type = Version;
  static constexpr bool has_attribute = true;

  template <typename Context, typename RuleContext, typename Attribute>
  bool parse(Iterator& first, const Iterator& last, const Context& context, RuleContext&, Attribute& attribute) const {
    Iterator it = first;
    x3::skip_over(it, last, context);
    Version version;
    it = read_version(it, last, version);
    if (it == nullptr) return false;
    x3::traits::move_to(version, attribute);
    first = it;
    return true;
  }
};

// The text up to the next line that starts at the left margin; comments in it become blanks.
struct ScopeTextToken : x3::parser<ScopeTextToken> {
  using attribute_type = ast::Name;
  static constexpr bool has_attribute = true;

  template <typename Context, typename RuleContext, typename Attribute>
  bool parse(Iterator& first, const Iterator& last, const Context& context, RuleContext&, Attribute& attribute) const {
    Iterator it = first;
    x3::skip_over(it, last, context);
    std::string text;
    const Iterator end = read_paragraph(it, last, text);
    if (text.empty()) return false;
    x3::traits::move_to(ast::Name{std::move(text), state_of(context).span(it, end)}, attribute);
    first = end;
    return true;
  }
};

// Refuses a word at the left margin: it starts the next declaration.
struct Indented : x3::parser<Indented> {
  using attribute_type = x3::unused_type;
  static constexpr bool has_attribute = false;

  template <typename Context, typename RuleContext, typename Attribute>
  bool parse(Iterator& first, const Iterator& last, const Context& context, RuleContext&, Attribute&) const {
    Iterator it = first;
    x3::skip_over(it, last, context);
    return it == state_of(context).text.data() || it[-1] != '\n';
  }
};
inline constexpr Indented indented;

// One level deeper for the subject: every recursion of the grammar passes through this.
template <typename Subject>
struct Nested : x3::unary_parser<Subject, Nested<Subject>> {
  using base_type = x3::unary_parser<Subject, Nested<Subject>>;
  static constexpr bool is_pass_through_unary = true;
  constexpr explicit Nested(const Subject& inner) : base_type(inner) {}

  template <typename Context, typename RuleContext, typename Attribute>
  bool parse(Iterator& first, const Iterator& last, const Context& context, RuleContext& rule,
             Attribute& attribute) const {
    const Level level(state_of(context), first);
    return this->subject.parse(first, last, context, rule, attribute);
  }
};

template <typename Subject>
constexpr auto nested(const Subject& subject) {
  return Nested<Subject>(subject);
}

// Tells the node of the rule where the subject stands.
template <typename Subject>
struct Located : x3::unary_parser<Subject, Located<Subject>> {
  using base_type = x3::unary_parser<Subject, Located<Subject>>;
  static constexpr bool is_pass_through_unary = true;
  constexpr explicit Located(const Subject& inner) : base_type(inner) {}

  template <typename Context, typename Node, typename Attribute>
  bool parse(Iterator& first, const Iterator& last, const Context& context, Node& node, Attribute& attribute) const {
    Iterator begin = first;
    x3::skip_over(begin, last, context);
    if (!this->subject.parse(first, last, context, node, attribute)) return false;
    node.span = state_of(context).span(begin, first);
    return true;
  }
};

template <typename Subject>
constexpr auto located(const Subject& subject) {
  return Located<Subject>(subject);
}

// Likewise; where the subject matched nothing, the place right behind what stands before.
template <typename Subject>
struct Placed : x3::unary_parser<Subject, Placed<Subject>> {
  using base_type = x3::unary_parser<Subject, Placed<Subject>>;
  static constexpr bool is_pass_through_unary = true;
  constexpr explicit Placed(const Subject& inner) : base_type(inner) {}

  template <typename Context, typename Node, typename Attribute>
  bool parse(Iterator& first, const Iterator& last, const Context& context, Node& node, Attribute& attribute) const {
    Iterator begin = first;
    if (!this->subject.parse(first, last, context, node, attribute)) return false;
    if (first != begin) x3::skip_over(begin, first, context);
    node.span = state_of(context).span(begin, first);
    return true;
  }
};

template <typename Subject>
constexpr auto placed(const Subject& subject) {
  return Placed<Subject>(subject);
}

constexpr Word_ word(std::string_view text) { return Word_(text); }
constexpr Symbol symbol(std::string_view text) { return Symbol(text); }

inline constexpr NameToken name_token("a name", false, false);
inline constexpr NameToken field_token("the name of a field", true, false);
inline constexpr NameToken tag_token("a tag such as [length]", true, false);
inline constexpr NameToken dotted_token("a name", false, true);
inline constexpr NameToken term_token("a field of a kind, such as Device.ioas", false, true);
inline constexpr NameToken module_token("the name of a module, such as iommufd.ioas", true, true);
inline constexpr NameToken rule_token("the name of a rule, such as ioas.map", true, true);
inline constexpr NameToken property_token("the name of a property, such as area.disjoint", true, true);
inline constexpr NameToken type_token("a type", true, false);
inline constexpr NameToken kind_token("the name of a kind of object", false, false);
inline constexpr NameToken error_token("an error such as EINVAL", false, false);
inline constexpr NameToken profile_token("the name of a profile", false, false);
inline constexpr NameToken scope_token("the name of a scope", true, false);
inline constexpr VersionToken version_token;
inline constexpr ScopeTextToken scope_text_token;
inline constexpr NameToken anchor_token("the name of a function or section", true, true);
inline constexpr TextToken title_token("a title in quotes");
inline constexpr TextToken section_token("a section in quotes");
inline constexpr TextToken file_token("a file name in quotes");
inline constexpr NumberToken number_token;

}  // namespace iolaw::syntax

namespace boost::spirit::x3 {

template <>
struct get_info<iolaw::syntax::Word_> {
  using result_type = std::string;
  std::string operator()(const iolaw::syntax::Word_& token) const { return iolaw::syntax::quote(token.text); }
};
template <>
struct get_info<iolaw::syntax::Symbol> {
  using result_type = std::string;
  std::string operator()(const iolaw::syntax::Symbol& token) const { return iolaw::syntax::quote(token.text); }
};
template <>
struct get_info<iolaw::syntax::NameToken> {
  using result_type = std::string;
  std::string operator()(const iolaw::syntax::NameToken& token) const { return token.title; }
};
template <>
struct get_info<iolaw::syntax::TextToken> {
  using result_type = std::string;
  std::string operator()(const iolaw::syntax::TextToken& token) const { return token.title; }
};
template <>
struct get_info<iolaw::syntax::VersionToken> {
  using result_type = std::string;
  std::string operator()(const iolaw::syntax::VersionToken&) const { return "a version such as 6.17"; }
};
template <>
struct get_info<iolaw::syntax::ScopeTextToken> {
  using result_type = std::string;
  std::string operator()(const iolaw::syntax::ScopeTextToken&) const { return "a scope such as Ioas=2, address=0..3"; }
};
template <typename Subject>
struct get_info<iolaw::syntax::Placed<Subject>> {
  using result_type = std::string;
  std::string operator()(const iolaw::syntax::Placed<Subject>& parser) const { return what(parser.subject); }
};
template <typename Subject>
struct get_info<iolaw::syntax::Nested<Subject>> {
  using result_type = std::string;
  std::string operator()(const iolaw::syntax::Nested<Subject>& parser) const { return what(parser.subject); }
};
template <typename Subject>
struct get_info<iolaw::syntax::Located<Subject>> {
  using result_type = std::string;
  std::string operator()(const iolaw::syntax::Located<Subject>& parser) const { return what(parser.subject); }
};
template <typename Subject, typename Action>
struct get_info<action<Subject, Action>> {
  using result_type = std::string;
  std::string operator()(const action<Subject, Action>& parser) const { return what(parser.subject); }
};

}  // namespace boost::spirit::x3
