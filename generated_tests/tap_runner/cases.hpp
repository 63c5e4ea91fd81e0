// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
// What a generated case is, as a table: calls in order, with what the law expects of each.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <vector>

namespace iolaw::tap {

using Word = std::uint64_t;
inline constexpr Word kMax = ~Word{0};

// An argument, or what is expected of a result.
struct Value {
  enum class Tag : std::uint8_t {
    word,
    object,      // the one that an earlier step made: `word` is its number in the case
    no_object,   // a handle that names nothing
    made,        // of a result: any object, from now on number `word`
    any_object,  // of a result: any object
    any_number,  // of a result: whatever the implementation chose
    nothing,     // of a result: none
  };
  Word word = 0;
  Tag tag = Tag::word;

  constexpr Value() = default;
  constexpr Value(Word number) : word(number) {}  // NOLINT: a number stands for itself
  constexpr Value(Tag what, Word number) : word(number), tag(what) {}
};

constexpr Value object(Word number) { return {Value::Tag::object, number}; }
constexpr Value made(Word number) { return {Value::Tag::made, number}; }
inline constexpr Value no_object{Value::Tag::no_object, 0};
inline constexpr Value any_object{Value::Tag::any_object, 0};
inline constexpr Value any_number{Value::Tag::any_number, 0};
inline constexpr Value nothing{Value::Tag::nothing, 0};

// The generator refuses what has no room here.
inline constexpr std::size_t kMostArguments = 10;
inline constexpr std::size_t kMostResults = 4;
inline constexpr std::size_t kMostErrors = 4;

template <class T, std::size_t N>
struct List {
  std::array<T, N> items{};
  std::uint8_t size = 0;

  constexpr List() = default;
  constexpr List(std::initializer_list<T> from) {
    for (const T& item : from) items[size++] = item;
  }
  constexpr const T* begin() const { return items.data(); }
  constexpr const T* end() const { return items.data() + size; }
};

struct Expected {
  List<std::uint16_t, kMostErrors> errors;  // any of these; empty: success
  List<Value, kMostResults> results;        // of a success
};

constexpr Expected ok(List<Value, kMostResults> results = {}) { return {{}, results}; }
constexpr Expected fails(List<std::uint16_t, kMostErrors> errors) { return {errors, {}}; }

struct Step {
  const char* rule;
  List<Value, kMostArguments> arguments;
  Expected expected;
};

struct KernelVersion {
  unsigned major = 0;
  unsigned minor = 0;
};

struct Case {
  const char* id;        // the outcome that it tests: "ioas.map.overlap"
  int number;            // the first, second, … case of that outcome
  KernelVersion needed;  // of Linux; 0.0: any
  const Step* steps;
  std::size_t count;
};

// In the order of the law. Defined by what is generated.
std::vector<const Case*> all_cases();

}  // namespace iolaw::tap
