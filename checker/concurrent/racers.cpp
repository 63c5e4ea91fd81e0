// SPDX-License-Identifier: Apache-2.0
#include "checker/concurrent/racers.hpp"

#include <sched.h>

namespace iolaw::concurrent {
namespace {

constexpr std::uint32_t kYield = ~0U;
constexpr std::uint32_t kLongestPause = 256;  // turns
// A fiber gives its turn away at one of so many points, as a power of two, at least; at every one, at most.
constexpr std::uint64_t kRarest = 6;
constexpr int kSpins = 4'000;  // before a waiting thread gives the processor away

void relax() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#endif
}

template <class Condition>
void spin_until(Condition condition) {
  for (int spins = 0; !condition(); ++spins) {
    if (spins < kSpins) {
      relax();
    } else {
      sched_yield();
    }
  }
}

// Half of the calls follow at once, few give the processor away.
std::uint32_t draw_pause(QuickRandom& random) {
  const std::uint64_t word = random();
  if (word % 2 == 0) return 0;
  return word % 16 == 1 ? kYield : static_cast<std::uint32_t>((word >> 32) % kLongestPause);
}

void pause(std::uint32_t turns) {
  if (turns == kYield) {
    sched_yield();
    return;
  }
  for (std::uint32_t i = 0; i < turns; ++i) relax();
}

}  // namespace

Racers::Racers(const Law& law, std::size_t threads, Port& port, std::function<void()> stuck)
    : law_(law), preemptible_(dynamic_cast<Preemptible*>(&port)), stuck_(std::move(stuck)), lanes_(threads) {
  if (preemptible_ != nullptr && preemptible_->preempt_at(nullptr)) {
    fibers_.emplace(threads);
    return;
  }
  for (std::size_t i = 1; i < threads; ++i) others_.emplace_back([this, i] { work(i); });
}

Racers::~Racers() {
  stop_ = true;
  round_.fetch_add(1);
  round_.notify_all();
  for (std::thread& other : others_) other.join();
}

void Racers::work(std::size_t index) {
  for (std::uint64_t round = 0;;) {
    for (int spins = 0; spins < kSpins && round_.load(std::memory_order_acquire) == round; ++spins) relax();
    round_.wait(round);
    ++round;
    if (stop_) return;
    ready_.fetch_add(1);
    spin_until([&] { return ready_.load() >= lanes_.size(); });
    drive(index);
    done_.fetch_add(1);
  }
}

void Racers::drive(std::size_t index) {
  Lane& lane = lanes_[index];
  try {
    for (std::size_t at = 0; at < lane.calls->size(); ++at) {
      const SequenceStep& step = (*lane.calls)[at];
      const Rule& rule = law_.rules[step.rule];
      Made made;
      RecordedCall& call = made.call;
      call.thread = static_cast<std::uint32_t>(index + 1);
      call.rule = step.rule;
      for (std::size_t i = 0; i < step.arguments.size(); ++i) {
        const Argument& argument = step.arguments[i];
        std::uint64_t word = argument.word;
        if (rule.parameters[i].type.tag == TypeTag::reference) {
          word = kNoHandle;
          const auto from = static_cast<std::size_t>(argument.step);
          if (argument.step != Argument::kNoStep) {
            const auto& results = from < before_->size() ? (*before_)[from] : lane.own.at(from - before_->size());
            if (argument.result < results.size() && results[argument.result]) word = *results[argument.result];
          }
        }
        call.arguments.push_back(word);
      }
      if (fibers_) {
        fibers_->point(false);
      } else {
        pause(lane.pauses[at]);
      }
      call.invoked = clock_.fetch_add(1);
      if (fibers_) fibers_->point(false);
      PortAnswer answer = lane.client->call(rule.name, call.arguments);
      if (fibers_) fibers_->point(false);
      call.returned = clock_.fetch_add(1);
      made.status = answer.status;
      made.note = std::move(answer.note);
      call.error = answer.error;
      call.by_number = answer.by_number;
      call.results = std::move(answer.results);
      lane.own.push_back(call.error == 0 ? call.results : decltype(call.results){});
      lane.made.push_back(std::move(made));
    }
  } catch (...) {
    lane.error = std::current_exception();
  }
}

std::uint64_t Racers::run(const std::vector<std::unique_ptr<Port>>& clients, const std::vector<Sequence>& calls,
                          const Results& before, std::uint64_t clock, QuickRandom& random) {
  before_ = &before;
  clock_ = clock;
  for (std::size_t i = 0; i < lanes_.size(); ++i) {
    Lane& lane = lanes_[i];
    lane.client = clients[i].get();
    lane.calls = &calls[i];
    lane.made.clear();
    lane.own.clear();
    lane.error = nullptr;
    lane.pauses.clear();
    for (std::size_t at = 0; at < calls[i].size(); ++at) lane.pauses.push_back(draw_pause(random));
  }
  begun_.fetch_add(1);
  if (fibers_) {
    play(random);
  } else {
    race();
  }
  ended_.fetch_add(1);
  for (const Lane& lane : lanes_) {
    if (lane.error) std::rethrow_exception(lane.error);
  }
  return clock_;
}

void Racers::play(QuickRandom& random) {
  const std::function<void(std::size_t)> work = [this](std::size_t index) { drive(index); };
  // Few changes of turn find what many do not.
  const std::uint64_t every = std::uint64_t{1} << (random() % kRarest);
  preemptible_->preempt_at(&*fibers_);
  fibers_->run(work, random(), every, stuck_);
  preemptible_->preempt_at(nullptr);
}

void Racers::race() {
  ready_ = 0;
  done_ = 0;
  round_.fetch_add(1);
  round_.notify_all();
  ready_.fetch_add(1);
  spin_until([&] { return ready_.load() >= lanes_.size(); });
  drive(0);
  spin_until([&] { return done_.load() + 1 >= lanes_.size(); });
}

}  // namespace iolaw::concurrent
