// SPDX-License-Identifier: Apache-2.0
// Clients that pass anything: numbers of commands and structures at random, near to what makes sense or far from it.
#pragma once

#include <array>
#include <cstdint>
#include <random>
#include <vector>

#include "hw_reference/uapi/test/client.hpp"

namespace hw_reference::uapi {

class RandomClient {
 public:
  // Calls on `fd`, and on what those calls make; with pages that others may share.
  RandomClient(FrontDoor& door, int fd, const Pages& memory, std::uint64_t seed)
      : door_(door), fd_(fd), memory_(memory), random_(seed) {}
  ~RandomClient();
  RandomClient(const RandomClient&) = delete;
  RandomClient& operator=(const RandomClient&) = delete;

  void call();

  std::uint64_t calls() const { return calls_; }
  std::uint64_t succeeded() const { return succeeded_; }

 private:
  static constexpr std::size_t kWords = 32;

  std::uint64_t below(std::uint64_t bound) { return random_() % bound; }
  std::uint64_t word();
  std::uint32_t id();
  void make_sensible(unsigned number, std::uint32_t* fields, std::uint64_t* words);
  void ioctl();
  void read_or_write();
  void map_registers();
  void forget();
  int descriptor();
  void count(long result);

  FrontDoor& door_;
  const int fd_;
  const Pages& memory_;
  std::mt19937_64 random_;
  std::vector<int> descriptors_;         // of accesses and queues
  std::vector<std::uint64_t> mappings_;  // two pages each
  std::uint64_t calls_ = 0;
  std::uint64_t succeeded_ = 0;
};

}  // namespace hw_reference::uapi
