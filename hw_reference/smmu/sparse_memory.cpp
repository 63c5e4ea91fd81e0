// SPDX-License-Identifier: Apache-2.0
#include "hw_reference/smmu/sparse_memory.hpp"

#include <algorithm>
#include <cstring>

namespace hw {

bool SparseMemory::aborts(PhysAddr address, std::uint64_t bytes) const {
  if (bytes == 0) return false;
  const PhysAddr last = address + bytes - 1;
  if (last < address || last >= size_) return true;
  auto after = poisoned_.upper_bound(last);
  return after != poisoned_.begin() && std::prev(after)->second >= address;
}

// At most the rest of a word.
std::span<std::byte> SparseMemory::kept_elsewhere(PhysAddr address, std::size_t bytes) const {
  constexpr std::uint64_t kWord = sizeof(std::uint64_t);
  std::uint64_t* const word = elsewhere ? elsewhere(address - address % kWord) : nullptr;
  if (word == nullptr) return {};
  return {reinterpret_cast<std::byte*>(word) + address % kWord, std::min<std::size_t>(kWord - address % kWord, bytes)};
}

bool SparseMemory::read(PhysAddr address, std::span<std::byte> into) {
  std::lock_guard lock(mutex_);
  const InsideHardware inside;
  if (aborts(address, into.size())) return false;
  while (!into.empty()) {
    if (const auto there = kept_elsewhere(address, into.size()); !there.empty()) {
      std::memcpy(into.data(), there.data(), there.size());
      into = into.subspan(there.size());
      address += there.size();
      continue;
    }
    const std::uint64_t offset = address % kFrame;
    const std::size_t part = std::min<std::uint64_t>(kFrame - offset, into.size());
    const auto frame = frames_.find(address / kFrame);
    if (frame == frames_.end()) {
      std::memset(into.data(), 0, part);
    } else {
      std::memcpy(into.data(), frame->second.data() + offset, part);
    }
    into = into.subspan(part);
    address += part;
  }
  return true;
}

bool SparseMemory::write(PhysAddr address, std::span<const std::byte> from) {
  std::lock_guard lock(mutex_);
  const InsideHardware inside;
  if (aborts(address, from.size())) return false;
  while (!from.empty()) {
    if (const auto there = kept_elsewhere(address, from.size()); !there.empty()) {
      std::memcpy(there.data(), from.data(), there.size());
      from = from.subspan(there.size());
      address += there.size();
      continue;
    }
    const std::uint64_t offset = address % kFrame;
    const std::size_t part = std::min<std::uint64_t>(kFrame - offset, from.size());
    auto [frame, added] = frames_.try_emplace(address / kFrame);
    if (added) frame->second.fill(std::byte{0});
    std::memcpy(frame->second.data() + offset, from.data(), part);
    from = from.subspan(part);
    address += part;
  }
  return true;
}

std::optional<std::uint64_t> SparseMemory::read64(PhysAddr address) {
  if (on_read64) on_read64(address);
  if (std::uint64_t* word = elsewhere ? elsewhere(address) : nullptr) return __atomic_load_n(word, __ATOMIC_ACQUIRE);
  std::uint64_t value = 0;
  if (!read(address, std::as_writable_bytes(std::span(&value, 1)))) return std::nullopt;
  return value;
}

bool SparseMemory::write64(PhysAddr address, std::uint64_t value) {
  if (std::uint64_t* word = elsewhere ? elsewhere(address) : nullptr) {
    __atomic_store_n(word, value, __ATOMIC_RELEASE);
    return true;
  }
  return write(address, std::as_bytes(std::span(&value, 1)));
}

std::optional<std::uint64_t> SparseMemory::compare_exchange64(PhysAddr address, std::uint64_t expected,
                                                              std::uint64_t desired) {
  if (std::uint64_t* word = elsewhere ? elsewhere(address) : nullptr) {
    __atomic_compare_exchange_n(word, &expected, desired, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
    return expected;
  }
  std::lock_guard lock(mutex_);
  const InsideHardware inside;
  if (aborts(address, sizeof expected)) return std::nullopt;
  auto [frame, added] = frames_.try_emplace(address / kFrame);
  if (added) frame->second.fill(std::byte{0});
  std::byte* const at = frame->second.data() + address % kFrame;
  std::uint64_t value = 0;
  std::memcpy(&value, at, sizeof value);
  if (value == expected) std::memcpy(at, &desired, sizeof desired);
  return value;
}

void SparseMemory::poison(PhysAddr first, PhysAddr last) {
  std::lock_guard lock(mutex_);
  const InsideHardware inside;
  poisoned_[first] = last;
}

void SparseMemory::heal(PhysAddr first) {
  std::lock_guard lock(mutex_);
  const InsideHardware inside;
  poisoned_.erase(first);
}

}  // namespace hw
