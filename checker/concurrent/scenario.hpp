// SPDX-License-Identifier: Apache-2.0
// What threads are to ask: calls that make a situation, then for each thread calls of its own.
#pragma once

#include <map>
#include <random>
#include <string>
#include <vector>

#include "checker/differ/drawer.hpp"
#include "checker/differ/situation.hpp"
#include "checker/differ/starts.hpp"
#include "checker/differ/topics.hpp"
#include "model/eval/quick_random.hpp"
#include "model/port/port.hpp"
#include "model/trace/sequence.hpp"

namespace iolaw::concurrent {

// Steps of a thread are counted from the end of the prefix: an argument names a step of the prefix, or an earlier one
// of its own thread.
struct Scenario {
  Sequence prefix;
  std::vector<Sequence> threads;

  std::size_t calls() const;  // of all threads
};

// The scenario without one step of the prefix, or without one of a thread; what these gave becomes "no such object".
Scenario without_prefix_step(const Scenario& scenario, std::size_t step);
Scenario without_thread_step(const Scenario& scenario, std::size_t thread, std::size_t step);

class ScenarioDrawer {
 public:
  // Asks the port which rules it leaves to one thread.
  ScenarioDrawer(const Model& model, std::vector<Start> starts, const Port& port);

  // A history to begin with; those that were used least first.
  const Sequence& prefix(QuickRandom& random);
  // Calls of so many threads on what there is in `state`, whose objects have `names`. Each thread draws as if it were
  // alone, all from few rules that have to do with each other. Half of the time the first two begin with calls that
  // get in each other's way: both succeed, but not after each other, or not alike.
  std::vector<Sequence> threads(const State& state, const Names& names, std::size_t count, QuickRandom& random);

  // The port made a call of the rule in a thread, or could not.
  void made(std::uint32_t rule) { ++support_[rule].made; }
  void refused(std::uint32_t rule, const std::string& note);
  // The prefix that was drawn last cannot be made.
  void useless() { uses_[last_] += 1'000'000; }
  // Rules that work on what the port's client keeps to itself; they are drawn for no thread.
  const std::vector<std::string>& of_one_thread() const { return of_one_thread_; }
  // Other rules that the port made in no thread, with its reasons.
  std::vector<std::string> left_out() const;

 private:
  struct Support {
    std::uint64_t made = 0;
    std::uint64_t refused = 0;
    std::string note;
  };
  bool hopeless(std::uint32_t rule) const;
  std::vector<std::uint32_t> few_rules(const State& state, const std::vector<std::uint32_t>& rules,
                                       QuickRandom& random) const;
  std::vector<std::uint32_t> related(std::uint32_t first, const std::vector<std::uint32_t>& rules) const;
  bool ends_otherwise(const State& state, const Call& call, const Outcome& before);
  std::vector<Call> rivals(const State& state, const std::vector<std::uint32_t>& rules, QuickRandom& random);
  // What a thread would come to if it were alone.
  struct Lane {
    State state;
    Names names;
    Sequence calls;
  };
  bool append(Lane& lane, const Call& call);
  void go_on(Lane& lane, std::uint64_t wanted, const std::vector<std::uint32_t>& focus,
             const std::vector<std::uint32_t>& pool, QuickRandom& random);

  const Model& model_;
  Drawer drawer_;
  Situation situation_;
  Topics topics_;
  std::vector<Start> starts_;
  std::vector<std::uint64_t> uses_;
  std::size_t last_ = 0;
  std::vector<std::string> of_one_thread_;
  std::vector<std::uint32_t> all_rules_;  // of the others
  std::vector<Support> support_;
  State scratch_;
  State elsewhere_;
};

}  // namespace iolaw::concurrent
