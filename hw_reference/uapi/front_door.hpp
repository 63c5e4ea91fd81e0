// SPDX-License-Identifier: Apache-2.0
// The front door: iommufd by the system calls that a client of /dev/iommu makes, with the structures and numbers of
// Linux 7.3 (abi.hpp) and the memory, the files and the descriptors of this very process.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>

#include "hw_reference/iommufd/iommufd.hpp"
#include "hw_reference/memory/own_file.hpp"
#include "hw_reference/memory/own_frames.hpp"
#include "hw_reference/memory/own_memory.hpp"
#include "hw_reference/mutex.hpp"
#include "hw_reference/uapi/files.hpp"
#include "hw_reference/variant.hpp"

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {
namespace uapi {

// Every call may be made from any thread and answers as the system call does: 0 or more, or a negative errno. Bad
// addresses, whatever is in the structures, and descriptors of other files are errors and no more.
//
// Descriptors are real ones (files.hpp), so that they never are those of other files too. As in Linux, what a file
// stands for lives until its last descriptor is closed: for an open /dev/iommu that of its accesses and queues and the
// last mapping of it too.
//
// mappings_mutex: protects the mappings and the children; outermost. files_mutex: protects the files that are known.
class FrontDoor {
 public:
  // `test_driver`: whether IOMMU_TEST_CMD is known, as with CONFIG_IOMMUFD_TEST. Throws as OwnMemory does.
  explicit FrontDoor(bool test_driver = true);
  // Unmaps and closes everything. No call may be running.
  ~FrontDoor();
  FrontDoor(const FrontDoor&) = delete;
  FrontDoor& operator=(const FrontDoor&) = delete;

  // Opens /dev/iommu. `flags`: O_RDONLY, O_WRONLY or O_RDWR. EMFILE, ENOMEM.
  int open(int flags);
  // EBADF: not a descriptor of the front door. EMFILE, ENOMEM.
  int dup(int fd);
  int close(int fd);  // EBADF
  bool owns(int fd) const { return descriptors_.find(fd) != nullptr; }

  // `argument`: an address, or a number for three calls of VFIO. EBADF; ENOTTY: not a /dev/iommu; then as the call.
  long ioctl(int fd, unsigned command, std::uint64_t argument);

  // Of queues of page requests and of events, otherwise EINVAL. EBADF.
  long read(int fd, std::uint64_t buffer, std::size_t bytes);
  long write(int fd, std::uint64_t buffer, std::size_t bytes);
  // The revents of a poll: of queues, otherwise those of a file that knows no poll. EBADF.
  int poll(int fd) const;

  // Maps the registers of a virtual IOMMU; the address. EBADF; ENODEV: not a /dev/iommu (of a DMA buffer EINVAL);
  // EINVAL: offset not on a page, or length 0; EACCES: to write what was opened for reading, or not opened for reading;
  // then as MmapRegions::map.
  std::int64_t mmap(std::uint64_t address, std::size_t length, int protection, int flags, int fd, off_t offset);
  // Takes pages away, of mappings of the front door or others; a mapping may be divided. EINVAL; ENOMEM.
  int munmap(std::uint64_t address, std::size_t length);
  // Changes what may be done with pages, of mappings of the front door or others; a mapping may be divided, and stays
  // so when the call fails. As the host's mprotect; ENOMEM.
  int mprotect(std::uint64_t address, std::size_t length, int protection);

  // A child process that inherits the mapping at an address, and nothing else of the front door: its number, above 0.
  // ENOENT: no mapping begins there; ENOMEM.
  int fork(std::uint64_t address);
  int exit(int child);  // ENOENT: no such child

  OwnFrames& frames() { return frames_; }
  OwnMemory& memory() { return memory_; }
  // What a descriptor of /dev/iommu stands for; null if it is none.
  std::shared_ptr<Iommufd> iommufd(int fd) const;

  // ---- for the commands ----

  bool has_test_driver() const { return test_driver_; }
  Descriptors& descriptors() { return descriptors_; }
  // A new DMA buffer. EINVAL: as DmaBuffer::make; EMFILE. Throws std::bad_alloc. The descriptor.
  Result<int> open_dma_buffer(std::uint64_t bytes);
  // EBADF: not an open file of the process; EINVAL: not a DMA buffer.
  Result<std::shared_ptr<DmaBuffer>> dma_buffer(int fd) const;
  // The file of a descriptor of this process, of whatever kind. EBADF, EMFILE. Throws std::bad_alloc.
  Result<std::shared_ptr<PinSource>> mappable_file(int fd);
  // Whether a frame is that of the page at an address of the process, also as a page of a file that is mapped there.
  bool leads_to(Frame frame, std::uint64_t address);
  // How often the page at an address is pinned as one of a file that is mapped there.
  std::uint32_t file_pins(std::uint64_t address);

 private:
  struct Mapping {
    std::uint64_t length = 0;  // bytes
    MappingId id = 0;
    std::shared_ptr<Iommufd> of;
  };
  using Mappings = std::map<std::uint64_t, Mapping>;  // by address

  std::optional<OwnFrames::Page> file_page(std::uint64_t address);
  Mappings::iterator divide(Mappings::iterator lower, std::uint64_t at);
  Mappings::iterator isolate(Mappings::iterator mapping, std::uint64_t first, std::uint64_t end);
  int munmap_locked(std::uint64_t address, std::uint64_t bytes);

  OwnFrames frames_;
  OwnMemory memory_;
  const bool test_driver_;
  Descriptors descriptors_;

  // Devices have their memory in the upper half of all frames, one buffer after the other, and round again.
  static constexpr Frame kDeviceMemory = Frame{1} << 31;
  std::atomic<Frame> device_frames_{0};  // after the latest buffer; the highest bit means nothing

  Mutex files_mutex_;
  std::map<OwnFile::Identity, std::weak_ptr<OwnFile>> files_;

  Mutex mappings_mutex_;
  Mappings mappings_;
  std::map<int, Mapping> children_;
  int last_child_ = 0;
};

}  // namespace uapi
}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
