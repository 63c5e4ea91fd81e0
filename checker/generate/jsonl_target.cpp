// SPDX-License-Identifier: Apache-2.0
// The suite as lines of JSON: first what the names mean, then a case a line. generated_tests/jsonl/README.md explains
// it.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "checker/generate/folder.hpp"
#include "checker/generate/handle_names.hpp"
#include "checker/generate/target.hpp"
#include "checker/generate/word_json.hpp"
#include "model/law/type_name.hpp"

namespace iolaw {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kVersion = 2;

// Any number that the implementation may choose; without ranges any at all.
Json json_choice(const Permitted& permitted) {
  const auto number = [](Word word) { return fmt::format("0x{:x}", word); };
  Json ranges = Json::array();
  for (const auto& [first, last] : permitted.ranges) ranges.push_back({number(first), number(last)});
  return Json{{"multiple_of", number(permitted.unit)}, {"in", std::move(ranges)}};
}

class JsonCase {
 public:
  JsonCase(const Law& law, const Case& written) : law_(law), case_(written), handles_(name_handles(law, written)) {}

  Json json() const {
    Json steps = Json::array();
    for (std::size_t i = 0; i < case_.steps.size(); ++i) steps.push_back(step(i));
    Json out{{"case", case_.id}, {"number", case_.number}};
    if (!case_.reason.empty()) out["reason"] = case_.reason;
    if (const auto version = needed_version(law_, case_))
      out["since"] = fmt::format("{}.{}", version->major, version->minor);
    out["covers"] = case_.goals;
    out["subject"] = case_.subject;
    out["calls"] = case_.calls;
    out["steps"] = std::move(steps);
    return out;
  }

 private:
  Json handle(const Argument& argument) const {
    return argument.step == Argument::kNoStep ? Json(nullptr) : Json(handles_.at({argument.step, argument.result}));
  }

  Json step(std::size_t index) const {
    const CaseStep& made = case_.steps[index];
    const Rule& rule = law_.rules[made.call.rule];
    Json arguments = Json::object();
    for (std::size_t i = 0; i < rule.parameters.size(); ++i) {
      const Parameter& parameter = rule.parameters[i];
      const Argument& argument = made.call.arguments[i];
      arguments[parameter.name] = parameter.type.tag == TypeTag::reference
                                      ? handle(argument)
                                      : word_to_json(law_, parameter.type, argument.word);
    }
    Json out{{"call", rule.name}, {"arguments", std::move(arguments)}};
    if (made.branch != kSuccess) {
      Json errors = Json::array();
      for (const int error : made.errors) errors.push_back(errno_name(error));
      out["fails"] = std::move(errors);
      return out;
    }
    Json results = Json::object();
    for (std::size_t i = 0; i < made.results.size(); ++i) results[rule.results[i].name] = result(index, i);
    out["ok"] = std::move(results);
    return out;
  }

  Json result(std::size_t step, std::size_t index) const {
    const CaseStep& made = case_.steps[step];
    const Type& type = law_.rules[made.call.rule].results[index].type;
    if (!made.results[index]) return nullptr;
    if (const Permitted* permitted = made.choice(index)) return json_choice(*permitted);
    if (type.tag != TypeTag::reference) return word_to_json(law_, type, *made.results[index]);
    if (made.objects[index]) return handle(*made.objects[index]);
    const auto named = handles_.find({static_cast<std::int32_t>(step), static_cast<std::uint32_t>(index)});
    return named == handles_.end() ? Json("_") : Json(named->second);
  }

  const Law& law_;
  const Case& case_;
  std::map<Place, std::string> handles_;
};

Json names_and_types(const Law& law, const auto& parts) {
  Json out = Json::object();
  for (const auto& part : parts) out[part.name] = type_name(law, part.type);
  return out;
}

Json json_head(const Law& law, std::string_view law_name, const Suite& suite) {
  Json out{{"format", "iolaw cases"},
           {"version", kVersion},
           {"origin", fmt::format("{} from {} with --target jsonl. Do not edit: change the law and generate again.",
                                  kGeneratedMark, law_name)},
           {"license", "Apache-2.0"},
           {"law", law_name}};
  if (law.profile) out["profile"] = law.profiles[*law.profile].name;
  out["cases"] = suite.cases.size();
  Json objects = Json::array();
  for (const Kind& kind : law.kinds) objects.push_back(kind.name);
  out["objects"] = std::move(objects);
  for (const bool flags : {false, true}) {
    Json all = Json::object();
    for (const Enumeration& one : flags ? law.flag_sets : law.enums) all[one.name] = one.constants;
    out[flags ? "flags" : "enums"] = std::move(all);
  }
  Json rules = Json::object();
  for (const Rule& rule : law.rules) {
    rules[rule.name] = Json{{"probe", rule.probe},
                            {"parameters", names_and_types(law, rule.parameters)},
                            {"results", names_and_types(law, rule.results)}};
  }
  out["rules"] = std::move(rules);
  if (!suite.searched.empty()) out["searched"] = suite.searched;
  return out;
}

class JsonlTarget final : public Target {
 public:
  std::string_view name() const override { return "jsonl"; }

  std::vector<GeneratedFile> write(const Law& law, std::string_view law_name, const Suite& suite) const override {
    std::string text = json_head(law, law_name, suite).dump() + '\n';
    for (const Case& one : suite.cases) text += JsonCase(law, one).json().dump() + '\n';
    return {{"cases.jsonl", std::move(text)}};
  }
};

}  // namespace

const Target& jsonl_target() {
  static const JsonlTarget target;
  return target;
}

}  // namespace iolaw
