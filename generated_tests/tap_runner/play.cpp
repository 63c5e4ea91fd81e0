// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
#include "generated_tests/tap_runner/play.hpp"

#include <algorithm>
#include <cstring>
#include <map>
#include <optional>

namespace iolaw::tap {
namespace {

using Handles = std::map<Word, Word>;  // by number in the case

std::string number(Word word) {
  if (word == kMax) return "MAX";
  if (word < 10) return std::to_string(word);
  std::string digits;
  for (; word != 0; word /= 16) digits += "0123456789abcdef"[word % 16];
  return "0x" + std::string(digits.rbegin(), digits.rend());
}

std::string error_text(int error) {
#ifdef __GLIBC__
  if (const char* name = strerrorname_np(error)) return name;
#endif
  return "errno " + std::to_string(error);
}

std::string answer_text(const PortAnswer& answer) {
  if (answer.status == PortAnswer::Status::broken) return "broken: " + answer.note;
  if (answer.error != 0) return error_text(answer.error);
  std::string text = "ok";
  for (const auto& result : answer.results) text += ' ' + (result ? number(*result) : std::string("nothing"));
  return text;
}

std::string expected_text(const Expected& expected, const Handles& handles) {
  std::string text;
  for (const auto error : expected.errors) text += (text.empty() ? "" : " or ") + error_text(error);
  if (!text.empty()) return text;
  text = "ok";
  for (const Value& value : expected.results) {
    switch (value.tag) {
      case Value::Tag::word:
        text += ' ' + number(value.word);
        break;
      case Value::Tag::object:
        text += ' ' + number(handles.at(value.word));
        break;
      case Value::Tag::nothing:
      case Value::Tag::no_object:
        text += " nothing";
        break;
      case Value::Tag::made:
      case Value::Tag::any_object:
        text += " an object";
        break;
      case Value::Tag::any_number:
        text += " a number";
        break;
    }
  }
  return text;
}

bool matches(const Value& expected, const std::optional<Word>& actual, Handles& handles) {
  switch (expected.tag) {
    case Value::Tag::word:
      return actual == expected.word;
    case Value::Tag::object:
      return actual == handles.at(expected.word);
    case Value::Tag::nothing:
    case Value::Tag::no_object:
      return !actual;
    case Value::Tag::made:
      if (!actual || *actual == kNoHandle) return false;
      handles[expected.word] = *actual;
      return true;
    case Value::Tag::any_object:
      return actual && *actual != kNoHandle;
    case Value::Tag::any_number:
      return actual.has_value();
  }
  return false;
}

bool matches(const Expected& expected, const PortAnswer& answer, Handles& handles) {
  if (expected.errors.size > 0)
    return std::find(expected.errors.begin(), expected.errors.end(), answer.error) != expected.errors.end();
  return answer.error == 0 && answer.results.size() == expected.results.size &&
         std::equal(answer.results.begin(), answer.results.end(), expected.results.begin(),
                    [&](const auto& got, const Value& want) { return matches(want, got, handles); });
}

std::vector<Word> words(const Step& step, const Handles& handles) {
  std::vector<Word> out;
  for (const Value& value : step.arguments) {
    out.push_back(value.tag == Value::Tag::object      ? handles.at(value.word)
                  : value.tag == Value::Tag::no_object ? kNoHandle
                                                       : value.word);
  }
  return out;
}

std::string call_text(const Step& step, const std::vector<Word>& arguments) {
  std::string text = std::string(step.rule) + '(';
  for (std::size_t i = 0; i < arguments.size(); ++i) text += (i == 0 ? "" : ", ") + number(arguments[i]);
  return text + ')';
}

}  // namespace

Verdict play(Port& port, const Case& one) {
  port.reset();
  Handles handles;
  Verdict verdict;
  for (std::size_t i = 0; i < one.count; ++i) {
    const Step& step = one.steps[i];
    const std::vector<Word> arguments = words(step, handles);
    const PortAnswer answer = port.call(step.rule, arguments);
    if (answer.status == PortAnswer::Status::unsupported)
      return {Verdict::Tag::skipped, std::string(step.rule) + ": " + answer.note, {}};
    verdict.notes.push_back(std::to_string(i + 1) + ". " + call_text(step, arguments) + " -> " + answer_text(answer));
    if (answer.status == PortAnswer::Status::answered && matches(step.expected, answer, handles)) continue;
    verdict.tag = Verdict::Tag::failed;
    verdict.notes.push_back("the law expects " + expected_text(step.expected, handles));
    return verdict;
  }
  return verdict;
}

}  // namespace iolaw::tap
