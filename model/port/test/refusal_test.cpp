// SPDX-License-Identifier: Apache-2.0
// Calls that an implementation may refuse, and failures that keep the effects: both sides go on from what was answered.
#include <gtest/gtest.h>

#include <cerrno>
#include <functional>

#include "model/law/parse.hpp"
#include "model/port/session.hpp"
#include "tools/ports/model_port.hpp"

namespace iolaw {
namespace {

using Verdict = Session::Verdict;

constexpr const char* kText = R"(
object Box { level: u64 }
object Lid { in box: Box }
rule box.make() -> box: Box { then box = new Box { level = 0 } }
rule box.lift(box: Box, level: u64, told: bool) -> old: u64 {
  fails ENOENT              [box]    unless box lives
  may fail ENOMEM or ENOSPC [memory] when level > 9
  fails EINVAL              [zero]   when level == 0
  result old = box.level
  then {
    box.level = level
    new Lid { box }
  }
  but fails EFAULT          [told]   unless told
}
probe box.level(box: Box) -> level: u64, lids: nat {
  unspecified [box] unless box lives
  result level = box.level
  result lids = count l: Lid in box: true
}
)";

constexpr std::uint32_t kLift = 1;
constexpr std::uint32_t kLevel = 2;
enum LiftBranch : std::uint32_t { kBox, kWithoutMemory, kZero, kTold };

Law law_with_refusals() {
  Parsed parsed = parse_law_texts({{"box.law", kText}});
  std::string messages;
  for (const Diagnostic& diagnostic : parsed.diagnostics) messages += render(diagnostic, parsed.files, false);
  if (!parsed.law) throw std::runtime_error(messages);
  return std::move(*parsed.law);
}

// The model, but for calls that it refuses with an errno of its own.
class RefusingPort : public Port {
 public:
  explicit RefusingPort(const Law& law) : port_(law) {}
  std::string_view name() const override { return "refusing"; }
  void reset() override { port_.reset(); }
  PortAnswer call(std::string_view rule, std::span<const std::uint64_t> arguments) override {
    if (refuse != 0 && rule == "box.lift") {
      PortAnswer answer;
      answer.error = refuse;
      return answer;
    }
    return port_.call(rule, arguments);
  }
  int refuse = 0;

 private:
  ModelPort port_;
};

class Refusal : public testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(session_.step({0, {}}), Verdict::agrees); }
  Verdict lift(Word level, bool told = true) { return session_.step({kLift, {0, level, told ? 1U : 0U}}); }
  Verdict ask() { return session_.step({kLevel, {0}}); }

  const Law law_ = law_with_refusals();
  const Model model_{law_};
  RefusingPort port_{law_};
  Session session_{model_, port_};
};

TEST_F(Refusal, EitherAnswerIsAllowed) {
  EXPECT_EQ(lift(10), Verdict::agrees);
  EXPECT_EQ(session_.finding().branch, kSuccess);
  for (const int error : {ENOMEM, ENOSPC}) {
    port_.refuse = error;
    EXPECT_EQ(lift(11), Verdict::agrees);
    EXPECT_EQ(session_.finding().branch, kWithoutMemory);
    EXPECT_EQ(session_.finding().observed.error, error);
    EXPECT_EQ(ask(), Verdict::agrees) << "a refused call changes nothing on either side";
  }
}

TEST_F(Refusal, OnlyWhereTheLawPermitsIt) {
  port_.refuse = ENOMEM;
  EXPECT_EQ(lift(9), Verdict::differs);
}

TEST_F(Refusal, OnlyWithItsErrors) {
  port_.refuse = EBUSY;
  EXPECT_EQ(lift(10), Verdict::differs);
}

TEST_F(Refusal, AnEarlierFailureStillDecides) {
  port_.refuse = ENOMEM;
  EXPECT_EQ(session_.step({kLift, {kNone, 10, 1}}), Verdict::differs);
}

TEST_F(Refusal, AllowedListsWhatGoesOnFirst) {
  const auto allowed = model_.allowed(session_.state(), {kLift, {0, 10, 1}});
  ASSERT_EQ(allowed.size(), 3U);
  EXPECT_EQ(allowed[0].branch, kSuccess);
  EXPECT_EQ(allowed[1].outcome.error, ENOMEM);
  EXPECT_EQ(allowed[2].outcome.error, ENOSPC);
  EXPECT_EQ(allowed[2].next, session_.state());
  EXPECT_EQ(model_.refusals(session_.state(), {kLift, {0, 10, 1}}), std::vector<std::uint32_t>{kWithoutMemory});
  EXPECT_TRUE(model_.refusals(session_.state(), {kLift, {0, 9, 1}}).empty());
  EXPECT_TRUE(model_.has_choice(kLift));
}

TEST_F(Refusal, AKeptEffectIsThereAfterTheFailure) {
  EXPECT_EQ(lift(3, false), Verdict::agrees);
  EXPECT_EQ(session_.finding().branch, kTold);
  EXPECT_EQ(session_.finding().observed, (Outcome{EFAULT, {}}));
  EXPECT_EQ(ask(), Verdict::agrees);
  EXPECT_EQ(*session_.state().field(0, 0, 0), 3U);
  EXPECT_EQ(session_.state().population(1), 1U);
}

TEST_F(Refusal, WhatFailsBeforeKeepsNothing) {
  const State before = session_.state();
  EXPECT_EQ(lift(0, false), Verdict::agrees);
  EXPECT_EQ(session_.finding().branch, kZero);
  EXPECT_EQ(session_.state(), before);
}

}  // namespace
}  // namespace iolaw
