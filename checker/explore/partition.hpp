// SPDX-License-Identifier: Apache-2.0
// A part of the set of seen states: those whose hash it owns. Everything that grows with the search is here, behind an
// interface without locks: one thread, later one rank of an MPI job, owns a partition and alone touches it.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

namespace iolaw::explore {

using Word = std::uint64_t;

// Bytes that all partitions may use together.
class Budget {
 public:
  explicit Budget(std::uint64_t limit) : limit_(limit) {}
  bool take(std::uint64_t bytes) {
    if (used_.fetch_add(bytes) + bytes <= limit_) return true;
    used_.fetch_sub(bytes);
    return false;
  }
  void give_back(std::uint64_t bytes) { used_.fetch_sub(bytes); }
  std::uint64_t used() const { return used_.load(); }

 private:
  std::uint64_t limit_;
  std::atomic<std::uint64_t> used_{0};
};

inline Word hash_of(const Word* key, unsigned words) {
  Word sum = 0x9e3779b97f4a7c15;
  for (unsigned word = 0; word < words; ++word) {
    sum = (sum ^ key[word]) * 0xff51afd7ed558ccd;
    sum ^= sum >> 32;
  }
  sum *= 0xc4ceb9fe1a85ec53;
  return sum ^ (sum >> 29);
}

// Which of `parts` partitions owns a hash. Uses its high half; the table uses the low one.
inline unsigned owner_of(Word hash, unsigned parts) { return static_cast<unsigned>(((hash >> 32) * parts) >> 32); }

class Partition {
 public:
  Partition(unsigned key_words, Budget& budget);

  // Adds keys that this partition owns; those that are new get the next indexes. False when the budget is used up: some
  // were not added.
  bool insert(const Word* keys, std::uint64_t count);

  std::uint64_t size() const { return size_; }
  // Keys in the order in which they came. A run ends where its block of memory does.
  const Word* key(std::uint64_t index) const { return blocks_[index / kBlock].get() + index % kBlock * words_; }
  std::uint64_t run_length(std::uint64_t index) const { return kBlock - index % kBlock; }

 private:
  static constexpr std::uint64_t kBlock = 1 << 16;  // keys

  bool grow();
  bool insert_one(Word key, Word hash);
  bool insert_many(const Word* key, Word hash);
  bool append(const Word* key);
  void place(Word entry, Word hash);

  unsigned words_;
  Budget& budget_;
  // Open addressing. One-word keys are kept themselves, plus one; longer ones as index + 1 below 24 bits of the hash.
  // 0: free.
  std::unique_ptr<Word[]> table_;
  std::uint64_t capacity_ = 0;  // a power of two
  std::uint64_t size_ = 0;
  std::vector<std::unique_ptr<Word[]>> blocks_;
};

}  // namespace iolaw::explore
