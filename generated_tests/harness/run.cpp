// SPDX-License-Identifier: Apache-2.0
#include "generated_tests/harness/run.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstring>

#include "generated_tests/harness/ports.hpp"

namespace iolaw::suite {
namespace {

std::string number(Word word) {
  if (word == kNoHandle) return "MAX";
  char text[24];
  std::snprintf(text, sizeof text, word < 10 ? "%llu" : "0x%llx", static_cast<unsigned long long>(word));
  return text;
}

std::string error_text(int error) {
#ifdef __GLIBC__
  if (const char* name = strerrorname_np(error)) return name;
#endif
  return "errno " + std::to_string(error);
}

std::string call_text(std::string_view rule, std::initializer_list<Word> arguments) {
  std::string text(rule);
  text += '(';
  const char* separator = "";
  for (const Word word : arguments) {
    text += separator + number(word);
    separator = ", ";
  }
  return text + ')';
}

std::string answer_text(const PortAnswer& answer) {
  if (answer.error != 0) return error_text(answer.error);
  std::string text = "ok";
  for (const auto& result : answer.results) text += ' ' + (result ? number(*result) : std::string("nothing"));
  return text;
}

}  // namespace

bool Expected::matches(const std::optional<Word>& actual) const {
  switch (tag_) {
    case Tag::word:
      return actual == word_;
    case Tag::among:
      return actual && *actual % word_ == 0 && std::any_of(ranges_.begin(), ranges_.end(), [&](const Range& range) {
               return range.first <= *actual && *actual <= range.last;
             });
    case Tag::any:
      return actual.has_value();
    case Tag::nothing:
      return !actual;
    case Tag::object:
      return actual && *actual != kNoHandle;
  }
  return false;
}

std::string Expected::text() const {
  switch (tag_) {
    case Tag::word:
      return number(word_);
    case Tag::among: {
      std::string text = "a multiple of " + number(word_) + " in";
      for (const Range& range : ranges_) text += ' ' + number(range.first) + ".." + number(range.last);
      return text;
    }
    case Tag::any:
      return "a number";
    case Tag::nothing:
      return "nothing";
    case Tag::object:
      return "an object";
  }
  return {};
}

Word Results::handle(std::size_t index) const {
  if (call_ >= run_->results_.size() || index >= run_->results_[call_].size()) return kNoHandle;
  return run_->results_[call_][index].value_or(kNoHandle);
}

TestRun::TestRun(std::string_view id) : id_(id) { suite_port().reset(); }

std::optional<PortAnswer> TestRun::call(std::string_view rule, std::initializer_list<Word> arguments, const char* file,
                                        int line) {
  if (ended_) return std::nullopt;
  PortAnswer answer = suite_port().call(rule, std::span<const Word>(arguments.begin(), arguments.size()));
  const std::string text = call_text(rule, arguments);
  switch (answer.status) {
    case PortAnswer::Status::answered:
      steps_.push_back(text + " -> " + answer_text(answer));
      return answer;
    case PortAnswer::Status::unsupported:
      ended_ = true;
      note_skipped(rule, answer.note);
      // GTEST_SKIP() can only stand in a function that returns void.
      [&] { GTEST_SKIP() << id_ << ": the port cannot make " << text << ": " << answer.note; }();
      return std::nullopt;
    case PortAnswer::Status::broken:
      steps_.push_back(text + " -> broken: " + answer.note);
      fail("an answer", file, line);
      return std::nullopt;
  }
  return std::nullopt;
}

void TestRun::fail(const std::string& expected, const char* file, int line) {
  ended_ = true;
  std::string text = id_ + ": the law expects " + expected + " of the last of these calls:";
  for (std::size_t i = 0; i < steps_.size(); ++i) text += "\n  " + std::to_string(i + 1) + ". " + steps_[i];
  ADD_FAILURE_AT(file, line) << text;
}

Results TestRun::ok(std::string_view rule, std::initializer_list<Word> arguments,
                    std::initializer_list<Expected> expected, const char* file, int line) {
  const std::size_t number = results_.size();
  const std::optional<PortAnswer> answer = call(rule, arguments, file, line);
  if (!answer) return {*this, number};
  const bool same =
      expected.size() == 0 || (expected.size() == answer->results.size() &&
                               std::equal(expected.begin(), expected.end(), answer->results.begin(),
                                          [](const Expected& want, const auto& got) { return want.matches(got); }));
  if (answer->error == 0 && same) {
    results_.push_back(answer->results);
    return {*this, number};
  }
  std::string text = "ok";
  for (const Expected& want : expected) text += ' ' + want.text();
  fail(text, file, line);
  return {*this, number};
}

void TestRun::fails(std::string_view rule, std::initializer_list<Word> arguments, std::initializer_list<int> errors,
                    const char* file, int line) {
  const std::optional<PortAnswer> answer = call(rule, arguments, file, line);
  if (!answer || std::find(errors.begin(), errors.end(), answer->error) != errors.end()) return;
  std::string text;
  for (const int error : errors) text += (text.empty() ? "" : " or ") + error_text(error);
  fail(text, file, line);
}

}  // namespace iolaw::suite
