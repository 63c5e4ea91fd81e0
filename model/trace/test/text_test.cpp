// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cerrno>

#include "model/eval/test/toy.hpp"
#include "model/trace/random_run.hpp"

namespace iolaw {
namespace {

TEST(TraceText, ShowsCallsOutcomesAndChanges) {
  const Law law = toy::make_law();
  const Model model(law);
  Trace trace;
  ASSERT_FALSE(run_calls(
      model, {{toy::kSpaceNew, {}}, {toy::kRangePut, {0, 0x1000, 2}}, {toy::kRangePut, {0, 0x1001, 1}}}, trace));
  trace.note = "differs on something";
  trace.steps.push_back({Call{toy::kRangeTake, {0, 0x1000, 0x1000}}, Outcome{EBUSY, {}}, kSuccess});
  EXPECT_EQ(to_text(law, model, trace),
            "differs on something\n"
            "1. space.new()\n"
            "     → ok, space = space0\n"
            "     + space0\n"
            "2. range.put(space0, start = 0x1000, length = 2)\n"
            "     → ok, range = range0\n"
            "     + memory0: size = 2\n"
            "     + range0: space = space0, span = 0x1000..0x1001, memory = memory0, note = none\n"
            "3. range.put(space0, start = 0x1001, length = 1)\n"
            "     → EEXIST (range.put.overlap)\n"
            "4. range.take(space0, start = 0x1000, length = 0x1000)\n"
            "     → EBUSY\n"
            "     the law allows: ok, taken = 2\n");
}

}  // namespace
}  // namespace iolaw
