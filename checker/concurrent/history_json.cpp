// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "checker/concurrent/history.hpp"
#include "model/trace/json_values.hpp"
#include "model/trace/trace.hpp"

namespace iolaw::concurrent {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kFormat = "iolaw history";

// Handles are numbers; other values are written as in traces.
Json word_to_json(const Law& law, const Type& type, std::uint64_t word) {
  if (type.tag != TypeTag::reference) {
    Type plain = type;
    plain.maybe = false;
    return value_to_json(law, plain, &word);
  }
  if (word == kNoHandle) return "none";
  return word;
}

std::uint64_t word_from_json(const Law& law, const Type& type, const Json& in) {
  Word word = 0;
  if (type.tag != TypeTag::reference) {
    Type plain = type;
    plain.maybe = false;
    value_from_json(law, plain, in, &word);
    return word;
  }
  if (in == "none") return kNoHandle;
  if (!in.is_number_unsigned()) throw HistoryError("an object is named by its handle, a number, or \"none\"");
  return in.get<std::uint64_t>();
}

Json call_of(const Law& law, const RecordedCall& call) {
  const Rule& rule = law.rules[call.rule];
  Json json{{"thread", call.thread}, {"invoked", call.invoked}, {"returned", call.returned}, {"rule", rule.name}};
  json["arguments"] = Json::object();
  for (std::size_t i = 0; i < call.arguments.size(); ++i)
    json["arguments"][rule.parameters[i].name] = word_to_json(law, rule.parameters[i].type, call.arguments[i]);
  if (call.by_number) json["by_number"] = true;
  if (call.error != 0) {
    json["error"] = errno_name(call.error);
    return json;
  }
  json["results"] = Json::object();
  for (std::size_t i = 0; i < call.results.size() && i < rule.results.size(); ++i) {
    json["results"][rule.results[i].name] =
        call.results[i] ? word_to_json(law, rule.results[i].type, *call.results[i]) : Json("none");
  }
  return json;
}

std::uint64_t number(const Json& in, const char* key) {
  const auto found = in.find(key);
  if (found == in.end() || !found->is_number_unsigned())
    throw HistoryError(fmt::format("a call needs a number \"{}\"", key));
  return found->get<std::uint64_t>();
}

RecordedCall call_from(const Law& law, const Json& in) {
  if (!in.is_object()) throw HistoryError("a call is an object");
  RecordedCall call;
  call.thread = static_cast<std::uint32_t>(number(in, "thread"));
  call.invoked = number(in, "invoked");
  call.returned = number(in, "returned");
  if (call.invoked >= call.returned) throw HistoryError("a call returns after it was invoked");
  const std::string name = in.value("rule", "");
  const Rule* rule = law.find_rule(name);
  if (rule == nullptr) throw HistoryError("the law has no rule \"" + name + "\"");
  call.rule = static_cast<std::uint32_t>(rule - law.rules.data());
  const Json arguments = in.value("arguments", Json::object());
  for (const Parameter& parameter : rule->parameters) {
    if (!arguments.contains(parameter.name))
      throw HistoryError(fmt::format("{} needs the argument \"{}\"", name, parameter.name));
    call.arguments.push_back(word_from_json(law, parameter.type, arguments[parameter.name]));
  }
  call.by_number = in.value("by_number", false);
  if (in.contains("error")) {
    call.error = error_from_name(in["error"].get<std::string>());
    return call;
  }
  const Json results = in.value("results", Json::object());
  for (const Result& result : rule->results) {
    if (!results.contains(result.name))
      throw HistoryError(fmt::format("{} needs an \"error\", or the result \"{}\"", name, result.name));
    const Json& value = results[result.name];
    if (result.type.maybe && value == "none") {
      call.results.emplace_back(std::nullopt);
    } else {
      call.results.emplace_back(word_from_json(law, result.type, value));
    }
  }
  return call;
}

// Calls in order, each thread one at a time.
void put_in_order(std::vector<RecordedCall>& calls) {
  std::stable_sort(calls.begin(), calls.end(),
                   [](const RecordedCall& a, const RecordedCall& b) { return a.invoked < b.invoked; });
  std::vector<std::uint64_t> times;
  for (std::size_t i = 0; i < calls.size(); ++i) {
    times.push_back(calls[i].invoked);
    times.push_back(calls[i].returned);
    for (std::size_t j = 0; j < i; ++j) {
      const bool alone = calls[i].thread == 0 || calls[j].thread == 0 || calls[i].thread == calls[j].thread;
      if (alone && calls[i].overlaps(calls[j]))
        throw HistoryError("calls of one thread overlap, or a call of thread 0 overlaps with another");
    }
  }
  std::sort(times.begin(), times.end());
  if (std::adjacent_find(times.begin(), times.end()) != times.end())
    throw HistoryError("a tick of the clock is used twice");
}

}  // namespace

std::string to_json(const Law& law, const std::string& law_path, const std::string& port, const History& history) {
  Json meta{{"format", kFormat}, {"version", 1}, {"law", law_path}, {"port", port}};
  if (law.profile) meta["profile"] = law.profiles[*law.profile].name;
  if (law.version) meta["linux"] = fmt::format("{}.{}", law.version->major, law.version->minor);
  Json json{{"#meta", std::move(meta)}, {"calls", Json::array()}};
  if (!history.left.empty()) json["left"] = history.left;
  for (const RecordedCall& call : history.calls) json["calls"].push_back(call_of(law, call));
  // A call a line.
  std::string text = "{\n \"#meta\": " + json["#meta"].dump() + ",\n";
  if (!history.left.empty()) text += " \"left\": " + json["left"].dump() + ",\n";
  text += " \"calls\": [";
  const char* separator = "\n  ";
  for (const Json& call : json["calls"]) {
    text += separator + call.dump();
    separator = ",\n  ";
  }
  return text + "\n ]\n}\n";
}

History history_from_json(const Law& law, std::string_view text) {
  History history;
  std::size_t at = 0;
  try {
    const Json json = Json::parse(text);
    if (!json.is_object() || !json.contains("calls") || !json["calls"].is_array())
      throw HistoryError("a history has a list \"calls\"");
    history.left = json.value("left", "");
    for (const Json& call : json["calls"]) {
      ++at;
      history.calls.push_back(call_from(law, call));
    }
    at = 0;
    put_in_order(history.calls);
  } catch (const std::exception& error) {
    throw HistoryError(at == 0 ? std::string(error.what()) : fmt::format("call {}: {}", at, error.what()));
  }
  return history;
}

std::optional<HistoryOrigin> origin_of_history(std::string_view text) {
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object() || !json.contains("#meta") || !json["#meta"].is_object()) return std::nullopt;
  const Json& meta = json["#meta"];
  try {
    if (meta.value("format", "") != kFormat) return std::nullopt;
  } catch (const Json::exception&) {
    return std::nullopt;
  }
  // The rest is written as in traces.
  const TraceOrigin origin = origin_of_trace(text);
  return HistoryOrigin{origin.law, origin.view};
}

}  // namespace iolaw::concurrent
