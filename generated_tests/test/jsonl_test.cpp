// SPDX-License-Identifier: Apache-2.0
// Plays cases.jsonl by what its own first line says, as a program of another language would.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>

#include "model/law/law.hpp"
#include "model/port/port.hpp"
#include "model/trace/test/json_schema.hpp"
#include "tools/ports/hw_reference_port.hpp"

namespace iolaw {
namespace {

using Json = nlohmann::ordered_json;
using Word = std::uint64_t;

class Player {
 public:
  Player(const Json& head, Port& port) : head_(head), port_(port) {}

  // What is wrong; empty if the case passes. `skipped` is the reason of a port that cannot make a call.
  std::string play(const Json& one, std::string& skipped) {
    port_.reset();
    handles_.clear();
    for (const Json& step : one.at("steps")) {
      const Json& rule = head_.at("rules").at(step.at("call").get<std::string>());
      std::vector<Word> arguments;
      for (const auto& [name, type] : rule.at("parameters").items())
        arguments.push_back(word(type.get<std::string>(), step.at("arguments").at(name)));
      const PortAnswer answer = port_.call(step.at("call").get<std::string>(), arguments);
      if (answer.status == PortAnswer::Status::unsupported) {
        skipped = answer.note;
        return "";
      }
      if (!allowed(rule, step, answer)) return step.dump() + " answered errno " + std::to_string(answer.error);
    }
    return "";
  }

 private:
  bool is_object(const std::string& type) const {
    const Json& objects = head_.at("objects");
    const std::string plain = type.starts_with("maybe ") ? type.substr(6) : type;
    return std::find(objects.begin(), objects.end(), plain) != objects.end();
  }

  Word word(const std::string& type, const Json& value) const {
    if (value.is_boolean()) return value.get<bool>() ? 1 : 0;
    if (value.is_null()) return kNoHandle;
    if (value.is_array()) {
      Word flags = 0;
      for (const Json& flag : value) flags |= Word{1} << place(head_.at("flags").at(type), flag);
      return flags;
    }
    const auto text = value.get<std::string>();
    if (text.starts_with("0x")) return std::stoull(text, nullptr, 16);
    return is_object(type) ? handles_.at(text) : place(head_.at("enums").at(type), value);
  }

  static std::size_t place(const Json& constants, const Json& name) {
    return static_cast<std::size_t>(std::find(constants.begin(), constants.end(), name) - constants.begin());
  }

  bool allowed(const Json& rule, const Json& step, const PortAnswer& answer) {
    if (answer.status != PortAnswer::Status::answered) return false;
    if (step.contains("fails")) {
      for (const Json& error : step.at("fails")) {
        if (errno_number(error.get<std::string>()) == answer.error) return true;
      }
      return false;
    }
    const Json& results = step.at("ok");
    if (answer.error != 0 || answer.results.size() != results.size()) return false;
    std::size_t i = 0;
    for (const auto& [name, type] : rule.at("results").items()) {
      if (!matches(type.get<std::string>(), results.at(name), answer.results[i++])) return false;
    }
    return true;
  }

  static bool is_among(const Json& want, Word got) {
    const auto number = [](const Json& text) { return std::stoull(text.get<std::string>(), nullptr, 16); };
    const Json& ranges = want.at("in");
    return got % number(want.at("multiple_of")) == 0 &&
           (ranges.empty() || std::any_of(ranges.begin(), ranges.end(), [&](const Json& range) {
              return number(range.at(0)) <= got && got <= number(range.at(1));
            }));
  }

  bool matches(const std::string& type, const Json& want, const std::optional<Word>& got) {
    if (want.is_null() || !got) return want.is_null() && !got;
    if (want.is_object()) return is_among(want, *got);
    if (!is_object(type)) return word(type, want) == *got;
    if (want == "_") return true;
    return handles_.try_emplace(want.get<std::string>(), *got).first->second == *got;
  }

  const Json& head_;
  Port& port_;
  std::map<std::string, Word> handles_;
};

std::vector<Json> read_lines() {
  std::ifstream in(CASES);
  std::vector<Json> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(Json::parse(line));
  return lines;
}

// Where a line does not meet the schema; empty if it does.
std::string misfit_of(const Json& line) {
  static const nlohmann::json schema = [] {
    std::ifstream in(SCHEMA);
    return nlohmann::json::parse(in);
  }();
  return json_schema::misfit(schema, schema, nlohmann::json::parse(line.dump()), "line");
}

TEST(Jsonl, EveryLineMeetsTheSchema) {
  const std::vector<Json> lines = read_lines();
  ASSERT_GT(lines.size(), 1U);
  EXPECT_EQ(lines[0].at("cases"), lines.size() - 1);
  for (const Json& line : lines) {
    const std::string wrong = misfit_of(line);
    ASSERT_EQ(wrong, "") << line.dump();
  }
}

TEST(Jsonl, TheSchemaRefusesWhatIsNoCase) {
  Json one = read_lines().at(1);
  one["steps"][0]["arguments"]["more"] = 7;
  EXPECT_NE(misfit_of(one), "");
  one = read_lines().at(1);
  one.erase("subject");
  EXPECT_NE(misfit_of(one), "");
}

TEST(Jsonl, EveryCaseHasANameOfItsOwn) {
  std::set<std::string> seen;
  const std::vector<Json> lines = read_lines();
  for (std::size_t i = 1; i < lines.size(); ++i)
    EXPECT_TRUE(seen.insert(lines[i].at("case").get<std::string>() + " " + lines[i].at("number").dump()).second);
}

TEST(Jsonl, HwReferencePassesEveryCaseByTheFileAlone) {
  const std::vector<Json> lines = read_lines();
  const auto port = make_hw_reference_port();
  Player player(lines[0], *port);
  std::size_t skipped = 0;
  for (std::size_t i = 1; i < lines.size(); ++i) {
    std::string reason;
    EXPECT_EQ(player.play(lines[i], reason), "") << lines[i].at("case");
    skipped += reason.empty() ? 0 : 1;
  }
  EXPECT_LT(skipped * 5, lines.size()) << "most cases must be played";
}

TEST(Jsonl, ACaseThatSaysSomethingElseFails) {
  std::vector<Json> lines = read_lines();
  const auto port = make_hw_reference_port();
  Player player(lines[0], *port);
  for (std::size_t i = 1; i < lines.size(); ++i) {
    for (Json& step : lines[i]["steps"]) {
      if (!step.contains("fails")) continue;
      step["fails"] = {"ENOTBLK"};
      std::string reason;
      EXPECT_NE(player.play(lines[i], reason), "");
      return;
    }
  }
  FAIL() << "no case fails";
}

}  // namespace
}  // namespace iolaw
