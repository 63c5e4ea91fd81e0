// SPDX-License-Identifier: Apache-2.0
// Axioms on the instance: exactly where that is possible, otherwise on many values.
#include "model/eval/environment.hpp"

#include <gtest/gtest.h>

#include "model/law/parse.hpp"

namespace iolaw {
namespace {

using Tag = AxiomCheck::Tag;

std::vector<AxiomCheck> checked(const std::string& text) {
  const Parsed parsed = parse_law_texts({{"toy.law", "object Ioas {}\n" + text}});
  for (const Diagnostic& diagnostic : parsed.diagnostics) ADD_FAILURE() << render(diagnostic, parsed.files, false);
  return parsed.law ? check_environment(*parsed.law) : std::vector<AxiomCheck>{};
}

TEST(Environment, ALawWithoutOneIsNotChecked) { EXPECT_TRUE(checked("def f(x: u64) -> u64 = x - 1\n").empty()); }

TEST(Environment, ExactOverAllAddresses) {
  const auto checks = checked(
      "given frame(va: u64) -> u64 = if va < 4096 then va else 4096\n"
      "axiom frame.low \"Low\": all x: u64: frame(x) <= 4096\n"
      "axiom frame.same \"Same\": all x in 0..4096: frame(x) == x\n");
  ASSERT_EQ(checks.size(), 3U);
  for (const AxiomCheck& check : checks) EXPECT_EQ(check.tag, Tag::holds) << check.name << " " << check.why;
  EXPECT_EQ(checks[0].name, "frame.fits");
}

TEST(Environment, WhatFailsIsShownWithTheValue) {
  const auto checks = checked(
      "given frame(va: u64) -> u64 = va\n"
      "axiom frame.low \"Low\": all x: u64: frame(x) <= 4096\n");
  ASSERT_EQ(checks.size(), 2U);
  EXPECT_EQ(checks[1].tag, Tag::fails);
  EXPECT_EQ(checks[1].why, "it is false for x = MAX");
}

TEST(Environment, AFormulaWithoutVariablesIsJustFalse) {
  const auto checks = checked("given big(va: u64) -> bool = va > 7\naxiom big.six \"Six\": big(6)\n");
  ASSERT_EQ(checks.size(), 1U);
  EXPECT_EQ(checks[0].tag, Tag::fails);
  EXPECT_EQ(checks[0].why, "it is false");
}

TEST(Environment, WhatIsTooLargeIsTried) {
  const auto checks = checked(
      "given even(va: u64) -> bool = aligned(va, 2)\n"
      "axiom even.next \"Next\": all x: u64 where even(x): not even(x + 1)\n"
      "axiom even.wrong \"Wrong\": all x: u64 where even(x): x != 0x1_0000\n");
  ASSERT_EQ(checks.size(), 2U);
  EXPECT_EQ(checks[0].tag, Tag::tested);
  EXPECT_GE(checks[0].samples, 10'000U);
  EXPECT_EQ(checks[1].tag, Tag::fails);
  EXPECT_EQ(checks[1].why, "it is false for x = 0x10000");
}

TEST(Environment, WhatIsGivenMustFitItsType) {
  EXPECT_EQ(checked("given back(x: u64) -> u64 = x - 1\n").at(0).tag, Tag::fails);
  EXPECT_EQ(checked("given back(x: u64) -> u64 = if x == 0 then 0 else x - 1\n").at(0).tag, Tag::holds);
  EXPECT_EQ(checked("given back(x: nat) -> nat = x - 1\n").at(0).tag, Tag::fails);
  EXPECT_EQ(checked("enum Zone { LOW, HIGH }\n"
                    "given base(zone: Zone, wide: bool) -> u64 = if zone == HIGH and wide then MAX + 1 else 0\n")
                .at(0)
                .tag,
            Tag::fails);
}

}  // namespace
}  // namespace iolaw
