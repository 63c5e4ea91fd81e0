// SPDX-License-Identifier: Apache-2.0
// One scope of an explicit search: states from the initial one on, those first from which a goal may be nearest.
#pragma once

#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "checker/search/arguments.hpp"
#include "checker/search/goal.hpp"
#include "checker/search/state_store.hpp"

namespace iolaw::search {

struct WalkScope {
  Width width = Width::narrow;
  std::uint32_t population = 2;  // objects of a kind that may live at a time
};

// What the walks of one search share.
struct WalkProblem {
  const Model& model;   // of the law
  const Model& spoken;  // of the law without silence (see name_silence)
  const std::vector<scope::Target>& targets;
  std::vector<std::uint32_t> rules;  // that can matter and change something
  std::vector<Goal> goals;
  std::uint32_t depth = 0;
};

class Walk {
 public:
  Walk(const WalkProblem& problem, WalkScope scope);

  struct Found {
    std::size_t target = 0;
    std::vector<Call> calls;
  };
  enum class End : std::uint8_t { found, none, budget };
  // Looks at everything that may be on a way of `length` calls; to be called for 1, 2, and so on. Uses up `calls`.
  // `stop` is asked now and then.
  End advance(std::uint32_t length, std::uint64_t& calls, const std::function<bool()>& stop);

  const Found& found() const { return *found_; }
  std::size_t states() const { return seen_.size(); }
  const WalkScope& scope() const { return scope_; }

 private:
  struct Node {
    std::uint32_t from = 0;
    std::size_t place = 0;
    std::uint32_t depth = 0;
    StateKey key;
    Call call;
  };
  struct Entry {
    std::uint32_t node = 0;
    bool last_call = false;  // only the last call is made here
  };
  // By length of the way, then by depth.
  using Buckets = std::vector<std::vector<std::vector<Entry>>>;

  void add(const State& state, std::uint32_t from, const Call& call);
  void look(std::uint32_t node, std::uint64_t& calls);
  // The calls after which a way may have `length` calls in all, and could have no fewer.
  void grow(std::uint32_t node, std::uint32_t length, std::uint64_t& calls);
  // Makes the call in `scratch_`, which is as `here_` before it. The branch; kNothing if there is none.
  std::uint32_t make(const Call& call, std::uint64_t& calls);
  bool reached(const scope::Target& target, const Call& call, std::uint32_t branch);
  bool counts_meet(const Counts& needs) const { return needs.within(counts_); }
  void arrive(std::uint32_t node);

  const WalkProblem& problem_;
  const Law& law_;
  const WalkScope scope_;
  Arguments arguments_;
  Distance distance_;
  StateStore store_;
  StateKeys keys_;
  std::vector<Node> nodes_;
  Buckets open_;
  std::unordered_map<StateKey, std::uint32_t, StateKey::Hash> seen_;  // the depth at which it was reached
  std::unordered_set<StateKey, StateKey::Hash> judged_;               // of states after the last call
  std::optional<Found> found_;
  std::vector<bool> lengths_;  // of ways from the state at hand
  State here_;
  State scratch_;
  bool dirty_ = false;   // scratch_ is not here_
  bool thrown_ = false;  // the last call has no value
  Counts counts_;        // of here_
};

}  // namespace iolaw::search
