// SPDX-License-Identifier: Apache-2.0
// Given functions and axioms: what is proved of every environment, and what is known of the axioms.
#include <gtest/gtest.h>

#include <algorithm>

#include "checker/prove/report.hpp"
#include "model/law/parse.hpp"

namespace iolaw {
namespace {

const std::string kFrames = R"(
enum Zone { LOW, HIGH }
flags Rights { READ, WRITE }
object Page { va: u64 }
given frame(va: u64) -> u64 = va
given cached(zone: Zone, rights: Rights, wide: bool) -> bool = zone == LOW or WRITE in rights
rule page.make(va: u64, rights: Rights) -> page: Page {
  fails EEXIST [frame] when some p: Page: p.va == va
  fails EPERM  [cache] unless cached(HIGH, rights, true)
  then page = new Page { va }
}
rule page.destroy(page: Page) {
  fails ENOENT [page] unless page lives
  then destroy page
}
invariant page.frames "Two pages never share a frame": all p: Page, q: Page where p != q: frame(p.va) != frame(q.va)
)";

const std::string kOnce = "axiom frame.once \"Once\": all x: u64, y: u64 where x != y: frame(x) != frame(y)\n";

ProofReport proved(const std::string& text) {
  const Parsed parsed = parse_law_texts({{"toy.law", text}});
  for (const Diagnostic& diagnostic : parsed.diagnostics) ADD_FAILURE() << render(diagnostic, parsed.files, false);
  return parsed.law ? prove(*parsed.law, {}) : ProofReport{};
}

Verdict verdict(const ProofReport& report, const std::string& rule, const std::string& property) {
  for (const Finding& finding : report.findings) {
    if (finding.rule == rule && finding.property == property) return finding.verdict;
  }
  ADD_FAILURE() << "no obligation " << rule << " / " << property;
  return Verdict::unknown;
}

TEST(Environment, AxiomsCarryProofs) {
  const ProofReport report = proved(kFrames + kOnce);
  EXPECT_EQ(report.count(Verdict::proved), report.findings.size());
  EXPECT_EQ(verdict(report, "environment", "frame.once"), Verdict::proved);
  EXPECT_EQ(verdict(report, "environment", "frame.fits"), Verdict::proved);
  EXPECT_EQ(report.axioms, std::vector<std::string>{"frame.once \"Once\""});
}

TEST(Environment, ProofsHoldForEveryFunctionNotForTheInstance) {
  const ProofReport report = proved(kFrames);
  EXPECT_EQ(verdict(report, "page.make", "page.frames"), Verdict::bounded);
  EXPECT_TRUE(report.axioms.empty());
}

TEST(Environment, WhatAGivenFunctionGivesFits) {
  const ProofReport report =
      proved(kFrames + "invariant frame.fits_u64 \"Fits\": all p: Page: not overflows(frame(p.va))\n" + kOnce);
  EXPECT_EQ(verdict(report, "page.make", "frame.fits_u64"), Verdict::proved);
}

TEST(Environment, AxiomsThatContradictEachOtherProveNothing) {
  const ProofReport report = proved(kFrames + kOnce +
                                    "axiom frame.zero \"Zero\": frame(7) == 0\n"
                                    "axiom frame.nought \"Nought\": frame(8) == 0\n");
  EXPECT_EQ(verdict(report, "page.make", "page.frames"), Verdict::vacuous);
  EXPECT_EQ(verdict(report, "environment", "frame.once"), Verdict::vacuous);
  EXPECT_EQ(report.count(Verdict::violated), 0U);
}

TEST(Environment, TheInstanceMustMeetTheAxioms) {
  const ProofReport report = proved(kFrames + "axiom frame.up \"Up\": all x: u64: frame(x) == x + 4096\n");
  EXPECT_EQ(verdict(report, "environment", "frame.up"), Verdict::violated);
  const auto finding = std::find_if(report.findings.begin(), report.findings.end(),
                                    [](const Finding& f) { return f.property == "frame.up"; });
  EXPECT_EQ(finding->note, "the instance does not meet it: it is false for x = 0");
}

TEST(Environment, WhatIsTooLargeToEvaluateIsProvedOrTried) {
  // Every second value of 2^64 is a piece of its own: too many to sweep, but the solver sees it at once.
  const ProofReport seen =
      proved(kFrames + "axiom frame.even \"Even\": all x: u64 where aligned(x, 2): frame(x) == x\n");
  EXPECT_EQ(verdict(seen, "environment", "frame.even"), Verdict::proved);
  // That x + 2 is even if x is follows from no axiom of alignment.
  const ProofReport tried = proved(
      kFrames + "axiom frame.even \"Even\": all x in 0..MAX - 2 where aligned(x, 2): aligned(frame(x + 2), 2)\n");
  EXPECT_EQ(verdict(tried, "environment", "frame.even"), Verdict::bounded);
}

}  // namespace
}  // namespace iolaw
