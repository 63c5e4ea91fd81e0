// SPDX-License-Identifier: Apache-2.0
#include "hw_reference/iommufd/pages.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

#include "hw_reference/defects.hpp"

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {

namespace {

std::uint64_t pages_of(std::uint64_t start, std::uint64_t length) {
  return ((start + length - 1) >> kPageShift) - (start >> kPageShift) + 1;
}

}  // namespace

Pages::Pages(Client& memory, std::uint64_t address, std::uint64_t length, bool writable, AccountMode mode)
    : source_(memory),
      owner_(&memory.account),
      buffer_(nullptr),
      handed_over_(0),
      first_page_(address >> kPageShift),
      pages_(pages_of(address, length)),
      writable_(writable),
      mode_(mode) {}

Pages::Pages(std::shared_ptr<PinSource> file, std::uint64_t start, std::uint64_t length, bool writable, Client& owner,
             AccountMode mode, std::uint64_t handed_over)
    : source_(*file),
      owner_(&owner.account),
      file_(std::move(file)),
      buffer_(dynamic_cast<const DmaBuffer*>(file_.get())),
      handed_over_(handed_over),
      first_page_(start >> kPageShift),
      pages_(pages_of(start, length)),
      writable_(writable),
      mode_(mode) {}

Pages::~Pages() { assert((single_users_ == 0 && (!chunks_ || chunks_->empty())) || has_some_defect()); }

Pages::Run Pages::entries(std::uint64_t first, std::uint64_t last, bool create) {
  if (pages_ == 1) return {&single_frame_, &single_users_, 1, nullptr};
  if (pages_ <= kChunk) {
    if (!small_ && create) small_.reset(new std::uint32_t[2 * pages_]());
    if (!small_) return {nullptr, nullptr, last - first + 1, nullptr};
    return {small_.get() + first, small_.get() + pages_ + first, last - first + 1, nullptr};
  }
  const std::uint64_t at = first % kChunk;
  const std::uint64_t pages = std::min(last - first + 1, kChunk - at);
  if (!chunks_) {
    if (!create) return {nullptr, nullptr, pages, nullptr};
    chunks_ = std::make_unique<Chunks>();
  }
  const auto found = chunks_->find(first / kChunk);
  Chunk* chunk = found == chunks_->end() ? nullptr : found->second.get();
  if (chunk == nullptr) {
    if (!create) return {nullptr, nullptr, pages, nullptr};
    auto fresh = std::make_unique<Chunk>();
    chunk = fresh.get();
    chunks_->emplace(first / kChunk, std::move(fresh));
  }
  return {chunk->frames + at, chunk->users + at, pages, chunk};
}

// Pins what has no user, run by run, then counts. On failure the pages before `done` are those that were pinned here.
int Pages::use_run(const Run& run, std::uint64_t first) {
  std::uint64_t done = 0;
  std::uint32_t pinned = 0;
  while (done < run.pages) {
    if (run.users[done] > 0) {
      ++done;
      continue;
    }
    std::uint64_t end = done + 1;
    while (end < run.pages && run.users[end] == 0) ++end;
    if (int error = source_.pin_pages(first_page_ + first + done, end - done, run.frames + done, writable_)) {
      for (std::uint64_t i = 0; i < done; ++i)
        if (run.users[i] == 0) source_.unpin(run.frames + i, 1);
      return error;
    }
    pinned += static_cast<std::uint32_t>(end - done);
    done = end;
  }
  for (std::uint64_t i = 0; i < run.pages; ++i) ++run.users[i];
  if (run.chunk != nullptr) run.chunk->pinned += pinned;
  pinned_ += pinned;
  return 0;
}

void Pages::drop_run(const Run& run) {
  std::uint32_t unpinned = 0;
  for (std::uint64_t i = 0; i < run.pages;) {
    if (has_some_defect() && run.users[i] == 0) {
      ++i;
      continue;
    }
    assert(run.users[i] > 0);
    if (has_defect(Defect::unmap_drops_shared_pin)) run.users[i] = 1;
    if (--run.users[i] > 0) {
      ++i;
      continue;
    }
    std::uint64_t end = i + 1;
    while (end < run.pages && run.users[end] == 1) run.users[end++] = 0;
    source_.unpin(run.frames + i, end - i);
    unpinned += static_cast<std::uint32_t>(end - i);
    i = end;
  }
  if (run.chunk != nullptr) run.chunk->pinned -= unpinned;
  pinned_ -= unpinned;
}

int Pages::use(std::uint64_t first, std::uint64_t last) {
  assert(first <= last && last < pages_);
  std::lock_guard lock(mutex_);
  if (has_defect(Defect::limit_looked_at_first) && !is_dma_buffer() && mode_ != AccountMode::none &&
      last - first >= owner_->limit)
    return ENOMEM;
  const std::uint64_t before = pinned_;
  for (std::uint64_t page = first; page <= last;) {
    int error = 0;
    try {
      const Run run = entries(page, last, true);
      error = use_run(run, page);
      if (error == 0) {
        page += run.pages;
        continue;
      }
      if (run.chunk != nullptr && run.chunk->pinned == 0) chunks_->erase(page / kChunk);
    } catch (...) {
      if (page > first) drop_locked(first, page - 1);
      throw;
    }
    if (page > first) drop_locked(first, page - 1);
    return error;
  }
  // The limit is looked at last: what cannot be pinned is told first.
  if (pinned_ == before) return 0;
  if (int error = charge(*owner_, pinned_ - before)) {
    if (!has_defect(Defect::beyond_limit_stays_pinned)) drop_locked(first, last);
    return error;
  }
  return 0;
}

void Pages::drop(std::uint64_t first, std::uint64_t last) {
  assert(first <= last && last < pages_);
  std::lock_guard lock(mutex_);
  const std::uint64_t before = pinned_;
  drop_locked(first, last);
  if (pinned_ != before) uncharge(*owner_, before - pinned_);
}

void Pages::drop_locked(std::uint64_t first, std::uint64_t last) {
  for (std::uint64_t page = first; page <= last;) {
    const Run run = entries(page, last, false);
    if (run.users != nullptr) {
      drop_run(run);
      if (run.chunk != nullptr && run.chunk->pinned == 0) chunks_->erase(page / kChunk);
    }
    page += run.pages;
  }
}

int Pages::charge(Account& account, std::uint64_t pages) const {
  if (is_dma_buffer()) return 0;
  if (has_defect(Defect::limit_spares_files) && is_file()) return account.charge(AccountMode::none, pages);
  if (has_defect(Defect::limit_charged_twice)) pages *= 2;
  return account.charge(mode_, pages);
}

void Pages::uncharge(Account& account, std::uint64_t pages) const {
  if (is_dma_buffer()) return;
  if (has_defect(Defect::limit_spares_files) && is_file()) return account.uncharge(AccountMode::none, pages);
  if (has_defect(Defect::limit_kept_at_unmap)) return;
  if (has_defect(Defect::limit_charged_twice)) pages *= 2;
  account.uncharge(mode_, pages);
}

void Pages::settle(Account& account) {
  std::lock_guard lock(mutex_);
  uncharge(*owner_, pinned_);
  owner_ = &account;
}

std::uint64_t Pages::pinned() const {
  std::lock_guard lock(mutex_);
  return pinned_;
}

// ---- the CPU
// ----------------------------------------------------------------------------------------------------------

int Pages::copy_page(std::uint64_t page, std::uint64_t at, std::uint64_t bytes, std::byte* to, const std::byte* from,
                     bool held_first) {
  if (held_first) {
    // Under the mutex the page stays pinned.
    std::lock_guard lock(mutex_);
    const Run run = entries(page, page, false);
    if (run.users != nullptr && *run.users > 0) {
      return source_.copy(*run.frames, at, bytes, to, from);
    }
  }
  Frame frame;
  if (int error = source_.pin_pages(first_page_ + page, 1, &frame, from != nullptr)) return error;
  const int error = source_.copy(frame, at, bytes, to, from);
  source_.unpin(&frame, 1);
  return error;
}

int Pages::copy(std::uint64_t offset, std::uint64_t length, std::byte* to, const std::byte* from,
                const PinSource* caller) {
  // A file is always reached through its pages; a client through its addresses as they are now, unless that is ruled
  // out and there is more than one page.
  const std::uint64_t pages = ((offset + length - 1) >> kPageShift) - (offset >> kPageShift) + 1;
  const bool held_first = file_ != nullptr || (caller != &source_ && pages > 1);
  for (std::uint64_t done = 0; done < length;) {
    const std::uint64_t at = offset + done;
    const std::uint64_t bytes = std::min(length - done, kPageSize - at % kPageSize);
    if (int error = copy_page(at >> kPageShift, at % kPageSize, bytes, to == nullptr ? nullptr : to + done,
                              from == nullptr ? nullptr : from + done, held_first))
      return error;
    done += bytes;
  }
  return 0;
}

std::optional<Frame> Pages::frame(std::uint64_t page) const {
  std::lock_guard lock(mutex_);
  const Run run = const_cast<Pages*>(this)->entries(page, page, false);
  if (run.users == nullptr || *run.users == 0) return std::nullopt;
  return *run.frames;
}

}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
