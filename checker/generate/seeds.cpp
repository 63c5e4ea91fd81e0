// SPDX-License-Identifier: Apache-2.0
#include "checker/generate/seeds.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "checker/generate/json_lines.hpp"
#include "checker/generate/read_cases.hpp"
#include "checker/generate/step_json.hpp"
#include "checker/generate/word_json.hpp"

namespace iolaw {
namespace {

nlohmann::ordered_json step_to_json(const Law& law, const Sequence& sequence, const SequenceStep& step) {
  const Rule& rule = law.rules[step.rule];
  nlohmann::ordered_json arguments = nlohmann::ordered_json::object();
  for (std::size_t i = 0; i < rule.parameters.size(); ++i) {
    const Parameter& parameter = rule.parameters[i];
    const Argument& argument = step.arguments[i];
    if (parameter.type.tag != TypeTag::reference) {
      arguments[parameter.name] = word_to_json(law, parameter.type, argument.word);
    } else if (argument.step == Argument::kNoStep) {
      arguments[parameter.name] = nullptr;
    } else {
      const Rule& maker = law.rules[sequence[static_cast<std::size_t>(argument.step)].rule];
      arguments[parameter.name] = fmt::format("{}.{}", argument.step, maker.results.at(argument.result).name);
    }
  }
  return {{"call", rule.name}, {"arguments", std::move(arguments)}};
}

Argument object_from_json(const Law& law, const Type& type, const Sequence& sequence, const nlohmann::json& in) {
  Argument argument{kNone, Argument::kNoStep, 0};
  if (in.is_null()) return argument;
  const auto& text = in.get_ref<const std::string&>();
  const std::size_t dot = std::min(text.find('.'), text.size());
  std::size_t step = 0;
  const char* const end = text.data() + dot;
  if (std::from_chars(text.data(), end, step).ptr != end || step >= sequence.size() || dot == text.size()) {
    throw CaseFileError(in.dump() + " is no result of an earlier step");
  }
  const std::vector<Result>& results = law.rules[sequence[step].rule].results;
  const auto found =
      std::find_if(results.begin(), results.end(), [&](const Result& one) { return one.name == text.substr(dot + 1); });
  if (found == results.end() || found->type.tag != type.tag || found->type.id != type.id) throw NotOfThisLaw(in.dump());
  argument.step = static_cast<std::int32_t>(step);
  argument.result = static_cast<std::uint32_t>(found - results.begin());
  return argument;
}

}  // namespace

std::string write_seeds(const Law& law, const std::vector<Seed>& seeds) {
  std::string text;
  for (const Seed& seed : seeds) {
    nlohmann::ordered_json steps = nlohmann::ordered_json::array();
    for (const SequenceStep& step : seed.sequence) steps.push_back(step_to_json(law, seed.sequence, step));
    text += nlohmann::ordered_json{{"shows", seed.shows}, {"steps", std::move(steps)}}.dump() + '\n';
  }
  return text;
}

std::vector<Seed> read_seeds(const Law& law, std::string_view text, std::size_t& passed_over) {
  std::vector<Seed> seeds;
  passed_over = 0;
  for_each_json_line(text, [&](std::size_t, const nlohmann::json& in) {
    try {
      Seed seed{in.at("shows").get<std::string>(), {}};
      for (const nlohmann::json& step : in.at("steps")) {
        seed.sequence.push_back(step_from_json(law, step, [&](const Type& type, const nlohmann::json& value) {
          return object_from_json(law, type, seed.sequence, value);
        }));
      }
      if (!seed.sequence.empty()) seeds.push_back(std::move(seed));
    } catch (const NotOfThisLaw&) {
      ++passed_over;
    }
  });
  return seeds;
}

}  // namespace iolaw
