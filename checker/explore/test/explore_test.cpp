// SPDX-License-Identifier: Apache-2.0
// Searches of the core law, whole and with mistakes in it.
#include "checker/explore/explore.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <vector>

#include "checker/explore/progress.hpp"
#include "model/law/parse.hpp"

namespace iolaw::explore {
namespace {

const char* const kScope = "Ioas=2,Area=3,Access=2,Pages=2,address=0..3";

std::string core_text() {
  std::ifstream in(std::string(IOLAW_SOURCE) + "/tools/bench/core.law");
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

// The core with `before` replaced by `after`, which must be there.
Law core_with(const std::string& before = {}, const std::string& after = {}) {
  std::string text = core_text();
  if (!before.empty()) {
    const std::size_t at = text.find(before);
    if (at == std::string::npos) throw std::runtime_error("the core law has no " + before);
    text.replace(at, before.size(), after);
  }
  Parsed parsed = parse_law_texts({SourceFile{"core.law", text}});
  for (const Diagnostic& diagnostic : parsed.diagnostics) ADD_FAILURE() << render(diagnostic, parsed.files, false);
  return std::move(parsed.law).value();
}

Explored run(const Law& law, const std::string& text, bool canonical, SearchOptions options = {}) {
  emit::Scope scope = emit::parse_scope(law, text);
  scope.canonical = canonical;
  if (options.threads == 1) options.threads = 2;
  return explore(law, scope, options);
}

TEST(Explore, CountsWhatAnotherModelCheckerCounts) {
  const Law law = core_with();
  const Explored whole = run(law, kScope, false);
  EXPECT_EQ(whole.found.end, End::exhausted);
  EXPECT_EQ(whole.found.states, 977'966U);
  EXPECT_EQ(whole.found.edges, 7'544'848U);
  const Explored reduced = run(law, kScope, true);
  EXPECT_EQ(reduced.found.end, End::exhausted);
  EXPECT_EQ(reduced.found.states, 22'589U);
  EXPECT_EQ(reduced.found.depth, whole.found.depth);
}

TEST(Explore, CountsTheSameWithAnyNumberOfThreads) {
  const Law law = core_with();
  for (const unsigned threads : {2U, 3U, 5U}) {
    SearchOptions options;
    options.threads = threads;
    const Explored reduced = run(law, kScope, true, options);
    EXPECT_EQ(reduced.found.states, 22'589U) << threads;
    EXPECT_EQ(reduced.found.edges, 176'255U) << threads;
  }
}

struct Mistake {
  const char* name;
  const char* before;
  const char* after;
  const char* note;   // of the trace
  std::size_t calls;  // of a shortest one
};

void PrintTo(const Mistake& mistake, std::ostream* out) { *out << mistake.name; }

class Finds : public testing::TestWithParam<Mistake> {};

TEST_P(Finds, AShortestTraceOfAMistake) {
  const Mistake& mistake = GetParam();
  const Law law = core_with(mistake.before, mistake.after);
  for (const bool canonical : {false, true}) {
    const Explored explored = run(law, kScope, canonical);
    ASSERT_EQ(explored.found.end, End::wrong);
    ASSERT_TRUE(explored.counterexample);
    EXPECT_EQ(explored.counterexample->trace.note, mistake.note);
    EXPECT_EQ(explored.counterexample->trace.steps.size(), mistake.calls);
    EXPECT_FALSE(explored.counterexample->reasons.empty());
    // The trace is one of the evaluator: it can be written, read and made again.
    const Trace again = trace_from_json(law, to_json(law, explored.counterexample->trace));
    const Model model(law);
    State state = again.start;
    for (const TraceStep& step : again.steps) {
      Outcome outcome;
      EXPECT_EQ(model.step(state, step.call, outcome), step.branch);
      EXPECT_EQ(outcome, step.outcome);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Mistakes, Finds,
    testing::Values(
        Mistake{"UnmapIgnoresPins", "x.ioas == area.ioas and pins(x, area.span)", "x.ioas == area.ioas and false",
                "breaks pin.mapped", 6},
        Mistake{"OverlapOffByOne", "overlaps(a.span, first..last)\n  then {",
                "overlaps(a.span, first..last) and last > a.span.first\n  then {", "breaks area.disjoint", 3},
        Mistake{"CopyMoves", "then new Area { ioas, span = first..last, pages = source.pages }",
                "then {\n    new Area { ioas, span = first..last, pages = source.pages }\n    destroy source\n  }",
                "breaks ioas.copy.keeps", 3},
        Mistake{"ReadsWhatIsNone", "fails EINVAL [detached] when access.ioas is none\n  let", "let",
                "meets an expression without a value: `the` of something that is none", 1}),
    [](const testing::TestParamInfo<Mistake>& one) { return one.param.name; });

TEST(Explore, StopsAtTheMemoryLimit) {
  SearchOptions options;
  options.bytes = 4 << 20;
  const Explored explored = run(core_with(), kScope, false, options);
  EXPECT_EQ(explored.found.end, End::memory);
  EXPECT_LE(explored.found.bytes, options.bytes);
  EXPECT_GT(explored.found.depth, 3U);
}

TEST(Explore, StopsAtTheDepthAskedFor) {
  SearchOptions options;
  options.depth = 2;
  const Explored explored = run(core_with(), kScope, false, options);
  EXPECT_EQ(explored.found.end, End::depth);
  EXPECT_EQ(explored.found.depth, 2U);
  EXPECT_LT(explored.found.states, 1000U);
}

TEST(Explore, StopsWhenAsked) {
  SearchOptions options;
  std::uint64_t asked = 0;
  options.stop = [&asked] { return ++asked > 3; };
  const Explored explored = run(core_with(), kScope, false, options);
  EXPECT_EQ(explored.found.end, End::stopped);
  EXPECT_GT(explored.found.states, 1U);
  EXPECT_LT(explored.found.states, 977'966U);
}

TEST(Explore, TellsHowFarItIs) {
  SearchOptions options;
  std::vector<Progress> told;
  options.progress = [&told](const Progress& now) { told.push_back(now); };
  const Explored explored = run(core_with(), kScope, false, options);
  ASSERT_FALSE(told.empty());
  EXPECT_EQ(told.back().states, explored.found.states);
  EXPECT_EQ(told.back().frontier, 0U);
  EXPECT_EQ(to_text({1'234'567, 5'000'000, 20'000, 2'469'134, 7, 2.0, 40'000'000}),
            "1234567 states (617 k/s), depth 7, frontier 20000, 40 MB, about 50 % of 2.5 M");
}

// The core at addresses of 47 bits: the keys hold the indexes of numbers, and the states are as many.
TEST(Explore, KeepsWideNumbersByIndex) {
  const Law law = core_with("const LAST: u64 = 3", "const LAST: u64 = 0x7fff_ffff_f003");
  const std::string scope = "Ioas=2,Area=3,Access=2,Pages=2,address=0x7ffffffff000..0x7ffffffff003";
  const Explored whole = run(law, scope, false);
  EXPECT_EQ(whole.found.end, End::exhausted);
  EXPECT_EQ(whole.found.states, 977'966U);
  EXPECT_EQ(whole.found.edges, 7'544'848U);
  EXPECT_EQ(whole.scope.index_bits, 8U);
  EXPECT_EQ(run(law, scope, true).found.states, 22'589U);
}

// More different numbers than eight bits tell apart.
TEST(Explore, MakesRoomForMoreNumbers) {
  const Law law = core_with("const LAST: u64 = 3", "const LAST: u64 = 0xffff_ffff");
  const Explored explored =
      run(law, "Ioas=1,Area=1,Access=0,Pages=1,address=0x10000,ioas.map.last=0x10000..0x103ff", true);
  EXPECT_EQ(explored.found.end, End::exhausted);
  EXPECT_EQ(explored.scope.index_bits, 16U);
  EXPECT_EQ(explored.found.states, 2U + 1024U);
}

TEST(Explore, MakesRoomForNumbersThatNoCallPasses) {
  // The last address of a copy may be twice the greatest that calls pass.
  const Law law = core_with("const LAST: u64 = 3", "const LAST: u64 = 6");
  const Explored explored = run(law, kScope, true);
  EXPECT_EQ(explored.found.end, End::exhausted);
  EXPECT_GT(explored.scope.bits, 2U);
}

TEST(Explore, CallsWithBadHandlesChangeNothing) {
  const Law law = core_with();
  emit::Scope scope = emit::parse_scope(law, kScope);
  scope.canonical = true;
  scope.bad_handles = true;
  const Explored explored = explore(law, scope, {});
  EXPECT_EQ(explored.found.states, 22'589U);
  EXPECT_EQ(explored.found.edges, 176'255U);
  for (std::size_t outcome = 0; outcome < explored.found.outcomes.size(); ++outcome) {
    EXPECT_GT(explored.found.outcomes[outcome], 0U) << "outcome " << outcome;
  }
}

TEST(Scope, RefusesWhatMeansNothing) {
  const Law law = core_with();
  for (const char* text : {"adress=0..3", "Ioas=2", "Ioas=64,address=0", "address=3..0", "address=0..9/0", "address=x",
                           "Ioas", "address=0..0xffffffff", "access.pin.width=1,address=0"}) {
    EXPECT_THROW(emit::parse_scope(law, text), emit::ScopeError) << text;
  }
}

TEST(Scope, TakesTheMostSpecialName) {
  const Law law = core_with();
  const emit::Scope scope = emit::parse_scope(law, "address=0..3,first=1,access.pin.*=2|5..9/2,access.pin.last=7");
  const auto rule = [&](const char* name) { return static_cast<std::size_t>(law.find_rule(name) - law.rules.data()); };
  EXPECT_EQ(scope.arguments[rule("ioas.map")][1], (std::vector<Word>{1}));
  EXPECT_EQ(scope.arguments[rule("ioas.map")][2], (std::vector<Word>{0, 1, 2, 3}));
  EXPECT_EQ(scope.arguments[rule("access.pin")][1], (std::vector<Word>{2, 5, 7, 9}));
  EXPECT_EQ(scope.arguments[rule("access.pin")][2], (std::vector<Word>{7}));
}

}  // namespace
}  // namespace iolaw::explore
