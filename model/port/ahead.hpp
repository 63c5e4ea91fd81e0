// SPDX-License-Identifier: Apache-2.0
// For ports that are far away: calls are told before earlier ones were answered, each with the answer that the law asks
// for. As long as the answers are these, nobody waits. Depends on the standard library alone.
#pragma once

#include <cstdint>
#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

#include "model/port/port.hpp"

namespace iolaw {

// One call. Objects have names that the teller gives them: the port's handles are known only where the calls are made.
// Plain memory, so that another process can read it.
struct ToldCall {
  static constexpr std::size_t kMostText = 64;
  static constexpr std::size_t kMostArguments = 24;
  static constexpr std::size_t kMostResults = 8;
  static constexpr std::size_t kMostEnded = 256;

  enum class What : std::uint32_t {
    reset,
    call,  // the answer is foretold
    ask,   // the answer is wanted
    end,   // nothing more is told
  };
  enum class Expected : std::uint32_t { nothing, number, object, new_object };

  What what = What::call;
  std::int32_t error = 0;  // foretold
  std::uint32_t length = 0;
  std::uint32_t arguments = 0;
  std::uint32_t objects = 0;  // bit i: argument i is the name of an object, or kNoHandle
  std::uint32_t gone = 0;     // bit i: and that does not live any more
  std::uint32_t results = 0;
  std::uint32_t object_results = 0;  // bit i: result i is an object, or nothing
  std::uint64_t fresh = 0;           // the name of result 0 if that is a new object; of result 1 it is the next one
  // Names of objects that do not live any more: before the call, and from then on up to the number `ended`, after it.
  std::uint32_t ended_before = 0;
  std::uint32_t ended = 0;
  char rule[kMostText];
  std::uint64_t argument[kMostArguments];
  // Foretold, if the call succeeds; `value` is the number, or the name of an object that there was.
  struct Result {
    Expected expected;
    std::uint64_t value;
  } result[kMostResults];
  std::uint32_t names[kMostEnded];
};
static_assert(std::is_trivially_copyable_v<ToldCall>);

class Ahead {
 public:
  virtual ~Ahead() = default;

  // A call that was not answered as foretold, by number: what was told first has number 0. The answer names objects as
  // they were told. What was told after it was not done, and will not be.
  struct Stop {
    std::uint64_t number = 0;
    PortAnswer answer;
  };
  // Thrown instead of an answer, because an earlier call stopped.
  struct Overtaken : std::exception {
    explicit Overtaken(Stop at) : stop(std::move(at)) {}
    const char* what() const noexcept override { return "an earlier call was not answered as foretold"; }
    Stop stop;
  };

  // How many calls were told, resets included.
  virtual std::uint64_t told() const = 0;
  // Why the port cannot make such a call, as far as the rule and the numbers among the arguments say; empty: it may.
  virtual std::string_view cannot(const ToldCall&) const { return {}; }
  // As Port::reset().
  virtual void tell_reset() = 0;
  // Empty: it will be made. Of an `ask`, the answer, once all calls before were answered. Throws Overtaken.
  virtual std::optional<PortAnswer> tell(const ToldCall& call) = 0;
  // Waits until what has a smaller number is done, or one stopped. After a stop there must be a reset.
  virtual std::optional<Stop> settle(std::uint64_t number) = 0;
};

}  // namespace iolaw
