// SPDX-License-Identifier: Apache-2.0
// Brings a port into a situation, lets threads call it at once, records who answered what when, and looks at what is
// there in the end.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "checker/concurrent/judge.hpp"
#include "checker/concurrent/racers.hpp"
#include "checker/concurrent/scenario.hpp"
#include "checker/differ/probe_sampler.hpp"
#include "model/eval/quick_random.hpp"

namespace iolaw::concurrent {

class Arena {
 public:
  // Keeps references. `threads` of them call at once, the caller's among them. `stuck`: calls wait for each other for
  // good; it must not return. Throws std::runtime_error if the port cannot be called by several threads.
  Arena(const Model& model, Port& port, std::size_t threads, std::function<void()> stuck);

  // Everything anew, then the calls of the prefix. False: the port cannot make one of them, or answers one otherwise
  // than the law says; then judgement() has it.
  bool begin(const Sequence& prefix);
  // What there is after the prefix.
  const State& state() const { return frontier_.configurations().front().state; }
  const Names& names() const { return names_; }

  // The calls of the threads, all at once: `random` decides who waits where. Then what there is is looked at, and
  // everything is closed.
  void race(const std::vector<Sequence>& threads, QuickRandom& random);

  const History& history() const { return history_; }
  Judgement judgement() const { return concurrent::judgement(model_, history_, frontier_, at_); }
  bool differs() const { return at_.has_value() || !history_.left.empty(); }
  bool unusable() const { return unusable_; }         // of the prefix: the port cannot make a call
  std::size_t overlaps() const { return overlaps_; }  // pairs of calls that overlapped, in this race
  // Calls of threads that the port could not make, in this race: rule and the port's note.
  const std::vector<std::pair<std::uint32_t, std::string>>& refused() const { return refused_; }
  // Races in all, for whoever watches that they end; from any thread.
  std::uint64_t races_begun() const { return racers_.begun(); }
  std::uint64_t races_ended() const { return racers_.ended(); }
  bool plays() const { return racers_.plays(); }
  bool observed() const { return observed_; }  // what there was in the end was looked at

 private:
  std::optional<PortAnswer> make(std::uint32_t rule, std::vector<std::uint64_t> arguments);
  std::vector<std::uint64_t> arguments_of(const SequenceStep& step) const;
  bool ask(const Call& call);
  void collect();
  void observe(QuickRandom& random);

  const Model& model_;
  Port& port_;
  Racers racers_;
  History history_;
  Frontier frontier_;
  Names names_;
  ProbeSampler probes_;
  std::vector<std::vector<std::pair<std::uint32_t, std::size_t>>> endings_;  // per kind: rules that end a parameter
  std::vector<std::uint32_t> questions_;                            // rules without effects that only take flags
  std::vector<std::vector<std::optional<std::uint64_t>>> results_;  // of each step of the prefix
  State scratch_;
  std::uint64_t clock_ = 0;
  std::optional<std::uint32_t> at_;
  bool unusable_ = false;
  bool observed_ = false;
  std::size_t overlaps_ = 0;
  std::vector<std::pair<std::uint32_t, std::string>> refused_;
};

}  // namespace iolaw::concurrent
