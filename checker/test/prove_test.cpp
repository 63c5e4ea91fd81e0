// SPDX-License-Identifier: Apache-2.0
// Small laws, proved and refuted.
#include "checker/prove/prove.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "checker/generate/goal.hpp"
#include "checker/induct/problem.hpp"
#include "checker/test/law_of.hpp"
#include "model/law/parse.hpp"

namespace iolaw {
namespace {

const Finding& find(const ProofReport& report, const std::string& rule, const std::string& property) {
  const auto found = std::find_if(report.findings.begin(), report.findings.end(), [&](const Finding& finding) {
    return finding.rule == rule && finding.property == property;
  });
  if (found == report.findings.end()) throw std::runtime_error("no obligation " + rule + " / " + property);
  return *found;
}

const std::string kLadder = R"(
object Step { height: u64 }
rule step.make(height: u64) -> step: Step {
  fails EINVAL [odd] unless aligned(height, 2)
  then step = new Step { height }
}
rule step.raise(step: Step) {
  fails ENOENT [step] unless step lives
  fails EOVERFLOW [top] when overflows(step.height + 2)
  then step.height = step.height + 2
}
)";

TEST(Prove, TrueInvariantIsProved) {
  const Law law = law_of(
      kLadder + "step step.rises \"Steps rise\": all s: Step where after(s lives): s.height <= after(s.height)\n");
  const ProofReport report = prove(law, {});
  EXPECT_EQ(report.count(Verdict::proved), report.findings.size());
  EXPECT_FALSE(find(report, "step.raise", "step.rises").untouched);
}

// Searches would come upon what has no value, too: only the proofs are asked.
ProofReport prove_reads(const std::string& text) {
  ProveOptions options;
  options.invariant = "reads.exist";
  const Law law = law_of(text);
  return prove(law, options);
}

TEST(Prove, WhatIsReadExists) {
  EXPECT_EQ(find(prove_reads(kLadder), "step.raise", "reads.exist").verdict, Verdict::proved);

  // The height is read before it is known that there is one.
  std::string late = kLadder;
  const std::string check = "  fails ENOENT [step] unless step lives\n";
  late.erase(late.find(check), check.size());
  late.insert(late.find("  then step.height"), check);
  const ProofReport wrong = prove_reads(late);
  const Finding& found = find(wrong, "step.raise", "reads.exist");
  EXPECT_EQ(found.verdict, Verdict::violated);
  ASSERT_TRUE(found.trace);
  EXPECT_NE(found.trace->evidence.error.find("a field of"), std::string::npos) << found.trace->evidence.error;
}

TEST(Prove, NoValueIsTakenWhereThereIsNone) {
  const std::string law = R"(
object Floor { height: u64 }
object Step { holds floor: maybe Floor }
rule step.make() -> step: Step { then step = new Step { floor = none } }
rule step.height(step: Step) -> height: u64 {
  fails ENOENT [step] unless step lives
  CHECK
  result height = (the step.floor).height
}
invariant step.low "Steps are low": all s: Step: SOME (the s.floor).height < 10
)";
  const auto with = [&](const std::string& check, const std::string& some) {
    std::string text = law;
    text.replace(text.find("CHECK"), 5, check);
    text.replace(text.find("SOME"), 4, some);
    return prove_reads(text);
  };
  const ProofReport good = with("fails ENOENT [floor] when step.floor is none", "s.floor is none or");
  EXPECT_EQ(find(good, "step.height", "reads.exist").verdict, Verdict::proved);
  EXPECT_EQ(find(good, "step.low", "reads.exist").verdict, Verdict::proved);
  EXPECT_EQ(find(with("", "s.floor is none or"), "step.height", "reads.exist").verdict, Verdict::violated);
  EXPECT_NE(find(with("", ""), "step.low", "reads.exist").verdict, Verdict::proved);
}

TEST(Prove, PiecesOfLoopsReadWhatExists) {
  const std::string law = R"(
object Step { height: u64 }
object Lamp { step: Step  number: u64 }
rule lamps.clear() -> n: nat {
  each l: Lamp ascending l.number {
    fails EBUSY [high] when l.step.height > 3
    tally sum += l.step.height
    then destroy l
  }
  result n = sum
}
)";
  // That what an object refers to lives is an invariant that is made of its declaration.
  for (const Finding& finding : prove_reads(law).findings) EXPECT_EQ(finding.verdict, Verdict::proved) << finding.rule;
}

TEST(Prove, SumsOfPiecesAreNaturalNumbers) {
  const std::string rule =
      "rule step.clear() -> n: nat {\n  each s: Step ascending s.height {\n    tally sum += SUMMAND\n    then destroy "
      "s\n"
      "  }\n  result n = sum\n}\n";
  const auto with = [&](const std::string& summand) {
    std::string text = rule;
    return prove(law_of(kLadder + text.replace(text.find("SUMMAND"), 7, summand)), {});
  };
  EXPECT_EQ(find(with("s.height"), "step.clear", "kept.fits").verdict, Verdict::proved);
  EXPECT_EQ(find(with("s.height"), "step.clear (each s)", "kept.fits").verdict, Verdict::proved);
  EXPECT_NE(find(with("s.height - 2"), "step.clear (each s)", "kept.fits").verdict, Verdict::proved);
}

// ../../model/syntax/test/bad/provable.law has what is refused.
TEST(Prove, WhatIsNotRefusedIsProved) {
  const Parsed parsed = parse_law(IOLAW_SOURCE_DIR "/model/syntax/test/good/provable.law");
  ASSERT_TRUE(parsed.law);
  const ProofReport report = prove(*parsed.law, {});
  for (const Finding& finding : report.findings) {
    EXPECT_EQ(finding.verdict, Verdict::proved) << finding.rule << " / " << finding.property << " " << finding.note;
  }
}

TEST(Prove, FalseInvariantIsViolatedByTheShortestTrace) {
  const Law law = law_of(kLadder + "invariant step.low \"Steps are low\": all s: Step: s.height != 4\n");
  const ProofReport report = prove(law, {});
  const Finding& made = find(report, "step.make", "step.low");
  EXPECT_EQ(made.verdict, Verdict::violated);
  ASSERT_TRUE(made.trace);
  EXPECT_EQ(made.trace->trace.steps.size(), 1U);
  const Finding& raised = find(report, "step.raise", "step.low");
  EXPECT_EQ(raised.verdict, Verdict::violated);
  EXPECT_EQ(raised.trace->trace.steps.size(), 2U);
}

TEST(Prove, UnreachableCounterexampleIsToInductionOnly) {
  const Law law = law_of(R"(
object Door { open: bool, locked: bool }
rule door.make() -> door: Door { then door = new Door { open = false, locked = false } }
rule door.swing(door: Door) {
  fails ENOENT [door] unless door lives
  then door.open = door.locked
}
invariant door.shut "Doors are shut": all d: Door: not d.open
)");
  const ProofReport report = prove(law, {});
  const Finding& finding = find(report, "door.swing", "door.shut");
  EXPECT_EQ(finding.verdict, Verdict::cti);
  ASSERT_TRUE(finding.counterexample);
  EXPECT_EQ(finding.counterexample->before.population(0), 1U);
  EXPECT_EQ(find(report, "door.make", "door.shut").verdict, Verdict::proved);
}

TEST(Prove, RuleThatCannotSucceedIsVacuous) {
  const Law law = law_of(R"(
object Lamp { on: bool }
rule lamp.make() -> lamp: Lamp { then lamp = new Lamp { on = false } }
rule lamp.off(lamp: Lamp) {
  fails ENOENT [lamp] unless lamp lives
  fails EINVAL [dark] unless lamp.on
  then lamp.on = false
}
)");
  const ProofReport report = prove(law, {});
  EXPECT_EQ(find(report, "lamp.off", "reachable").verdict, Verdict::vacuous);
  EXPECT_EQ(find(report, "lamp.off", "reachable.dark").verdict, Verdict::proved);
  EXPECT_EQ(report.count(Verdict::vacuous), 1U);
}

TEST(Prove, ValueThatDoesNotFitIsFound) {
  const Law law = law_of(R"(
object Area { span: interval }
rule area.make(first: u64, length: u64) { 
  fails EINVAL [length] when length == 0
  then new Area { span = first..first + length - 1 }
}
)");
  const Finding finding = find(prove(law, {}), "area.make", "kept.fits");
  EXPECT_EQ(finding.verdict, Verdict::violated);
  ASSERT_TRUE(finding.trace);
  EXPECT_EQ(finding.trace->depth, 1U);
  EXPECT_FALSE(finding.trace->evidence.error.empty());
}

TEST(Prove, WhatIsChosenLives) {
  const Law law = law_of(R"(
object Letter { read: bool }
rule letter.send() -> letter: Letter { then letter = new Letter { read = false } }
rule letter.next() -> letter: Letter {
  fails ENODATA [empty] when all l: Letter: l.read
  choose letter: Letter where not letter.read
  then letter.read = true
}
step letter.taken "A letter is read that was not" on letter.next: some l: Letter: not l.read and after(l.read)
)");
  EXPECT_EQ(find(prove(law, {}), "letter.next", "letter.taken").verdict, Verdict::proved);
}

TEST(Prove, SlotMapsEnumsChoicesAndCounts) {
  const Parsed parsed = parse_law(IOLAW_SOURCE_DIR "/checker/test/vintf.law");
  ASSERT_TRUE(parsed.law);
  const ProofReport report = prove(*parsed.law, {});
  for (const Finding& finding : report.findings) {
    EXPECT_EQ(finding.verdict, Verdict::proved) << finding.rule << " / " << finding.property << ' ' << finding.note;
  }
}

// A contradiction among what is assumed would prove everything. That a rule which always fails succeeds, is one.
TEST(Prove, AssumptionsAreNotContradictory) {
  const Parsed parsed = parse_law(IOLAW_SOURCE_DIR "/spec/iommufd.law");
  ASSERT_TRUE(parsed.law);
  const induct::Problem problem(*parsed.law);
  for (const induct::Transition& transition : problem.transitions()) {
    const bool happens = !always_fails(*transition.rule) || !transition.rule->late.empty();
    EXPECT_EQ(problem.contradict(transition, {}) == smt::Answer::unknown, happens) << transition.name;
  }
}

TEST(Prove, SharedObjectDiesWithItsLastHolder) {
  const Law law = law_of(R"(
object Tape shared { length: u64 }
object Reel { holds tape: Tape }
rule reel.make(length: u64) -> reel: Reel {
  then { let tape = new Tape { length }
         reel = new Reel { tape } }
}
rule reel.copy(of: Reel) -> reel: Reel {
  fails ENOENT [reel] unless of lives
  then reel = new Reel { tape = of.tape }
}
rule reel.destroy(reel: Reel) {
  fails ENOENT [reel] unless reel lives
  then destroy reel
}
cover tape.shared "Shared": some a: Reel, b: Reel: a != b and a.tape == b.tape
)");
  const ProofReport report = prove(law, {});
  EXPECT_EQ(report.count(Verdict::proved), report.findings.size());
}

}  // namespace
}  // namespace iolaw
