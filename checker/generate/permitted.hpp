// SPDX-License-Identifier: Apache-2.0
// Which numbers the law lets an implementation choose.
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "model/eval/model.hpp"

namespace iolaw {

// Multiples of `unit` in closed ranges, ascending.
struct Permitted {
  Word unit = 1;
  std::vector<std::pair<Word, Word>> ranges;
  friend bool operator==(const Permitted&, const Permitted&) = default;
};

// Where a condition of the call's choice may begin or cease to hold: the ends of ranges and the sizes of pages, of the
// law and of the state, moved by the numbers of the call; and the numbers beside them. Ascending.
std::vector<Word> turning_points(const Law& law, const State& state, const Call& call);

// Whether result `result` of a success may be `word`.
bool permits(const Model& model, const State& before, const Call& call, const Outcome& outcome, std::size_t result,
             Word word);

// What the law says of some numbers that an implementation might choose in one call. Found out when first asked for.
class Choices {
 public:
  struct Choice {
    std::size_t result;
    Word word;
    bool permitted;
  };
  // Of the turning points of each result that is chosen. The same call each time.
  const std::vector<Choice>& of(const Model& model, const State& before, const Call& call, const Outcome& outcome);

 private:
  std::optional<std::vector<Choice>> found_;
};

// The numbers that result `result` of the success `outcome` may be. Exact where conditions compare what is chosen with
// numbers that turning_points() names, or want a multiple of a constant; no ranges where that is seen not to be so.
Permitted permitted_numbers(const Model& model, const State& before, const Call& call, const Outcome& outcome,
                            std::size_t result);

}  // namespace iolaw
