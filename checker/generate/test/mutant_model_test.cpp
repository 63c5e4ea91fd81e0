// SPDX-License-Identifier: Apache-2.0
// What is taken for granted of a mutant without asking it is what it would have answered.
#include "checker/generate/mutant_model.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <random>

#include "checker/generate/test/small_law.hpp"

namespace iolaw {
namespace {

struct Seen {
  std::size_t taken_for_granted = 0;
  std::size_t known_by_truths = 0;
  std::size_t asked = 0;
};

// Random runs of the law; in each state every mutant makes the call too.
Seen compare(const Law& law, std::uint32_t calls) {
  const Model model(law);
  const Sampler sampler(law);
  CheckTruths truths(law);
  std::vector<std::unique_ptr<MutantModel>> mutants;
  for (Mutant& mutant : make_mutants(law)) mutants.push_back(std::make_unique<MutantModel>(model, std::move(mutant)));
  std::mt19937_64 random(7);
  State state(law);
  Seen seen;
  for (std::uint32_t made = 0; made < calls; ++made) {
    if (made % 64 == 0) state = State(law);
    const Call call = sampler.call(state, random);
    State before = state;
    Outcome outcome;
    const std::optional<std::uint32_t> branch = model.step(state, call, outcome);
    if (!branch) continue;
    truths.begin(before, call);
    for (const std::unique_ptr<MutantModel>& mutant : mutants) {
      if (!mutant->concerns(call.rule)) continue;
      State other = before;
      const MutantModel::Answer answer = mutant->step(other, call, {*branch, outcome});
      if (const auto known = mutant->answer(call, *branch, truths)) {
        ++seen.known_by_truths;
        EXPECT_EQ(*known, answer) << mutant->text() << ": " << to_string(law, call, outcome, *branch);
      }
      if (mutant->may_differ(before, call, *branch)) {
        ++seen.asked;
        continue;
      }
      ++seen.taken_for_granted;
      EXPECT_EQ(answer, MutantModel::Answer::same) << mutant->text() << ": " << to_string(law, call, outcome, *branch);
      EXPECT_TRUE(other == state) << mutant->text() << ": " << to_string(law, call);
    }
  }
  return seen;
}

TEST(MutantModel, takes_for_granted_only_what_is_so_in_a_small_law) {
  const Law law = parse_text(kSmallLaw);
  const Seen seen = compare(law, 3000);
  EXPECT_GT(seen.taken_for_granted, seen.asked);
  EXPECT_GT(seen.known_by_truths, 0U);
}

TEST(MutantModel, takes_for_granted_only_what_is_so_in_the_law) {
  const Parsed parsed = parse_law(IOLAW_SOURCE "/spec/iommufd.law");
  ASSERT_TRUE(parsed.law);
  const Seen seen = compare(*parsed.law, 4000);
  EXPECT_GT(seen.taken_for_granted, 4 * seen.asked);
  EXPECT_GT(seen.known_by_truths, 0U);
}

// A sequence tells a mutant whether its run is made once for all mutants or again for each.
TEST(MutantModel, a_run_tells_what_a_sequence_tells) {
  const Law law = parse_text(kSmallLaw);
  const Model model(law);
  const Sampler sampler(law);
  std::vector<std::unique_ptr<MutantModel>> mutants;
  for (Mutant& mutant : make_mutants(law)) mutants.push_back(std::make_unique<MutantModel>(model, std::move(mutant)));
  std::mt19937_64 random(3);
  std::size_t told = 0;
  for (int round = 0; round < 100; ++round) {
    World world(law);
    Sequence sequence;
    while (sequence.size() < 12) {
      const Call call = sampler.call(world.state(), random);
      const auto step = world.names().symbolic(world.state(), call);
      if (!step || !world.play(model, call)) continue;
      sequence.push_back(*step);
    }
    LawRun run(model, sequence);
    ASSERT_EQ(run.calls.size(), sequence.size());
    for (const std::unique_ptr<MutantModel>& mutant : mutants) {
      const auto at = distinguishes(model, *mutant, sequence);
      EXPECT_EQ(distinguishes(*mutant, run), at) << mutant->text();
      told += at ? 1 : 0;
    }
  }
  EXPECT_GT(told, 100U);
}

}  // namespace
}  // namespace iolaw
