// SPDX-License-Identifier: Apache-2.0
// A small generator of random numbers for many short runs: SplitMix64 (Steele, Lea and Flood, OOPSLA 2014). Seeding it
// costs nothing.
#pragma once

#include <cstdint>

namespace iolaw {

class QuickRandom {
 public:
  using result_type = std::uint64_t;

  explicit QuickRandom(std::uint64_t seed = 0) : state_(seed) {}
  void seed(std::uint64_t seed) { state_ = seed; }

  static constexpr result_type min() { return 0; }
  static constexpr result_type max() { return ~result_type{0}; }

  result_type operator()() {
    std::uint64_t z = state_ += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }

  // 0..many-1, many of at most 2^32; without a division.
  std::uint32_t below(std::uint64_t many) { return static_cast<std::uint32_t>(((*this)() >> 32) * many >> 32); }
  bool one_in(std::uint64_t many) { return below(many) == 0; }

 private:
  std::uint64_t state_;
};

}  // namespace iolaw
