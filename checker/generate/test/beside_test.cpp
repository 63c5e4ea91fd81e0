// SPDX-License-Identifier: Apache-2.0
#include "checker/generate/beside.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "checker/generate/slip_search.hpp"
#include "checker/generate/survey.hpp"
#include "checker/generate/test/small_law.hpp"

namespace iolaw {
namespace {

// open, add, clear.
Sequence cleared_space() {
  const auto number = [](Word word) { return Argument{word, Argument::kNoStep, 0}; };
  return {{0, {}},
          {1, {{kNone, 0, 0}, number(0x1000), number(0x1000), number(0)}},
          {2, {{kNone, 0, 0}, number(0x1000), number(0x1000)}}};
}

TEST(Beside, finds_runs_that_show_what_they_say_and_the_cases_do_not) {
  const Law law = parse_text(kSmallLaw);
  const Model model(law);
  SlipJudge judge(model);
  const std::vector<std::string> known = judge.shown_by(cleared_space());
  const std::vector<Seed> found = find_beside(law, {cleared_space()}, {.seed = 1, .tries = 2'000});
  std::size_t slips = 0;
  std::size_t mutants = 0;
  for (const Seed& seed : found) {
    EXPECT_EQ(std::count(known.begin(), known.end(), seed.shows), 0) << seed.shows;
    if (seed.shows.starts_with("mutant: ")) {
      ++mutants;
      continue;
    }
    if (seed.shows.find(", but ") == std::string::npos) {
      const std::vector<std::string> keys = shown_by(model, seed.sequence, seed.sequence.size() - 1);
      EXPECT_NE(std::count(keys.begin(), keys.end(), seed.shows), 0) << seed.shows;
      continue;
    }
    ++slips;
    EXPECT_TRUE(judge.shows(seed.sequence, seed.shows)) << seed.shows;
  }
  EXPECT_GT(slips, 5U);
  EXPECT_GT(mutants, 5U);
}

TEST(Beside, finds_the_same_however_many_threads_look) {
  const Law law = parse_text(kSmallLaw);
  const auto found = [&](unsigned threads) {
    return write_seeds(law, find_beside(law, {cleared_space()}, {.seed = 2, .threads = threads, .tries = 300}));
  };
  EXPECT_EQ(found(1), found(3));
}

}  // namespace
}  // namespace iolaw
