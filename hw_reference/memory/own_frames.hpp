// SPDX-License-Identifier: Apache-2.0
// Numbers for real pages: of the process that this program is, and of its files.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <vector>

#include "hw_reference/memory/pin_source.hpp"
#include "hw_reference/mutex.hpp"
#include "hw_reference/variant.hpp"

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {

// A page has a frame while it is pinned. Pages of one aligned block of 2 MiB have adjacent frames, as huge pages of the
// CPU would; what is adjacent beyond that is nobody's choice.
//
// mutex: protects everything; innermost lock.
class OwnFrames {
 public:
  // Page `number` of a source: of its addresses or of its file.
  struct Page {
    const PinSource* source;
    std::uint64_t number;
  };

  // Adds a pin to each page of first..first+pages-1 and stores their frames: all, or none with ENOMEM.
  int pin(const PinSource& source, std::uint64_t first, std::uint64_t pages, Frame* frames);
  // Takes a pin from each. Never fails.
  void unpin(const Frame* frames, std::uint64_t pages);

  // 0 where nobody pins.
  std::uint32_t pins(const Page& page) const;
  std::uint64_t total_pins() const;
  // The frame of a page that is pinned, and the page of such a frame.
  std::optional<Frame> frame_of(const Page& page) const;
  std::optional<Page> page_of(Frame frame) const;

 private:
  static constexpr unsigned kBlockShift = 9;
  static constexpr std::uint64_t kBlockPages = std::uint64_t{1} << kBlockShift;
  static constexpr std::uint64_t kMostBlocks = std::uint64_t{1} << (32 - kBlockShift);

  struct Key {
    const PinSource* source;
    std::uint64_t block;
    friend bool operator==(const Key&, const Key&) = default;
  };
  struct Hash {
    std::size_t operator()(const Key& key) const {
      return (reinterpret_cast<std::uintptr_t>(key.source) >> 4) + key.block * 0x9e37'79b9'7f4a'7c15;
    }
  };
  struct Block {
    Key key{};
    std::uint64_t total = 0;  // the sum of the pins
    std::uint32_t pins[kBlockPages] = {};
  };

  std::uint32_t block_for(const Key& key);
  void drop(Frame frame);
  const Block* find(const Page& page) const;

  mutable Mutex mutex_;
  std::vector<std::unique_ptr<Block>> blocks_;  // by number; null: the number is free
  std::vector<std::uint32_t> free_;             // numbers; room for all, so that giving back never allocates
  std::unordered_map<Key, std::uint32_t, Hash> numbers_;
};

}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
