// SPDX-License-Identifier: Apache-2.0
#include "checker/generate/step_json.hpp"

#include <nlohmann/json.hpp>

#include "checker/generate/word_json.hpp"

namespace iolaw {

SequenceStep step_from_json(const Law& law, const nlohmann::json& in, const ObjectFromJson& object) {
  const Rule* rule = law.find_rule(in.at("call").get<std::string>());
  if (rule == nullptr) throw NotOfThisLaw("the rule");
  const nlohmann::json& arguments = in.at("arguments");
  if (arguments.size() != rule->parameters.size()) throw NotOfThisLaw("its parameters");
  SequenceStep step;
  step.rule = static_cast<std::uint32_t>(rule - law.rules.data());
  for (const Parameter& parameter : rule->parameters) {
    const auto value = arguments.find(parameter.name);
    if (value == arguments.end()) throw NotOfThisLaw("its parameters");
    if (parameter.type.tag == TypeTag::reference) {
      step.arguments.push_back(object(parameter.type, *value));
      continue;
    }
    try {
      step.arguments.push_back({word_from_json(law, parameter.type, *value), Argument::kNoStep, 0});
    } catch (const std::exception&) {
      throw NotOfThisLaw(parameter.name);
    }
  }
  return step;
}

}  // namespace iolaw
