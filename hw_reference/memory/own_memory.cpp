// SPDX-License-Identifier: Apache-2.0
#include "hw_reference/memory/own_memory.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {

namespace {

// Younger than some headers: linux include/uapi/asm-generic/mman-common.h.
constexpr int kPopulateRead = 22;
constexpr int kPopulateWrite = 23;

void* pointer(std::uint64_t address) { return reinterpret_cast<void*>(static_cast<std::uintptr_t>(address)); }

using Transfer = ssize_t (*)(pid_t, const iovec*, unsigned long, const iovec*, unsigned long, unsigned long);

// Between `here` and the address of a user; the kernel looks at the latter.
int transfer(Transfer call, std::uint64_t address, void* here, std::size_t bytes) {
  for (std::size_t done = 0; done < bytes;) {
    const iovec local{static_cast<std::byte*>(here) + done, bytes - done};
    const iovec remote{pointer(address + done), bytes - done};
    const ssize_t moved = call(getpid(), &local, 1, &remote, 1, 0);
    if (moved <= 0) return EFAULT;
    done += static_cast<std::size_t>(moved);
  }
  return 0;
}

}  // namespace

OwnMemory::OwnMemory(OwnFrames& frames) : frames_(frames) {
  const std::uint64_t stack = reinterpret_cast<std::uintptr_t>(&frames) >> kPageShift;
  if (!present(stack, 1, true))
    throw std::runtime_error("the host's kernel cannot tell which pages are writable: Linux 5.14 or later can");
}

bool OwnMemory::present(std::uint64_t page, std::uint64_t pages, bool write) {
  constexpr std::uint64_t kPages = std::uint64_t{1} << (64 - kPageShift);
  if (page >= kPages || pages > kPages - page) return false;
  return madvise(pointer(page << kPageShift), pages << kPageShift, write ? kPopulateWrite : kPopulateRead) == 0;
}

int OwnMemory::pin_pages(std::uint64_t first, std::uint64_t pages, Frame* frames, bool write) {
  const std::uint64_t start = first << kPageShift;
  const std::uint64_t last = start + ((pages << kPageShift) - 1);
  if (start < first_ || last > last_ || last < start || !present(first, pages, write)) return EFAULT;
  return frames_.pin(*this, first, pages, frames);
}

int OwnMemory::copy(Frame frame, std::uint64_t at, std::uint64_t bytes, std::byte* to, const std::byte* from) {
  const auto page = frames_.page_of(frame);
  if (!page) return EFAULT;
  const std::uint64_t address = (page->number << kPageShift) + at;
  return to != nullptr ? read(address, {to, bytes}) : write(address, {from, bytes});
}

int OwnMemory::read(std::uint64_t address, std::span<std::byte> to) {
  return transfer(process_vm_readv, address, to.data(), to.size());
}

int OwnMemory::write(std::uint64_t address, std::span<const std::byte> from) {
  return transfer(process_vm_writev, address, const_cast<std::byte*>(from.data()), from.size());
}

}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
