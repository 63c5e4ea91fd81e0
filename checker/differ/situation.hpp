// SPDX-License-Identifier: Apache-2.0
// What is special about a state, for the choice of calls: who refers to whom, where intervals end, and which outcomes
// last touched each object. A call in a situation has features; two calls with the same features tell much the same.
#pragma once

#include <cstdint>
#include <vector>

#include "checker/differ/coverage.hpp"
#include "model/eval/model.hpp"
#include "model/eval/parameter_use.hpp"

namespace iolaw {

// An outcome of the law as a number: dense enough for keys, the same for every state.
inline std::uint32_t outcome_number(std::uint32_t rule, std::uint32_t branch) { return rule * 64 + (branch + 1) % 64; }

// Types of a few values.
inline bool is_small(const Type& type) {
  return type.tag == TypeTag::boolean || type.tag == TypeTag::enumeration || type.tag == TypeTag::flags;
}

// Whether a call names an object of a kind of which none lives.
bool names_dead(const Law& law, const State& state, const Call& call);

class Situation {
 public:
  // An interval that the state holds; `source` is its kind and field.
  struct Range {
    Word first = 0;
    Word last = 0;
    std::uint32_t source = 0;
  };

  explicit Situation(const Law& law);

  // Takes the intervals and numbers from a state, and nothing else: quickly, for runs that ask for no features.
  void glance(const State& state);

  // Forgets what touched what.
  void reset(const State& state);
  // A call was made: it touched its arguments, and what it made, changed or ended, and whatever these refer to.
  void follow(const State& before, const Call& call, std::uint32_t branch, const State& after);

  const std::vector<Range>& ranges() const { return ranges_; }
  const std::vector<Word>& numbers() const { return numbers_; }  // that stand in fields on their own
  // That the rule names, in its conditions and the functions that these call; ascending.
  const std::vector<Word>& named(std::uint32_t rule) const { return named_[rule]; }
  const std::vector<eval::ParameterUse>& uses(std::uint32_t rule) const { return uses_[rule]; }

  // Of a call that would end so and lead to `after`: the outcome; in which surroundings of its arguments; after which
  // outcomes that touched them; with which flags; how its numbers lie to the intervals and numbers of the state; and
  // of which kinds there are more or fewer objects then. Appends.
  void features(const State& state, const Call& call, std::uint32_t branch, const State& after,
                Features& features) const;

 private:
  struct Touch {
    std::uint32_t success = 0;  // outcomes by number; 0: none
    std::uint32_t failure = 0;
  };
  struct Seen {  // of one object
    std::uint64_t own = 0;
    std::uint64_t around = 0;   // and of what it refers to, and who refers to it
    std::uint64_t further = 0;  // and what surrounds those
    Touch touch;
    bool lives = false;
  };

  void look(const State& state);
  void touch(std::uint32_t kind, Word object, std::uint32_t outcome, bool success);
  void touch_targets(const State& state, std::uint32_t kind, Word object, std::uint32_t outcome, int hops);
  void name_numbers(const Expr& expr, std::vector<Word>& numbers) const;
  std::uint64_t membership(Word first, Word last) const;
  std::uint32_t place_of(std::uint32_t rule, Word number) const;
  std::uint32_t spanned(Word first, Word last) const;

  const Law& law_;
  std::vector<std::vector<eval::ParameterUse>> uses_;
  std::vector<std::vector<Word>> named_;  // per rule
  std::vector<std::vector<Seen>> seen_;   // per kind and object
  std::vector<std::uint32_t> referrers_;  // scratch
  std::vector<Range> ranges_;
  std::vector<Word> numbers_;
};

}  // namespace iolaw
