// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <cctype>

#include "model/eval/model.hpp"

namespace iolaw {
namespace {

// "ioas3" for the object 3 of the kind Ioas.
std::string object_name(const Kind& kind, Word object) {
  if (object == kNone) return "none";
  std::string name;
  for (const char letter : kind.name) name += static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
  return name + std::to_string(object);
}

// Small numbers read best in decimal, addresses in hexadecimal.
std::string number(Word value) {
  if (value == ~Word{0}) return "MAX";
  return value < 10 ? std::to_string(value) : fmt::format("{:#x}", value);
}

std::string flags(const Enumeration& set, Word mask) {
  std::string text;
  for (std::size_t bit = 0; bit < 64; ++bit) {
    if ((mask >> bit & 1) == 0) continue;
    if (!text.empty()) text += ", ";
    text += bit < set.constants.size() ? set.constants[bit] : fmt::format("bit {}", bit);
  }
  return "{" + text + "}";
}

}  // namespace

std::string to_string(const Law& law, const Type& type, const Word* words) {
  switch (type.tag) {
    case TypeTag::boolean:
      return words[0] != 0 ? "true" : "false";
    case TypeTag::u64:
    case TypeTag::pow2:
    case TypeTag::nat:
      return type.maybe && words[1] == 0 ? "none" : number(words[0]);
    case TypeTag::enumeration: {
      const Enumeration& set = law.enums[type.id];
      return words[0] < set.constants.size() ? set.constants[words[0]] : fmt::format("{} {}", set.name, words[0]);
    }
    case TypeTag::flags:
      return flags(law.flag_sets[type.id], words[0]);
    case TypeTag::reference:
      return object_name(law.kinds[type.id], words[0]);
    case TypeTag::interval:
      return number(words[0]) + ".." + number(words[1]);
  }
  return {};
}

std::string to_string(const Law& law, const Call& call) {
  const Rule& rule = law.rules[call.rule];
  std::string text = rule.name + "(";
  for (std::size_t which = 0; which < rule.parameters.size() && which < call.arguments.size(); ++which) {
    const Parameter& parameter = rule.parameters[which];
    if (which != 0) text += ", ";
    const std::string value = to_string(law, parameter.type, &call.arguments[which]);
    // A reference says what it is, if the parameter is named for its kind.
    const bool clear = parameter.type.tag == TypeTag::reference && value.rfind(parameter.name, 0) == 0;
    text += clear ? value : parameter.name + " = " + value;
  }
  return text + ")";
}

std::string to_string(const Law& law, const Call& call, const Outcome& outcome, std::uint32_t branch) {
  const Rule& rule = law.rules[call.rule];
  if (outcome.error != 0) {
    const std::string name = errno_name(outcome.error);
    return branch == kSuccess ? name : fmt::format("{} ({})", name, branch_id(rule, branch));
  }
  std::string text = "ok";
  for (std::size_t which = 0; which < rule.results.size() && which < outcome.results.size(); ++which) {
    const Result& result = rule.results[which];
    const std::optional<Word>& value = outcome.results[which];
    const Word words[2] = {value.value_or(kNone), value ? Word{1} : Word{0}};
    text += fmt::format(", {} = {}", result.name, value ? to_string(law, result.type, words) : "none");
  }
  return text;
}

}  // namespace iolaw
