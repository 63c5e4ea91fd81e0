// SPDX-License-Identifier: Apache-2.0
// Mistakes seeded into the law, each a patch: the proof must refute the property that says so, and the search must find
// the shortest trace, which the evaluator replays.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "checker/induct/problem.hpp"
#include "checker/search/explicit_search.hpp"
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

struct Ran {
  int code = -1;
  std::string text;
};

Ran run(const std::string& command) {
  Ran ran;
  FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return ran;
  std::array<char, 4096> buffer{};
  while (const std::size_t got = fread(buffer.data(), 1, buffer.size(), pipe)) ran.text.append(buffer.data(), got);
  const int status = pclose(pipe);
  if (WIFEXITED(status)) ran.code = WEXITSTATUS(status);
  return ran;
}

std::string quoted(const fs::path& path) { return "'" + path.string() + "'"; }

class MistakeTest : public testing::TestWithParam<Mistake> {
 protected:
  void SetUp() override {
    folder_ = fs::path(testing::TempDir()) / (std::string("iolaw_mistake_") + GetParam().patch);
    fs::remove_all(folder_);
    fs::copy(fs::path(IOLAW_SOURCE_DIR) / "spec", folder_, fs::copy_options::recursive);
    const fs::path patch =
        fs::path(IOLAW_SOURCE_DIR) / "checker/test/mistakes" / (std::string(GetParam().patch) + ".patch");
    const Ran patched =
        run(std::string(PATCH_PROGRAM) + " -p1 -s -d " + quoted(folder_) + " < " + quoted(patch) + " 2>&1");
    ASSERT_EQ(patched.code, 0) << patched.text;
  }
  void TearDown() override { fs::remove_all(folder_); }

  fs::path root() const { return folder_ / "iommufd.law"; }

  fs::path folder_;
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

}  // namespace
}  // namespace iolaw
