// SPDX-License-Identifier: Apache-2.0
// hw_reference under several threads: no alarm where there is none, and mistakes of locking found, shrunk and judged
// alike when their history is read again.
#include <gtest/gtest.h>

#include <map>

#include "checker/concurrent/campaign.hpp"
#include "checker/concurrent/test/fixture.hpp"
#include "hw_reference/defects.hpp"
#include "tools/ports/hw_reference_port.hpp"
#include "tools/ports/hw_reference_uapi_port.hpp"
#include "tools/ports/registry.hpp"

namespace iolaw::concurrent {
namespace {

constexpr std::uint64_t kStepsPerRace = 3'000'000;  // seldom more than a tenth is needed
constexpr std::uint64_t kStepsWithout = 30'000;
constexpr std::size_t kMostCalls = 12;  // of a shrunk history

const Model& model_here() {
  static const Model model(law_here());
  return model;
}

CampaignReport run(const std::string& name, std::uint64_t seed, std::uint64_t steps) {
  register_hw_reference_port();
  register_hw_reference_uapi_port();
  register_hw_reference_uapi_test_ports();
  static const auto starts = std::make_shared<const std::vector<Start>>(find_starts(model_here()));
  const std::unique_ptr<Port> port = make_port(name);
  if (!port) throw std::runtime_error("there is no port " + name);
  CampaignOptions options;
  options.seed = seed;
  options.steps = steps;
  options.starts = starts;
  options.shrink_seconds = 1;
  return run_campaign(model_here(), *port, options);
}

std::string text_of(const CampaignReport& report) {
  return report.found ? to_text(model_here(), report.found->history, report.found->judgement) : "nothing found";
}

std::vector<std::string> races() {
  std::vector<std::string> names;
  for (const hw_reference::DefectText& race : hw_reference::kRaces) names.emplace_back(race.name);
  return names;
}

// By which a mistake is found soon; any would do, but not as quickly.
std::uint64_t quick_seed(const std::string& race) {
  static const std::map<std::string, std::uint64_t> seeds{
      {"destroy_checks_first", 6}, {"reserve_checks_first", 7}, {"compat_set_late", 8}};
  const auto found = seeds.find(race);
  return found == seeds.end() ? 1 : found->second;
}

class Races : public testing::TestWithParam<std::string> {};

TEST_P(Races, is_found_and_shrunk) {
  const CampaignReport report = run("hw_reference_uapi:" + GetParam(), quick_seed(GetParam()), kStepsPerRace);
  ASSERT_TRUE(report.found) << report.histories << " histories";
  RecordProperty("histories", static_cast<int>(report.histories));
  const History& history = report.found->history;
  EXPECT_EQ(report.found->judgement.verdict, Judgement::Verdict::differs);
  EXPECT_LE(history.calls.size(), kMostCalls) << text_of(report);
  // Judged alike when it is read again, without any port.
  const std::string text = to_json(law_here(), "spec/iommufd.law", "hw_reference_uapi", history);
  EXPECT_EQ(judge(model_here(), history_from_json(law_here(), text)).verdict, Judgement::Verdict::differs);
}

INSTANTIATE_TEST_SUITE_P(HwReference, Races, testing::ValuesIn(races()), [](const auto& of) { return of.param; });

// One thread plays both, so that the same seed gives the same histories.
TEST(Campaign, no_false_alarm_where_threads_are_played) {
  const CampaignReport report = run("hw_reference_uapi:interleaved", 7, kStepsWithout);
  EXPECT_FALSE(report.found) << text_of(report);
  EXPECT_TRUE(report.played);
  EXPECT_GT(report.overlapping, report.histories);
  EXPECT_LT(report.undecided, report.histories / 5);
  const CampaignReport again = run("hw_reference_uapi:interleaved", 7, kStepsWithout);
  EXPECT_EQ(again.histories, report.histories);
  EXPECT_EQ(again.overlapping, report.overlapping);
  EXPECT_EQ(again.configurations, report.configurations);
}

TEST(Campaign, no_false_alarm_with_two_threads) {
  const CampaignReport report = run("hw_reference_uapi", 1, kStepsWithout / 10);
  EXPECT_FALSE(report.found) << text_of(report);
  EXPECT_FALSE(report.played);
}

// What one thread alone shows is found, too.
TEST(Campaign, mistakes_of_one_thread_are_found) {
  const CampaignReport report = run("hw_reference_uapi:overlap_off_by_one", 1, kStepsPerRace);
  EXPECT_TRUE(report.found);
}

TEST(Campaign, says_that_a_port_serves_one_thread) { EXPECT_THROW(run("hw_reference", 1, 100), std::runtime_error); }

}  // namespace
}  // namespace iolaw::concurrent
