// SPDX-License-Identifier: Apache-2.0
#include "tools/ports/model_port.hpp"

#include <fmt/core.h>

namespace iolaw {

ModelPort::ModelPort(const Law& law) : law_(law), model_(law), state_(law) {}

void ModelPort::reset() { state_ = State(law_); }

// Kinds count from 1, so that no handle is 0: what Linux never gives out.
std::uint64_t ModelPort::handle(std::uint32_t kind, Word object) const { return (Word{kind} + 1) << 32 | object; }

Word ModelPort::object(std::uint32_t kind, std::uint64_t handle) const {
  return handle >> 32 == Word{kind} + 1 ? (handle & 0xffff'ffff) : kNone;
}

PortAnswer ModelPort::call(std::string_view name, std::span<const std::uint64_t> arguments) {
  const Rule* rule = law_.find_rule(name);
  PortAnswer answer;
  if (rule == nullptr || arguments.size() != rule->parameters.size()) {
    answer.status = PortAnswer::Status::unsupported;
    answer.note = fmt::format("the law has no rule {} with {} parameters", name, arguments.size());
    return answer;
  }
  Call call{static_cast<std::uint32_t>(rule - law_.rules.data()), {}};
  for (std::size_t which = 0; which < arguments.size(); ++which) {
    const Type& type = rule->parameters[which].type;
    call.arguments.push_back(type.tag == TypeTag::reference ? object(type.id, arguments[which]) : arguments[which]);
  }
  Outcome outcome;
  if (!model_.step(state_, call, outcome)) {
    answer.status = PortAnswer::Status::unsupported;
    answer.note = fmt::format("the law leaves {} unspecified", to_string(law_, call));
    return answer;
  }
  answer.error = outcome.error;
  for (std::size_t which = 0; which < outcome.results.size(); ++which) {
    std::optional<std::uint64_t> value = outcome.results[which];
    const Type& type = rule->results[which].type;
    if (value && type.tag == TypeTag::reference) value = handle(type.id, *value);
    answer.results.push_back(value);
  }
  return answer;
}

}  // namespace iolaw
