// SPDX-License-Identifier: Apache-2.0
// A law is read in a view; a check reads it in all of them.
#include <gtest/gtest.h>

#include "model/law/parse.hpp"

namespace iolaw {
namespace {

constexpr const char* kLaw = R"(profile core "Every iommufd"
profile mock includes core "Linux's test driver"
profile smmu includes core "Arm's SMMUv3"
profile tegra includes smmu "NVIDIA's CMDQV"

object Ioas {}
object Queue only smmu since linux 6.17 { in ioas: Ioas slot index }
const APERTURE: u64 only mock = 0x1000
const APERTURE: u64 only smmu = 0x2000

/// Maps.
rule ioas.map(iova: u64) {
  fails EINVAL [zero]     when iova == 0
  fails EINVAL [aperture] only mock, smmu since linux 6.2 when iova > APERTURE
  fails ENODEV [tegra]    only tegra unless iova == MAX
}

rule queue.alloc(ioas: Ioas, index: nat) -> queue: Queue only smmu since linux 6.17
  cites linux "queue.c" queue_alloc
{
  then queue = new Queue { ioas, index }
}

invariant queue.first "The first" only smmu since linux 6.17:
  all q: Queue: q.index >= 0
axiom zero.least "Nothing is less" only tegra: all x: u64: 0 <= x
scope small "Small" only mock: Ioas=2, address=0..3
)";

Law law_in(const LawView& view, const std::string& text = kLaw) {
  const Parsed parsed = parse_law_texts({{"test.law", text}}, view);
  for (const Diagnostic& diagnostic : parsed.diagnostics) ADD_FAILURE() << render(diagnostic, parsed.files, false);
  EXPECT_TRUE(parsed.law);
  return parsed.law.value_or(Law{});
}

std::vector<std::string> tags(const Law& law) {
  std::vector<std::string> tags;
  for (const Branch& branch : law.find_rule("ioas.map")->branches) tags.push_back(branch.tag);
  return tags;
}

using Tags = std::vector<std::string>;

TEST(Views, TheFirstProfileIsTheDefault) {
  const Law law = law_in({});
  EXPECT_EQ(law.profile, 0U);
  EXPECT_EQ(tags(law), Tags{"zero"});
  EXPECT_EQ(law.kinds.size(), 1U);
  EXPECT_TRUE(law.constants.empty());
  EXPECT_TRUE(law.scopes.empty());
  EXPECT_EQ(law.find_rule("queue.alloc"), nullptr);
}

TEST(Views, AProfileHasWhatItIncludes) {
  const Law tegra = law_in({"tegra", {}});
  EXPECT_EQ(tags(tegra), (Tags{"zero", "aperture", "tegra"}));
  ASSERT_EQ(tegra.constants.size(), 1U);
  EXPECT_EQ(tegra.constants[0].value, 0x2000U);
  EXPECT_NE(tegra.find_rule("queue.alloc"), nullptr);
  EXPECT_NE(tegra.find_property("queue.first"), nullptr);
  EXPECT_EQ(tegra.axioms.size(), 1U);
  const Law smmu = law_in({"smmu", {}});
  EXPECT_EQ(tags(smmu), (Tags{"zero", "aperture"}));
  EXPECT_TRUE(smmu.axioms.empty());
}

TEST(Views, TwoDeclarationsShareANameInTwoProfiles) {
  EXPECT_EQ(law_in({"mock", {}}).constants.at(0).value, 0x1000U);
  EXPECT_EQ(law_in({"smmu", {}}).constants.at(0).value, 0x2000U);
}

TEST(Views, AVersionHasWhatBeganBefore) {
  const Law old = law_in({"smmu", Version{6, 16}});
  EXPECT_EQ(old.find_rule("queue.alloc"), nullptr);
  EXPECT_EQ(old.kinds.size(), 1U);
  EXPECT_EQ(tags(old), (Tags{"zero", "aperture"}));
  EXPECT_NE(law_in({"smmu", Version{6, 17}}).find_rule("queue.alloc"), nullptr);
  EXPECT_EQ(tags(law_in({"smmu", Version{6, 1}})), Tags{"zero"});
  EXPECT_NE(law_in({"smmu", Version{10, 0}}).find_rule("queue.alloc"), nullptr);
}

TEST(Views, RulesAndBranchesKeepTheirRestrictions) {
  const Law law = law_in({"tegra", {}});
  const Restriction of_rule = law.find_rule("queue.alloc")->restriction;
  EXPECT_EQ(of_rule.only, std::vector<std::uint32_t>{2});
  EXPECT_EQ(of_rule.since, (Version{6, 17}));
  EXPECT_EQ(law.find_rule("queue.alloc")->citations.size(), 1U);
  EXPECT_EQ(law.find_rule("ioas.map")->branches[1].restriction.only, (std::vector<std::uint32_t>{1, 2}));
  EXPECT_EQ(law.profiles[3].includes, (std::vector<std::uint32_t>{0, 2, 3}));
}

TEST(Views, AnUnknownProfileHasNoLaw) {
  const Parsed parsed = parse_law_texts({{"test.law", kLaw}}, {"mok", {}});
  EXPECT_FALSE(parsed.law);
  EXPECT_TRUE(parsed.diagnostics.empty());
  EXPECT_EQ(parsed.profiles, (Tags{"core", "mock", "smmu", "tegra"}));
}

TEST(Views, ACheckFindsNoMistakeInAnyOfThem) {
  const Parsed parsed = check_law_texts({{"test.law", kLaw}});
  for (const Diagnostic& diagnostic : parsed.diagnostics) ADD_FAILURE() << render(diagnostic, parsed.files, false);
  ASSERT_TRUE(parsed.law);
  EXPECT_EQ(parsed.law->profile, 0U);
}

std::vector<std::string> complaints(const std::string& more) {
  std::vector<std::string> result;
  for (const Diagnostic& diagnostic : check_law_texts({{"test.law", kLaw + more}}).diagnostics) {
    result.push_back(code_name(diagnostic.code) + " " + diagnostic.message);
  }
  return result;
}

TEST(Views, ACheckNamesTheViewsThatAreWrong) {
  EXPECT_EQ(complaints("def a() -> bool = 7\n"), Tags{"LAW0030 expected a bool, found a u64"});
  EXPECT_EQ(complaints("def a() -> bool only tegra = 7\n"),
            Tags{"LAW0030 expected a bool, found a u64 (in profile tegra)"});
  EXPECT_EQ(complaints("def a() -> bool only smmu since linux 6.20 = 7\n"),
            Tags{"LAW0030 expected a bool, found a u64 (in profile smmu at the newest version, "
                 "in profile tegra at the newest version)"});
  EXPECT_EQ(complaints("def a(q: Queue) -> bool only smmu = q.index > 0\n"),
            Tags{"LAW0072 `Queue` is there only since linux 6.17; this def is older: write `since linux 6.17` "
                 "(in profile smmu at linux 6.2 and 3 other views)"});
  EXPECT_EQ(complaints("const APERTURE: u64 only tegra = 1\n"),
            Tags{"LAW0026 `APERTURE` is declared twice (in profile tegra)"});
}

TEST(Views, TheFixRestrictsWhatUsesIt) {
  const std::string text = std::string(kLaw) + "def a() -> u64 = APERTURE\n";
  const Parsed parsed = parse_law_texts({{"test.law", text}});
  ASSERT_EQ(parsed.diagnostics.size(), 1U);
  const Diagnostic& diagnostic = parsed.diagnostics.front();
  const Span place = replaced_span(diagnostic);
  EXPECT_EQ(diagnostic.notes.size(), 2U);
  std::string fixed = text;
  fixed.replace(place.begin, place.end - place.begin, diagnostic.suggestion);
  EXPECT_EQ(fixed.substr(std::string(kLaw).size()), "def a() -> u64 only mock, smmu = APERTURE\n");
}

TEST(Views, AnExaminerSeesEveryView) {
  std::vector<std::string> seen;
  const Examine examine = [&](const Law& law, std::vector<Diagnostic>& found) {
    seen.push_back(law.profiles[*law.profile].name);
    if (law.profile == 1U) found.push_back({});
  };
  const Parsed parsed = check_law_texts({{"test.law", kLaw}}, examine);
  EXPECT_EQ(seen, (Tags{"core", "mock", "mock", "smmu", "smmu", "smmu", "tegra", "tegra", "tegra"}));
  EXPECT_FALSE(parsed.law);
  ASSERT_EQ(parsed.diagnostics.size(), 1U);
  EXPECT_EQ(parsed.diagnostics[0].message, " (in profile mock)");
}

TEST(Views, ALawWithoutProfilesHasOneView) {
  const Parsed parsed = check_law_texts({{"test.law", "object Ioas {}\n"}});
  ASSERT_TRUE(parsed.law);
  EXPECT_FALSE(parsed.law->profile);
}

}  // namespace
}  // namespace iolaw
