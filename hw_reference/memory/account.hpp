// SPDX-License-Identifier: Apache-2.0
// How pinned pages are counted against the limits of a process and of its user.
#pragma once

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <limits>
#include <memory>

#include "hw_reference/defects.hpp"
#include "hw_reference/variant.hpp"

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {

// none: the process may lock any amount; user: the pages of all processes of a user are counted together; process: each
// process for itself. Chosen when memory is handed over (linux drivers/iommu/iommufd/pages.c).
enum class AccountMode : std::uint8_t { none, user, process };

struct UserAccount {
  std::atomic<std::uint64_t> locked{0};  // pages, of all processes of the user
};

// What one process may lock, and how much is locked and pinned; in pages. Safe from any thread, except that the
// settings must not change while a call runs.
class Account {
 public:
  // ---- settings ----
  bool may_lock_any = true;                                         // CAP_IPC_LOCK: nothing is limited
  bool may_set_limits = true;                                       // CAP_SYS_RESOURCE
  std::uint64_t limit = std::numeric_limits<std::uint64_t>::max();  // RLIMIT_MEMLOCK
  std::shared_ptr<UserAccount> user = std::make_shared<UserAccount>();

  // ENOMEM: beyond the limit, and nothing is counted. Reaching the limit is allowed.
  int charge(AccountMode mode, std::uint64_t pages) {
    std::atomic<std::uint64_t>* const locked = counter(mode);
    if (locked != nullptr) {
      std::uint64_t before = locked->load(std::memory_order_relaxed);
      do {
        if (!permits(before, pages)) return ENOMEM;
      } while (!locked->compare_exchange_weak(before, before + pages, std::memory_order_relaxed));
    }
    pinned_.fetch_add(pages, std::memory_order_relaxed);
    return 0;
  }
  void uncharge(AccountMode mode, std::uint64_t pages) {
    if (std::atomic<std::uint64_t>* const locked = counter(mode)) locked->fetch_sub(pages, std::memory_order_relaxed);
    pinned_.fetch_sub(pages, std::memory_order_relaxed);
  }

  std::uint64_t pinned() const { return pinned_.load(std::memory_order_relaxed); }  // VmPin
  std::uint64_t locked() const { return locked_.load(std::memory_order_relaxed); }  // VmLck

 private:
  bool permits(std::uint64_t before, std::uint64_t pages) const {
    if (has_defect(Defect::limit_ignored)) return true;
    const std::uint64_t most = limit + (has_defect(Defect::limit_plus_one) && limit + 1 != 0 ? 1 : 0);
    return pages <= most && before <= most - pages;
  }
  std::atomic<std::uint64_t>* counter(AccountMode mode) {
    if (mode == AccountMode::none) return nullptr;
    return mode == AccountMode::user ? &user->locked : &locked_;
  }

  std::atomic<std::uint64_t> pinned_{0};
  std::atomic<std::uint64_t> locked_{0};
};

}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
