// SPDX-License-Identifier: Apache-2.0
#include "model/law/scope_text.hpp"

#include <algorithm>
#include <bit>
#include <charconv>
#include <map>
#include <optional>
#include <set>

namespace iolaw {
namespace {

// Values of one parameter; more would make no search that ends.
constexpr std::size_t kMostValues = 1 << 16;
constexpr std::size_t kMostFlags = 12;

std::string quote(std::string_view text) { return "“" + std::string(text) + "”"; }

class Reader {
 public:
  Reader(const Law& law, std::string_view text) : law_(law), text_(text) {}

  ScopeValues read() {
    ScopeValues scope;
    scope.objects.assign(law_.kinds.size(), 1);
    for (const std::string_view entry : split(text_, ',')) {
      if (!trim(entry).empty()) add(entry, scope);
    }
    check_names();
    for (const Rule& rule : law_.rules) {
      std::vector<std::vector<Word>>& of_rule = scope.arguments.emplace_back();
      for (const Parameter& parameter : rule.parameters) {
        of_rule.push_back(rule.probe ? std::vector<Word>() : values_of(rule, parameter));
      }
    }
    return scope;
  }

 private:
  struct Given {
    std::vector<Word> values;
    std::string_view name;
  };

  [[noreturn]] void fail(std::string_view part, const std::string& message) const {
    part = trim(part);
    throw ScopeMistake(message, static_cast<std::size_t>(part.data() - text_.data()), part.size());
  }

  static std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    for (std::size_t begin = 0; begin <= text.size();) {
      const std::size_t end = std::min(text.find(separator, begin), text.size());
      parts.push_back(text.substr(begin, end - begin));
      begin = end + 1;
    }
    return parts;
  }

  static std::string_view trim(std::string_view text) {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    return text;
  }

  void add(std::string_view entry, ScopeValues& scope) {
    const std::size_t equals = entry.find('=');
    if (equals == std::string_view::npos) fail(entry, quote(trim(entry)) + " is not NAME=VALUE");
    const std::string_view name = trim(entry.substr(0, equals));
    const std::string_view value = entry.substr(equals + 1);
    const auto kind = std::find_if(law_.kinds.begin(), law_.kinds.end(), [&](const Kind& k) { return k.name == name; });
    const bool fresh = kind == law_.kinds.end() ? given_.emplace(std::string(name), Given{values(value), name}).second
                                                : counted_.insert(std::string(name)).second;
    if (!fresh) fail(name, quote(name) + " is given twice");
    if (kind == law_.kinds.end()) return;
    const Word objects = number(value);
    if (objects > kMostScopeObjects) {
      fail(value, std::to_string(objects) + " objects of " + kind->name + " are too many: at most " +
                      std::to_string(kMostScopeObjects));
    }
    scope.objects[static_cast<std::size_t>(kind - law_.kinds.begin())] = static_cast<std::uint32_t>(objects);
  }

  Word number(std::string_view text) const {
    const std::string_view trimmed = trim(text);
    if (trimmed == "MAX") return ~Word{0};
    std::string digits;
    std::copy_if(trimmed.begin(), trimmed.end(), std::back_inserter(digits), [](char c) { return c != '_'; });
    const bool hexadecimal = digits.starts_with("0x");
    const char* begin = digits.data() + (hexadecimal ? 2 : 0);
    const char* end = digits.data() + digits.size();
    Word value = 0;
    const auto [stopped, error] = std::from_chars(begin, end, value, hexadecimal ? 16 : 10);
    if (begin == end || stopped != end || error != std::errc{}) {
      fail(text, quote(trimmed) + " is no number: write 12, 0xc or MAX");
    }
    return value;
  }

  std::vector<Word> values(std::string_view text) const {
    std::vector<Word> values;
    for (const std::string_view part : split(text, '|')) {
      const std::size_t slash = part.find('/');
      const Word stride = slash == std::string_view::npos ? 1 : number(part.substr(slash + 1));
      const std::string_view range = part.substr(0, slash);
      const std::size_t dots = range.find("..");
      const Word first = number(range.substr(0, dots));
      const Word last = dots == std::string_view::npos ? first : number(range.substr(dots + 2));
      if (stride == 0) fail(part, quote(trim(part)) + " has a stride of 0");
      if (first > last) fail(part, quote(trim(part)) + " ends before it begins");
      if ((last - first) / stride >= kMostValues) {
        fail(part, quote(trim(part)) + " has more than " + std::to_string(kMostValues) + " values");
      }
      for (Word value = first;; value += stride) {
        values.push_back(value);
        if (last - value < stride) break;
      }
    }
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
    return values;
  }

  static std::vector<Word> all_below(Word end) {
    std::vector<Word> values(end);
    for (Word value = 0; value < end; ++value) values[value] = value;
    return values;
  }

  std::vector<Word> values_of(const Rule& rule, const Parameter& parameter) const {
    switch (parameter.type.tag) {
      case TypeTag::reference:
        return {};
      case TypeTag::boolean:
        return given(rule, parameter, all_below(2));
      case TypeTag::enumeration:
        return given(rule, parameter, all_below(law_.enums[parameter.type.id].constants.size()));
      case TypeTag::flags: {
        const std::size_t flags = law_.flag_sets[parameter.type.id].constants.size();
        std::vector<Word> all = flags > kMostFlags ? std::vector<Word>() : all_below(Word{1} << flags);
        std::vector<Word> values = given(rule, parameter, std::move(all));
        if (values.empty())
          fail(text_, parameter.name + " has too many sets to try them all: add " + parameter.name + "=…");
        return values;
      }
      default:
        break;
    }
    std::vector<Word> values = given(rule, parameter, {});
    if (parameter.type.tag == TypeTag::pow2)
      std::erase_if(values, [](Word value) { return !std::has_single_bit(value); });
    if (values.empty()) {
      fail(text_, "the scope gives " + parameter.name + " of " + rule.name + " no value: add " + parameter.name +
                      "=… or address=…");
    }
    return values;
  }

  std::vector<Word> given(const Rule& rule, const Parameter& parameter, std::vector<Word> otherwise) const {
    std::vector<std::string> names{rule.name + "." + parameter.name, parameter.name};
    if (parameter.type.is_integer()) {
      names.insert(names.begin() + 1, rule.name + ".*");
      names.emplace_back("address");
    }
    for (const std::string& name : names) {
      if (const auto found = given_.find(name); found != given_.end()) return found->second.values;
    }
    return otherwise;
  }

  // Each name must mean something in the law.
  void check_names() const {
    std::set<std::string> known{"address"};
    for (const Rule& rule : law_.rules) {
      for (const Parameter& parameter : rule.parameters) {
        if (rule.probe || parameter.type.tag == TypeTag::reference) continue;
        known.insert({parameter.name, rule.name + "." + parameter.name, rule.name + ".*"});
      }
    }
    for (const auto& [name, given] : given_) {
      if (known.contains(name)) continue;
      ScopeMistake mistake(quote(name) + " is neither a kind of the law nor a parameter that takes values",
                           static_cast<std::size_t>(given.name.data() - text_.data()), given.name.size());
      for (const Kind& kind : law_.kinds) mistake.known.push_back(kind.name);
      mistake.known.insert(mistake.known.end(), known.begin(), known.end());
      throw mistake;
    }
  }

  const Law& law_;
  std::string_view text_;
  std::map<std::string, Given> given_;
  std::set<std::string> counted_;
};

}  // namespace

ScopeValues read_scope(const Law& law, std::string_view text) { return Reader(law, text).read(); }

}  // namespace iolaw
