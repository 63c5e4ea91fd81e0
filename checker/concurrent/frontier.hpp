// SPDX-License-Identifier: Apache-2.0
// Whether calls that overlapped can be put into an order that the law allows: the search of Wing and Gong ("Testing and
// Verifying Concurrent Objects", 1993), with what Lowe ("Testing for linearizability", 2017) adds: configurations are
// remembered, and a call takes effect only when some call that returns needs it to.
//
// A configuration is a state of the model with its handles, and what took effect of the calls under way. The frontier
// has all that explain everything up to now. It is fed the beginnings and the ends of calls as they were.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "checker/concurrent/history.hpp"
#include "checker/concurrent/leeway.hpp"

namespace iolaw::concurrent {

// An effect in an order of effects.
struct Effected {
  std::uint32_t call = 0;  // index into the history
  bool last = true;        // false: a piece of it, and more follows
  bool leeway = false;     // answered so for a call under way: nothing in the law's order says so
  friend bool operator==(const Effected&, const Effected&) = default;
};

// Handles that the port gave, per kind and object of the model; kNoHandle where none did.
using HandleTable = std::vector<std::vector<std::uint64_t>>;

struct Configuration {
  struct Pending {
    std::uint32_t call = 0;
    bool done = false;
    Progress progress;
    friend bool operator==(const Pending&, const Pending&) = default;
  };
  State state;
  HandleTable handles;
  std::vector<Pending> pending;  // in the order of their beginning
  std::vector<Effected> order;   // one way to come here; not part of what it is

  bool same(const Configuration& other) const {
    return pending == other.pending && handles == other.handles && state == other.state;
  }
};

class Frontier {
 public:
  // Keeps references to the model and to the history, which may grow. Begins in the initial state.
  Frontier(const Model& model, const History& history);

  void reset();
  // The call of that index begins, or ends. After end() every configuration has it; false: no configuration is left,
  // and the frontier stays as it was before.
  void begin(std::uint32_t call);
  bool end(std::uint32_t call);

  // Feeds the calls from that index on, by their times; the index of the call at whose end nothing was left.
  std::optional<std::uint32_t> feed(std::uint32_t from = 0);

  const std::vector<Configuration>& configurations() const { return configurations_; }
  // Some order leads to a call of which the law is silent: what is not explained may yet be allowed.
  bool silent() const { return silent_; }
  std::uint64_t visited() const { return visited_; }  // configurations in all

  // The call in the model's terms, in a configuration.
  Call in_model_terms(const Configuration& at, std::uint32_t call) const;
  // What was answered, likewise.
  Outcome outcome_in_model_terms(const Configuration& at, std::uint32_t call) const;

 private:
  // All ways in which the pending call at `which` may go on in `from`, into next_.
  void advance(const Configuration& from, std::size_t which);
  bool answers(const Configuration& from, const RecordedCall& call, const Outcome& outcome, const State& next) const;
  void take(const Configuration& from, std::size_t which, State&& next, const Outcome* outcome, bool leeway);
  void keep(Configuration&& found, std::vector<Configuration>& among);

  const Model& model_;
  const History& history_;
  Leeway leeway_;
  State initial_;
  std::vector<Configuration> configurations_;
  std::vector<Configuration> seen_;  // scratch
  std::vector<Configuration> next_;  // scratch
  State scratch_;
  bool silent_ = false;
  std::uint64_t visited_ = 0;
};

}  // namespace iolaw::concurrent
