// SPDX-License-Identifier: Apache-2.0
#include "tools/ports/guest/serve.hpp"

#include <unistd.h>

#include <exception>
#include <optional>
#include <span>

#include "model/port/follower.hpp"

namespace iolaw::guest {
namespace {

// Waits until `place` holds something else than `last`. That mostly takes microseconds; later the machine lets others
// have the processor, which the other side may need for what is waited for. No hint to the processor here: at each QEMU
// would look for other work, which takes longer than most calls.
std::uint32_t wait(const std::atomic<std::uint32_t>& place, std::uint32_t last) {
  constexpr std::uint32_t kSpins = 10'000;
  for (std::uint32_t i = 0;; i += i < 2 * kSpins ? 1 : 0) {
    const std::uint32_t value = place.load(std::memory_order_acquire);
    if (value != last) return value;
    if (i >= kSpins) usleep(i < 2 * kSpins ? 200 : 1000);
  }
}

// Up to the first call whose answer is wanted.
PortAnswer follow(Follower& follower, Mailbox& mailbox, const Service& service) {
  for (std::uint32_t done = 0;; ++done) {
    mailbox.followed.store(done, std::memory_order_release);
    wait(mailbox.told, done);
    const ToldCall& call = mailbox.queue[done % Mailbox::kQueue];
    if (call.what == ToldCall::What::end) return {};
    if (call.what != ToldCall::What::reset) service.before_call({call.rule, call.length});
    if (std::optional<PortAnswer> answer = follower.follow(call)) return std::move(*answer);
  }
}

// A port, and what was told of its objects.
struct Served {
  std::unique_ptr<Port> port;
  std::optional<Follower> follower;

  void close() {
    follower.reset();
    port.reset();
  }
};

PortAnswer answer_to(Served& served, Mailbox& mailbox, const Service& service) {
  const std::string_view text(mailbox.text, mailbox.length);
  PortAnswer answer;
  try {
    switch (mailbox.order) {
      case Mailbox::Order::open:
        served.close();
        served.port = service.open(text);
        served.follower.emplace(*served.port);
        break;
      case Mailbox::Order::reset:
        served.port->reset();
        break;
      case Mailbox::Order::call:
        service.before_call(text);
        return served.port->call(text, std::span(mailbox.numbers, mailbox.count));
      case Mailbox::Order::follow:
        return follow(*served.follower, mailbox, service);
      case Mailbox::Order::end:
        served.close();
        break;
    }
  } catch (const std::exception& error) {
    answer.status = PortAnswer::Status::broken;
    answer.note = error.what();
  }
  return answer;
}

}  // namespace

void serve(Mailbox& mailbox, const Service& service) {
  Served served;
  std::uint32_t asked = 0;
  Mailbox::Order order{};
  do {
    asked = wait(mailbox.asked, asked);
    order = mailbox.order;
    put_answer(answer_to(served, mailbox, service), mailbox);
    mailbox.answered.store(asked, std::memory_order_release);
  } while (order != Mailbox::Order::end);
}

}  // namespace iolaw::guest
