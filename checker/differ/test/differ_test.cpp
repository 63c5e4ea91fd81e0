// SPDX-License-Identifier: Apache-2.0
// The differ against hw_reference: no difference where there is none, and seeded defects found soon and shrunk small.
#include <gtest/gtest.h>

#include <stdexcept>

#include "checker/differ/diff.hpp"
#include "checker/differ/runner.hpp"
#include "checker/differ/test/fixture.hpp"
#include "checker/prove/witness_file.hpp"
#include "tools/ports/hw_reference_port.hpp"
#include "tools/ports/registry.hpp"

namespace iolaw {
namespace {

constexpr std::uint64_t kStepsPerDefect = 300'000;
constexpr std::size_t kLongestTrace = 8;

// What is shared by all campaigns.
std::shared_ptr<const std::vector<Start>> starts_here() {
  static const Model model(law_here());
  static const auto starts = [] {
    std::vector<WitnessLine> wrong;
    const WitnessSections sections = read_witnesses_beside(IOLAW_LAW, law_here(), wrong);
    const auto known = known_calls(law_here(), witnesses_of_profile(law_here(), sections));
    return std::make_shared<const std::vector<Start>>(find_starts(model, known));
  }();
  return starts;
}

DiffReport diff(const Model& model, const std::string& name, std::uint64_t seed, std::uint64_t steps) {
  register_hw_reference_defect_ports();
  const std::unique_ptr<Port> port = make_port(name);
  if (!port) throw std::runtime_error("there is no port " + name);
  DiffOptions options;
  options.seed = seed;
  options.steps = steps;
  options.starts = starts_here();
  return run_diff(model, *port, options);
}

// One of each sort that is found within a few thousand steps, and what else a regression would hide: mistakes in
// intervals, pins, counts, the order of destruction, and answers.
std::vector<std::string> defect_ports() {
  std::vector<std::string> ports;
  for (const char* defect :
       {"overlap_off_by_one",     "copy_repins",           "wrap_unnoticed",         "destroy_ignores_users",
        "alignment_sticks",       "memory_wrap_unnoticed", "automatic_in_reserved",  "large_pages_keep_alignment",
        "last_detach_keeps_pins", "copy_gains_write",      "vfio_unmap_needs_areas", "parent_takes_faults",
        "automatic_table_stays",  "replace_keeps_table",   "pasid_beside_any_table", "paging_is_invalidated",
        "closed_queue_busy",      "viommu_on_any_table",   "vdevice_keeps_viommu",   "second_event_queue",
        "part_of_region"}) {
    ports.push_back(std::string("hw_reference:") + defect);
  }
  return ports;
}

// Of all that are seeded, most are found at once. The number may only grow.
TEST(Differ, finds_most_defects_within_ten_thousand_steps) {
  constexpr std::uint64_t kSteps = 10'000;
  constexpr std::size_t kLeast = 54;
  register_hw_reference_defect_ports();
  const Model model(law_here());
  std::size_t found = 0;
  std::string missed;
  for (const std::string& port : port_names()) {
    if (port.find(':') == std::string::npos) continue;
    if (diff(model, port, 1, kSteps).difference) {
      ++found;
    } else {
      missed += " " + port;
    }
  }
  EXPECT_GE(found, kLeast) << "not found:" << missed;
}

void find_and_shrink(const Model& model, const std::string& name) {
  const DiffReport report = diff(model, name, 1, kStepsPerDefect);
  ASSERT_TRUE(report.difference) << "nothing found in " << report.steps << " steps";
  EXPECT_TRUE(report.confirmed);
  const std::string text = to_text(model, name, *report.difference);
  EXPECT_LE(report.difference->sequence.size(), kLongestTrace) << text;

  // The saved trace shows the difference again.
  const Trace trace =
      trace_from_json(law_here(), to_json(law_here(), to_trace(model, "iommufd.law", name, *report.difference)));
  const std::unique_ptr<Port> port = make_port(name);
  Session session(model, *port);
  for (std::size_t i = 0; i + 1 < trace.steps.size(); ++i) {
    ASSERT_EQ(session.step(trace.steps[i].call), Session::Verdict::agrees) << text;
  }
  EXPECT_NE(session.step(trace.steps.back().call), Session::Verdict::agrees) << text;
}

// One test for all: they share the starts.
TEST(Differ, finds_and_shrinks_defects_of_each_sort) {
  const Model model(law_here());
  for (const std::string& name : defect_ports()) {
    SCOPED_TRACE(name);
    find_and_shrink(model, name);
  }
}

TEST(Differ, finds_nothing_in_hw_reference) {
  const Model model(law_here());
  const std::unique_ptr<Port> port = make_hw_reference_port();
  const DiffReport report = run_diff(model, *port, {7, 50'000, {}, starts_here()});
  EXPECT_FALSE(report.difference) << to_text(model, "hw_reference", *report.difference);
  EXPECT_EQ(report.steps, 50'000U);
  EXPECT_GT(report.reached.size(), report.missed.size());
}

// Also by runs that begin with two histories, as late ones do.
TEST(Differ, makes_no_more_steps_than_it_may) {
  constexpr std::uint64_t kEarly = 60'000;
  constexpr std::uint64_t kMost = 6;
  const Model model(law_here());
  const std::unique_ptr<Port> port = make_hw_reference_port();
  Runner runner(model, *port, *starts_here());
  std::uint64_t seed = 1;
  while (runner.steps() < kEarly) ASSERT_FALSE(runner.run_random(seed++, kEarly - runner.steps()));
  for (int run = 0; run < 500; ++run) {
    const std::uint64_t before = runner.steps();
    ASSERT_FALSE(runner.run_random(seed++, kMost));
    ASSERT_LE(runner.steps() - before, kMost);
  }
}

TEST(Differ, is_decided_by_its_seed) {
  const Model model(law_here());
  const std::string name = defect_ports().front();
  std::vector<Sequence> sequences;
  std::vector<std::uint64_t> steps;
  for (int i = 0; i < 2; ++i) {
    const DiffReport report = diff(model, name, 5, kStepsPerDefect);
    ASSERT_TRUE(report.difference);
    sequences.push_back(report.difference->sequence);
    steps.push_back(report.steps);
  }
  EXPECT_EQ(sequences[0], sequences[1]);
  EXPECT_EQ(steps[0], steps[1]);
}

}  // namespace
}  // namespace iolaw
