// SPDX-License-Identifier: Apache-2.0
// Witnesses that are kept beside a law: read, made again, replaced where they lead nowhere.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "checker/prove/reachability.hpp"
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

KeptWitnesses read(const std::string& text) {
  std::vector<WitnessLine> wrong;
  KeptWitnesses kept = read_witnesses(text, wrong);
  EXPECT_TRUE(wrong.empty());
  return kept;
}

const Finding& finding_of(const ProofReport& report, const std::string& name) {
  for (const Finding& finding : report.findings) {
    if (finding.rule + " " + finding.property == name) return finding;
  }
  throw std::runtime_error("no finding " + name);
}

TEST(Witnesses, AreWrittenAsTheyAreRead) {
  const Law law = law_of(kLantern);
  const ProofReport first = prove(law, {});
  const std::string text = write_witnesses(law, first);
  EXPECT_NE(text.find("\nlantern.light reachable: lantern.make 0; lantern.light 0\n"), std::string::npos) << text;
  EXPECT_NE(text.find("\nlantern.light reachable.lantern: lantern.light none\n"), std::string::npos) << text;
  EXPECT_NE(text.find("\ninitial state lantern.shines: lantern.make 0; lantern.light 0\n"), std::string::npos) << text;
  ProveOptions options;
  options.witnesses = read(text);
  const ProofReport second = prove(law, options);
  EXPECT_EQ(write_witnesses(law, second), text);
  for (const Finding& finding : second.findings) {
    EXPECT_EQ(finding.kept, finding.witness.has_value()) << finding.rule << " " << finding.property;
  }
}

TEST(Witnesses, AreNotBelieved) {
  const Law law = law_of(kLantern);
  ProveOptions options;
  // Leads elsewhere; too few arguments; no such rule; no number; an object that is not there; a hexadecimal number.
  options.witnesses = read(
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
  options.witnesses = read("lantern.make reachable.bright: lantern.make 0x1389\n");
  EXPECT_TRUE(finding_of(prove(law, options), "lantern.make reachable.bright").kept);
}

TEST(Witnesses, LinesThatAreNoneAreTold) {
  std::vector<WitnessLine> wrong;
  const KeptWitnesses kept = read_witnesses(
      "# lanterns\n\nlantern.make reachable lantern.make 1\nlantern.make: x\r\n"
      "a b: c 1\na b: c 2\n\xff\xfe: \xff",
      wrong);
  ASSERT_EQ(wrong.size(), 4U);
  EXPECT_EQ(wrong[0].line, 3U);
  EXPECT_EQ(wrong[1].line, 4U);
  EXPECT_EQ(wrong[2].line, 6U);
  EXPECT_EQ(wrong[2].what, "there is a witness of a b above");
  EXPECT_EQ(wrong[3].line, 7U);
  EXPECT_EQ(kept, (KeptWitnesses{{"a b", "c 1"}}));
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
  std::ifstream file(witness_path(path));
  ASSERT_TRUE(file) << witness_path(path);
  std::ostringstream text;
  text << file.rdbuf();
  Cache nothing{{}};
  const std::atomic<bool> stop{true};  // before any search
  const KeptWitnesses kept = read(text.str());
  const std::vector<Finding> findings = find_witnesses(*parsed.law, {}, kept, nothing, 1, stop);
  EXPECT_GT(findings.size(), 100U);
  EXPECT_EQ(kept.size(), findings.size()) << "some are of outcomes that the law has no more";
  for (const Finding& finding : findings) {
    EXPECT_TRUE(finding.kept) << finding.rule << " " << finding.property
                              << ": no way is kept: iolaw prove --keep-witnesses " << path;
  }
}

INSTANTIATE_TEST_SUITE_P(Laws, WitnessesOfTheLaw, testing::Values("iommufd", "smmu"),
                         [](const auto& one) { return std::string(one.param); });

}  // namespace
}  // namespace iolaw
