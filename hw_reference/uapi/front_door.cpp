// SPDX-License-Identifier: Apache-2.0
#include "hw_reference/uapi/front_door.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "hw_reference/iommufd/answer.hpp"
#include "hw_reference/memory/own_mappings.hpp"
#include "hw_reference/uapi/call.hpp"

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {
namespace uapi {

FrontDoor::FrontDoor(bool test_driver) : memory_(frames_), test_driver_(test_driver) {}

FrontDoor::~FrontDoor() {
  for (const auto& [address, mapping] : mappings_) ::munmap(reinterpret_cast<void*>(address), mapping.length);
}

// ---- descriptors ----------------------------------------------------------------------------------------------------

int FrontDoor::open(int flags) {
  return -answer([&]() -> int {
    auto slot = descriptors_.reserve();
    if (!slot.ok()) return slot.error;
    auto opened = std::make_shared<Iommufd>(memory_);
    auto file = std::make_shared<DeviceFile>(std::move(opened), flags & O_ACCMODE);
    return -slot.value.put(std::move(file));
  });
}

int FrontDoor::dup(int fd) {
  return -answer([&]() -> int {
    auto file = descriptors_.find(fd);
    if (!file) return EBADF;
    auto slot = descriptors_.reserve();
    if (!slot.ok()) return slot.error;
    return -slot.value.put(std::move(file));
  });
}

int FrontDoor::close(int fd) { return descriptors_.take(fd) ? 0 : -EBADF; }

std::shared_ptr<Iommufd> FrontDoor::iommufd(int fd) const {
  const auto file = descriptors_.find(fd);
  return file && file->kind == File::Kind::device ? file->iommufd : nullptr;
}

Result<int> FrontDoor::open_dma_buffer(std::uint64_t bytes) {
  const auto first = device_frames_.fetch_add(static_cast<Frame>(DmaBuffer::kMostPages), std::memory_order_relaxed);
  auto buffer = DmaBuffer::make(kDeviceMemory | first, bytes);
  if (!buffer.ok()) return {buffer.error, -1};
  auto file = std::make_shared<DmaBufferFile>(std::move(buffer.value));
  auto slot = descriptors_.reserve();
  if (!slot.ok()) return {slot.error, -1};
  return {0, slot.value.put(std::move(file))};
}

Result<std::shared_ptr<DmaBuffer>> FrontDoor::dma_buffer(int fd) const {
  const auto file = descriptors_.find(fd);
  if (file && file->kind == File::Kind::dma_buffer) return {0, static_cast<const DmaBufferFile&>(*file).buffer};
  return {file || fcntl(fd, F_GETFD) >= 0 ? EINVAL : EBADF, nullptr};
}

Result<std::shared_ptr<PinSource>> FrontDoor::mappable_file(int fd) {
  if (auto buffer = dma_buffer(fd); buffer.ok()) return {0, std::move(buffer.value)};
  auto opened = OwnFile::open(frames_, fd);
  if (!opened.ok()) return {opened.error, nullptr};
  // One file has one frame for each of its pages, however often it is mapped.
  std::lock_guard lock(files_mutex_);
  std::erase_if(files_, [](const auto& known) { return known.second.expired(); });
  std::weak_ptr<OwnFile>& known = files_[opened.value->identity];
  if (auto file = known.lock()) return {0, std::move(file)};
  known = opened.value;
  return {0, std::move(opened.value)};
}

std::optional<OwnFrames::Page> FrontDoor::file_page(std::uint64_t address) {
  {
    std::lock_guard lock(files_mutex_);
    std::erase_if(files_, [](const auto& known) { return known.second.expired(); });
    if (files_.empty()) return std::nullopt;
  }
  const auto mapped = file_page_at(address);
  if (!mapped) return std::nullopt;
  std::lock_guard lock(files_mutex_);
  const auto known = files_.find(mapped->file);
  if (known == files_.end()) return std::nullopt;
  return OwnFrames::Page{known->second.lock().get(), mapped->number};
}

bool FrontDoor::leads_to(Frame frame, std::uint64_t address) {
  const auto page = frames_.page_of(frame);
  if (!page) return false;
  if (page->source == &memory_) return page->number == address >> kPageShift;
  const auto behind = file_page(address);
  return behind && behind->source == page->source && behind->number == page->number;
}

std::uint32_t FrontDoor::file_pins(std::uint64_t address) {
  const auto behind = file_page(address);
  return behind ? frames_.pins(*behind) : 0;
}

// ---- calls ----------------------------------------------------------------------------------------------------------

long FrontDoor::ioctl(int fd, unsigned command, std::uint64_t argument) {
  const auto file = descriptors_.find(fd);
  if (!file) return -EBADF;
  if (file->kind != File::Kind::device) return -ENOTTY;
  Call call{*this, *file->iommufd, file->iommufd, argument, 0};
  return make_call(call, command);
}

long FrontDoor::read(int fd, std::uint64_t buffer, std::size_t bytes) {
  const auto file = descriptors_.find(fd);
  if (!file) return -EBADF;
  return read_queue(*file, buffer, bytes);
}

long FrontDoor::write(int fd, std::uint64_t buffer, std::size_t bytes) {
  const auto file = descriptors_.find(fd);
  if (!file) return -EBADF;
  return write_queue(*file, buffer, bytes);
}

int FrontDoor::poll(int fd) const {
  const auto file = descriptors_.find(fd);
  if (!file) return -EBADF;
  if (file->kind != File::Kind::faults && file->kind != File::Kind::events)
    return POLLIN | POLLOUT | POLLRDNORM | POLLWRNORM;
  const int writable = file->kind == File::Kind::faults ? POLLOUT : 0;
  const auto readable = file->iommufd->events_readable(static_cast<const QueueFile&>(*file).id);
  return writable | (readable.ok() && readable.value ? POLLIN | POLLRDNORM : 0);
}

// ---- mappings -------------------------------------------------------------------------------------------------------

std::int64_t FrontDoor::mmap(std::uint64_t address, std::size_t length, int protection, int flags, int fd,
                             off_t offset) {
  const auto file = descriptors_.find(fd);
  if (!file) return -EBADF;
  if (offset % static_cast<off_t>(kPageSize) != 0 || length == 0) return -EINVAL;
  const bool shared = (flags & MAP_TYPE) != MAP_PRIVATE;
  if (file->kind == File::Kind::dma_buffer) return -EINVAL;
  if (file->kind != File::Kind::device) return -ENODEV;
  const int mode = static_cast<const DeviceFile&>(*file).mode;
  if (mode == O_WRONLY || (shared && mode == O_RDONLY && (protection & PROT_WRITE) != 0)) return -EACCES;
  // What may never be written is not shared to Linux's mind.
  const MmapRequest request{static_cast<std::uint64_t>(offset), length, shared && mode == O_RDWR,
                            (protection & PROT_EXEC) != 0};
  std::int64_t placed = 0;
  const int failed = answer([&]() -> int {
    std::lock_guard lock(mappings_mutex_);
    Mappings spare;
    spare.try_emplace(0);
    const bool fixed = (flags & MAP_FIXED) != 0;
    if (fixed) {
      if (int error = munmap_locked(address, length)) return error;
    }
    const auto made = file->iommufd->mmap(request);
    if (!made.ok()) return made.error;
    const auto memory = file->iommufd->mapping_memory(made.value);
    // The same pages once more.
    void* const place =
        fixed ? mremap(memory.data(), 0, memory.size(), MREMAP_MAYMOVE | MREMAP_FIXED, reinterpret_cast<void*>(address))
              : mremap(memory.data(), 0, memory.size(), MREMAP_MAYMOVE);
    if (place == MAP_FAILED) {
      file->iommufd->munmap(made.value);
      return fixed ? EINVAL : ENOMEM;
    }
    ::mprotect(place, memory.size(), protection);
    auto node = spare.extract(spare.begin());
    node.key() = reinterpret_cast<std::uintptr_t>(place);
    node.mapped() = {memory.size(), made.value, file->iommufd};
    mappings_.insert(std::move(node));
    placed = reinterpret_cast<std::intptr_t>(place);
    return 0;
  });
  return failed != 0 ? -failed : placed;
}

// The pages of a mapping from `at` on, inside it, become one of their own. Throws std::bad_alloc.
FrontDoor::Mappings::iterator FrontDoor::divide(Mappings::iterator lower, std::uint64_t at) {
  const auto upper = mappings_.try_emplace(at).first;
  const auto id = lower->second.of->mapping_split(lower->second.id, (at - lower->first) / kPageSize);
  if (!id.ok()) {
    mappings_.erase(upper);
    throw std::bad_alloc();
  }
  upper->second = {lower->first + lower->second.length - at, id.value, lower->second.of};
  lower->second.length = at - lower->first;
  return upper;
}

// What a mapping has of first..end-1, as a mapping of its own; they overlap. Throws std::bad_alloc; the mapping may
// then have been divided.
FrontDoor::Mappings::iterator FrontDoor::isolate(Mappings::iterator mapping, std::uint64_t first, std::uint64_t end) {
  if (first > mapping->first) mapping = divide(mapping, first);
  if (end < mapping->first + mapping->second.length) divide(mapping, end);
  return mapping;
}

int FrontDoor::munmap_locked(std::uint64_t address, std::uint64_t bytes) {
  const std::uint64_t length = (bytes + (kPageSize - 1)) & ~(kPageSize - 1);
  if (address % kPageSize != 0 || length == 0 || length > ~address) return EINVAL;
  const std::uint64_t end = address + length;
  for (;;) {
    const auto mapping = std::find_if(mappings_.begin(), mappings_.end(), [&](const auto& known) {
      return known.first < end && known.first + known.second.length > address;
    });
    if (mapping == mappings_.end()) break;
    const auto part = isolate(mapping, address, end);
    part->second.of->munmap(part->second.id);
    mappings_.erase(part);
  }
  return ::munmap(reinterpret_cast<void*>(address), length) == 0 ? 0 : errno;
}

int FrontDoor::munmap(std::uint64_t address, std::size_t length) {
  return -answer([&]() -> int {
    std::lock_guard lock(mappings_mutex_);
    return munmap_locked(address, length);
  });
}

int FrontDoor::mprotect(std::uint64_t address, std::size_t length, int protection) {
  return -answer([&]() -> int {
    std::lock_guard lock(mappings_mutex_);
    // What the host refuses whole divides nothing.
    if (address % kPageSize == 0 && length <= ~address - (kPageSize - 1)) {
      const std::uint64_t end = (address + length + (kPageSize - 1)) & ~(kPageSize - 1);
      for (auto known = mappings_.begin(); known != mappings_.end() && known->first < end; ++known)
        if (known->first + known->second.length > address) known = isolate(known, address, end);
    }
    return ::mprotect(reinterpret_cast<void*>(address), length, protection) == 0 ? 0 : errno;
  });
}

int FrontDoor::fork(std::uint64_t address) {
  return -answer([&]() -> int {
    std::lock_guard lock(mappings_mutex_);
    const auto mapping = mappings_.find(address);
    if (mapping == mappings_.end()) return ENOENT;
    const auto child = children_.try_emplace(last_child_ + 1).first;
    const auto id = mapping->second.of->mapping_fork(mapping->second.id);
    if (!id.ok()) {
      children_.erase(child);
      return id.error;
    }
    child->second = {mapping->second.length, id.value, mapping->second.of};
    return -++last_child_;
  });
}

int FrontDoor::exit(int child) {
  std::lock_guard lock(mappings_mutex_);
  const auto found = children_.find(child);
  if (found == children_.end()) return -ENOENT;
  found->second.of->munmap(found->second.id);
  children_.erase(found);
  return 0;
}

}  // namespace uapi
}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
