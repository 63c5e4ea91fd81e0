// SPDX-License-Identifier: Apache-2.0
#include "tools/ports/dev_iommu/fault_injection.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <unordered_map>

#include "tools/ports/dev_iommu/uapi_test.hpp"

namespace iolaw::dev_iommu {
namespace {

const std::filesystem::path kDebugfs = "/sys/kernel/debug";

bool write_line(const std::filesystem::path& file, const std::string& line) {
  std::ofstream out(file);
  out << line << std::flush;
  return out.good();
}

// By default only allocations that may not wait can fail, and each failure is logged with a backtrace.
void configure() {
  if (!write_line(kDebugfs / "failslab/ignore-gfp-wait", "N")) {
    throw std::runtime_error("the kernel offers no fault injection (CONFIG_FAULT_INJECTION_DEBUG_FS), or " +
                             kDebugfs.string() + " is not mounted");
  }
  write_line(kDebugfs / "fail_page_alloc/ignore-gfp-wait", "N");
  for (const auto& entry : std::filesystem::directory_iterator(kDebugfs)) {
    if (entry.path().filename().string().starts_with("fail")) write_line(entry.path() / "verbose", "0");
  }
}

// Of this thread.
class FailNth {
 public:
  FailNth() : file_(open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC)) {
    if (file_ < 0) throw std::runtime_error(std::string("cannot open /proc/thread-self/fail-nth: ") + strerror(errno));
  }
  ~FailNth() { close(file_); }
  FailNth(const FailNth&) = delete;
  FailNth& operator=(const FailNth&) = delete;

  // The nth allocation from now on fails, unless disarm() comes first: that says whether it did.
  void arm(std::uint32_t nth) const {
    const std::string text = std::to_string(nth);
    if (pwrite(file_, text.data(), text.size(), 0) < 0) throw std::runtime_error("cannot arm fault injection");
  }
  bool disarm() const {
    char left[16] = {};
    const ssize_t count = pread(file_, left, sizeof(left) - 1, 0);
    if (count <= 0 || pwrite(file_, "0", 1, 0) != 1) throw std::runtime_error("cannot disarm fault injection");
    return left[0] == '0';
  }

 private:
  int file_;
};

// What a struct that is handed to the kernel held: failing calls may write into it how far they came. Kept in a file,
// because a call may be given an address where there is nothing to be read.
class Snapshot {
 public:
  Snapshot() : file_(memfd_create("iolaw", MFD_CLOEXEC)) {
    if (file_ < 0) throw std::runtime_error(std::string("cannot make a file in memory: ") + strerror(errno));
  }
  ~Snapshot() { close(file_); }
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;

  void take(std::uint64_t place) {
    place_ = reinterpret_cast<void*>(place);
    std::uint32_t size = 0;  // every struct of iommufd and VFIO begins with it
    bytes_ = pwrite(file_, place_, sizeof(size), 0);
    if (bytes_ != sizeof(size) || pread(file_, &size, sizeof(size), 0) != sizeof(size)) return;
    bytes_ = pwrite(file_, place_, std::min(size, kMost), 0);
  }
  // False: the struct cannot be written.
  bool restore() const { return bytes_ <= 0 || pread(file_, place_, static_cast<std::size_t>(bytes_), 0) == bytes_; }

 private:
  static constexpr std::uint32_t kMost = 256;
  int file_;
  void* place_ = nullptr;
  ssize_t bytes_ = 0;  // negative: it cannot be read
};

class FaultingSystemCalls final : public SystemCalls {
 public:
  explicit FaultingSystemCalls(std::unique_ptr<SystemCalls> calls) : calls_(std::move(calls)) {}

  int open(const char* path) override {
    // A new beginning: equal sequences of calls from here are made alike.
    skipped_.clear();
    return static_cast<int>(attempts(
        kOpen, [&] { return calls_->open(path); }, [] {}));
  }
  int close(int fd) override { return calls_->close(fd); }
  long ioctl(int fd, unsigned long command, std::uint64_t argument) override;
  long read(int fd, void* buffer, std::size_t bytes) override { return calls_->read(fd, buffer, bytes); }
  long write(int fd, const void* buffer, std::size_t bytes) override { return calls_->write(fd, buffer, bytes); }
  std::int64_t mmap(std::size_t length, int protection, int flags, int fd, std::uint64_t offset) override {
    return attempts(
        kMmap, [&] { return calls_->mmap(length, protection, flags, fd, offset); }, [] {});
  }
  int munmap(const Mapped& mapping) override { return calls_->munmap(mapping); }
  int mprotect(const Mapped& mapping, int protection) override { return calls_->mprotect(mapping, protection); }
  // Failures are injected into this process alone.
  long ioctl_elsewhere(int fd, unsigned long command, void* argument) override {
    return ioctl(fd, command, reinterpret_cast<std::uintptr_t>(argument));
  }
  int readable(int fd) override { return calls_->readable(fd); }
  int fork(const Mapped& kept, std::span<const Mapped> others) override { return calls_->fork(kept, others); }
  void end(int child) override { calls_->end(child); }
  bool limit(std::uint64_t bytes) override { return calls_->limit(bytes); }
  void unlimit() override { calls_->unlimit(); }

 private:
  // Keys beyond those of ioctls.
  static constexpr std::uint64_t kOpen = ~std::uint64_t{0}, kMmap = kOpen - 1;
  // Allocations page by page, for buffers, are too many to try each: from here on fewer and fewer are.
  static constexpr std::uint32_t kStride = 32;

  // How an injected failure may be told. iommufd asks whether to fail not only where it allocates, but also where it
  // looks for an object (ENOENT; EINVAL where page tables are looked for), where it pins memory (EFAULT, EINVAL) and
  // where it asks for reserved ranges (EINVAL); and a mock device that lacked memory in the driver core comes without
  // an IOMMU (EINVAL).
  static bool is_for_lack(std::int64_t result) {
    return result == -ENOMEM || result == -ENOENT || result == -EFAULT || result == -EINVAL;
  }

  // Calls with the same `key` take the same way through the kernel.
  template <class Call, class Restore>
  std::int64_t attempts(std::uint64_t key, const Call& call, const Restore& restore) {
    std::uint32_t& skipped = skipped_[key];
    for (std::uint32_t nth = skipped + 1;; nth += 1 + nth / kStride) {
      fail_.arm(nth);
      const std::int64_t result = call();
      const bool failed = fail_.disarm();
      if (failed && is_for_lack(result)) {
        restore();
        continue;
      }
      // The next such call goes on behind the failure that the kernel could do without.
      skipped = failed && result >= 0 ? nth : 0;
      return result;
    }
  }

  std::unique_ptr<SystemCalls> calls_;
  FailNth fail_;
  Snapshot before_;
  std::unordered_map<std::uint64_t, std::uint32_t> skipped_;
};

long FaultingSystemCalls::ioctl(int fd, unsigned long command, std::uint64_t argument) {
  std::uint64_t operation = 0;
  if (command == kTest) {
    const TestOp op = reinterpret_cast<const TestCommand*>(argument)->op;
    // What a device reports is lost without memory, by design: the call of the test driver succeeds all the same.
    if (op == TestOp::trigger_iopf || op == TestOp::trigger_vevent) return calls_->ioctl(fd, command, argument);
    operation = static_cast<std::uint64_t>(op);
  }
  before_.take(argument);
  // Without room for an answer a call fails with or without an injected failure, and what it did stays.
  if (!before_.restore()) return calls_->ioctl(fd, command, argument);
  return attempts(
      operation << 32 | command, [&] { return calls_->ioctl(fd, command, argument); },
      [&] {
        if (!before_.restore()) throw std::runtime_error("cannot restore the argument of a call");
      });
}

}  // namespace

std::unique_ptr<SystemCalls> faulting_system_calls(std::unique_ptr<SystemCalls> calls) {
  configure();
  return std::make_unique<FaultingSystemCalls>(std::move(calls));
}

}  // namespace iolaw::dev_iommu
