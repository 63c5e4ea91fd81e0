// SPDX-License-Identifier: Apache-2.0
// Threads that make calls at once, and write down when. Where the port can say where another thread may come in
// between, one thread plays all, and the outcome depends on the seed alone.
#pragma once

#include <atomic>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "checker/concurrent/fibers.hpp"
#include "checker/concurrent/history.hpp"
#include "model/eval/quick_random.hpp"
#include "model/trace/sequence.hpp"

namespace iolaw::concurrent {

class Racers {
 public:
  // So many threads, the caller's among them; the others wait until the end. With a port that is Preemptible, they are
  // fibers. `stuck`: calls wait for each other for good; it must not return.
  Racers(const Law& law, std::size_t threads, Port& port, std::function<void()> stuck);
  ~Racers();
  Racers(const Racers&) = delete;
  Racers& operator=(const Racers&) = delete;

  std::size_t size() const { return lanes_.size(); }
  bool plays() const { return fibers_.has_value(); }  // one thread plays all

  using Results = std::vector<std::vector<std::optional<std::uint64_t>>>;

  // Lets each thread make its calls on its client. `before` has the results of the steps before them; the clock goes on
  // from `clock`, and is returned. Throws what a client threw.
  std::uint64_t run(const std::vector<std::unique_ptr<Port>>& clients, const std::vector<Sequence>& calls,
                    const Results& before, std::uint64_t clock, QuickRandom& random);

  struct Made {
    RecordedCall call;
    PortAnswer::Status status = PortAnswer::Status::answered;
    std::string note;
  };
  // What a thread did, in its order.
  const std::vector<Made>& made(std::size_t thread) const { return lanes_[thread].made; }

  // Races begun and ended, for whoever watches that they end.
  std::uint64_t begun() const { return begun_.load(std::memory_order_relaxed); }
  std::uint64_t ended() const { return ended_.load(std::memory_order_relaxed); }

 private:
  struct alignas(64) Lane {
    Port* client = nullptr;
    const Sequence* calls = nullptr;
    std::vector<std::uint32_t> pauses;  // before each call: turns of waiting; kYield: the processor is given away
    std::vector<Made> made;
    Results own;  // of its steps
    std::exception_ptr error;
  };

  void work(std::size_t index);
  void drive(std::size_t index);
  void race();
  void play(QuickRandom& random);

  const Law& law_;
  Preemptible* preemptible_ = nullptr;
  std::optional<Fibers> fibers_;
  const std::function<void()> stuck_;
  std::vector<Lane> lanes_;
  const Results* before_ = nullptr;
  alignas(64) std::atomic<std::uint64_t> clock_{0};
  alignas(64) std::atomic<std::uint64_t> round_{0};
  alignas(64) std::atomic<std::uint64_t> ready_{0};
  alignas(64) std::atomic<std::uint64_t> done_{0};
  std::atomic<std::uint64_t> begun_{0};
  std::atomic<std::uint64_t> ended_{0};
  std::atomic<bool> stop_{false};
  std::vector<std::thread> others_;
};

}  // namespace iolaw::concurrent
