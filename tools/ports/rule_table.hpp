// SPDX-License-Identifier: Apache-2.0
// Finds an entry by the name of a rule with one multiplication and one comparison.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>
#include <vector>

namespace iolaw {

// `Entry` has a member `name`, a std::string_view of at least 8 characters, distinct among the entries. The hash is
// made perfect when the table is built.
template <class Entry>
class RuleTable {
 public:
  RuleTable(std::initializer_list<std::span<const Entry>> parts) {
    for (const std::span<const Entry> part : parts) entries_.insert(entries_.end(), part.begin(), part.end());
    for (multiplier_ = 0x9e37'79b9'7f4a'7c15;; multiplier_ += 2) {
      slots_.assign(std::size_t{1} << kBits, 0);
      bool distinct = true;
      for (std::size_t i = 0; i < entries_.size() && distinct; ++i) {
        std::uint16_t& slot = slots_[hash(entries_[i].name)];
        distinct = slot == 0;
        slot = static_cast<std::uint16_t>(i + 1);
      }
      if (distinct) return;
    }
  }

  // Null if there is no such entry.
  const Entry* find(std::string_view name) const {
    if (name.size() < kKey) return nullptr;
    const std::uint16_t slot = slots_[hash(name)];
    if (slot == 0 || entries_[slot - 1].name != name) return nullptr;
    return &entries_[slot - 1];
  }

 private:
  static constexpr std::size_t kKey = 8;  // so many characters at both ends, and the length, tell names apart
  static constexpr unsigned kBits = 13;   // some hundred entries need few tries

  std::size_t hash(std::string_view name) const {
    std::uint64_t key = name.size();
    for (std::size_t i = 0; i < kKey; ++i) {
      key = key * 0x100'0000'01b3 + static_cast<unsigned char>(name[i]);
      key = key * 0x100'0000'01b3 + static_cast<unsigned char>(name[name.size() - kKey + i]);
    }
    return static_cast<std::size_t>(key * multiplier_ >> (64 - kBits));
  }

  std::vector<Entry> entries_;
  std::uint64_t multiplier_ = 0;
  std::vector<std::uint16_t> slots_;
};

}  // namespace iolaw
