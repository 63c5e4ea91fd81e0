// SPDX-License-Identifier: Apache-2.0
#include "hw_reference/pgtable/table_memory.hpp"

#include <sys/mman.h>

#include <cassert>
#include <new>
#include <utility>

namespace hw_reference::pgtable {

namespace {

constexpr std::size_t align_up(std::size_t value, unsigned shift) {
  const std::size_t mask = (std::size_t{1} << shift) - 1;
  return (value + mask) & ~mask;
}

constexpr std::size_t kSlack = std::size_t{1} << TableMemory::kMaxShift;

}  // namespace

TableMemory::TableMemory(std::size_t bytes, std::uint64_t base) : bytes_(bytes), base_(base) {
  assert(base > 0 && base % kSlack == 0);
  void* const memory =
      mmap(nullptr, bytes + kSlack, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  mapping_ = static_cast<std::byte*>(memory);
  direct_ = mapping_ +
            (align_up(reinterpret_cast<std::uintptr_t>(memory), kMaxShift) - reinterpret_cast<std::uintptr_t>(memory));
}

TableMemory::~TableMemory() { munmap(mapping_, bytes_ + kSlack); }

std::optional<std::uint64_t> TableMemory::allocate(unsigned shift) {
  assert(shift >= kMinShift && shift <= kMaxShift);
  std::lock_guard lock(mutex_);
  if (const std::uint64_t block = free_[shift]; block != 0) {
    free_[shift] = std::exchange(*words(block), 0);
    ++in_use_;
    return block;
  }
  // What alignment skips is never used: tables of one format have one size.
  const std::size_t offset = align_up(fresh_, shift);
  const std::size_t size = std::size_t{1} << shift;
  if (offset > bytes_ || size > bytes_ - offset) return std::nullopt;
  fresh_ = offset + size;
  ++in_use_;
  return base_ + offset;
}

void TableMemory::release(std::uint64_t address, unsigned shift) {
  std::lock_guard lock(mutex_);
  *words(address) = free_[shift];
  free_[shift] = address;
  --in_use_;
}

std::size_t TableMemory::in_use() const {
  std::lock_guard lock(mutex_);
  return in_use_;
}

}  // namespace hw_reference::pgtable
