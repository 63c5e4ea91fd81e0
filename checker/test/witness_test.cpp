// SPDX-License-Identifier: Apache-2.0
// Witnesses that are kept beside a law: read, made again, replaced where they lead nowhere.
#include <gtest/gtest.h>

#include <filesystem>

#include "checker/prove/reachability.hpp"
#include "checker/prove/report.hpp"
#include "checker/prove/shorten_witness.hpp"
#include "checker/prove/witness_file.hpp"
#include "checker/test/law_of.hpp"

namespace iolaw {
namespace {

const char* const kLantern = R"(
object Lantern { lit: bool, watts: u64 }
rule lantern.make(watts: u64) -> lantern: Lantern {
  fails EINVAL [bright] when watts > 5000
  then lantern = new Lantern { lit = false, watts }
}
rule lantern.light(lantern: Lantern) {
  fails ENOENT [lantern] unless lantern lives
  then lantern.lit = true
}
cover lantern.shines "A lantern may shine": some l: Lantern: l.lit
)";

KeptWitnesses read(const Law& law, const std::string& text) {
  std::vector<WitnessLine> wrong;
  WitnessSections sections = read_witnesses(text, law, wrong);
  EXPECT_TRUE(wrong.empty());
  return sections.at("");
}

std::string written(const Law& law, const ProofReport& report) {
  WitnessSections sections;
  put_witnesses(law, report, sections);
  return write_witnesses(sections);
}

const Finding& finding_of(const ProofReport& report, const std::string& name) {
  for (const Finding& finding : report.findings) {
    if (name_of(finding) == name) return finding;
  }
  throw std::runtime_error("no finding " + name);
}

TEST(Witnesses, AreWrittenAsTheyAreRead) {
  const Law law = law_of(kLantern);
  const ProofReport first = prove(law, {});
  const std::string text = written(law, first);
  EXPECT_NE(text.find("\nlantern.light reachable: lantern.make 0; lantern.light 0\n"), std::string::npos) << text;
  EXPECT_NE(text.find("\nlantern.light reachable.lantern: lantern.light none\n"), std::string::npos) << text;
  EXPECT_NE(text.find("\ninitial state lantern.shines: lantern.make 0; lantern.light 0\n"), std::string::npos) << text;
  ProveOptions options;
  options.witnesses = read(law, text);
  const ProofReport second = prove(law, options);
  EXPECT_EQ(written(law, second), text);
  for (const Finding& finding : second.findings) {
    EXPECT_EQ(finding.kept, finding.witness.has_value()) << finding.rule << " " << finding.property;
  }
}

TEST(Witnesses, AreNotBelieved) {
  const Law law = law_of(kLantern);
  ProveOptions options;
  // Leads elsewhere; too few arguments; no such rule; no number; an object that is not there; a hexadecimal number.
  options.witnesses = read(law,
                           "lantern.make reachable.bright: lantern.make 5000\n"
                           "lantern.light reachable: lantern.make; lantern.light 0\n"
                           "lantern.light reachable.lantern: lamp.light 0\n"
                           "lantern.make reachable: lantern.make 12w\n"
                           "initial state lantern.shines: lantern.light 0; lantern.make 1\n");
  const ProofReport report = prove(law, options);
  for (const auto& [name, calls] : options.witnesses) {
    const Finding& finding = finding_of(report, name);
    EXPECT_EQ(finding.verdict, Verdict::proved) << name;
    EXPECT_FALSE(finding.kept) << name;
  }
  options.witnesses = read(law, "lantern.make reachable.bright: lantern.make 0x1389\n");
  EXPECT_TRUE(finding_of(prove(law, options), "lantern.make reachable.bright").kept);
}

TEST(Witnesses, LinesThatAreNoneAreTold) {
  std::vector<WitnessLine> wrong;
  const WitnessSections sections = read_witnesses(
      "# lanterns\n\nlantern.make reachable lantern.make 1\nlantern.make: x\r\n"
      "a b: c 1\na b: c 2\n\xff\xfe: \xff",
      law_of(kLantern), wrong);
  ASSERT_EQ(wrong.size(), 4U);
  EXPECT_EQ(wrong[0].line, 3U);
  EXPECT_EQ(wrong[1].line, 4U);
  EXPECT_EQ(wrong[2].line, 6U);
  EXPECT_EQ(wrong[2].what, "left out: there is a witness of a b above");
  EXPECT_EQ(wrong[3].line, 7U);
  EXPECT_EQ(sections, (WitnessSections{{"", {{"a b", "c 1"}}}}));
}

// In sheds a lantern has no more than 10 watts, so that none is too bright for a fuse.
const char* const kFuses = R"(
profile large "Halls"
profile small "Sheds"
const MOST: u64 only large = 5000
const MOST: u64 only small = 10
object Lantern { watts: u64 }
object Fuse { lantern: Lantern }
rule lantern.make(watts: u64) -> lantern: Lantern {
  fails EINVAL [bright] when watts > MOST
  then lantern = new Lantern { watts }
}
rule fuse.add(lantern: Lantern, rated: u64) -> fuse: Fuse {
  fails ENOENT [lantern] unless lantern lives
  fails ERANGE [rated]   when rated < 7 or rated > MOST
  fails EBUSY  [weak]    when lantern.watts > 20
  then fuse = new Fuse { lantern }
}
invariant lantern.dim "No lantern is brighter than all": all l: Lantern: l.watts <= MOST
)";

TEST(Witnesses, ProfilesHaveTheirOwn) {
  const Law large = law_of(kFuses, "large");
  const Law small = law_of(kFuses, "small");
  WitnessSections sections;
  put_witnesses(large, prove(large, {}), sections);
  sections.at("").at("fuse.add reachable") = "lantern.make 0; fuse.add 0 5000";
  const KeptWitnesses of_large = sections.at("");
  ProveOptions options;
  options.witnesses = witnesses_of_profile(small, sections);
  options.elsewhere = kept_that_lead(large, of_large);
  EXPECT_EQ(options.elsewhere.size(), of_large.size());

  const ProofReport report = prove(small, options);
  EXPECT_EQ(report.count(Verdict::proved), report.findings.size());
  const Finding& weak = finding_of(report, "fuse.add reachable.weak");
  EXPECT_TRUE(weak.absent);
  EXPECT_FALSE(weak.witness);
  EXPECT_NE(to_text(Model(small), report, 0).find("a call does: fuse.add.weak\n"), std::string::npos);

  // What leads there by the first profile, too, is not written twice.
  put_witnesses(small, report, sections);
  ASSERT_EQ(sections.at("small").size(), 1U);
  EXPECT_EQ(sections.at("small").begin()->first, "fuse.add reachable");
  EXPECT_EQ(sections.at(""), of_large);
  std::vector<WitnessLine> wrong;
  const WitnessSections again = read_witnesses(write_witnesses(sections), large, wrong);
  EXPECT_TRUE(wrong.empty());
  EXPECT_EQ(again, sections);
  EXPECT_EQ(witnesses_of_profile(large, again), of_large);
  EXPECT_NE(witnesses_of_profile(small, again).at("fuse.add reachable"), of_large.at("fuse.add reachable"));
}

TEST(Witnesses, SectionsThatNoProfileReadsAreTold) {
  std::vector<WitnessLine> wrong;
  const WitnessSections sections =
      read_witnesses("[smal]\nfuse.add reachable: x\n[large]\n[small]\n", law_of(kFuses, "small"), wrong);
  ASSERT_EQ(wrong.size(), 2U);
  EXPECT_EQ(wrong[0].line, 1U);
  EXPECT_EQ(wrong[0].what, "the law has no profile smal: write `[small]`");
  EXPECT_EQ(wrong[1].line, 3U);
  EXPECT_EQ(wrong[1].what.substr(0, 44), "what is of large, the first profile of the l");
  // What stands there is not lost when the file is written again.
  EXPECT_EQ(sections.at("smal").size(), 1U);
}

TEST(Witnesses, FolderOfTheirNameIsNone) {
  const std::filesystem::path law = std::filesystem::path(testing::TempDir()) / "lantern.law";
  std::filesystem::create_directories(witness_path(law.string()));
  std::vector<WitnessLine> wrong;
  EXPECT_TRUE(read_witnesses_beside(law.string(), law_of(kLantern), wrong).empty());
  EXPECT_TRUE(wrong.empty());
}

// It is no other profile that has a call which ends so.
TEST(Witnesses, DeadLineIsVacuous) {
  const Law law = law_of(kFuses, "small");
  const Finding weak = finding_of(prove(law, {}), "fuse.add reachable.weak");
  EXPECT_EQ(weak.verdict, Verdict::vacuous);
  EXPECT_EQ(weak.note, "no call ends so in a state that meets the invariants (proved)");
}

TEST(Witnesses, AreShortened) {
  const Law law = law_of(kLantern);
  const Model model(law);
  const scope::Target target{.tag = scope::Target::Tag::outcome, .rule = 1, .branch = kSuccess};
  const std::vector<Call> calls = {{0, {17}}, {0, {6000}}, {0, {40}}, {1, {0}}, {1, {1}}};
  EXPECT_EQ(text_of_calls(law, shorten_witness(model, target, calls)), "lantern.make 0; lantern.light 0");
}

// So that a proof without a cache does not look for ways that somebody found before.
class WitnessesOfTheLaw : public testing::TestWithParam<const char*> {};

TEST_P(WitnessesOfTheLaw, AreComplete) {
  const std::string path = std::string(IOLAW_SOURCE_DIR "/spec/") + GetParam() + ".law";
  const Parsed parsed = parse_law(path);
  ASSERT_TRUE(parsed.law);
  ASSERT_TRUE(std::filesystem::exists(witness_path(path))) << witness_path(path);
  Cache nothing{{}};
  const std::atomic<bool> stop{true};  // before any search
  std::vector<WitnessLine> wrong;
  const WitnessSections sections = read_witnesses_beside(path, *parsed.law, wrong);
  EXPECT_TRUE(wrong.empty());
  const KeptWitnesses kept = witnesses_of_profile(*parsed.law, sections);
  const std::vector<Finding> findings = find_witnesses(*parsed.law, {.kept = kept}, nothing, stop);
  EXPECT_GT(findings.size(), 100U);
  EXPECT_EQ(kept.size(), findings.size()) << "some are of outcomes that the law has no more";
  for (const Finding& finding : findings) {
    EXPECT_TRUE(finding.kept) << finding.rule << " " << finding.property
                              << ": no way is kept: iolaw prove --keep-witnesses " << path;
  }
  // Of other profiles all that is kept leads there, too; .ci/check_proofs proves that there is no more.
  for (const auto& [profile, own] : sections) {
    if (profile.empty()) continue;
    const Parsed other = parse_law(path, {profile, {}});
    ASSERT_TRUE(other.law) << profile;
    const std::set<std::string> leading = kept_that_lead(*other.law, witnesses_of_profile(*other.law, sections));
    EXPECT_GT(leading.size(), 100U);
    for (const auto& [name, calls] : own) EXPECT_EQ(leading.count(name), 1U) << profile << ": " << name;
  }
}

INSTANTIATE_TEST_SUITE_P(Laws, WitnessesOfTheLaw, testing::Values("iommufd", "smmu"),
                         [](const auto& one) { return std::string(one.param); });

}  // namespace
}  // namespace iolaw
