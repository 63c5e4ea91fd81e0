// SPDX-License-Identifier: Apache-2.0
// A campaign where memory cannot be had that is not there, as in a small virtual machine.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <fstream>
#include <memory>
#include <vector>

#include "checker/differ/diff.hpp"
#include "model/law/parse.hpp"
#include "tools/ports/model_port.hpp"

namespace iolaw {
namespace {

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
constexpr rlim_t kMoreMemory = rlim_t{512} << 20;

rlim_t address_space() {
  rlim_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages;
  return pages * static_cast<rlim_t>(sysconf(_SC_PAGESIZE));
}

TEST(DifferMemory, is_not_reserved_for_all_runs_that_may_come) {
  const Parsed parsed = parse_law_texts({{"cells.law", R"(
object Cell { word: u64 }
rule cell.make(word: u64) -> cell: Cell { then cell = new Cell { word } }
rule cell.set(cell: Cell, word: u64) {
  fails ENOENT [cell] unless cell lives
  then cell.word = word
}
)"}});
  ASSERT_TRUE(parsed.law);
  const Model model(*parsed.law);
  ModelPort port(*parsed.law);
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_AS, &before), 0);
  const rlimit small{address_space() + kMoreMemory, before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_AS, &small), 0);
  // More than ten thousand runs.
  const DiffOptions options{1, 800'000, {}, std::make_shared<const std::vector<Start>>()};
  const DiffReport report = run_diff(model, port, options);
  setrlimit(RLIMIT_AS, &before);
  EXPECT_FALSE(report.difference);
  EXPECT_EQ(report.steps, options.steps);
}
#endif

}  // namespace
}  // namespace iolaw
