// SPDX-License-Identifier: Apache-2.0
// A mutant at work beside the law, asked only where what it changed can matter.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "checker/generate/check_truths.hpp"
#include "checker/generate/first_change.hpp"
#include "checker/generate/mutate.hpp"
#include "checker/generate/permitted.hpp"
#include "model/trace/sequence.hpp"

namespace iolaw {

class MutantModel {
 public:
  MutantModel(const Model& model, Mutant mutant);  // keeps a reference to the law's model

  const Mutant& mutant() const { return mutant_; }
  const std::string& text() const { return mutant_.text; }
  const std::vector<std::uint32_t>& rules() const { return mutant_.rules; }  // whose calls it can change
  // Likewise, or a probe.
  bool concerns(std::uint32_t rule) const { return concern(rule) != nullptr; }

  // Silent: by the mutant the call is unspecified. Unknown: it only reads its conditions in another order, and one of
  // them has no value.
  enum class Answer : std::uint8_t { same, differs, silent, unknown };
  // Makes the call on the mutant: whether it answers what the law does, by any of the same errnos, or with the numbers
  // that the law chose. A mutant that cannot answer (it reads what does not exist) differs, unless that is unknown.
  Answer step(State& state, const Call& call, const Played& expected) const;

  // Whether in the state `before` it permits other numbers to choose from, in a call that the law grants so. `law` is
  // what the law says of that call, the same object for all mutants.
  bool chooses_otherwise(const State& before, const Call& call, const Played& expected, Choices& law) const;

  // The same of a call that the law ends by `branch`, where the truths of its failures are enough to know: of a mutant
  // that reads them in another order. No state changes.
  std::optional<Answer> answer(const Call& call, std::uint32_t branch, CheckTruths& truths) const;

  // Whether the mutant may answer otherwise, or leave another state, in a call that the law ends by `branch`. Reads
  // `before`, the state in which both make it, and leaves it as it is.
  bool may_differ(State& before, const Call& call, std::uint32_t branch) const;

 private:
  static constexpr std::uint32_t kNoChecks = ~0U;
  struct Concern {
    std::uint32_t rule;
    FirstChange change;
    std::uint32_t checks = kNoChecks;  // the rule of the model that makes these alone
  };
  const Concern* concern(std::uint32_t rule) const;

  const Model& law_model_;
  Mutant mutant_;
  std::vector<Concern> concerns_;
  std::optional<Model> model_;
};

// A run of the law that mutants are compared with, up to the first step of which the law is silent.
struct LawRun {
  LawRun(const Model& model, const Sequence& sequence);

  std::vector<Call> calls;
  std::vector<Played> played;
  std::vector<State> states;     // before each step, and after the last
  std::vector<Choices> choices;  // in each step
};

// The index of the first step that the mutant answers otherwise than the law, or of which it says nothing: as a law it
// is refuted by what an implementation was seen to do there. nullopt if there is none, or if the law is silent about
// some step before it. Reads the states of the run and leaves them as they are.
std::optional<std::size_t> distinguishes(const MutantModel& mutant, LawRun& run);
std::optional<std::size_t> distinguishes(const Model& model, const MutantModel& mutant, const Sequence& sequence);

}  // namespace iolaw
