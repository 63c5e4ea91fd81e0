// SPDX-License-Identifier: Apache-2.0
// Numbers that an implementation chooses: in sequences, in cases, and in mutants that choose otherwise.
#include <gtest/gtest.h>

#include <algorithm>

#include "checker/generate/permitted.hpp"
#include "checker/generate/suite.hpp"
#include "checker/generate/target.hpp"
#include "model/law/parse.hpp"

namespace iolaw {
namespace {

const std::string kShelf = R"(
const UNIT: pow2 = 16
const ROOM: interval = 0x100..0x1ff
object Shelf {}
object Book { in shelf: Shelf at span }
def fits(shelf: Shelf, span: interval) -> bool = span in ROOM and (no b: Book in shelf: overlaps(b.span, span))
rule shelf.build() -> shelf: Shelf { then shelf = new Shelf {} }
rule book.put(shelf: Shelf, width: u64) -> at: u64 {
  fails ENOENT [shelf] unless shelf lives
  fails EINVAL [width] when width == 0 or width > 64
  unspecified  [full]  unless some x: u64: fits(shelf, x..x + width + 16)
  choose at: u64 where aligned(at, UNIT) and fits(shelf, at..at + width - 1)
  then new Book { shelf, span = at..at + width - 1 }
}
rule shelf.clear(shelf: Shelf) -> books: nat {
  fails ENOENT [shelf] unless shelf lives
  each b: Book in shelf ascending b.span.first {
    tally cleared += 1
    then destroy b
  }
  result books = cleared
}
probe shelf.has(shelf: Shelf, x: u64) -> yes: bool {
  unspecified [shelf] unless shelf lives
  result yes = shelf.at[x] is some
}
)";

Law shelf_law() {
  Parsed parsed = parse_law_texts({{"shelf.law", kShelf}});
  std::string messages;
  for (const Diagnostic& diagnostic : parsed.diagnostics) messages += render(diagnostic, parsed.files, false);
  if (!parsed.law) throw std::runtime_error(messages);
  return std::move(*parsed.law);
}

enum : std::uint32_t { kBuild, kPut, kClear, kHas };

TEST(Choice, LeavesOpenWhatDependsOnIt) {
  const Law law = shelf_law();
  const Model model(law);
  World world(law);
  ASSERT_TRUE(world.play(model, {kBuild, {}}));
  ASSERT_TRUE(world.play(model, {kPut, {0, 16}}));
  EXPECT_TRUE(world.is_open());
  const State before = world.state();
  EXPECT_FALSE(world.play(model, {kHas, {0, 0x100}}));
  EXPECT_FALSE(world.play(model, {kPut, {0, 16}}));
  EXPECT_EQ(world.state(), before);
  const std::optional<Played> elsewhere = world.play(model, {kHas, {0, 0x80}});
  ASSERT_TRUE(elsewhere);
  EXPECT_EQ(elsewhere->outcome.results, (std::vector<std::optional<Word>>{0}));
  const std::optional<Played> cleared = world.play(model, {kClear, {0}});
  ASSERT_TRUE(cleared);
  EXPECT_EQ(cleared->outcome.results, (std::vector<std::optional<Word>>{1}));
  EXPECT_FALSE(world.is_open());
}

TEST(Choice, IsAmongTheMultiplesInRanges) {
  const Law law = shelf_law();
  const Model model(law);
  State state(law);
  Outcome built;
  ASSERT_TRUE(model.step(state, {kBuild, {}}, built));
  const Call call{kPut, {0, 32}};
  const auto permitted = [&] {
    State next = state;
    Outcome outcome;
    EXPECT_TRUE(model.step(next, call, outcome));
    return permitted_numbers(model, state, call, outcome, 0);
  };
  EXPECT_EQ(permitted(), (Permitted{16, {{0x100, 0x1e0}}}));
  Outcome middle{0, {0x140}};
  state = model.allowed(state, call, &middle).front().next;
  EXPECT_EQ(permitted(), (Permitted{16, {{0x100, 0x120}, {0x160, 0x1e0}}}));
}

TEST(Choice, StandsInEveryLanguage) {
  const Law law = shelf_law();
  const Model model(law);
  GenerateOptions options;
  options.explore_calls = 20'000;
  options.hunt_calls = 200'000;
  options.splice_calls = 50'000;
  options.neighbour_calls = 50'000;
  options.vary_draws = 100;
  const Suite suite = generate_suite(model, options);
  EXPECT_TRUE(suite.open.empty());
  EXPECT_TRUE(suite.uncovered.empty());
  for (const std::string& survivor : suite.survivors) {
    EXPECT_EQ(survivor.find("with `aligned(at, UNIT)"), std::string::npos) << survivor;
    EXPECT_EQ(survivor.find("without `span in ROOM`"), std::string::npos) << survivor;
  }
  const auto text = [&](const Target& target) {
    std::string all;
    for (const GeneratedFile& file : target.write(law, "shelf.law", suite)) all += file.text;
    return all;
  };
  EXPECT_NE(text(gtest_target()).find("{among(0x10, {{0x100, 0x1"), std::string::npos);
  EXPECT_NE(text(tap_target()).find("ok({any_number})"), std::string::npos);
  EXPECT_NE(text(jsonl_target()).find(R"("ok":{"at":{"multiple_of":"0x10","in":[["0x100",)"), std::string::npos);
}

}  // namespace
}  // namespace iolaw
