// SPDX-License-Identifier: Apache-2.0
// Draws calls for a run: as the law's sampler does, with what made earlier calls of a rule succeed, with numbers of
// earlier calls, and with numbers at the very ends of what the state holds.
#pragma once

#include <optional>
#include <vector>
#include "model/eval/quick_random.hpp"

#include "checker/differ/recents.hpp"
#include "checker/differ/situation.hpp"
#include "model/eval/model.hpp"
#include "model/trace/sequence.hpp"

namespace iolaw {

// A number at an end of a range, beside one, or some pages behind its beginning.
Word near(const Situation::Range& range, QuickRandom& random);

class Drawer {
 public:
  explicit Drawer(const Law& law);

  // For a new run: forgets the numbers of earlier calls, and nothing else.
  void clear() { recents_.clear(); }
  // Of a call that succeeded in a state.
  void remember(const State& before, const Call& call, QuickRandom& random);

  // Of a call that succeeded elsewhere.
  void learn(const SequenceStep& step, QuickRandom& random);

  // One of `rules`: of some, the one that succeeded least often; mostly one whose parameters can name something.
  std::uint32_t rule(const State& state, const std::vector<std::uint32_t>& rules, QuickRandom& random) const;
  void draw(const State& state, const Situation& situation, std::uint32_t rule, QuickRandom& random, Call& call) const;

  // Changes one argument: mostly the call fails then, by that alone.
  void spoil(const State& state, const Situation& situation, QuickRandom& random, Call& call) const;

  // A call of the rule that ends in the branch, or as near to it in the order of the rule as it came by changing one
  // argument after another, `tries` in all: with what Model::step() makes of it, and the state that follows in `after`.
  // null if the law is silent about all of them; otherwise it stays until the next call. `later`: in a piece of a loop
  // that is not the first. `brief`: what follows a choice is not asked for.
  // What just did not reach the line, and what went past it, is the better the more of its condition was met.
  struct Aimed {
    Call call;
    std::uint32_t branch = kSuccess;
    std::uint32_t pieces = 0;  // of its loop, done before it
    Outcome outcome;
    bool open = false;  // it came to a choice of the implementation: what follows is not known
  };
  Aimed* aim(const Model& model, const State& state, const Situation& situation, std::uint32_t rule,
             std::uint32_t branch, int tries, QuickRandom& random, State& after, bool later = false,
             bool brief = false);
  // The line nearest to the one that was aimed at last, be it one where the law is silent.
  std::uint32_t nearest() const { return nearest_; }
  // And how far the condition of the line that was aimed at was met by then.
  std::uint32_t met() const { return met_; }

  // Whether every call of the rule that succeeded named something by a parameter.
  bool needs(std::uint32_t rule, std::size_t parameter) const { return !habits_[rule].optional[parameter]; }

  // Whether there is something to name for every parameter that must name something.
  bool has_targets(const State& state, std::uint32_t rule) const;

  // Calls that the model tried, all together.
  std::uint64_t tries() const { return tries_; }

  // How much less common successes of a rule are than those of others: 1 for one that never succeeded, 0.5 for one as
  // common as the average.
  float rarity(std::uint32_t rule) const;

 private:
  // What calls of a rule that succeeded were like.
  struct Habits {
    std::uint64_t successes = 0;
    std::uint64_t aims = 0;                // at success
    std::vector<bool> optional;            // per parameter: it named nothing that lives
    std::vector<std::vector<Word>> flags;  // their booleans, enums and flags, some different ones
  };

  void keep_flags(std::uint32_t rule, std::vector<Word> flags, QuickRandom& random);
  void repeat_flags(Call& call, QuickRandom& random) const;
  void sharpen(Call& call, const Situation& situation, QuickRandom& random) const;

  const Law& law_;
  Sampler sampler_;
  Recents recents_;
  std::vector<Habits> habits_;
  std::uint64_t successes_ = 0;
  std::uint64_t tries_ = 0;
  Aimed aimed_;
  std::uint32_t nearest_ = 0;
  std::uint32_t met_ = 0;
  // Scratch.
  Call call_;
  std::vector<Word> drawn_;
  std::vector<Word> base_;
  State scratch_;
  Outcome outcome_;
};

}  // namespace iolaw
