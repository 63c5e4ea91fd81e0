// SPDX-License-Identifier: Apache-2.0
// Mistakes seeded into the law, each a patch: the proof must refute the property that says so, and the search must find
// the shortest trace, which the evaluator replays.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "checker/induct/problem.hpp"
#include "checker/search/explicit_search.hpp"
#include "checker/test/seeded_law.hpp"
#include "model/law/parse.hpp"

namespace iolaw {
namespace {

namespace fs = std::filesystem;

struct Mistake {
  const char* patch;
  const char* rule;
  const char* property;
  std::uint32_t shortest;  // calls, as a person counts them: nothing shorter makes what the mistake needs
};

void PrintTo(const Mistake& mistake, std::ostream* out) { *out << mistake.patch; }

class MistakeTest : public testing::TestWithParam<Mistake> {
 protected:
  void SetUp() override { ASSERT_EQ(law_.seed(GetParam().patch), ""); }

  fs::path root() const { return law_.folder() / "iommufd.law"; }

  SeededLaw law_{GetParam().patch};
};

TEST_P(MistakeTest, ProofRefutesIt) {
  const Mistake& mistake = GetParam();
  const Ran ran = run(std::string(IOLAW_PROGRAM) + " prove " + quoted(root()) + " --json --rule " + mistake.rule +
                      " --invariant " + mistake.property);
  EXPECT_TRUE(ran.code == 12 || ran.code == 13) << ran.code << ran.text;
  bool refuted = false;
  std::size_t calls = 0;
  const nlohmann::json report = nlohmann::json::parse(ran.text);
  for (const nlohmann::json& obligation : report["obligations"]) {
    if (obligation["property"] != mistake.property || obligation["verdict"] != "violated") continue;
    refuted = true;
    calls = obligation["trace"]["states"].size() - 1;
  }
  EXPECT_TRUE(refuted) << ran.text;
  // A call that would keep what does not fit has no outcome, and is no step.
  EXPECT_EQ(calls, mistake.property == induct::kKeptFits ? mistake.shortest - 1 : mistake.shortest) << ran.text;
}

TEST_P(MistakeTest, SearchFindsTheShortestTrace) {
  const Mistake& mistake = GetParam();
  const Parsed parsed = parse_law(root());
  ASSERT_TRUE(parsed.law);
  const Law& law = *parsed.law;
  const Model model(law);
  const Property* property = law.find_property(mistake.property);
  scope::Target target{.tag = scope::Target::Tag::violation, .property = property};
  if (property == nullptr) {
    ASSERT_STREQ(mistake.property, induct::kKeptFits);
    target.tag = scope::Target::Tag::misfit;
  }
  const scope::SearchResult found = search::explicit_search(model, {target}, {});
  ASSERT_EQ(found.tag, scope::SearchResult::Tag::found) << found.note;
  EXPECT_EQ(found.depth, mistake.shortest);
  // By hand, not by what the search says of itself.
  State state(law);
  State before(law);
  Outcome outcome;
  for (const TraceStep& step : found.trace.steps) {
    before = state;
    ASSERT_EQ(model.step(state, step.call, outcome), step.branch);
  }
  if (property == nullptr) {
    EXPECT_THROW(model.step(state, found.evidence.call, outcome), EvaluationError);
  } else if (property->tag == Property::Tag::invariant) {
    EXPECT_FALSE(model.holds(*property, state));
  } else {
    EXPECT_FALSE(model.holds(*property, before, &state, &found.trace.steps.back().call));
  }
}

INSTANTIATE_TEST_SUITE_P(Seeded, MistakeTest,
                         testing::Values(Mistake{"unmap_ignores_pins", "ioas.unmap", "pin.mapped", 5},
                                         Mistake{"overlap_off_by_one", "ioas.map", "area.disjoint", 3},
                                         Mistake{"copy_does_not_share", "ioas.copy", "ioas.copy.shares", 3},
                                         Mistake{"wrap_unnoticed", "ioas.map", "kept.fits", 2},
                                         Mistake{"destroy_ignores_holders", "ioas.destroy", "Access.ioas.lives", 3}),
                         [](const auto& name) { return std::string(name.param.patch); });

// Every mistake whose patch begins with what refutes it: "Refuted: ioas.unmap / pin.mapped".
struct Seeded {
  std::string patch;
  std::string rule;
  std::string property;
};

void PrintTo(const Seeded& seeded, std::ostream* out) { *out << seeded.patch; }

std::vector<Seeded> all_seeded() {
  std::vector<Seeded> all;
  for (const auto& entry : fs::directory_iterator(fs::path(IOLAW_SOURCE_DIR) / "checker/test/mistakes")) {
    std::ifstream in(entry.path());
    std::string word;
    Seeded seeded{entry.path().stem().string(), "", ""};
    if (entry.path().extension() == ".patch" && in >> word >> seeded.rule && word == "Refuted:") {
      in >> word >> seeded.property;
      all.push_back(std::move(seeded));
    }
  }
  std::sort(all.begin(), all.end(), [](const Seeded& a, const Seeded& b) { return a.patch < b.patch; });
  return all;
}

class SeededTest : public testing::TestWithParam<Seeded> {};

// In the words of the law, for people: a trace from the initial state, or a state and a call.
TEST_P(SeededTest, IsRefutedInFewCalls) {
  const Seeded& seeded = GetParam();
  const SeededLaw law("seeded_" + seeded.patch);
  ASSERT_EQ(law.seed(seeded.patch), "");
  const Ran ran = run(std::string(IOLAW_PROGRAM) + " prove " + quoted(law.folder() / "iommufd.law") +
                      " --no-cache --rule " + seeded.rule + " --invariant " + seeded.property);
  EXPECT_TRUE(ran.code == 12 || ran.code == 13) << ran.code << ran.text;
  EXPECT_NE(ran.text.find(seeded.rule), std::string::npos) << ran.text;
  EXPECT_NE(ran.text.find("\n    1. "), std::string::npos) << ran.text;
  EXPECT_EQ(ran.text.find("\n    13. "), std::string::npos) << ran.text;
}

TEST(Seeded, TwentyMistakes) { EXPECT_GE(all_seeded().size(), 20U); }

INSTANTIATE_TEST_SUITE_P(Every, SeededTest, testing::ValuesIn(all_seeded()),
                         [](const auto& name) { return name.param.patch; });

}  // namespace
}  // namespace iolaw
