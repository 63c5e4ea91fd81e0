// SPDX-License-Identifier: Apache-2.0
#include "hw_reference/memory/client_memory.hpp"

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <cstring>

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {

ClientMemory::~ClientMemory() {
  while (!regions_.empty()) unmap(regions_.begin()->first << kPageShift);
}

ClientMemory::Regions::const_iterator ClientMemory::region_of(std::uint64_t page) const {
  auto after = regions_.upper_bound(page);
  if (after == regions_.begin()) return regions_.end();
  auto region = std::prev(after);
  return page - region->first < region->second.frames.size() ? region : regions_.end();
}

int ClientMemory::map(std::uint64_t address, std::uint64_t pages, bool writable) {
  const std::uint64_t first = address >> kPageShift;
  const std::uint64_t limit = std::uint64_t{1} << (64 - kPageShift);
  if (address % kPageSize != 0 || pages == 0 || pages > limit - first) return EINVAL;
  std::lock_guard lock(physical_.mutex_);
  if (region_of(first) != regions_.end()) return EEXIST;
  if (auto next = regions_.lower_bound(first); next != regions_.end() && next->first - first < pages) return EEXIST;
  auto& free = physical_.free_;
  if (pages > free.size()) return ENOMEM;
  const auto added = regions_.emplace(
      first, Region{std::vector<Frame>(free.rbegin(), free.rbegin() + static_cast<std::ptrdiff_t>(pages)), writable});
  const std::vector<Frame>& frames = added.first->second.frames;
  free.resize(free.size() - pages);
  for (std::uint64_t i = 0; i < pages; ++i) {
    physical_.address_[frames[i]] = (first + i) << kPageShift;
    physical_.clean(frames[i]);
  }
  return 0;
}

int ClientMemory::unmap(std::uint64_t address) {
  std::lock_guard lock(physical_.mutex_);
  const auto region = regions_.find(address >> kPageShift);
  if (address % kPageSize != 0 || region == regions_.end()) return ENOENT;
  const std::vector<Frame>& frames = region->second.frames;
  for (auto frame = frames.rbegin(); frame != frames.rend(); ++frame) {
    physical_.address_[*frame] = PhysicalMemory::kNoAddress;
    physical_.free_if_unused(*frame);
  }
  regions_.erase(region);
  return 0;
}

int ClientMemory::pin(std::uint64_t address, std::uint64_t pages, Frame* frames, bool write) {
  const std::uint64_t first = address >> kPageShift;
  std::lock_guard lock(physical_.mutex_);
  // Looks the whole run up before it changes any count.
  for (std::uint64_t done = 0; done < pages;) {
    const auto region = region_of(first + done);
    if (region == regions_.end() || (write && !region->second.writable)) return EFAULT;
    const std::uint64_t at = first + done - region->first;
    const std::uint64_t run = std::min(pages - done, region->second.frames.size() - at);
    std::copy_n(region->second.frames.data() + at, run, frames + done);
    done += run;
  }
  std::uint32_t* const counts = physical_.pins_.data();
  for (std::uint64_t i = 0; i < pages; ++i) ++counts[frames[i]];
  return 0;
}

bool ClientMemory::covers(std::uint64_t address, std::uint64_t length, bool write) const {
  if (length == 0) return true;
  if (length - 1 > ~std::uint64_t{0} - address) return false;
  const std::uint64_t last = (address + (length - 1)) >> kPageShift;
  for (std::uint64_t page = address >> kPageShift;;) {
    const auto region = region_of(page);
    if (region == regions_.end() || (write && !region->second.writable)) return false;
    const std::uint64_t end = region->first + region->second.frames.size();
    if (end > last) return true;
    page = end;
  }
}

// Calls visitor(bytes of the frame, bytes done before, bytes) for each page of a range that is covered.
template <class Visitor>
void ClientMemory::visit(std::uint64_t address, std::uint64_t length, Visitor visitor) const {
  for (std::uint64_t done = 0; done < length;) {
    const std::uint64_t at = address + done;
    const std::uint64_t bytes = std::min(length - done, kPageSize - at % kPageSize);
    const auto region = region_of(at >> kPageShift);
    const Frame frame = region->second.frames[(at >> kPageShift) - region->first];
    visitor(physical_.bytes(frame) + at % kPageSize, done, bytes);
    done += bytes;
  }
}

int ClientMemory::read(std::uint64_t address, std::span<std::byte> to) const {
  std::lock_guard lock(physical_.mutex_);
  if (!covers(address, to.size(), false)) return EFAULT;
  visit(address, to.size(), [to](const std::byte* from, std::uint64_t done, std::uint64_t bytes) {
    std::memcpy(to.data() + done, from, bytes);
  });
  return 0;
}

int ClientMemory::write(std::uint64_t address, std::span<const std::byte> from) {
  std::lock_guard lock(physical_.mutex_);
  if (!covers(address, from.size(), true)) return EFAULT;
  visit(address, from.size(),
        [from](std::byte* to, std::uint64_t done, std::uint64_t bytes) { std::memcpy(to, from.data() + done, bytes); });
  return 0;
}

std::optional<std::uint32_t> ClientMemory::pins(std::uint64_t address) const {
  const std::uint64_t page = address >> kPageShift;
  std::lock_guard lock(physical_.mutex_);
  const auto region = region_of(page);
  if (region == regions_.end()) return std::nullopt;
  return physical_.pins_[region->second.frames[page - region->first]];
}

std::optional<std::uint64_t> ClientMemory::address_of(Frame frame) const {
  std::lock_guard lock(physical_.mutex_);
  if (frame >= physical_.address_.size() || physical_.address_[frame] >= PhysicalMemory::kInFile) return std::nullopt;
  return physical_.address_[frame];
}

}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
