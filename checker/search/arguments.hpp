// SPDX-License-Identifier: Apache-2.0
// The calls of a rule that are made in a state: references to what lives there, numbers from the law's constants and
// from the ends of what the state holds.
#pragma once

#include <cstdint>
#include <functional>
#include <unordered_set>
#include <vector>

#include "model/eval/model.hpp"
#include "model/eval/parameter_use.hpp"

namespace iolaw::search {

// How many numbers are tried.
enum class Width : std::uint8_t {
  narrow,  // where a range of the law begins; both ends of what is mapped and the address after it; 0, 1, a page
  middle,  // and the first page and the last one; the address before what is mapped; two pages; none; all
  wide,    // and a byte to either side of every end, and of every number of the law
};

// What a call did: the branch that it took, kSuccess, or kNothing if it had none.
inline constexpr std::uint32_t kNothing = kSuccess - 1;
inline constexpr std::uint32_t kStop = kSuccess - 2;

class Arguments {
 public:
  // `law` has no unspecified branches (see named_silence).
  explicit Arguments(const Law& law);

  enum class Ask : std::uint8_t {
    changes,  // which states follow
    ends,     // how calls end, each branch and each success
  };

  // Makes every call, but for those of which an earlier one says that they add nothing to what is asked: they agree
  // with it in what decided how it ended. `try_call` says what the call did; kStop ends it.
  void for_each(const State& state, std::uint32_t rule, Width width, Ask ask,
                const std::function<std::uint32_t(const Call&)>& try_call);

 private:
  using Mask = std::uint32_t;  // of parameters
  static constexpr Mask kAll = ~0U;
  struct Plan {
    std::vector<eval::ParameterUse> uses;
    std::vector<std::uint32_t> order;  // of the parameters, those that fail by themselves first
    std::vector<Mask> branches;        // on which parameters the condition depends: with these, no call succeeds
    std::vector<Mask> prefixes;        // and all conditions up to there: with these, every call ends there
    Mask success = kAll;               // and what follows a success
    std::vector<Word> numbers;         // that the rule names
  };
  void read_rule(std::uint32_t rule);
  Mask depends(const Expr& expr, const std::vector<Mask>& slots) const;
  void name_numbers(const Expr& expr, std::vector<Word>& numbers) const;
  void candidates(const State& state, const Plan& plan, std::uint32_t rule, std::uint32_t parameter, Width width,
                  std::vector<Word>& values) const;
  void addresses(const std::vector<std::pair<Word, Word>>& near, const eval::ParameterUse& use, Width width,
                 std::vector<Word>& values) const;
  void lengths(const std::vector<std::pair<Word, Word>>& near, const Plan& plan, Width width,
               std::vector<Word>& values) const;
  void others(const State& state, const Plan& plan, Width width, std::vector<Word>& values) const;

  const Law& law_;
  Word unit_;  // the largest
  std::vector<Word> units_;
  std::vector<Plan> plans_;
  // Of the rule at hand.
  std::vector<std::vector<Word>> values_;
  std::unordered_set<std::uint64_t> settled_;  // branches with the values that settle them
};

}  // namespace iolaw::search
