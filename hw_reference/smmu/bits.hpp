// SPDX-License-Identifier: Apache-2.0
// Bit fields as the Arm tables write them: field(word, 51, 6) is word[51:6], both ends closed.
#pragma once

#include <cstdint>

namespace hw {

// The lowest `count` bits set; count may be 64.
constexpr std::uint64_t low_bits(unsigned count) { return count >= 64 ? ~0ull : (1ull << count) - 1; }

constexpr std::uint64_t field(std::uint64_t word, unsigned last, unsigned first) {
  return (word >> first) & low_bits(last - first + 1);
}

constexpr bool bit(std::uint64_t word, unsigned position) { return (word >> position) & 1; }

// The address bits [last:first] of a word, left in place.
constexpr std::uint64_t address_field(std::uint64_t word, unsigned last, unsigned first) {
  return word & low_bits(last + 1) & ~low_bits(first);
}

// A value placed in [last:first]; bits that do not fit are cut off.
constexpr std::uint64_t in_field(std::uint64_t value, unsigned last, unsigned first) {
  return (value & low_bits(last - first + 1)) << first;
}

constexpr std::uint64_t with_field(std::uint64_t word, unsigned last, unsigned first, std::uint64_t value) {
  return (word & ~in_field(~0ull, last, first)) | in_field(value, last, first);
}

constexpr std::uint64_t align_down(std::uint64_t address, std::uint64_t power_of_two) {
  return address & ~(power_of_two - 1);
}

}  // namespace hw
