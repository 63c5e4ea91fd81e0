// SPDX-License-Identifier: Apache-2.0
// stress [CALLS [THREADS [SEED]]]: so many random calls through the front door (a million), by so many threads (two) on
// one open file. Exit 0: nothing is left. Meant to be built with a sanitizer, which then finds the rest.
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <vector>

#include "hw_reference/uapi/test/random_calls.hpp"

namespace {

using hw_reference::uapi::FrontDoor;
using hw_reference::uapi::RandomClient;
using TestPages = hw_reference::uapi::Pages;

struct Sum {
  std::uint64_t calls = 0;
  std::uint64_t succeeded = 0;
};

Sum work(FrontDoor& door, int fd, const TestPages& memory, std::uint64_t calls, std::uint64_t seed) {
  RandomClient client(door, fd, memory, seed);
  while (client.calls() < calls) client.call();
  return {client.calls(), client.succeeded()};
}

}  // namespace

int main(int argc, char** argv) {
  const auto argument = [&](int at, std::uint64_t otherwise) {
    return argc > at ? std::strtoull(argv[at], nullptr, 0) : otherwise;
  };
  const std::uint64_t calls = argument(1, 1'000'000);
  const std::uint64_t threads = argument(2, 2);
  const std::uint64_t seed = argument(3, 1);
  if (calls == 0 || threads == 0 || threads > 256) {
    std::fprintf(stderr, "usage: %s [CALLS [THREADS, up to 256 [SEED]]]\n", argv[0]);
    return 64;
  }
  Sum sum;
  std::uint64_t rounds = 0;
  FrontDoor door;
  const TestPages memory(16);
  // Now and then all is closed, so that what ends while calls are made is met too, and ids stay small.
  constexpr std::uint64_t kRound = 50'000;
  for (std::uint64_t left = calls; left > 0; left -= std::min(left, kRound), ++rounds) {
    const int fd = door.open(O_RDWR);
    std::vector<Sum> sums(threads);
    std::vector<std::thread> others;
    const std::uint64_t each = (std::min(left, kRound) + threads - 1) / threads;
    for (std::uint64_t i = 0; i < threads; ++i)
      others.emplace_back([&, i] { sums[i] = work(door, fd, memory, each, seed + rounds * threads + i); });
    for (std::thread& other : others) other.join();
    for (const Sum& part : sums) sum.calls += part.calls, sum.succeeded += part.succeeded;
    door.close(fd);
    if (door.frames().total_pins() != 0 || door.memory().account.pinned() != 0) {
      std::fprintf(stderr, "%llu pins are left after round %llu\n",
                   static_cast<unsigned long long>(door.frames().total_pins()),
                   static_cast<unsigned long long>(rounds));
      return 1;
    }
  }
  std::printf("%llu calls by %llu threads, %llu succeeded, nothing left\n", static_cast<unsigned long long>(sum.calls),
              static_cast<unsigned long long>(threads), static_cast<unsigned long long>(sum.succeeded));
  return 0;
}
