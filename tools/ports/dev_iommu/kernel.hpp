// SPDX-License-Identifier: Apache-2.0
// One open /dev/iommu and what the client has beside it: what every call of the port works on.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "model/port/port.hpp"
#include "tools/ports/dev_iommu/client_memory.hpp"
#include "tools/ports/dev_iommu/client_things.hpp"
#include "tools/ports/dev_iommu/handles.hpp"
#include "tools/ports/dev_iommu/system_calls.hpp"
#include "tools/ports/dev_iommu/uapi.hpp"
#include "tools/ports/dev_iommu/uapi_objects.hpp"
#include "tools/ports/dev_iommu/uapi_test.hpp"
#include "tools/ports/dev_iommu/variations.hpp"

namespace iolaw::dev_iommu {

using Arguments = std::span<const std::uint64_t>;
using Kind = Handles::Kind;

PortAnswer success();
PortAnswer success(std::optional<std::uint64_t> result);
PortAnswer success(std::uint64_t first, std::uint64_t second);
PortAnswer failure(int error);
PortAnswer unsupported(std::string note);
PortAnswer broken(std::string note);

// 0 becomes success without results.
PortAnswer done(int error);

// The bits of the law's Rights (READ 1, WRITE 2) as flags of map and copy, at an address that the caller chose.
std::uint32_t map_flags(std::uint64_t rights);

// An address at which the client never has memory.
inline constexpr std::uint64_t kNowhere = 0x1000;

inline std::uint64_t address(const void* pointer) { return reinterpret_cast<std::uintptr_t>(pointer); }

class Kernel {
 public:
  // `alone`: see ClientMemory. `seed` decides how calls are made (variations.hpp), and `memory_for_lists` is what the
  // kernel may use to build lists of pages, in bytes. Throws std::runtime_error if the device cannot be opened.
  Kernel(std::unique_ptr<SystemCalls> calls, std::string path, bool alone, std::uint64_t seed,
         std::uint32_t memory_for_lists);
  // A client of the same open device for another thread, the one of that number. `owner` must stay, and make no call.
  Kernel(Kernel& owner, std::uint32_t number);
  // Whether other clients may make calls at the same time. Then a call of the law is one system call: between two of
  // them anything may happen.
  bool beside_others() const { return !owner_; }
  ~Kernel();
  Kernel(const Kernel&) = delete;
  Kernel& operator=(const Kernel&) = delete;

  // Closes everything and opens the device anew.
  void reopen();

  // Closes the device's file alone, and opens the device anew. False: something of the client still holds the file.
  bool release();

  // An ioctl: 0 or a positive errno.
  int request(unsigned long command, void* argument);
  // An ioctl that need not be made by the process that made the others: it mostly is.
  int request_from_anywhere(unsigned long command, void* argument);
  // For an ioctl that leaves nothing behind if its answer cannot be written: now and then that is tried before, if
  // there are no others.
  void rehearse(unsigned long command, const void* argument);
  int request_after_rehearsal(unsigned long command, void* argument);  // and then from anywhere
  // A read of a queue. Now and then, if there are no others, it is asked before whether there is something to read, or
  // read to where nothing can be written. Empty if that was answered wrongly.
  std::optional<long> read_queue(int fd, void* buffer, std::size_t bytes);
  // One that may answer a number: that, or a negative errno.
  long number(unsigned long command, std::uint64_t argument) { return system_->ioctl(fd_, command, argument); }

  // Whether each page of a range of client memory is pinned `refs` times: 0, EIO or another errno.
  int check_refs(std::uint64_t first, std::uint64_t length, std::uint32_t refs);

  // IOMMU_DESTROY of an object of the given kind.
  PortAnswer destroy(std::uint64_t handle, Kind kind);

  // Closes the file of a queue that is read.
  PortAnswer close_queue(std::uint64_t handle, Kind kind);

  const std::string& path() const { return path_; }
  int fd() const { return fd_; }
  SystemCalls& system() { return *system_; }

 private:
  const std::unique_ptr<SystemCalls> own_system_;
  SystemCalls* const system_;

 public:
  Handles handles;
  ClientThings things;
  Variations variations;

  // Whether calls that are known to end otherwise than the law says are left out (divergences.hpp).
  bool avoids_divergences = false;

 private:
  void open();
  void close();
  void detach_pasids();

  std::string path_;
  std::uint32_t memory_for_lists_;
  int fd_ = -1;
  const bool owner_ = true;  // of the open device
  std::optional<ClientMemory> memory_;
};

// How one rule or probe of the law becomes system calls.
struct Call {
  std::string_view rule;
  std::size_t arguments;
  PortAnswer (*make)(Kernel& kernel, Arguments arguments);
};

// The calls of each module of the law; one file each.
std::span<const Call> ioas_calls();
std::span<const Call> range_calls();
std::span<const Call> file_calls();
std::span<const Call> option_calls();
std::span<const Call> access_calls();
std::span<const Call> device_calls();
std::span<const Call> hwpt_calls();
std::span<const Call> fault_calls();
std::span<const Call> viommu_calls();
std::span<const Call> veventq_calls();
std::span<const Call> envelope_calls();
std::span<const Call> vfio_calls();
std::span<const Call> limit_calls();
std::span<const Call> reply_calls();

}  // namespace iolaw::dev_iommu
