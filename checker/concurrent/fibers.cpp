// SPDX-License-Identifier: Apache-2.0
#include "checker/concurrent/fibers.hpp"

#include <sys/mman.h>
#include <ucontext.h>

#include <new>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/common_interface_defs.h>
#endif
#if defined(__SANITIZE_THREAD__)
#include <sanitizer/tsan_interface.h>
#endif

namespace iolaw::concurrent {
namespace {

constexpr std::size_t kStack = std::size_t{1} << 18;  // bytes: enough for a call, and for its exceptions
// So often a fiber may find what it waits for taken before all are taken to wait for each other.
constexpr std::size_t kStuck = 100'000;

}  // namespace

struct Fibers::Fiber {
  ucontext_t context{};
  void* stack = nullptr;
  bool alive = false;
#if defined(__SANITIZE_ADDRESS__)
  void* fake = nullptr;
  const void* bottom = nullptr;
  std::size_t size = 0;
#endif
#if defined(__SANITIZE_THREAD__)
  void* shadow = nullptr;
#endif
  ~Fiber() {
    if (stack != nullptr) munmap(stack, kStack);
#if defined(__SANITIZE_THREAD__)
    if (shadow != nullptr && stack != nullptr) __tsan_destroy_fiber(shadow);
#endif
  }
};

Fibers::Fibers(std::size_t count) {
  for (std::size_t i = 0; i <= count; ++i) {
    fibers_.push_back(std::make_unique<Fiber>());
    Fiber& fiber = *fibers_.back();
    if (i == count) break;
    void* const memory =
        mmap(nullptr, kStack, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc();
    fiber.stack = memory;
#if defined(__SANITIZE_THREAD__)
    fiber.shadow = __tsan_create_fiber(0);
#endif
  }
}

Fibers::~Fibers() = default;

// The address of the Fibers comes in two halves: makecontext() passes numbers of that size.
void Fibers::enter(unsigned high, unsigned low) {
  auto* const self = reinterpret_cast<Fibers*>((std::uintptr_t{high} << 32) | low);
#if defined(__SANITIZE_ADDRESS__)
  Fiber& caller = *self->fibers_.back();
  const void* bottom = nullptr;
  std::size_t size = 0;
  __sanitizer_finish_switch_fiber(nullptr, &bottom, &size);
  if (caller.bottom == nullptr) caller.bottom = bottom, caller.size = size;
#endif
  const std::size_t index = self->running_;
  (*self->work_)(index);
  self->fibers_[index]->alive = false;
  --self->alive_;
  self->blocked_in_a_row_ = 0;
  self->switch_to(self->alive_ == 0 ? self->fibers_.size() - 1 : self->other_than(index));
}

// One that has not ended, other than this; there is one.
std::size_t Fibers::other_than(std::size_t index) {
  const std::size_t count = fibers_.size() - 1;
  std::size_t next = index;
  for (std::size_t skip = random_() % count + 1; skip > 0;) {
    next = (next + 1) % count;
    if (next != index && fibers_[next]->alive) --skip;
  }
  return next;
}

void Fibers::switch_to(std::size_t next) {
  Fiber& from = *fibers_[running_];
  Fiber& to = *fibers_[next];
  running_ = next;
#if defined(__SANITIZE_ADDRESS__)
  const bool ends = &from != fibers_.back().get() && !from.alive;
  const bool back = &to == fibers_.back().get();
  __sanitizer_start_switch_fiber(ends ? nullptr : &from.fake, back ? to.bottom : to.stack, back ? to.size : kStack);
#endif
#if defined(__SANITIZE_THREAD__)
  __tsan_switch_to_fiber(to.shadow, 0);
#endif
  swapcontext(&from.context, &to.context);
#if defined(__SANITIZE_ADDRESS__)
  __sanitizer_finish_switch_fiber(from.fake, nullptr, nullptr);
#endif
}

void Fibers::point(bool blocked) noexcept {
  if (alive_ == 0) return;
  if (alive_ == 1) {
    if (blocked && ++blocked_in_a_row_ > kStuck) (*stuck_)();
    return;
  }
  if (blocked) {
    if (++blocked_in_a_row_ > kStuck) (*stuck_)();
  } else {
    blocked_in_a_row_ = 0;
    if (random_() % every_ != 0) return;
  }
  switch_to(other_than(running_));
}

void Fibers::run(const std::function<void(std::size_t)>& work, std::uint64_t seed, std::uint64_t every,
                 const std::function<void()>& stuck) {
  work_ = &work;
  stuck_ = &stuck;
  every_ = every;
  random_.seed(static_cast<std::uint32_t>(seed));
  blocked_in_a_row_ = 0;
  const std::size_t count = fibers_.size() - 1;
  const auto self = reinterpret_cast<std::uintptr_t>(this);
  for (std::size_t i = 0; i < count; ++i) {
    Fiber& fiber = *fibers_[i];
    getcontext(&fiber.context);
    fiber.context.uc_stack.ss_sp = fiber.stack;
    fiber.context.uc_stack.ss_size = kStack;
    fiber.context.uc_link = nullptr;
    fiber.alive = true;
    makecontext(&fiber.context, reinterpret_cast<void (*)()>(&Fibers::enter), 2, static_cast<unsigned>(self >> 32),
                static_cast<unsigned>(self));
  }
  alive_ = count;
#if defined(__SANITIZE_THREAD__)
  fibers_.back()->shadow = __tsan_get_current_fiber();
#endif
  running_ = count;
  switch_to(random_() % count);
}

}  // namespace iolaw::concurrent
