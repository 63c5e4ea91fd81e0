// SPDX-License-Identifier: Apache-2.0
#include "model/trace/json_values.hpp"

#include <fmt/core.h>

#include <charconv>

#include "model/eval/model.hpp"
#include "model/trace/trace.hpp"

namespace iolaw {
namespace {

using Json = nlohmann::ordered_json;

Json bigint(Word value) { return Json{{"#bigint", std::to_string(value)}}; }

Word parse_word(std::string_view text, const Json& in) {
  Word value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) {
    throw TraceError(fmt::format("{} is no number below 2^64", in.dump()));
  }
  return value;
}

Word word_from(const Json& in) {
  if (in.is_number_unsigned()) return in.get<Word>();
  return parse_word(in.at("#bigint").get_ref<const std::string&>(), in);
}

Word constant_from(const Enumeration& set, const Json& in) {
  const auto& name = in.get_ref<const std::string&>();
  for (std::size_t index = 0; index < set.constants.size(); ++index) {
    if (set.constants[index] == name) return index;
  }
  throw TraceError(fmt::format("{} is no constant of {}", in.dump(), set.name));
}

Word object_from(const Law& law, const Type& type, const Json& in) {
  const auto& text = in.get_ref<const std::string&>();
  if (text == "none") return kNone;
  const Word zero = 0;
  std::string prefix = to_string(law, Type{TypeTag::reference, false, type.id}, &zero);
  prefix.pop_back();
  if (text.rfind(prefix, 0) != 0) throw TraceError(fmt::format("{} is no {}", in.dump(), law.kinds[type.id].name));
  const Word object = parse_word(std::string_view(text).substr(prefix.size()), in);
  if (object >= kMostObjects) throw TraceError(fmt::format("{} is beyond the objects of a trace", in.dump()));
  return object;
}

}  // namespace

Json value_to_json(const Law& law, const Type& type, const Word* words) {
  if (type.tag != TypeTag::reference && type.maybe && words[1] == 0) return "none";
  switch (type.tag) {
    case TypeTag::boolean:
      return words[0] != 0;
    case TypeTag::u64:
    case TypeTag::pow2:
    case TypeTag::nat:
      return bigint(words[0]);
    case TypeTag::enumeration:
      return law.enums[type.id].constants.at(words[0]);
    case TypeTag::flags: {
      Json names = Json::array();
      const std::vector<std::string>& constants = law.flag_sets[type.id].constants;
      for (std::size_t bit = 0; bit < constants.size(); ++bit) {
        if ((words[0] >> bit & 1) != 0) names.push_back(constants[bit]);
      }
      return Json{{"#set", std::move(names)}};
    }
    case TypeTag::reference:
      return to_string(law, type, words);
    case TypeTag::interval:
      return Json{{"first", bigint(words[0])}, {"last", bigint(words[1])}};
  }
  return nullptr;
}

void value_from_json(const Law& law, const Type& type, const Json& in, Word* words) {
  if (type.tag != TypeTag::reference && type.maybe) {
    const bool none = in == "none";
    words[0] = 0;
    words[1] = none ? 0 : 1;
    if (none) return;
  }
  switch (type.tag) {
    case TypeTag::boolean:
      words[0] = in.get<bool>() ? 1 : 0;
      return;
    case TypeTag::u64:
    case TypeTag::pow2:
    case TypeTag::nat:
      words[0] = word_from(in);
      return;
    case TypeTag::enumeration:
      words[0] = constant_from(law.enums[type.id], in);
      return;
    case TypeTag::flags:
      words[0] = 0;
      for (const Json& name : in.at("#set")) words[0] |= Word{1} << constant_from(law.flag_sets[type.id], name);
      return;
    case TypeTag::reference:
      words[0] = object_from(law, type, in);
      return;
    case TypeTag::interval:
      words[0] = word_from(in.at("first"));
      words[1] = word_from(in.at("last"));
      return;
  }
}

int error_from_name(const std::string& name) {
  if (const int error = errno_number(name); error != 0) return error;
  constexpr std::string_view kPrefix = "errno ";
  if (name.rfind(kPrefix, 0) == 0) {
    const Word number = parse_word(std::string_view(name).substr(kPrefix.size()), name);
    if (number > 0 && number < 4096) return static_cast<int>(number);
  }
  throw TraceError(fmt::format("{} is no errno", name));
}

}  // namespace iolaw
