// SPDX-License-Identifier: Apache-2.0
// Threads that are played by one: each goes on where the others let it, and who does is decided by a seed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <random>
#include <stdexcept>
#include <vector>

#include "model/port/preemption.hpp"

namespace iolaw::concurrent {

// Every fiber waits for another one.
struct Deadlock : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class Fibers final : public Preemption {
 public:
  explicit Fibers(std::size_t count);
  ~Fibers() override;
  Fibers(const Fibers&) = delete;
  Fibers& operator=(const Fibers&) = delete;

  // Calls work(0), work(1), … each on a stack of its own, and returns when all have returned. At each point one of
  // `every` times another one goes on. Exceptions must not leave `work`. Calls `stuck`, which must not return, if every
  // fiber is blocked.
  void run(const std::function<void(std::size_t)>& work, std::uint64_t seed, std::uint64_t every,
           const std::function<void()>& stuck);

  void point(bool blocked) noexcept override;

 private:
  struct Fiber;
  static void enter(unsigned high, unsigned low);
  void switch_to(std::size_t next);
  std::size_t other_than(std::size_t index);

  std::vector<std::unique_ptr<Fiber>> fibers_;  // the last one is who called run()
  const std::function<void(std::size_t)>* work_ = nullptr;
  const std::function<void()>* stuck_ = nullptr;
  std::size_t running_ = 0;
  std::size_t alive_ = 0;
  std::size_t blocked_in_a_row_ = 0;
  std::uint64_t every_ = 1;
  std::minstd_rand random_;
};

}  // namespace iolaw::concurrent
