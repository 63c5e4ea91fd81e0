// SPDX-License-Identifier: Apache-2.0
// A pages object: the memory that one map call handed over, shared by the copies of that mapping.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>

#include <boost/smart_ptr/intrusive_ptr.hpp>

#include "hw_reference/memory/account.hpp"
#include "hw_reference/memory/client.hpp"
#include "hw_reference/memory/dma_buffer.hpp"
#include "hw_reference/mutex.hpp"
#include "hw_reference/variant.hpp"

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {

// Each page is pinned exactly once while it has users: areas of address spaces with an IO page table, and access pins.
//
// mutex: protects the entries (frame and users of each page), the number of pinned pages, and the owner who is charged
// for them. Taken under the lock of an IOAS; the memory's lock is taken under it. Immutable: everything else.
// References are counted; the last one frees the object, which must have no user left.
//
// Pages are numbered from 0; offsets are bytes from the start of page 0. Cost is proportional to the pages of a call.
class Pages {
 public:
  // `length` > 0 bytes of a client from `address`; their end must not exceed 2^64 - 1.
  Pages(Client& memory, std::uint64_t address, std::uint64_t length, bool writable,
        AccountMode mode = AccountMode::none);
  // `length` > 0 bytes of a file from `start`, charged to `owner`; as above. `handed_over`: of a DMA buffer, as it
  // says.
  Pages(std::shared_ptr<PinSource> file, std::uint64_t start, std::uint64_t length, bool writable, Client& owner,
        AccountMode mode, std::uint64_t handed_over = 0);
  ~Pages();
  Pages(const Pages&) = delete;
  Pages& operator=(const Pages&) = delete;

  bool writable() const { return writable_; }
  bool is_file() const { return file_ != nullptr && buffer_ == nullptr; }
  // Whether it is memory of a device: the CPU does not reach it, and no area of it is divided.
  bool is_dma_buffer() const { return buffer_ != nullptr; }
  // Whether page tables lead to the memory: that of a DMA buffer until it is revoked.
  bool is_reachable() const { return buffer_ == nullptr || buffer_->reaches(handed_over_); }
  std::uint64_t address() const { return first_page_ << kPageShift; }  // of page 0, in the client or in the file
  std::uint64_t pages() const { return pages_; }
  AccountMode account_mode() const { return mode_; }

  // Adds a user to the pages first..last and pins those that had none. EFAULT, EINVAL: as the source of the memory has
  // it; ENOMEM: the owner's limit. Nothing has changed then. Throws std::bad_alloc, likewise.
  int use(std::uint64_t first, std::uint64_t last);

  // Takes a user from each of the pages first..last, all of which have one.
  void drop(std::uint64_t first, std::uint64_t last);

  // The frame behind a page that is pinned.
  std::optional<Frame> frame(std::uint64_t page) const;

  // Calls visitor(page, frame, n) for the runs of n pages with adjacent frames that make up the pages first..last, all
  // of which must be pinned.
  template <class Visitor>
  void visit_runs(std::uint64_t first, std::uint64_t last, Visitor visitor) const;

  // Copies `length` bytes at `offset`, as the CPU reads (`to`) or writes (`from`) them; one of both is null. Unless
  // `caller` is where the memory comes from, pinned memory is preferred where several pages are concerned. EFAULT,
  // EINVAL, ENOMEM; earlier pages have been copied.
  int copy(std::uint64_t offset, std::uint64_t length, std::byte* to, const std::byte* from, const PinSource* caller);

  // For a change of owner: `charge` counts the pinned pages against another one too, `settle` makes that one the owner,
  // `uncharge` takes it back. Nothing may pin or unpin in between (the caller holds the locks of all IOAS).
  int charge(Account& account) const { return charge(account, pinned_); }
  void uncharge(Account& account) const { uncharge(account, pinned_); }
  void settle(Account& account);
  std::uint64_t pinned() const;

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

  int charge(Account& account, std::uint64_t pages) const;
  void uncharge(Account& account, std::uint64_t pages) const;
  Run entries(std::uint64_t first, std::uint64_t last, bool create);
  int use_run(const Run& run, std::uint64_t first);
  void drop_run(const Run& run);
  void drop_locked(std::uint64_t first, std::uint64_t last);
  int copy_page(std::uint64_t page, std::uint64_t at, std::uint64_t bytes, std::byte* to, const std::byte* from,
                bool held_first);

  mutable Mutex mutex_;
  PinSource& source_;
  Account* owner_;
  const std::shared_ptr<PinSource> file_;  // null for memory of a client
  const DmaBuffer* const buffer_;          // the file, if it is one
  const std::uint64_t handed_over_;        // of the buffer
  const std::uint64_t first_page_;         // the number of the source's page behind page 0
  const std::uint64_t pages_;
  std::uint64_t pinned_ = 0;
  std::atomic<std::uint32_t> references_{0};
  const bool writable_;
  const AccountMode mode_;
  Frame single_frame_ = 0;  // where there is but one page
  std::uint32_t single_users_ = 0;
  std::unique_ptr<std::uint32_t[]> small_;  // frames, then users
  std::unique_ptr<Chunks> chunks_;
};

using PagesRef = boost::intrusive_ptr<Pages>;

template <class Visitor>
void Pages::visit_runs(std::uint64_t first, std::uint64_t last, Visitor visitor) const {
  std::uint64_t start = first;
  Frame frame = 0;
  std::uint64_t length = 0;
  for (std::uint64_t page = first; page <= last;) {
    Run run;
    {
      std::lock_guard lock(mutex_);
      run = const_cast<Pages*>(this)->entries(page, last, false);
    }
    // The entries stay: somebody who uses the pages is calling.
    for (std::uint64_t i = 0; i < run.pages; ++i, ++page) {
      if (length > 0 && run.frames[i] == frame + length) {
        ++length;
        continue;
      }
      if (length > 0) visitor(start, frame, length);
      start = page;
      frame = run.frames[i];
      length = 1;
    }
  }
  if (length > 0) visitor(start, frame, length);
}

}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
