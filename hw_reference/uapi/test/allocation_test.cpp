// SPDX-License-Identifier: Apache-2.0
// Sixty sequences of system calls, with every allocation of each made to fail in turn. The call that meets it answers
// ENOMEM and leaves the state as it was; repeated, it succeeds, and the sequence goes on as if nothing had been. At the
// end all memory is given back.
#include <fcntl.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "hw_reference/test/failing_allocations.hpp"
#include "hw_reference/uapi/test/allocation_scripts.hpp"

namespace hw_reference::uapi {
namespace {

using hw::testing::countdown;
using hw::testing::live;

using Log = std::vector<std::string>;

// Makes the calls of a script. `pending`: which allocation of theirs fails; negative: none.
class Failing final : public Caller {
 public:
  explicit Failing(long pending) : pending_(pending) {}

  unsigned refused() const { return refused_; }
  bool reached() const { return pending_ < 0; }
  const Log& log() const { return log_; }

 private:
  long make(const std::function<long()>& call, bool may_stop_half_way) override {
    const std::string before = state();
    const bool waiting = pending_ >= 0;
    long result = armed(call);
    // Otherwise it is for a limit.
    if (result == -ENOMEM && waiting && reached()) {
      ++refused_;
      if (!may_stop_half_way) {
        EXPECT_EQ(state(), before) << "after call " << log_.size();
      }
      result = armed(call);
    }
    log_.push_back(std::to_string(result > 0 ? 1 : result) + "\n" + state());
    return result;
  }

  long armed(const std::function<long()>& call) {
    countdown = pending_;
    const long result = call();
    pending_ = std::exchange(countdown, -1);
    return result;
  }

  // Everything that can be seen, of all files.
  std::string state() {
    std::string text = "files " + std::to_string(door.descriptors().size()) + " pins " +
                       std::to_string(door.frames().total_pins()) + " charged " +
                       std::to_string(door.memory().account.pinned()) + " locked " +
                       std::to_string(door.memory().account.user->locked);
    for (const int device : devices)
      if (const auto iommufd = door.iommufd(device)) text += "\n" + iommufd->dump();
    return text;
  }

  long pending_;
  unsigned refused_ = 0;
  Log log_;
};

class Allocation : public testing::TestWithParam<Script> {};

TEST_P(Allocation, EachFailureIsAnsweredAndUndone) {
  Log undisturbed;
  {
    Failing caller(-1);
    GetParam().run(caller);
    undisturbed = caller.log();
    ASSERT_EQ(caller.refused(), 0U);
  }
  ASSERT_GE(undisturbed.size(), 2U);
  unsigned failures = 0;
  for (long at = 0;; ++at) {
    const long before = live;
    bool reached = false;
    {
      Failing caller(at);
      GetParam().run(caller);
      reached = caller.reached();
      ASSERT_EQ(caller.refused(), reached ? 1U : 0U) << "allocation " << at;
      ASSERT_EQ(caller.log(), undisturbed) << "allocation " << at;
      caller.close_all();
      ASSERT_EQ(caller.door.frames().total_pins(), 0U) << "allocation " << at;
      ASSERT_EQ(caller.door.memory().account.pinned(), 0U) << "allocation " << at;
      ASSERT_EQ(caller.door.memory().account.user->locked, 0U) << "allocation " << at;
    }
    ASSERT_EQ(live, before) << "allocation " << at << " left memory behind";
    if (!reached) break;
    ++failures;
  }
  EXPECT_GT(failures, 3U);
  RecordProperty("failures", static_cast<int>(failures));
}

const auto kName = [](const auto& script) { return std::string(script.param.name); };
INSTANTIATE_TEST_SUITE_P(Spaces, Allocation, testing::ValuesIn(scripts_of_spaces().begin(), scripts_of_spaces().end()),
                         kName);
INSTANTIATE_TEST_SUITE_P(Guests, Allocation, testing::ValuesIn(scripts_of_guests().begin(), scripts_of_guests().end()),
                         kName);
INSTANTIATE_TEST_SUITE_P(Limits, Allocation, testing::ValuesIn(scripts_of_limits().begin(), scripts_of_limits().end()),
                         kName);

TEST(AllocationScripts, AreSixty) {
  EXPECT_GE(scripts_of_spaces().size() + scripts_of_guests().size() + scripts_of_limits().size(), 60U);
}

}  // namespace
}  // namespace hw_reference::uapi
