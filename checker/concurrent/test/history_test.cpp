// SPDX-License-Identifier: Apache-2.0
#include "checker/concurrent/history.hpp"

#include <gtest/gtest.h>

#include <cerrno>

#include "checker/concurrent/test/fixture.hpp"

namespace iolaw::concurrent {
namespace {

History example() {
  History history;
  history.calls = {Histories::call(0, 0, 1, "ioas.alloc", {0}, 0, {1}),
                   Histories::call(1, 2, 5, "ioas.map", {1, 0x4000'0000, 0x1000, 0x1000, 3, 0}, 0),
                   Histories::call(2, 3, 4, "ioas.unmap", {1, 0x1000, 0x1000}, ENOENT),
                   Histories::call(2, 6, 7, "access.unpin", {kNoHandle, kNoHandle}, EBADFD)};
  history.calls[3].by_number = true;
  history.left = "something";
  return history;
}

TEST(History, is_read_as_it_was_written) {
  const History history = example();
  const std::string text = to_json(law_here(), "spec/iommufd.law", "model", history);
  const History back = history_from_json(law_here(), text);
  EXPECT_EQ(to_json(law_here(), "spec/iommufd.law", "model", back), text);
  ASSERT_EQ(back.calls.size(), 4U);
  EXPECT_EQ(back.calls[1].arguments, history.calls[1].arguments);
  EXPECT_EQ(back.calls[0].results, history.calls[0].results);
  EXPECT_EQ(back.calls[2].error, ENOENT);
  EXPECT_TRUE(back.calls[3].by_number);
  EXPECT_EQ(back.left, "something");
  const auto origin = origin_of_history(text);
  ASSERT_TRUE(origin);
  EXPECT_EQ(origin->law, "spec/iommufd.law");
  EXPECT_EQ(origin->view.profile, "mock");
}

// Replaces `what` once, and says how reading it fails.
std::string mistake(const std::string& what, const std::string& by) {
  std::string text = to_json(law_here(), "spec/iommufd.law", "model", example());
  const std::size_t at = text.find(what);
  if (at == std::string::npos) return "no such text: " + what;
  text.replace(at, what.size(), by);
  try {
    history_from_json(law_here(), text);
  } catch (const HistoryError& error) {
    return error.what();
  }
  return "read";
}

TEST(History, mistakes_are_told) {
  EXPECT_EQ(mistake("ioas.map", "ioas.mop"), "call 2: the law has no rule \"ioas.mop\"");
  EXPECT_EQ(mistake("\"returned\":5", "\"returned\":2"), "call 2: a call returns after it was invoked");
  EXPECT_EQ(mistake("\"returned\":5", "\"returned\":\"5\""), "call 2: a call needs a number \"returned\"");
  EXPECT_EQ(mistake("\"returned\":5", "\"returned\":6"), "a tick of the clock is used twice");
  EXPECT_EQ(mistake("\"iova\"", "\"iovo\""), "call 2: ioas.map needs the argument \"iova\"");
  EXPECT_EQ(mistake("\"thread\":2", "\"thread\":1"),
            "calls of one thread overlap, or a call of thread 0 overlaps with another");
  EXPECT_EQ(mistake("\"results\":{\"ioas\":1}", "\"results\":{}"),
            "call 1: ioas.alloc needs an \"error\", or the result \"ioas\"");
  EXPECT_EQ(mistake("\"calls\"", "\"colls\""), "a history has a list \"calls\"");
  EXPECT_NE(mistake("{", "["), "read");
  EXPECT_FALSE(origin_of_history("[]"));
  EXPECT_FALSE(origin_of_history("no JSON"));
  EXPECT_FALSE(origin_of_history(R"({"#meta": {"format": 3}})"));
}

}  // namespace
}  // namespace iolaw::concurrent
