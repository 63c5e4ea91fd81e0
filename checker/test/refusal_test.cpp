// SPDX-License-Identifier: Apache-2.0
// Proofs and searches of calls that may be refused, and of failures that keep their effects.
#include <gtest/gtest.h>

#include <algorithm>

#include "checker/prove/prove.hpp"
#include "checker/scope/search.hpp"
#include "model/law/parse.hpp"

namespace iolaw {
namespace {

// `memory` is the condition of a refusal, `told` that of a failure that keeps the effects.
Law law_of(const std::string& memory, const std::string& told, const std::string& invariant) {
  const std::string text =
      "object Box { level: u64 }\n"
      "rule box.make() -> box: Box { then box = new Box { level = 0 } }\n"
      "rule box.lift(box: Box, level: u64) {\n"
      "  fails ENOENT [box] unless box lives\n"
      "  may fail ENOMEM [memory] when " +
      memory +
      "\n"
      "  fails EINVAL [zero] when level == 0\n"
      "  then box.level = level\n"
      "  but fails EFAULT [told] when " +
      told +
      "\n"
      "}\n"
      "invariant box.low \"Low\": all b: Box: " +
      invariant + "\n";
  Parsed parsed = parse_law_texts({{"box.law", text}});
  if (!parsed.law) throw std::runtime_error("the law has mistakes");
  return std::move(*parsed.law);
}

Verdict verdict(const Law& law) {
  const ProofReport report = prove(law, {});
  const auto found = std::find_if(report.findings.begin(), report.findings.end(), [](const Finding& finding) {
    return finding.rule == "box.lift" && finding.property == "box.low";
  });
  if (found == report.findings.end()) throw std::runtime_error("no such obligation");
  return found->verdict;
}

TEST(Refusal, NothingIsAssumedOfACallThatGoesOn) {
  EXPECT_EQ(verdict(law_of("level > 9", "level == 1", "b.level <= 9")), Verdict::violated);
}

TEST(Refusal, AnEffectThatIsKeptMustKeepTheInvariants) {
  EXPECT_EQ(verdict(law_of("level == 1", "level > 9", "b.level <= 9")), Verdict::violated);
}

TEST(Refusal, OtherFailuresStillGuardTheEffects) {
  const Law law = law_of("level > 9", "level > 3", "b.level != 5 or b.level > 0");
  EXPECT_EQ(verdict(law), Verdict::proved);
}

TEST(Refusal, EveryOutcomeIsFoundByTheSolver) {
  const Law law = law_of("level > 9", "level == 5", "b.level >= 0");
  const Model model(law);
  const Rule& rule = law.rules[1];
  for (std::uint32_t branch = 0; branch <= rule.branches.size(); ++branch) {
    const std::uint32_t wanted = branch == rule.branches.size() ? kSuccess : branch;
    const scope::Target target{.tag = scope::Target::Tag::outcome, .rule = 1, .branch = wanted};
    scope::SearchOptions options;
    options.depth = 3;
    const scope::SearchResult result = scope::search(model, {target}, options);
    ASSERT_EQ(result.tag, scope::SearchResult::Tag::found) << branch_id(rule, wanted) << ": " << result.note;
    ASSERT_FALSE(result.trace.steps.empty());
  }
}

TEST(Refusal, EveryOutcomeIsReachable) {
  const ProofReport report = prove(law_of("level > 9", "level == 5", "b.level >= 0"), {});
  std::size_t reached = 0;
  for (const Finding& finding : report.findings) {
    if (!finding.property.starts_with("reachable")) continue;
    EXPECT_EQ(finding.verdict, Verdict::proved) << finding.rule << " " << finding.property;
    ++reached;
  }
  EXPECT_EQ(reached, 6U);
}

}  // namespace
}  // namespace iolaw
