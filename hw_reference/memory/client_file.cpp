// SPDX-License-Identifier: Apache-2.0
#include "hw_reference/memory/client_file.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <new>

#include "hw_reference/defects.hpp"

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {

ClientFile::~ClientFile() {
  std::lock_guard lock(physical_.mutex_);
  give_up(0);
}

void ClientFile::give_up(std::uint64_t from_page) {
  for (auto page = frames_.lower_bound(from_page); page != frames_.end(); page = frames_.erase(page)) {
    physical_.address_[page->second] = PhysicalMemory::kNoAddress;
    physical_.free_if_unused(page->second);
  }
}

// The frame of a page, a fresh one if it has none. Empty: there is no free one, or no memory to note it.
std::optional<Frame> ClientFile::obtain(std::uint64_t page) {
  const auto found = frames_.find(page);
  if (found != frames_.end()) return found->second;
  if (physical_.free_.empty()) return std::nullopt;
  const Frame frame = physical_.free_.back();
  try {
    frames_.emplace(page, frame);
  } catch (const std::bad_alloc&) {
    return std::nullopt;
  }
  physical_.free_.pop_back();
  physical_.address_[frame] = PhysicalMemory::kInFile;
  physical_.clean(frame);
  return frame;
}

int ClientFile::pin_pages(std::uint64_t first, std::uint64_t pages, Frame* frames, bool) {
  constexpr std::uint64_t kLimit = std::uint64_t{1} << (63 - kPageShift);
  std::lock_guard lock(physical_.mutex_);
  if (kind_ != Kind::memory || first >= kLimit || pages > kLimit - first) return EINVAL;
  const std::uint64_t beyond = has_defect(Defect::file_end_rounded) ? kPageSize - 1 : 0;
  if (((first + pages) << kPageShift) > size_ + beyond) return EINVAL;
  // Pages that a failure leaves behind are what a hole that was filled is: zeros with a frame.
  for (std::uint64_t i = 0; i < pages; ++i) {
    const auto frame = obtain(first + i);
    if (!frame) return ENOMEM;
    frames[i] = *frame;
  }
  for (std::uint64_t i = 0; i < pages; ++i) ++physical_.pins_[frames[i]];
  return 0;
}

void ClientFile::truncate(std::uint64_t size) {
  std::lock_guard lock(physical_.mutex_);
  size_ = size;
  give_up((size >> kPageShift) + (size % kPageSize != 0 ? 1 : 0));
  const auto cut = frames_.find(size >> kPageShift);
  if (size % kPageSize != 0 && cut != frames_.end())
    std::memset(physical_.bytes(cut->second) + size % kPageSize, 0, kPageSize - size % kPageSize);
}

int ClientFile::read(std::uint64_t offset, std::span<std::byte> to) const {
  std::lock_guard lock(physical_.mutex_);
  if (!inside(offset, to.size())) return EFAULT;
  for (std::uint64_t done = 0; done < to.size();) {
    const std::uint64_t at = offset + done;
    const std::uint64_t bytes = std::min(to.size() - done, kPageSize - at % kPageSize);
    const auto page = frames_.find(at >> kPageShift);
    if (page == frames_.end())
      std::memset(to.data() + done, 0, bytes);
    else
      std::memcpy(to.data() + done, physical_.bytes(page->second) + at % kPageSize, bytes);
    done += bytes;
  }
  return 0;
}

int ClientFile::write(std::uint64_t offset, std::span<const std::byte> from) {
  std::lock_guard lock(physical_.mutex_);
  if (!inside(offset, from.size())) return EFAULT;
  for (std::uint64_t done = 0; done < from.size();) {
    const std::uint64_t at = offset + done;
    const std::uint64_t bytes = std::min(from.size() - done, kPageSize - at % kPageSize);
    const auto frame = obtain(at >> kPageShift);
    if (!frame) return ENOMEM;
    std::memcpy(physical_.bytes(*frame) + at % kPageSize, from.data() + done, bytes);
    done += bytes;
  }
  return 0;
}

std::optional<Frame> ClientFile::frame_of(std::uint64_t offset) const {
  std::lock_guard lock(physical_.mutex_);
  const auto page = frames_.find(offset >> kPageShift);
  if (page == frames_.end()) return std::nullopt;
  return page->second;
}

std::uint32_t ClientFile::pins(std::uint64_t offset) const {
  std::lock_guard lock(physical_.mutex_);
  const auto page = frames_.find(offset >> kPageShift);
  return page == frames_.end() ? 0 : physical_.pins_[page->second];
}

}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
