// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/resource.h>

#include <cstdint>
#include <optional>

namespace iolaw::dev_iommu {

// Whether this process may pin what it likes. Of the whole process: one of these is in use at a time.
class Privileges {
 public:
  Privileges() = default;
  Privileges(const Privileges&) = delete;
  Privileges& operator=(const Privileges&) = delete;
  ~Privileges() { restore(); }

  // Gives up CAP_IPC_LOCK and CAP_SYS_RESOURCE, and lets the process lock so many bytes. False if the process has not
  // the privileges that this takes; then it has what it had.
  bool limit(std::uint64_t bytes);

  // What the process had before the first limit().
  void restore();

 private:
  struct Capabilities {
    std::uint32_t effective[2], permitted[2], inheritable[2];
  };
  static bool read(Capabilities& capabilities);
  static bool write(const Capabilities& capabilities);

  std::optional<Capabilities> capabilities_;
  rlimit locked_{};
};

}  // namespace iolaw::dev_iommu
