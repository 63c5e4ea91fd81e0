// SPDX-License-Identifier: Apache-2.0
#include "tools/ports/dev_iommu/variations.hpp"

#include <iterator>

namespace iolaw::dev_iommu {
namespace {

// Of splitmix64, by Sebastiano Vigna: every bit of the result depends on every bit of the number.
std::uint64_t mix(std::uint64_t number) {
  number = (number ^ number >> 30) * 0xbf58'476d'1ce4'e5b9;
  number = (number ^ number >> 27) * 0x94d0'49bb'1331'11eb;
  return number ^ number >> 31;
}

constexpr std::uint64_t kStride = 0x9e37'79b9'7f4a'7c15;

}  // namespace

void Variations::begin(std::string_view rule, std::span<const std::uint64_t> arguments) {
  if (seed_ == 0) return;
  state_ = mix(seed_ + kStride);
  for (const char c : rule) state_ = mix(state_ ^ static_cast<unsigned char>(c));
  for (const std::uint64_t argument : arguments) state_ = mix(state_ ^ argument);
}

std::uint64_t Variations::next() { return mix(state_ += kStride); }

std::uint32_t Variations::memory_for_lists() const {
  constexpr std::uint32_t kEnough = 65536;  // what Linux's test driver begins with
  constexpr std::uint32_t kLimits[] = {kEnough, 16, 64, 256};
  return kLimits[seed_ % std::size(kLimits)];
}

}  // namespace iolaw::dev_iommu
