// SPDX-License-Identifier: Apache-2.0
// What a campaign leaves in a folder serves the next one; files that are damaged or old are told of and passed over.
#include "checker/differ/corpus.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "checker/differ/diff.hpp"
#include "checker/differ/test/fixture.hpp"
#include "tools/ports/model_port.hpp"

namespace iolaw {
namespace {

namespace fs = std::filesystem;

class CorpusTest : public testing::Test {
 protected:
  // Tests may run at one time.
  CorpusTest() : folder_(fs::path(testing::TempDir()) / ("iolaw_corpus_" + std::to_string(getpid()))) {
    fs::remove_all(folder_);
  }
  ~CorpusTest() override { fs::remove_all(folder_); }

  DiffReport run(std::uint64_t steps) {
    ModelPort port(law_here());
    DiffOptions options;
    options.steps = steps;
    options.corpus = folder_.string();
    options.law_path = "spec/iommufd.law";
    options.starts = std::make_shared<const std::vector<Start>>();
    options.complain = [this](const std::string& text) { complaints_.push_back(text); };
    return run_diff(model_, port, options);
  }

  std::size_t files() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()));
  }

  const Model model_{law_here()};
  fs::path folder_;
  std::vector<std::string> complaints_;
};

TEST_F(CorpusTest, is_added_to_and_replayed_first) {
  const DiffReport first = run(2'000);
  EXPECT_EQ(first.replayed, 0U);
  EXPECT_GT(first.kept, 50U);
  EXPECT_EQ(files(), first.kept);

  // As many steps as the traces have, and some more: everything that the first run reached is reached again.
  const DiffReport second = run(20'000);
  EXPECT_EQ(second.replayed, first.kept);
  EXPECT_EQ(second.passed_over, 0U);
  EXPECT_TRUE(complaints_.empty());
  const std::set<std::string> reached(second.reached.begin(), second.reached.end());
  for (const std::string& outcome : first.reached) {
    if (!fs::exists(folder_ / (outcome + ".json"))) continue;  // probes have no file
    EXPECT_TRUE(reached.contains(outcome)) << outcome;
  }
}

// A few cannot be shortened, where they need what the implementation chose.
TEST_F(CorpusTest, keeps_no_step_that_a_trace_can_do_without) {
  run(2'000);
  std::vector<std::size_t> lengths;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder_)) {
    std::ifstream in(entry.path());
    const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    lengths.push_back(trace_from_json(law_here(), text).steps.size());
  }
  ASSERT_FALSE(lengths.empty());
  std::sort(lengths.begin(), lengths.end());
  EXPECT_EQ(lengths.front(), 1U);
  EXPECT_LE(lengths[lengths.size() / 2], 4U);
}

TEST_F(CorpusTest, passes_over_what_is_no_trace) {
  fs::create_directories(folder_);
  std::ofstream(folder_ / "damaged.json") << "{\"format\": ";
  std::ofstream(folder_ / "other.json") << "[1, 2]";
  std::ofstream(folder_ / "notes.txt") << "not looked at";
  const DiffReport report = run(200);
  EXPECT_EQ(report.passed_over, 2U);
  ASSERT_EQ(complaints_.size(), 2U);
  EXPECT_TRUE(complaints_[0].starts_with((folder_ / "damaged.json").string() + ": ")) << complaints_[0];
  EXPECT_TRUE(complaints_[1].starts_with((folder_ / "other.json").string() + ": ")) << complaints_[1];
  EXPECT_EQ(report.steps, 200U);
}

TEST_F(CorpusTest, passes_over_what_the_law_does_not_allow_any_more) {
  run(500);
  const fs::path file = folder_ / "ioas.destroy.ok.json";
  ASSERT_TRUE(fs::exists(file));
  // As if the law had said before that this fails.
  std::ifstream in(file);
  std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  Trace trace = trace_from_json(law_here(), text);
  trace.steps.back().outcome = {16, {}};
  trace.steps.back().branch = 0;
  std::ofstream(file) << to_json(law_here(), trace);
  const DiffReport report = run(500);
  EXPECT_EQ(report.passed_over, 1U);
  ASSERT_EQ(complaints_.size(), 1U);
  EXPECT_NE(complaints_[0].find("ioas.destroy.ok.json: "), std::string::npos) << complaints_[0];
}

TEST_F(CorpusTest, says_where_it_cannot_be) {
  std::ofstream(folder_) << "a file";
  EXPECT_THROW(run(10), CorpusError);
}

}  // namespace
}  // namespace iolaw
