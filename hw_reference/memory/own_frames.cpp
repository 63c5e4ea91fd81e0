// SPDX-License-Identifier: Apache-2.0
#include "hw_reference/memory/own_frames.hpp"

#include <cassert>
#include <cerrno>
#include <new>
#include <utility>

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {

// The number of a block, a new one if need be. Throws std::bad_alloc, and then nothing has changed.
std::uint32_t OwnFrames::block_for(const Key& key) {
  const auto found = numbers_.find(key);
  if (found != numbers_.end()) return found->second;
  auto block = std::make_unique<Block>();
  block->key = key;
  if (free_.empty()) {
    if (blocks_.size() == kMostBlocks) throw std::bad_alloc();
    if (free_.capacity() <= blocks_.size()) free_.reserve(2 * blocks_.size() + 16);
    blocks_.emplace_back();
    free_.push_back(static_cast<std::uint32_t>(blocks_.size() - 1));
  }
  const std::uint32_t number = free_.back();
  numbers_.emplace(key, number);
  free_.pop_back();
  blocks_[number] = std::move(block);
  return number;
}

void OwnFrames::drop(Frame frame) {
  std::unique_ptr<Block>& block = blocks_[frame >> kBlockShift];
  assert(block != nullptr && block->pins[frame % kBlockPages] > 0);
  --block->pins[frame % kBlockPages];
  if (--block->total > 0) return;
  numbers_.erase(block->key);
  block.reset();
  free_.push_back(frame >> kBlockShift);
}

int OwnFrames::pin(const PinSource& source, std::uint64_t first, std::uint64_t pages, Frame* frames) {
  std::lock_guard lock(mutex_);
  std::uint64_t done = 0;
  try {
    while (done < pages) {
      const std::uint64_t page = first + done;
      const std::uint32_t number = block_for({&source, page >> kBlockShift});
      Block& block = *blocks_[number];
      for (std::uint64_t at = page % kBlockPages; at < kBlockPages && done < pages; ++at, ++done) {
        ++block.pins[at];
        ++block.total;
        frames[done] = static_cast<Frame>((number << kBlockShift) + at);
      }
    }
    return 0;
  } catch (const std::bad_alloc&) {
    while (done > 0) drop(frames[--done]);
    return ENOMEM;
  }
}

void OwnFrames::unpin(const Frame* frames, std::uint64_t pages) {
  std::lock_guard lock(mutex_);
  for (std::uint64_t i = 0; i < pages; ++i) drop(frames[i]);
}

const OwnFrames::Block* OwnFrames::find(const Page& page) const {
  const auto found = numbers_.find({page.source, page.number >> kBlockShift});
  return found == numbers_.end() ? nullptr : blocks_[found->second].get();
}

std::uint32_t OwnFrames::pins(const Page& page) const {
  std::lock_guard lock(mutex_);
  const Block* const block = find(page);
  return block == nullptr ? 0 : block->pins[page.number % kBlockPages];
}

std::uint64_t OwnFrames::total_pins() const {
  std::lock_guard lock(mutex_);
  std::uint64_t total = 0;
  for (const auto& block : blocks_) total += block == nullptr ? 0 : block->total;
  return total;
}

std::optional<Frame> OwnFrames::frame_of(const Page& page) const {
  std::lock_guard lock(mutex_);
  const auto found = numbers_.find({page.source, page.number >> kBlockShift});
  if (found == numbers_.end() || blocks_[found->second]->pins[page.number % kBlockPages] == 0) return std::nullopt;
  return static_cast<Frame>((found->second << kBlockShift) + page.number % kBlockPages);
}

std::optional<OwnFrames::Page> OwnFrames::page_of(Frame frame) const {
  std::lock_guard lock(mutex_);
  const std::uint64_t number = frame >> kBlockShift;
  if (number >= blocks_.size() || blocks_[number] == nullptr || blocks_[number]->pins[frame % kBlockPages] == 0)
    return std::nullopt;
  const Block& block = *blocks_[number];
  return Page{block.key.source, (block.key.block << kBlockShift) + frame % kBlockPages};
}

}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
