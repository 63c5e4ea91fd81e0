// SPDX-License-Identifier: Apache-2.0
// The oracle against the model itself, and against a port that is made to lie.
#include "model/port/session.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <functional>
#include <map>

#include "model/eval/test/build.hpp"
#include "model/eval/test/toy.hpp"
#include "tools/ports/model_port.hpp"

namespace iolaw {
namespace {

using namespace toy;
using Verdict = Session::Verdict;

// The toy law with two probes: how many users a space has, and which range owns an address.
Law law_with_probes() {
  using namespace build;
  Law law = make_law();
  Rule users;
  users.name = "space.users";
  users.probe = true;
  users.parameters = {{"space", reference(kSpace), {}}};
  users.slots = 1;
  users.results = {{"users", kNat, node(Op::count, kNat, {ref(0, kSpace)}, 0), {}}};
  Rule owner;
  owner.name = "space.owner";
  owner.probe = true;
  owner.parameters = {{"space", reference(kSpace), {}}, {"address", kU64, {}}};
  owner.slots = 2;
  owner.results = {{"owner", reference(kRange, true), at(ref(0, kSpace), var(1), kRange), {}}};
  law.rules.push_back(users);
  law.rules.push_back(owner);
  return law;
}

// Passes calls on to the model and lets a test change what comes back.
class LyingPort : public Port {
 public:
  explicit LyingPort(const Law& law) : port_(law) {}

  std::string_view name() const override { return "lying"; }
  void reset() override { port_.reset(); }
  PortAnswer call(std::string_view rule, std::span<const std::uint64_t> arguments) override {
    last_arguments.assign(arguments.begin(), arguments.end());
    PortAnswer answer = port_.call(rule, arguments);
    if (lie) lie(rule, answer);
    return answer;
  }

  std::function<void(std::string_view rule, PortAnswer& answer)> lie;
  std::vector<std::uint64_t> last_arguments;

 private:
  ModelPort port_;
};

class SessionTest : public testing::Test {
 protected:
  Verdict step(RuleIndex rule, std::vector<Word> arguments) { return session_.step(Call{rule, std::move(arguments)}); }

  const Law law_ = law_with_probes();
  const Model model_{law_};
  LyingPort port_{law_};
  Session session_{model_, port_};
};

TEST_F(SessionTest, TheModelAgreesWithItself) {
  const Sampler sampler(law_);
  std::mt19937_64 random(3);
  std::map<Verdict, int> seen;
  std::uint64_t asked = 0;
  for (int step = 0; step < 5000; ++step) {
    if (step % 100 == 0) session_.reset();
    const Verdict verdict = session_.step(sampler.call(session_.state(), random));
    ++seen[verdict];
    ASSERT_NE(verdict, Verdict::differs) << to_text(law_, session_.finding());
    if (step % 100 != 99) continue;
    ASSERT_EQ(session_.probe(&asked), Verdict::agrees) << to_text(law_, session_.finding());
  }
  EXPECT_GT(seen[Verdict::agrees], 4000);
  EXPECT_GT(asked, 1000U);
}

TEST_F(SessionTest, AWrongErrnoDiffers) {
  step(kSpaceNew, {});
  port_.lie = [](std::string_view, PortAnswer& answer) { answer = {PortAnswer::Status::answered, EINVAL, {}, {}}; };
  EXPECT_EQ(step(kRangePut, {0, 0, 1}), Verdict::differs);
  const Session::Finding& finding = session_.finding();
  EXPECT_EQ(finding.observed.error, EINVAL);
  ASSERT_EQ(finding.allowed.size(), 1U);
  EXPECT_EQ(finding.allowed[0].outcome.error, 0);
  EXPECT_FALSE(finding.reasons.empty());
  const std::string text = to_text(law_, finding);
  EXPECT_NE(text.find("observed: EINVAL"), std::string::npos) << text;
  EXPECT_NE(text.find("allowed:  ok, range = range0"), std::string::npos) << text;
  EXPECT_NE(text.find("not range.put.length"), std::string::npos) << text;
}

TEST_F(SessionTest, AWrongResultDiffers) {
  step(kSpaceNew, {});
  step(kRangePut, {0, 0, 1});
  port_.lie = [](std::string_view, PortAnswer& answer) { answer.results.at(0) = 2; };
  EXPECT_EQ(step(kRangeTake, {0, 0, 1}), Verdict::differs);
  EXPECT_NE(to_text(law_, session_.finding()).find("result taken: the law says 1, observed 2"), std::string::npos);
}

TEST_F(SessionTest, ASilentSideEffectIsSeenByProbes) {
  step(kSpaceNew, {});
  step(kUserNew, {0});
  EXPECT_EQ(session_.probe(), Verdict::agrees);
  port_.lie = [](std::string_view rule, PortAnswer& answer) {
    if (rule == "space.users") answer.results.at(0) = 7;
  };
  EXPECT_EQ(session_.probe(), Verdict::differs);
  EXPECT_EQ(law_.rules[session_.finding().call.rule].name, "space.users");
}

TEST_F(SessionTest, AHandleMustBeNew) {
  step(kSpaceNew, {});
  port_.lie = [](std::string_view, PortAnswer& answer) { answer.results.at(0) = std::uint64_t{1} << 32; };
  EXPECT_EQ(step(kSpaceNew, {}), Verdict::differs) << "two spaces with one handle";
  EXPECT_NE(session_.finding().note.find("does not name a new object"), std::string::npos);
}

TEST_F(SessionTest, TheHandleOfADeadObjectIsPassedUntilItIsGivenOutAgain) {
  port_.lie = [](std::string_view rule, PortAnswer& answer) {
    if (rule == "space.new" || rule == "port.new") answer.results.at(0) = 77;
  };
  step(kSpaceNew, {});
  port_.lie = nullptr;
  step(kSpaceDestroy, {0});  // the port does not know 77 and fails; the session finds the difference
  EXPECT_EQ(session_.finding().verdict, Verdict::differs);

  session_.reset();
  step(kSpaceNew, {});
  step(kSpaceNew, {});
  EXPECT_EQ(step(kSpaceDestroy, {0}), Verdict::agrees);
  EXPECT_EQ(step(kUserNew, {0}), Verdict::agrees);
  EXPECT_EQ(port_.last_arguments.at(0), std::uint64_t{1} << 32) << "the old handle of space0";
  EXPECT_EQ(step(kUserNew, {kNone}), Verdict::agrees);
  EXPECT_EQ(port_.last_arguments.at(0), kNoHandle);
  // A port in space1 gets the handle that space0 had.
  port_.lie = [](std::string_view rule, PortAnswer& answer) {
    if (rule == "port.new") answer.results.at(0) = std::uint64_t{1} << 32;
  };
  EXPECT_EQ(step(kPortNew, {1, 5}), Verdict::agrees);
  EXPECT_EQ(step(kUserNew, {0}), Verdict::agrees);
  EXPECT_EQ(port_.last_arguments.at(0), kNoHandle) << "somebody else owns that handle now";
}

TEST_F(SessionTest, EitherErrnoOfABranchAgrees) {
  step(kSpaceNew, {});
  step(kRangePut, {0, 0, 0x10000});
  for (const int error : {EAGAIN, ENOSPC}) {
    port_.lie = [error](std::string_view, PortAnswer& answer) { answer.error = error; };
    EXPECT_EQ(step(kRangeAuto, {0, 1}), Verdict::agrees) << error;
    EXPECT_EQ(session_.finding().observed.error, error);
  }
  port_.lie = [](std::string_view, PortAnswer& answer) { answer.error = ENOMEM; };
  EXPECT_EQ(step(kRangeAuto, {0, 1}), Verdict::differs);
  EXPECT_EQ(session_.finding().allowed.size(), 2U);
}

TEST_F(SessionTest, TheSessionFollowsTheChoiceItSaw) {
  step(kSpaceNew, {});
  port_.lie = [](std::string_view, PortAnswer& answer) { answer.results.at(0) = 0x3000; };
  EXPECT_EQ(step(kRangeAuto, {0, 0x1000}), Verdict::agrees);
  EXPECT_EQ(session_.state().field(kRange, 0, kRangeSpan)[0], 0x3000U);
  port_.lie = [](std::string_view, PortAnswer& answer) { answer.results.at(0) = 0x3001; };
  EXPECT_EQ(step(kRangeAuto, {0, 0x1000}), Verdict::differs);
}

TEST_F(SessionTest, UnspecifiedCallsAreNotMade) {
  step(kSpaceNew, {});
  step(kRangePut, {0, 0, 0x20000});
  port_.last_arguments = {1, 2, 3, 4};
  EXPECT_EQ(step(kRangeTake, {0, 0, 0x20000}), Verdict::unspecified);
  EXPECT_EQ(port_.last_arguments.size(), 4U);
}

TEST_F(SessionTest, UnsupportedAndBrokenAreNoDifferences) {
  step(kSpaceNew, {});
  const State before = session_.state();
  port_.lie = [](std::string_view, PortAnswer& answer) {
    answer = {PortAnswer::Status::unsupported, 0, {}, "cannot do that"};
  };
  EXPECT_EQ(step(kRangePut, {0, 0, 1}), Verdict::unsupported);
  EXPECT_EQ(session_.finding().note, "cannot do that");
  EXPECT_EQ(session_.state(), before);
  port_.lie = [](std::string_view, PortAnswer& answer) { answer = {PortAnswer::Status::broken, 0, {}, "died"}; };
  EXPECT_EQ(step(kRangePut, {0, 0, 1}), Verdict::broken);
  EXPECT_EQ(session_.state(), before);
}

}  // namespace
}  // namespace iolaw
