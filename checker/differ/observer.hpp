// SPDX-License-Identifier: Apache-2.0
// Asks probes where a call may have left something: about its arguments, and about what has to do with them.
#pragma once

#include <optional>
#include <vector>
#include "model/eval/quick_random.hpp"

#include "checker/differ/coverage.hpp"
#include "checker/differ/probe_sampler.hpp"
#include "checker/differ/situation.hpp"
#include "model/eval/model.hpp"

namespace iolaw {

class Observer {
 public:
  explicit Observer(const Model& model);

  // For a new run.
  void clear() { asked_.clear(); }

  // Turns to a call that was made, and ended in the outcome of that number. What it took away is told by `before`.
  void turn_to(const State& before, const State& after, const Call& call, std::uint32_t outcome);

  // A probe that the law answers, of some the one that was asked least after such an outcome; nullopt if none was
  // drawn.
  std::optional<Call> next(const State& state, const Situation& situation, QuickRandom& random);

  // A probe about anything.
  std::optional<Call> anywhere(const State& state, QuickRandom& random) { return anywhere_.call(state, random); }
  // What the last one told.
  void learn(const Call& probe, const Outcome& outcome, QuickRandom& random);

  // One that was asked in this run, if the law answers it now.
  std::optional<Call> again(const State& state, QuickRandom& random);

 private:
  struct Object {
    std::uint32_t kind = 0;
    Word index = 0;
  };

  void relate(const State& state, const Call& call);
  void add_neighbours(const State& state);
  void add_numbers(const State& state);
  void remember(const Call& probe, QuickRandom& random);
  Call drawn(const State& state, QuickRandom& random) const;
  bool answers(const State& state, const Call& call);

  const Model& model_;
  const Law& law_;
  ProbeSampler anywhere_;
  Coverage coverage_;
  std::vector<std::uint32_t> probes_;  // those that take more arguments more often
  std::vector<Object> related_;
  std::vector<Word> numbers_;
  std::uint32_t outcome_ = 0;
  std::vector<Call> asked_;
  State scratch_;
  Outcome answer_;
  Features features_;
};

}  // namespace iolaw
