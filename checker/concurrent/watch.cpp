// SPDX-License-Identifier: Apache-2.0
#include "checker/concurrent/watch.hpp"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "checker/concurrent/shrink.hpp"

namespace iolaw::concurrent {

Watch::Watch(const Arena& arena, double patience, std::function<void(const std::string& scenario)> hung)
    : arena_(arena), patience_(patience), hung_(std::move(hung)) {
  if (hung_) thread_ = std::thread([this] { work(); });
}

void Watch::hung() {
  const std::string text = law_ != nullptr ? to_text(*law_, scenario_) : std::string();
  if (hung_) hung_(text);
  std::fprintf(stderr, "these calls wait for each other:\n%s", text.c_str());
  std::abort();
}

void Watch::look(const Law& law, const Scenario& scenario) {
  const std::lock_guard lock(mutex_);
  law_ = &law;
  scenario_ = scenario;
}

void Watch::stop() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void Watch::work() {
  using Clock = std::chrono::steady_clock;
  std::uint64_t last = 0;
  Clock::time_point since = Clock::now();
  std::unique_lock lock(mutex_);
  while (!wake_.wait_for(lock, std::chrono::seconds(1), [this] { return stop_; })) {
    const std::uint64_t ended = arena_.races_ended();
    const bool runs = arena_.races_begun() > ended;
    if (!runs || ended != last) {
      last = ended;
      since = Clock::now();
    } else if (std::chrono::duration<double>(Clock::now() - since).count() >= patience_) {
      hung();
    }
  }
}

}  // namespace iolaw::concurrent
