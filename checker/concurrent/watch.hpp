// SPDX-License-Identifier: Apache-2.0
// Sees to it that a race which never ends does not go unnoticed.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "checker/concurrent/arena.hpp"

namespace iolaw::concurrent {

class Watch {
 public:
  // Looks every second at how many races the arena ended. `hung` is called when a race did not for `patience` seconds;
  // without it nobody looks.
  Watch(const Arena& arena, double patience, std::function<void(const std::string& scenario)> hung);
  ~Watch() { stop(); }
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  // The race that follows.
  void look(const Law& law, const Scenario& scenario);
  void stop();
  // What was to be told. Ends the process if nobody is to be told.
  [[noreturn]] void hung();

 private:
  void work();

  const Arena& arena_;
  const double patience_;
  std::function<void(const std::string& scenario)> hung_;
  std::mutex mutex_;  // protects what follows
  std::condition_variable wake_;
  bool stop_ = false;
  const Law* law_ = nullptr;
  Scenario scenario_;
  std::thread thread_;
};

}  // namespace iolaw::concurrent
