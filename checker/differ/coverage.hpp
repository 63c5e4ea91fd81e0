// SPDX-License-Identifier: Apache-2.0
// How often something of a kind was seen, and what it would be worth to see it again.
#pragma once

#include <cstdint>
#include <vector>

namespace iolaw {

struct Feature {
  std::uint64_t key = 0;
  float weight = 0;
};
using Features = std::vector<Feature>;

inline std::uint64_t mixed(std::uint64_t a, std::uint64_t b) {
  a = (a ^ b) * 0x9e3779b97f4a7c15;
  return a ^ a >> 29;
}

// Counts by the hash of a key; that two keys may share a place makes one of them a little less interesting.
class Coverage {
 public:
  Coverage() : seen_(std::size_t{1} << kBits) {}

  // The sum of the weights, each divided by one more than how often its feature was seen.
  float worth(const Features& features) const {
    float sum = 0;
    for (const Feature& feature : features) sum += feature.weight / static_cast<float>(1 + seen_[place(feature.key)]);
    return sum;
  }

  // Returns the sum of the weights of those that were new.
  float add(const Features& features) {
    float fresh = 0;
    for (const Feature& feature : features) {
      std::uint16_t& times = seen_[place(feature.key)];
      if (times == 0) fresh += feature.weight;
      times += times == kMost ? 0 : 1;
    }
    return fresh;
  }

 private:
  static constexpr unsigned kBits = 18;
  static constexpr std::uint16_t kMost = 0xffff;

  static std::size_t place(std::uint64_t key) { return (key * 0x9e3779b97f4a7c15) >> (64 - kBits); }

  std::vector<std::uint16_t> seen_;
};

}  // namespace iolaw
