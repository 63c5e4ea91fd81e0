// SPDX-License-Identifier: Apache-2.0
// Finds an entry by the name of a rule with one multiplication and one comparison.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace iolaw {

// `Entry` has a member `name`, a std::string_view of at least 8 characters, distinct among the entries. The hash is
// made perfect when the table is built, which happens at compile time; a table that cannot be built does not compile.
template <class Entry, std::size_t N>
class RuleTable {
 public:
  consteval explicit RuleTable(const std::array<Entry, N>& entries) : entries_(entries) {
    for (multiplier_ = 0x9e37'79b9'7f4a'7c15;; multiplier_ += 2) {
      slots_.fill(0);
      bool distinct = true;
      for (std::size_t i = 0; i < N && distinct; ++i) {
        std::uint8_t& slot = slots_[hash(entries_[i].name)];
        distinct = slot == 0;
        slot = static_cast<std::uint8_t>(i + 1);
      }
      if (distinct) return;
    }
  }

  // Null if there is no such entry.
  constexpr const Entry* find(std::string_view name) const {
    if (name.size() < kKey) return nullptr;
    const std::uint8_t slot = slots_[hash(name)];
    if (slot == 0 || entries_[slot - 1].name != name) return nullptr;
    return &entries_[slot - 1];
  }

 private:
  static constexpr std::size_t kKey = 4;  // as many characters at both ends, and the length, tell names apart
  static constexpr unsigned kBits = 7;

  constexpr std::size_t hash(std::string_view name) const {
    std::uint64_t key = 0;
    for (std::size_t i = 0; i < kKey; ++i) {
      key = key << 8 | static_cast<unsigned char>(name[i]);
      key = key << 8 | static_cast<unsigned char>(name[name.size() - kKey + i]);
    }
    key += name.size();
    return static_cast<std::size_t>(key * multiplier_ >> (64 - kBits));
  }

  std::array<Entry, N> entries_;
  std::uint64_t multiplier_ = 0;
  std::array<std::uint8_t, std::size_t{1} << kBits> slots_{};
};

}  // namespace iolaw
