// SPDX-License-Identifier: Apache-2.0
#include "model/emit/scope.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <map>
#include <optional>
#include <set>

namespace iolaw::emit {
namespace {

// Values of one parameter; more would make no search that ends.
constexpr std::size_t kMostValues = 1 << 16;

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(separator, begin), text.size());
    parts.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

Word parse_number(std::string_view text) {
  text = trim(text);
  if (text == "MAX") return ~Word{0};
  std::string digits;
  std::copy_if(text.begin(), text.end(), std::back_inserter(digits), [](char c) { return c != '_'; });
  const bool hexadecimal = digits.starts_with("0x");
  const char* begin = digits.data() + (hexadecimal ? 2 : 0);
  const char* end = digits.data() + digits.size();
  Word value = 0;
  const auto [stopped, error] = std::from_chars(begin, end, value, hexadecimal ? 16 : 10);
  if (begin == end || stopped != end || error != std::errc{}) {
    throw ScopeError(fmt::format("“{}” is no number: write 12, 0xc or MAX", text));
  }
  return value;
}

std::vector<Word> parse_values(std::string_view text) {
  std::vector<Word> values;
  for (const std::string_view part : split(text, '|')) {
    const std::size_t slash = part.find('/');
    const Word stride = slash == std::string_view::npos ? 1 : parse_number(part.substr(slash + 1));
    const std::string_view range = part.substr(0, slash);
    const std::size_t dots = range.find("..");
    const Word first = parse_number(range.substr(0, dots));
    const Word last = dots == std::string_view::npos ? first : parse_number(range.substr(dots + 2));
    if (stride == 0) throw ScopeError(fmt::format("“{}” has a stride of 0", part));
    if (first > last) throw ScopeError(fmt::format("“{}” ends before it begins", part));
    if ((last - first) / stride >= kMostValues) {
      throw ScopeError(fmt::format("“{}” has more than {} values", part, kMostValues));
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

std::vector<Word> all_below(Word end) {
  std::vector<Word> values(end);
  for (Word value = 0; value < end; ++value) values[value] = value;
  return values;
}

std::optional<std::uint32_t> find_kind(const Law& law, std::string_view name) {
  for (std::uint32_t kind = 0; kind < law.kinds.size(); ++kind) {
    if (law.kinds[kind].name == name) return kind;
  }
  return std::nullopt;
}

class Values {
 public:
  void add(const std::string& name, std::string_view text) { given_[name] = parse_values(text); }

  std::vector<Word> of(const Law& law, const Rule& rule, const Parameter& parameter) {
    switch (parameter.type.tag) {
      case TypeTag::reference:
        return {};
      case TypeTag::boolean:
        return given(rule, parameter, all_below(2));
      case TypeTag::enumeration:
        return given(rule, parameter, all_below(law.enums[parameter.type.id].constants.size()));
      case TypeTag::flags: {
        const std::size_t flags = law.flag_sets[parameter.type.id].constants.size();
        if (flags > 12) throw ScopeError(fmt::format("{} has too many sets to try them all", parameter.name));
        return given(rule, parameter, all_below(Word{1} << flags));
      }
      default:
        break;
    }
    std::vector<Word> values = given(rule, parameter, {});
    if (parameter.type.tag == TypeTag::pow2)
      std::erase_if(values, [](Word value) { return !std::has_single_bit(value); });
    if (values.empty()) {
      throw ScopeError(fmt::format("the scope gives {} of {} no value: add {}=… or address=…", parameter.name,
                                   rule.name, parameter.name));
    }
    return values;
  }

  // Each name must mean something in the law.
  void check_names(const Law& law) const {
    std::set<std::string> known{"address"};
    for (const Rule& rule : law.rules) {
      for (const Parameter& parameter : rule.parameters) {
        if (rule.probe || parameter.type.tag == TypeTag::reference) continue;
        known.insert({parameter.name, fmt::format("{}.{}", rule.name, parameter.name), fmt::format("{}.*", rule.name)});
      }
    }
    for (const auto& [name, values] : given_) {
      if (known.contains(name)) continue;
      throw ScopeError(fmt::format("“{}” is neither a kind of the law nor a parameter that takes values", name));
    }
  }

 private:
  std::vector<Word> given(const Rule& rule, const Parameter& parameter, std::vector<Word> otherwise) {
    std::vector<std::string> names{fmt::format("{}.{}", rule.name, parameter.name), parameter.name};
    if (parameter.type.is_integer()) {
      names.insert(names.begin() + 1, fmt::format("{}.*", rule.name));
      names.emplace_back("address");
    }
    for (const std::string& name : names) {
      if (const auto found = given_.find(name); found != given_.end()) return found->second;
    }
    return otherwise;
  }

  std::map<std::string, std::vector<Word>> given_;
};

}  // namespace

Scope whole_scope(const Law& law, std::uint32_t objects) {
  if (objects == 0 || objects > kMostObjects)
    throw ScopeError(fmt::format("1 to {} objects of a kind are possible", kMostObjects));
  Scope scope;
  scope.objects.assign(law.kinds.size(), objects);
  return scope;
}

Scope parse_scope(const Law& law, std::string_view text) {
  Scope scope;
  scope.enumerable = true;
  scope.objects.assign(law.kinds.size(), 1);
  Values values;
  for (const std::string_view entry : split(text, ',')) {
    if (trim(entry).empty()) continue;
    const std::size_t equals = entry.find('=');
    if (equals == std::string_view::npos) throw ScopeError(fmt::format("“{}” is not NAME=VALUE", trim(entry)));
    const std::string name(trim(entry.substr(0, equals)));
    const std::string_view value = trim(entry.substr(equals + 1));
    if (const auto kind = find_kind(law, name)) {
      const Word objects = parse_number(value);
      if (objects > kMostObjects) {
        throw ScopeError(fmt::format("{} objects of {} are too many: at most {}", objects, name, kMostObjects));
      }
      scope.objects[*kind] = static_cast<std::uint32_t>(objects);
    } else {
      values.add(name, value);
    }
  }
  values.check_names(law);
  Word greatest = 1;
  for (const Rule& rule : law.rules) {
    std::vector<std::vector<Word>>& of_rule = scope.arguments.emplace_back();
    for (const Parameter& parameter : rule.parameters) {
      if (rule.probe) {
        of_rule.emplace_back();
        continue;
      }
      of_rule.push_back(values.of(law, rule, parameter));
      if (parameter.type.is_integer()) greatest = std::max(greatest, of_rule.back().back());
    }
  }
  scope.bits = static_cast<unsigned>(std::bit_width(greatest));
  return scope;
}

std::string to_string(const Law& law, const Scope& scope) {
  std::string text;
  for (std::uint32_t kind = 0; kind < law.kinds.size(); ++kind) {
    text += fmt::format("{}{}={}", kind == 0 ? "" : ", ", law.kinds[kind].name, scope.objects[kind]);
  }
  return text;
}

}  // namespace iolaw::emit
