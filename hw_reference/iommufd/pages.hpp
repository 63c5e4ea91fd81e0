// SPDX-License-Identifier: Apache-2.0
// A pages object: the client memory that one map call handed over, shared by the copies of that mapping.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>

#include <boost/smart_ptr/intrusive_ptr.hpp>

#include "hw_reference/memory/client_memory.hpp"
#include "hw_reference/variant.hpp"

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {

// Each page is pinned exactly once while it has users: areas of address spaces with an IO page table, and access pins.
//
// mutex: protects the entries (frame and users of each page). Taken under the lock of an IOAS; the memory's lock is
// taken under it. Immutable: everything else. References are counted; the last one frees the object, which must have no
// user left.
//
// Pages are numbered from 0; offsets are bytes from the start of page 0. Cost is proportional to the pages of a call.
class Pages {
 public:
  // `length` > 0 bytes from `address`; their end must not exceed 2^64 - 1.
  Pages(ClientMemory& memory, std::uint64_t address, std::uint64_t length, bool writable);
  ~Pages();
  Pages(const Pages&) = delete;
  Pages& operator=(const Pages&) = delete;

  bool writable() const { return writable_; }
  std::uint64_t address() const { return first_page_ << kPageShift; }  // of page 0, in the client
  std::uint64_t pages() const { return pages_; }

  // Adds a user to the pages first..last and pins those that had none. EFAULT: memory is missing; nothing has changed.
  // Throws std::bad_alloc, likewise.
  int use(std::uint64_t first, std::uint64_t last);

  // Takes a user from each of the pages first..last, all of which have one.
  void drop(std::uint64_t first, std::uint64_t last);

  // The frame behind a page that is pinned.
  std::optional<Frame> frame(std::uint64_t page) const;

  friend void intrusive_ptr_add_ref(Pages* pages) { pages->references_.fetch_add(1, std::memory_order_relaxed); }
  friend void intrusive_ptr_release(Pages* pages) {
    if (pages->references_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete pages;
  }

 private:
  // Up to 512 pages have their entries in one array, made on first use; more in chunks of 512 that exist while a page
  // of theirs has users.
  static constexpr std::uint64_t kChunk = 512;
  struct Chunk {
    std::uint32_t pinned = 0;  // entries with users
    std::uint32_t frames[kChunk];
    std::uint32_t users[kChunk] = {};
  };
  using Chunks = std::map<std::uint64_t, std::unique_ptr<Chunk>>;
  struct Run {  // adjacent entries
    Frame* frames;
    std::uint32_t* users;
    std::uint64_t pages;
    Chunk* chunk;  // null if there is none
  };

  Run entries(std::uint64_t first, std::uint64_t last, bool create);
  int use_run(const Run& run, std::uint64_t first);
  void drop_run(const Run& run);
  void drop_locked(std::uint64_t first, std::uint64_t last);

  mutable std::mutex mutex_;
  ClientMemory& memory_;
  const std::uint64_t first_page_;  // the number of the client's page behind page 0
  const std::uint64_t pages_;
  std::atomic<std::uint32_t> references_{0};
  const bool writable_;
  Frame single_frame_ = 0;  // where there is but one page
  std::uint32_t single_users_ = 0;
  std::unique_ptr<std::uint32_t[]> small_;  // frames, then users
  std::unique_ptr<Chunks> chunks_;
};

using PagesRef = boost::intrusive_ptr<Pages>;

}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
