// SPDX-License-Identifier: Apache-2.0
// The differ on a port that is told calls ahead.
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <memory>
#include <utility>

#include "checker/differ/diff.hpp"
#include "checker/differ/test/fixture.hpp"
#include "checker/differ/test/lying_port.hpp"
#include "model/port/follower.hpp"

namespace iolaw {
namespace {

// Makes calls as late as it may. Counts those that were answered.
class LatePort : public Port, public Ahead {
 public:
  explicit LatePort(Lie lie) : near_(lie), follower_(near_) {}

  std::string_view name() const override { return "late"; }
  void reset() override { near_.reset(); }
  PortAnswer call(std::string_view rule, std::span<const std::uint64_t> arguments) override {
    return near_.call(rule, arguments);
  }
  std::uint64_t told() const override { return told_; }
  void tell_reset() override {
    ToldCall reset;
    reset.what = ToldCall::What::reset;
    push(reset);
  }
  std::optional<PortAnswer> tell(const ToldCall& call) override {
    push(call);
    most_ = std::max(most_, queue_.size());
    if (call.what != ToldCall::What::ask) return std::nullopt;
    if (std::optional<Stop> stop = settle(told_ - 1)) throw Overtaken(*stop);
    queue_.pop_front();
    std::optional<PortAnswer> answer = follower_.follow(call);
    answered_ += answer->status == PortAnswer::Status::answered;
    return answer;
  }
  std::optional<Stop> settle(std::uint64_t number) override {
    while (!queue_.empty() && told_ - queue_.size() < number) {
      const ToldCall call = queue_.front();
      std::optional<PortAnswer> answer = follower_.follow(call);
      if (call.what == ToldCall::What::call) {
        answered_ += !answer || answer->status == PortAnswer::Status::answered;
      }
      if (answer) {
        Stop stop{told_ - queue_.size(), std::move(*answer)};
        queue_.clear();
        return stop;
      }
      queue_.pop_front();
    }
    return std::nullopt;
  }

  std::uint64_t answered() const { return answered_; }
  std::size_t most() const { return most_; }

 private:
  void push(const ToldCall& call) {
    ++told_;
    queue_.push_back(call);
  }

  LyingPort near_;
  Follower follower_;
  std::deque<ToldCall> queue_;
  std::uint64_t told_ = 0;
  std::uint64_t answered_ = 0;
  std::size_t most_ = 0;
};

DiffReport late_diff(LatePort& port) {
  static const Model model(law_here());
  static const auto starts = std::make_shared<const std::vector<Start>>(find_starts(model));
  return run_diff(model, port, {1, 5'000, {}, starts});
}

DiffReport late_diff(Lie lie) {
  LatePort port(lie);
  return late_diff(port);
}

TEST(Ahead, counts_the_calls_that_were_made) {
  LatePort port(Lie::none);
  const DiffReport report = late_diff(port);
  EXPECT_FALSE(report.difference);
  EXPECT_EQ(report.steps, port.answered());
  EXPECT_GE(report.steps, 5'000U);
  EXPECT_GT(port.most(), 200U) << "calls of several runs should have been on their way";
}

TEST(Ahead, finds_a_wrong_errno_at_its_call) {
  const DiffReport report = late_diff(Lie::error);
  ASSERT_TRUE(report.difference);
  EXPECT_TRUE(report.confirmed);
  EXPECT_EQ(report.difference->sequence.size(), 3U);
  EXPECT_EQ(report.difference->finding.verdict, Session::Verdict::differs);
}

TEST(Ahead, finds_a_wrong_result) {
  const DiffReport report = late_diff(Lie::result);
  ASSERT_TRUE(report.difference);
  EXPECT_LE(report.difference->sequence.size(), 4U);
  EXPECT_FALSE(report.difference->finding.reasons.empty());
}

TEST(Ahead, finds_a_death) {
  const DiffReport report = late_diff(Lie::death);
  ASSERT_TRUE(report.difference);
  EXPECT_EQ(report.difference->finding.verdict, Session::Verdict::broken);
  EXPECT_EQ(report.difference->finding.note, "it died");
}

// What was drawn behind a call that the port cannot make was not made, and is not counted.
TEST(Ahead, goes_back_to_a_refusal) {
  LatePort port(Lie::refusal);
  const DiffReport report = late_diff(port);
  EXPECT_FALSE(report.difference);
  EXPECT_EQ(report.steps, port.answered());
  ASSERT_EQ(report.unsupported.size(), 1U);
  EXPECT_EQ(report.unsupported.front(), "ioas.map: not today");
}

TEST(Ahead, is_decided_by_its_seed) {
  const DiffReport one = late_diff(Lie::refusal);
  const DiffReport other = late_diff(Lie::refusal);
  EXPECT_EQ(one.steps, other.steps);
  EXPECT_EQ(one.pairs, other.pairs);
  EXPECT_EQ(one.reached, other.reached);
}

}  // namespace
}  // namespace iolaw
