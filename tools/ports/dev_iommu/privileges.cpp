// SPDX-License-Identifier: Apache-2.0
#include "tools/ports/dev_iommu/privileges.hpp"

#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace iolaw::dev_iommu {

bool Privileges::read(Capabilities& capabilities) {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct data[2];
  if (syscall(SYS_capget, &header, data) != 0) return false;
  for (int i = 0; i < 2; ++i) {
    capabilities.effective[i] = data[i].effective;
    capabilities.permitted[i] = data[i].permitted;
    capabilities.inheritable[i] = data[i].inheritable;
  }
  return true;
}

bool Privileges::write(const Capabilities& capabilities) {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct data[2];
  for (int i = 0; i < 2; ++i) {
    data[i] = {capabilities.effective[i], capabilities.permitted[i], capabilities.inheritable[i]};
  }
  return syscall(SYS_capset, &header, data) == 0;
}

bool Privileges::limit(std::uint64_t bytes) {
  restore();
  Capabilities now{};
  rlimit before{};
  if (!read(now) || getrlimit(RLIMIT_MEMLOCK, &before) != 0) return false;
  constexpr std::uint32_t kNeeded = 1U << CAP_IPC_LOCK | 1U << CAP_SYS_RESOURCE;
  if ((now.effective[0] & kNeeded) != kNeeded) return false;
  // The upper bound may be raised only as long as there is the privilege for it.
  const rlimit wanted{bytes, RLIM_INFINITY};
  if (setrlimit(RLIMIT_MEMLOCK, &wanted) != 0) return false;
  Capabilities fewer = now;
  fewer.effective[0] &= ~kNeeded;
  if (!write(fewer)) {
    setrlimit(RLIMIT_MEMLOCK, &before);
    return false;
  }
  capabilities_ = now;
  locked_ = before;
  return true;
}

void Privileges::restore() {
  if (!capabilities_) return;
  write(*capabilities_);
  setrlimit(RLIMIT_MEMLOCK, &locked_);
  capabilities_.reset();
}

}  // namespace iolaw::dev_iommu
