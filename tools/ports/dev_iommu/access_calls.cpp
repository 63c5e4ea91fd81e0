// SPDX-License-Identifier: Apache-2.0
// Accesses: spec/iommufd/access.law. Linux's test driver makes each a file.
#include <sys/mman.h>

#include <array>
#include <cerrno>

#include "tools/ports/dev_iommu/kernel.hpp"

namespace iolaw::dev_iommu {
namespace {

PortAnswer access_create(Kernel& kernel, Arguments a) {
  TestCommand command(TestOp::create_access, kernel.handles.id(a[0]));
  command.create_access.flags = a[1] != 0 ? kAccessNeedsPin : 0;
  if (const int error = kernel.request_after_rehearsal(kTest, &command); error != 0) return failure(error);
  return success(kernel.handles.add_access(command.create_access.out_access_fd));
}

PortAnswer access_replace(Kernel& kernel, Arguments a) {
  TestCommand command(TestOp::access_replace_ioas, kernel.handles.fd(a[0]));
  command.access_replace_ioas.ioas_id = kernel.handles.id(a[1]);
  return done(kernel.request_from_anywhere(kTest, &command));
}

PortAnswer access_destroy(Kernel& kernel, Arguments a) {
  // A dead descriptor may by now be a file of somebody else in this process: close one that nobody has.
  const bool lives = kernel.handles.access_lives(a[0]);
  const std::uint32_t fd = lives ? kernel.handles.fd(a[0]) : Handles::kNeverFd;
  if (const int error = -kernel.system().close(static_cast<int>(fd)); error != 0) return failure(error);
  if (lives) kernel.handles.remove_access(fd);
  return success();
}

PortAnswer access_pin(Kernel& kernel, Arguments a) {
  TestCommand command(TestOp::access_pages, kernel.handles.fd(a[0]));
  command.access_pages.iova = a[1];
  command.access_pages.length = a[2];
  command.access_pages.flags = a[3] != 0 ? kAccessWrite : 0;
  if (const int error = kernel.request_from_anywhere(kTest, &command); error != 0) return failure(error);
  return success(kernel.handles.add_pin(a[0], command.access_pages.out_access_pages_id));
}

PortAnswer access_unpin(Kernel& kernel, Arguments a) {
  TestCommand command(TestOp::destroy_access_pages, kernel.handles.fd(a[0]));
  command.destroy_access_pages.access_pages_id = kernel.handles.item(a[1], a[0]);
  return done(kernel.request(kTest, &command));
}

// As many bytes as the test driver takes, zeros until they are read into. Never cleared nor touched here: most calls
// fail, and clearing 16 MiB takes a thousand times as long as the failing call. Shared, or every other process would
// begin with copies of what was touched.
const void* transfer_buffer() {
  constexpr std::size_t kMost = 1 << 24;
  static const void* const buffer =
      mmap(nullptr, kMost, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return buffer;
}

// What memory holds is not in the law: what is read is forgotten, and may be written by a later call.
PortAnswer access_rw(Kernel& kernel, Arguments a) {
  if (transfer_buffer() == MAP_FAILED) return unsupported("no memory for the bytes to read or write");
  TestCommand command(TestOp::access_rw, kernel.handles.fd(a[0]));
  command.access_rw = {a[1], a[2], address(transfer_buffer()), (a[3] != 0 ? kRwWrite : 0) | (a[4] != 0 ? kRwSlow : 0)};
  return done(kernel.request_from_anywhere(kTest, &command));
}

constexpr auto kAccessCalls = std::to_array<Call>({
    {"access.create", 2, access_create},
    {"access.replace", 2, access_replace},
    {"access.destroy", 1, access_destroy},
    {"access.pin", 4, access_pin},
    {"access.unpin", 2, access_unpin},
    {"access.rw", 5, access_rw},
});

}  // namespace

std::span<const Call> access_calls() { return kAccessCalls; }

}  // namespace iolaw::dev_iommu
