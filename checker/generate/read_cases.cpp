// SPDX-License-Identifier: Apache-2.0
#include "checker/generate/read_cases.hpp"

#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>

#include "checker/generate/json_lines.hpp"
#include "checker/generate/permitted.hpp"
#include "checker/generate/word_json.hpp"

namespace iolaw {
namespace {

using CaseJson = nlohmann::json;

Permitted permitted_from(const CaseJson& in) {
  Permitted permitted{number_from_json(in.at("multiple_of")), {}};
  for (const CaseJson& range : in.at("in"))
    permitted.ranges.emplace_back(number_from_json(range.at(0)), number_from_json(range.at(1)));
  return permitted;
}

class Reader {
 public:
  Reader(const Model& model, const CaseJson& in) : model_(model), law_(model.law()), in_(in), world_(model.law()) {}

  RecordedCase read() {
    RecordedCase one{in_.at("case").get<std::string>(), {}};
    if (const auto number = in_.at("number").get<std::uint32_t>(); number > 1) one.id += fmt::format("_{}", number);
    for (const CaseJson& step : in_.at("steps")) {
      one.sequence.push_back(call_from(step));
      const World before = world_;
      const auto played = world_.play(model_, world_.names().resolve(one.sequence.back()));
      if (!played || !agrees(step, one.sequence.back(), before, *played)) {
        throw CaseFileError(fmt::format("{}: step {} ends otherwise by this law", one.id, steps_));
      }
      ++steps_;
    }
    return one;
  }

 private:
  SequenceStep call_from(const CaseJson& in) const {
    const auto name = in.at("call").get<std::string>();
    const Rule* rule = law_.find_rule(name);
    if (rule == nullptr) throw CaseFileError("the law has no rule " + name);
    SequenceStep step;
    step.rule = static_cast<std::uint32_t>(rule - law_.rules.data());
    for (const Parameter& parameter : rule->parameters) {
      const CaseJson& value = in.at("arguments").at(parameter.name);
      Argument argument{kNone, Argument::kNoStep, 0};
      if (parameter.type.tag != TypeTag::reference) {
        argument.word = word_from_json(law_, parameter.type, value);
      } else if (!value.is_null()) {
        const auto found = handles_.find(value.get<std::string>());
        if (found == handles_.end()) throw CaseFileError(value.dump() + " is no object of an earlier step");
        argument = found->second;
      }
      step.arguments.push_back(argument);
    }
    return step;
  }

  // Whether the step is expected to end as the law lets it; remembers the names of what it gives.
  bool agrees(const CaseJson& in, const SequenceStep& call, const World& before, const Played& played) {
    const Rule& rule = law_.rules[call.rule];
    if (played.branch != kSuccess) {
      CaseJson errors = CaseJson::array();
      for (const int error : rule.branches[played.branch].errors) errors.push_back(errno_name(error));
      return in.contains("fails") && in["fails"] == errors;
    }
    if (!in.contains("ok")) return false;
    for (std::size_t i = 0; i < rule.results.size(); ++i) {
      const Type& type = rule.results[i].type;
      const std::optional<Word>& given = played.outcome.results[i];
      const CaseJson& expected = in["ok"].at(rule.results[i].name);
      if (expected.is_null() != !given.has_value()) return false;
      if (!given) continue;
      if (is_chosen_number(rule, i)) {
        const Call resolved = before.names().resolve(call);
        if (permitted_from(expected) != permitted_numbers(model_, before.state(), resolved, played.outcome, i))
          return false;
      } else if (type.tag != TypeTag::reference) {
        if (word_from_json(law_, type, expected) != *given) return false;
      } else if (!agrees_on_object(expected.get<std::string>(), type.id, *given, before, i)) {
        return false;
      }
    }
    return true;
  }

  bool agrees_on_object(const std::string& name, std::uint32_t kind, Word object, const World& before,
                        std::size_t result) {
    const bool is_old = before.state().lives(kind, object);
    const auto known = handles_.find(name);
    if (known != handles_.end()) return is_old && before.names().name(kind, object) == known->second;
    if (is_old && name != "_") return false;
    if (name != "_") handles_[name] = {kNone, static_cast<std::int32_t>(steps_), static_cast<std::uint32_t>(result)};
    return true;
  }

  const Model& model_;
  const Law& law_;
  const CaseJson& in_;
  World world_;
  std::map<std::string, Argument> handles_;
  std::size_t steps_ = 0;
};

}  // namespace

std::vector<RecordedCase> read_cases(const Model& model, std::string_view text) {
  std::vector<RecordedCase> cases;
  const auto take = [&](std::size_t number, const CaseJson& in) {
    if (number == 1) {
      check_head(in);
    } else {
      cases.push_back(Reader(model, in).read());
    }
  };
  for_each_json_line(text, take, "; generate the cases again");
  if (cases.empty()) throw CaseFileError("there is no case in it");
  return cases;
}

}  // namespace iolaw
