// SPDX-License-Identifier: Apache-2.0
// Histories written by hand: those that an order explains, and those that none does.
#include <gtest/gtest.h>

#include <cerrno>

#include "checker/concurrent/campaign.hpp"
#include "checker/concurrent/test/fixture.hpp"

namespace iolaw::concurrent {
namespace {

using Verdict = Judgement::Verdict;

constexpr std::uint64_t kIoas = 1;
constexpr std::uint64_t kVa = 0x4000'0000;
constexpr std::uint64_t kPage = 0x1000;
constexpr std::uint64_t kRead = 1;

class Judge : public testing::Test {
 protected:
  // Everything begins with an IOAS; times below 10 are taken.
  void begin() { calls = {Histories::call(0, 0, 1, "ioas.alloc", {0}, 0, {kIoas})}; }
  void add(std::uint32_t thread, std::uint64_t invoked, std::uint64_t returned, const std::string& rule,
           std::vector<std::uint64_t> arguments, int error, std::vector<std::optional<std::uint64_t>> results = {}) {
    calls.push_back(Histories::call(thread, invoked, returned, rule, std::move(arguments), error, std::move(results)));
  }
  void map(std::uint32_t thread, std::uint64_t invoked, std::uint64_t returned, std::uint64_t iova, int error) {
    add(thread, invoked, returned, "ioas.map", {kIoas, kVa, kPage, iova, kRead, 0}, error);
  }
  void unmap(std::uint32_t thread, std::uint64_t invoked, std::uint64_t returned, std::uint64_t iova,
             std::uint64_t length, int error, std::uint64_t bytes = 0) {
    add(thread, invoked, returned, "ioas.unmap", {kIoas, iova, length}, error, {bytes});
    if (error != 0) calls.back().results.clear();
  }
  Verdict verdict() const { return histories.verdict(calls); }

  Histories histories;
  std::vector<RecordedCall> calls;
};

TEST_F(Judge, one_of_two_overlapping_mappings_wins) {
  begin();
  map(1, 10, 13, kPage, 0);
  map(2, 11, 12, kPage, EEXIST);
  EXPECT_EQ(verdict(), Verdict::linearizable);
  calls[1].error = EEXIST;
  calls[2].error = 0;
  EXPECT_EQ(verdict(), Verdict::linearizable);
}

TEST_F(Judge, two_overlapping_mappings_never_win) {
  begin();
  map(1, 10, 13, kPage, 0);
  map(2, 11, 12, kPage, 0);
  const Judgement judgement = judge(histories.model, {calls, ""});
  EXPECT_EQ(judgement.verdict, Verdict::differs);
  EXPECT_EQ(judgement.at, 1U);  // which ended last
  EXPECT_NE(
      to_text(histories.model, {calls, ""}, judgement).find("No order of these calls explains the answer to call 2"),
      std::string::npos);
}

TEST_F(Judge, two_overlapping_mappings_never_both_lose) {
  begin();
  map(1, 10, 13, kPage, EEXIST);
  map(2, 11, 12, kPage, EEXIST);
  EXPECT_EQ(verdict(), Verdict::differs);
}

TEST_F(Judge, what_ended_before_another_began_comes_first) {
  begin();
  map(1, 10, 11, kPage, EEXIST);
  map(2, 12, 13, kPage, 0);
  EXPECT_EQ(verdict(), Verdict::differs);
  // Had they overlapped, the other order would explain it.
  calls[1].returned = 14;
  EXPECT_EQ(verdict(), Verdict::linearizable);
}

// The order of three calls follows only from what a later one saw.
TEST_F(Judge, later_answers_decide_the_order) {
  begin();
  map(1, 10, 20, kPage, 0);
  unmap(2, 11, 12, kPage, kPage, ENOENT);
  unmap(2, 13, 19, kPage, kPage, 0, kPage);
  map(2, 21, 22, kPage, 0);
  EXPECT_EQ(verdict(), Verdict::linearizable);
  calls.back().error = EEXIST;
  EXPECT_EQ(verdict(), Verdict::differs);
}

TEST_F(Judge, an_object_is_what_has_its_number_by_then) {
  begin();
  add(1, 10, 11, "ioas.destroy", {kIoas}, 0);
  add(1, 12, 13, "ioas.alloc", {0}, 0, {kIoas});
  map(2, 9, 14, kPage, 0);
  unmap(1, 15, 16, kPage, kPage, 0, kPage);
  EXPECT_EQ(verdict(), Verdict::linearizable);
  calls.back() = Histories::call(1, 15, 16, "ioas.unmap", {kIoas, kPage, kPage}, ENOENT);
  EXPECT_EQ(verdict(), Verdict::linearizable);
  // Twice it cannot have been there.
  unmap(1, 17, 18, kPage, kPage, 0, kPage);
  EXPECT_EQ(verdict(), Verdict::differs);
}

TEST_F(Judge, one_number_names_one_object) {
  begin();
  add(1, 10, 13, "ioas.alloc", {0}, 0, {2});
  add(2, 11, 12, "ioas.alloc", {0}, 0, {2});
  EXPECT_EQ(verdict(), Verdict::differs);
  calls.back().results = {3};
  EXPECT_EQ(verdict(), Verdict::linearizable);
}

// Another mapping comes between the two pieces of an unmap: no order of whole calls explains that.
TEST_F(Judge, an_unmap_takes_its_areas_one_by_one) {
  begin();
  map(0, 2, 3, kPage, 0);
  map(0, 4, 5, 2 * kPage, 0);
  unmap(1, 10, 19, kPage, 2 * kPage, 0, 2 * kPage);
  map(2, 11, 12, kPage, 0);           // the first is gone
  map(2, 13, 14, 2 * kPage, EEXIST);  // the second is not
  EXPECT_EQ(verdict(), Verdict::linearizable);
  // The other way round they do not go.
  calls.resize(4);
  map(2, 11, 12, 2 * kPage, 0);
  unmap(2, 13, 14, kPage, kPage, 0, kPage);
  EXPECT_EQ(verdict(), Verdict::differs);
}

// It goes on behind the last address that it took: what others map before that stays.
TEST_F(Judge, an_unmap_does_not_come_back) {
  begin();
  add(0, 2, 3, "ioas.map", {kIoas, kVa, 2 * kPage, kPage, kRead, 0}, 0);
  map(0, 4, 5, 4 * kPage, 0);
  unmap(1, 10, 19, 0, ~std::uint64_t{0}, 0, 4 * kPage);
  map(2, 11, 12, 2 * kPage, 0);
  map(2, 13, 14, 5 * kPage, 0);
  unmap(2, 20, 21, 2 * kPage, kPage, 0, kPage);
  EXPECT_EQ(verdict(), Verdict::linearizable);
  calls.back() = Histories::call(2, 20, 21, "ioas.unmap", {kIoas, 2 * kPage, kPage}, ENOENT);
  EXPECT_EQ(verdict(), Verdict::differs);
}

// A refusal, and the answer to a question, may be what a call of steps leads to that is under way.
TEST_F(Judge, a_call_of_steps_excuses_what_changes_nothing) {
  begin();
  map(0, 2, 3, 2 * kPage, 0);
  add(1, 10, 19, "hwpt.alloc", {7, kIoas, 0, kNoHandle, 0, 0}, ENOENT);
  map(2, 11, 12, kPage, EINVAL);
  add(2, 13, 14, "vfio.get_ioas", {0}, ENODEV);
  EXPECT_EQ(verdict(), Verdict::linearizable);
  // Not what changes something,
  calls.pop_back();
  calls.back() = Histories::call(2, 11, 12, "ioas.map", {kIoas, kVa, kPage, 2 * kPage, kRead, 0}, 0);
  EXPECT_EQ(verdict(), Verdict::differs);
  // nor when it has ended.
  calls.back() = Histories::call(2, 20, 21, "ioas.map", {kIoas, kVa, kPage, kPage, kRead, 0}, EINVAL);
  EXPECT_EQ(verdict(), Verdict::differs);
}

TEST_F(Judge, an_unmap_that_fails_leaves_what_it_took) {
  begin();
  map(0, 2, 3, kPage, 0);
  add(0, 4, 5, "ioas.map", {kIoas, kVa, 2 * kPage, 2 * kPage, kRead, 0}, 0);
  unmap(1, 10, 13, kPage, 2 * kPage, ENOENT);
  map(2, 11, 12, kPage, 0);
  EXPECT_EQ(verdict(), Verdict::linearizable);
}

TEST_F(Judge, a_call_under_way_may_make_an_object_busy) {
  begin();
  map(1, 10, 13, kPage, 0);
  add(2, 11, 12, "ioas.destroy", {kIoas}, EBUSY);
  const Judgement judgement = judge(histories.model, {calls, ""});
  EXPECT_EQ(judgement.verdict, Verdict::linearizable);
  EXPECT_EQ(judgement.leeways, 1U);
  // One that has ended does not.
  calls[2].invoked = 14;
  calls[2].returned = 15;
  EXPECT_EQ(verdict(), Verdict::differs);
}

TEST_F(Judge, work_on_another_object_makes_none_busy) {
  begin();
  add(0, 2, 3, "ioas.alloc", {0}, 0, {2});
  add(1, 10, 13, "ioas.map", {2, kVa, kPage, kPage, kRead, 0}, 0);
  add(2, 11, 12, "ioas.destroy", {kIoas}, EBUSY);
  EXPECT_EQ(verdict(), Verdict::differs);
}

TEST_F(Judge, an_ioas_does_not_go_under_a_device) {
  begin();
  add(1, 10, 13, "ioas.destroy", {kIoas}, 0);
  add(2, 11, 12, "device.attach", {kIoas, 0}, 0, {5});
  EXPECT_EQ(verdict(), Verdict::differs);
  calls[2] = Histories::call(2, 11, 12, "device.attach", {kIoas, 0}, ENOENT);
  EXPECT_EQ(verdict(), Verdict::linearizable);
}

// The answer may be any that the law permits, and what follows goes on from it.
TEST_F(Judge, what_the_implementation_chose_is_taken_from_its_answer) {
  begin();
  const auto anywhere = [&](std::uint32_t thread, std::uint64_t invoked, std::uint64_t returned, std::uint64_t iova) {
    add(thread, invoked, returned, "ioas.map_anywhere", {kIoas, kVa, kPage, 0, kRead, 0}, 0, {iova});
  };
  anywhere(1, 10, 13, kPage);
  anywhere(2, 11, 12, 2 * kPage);
  const Verdict other = verdict();
  calls[2].results = {kPage};
  EXPECT_EQ(verdict(), Verdict::differs);
  EXPECT_EQ(other, Verdict::linearizable);
}

TEST_F(Judge, a_call_of_which_the_law_is_silent_is_not_held_against_anybody) {
  begin();
  add(0, 2, 3, "memory.pins", {0}, EFAULT);  // outside of the client's memory
  EXPECT_EQ(verdict(), Verdict::undecided);
}

TEST_F(Judge, what_is_left_is_held_against_it) {
  begin();
  History history{calls, "a page is still pinned"};
  EXPECT_EQ(judge(histories.model, history).verdict, Verdict::differs);
}

// What a thread took for an IOAS by its number may have been what another thread made with that number.
TEST_F(Judge, a_number_that_was_given_out_again_excuses) {
  begin();
  add(1, 10, 11, "ioas.destroy", {kIoas}, 0);
  add(1, 12, 13, "device.attach", {7, 0}, ENOENT);
  add(2, 9, 14, "ioas.destroy", {kIoas}, 0);
  EXPECT_EQ(verdict(), Verdict::differs);
  calls.back().by_number = true;
  EXPECT_EQ(verdict(), Verdict::undecided);
}

TEST_F(Judge, trimming_keeps_what_differs) {
  begin();
  add(0, 2, 3, "ioas.alignment", {kIoas}, 0, {1});
  map(1, 10, 13, kPage, 0);
  map(2, 11, 12, kPage, 0);
  add(0, 20, 21, "ioas.destroy", {kIoas}, 0);
  const History shorter = trimmed(histories.model, {calls, ""});
  EXPECT_EQ(shorter.calls.size(), 3U);
  EXPECT_EQ(judge(histories.model, shorter).verdict, Verdict::differs);
}

}  // namespace
}  // namespace iolaw::concurrent
