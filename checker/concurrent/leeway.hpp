// SPDX-License-Identifier: Apache-2.0
// What the law, which speaks of one call at a time, leaves open where calls overlap.
//
// Many calls of Linux, and of hw_reference after it, are not one step. While such a call is under way others see the
// address space stricter than any order makes it: a page table has joined it already, memory is pinned still. So a
// refusal may stand that no order explains, and so may the answer to a question; what a call did to what there is may
// not.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "checker/concurrent/history.hpp"

namespace iolaw::concurrent {

// Calls that are not one step. A name that ends in "*" stands for all that begin so.
struct Steps {
  std::string_view rules;
  std::string_view why;
};
std::span<const Steps> calls_of_steps();

// Calls that threads do not make at the same time: one works with what it looked up, and the other takes that away.
struct Apart {
  std::string_view looked_up;
  std::string_view takes_away;
  std::string_view why;
};
std::span<const Apart> kept_apart();
bool has_effect(const Rule& rule);
// Whether a rule has results, none of them an object, and no effect.
bool asks(const Rule& rule);
bool matches(std::string_view rule, std::string_view pattern);

class Leeway {
 public:
  explicit Leeway(const Law& law);

  // Whether the answer, which changes nothing, may be what it is because of a call that overlaps:
  //   a refusal, or a question's, if either call is one of steps and both are at work on one object: what a call names,
  //   what that refers to, what was made of it;
  //   EBUSY of what destroys an object that another call works on, which holds it;
  //   EBUSY of option.set_rlimit_mode beside any call: what is being made or destroyed counts as an object.
  bool excuses(const History& history, std::uint32_t call) const;

 private:
  static constexpr std::uint32_t kNoParameter = ~0U;

  bool at_same_object(const History& history, const RecordedCall& call, const RecordedCall& other) const;

  const Law& law_;
  std::vector<std::uint32_t> ends_;   // per rule: the parameter that it destroys, or kNoParameter
  std::vector<bool> of_steps_;        // per rule
  std::vector<bool> asks_;            // per rule: it has results, none of them an object, and no effect
  std::vector<bool> counts_objects_;  // per rule: it is option.set_rlimit_mode
};

// Rules whose calls take effect piece by piece: others may come between two pieces.
std::vector<std::string> rules_of_pieces(const Model& model);

}  // namespace iolaw::concurrent
