// SPDX-License-Identifier: Apache-2.0
// What several threads asked of an implementation, and when each call began and ended.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/eval/model.hpp"
#include "model/port/port.hpp"

namespace iolaw::concurrent {

// A call that was answered. What it names are handles of the port: which objects they are depends on the order in which
// calls took effect.
struct RecordedCall {
  std::uint32_t thread = 0;  // 0: nobody else called, before the threads began or after they ended
  std::uint32_t rule = 0;
  std::vector<std::uint64_t> arguments;  // of objects: handles, kNoHandle for none
  std::uint64_t invoked = 0;             // ticks of one clock; no two are equal
  std::uint64_t returned = 0;            // above `invoked`
  int error = 0;
  std::vector<std::optional<std::uint64_t>> results;  // of a success; of objects: handles
  bool by_number = false;  // the port took a handle for whatever has that number by now, of whatever kind

  bool overlaps(const RecordedCall& other) const { return invoked < other.returned && other.invoked < returned; }
};

struct History {
  std::vector<RecordedCall> calls;  // ascending by `invoked`; the calls of one thread do not overlap
  std::string left;                 // what was still there when everything had been closed; empty: nothing
};

struct HistoryOrigin {
  std::string law;  // path of the root file
  LawView view;
};

struct HistoryError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// One JSON document: "#meta" names the law as in traces, "calls" has an object a call; objects are named by handles. A
// history that was read has its calls in order. Throws HistoryError with a sentence.
std::string to_json(const Law& law, const std::string& law_path, const std::string& port, const History& history);
History history_from_json(const Law& law, std::string_view text);
// Empty if the text is no history.
std::optional<HistoryOrigin> origin_of_history(std::string_view text);

}  // namespace iolaw::concurrent
