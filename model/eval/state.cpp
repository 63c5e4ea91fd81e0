// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <atomic>

#include "model/eval/model.hpp"

namespace iolaw {

State::State(const Law& law) {
  auto offsets = std::make_shared<std::vector<std::vector<std::uint32_t>>>();
  for (const Kind& kind : law.kinds) {
    std::uint32_t offset = 1;
    std::vector<std::uint32_t>& fields = offsets->emplace_back();
    for (const Field& declared : kind.fields) {
      fields.push_back(offset);
      offset += words_of(declared.type);
    }
    kinds_.push_back(Objects{offset, 0, 0, 0, {}});
  }
  offsets_ = std::move(offsets);
}

State& State::operator=(const State& other) {
  if (this == &other) return *this;
  if (offsets_ != other.offsets_) {
    kinds_ = other.kinds_;
    offsets_ = other.offsets_;
    content_ = other.content_;
    return *this;
  }
  if (content_ == other.content_) return *this;
  for (std::size_t kind = 0; kind < kinds_.size(); ++kind) {
    if (kinds_[kind].content != other.kinds_[kind].content) kinds_[kind] = other.kinds_[kind];
  }
  content_ = other.content_;
  return *this;
}

// Each thread takes many numbers at a time.
std::uint64_t State::new_content() {
  constexpr std::uint64_t kMany = std::uint64_t{1} << 20;
  static std::atomic<std::uint64_t> taken{1};
  thread_local std::uint64_t next = 0;
  thread_local std::uint64_t end = 0;
  if (next == end) {
    next = taken.fetch_add(kMany, std::memory_order_relaxed);
    end = next + kMany;
  }
  return next++;
}

Word* State::field(std::uint32_t kind, Word object, std::uint32_t field) {
  assert(lives(kind, object));
  touch(kind);
  return &kinds_[kind].words[object * kinds_[kind].stride + (*offsets_)[kind][field]];
}

void State::ensure(std::uint32_t kind, Word object) {
  Objects& objects = kinds_[kind];
  if (object < objects.slots) return;
  objects.slots = static_cast<std::uint32_t>(object + 1);
  objects.words.resize(std::size_t{objects.slots} * objects.stride, 0);
  touch(kind);
}

void State::set_lives(std::uint32_t kind, Word object, bool lives_now) {
  ensure(kind, object);
  if (lives(kind, object) == lives_now) return;
  Objects& objects = kinds_[kind];
  touch(kind);
  Word* words = &objects.words[object * objects.stride];
  if (lives_now) {
    words[0] = 1;
    ++objects.population;
  } else {
    std::fill_n(words, objects.stride, Word{0});
    --objects.population;
  }
}

bool operator==(const State& a, const State& b) {
  if (a.offsets_ == b.offsets_ && a.content_ == b.content_) return true;
  if (a.kinds_.size() != b.kinds_.size()) return false;
  for (std::size_t kind = 0; kind < a.kinds_.size(); ++kind) {
    const State::Objects& x = a.kinds_[kind];
    const State::Objects& y = b.kinds_[kind];
    if (x.content == y.content && a.offsets_ == b.offsets_) continue;
    if (x.stride != y.stride || x.population != y.population) return false;
    const std::vector<Word>& longer = x.words.size() >= y.words.size() ? x.words : y.words;
    const std::size_t common = std::min(x.words.size(), y.words.size());
    if (!std::equal(x.words.begin(), x.words.begin() + static_cast<std::ptrdiff_t>(common), y.words.begin()))
      return false;
    for (std::size_t rest = common; rest < longer.size(); rest += x.stride) {
      if (longer[rest] != 0) return false;
    }
  }
  return true;
}

std::size_t State::hash() const {
  Word sum = 0x9e3779b97f4a7c15;
  for (std::size_t kind = 0; kind < kinds_.size(); ++kind) {
    const Objects& objects = kinds_[kind];
    for (std::size_t at = 0; at < objects.words.size(); at += objects.stride) {
      if (objects.words[at] == 0) continue;
      sum ^= (kind << 32) + at / objects.stride;
      for (std::uint32_t word = 1; word < objects.stride; ++word) {
        sum = (sum ^ objects.words[at + word]) * 0xff51afd7ed558ccd;
        sum ^= sum >> 32;
      }
      sum *= 0xc4ceb9fe1a85ec53;
    }
  }
  return sum ^ sum >> 29;
}

}  // namespace iolaw
