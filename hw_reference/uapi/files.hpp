// SPDX-License-Identifier: Apache-2.0
// What the descriptors of the front door stand for.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <unordered_map>
#include <utility>

#include "hw_reference/iommufd/iommufd.hpp"
#include "hw_reference/mutex.hpp"
#include "hw_reference/variant.hpp"

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {
namespace uapi {

// A file ends when nobody has it any more: no descriptor and no call at work on it. Ending never fails.
class File {
 public:
  enum class Kind : std::uint8_t { device, access, faults, events, dma_buffer };

  File(Kind what, std::shared_ptr<Iommufd> whose) : kind(what), iommufd(std::move(whose)) {}
  virtual ~File() = default;
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  const Kind kind;
  const std::shared_ptr<Iommufd> iommufd;  // null for a DMA buffer, which keeps none open
};

// An open /dev/iommu.
class DeviceFile final : public File {
 public:
  DeviceFile(std::shared_ptr<Iommufd> opened, int access_mode)
      : File(Kind::device, std::move(opened)), mode(access_mode) {}

  const int mode;  // O_RDONLY, O_WRONLY or O_RDWR
};

// An access of Linux's test driver. Its pins have numbers that count up from 0.
//
// mutex: protects the pins; held while one is made or let go.
class AccessFile final : public File {
 public:
  explicit AccessFile(std::shared_ptr<Iommufd> of) : File(Kind::access, std::move(of)) {}
  ~AccessFile() override {
    if (id != 0) iommufd->access_destroy(id);
  }

  ObjectId id = 0;  // set before anybody can find the file

  Mutex mutex;
  std::uint32_t next = 0;
  std::map<std::uint32_t, PinId> pins;  // some may be gone, because their memory was unmapped
};

// A queue of page requests or of events.
class QueueFile final : public File {
 public:
  QueueFile(Kind what, std::shared_ptr<Iommufd> of) : File(what, std::move(of)) {}
  ~QueueFile() override {
    if (id != 0) iommufd->events_close(id);
  }

  ObjectId id = 0;  // set before anybody can find the file
};

// A DMA buffer of Linux's test driver.
class DmaBufferFile final : public File {
 public:
  explicit DmaBufferFile(std::shared_ptr<DmaBuffer> of) : File(Kind::dma_buffer, nullptr), buffer(std::move(of)) {}

  const std::shared_ptr<DmaBuffer> buffer;
};

// Descriptors, each of which is one of this process too: of an eventfd that nobody uses, to keep the number.
//
// mutex: protects the table; a leaf.
class Descriptors {
 public:
  // A number that names nothing until a file is put there. Closed if none is.
  class Slot {
   public:
    Slot() = default;
    Slot(Descriptors& table, int fd) : table_(&table), fd_(fd) {}
    Slot(Slot&& other) noexcept : table_(other.table_), fd_(std::exchange(other.fd_, -1)) {}
    Slot& operator=(Slot&& other) noexcept {
      std::swap(table_, other.table_);
      std::swap(fd_, other.fd_);
      return *this;
    }
    ~Slot() {
      if (fd_ >= 0) table_->give_back(fd_);
    }

    int fd() const { return fd_; }
    int put(std::shared_ptr<File> file);  // the number; cannot fail

   private:
    Descriptors* table_ = nullptr;
    int fd_ = -1;
  };

  ~Descriptors();

  // EMFILE, ENFILE. Throws std::bad_alloc.
  Result<Slot> reserve();
  // Null if there is none.
  std::shared_ptr<File> find(int fd) const;
  // The file, so that it ends where no lock is held; null if there is none.
  std::shared_ptr<File> take(int fd);
  // How many numbers are in use.
  std::size_t size() const {
    std::shared_lock lock(mutex_);
    return files_.size();
  }

 private:
  void give_back(int fd);

  mutable SharedMutex mutex_;
  std::unordered_map<int, std::shared_ptr<File>> files_;  // null: reserved
};

}  // namespace uapi
}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
