// SPDX-License-Identifier: Apache-2.0
// What a generated case is written in: one run of calls against a fresh port. The first answer that differs from the
// law fails the case, prints every step, and ends the run: later steps of the case then do nothing.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/port/port.hpp"

namespace iolaw::suite {

using Word = std::uint64_t;

struct Range {
  Word first;
  Word last;  // closed
};

// What the law expects of one result: a number, one of several that the port may choose, nothing (a `maybe` that is
// none), or any object (a new one has whatever handle the port chooses). It lives as long as the ranges that it is made
// of: within the statement of the call. Nothing of it has to be destroyed, which is what the compiler of so many calls
// would spend most of its time on.
class Expected {
 public:
  constexpr Expected(Word word) : tag_(Tag::word), word_(word) {}  // NOLINT: a number stands for itself
  static constexpr Expected nothing() { return Expected(Tag::nothing); }
  static constexpr Expected object() { return Expected(Tag::object); }
  static constexpr Expected any() { return Expected(Tag::any); }
  // A multiple of `unit` in one of the ranges.
  constexpr Expected(Word unit, std::initializer_list<Range> ranges) : tag_(Tag::among), word_(unit), ranges_(ranges) {}

  bool matches(const std::optional<Word>& actual) const;
  std::string text() const;

 private:
  enum class Tag : std::uint8_t { word, among, any, nothing, object };
  explicit constexpr Expected(Tag tag) : tag_(tag) {}
  Tag tag_;
  Word word_ = 0;  // the number, or the unit
  std::initializer_list<Range> ranges_;
};

inline constexpr Expected nothing = Expected::nothing();
inline constexpr Expected object = Expected::object();
inline constexpr Expected any_number = Expected::any();
inline constexpr Expected among(Word unit, std::initializer_list<Range> ranges) { return {unit, ranges}; }

// A handle that names no object.
inline constexpr Word no_object = kNoHandle;

class TestRun;

// What a call that succeeded gave. Not to be asked once its run is gone.
class Results {
 public:
  // The results of call number `call` of the run, counted from 0.
  Results(const TestRun& run, std::size_t call) : run_(&run), call_(call) {}
  // The handle in result number `index`, counted from 0; no_object if the run has ended.
  Word handle(std::size_t index) const;

 private:
  const TestRun* run_;
  std::size_t call_;
};

class TestRun {
 public:
  // `id` is the rule and outcome of the law that the case tests. Resets the port.
  explicit TestRun(std::string_view id);

  // The call must succeed. `expected` is empty where there is nothing to compare: no results, or new objects alone.
  Results ok(std::string_view rule, std::initializer_list<Word> arguments,
             std::initializer_list<Expected> expected = {}, const char* file = __builtin_FILE(),
             int line = __builtin_LINE());

  // The call must fail with one of `errors` (positive errnos).
  void fails(std::string_view rule, std::initializer_list<Word> arguments, std::initializer_list<int> errors,
             const char* file = __builtin_FILE(), int line = __builtin_LINE());
  void fails(std::string_view rule, std::initializer_list<Word> arguments, int error,
             const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
    fails(rule, arguments, {error}, file, line);
  }

 private:
  // Makes the call and writes it down; nullopt if the run has ended, or ends here because the port gave no answer.
  std::optional<PortAnswer> call(std::string_view rule, std::initializer_list<Word> arguments, const char* file,
                                 int line);
  void fail(const std::string& expected, const char* file, int line);

  friend class Results;

  std::string id_;
  std::vector<std::string> steps_;                         // as they are printed
  std::vector<std::vector<std::optional<Word>>> results_;  // of calls that succeeded
  bool ended_ = false;
};

}  // namespace iolaw::suite
