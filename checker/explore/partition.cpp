// SPDX-License-Identifier: Apache-2.0
#include "checker/explore/partition.hpp"

#include <algorithm>

namespace iolaw::explore {
namespace {

constexpr std::uint64_t kFirstCapacity = 1 << 16;
constexpr unsigned kTagShift = 40;  // of an entry that holds an index
constexpr Word kIndexMask = (Word{1} << kTagShift) - 1;
// Memory takes some hundred cycles: the entry of a key is asked for so many keys before it is needed.
constexpr std::uint64_t kAhead = 12;

Word tag_of(Word hash) { return (hash >> kTagShift) << kTagShift; }

}  // namespace

Partition::Partition(unsigned key_words, Budget& budget) : words_(key_words), budget_(budget) {}

void Partition::place(Word entry, Word hash) {
  std::uint64_t at = hash & (capacity_ - 1);
  while (table_[at] != 0) at = (at + 1) & (capacity_ - 1);
  table_[at] = entry;
}

bool Partition::grow() {
  const std::uint64_t before = capacity_;
  const std::uint64_t after = before == 0 ? kFirstCapacity : 2 * before;
  if (!budget_.take(after * sizeof(Word))) return false;
  const std::unique_ptr<Word[]> old = std::move(table_);
  table_ = std::make_unique<Word[]>(after);
  capacity_ = after;
  for (std::uint64_t at = 0; at < before; ++at) {
    const Word entry = old[at];
    if (entry == 0) continue;
    if (words_ == 1) {
      const Word only = entry - 1;
      place(entry, hash_of(&only, 1));
    } else {
      place(entry, hash_of(key((entry & kIndexMask) - 1), words_));
    }
  }
  budget_.give_back(before * sizeof(Word));
  return true;
}

bool Partition::append(const Word* new_key) {
  if (size_ == blocks_.size() * kBlock) {
    const std::uint64_t bytes = kBlock * words_ * sizeof(Word);
    if (!budget_.take(bytes)) return false;
    blocks_.push_back(std::make_unique_for_overwrite<Word[]>(kBlock * words_));
  }
  std::copy_n(new_key, words_, blocks_[size_ / kBlock].get() + size_ % kBlock * words_);
  ++size_;
  return true;
}

bool Partition::insert_one(Word only, Word hash) {
  std::uint64_t at = hash & (capacity_ - 1);
  for (; table_[at] != 0; at = (at + 1) & (capacity_ - 1)) {
    if (table_[at] == only + 1) return true;
  }
  if (!append(&only)) return false;
  table_[at] = only + 1;
  return true;
}

bool Partition::insert_many(const Word* many, Word hash) {
  std::uint64_t at = hash & (capacity_ - 1);
  for (; table_[at] != 0; at = (at + 1) & (capacity_ - 1)) {
    if (tag_of(table_[at]) != tag_of(hash)) continue;
    if (std::equal(many, many + words_, key((table_[at] & kIndexMask) - 1))) return true;
  }
  if (!append(many)) return false;
  table_[at] = tag_of(hash) | size_;
  return true;
}

bool Partition::insert(const Word* keys, std::uint64_t count) {
  for (std::uint64_t next = 0; next < count; ++next) {
    // At most six entries of ten are used.
    if (10 * (size_ + 1) > 6 * capacity_ && !grow()) return false;
    if (next + kAhead < count) {
      __builtin_prefetch(&table_[hash_of(keys + (next + kAhead) * words_, words_) & (capacity_ - 1)], 1);
    }
    const Word* one = keys + next * words_;
    const Word hash = hash_of(one, words_);
    if (!(words_ == 1 ? insert_one(*one, hash) : insert_many(one, hash))) return false;
  }
  return true;
}

}  // namespace iolaw::explore
