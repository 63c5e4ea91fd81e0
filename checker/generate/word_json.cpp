// SPDX-License-Identifier: Apache-2.0
#include "checker/generate/word_json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "checker/generate/read_cases.hpp"

namespace iolaw {
namespace {

Word constant_from(const Enumeration& set, const nlohmann::json& in) {
  const auto found = std::find(set.constants.begin(), set.constants.end(), in.get_ref<const std::string&>());
  if (found == set.constants.end()) throw CaseFileError(fmt::format("{} is no constant of {}", in.dump(), set.name));
  return static_cast<Word>(found - set.constants.begin());
}

}  // namespace

nlohmann::ordered_json word_to_json(const Law& law, const Type& type, Word word) {
  switch (type.tag) {
    case TypeTag::boolean:
      return word != 0;
    case TypeTag::enumeration:
      return law.enums[type.id].constants.at(word);
    case TypeTag::flags: {
      const std::vector<std::string>& constants = law.flag_sets[type.id].constants;
      nlohmann::ordered_json list = nlohmann::ordered_json::array();
      for (std::size_t i = 0; i < constants.size(); ++i) {
        if ((word >> i & 1) != 0) list.push_back(constants[i]);
      }
      return list;
    }
    default:
      return fmt::format("0x{:x}", word);
  }
}

Word number_from_json(const nlohmann::json& in) {
  const auto& text = in.get_ref<const std::string&>();
  Word word = 0;
  const char* const end = text.data() + text.size();
  const bool hex = text.rfind("0x", 0) == 0;
  if (!hex || std::from_chars(text.data() + 2, end, word, 16).ptr != end || text.size() == 2) {
    throw CaseFileError(in.dump() + " is no number");
  }
  return word;
}

Word word_from_json(const Law& law, const Type& type, const nlohmann::json& in) {
  Word flags = 0;
  switch (type.tag) {
    case TypeTag::boolean:
      return in.get<bool>() ? 1 : 0;
    case TypeTag::enumeration:
      return constant_from(law.enums[type.id], in);
    case TypeTag::flags:
      for (const nlohmann::json& name : in) flags |= Word{1} << constant_from(law.flag_sets[type.id], name);
      return flags;
    default:
      return number_from_json(in);
  }
}

}  // namespace iolaw
