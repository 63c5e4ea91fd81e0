// SPDX-License-Identifier: Apache-2.0
#include "checker/prove/witness_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include "model/diagnostics/codes.hpp"

namespace iolaw {
namespace {

// Numbers from here on are addresses and lengths more often than not.
constexpr Word kFirstHex = 0x1000;

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r";
  const std::size_t begin = text.find_first_not_of(kBlank);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlank) + 1 - begin);
}

// "none", "17", "0x1000"
std::optional<Word> word_from(std::string_view text) {
  if (text == "none") return kNone;
  const bool is_hex = text.starts_with("0x");
  if (is_hex) text.remove_prefix(2);
  Word word = 0;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), word, is_hex ? 16 : 10);
  if (end.ec != std::errc{} || end.ptr != text.data() + text.size()) return std::nullopt;
  return word;
}

// The call is one that the rule takes: the law may have changed since it was kept.
bool is_taken(const Law& law, const Rule& rule, const Call& call) {
  if (rule.probe || call.arguments.size() != rule.parameters.size()) return false;
  for (std::size_t i = 0; i < call.arguments.size(); ++i) {
    const Type& type = rule.parameters[i].type;
    const Word word = call.arguments[i];
    if (type.tag == TypeTag::boolean && word > 1) return false;
    if (type.tag == TypeTag::enumeration && word >= law.enums[type.id].constants.size()) return false;
    if (type.tag == TypeTag::flags && word >> law.flag_sets[type.id].constants.size() != 0) return false;
    if (type.tag == TypeTag::pow2 && (word == 0 || (word & (word - 1)) != 0)) return false;
  }
  return true;
}

// What is wrong with the name of a section; nothing if lines below it are read by some profile.
std::optional<std::string> misnamed(const Law& law, const std::string& section) {
  std::vector<std::string_view> others;
  for (std::size_t i = 1; i < law.profiles.size(); ++i) others.push_back(law.profiles[i].name);
  if (std::find(others.begin(), others.end(), section) != others.end()) return std::nullopt;
  if (!law.profiles.empty() && section == law.profiles.front().name) {
    return "what is of " + section + ", the first profile of the law, stands above all sections; nothing reads it here";
  }
  const std::string meant = closest(section, others);
  return "the law has no profile " + section + (meant.empty() ? "" : ": write `[" + meant + "]`");
}

}  // namespace

std::string name_of(const Finding& finding) { return finding.rule + " " + finding.property; }

bool is_of_first_profile(const Law& law) { return !law.profile || *law.profile == 0; }

WitnessSections read_witnesses(std::string_view text, const Law& law, std::vector<WitnessLine>& wrong) {
  WitnessSections sections;
  KeptWitnesses* kept = &sections[""];
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line.front() == '#') continue;
    if (line.front() == '[' && line.back() == ']') {
      const std::string section(trimmed(line.substr(1, line.size() - 2)));
      if (const auto what = misnamed(law, section)) wrong.push_back({number, *what});
      kept = &sections[section];
      continue;
    }
    const std::size_t colon = line.find(':');
    const std::string name(trimmed(line.substr(0, colon)));
    if (colon == std::string_view::npos || name.find(' ') == std::string::npos) {
      wrong.push_back({number, "left out: write `ioas.map reachable.overlap: ioas.alloc 0; ioas.map 0 …`"});
    } else if (!kept->emplace(name, trimmed(line.substr(colon + 1))).second) {
      wrong.push_back({number, "left out: there is a witness of " + name + " above"});
    }
  }
  return sections;
}

WitnessSections read_witnesses_beside(const std::string& law_path, const Law& law, std::vector<WitnessLine>& wrong) {
  const std::string path = witness_path(law_path);
  std::error_code ignored;
  std::ifstream file(path, std::ios::binary);
  if (!file || std::filesystem::is_directory(path, ignored)) return {};
  return read_witnesses(std::string(std::istreambuf_iterator<char>(file), {}), law, wrong);
}

KeptWitnesses witnesses_of_profile(const Law& law, const WitnessSections& sections) {
  KeptWitnesses kept;
  const auto add = [&](const std::string& section) {
    const auto found = sections.find(section);
    if (found == sections.end()) return;
    for (const auto& [name, calls] : found->second) kept[name] = calls;
  };
  add("");
  if (is_of_first_profile(law)) return kept;
  // What a profile includes stands before it.
  for (const std::uint32_t included : law.profiles[*law.profile].includes) {
    if (included != *law.profile) add(law.profiles[included].name);
  }
  add(law.profiles[*law.profile].name);
  return kept;
}

void put_witnesses(const Law& law, const ProofReport& report, WitnessSections& sections) {
  const bool first = is_of_first_profile(law);
  KeptWitnesses& own = sections[first ? "" : law.profiles[*law.profile].name];
  own.clear();
  const KeptWitnesses others = first ? KeptWitnesses{} : witnesses_of_profile(law, sections);
  for (const Finding& finding : report.findings) {
    if (!finding.witness) continue;
    const std::string name = name_of(finding);
    const std::string calls = text_of_calls(law, *finding.witness);
    const auto known = others.find(name);
    if (known == others.end() || known->second != calls) own[name] = calls;
  }
}

std::string write_witnesses(const WitnessSections& sections) {
  std::string text =
      "# SPDX-License-Identifier: Apache-2.0\n"
      "# Calls from the initial state that lead to each outcome and cover of the law. `iolaw prove` makes them again\n"
      "# before it believes them; `iolaw prove --keep-witnesses` writes this file.\n";
  for (const auto& [profile, kept] : sections) {
    if (kept.empty()) continue;
    if (!profile.empty()) text += fmt::format("\n[{}]\n", profile);
    for (const auto& [name, calls] : kept) text += fmt::format("{}: {}\n", name, calls);
  }
  return text;
}

std::string text_of_calls(const Law& law, const std::vector<Call>& calls) {
  std::string text;
  for (const Call& call : calls) {
    if (!text.empty()) text += "; ";
    text += law.rules[call.rule].name;
    for (std::size_t i = 0; i < call.arguments.size(); ++i) {
      const Word word = call.arguments[i];
      const bool is_none = word == kNone && law.rules[call.rule].parameters[i].type.tag == TypeTag::reference;
      if (is_none) {
        text += " none";
      } else {
        text += word < kFirstHex ? fmt::format(" {}", word) : fmt::format(" {:#x}", word);
      }
    }
  }
  return text;
}

std::optional<std::vector<Call>> calls_from_text(const Law& law, const std::string& text) {
  std::vector<Call> calls;
  std::istringstream steps(text);
  for (std::string step; std::getline(steps, step, ';');) {
    std::istringstream words(step);
    std::string name;
    words >> name;
    const Rule* rule = law.find_rule(name);
    if (rule == nullptr) return std::nullopt;
    Call call{static_cast<std::uint32_t>(rule - law.rules.data()), {}};
    for (std::string argument; words >> argument;) {
      const std::optional<Word> word = word_from(argument);
      if (!word) return std::nullopt;
      call.arguments.push_back(*word);
    }
    if (!is_taken(law, *rule, call)) return std::nullopt;
    calls.push_back(std::move(call));
  }
  return calls;
}

std::vector<std::vector<Call>> known_calls(const Law& law, const KeptWitnesses& kept) {
  std::vector<std::vector<Call>> known;
  for (const auto& [name, text] : kept) {
    if (std::optional<std::vector<Call>> calls = calls_from_text(law, text)) known.push_back(std::move(*calls));
  }
  return known;
}

std::string witness_path(const std::string& law_path) {
  return std::filesystem::path(law_path).replace_extension(".witnesses").string();
}

}  // namespace iolaw
