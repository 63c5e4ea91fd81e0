// SPDX-License-Identifier: Apache-2.0
#include "checker/generate/kept_cases.hpp"

#include <nlohmann/json.hpp>

#include "checker/generate/json_lines.hpp"
#include "checker/generate/read_cases.hpp"
#include "checker/generate/step_json.hpp"

namespace iolaw {
namespace {

// Handles of objects by the names that steps gave them.
class KeptReader {
 public:
  KeptReader(const Law& law, const nlohmann::json& in) : law_(law), in_(in) {}

  KeptCase read() {
    KeptCase kept{in_.at("case").get<std::string>(), in_.value("reason", ""), in_.at("subject").get<std::size_t>(), {}};
    const auto calls = in_.at("calls").get<std::size_t>();
    const nlohmann::json& steps = in_.at("steps");
    if (calls > steps.size() || kept.subject >= calls) throw CaseFileError("the case has fewer steps");
    for (std::size_t i = 0; i < calls; ++i) {
      kept.sequence.push_back(
          step_from_json(law_, steps[i], [&](const Type&, const nlohmann::json& name) { return object(name); }));
      if (steps[i].contains("ok")) name_results(steps[i]["ok"], kept.sequence);
    }
    return kept;
  }

 private:
  Argument object(const nlohmann::json& name) const {
    if (name.is_null()) return {kNone, Argument::kNoStep, 0};
    const auto found = handles_.find(name.get<std::string>());
    if (found == handles_.end()) throw NotOfThisLaw(name.dump());
    return found->second;
  }

  // What a step is the first to name, it gave.
  void name_results(const nlohmann::json& given, const Sequence& sequence) {
    const std::vector<Result>& results = law_.rules[sequence.back().rule].results;
    for (std::uint32_t i = 0; i < results.size(); ++i) {
      const auto value = given.find(results[i].name);
      if (results[i].type.tag != TypeTag::reference || value == given.end() || !value->is_string()) continue;
      const auto name = value->get<std::string>();
      if (name != "_") handles_.try_emplace(name, Argument{kNone, static_cast<std::int32_t>(sequence.size()) - 1, i});
    }
  }

  const Law& law_;
  const nlohmann::json& in_;
  std::map<std::string, Argument> handles_;
};

void read_head(const nlohmann::json& in, KeptSuite& kept) {
  check_head(in);
  if (!in.contains("searched")) return;
  for (const auto& [rule, record] : in["searched"].items()) kept.searched[rule] = record.get<std::string>();
}

}  // namespace

KeptSuite read_kept(const Law& law, std::string_view text) {
  KeptSuite kept;
  for_each_json_line(text, [&](std::size_t number, const nlohmann::json& in) {
    if (number == 1) {
      read_head(in, kept);
      return;
    }
    try {
      kept.cases.push_back(KeptReader(law, in).read());
    } catch (const NotOfThisLaw&) {
      kept.foreign.push_back(in.at("case").get<std::string>());
    }
  });
  return kept;
}

}  // namespace iolaw
