// SPDX-License-Identifier: Apache-2.0
#include "checker/concurrent/campaign.hpp"

#include <algorithm>
#include <chrono>

#include "checker/concurrent/shrink.hpp"
#include "checker/concurrent/watch.hpp"

namespace iolaw::concurrent {
namespace {

using Clock = std::chrono::steady_clock;

constexpr double kProgressEvery = 0.2;  // seconds
constexpr int kRaces = 8;               // of what one prefix leads to: drawing calls takes longer than making them

class Campaign {
 public:
  Campaign(const Model& model, Port& port, const CampaignOptions& options)
      : model_(model),
        options_(options),
        arena_(model, port, options.threads, [this] { watch_.hung(); }),
        drawer_(model, options.starts ? *options.starts : find_starts(model), port),
        random_(options.seed),
        watch_(arena_, options.patience, options.hung) {
    report_.seed = options.seed;
    report_.played = arena_.plays();
  }

  CampaignReport run() {
    start_ = Clock::now();
    while (report_.steps < options_.steps && !report_.found) {
      Scenario scenario{drawer_.prefix(random_), {}};
      for (int i = 0; i < kRaces && report_.steps < options_.steps && !report_.found; ++i) {
        if (!arena_.begin(scenario.prefix)) {
          if (!arena_.unusable()) found(scenario);
          drawer_.useless();
          break;
        }
        // The same calls once more now and then: who comes first is another matter.
        if (i % 2 == 0) scenario.threads = drawer_.threads(arena_.state(), arena_.names(), options_.threads, random_);
        watch_.look(model_.law(), scenario);
        arena_.race(scenario.threads, random_);
        count();
        if (arena_.differs()) found(scenario);
      }
    }
    if (report_.found) {
      watch_.stop();
      shrink(model_, arena_, *report_.found, options_.shrink_seconds, random_);
    }
    report_.of_one_thread = drawer_.of_one_thread();
    report_.left_out = drawer_.left_out();
    return report_;
  }

 private:
  void count() {
    ++report_.histories;
    report_.steps += arena_.history().calls.size();
    report_.overlapping += arena_.overlaps();
    if (arena_.overlaps() == 0) ++report_.alone;
    if (!arena_.observed()) ++report_.unobserved;
    const Judgement judgement = arena_.judgement();
    report_.leeways += judgement.leeways;
    for (const RecordedCall& call : arena_.history().calls) {
      if (call.thread != 0) drawer_.made(call.rule);
    }
    for (const auto& [rule, note] : arena_.refused()) drawer_.refused(rule, note);
    report_.seconds = std::chrono::duration<double>(Clock::now() - start_).count();
    if (options_.progress && report_.seconds - told_ >= kProgressEvery) {
      told_ = report_.seconds;
      options_.progress(report_.steps, report_.histories, report_.seconds);
    }
  }

  void found(const Scenario& scenario) {
    Judgement judgement = arena_.judgement();
    if (judgement.verdict == Judgement::Verdict::undecided) {
      ++report_.undecided;
      if (std::find(report_.why.begin(), report_.why.end(), judgement.why) == report_.why.end())
        report_.why.push_back(judgement.why);
      return;
    }
    report_.found = Found{scenario, arena_.history(), std::move(judgement), 0, 0};
  }

  const Model& model_;
  const CampaignOptions& options_;
  Arena arena_;
  ScenarioDrawer drawer_;
  QuickRandom random_;
  Watch watch_;
  CampaignReport report_;
  Clock::time_point start_;
  double told_ = 0;
};

}  // namespace

CampaignReport run_campaign(const Model& model, Port& port, const CampaignOptions& options) {
  return Campaign(model, port, options).run();
}

}  // namespace iolaw::concurrent
