// SPDX-License-Identifier: Apache-2.0
#include "tools/ports/exec/message.hpp"

#include <nlohmann/json.hpp>

namespace iolaw::exec {
namespace {

using Json = nlohmann::json;

constexpr int kLargestErrno = 4095;  // of Linux

std::optional<PortAnswer> read_results(const Json& results) {
  if (!results.is_array()) return std::nullopt;
  PortAnswer answer;
  for (const Json& result : results) {
    if (result.is_null()) {
      answer.results.emplace_back();
    } else if (result.is_boolean()) {
      answer.results.emplace_back(result.get<bool>() ? 1 : 0);
    } else if (result.is_number_unsigned()) {
      answer.results.emplace_back(result.get<std::uint64_t>());
    } else {
      return std::nullopt;
    }
  }
  return answer;
}

}  // namespace

std::string call_line(std::string_view rule, std::span<const std::uint64_t> arguments) {
  std::string line = R"({"call":")";
  line += rule;
  line += R"(","arguments":[)";
  const char* comma = "";
  for (const std::uint64_t argument : arguments) {
    line += comma + std::to_string(argument);
    comma = ",";
  }
  return line + "]}";
}

std::optional<PortAnswer> read_answer(std::string_view line) {
  const Json answer = Json::parse(line, nullptr, false);
  if (!answer.is_object() || answer.size() != 1) return std::nullopt;
  const auto& [key, value] = *answer.items().begin();
  if (key == "ok") return read_results(value);
  PortAnswer read;
  if (key == "error" && value.is_number_unsigned()) {
    const auto error = value.get<std::uint64_t>();
    if (error == 0 || error > kLargestErrno) return std::nullopt;
    read.error = static_cast<int>(error);
    return read;
  }
  if (key != "unsupported" || !value.is_string()) return std::nullopt;
  read.status = PortAnswer::Status::unsupported;
  read.note = value.get<std::string>();
  return read;
}

}  // namespace iolaw::exec
