// SPDX-License-Identifier: Apache-2.0
#include "tools/ports/dev_iommu/client_memory.hpp"

#include <sys/mman.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>

namespace iolaw::dev_iommu {
namespace {

constexpr std::uint64_t kWindowEnd = std::uint64_t{1} << 32;  // open

// Addresses that a test takes for unmapped must be so: one program's text at 4 MiB would turn EFAULT into success.
void expect_window_unmapped() {
  std::ifstream maps("/proc/self/maps");
  if (!maps) throw std::runtime_error("cannot read /proc/self/maps to see which addresses are in use");
  for (std::string line; std::getline(maps, line);) {
    std::istringstream fields(line);
    std::uint64_t first = 0;
    if (fields >> std::hex >> first && first < kWindowEnd) {
      throw std::runtime_error("the process maps memory below 4 GiB, where the law's client memory lies alone: " +
                               line + " (link with -static-pie or as a position independent program)");
    }
  }
}

}  // namespace

ClientMemory::ClientMemory(bool alone) {
  if (alone) expect_window_unmapped();
  void* const wanted = reinterpret_cast<void*>(kFirst);
  void* const got = mmap(wanted, kSize, PROT_READ | PROT_WRITE,
                         MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE | MAP_FIXED_NOREPLACE, -1, 0);
  if (got != wanted) throw std::runtime_error(std::string("cannot place the client memory: ") + std::strerror(errno));
  // Fails on a kernel without huge pages, which is just as well.
  madvise(got, kSize, MADV_NOHUGEPAGE);
  std::memset(got, 0xa5, kSize);
}

ClientMemory::~ClientMemory() { munmap(reinterpret_cast<void*>(kFirst), kSize); }

}  // namespace iolaw::dev_iommu
