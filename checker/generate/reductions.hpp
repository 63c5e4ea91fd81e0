// SPDX-License-Identifier: Apache-2.0
// Smaller sequences to try in the place of a given one, most promising first.
#pragma once

#include <optional>
#include <vector>

#include "checker/generate/simplicity.hpp"

namespace iolaw {

// One pass over a sequence: without chunks of steps (halves, quarters, …, single steps; later ones first), then with
// older objects in the place of newer ones, then with simpler numbers: a number wherever it stands, then in one place.
class Reductions {
 public:
  Reductions(const Law& law, const Simplicity& simplicity, Sequence sequence);

  // The next candidate; nullopt at the end of the pass.
  std::optional<Sequence> next();

  // The last candidate takes the place of the sequence; the pass goes on from where it is.
  void accept(Sequence candidate);

 private:
  enum class Phase { drop_steps, drop_objects, older_objects, simpler_everywhere, simpler_alone, done };

  std::optional<Sequence> next_drop();
  std::optional<Sequence> next_drop_object();
  std::optional<Sequence> next_edit();
  void enter(Phase phase);
  bool is_object(std::size_t step, std::size_t argument) const;
  bool next_place();
  void find_choices();
  bool substitute(SequenceStep& step, std::size_t argument, Word word) const;

  const Law& law_;
  const Simplicity& simplicity_;
  Sequence base_;
  Phase phase_ = Phase::drop_steps;
  std::size_t size_ = 0;  // drop_steps: of the chunk,
  std::size_t end_ = 0;   // and where it ends; drop_objects: the step behind the one to try
  std::size_t step_ = 0;  // older_objects, simpler_alone: the place
  std::size_t argument_ = 0;
  std::vector<Word> words_;  // simpler_everywhere: what remains to be done
  Word word_ = 0;
  std::vector<Argument> choices_;  // for this place
  std::size_t choice_ = 0;
};

}  // namespace iolaw
