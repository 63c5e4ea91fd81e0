// SPDX-License-Identifier: Apache-2.0
// Campaigns: scenarios drawn from the law, run by several threads at once on a port; a history that no order explains
// is shrunk.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "checker/concurrent/arena.hpp"

namespace iolaw::concurrent {

struct CampaignOptions {
  std::uint64_t seed = 1;
  std::uint64_t steps = 100'000;  // calls judged; shrinking comes on top
  std::uint32_t threads = 2;
  double shrink_seconds = 20;  // at most
  // Called now and then, from the thread that runs.
  std::function<void(std::uint64_t steps, std::uint64_t histories, double seconds)> progress;
  // Called, perhaps from another thread, when a race did not end for `patience` seconds: calls wait for each other.
  // With the calls that were to be made. It must end the process: the threads cannot be ended.
  std::function<void(const std::string& scenario)> hung;
  double patience = 60;
  // What find_starts() gave, where several campaigns share it; otherwise a campaign asks for it itself.
  std::shared_ptr<const std::vector<Start>> starts;
};

// A history that no order explains.
struct Found {
  Scenario scenario;
  History history;  // without what came after the answer that nothing explains
  Judgement judgement;
  std::uint64_t runs = 0;    // of the shrunk scenario, until it happened once more
  std::uint64_t shrunk = 0;  // races while shrinking
};

struct CampaignReport {
  std::uint64_t seed = 0;
  bool played = false;  // one thread played all: the seed decides the outcome
  std::uint64_t histories = 0;
  std::uint64_t steps = 0;  // calls judged
  double seconds = 0;
  std::uint64_t overlapping = 0;  // pairs of calls that overlapped
  std::uint64_t alone = 0;        // histories in which none did
  std::uint64_t undecided = 0;    // histories that cannot be judged
  std::vector<std::string> why;   // each reason for that once
  std::uint64_t unobserved = 0;   // histories whose end could not be looked at
  std::uint64_t leeways = 0;      // answers that change nothing, and that only a call under way explains
  std::uint64_t configurations = 0;
  std::vector<std::string> of_one_thread;  // rules that are called before the threads begin alone
  std::vector<std::string> left_out;       // other rules that no thread called, with the port's reasons
  std::optional<Found> found;
};

// The seed decides what is asked; who comes first nobody does. Stops at the first history that no order explains.
// Throws EvaluationError for a defect of the law, std::runtime_error if the port cannot be called by several threads.
CampaignReport run_campaign(const Model& model, Port& port, const CampaignOptions& options);

// The history without what it does not need to differ: what came after, and what has no effect before.
History trimmed(const Model& model, const History& history);

}  // namespace iolaw::concurrent
