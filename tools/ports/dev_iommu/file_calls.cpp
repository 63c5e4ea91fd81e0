// SPDX-License-Identifier: Apache-2.0
// Mappings of files, DMA buffers, and the end of the device's own file: spec/iommufd/file.law, dmabuf.law and
// release.law.
#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "tools/ports/dev_iommu/kernel.hpp"

namespace iolaw::dev_iommu {
namespace {

using Thing = ClientThings::Thing;

PortAnswer client_open_file(Kernel& kernel, Arguments a) {
  Thing file{ClientThings::Kind::file};
  file.fd = a[0] != 0 ? memfd_create("iolaw", MFD_CLOEXEC) : eventfd(0, EFD_CLOEXEC);
  if (file.fd < 0 || (a[0] != 0 && ftruncate(file.fd, static_cast<off_t>(a[1])) != 0)) {
    const int error = errno;
    if (file.fd >= 0) close(file.fd);
    return failure(error);
  }
  return success(kernel.things.add(file));
}

// The test driver answers 0 where one expects the descriptor, which is the lowest free one.
PortAnswer client_open_dmabuf(Kernel& kernel, Arguments a) {
  const int next = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0);
  if (next < 0) return unsupported("no file can be opened");
  close(next);
  TestCommand command(TestOp::dmabuf_get, 0);
  command.dmabuf_get = {static_cast<std::uint32_t>(a[0]), O_CLOEXEC | O_RDWR};
  const int error = kernel.request(kTest, &command);
  if (error == EOPNOTSUPP) return unsupported("there are no DMA buffers here");
  if (error != 0) return failure(error);
  if (fcntl(next, F_GETFD) < 0) return broken("a DMA buffer was opened, but not at the lowest free descriptor");
  Thing file{ClientThings::Kind::file};
  file.fd = next;
  return success(kernel.things.add(file));
}

PortAnswer dmabuf_revoke(Kernel& kernel, Arguments a) {
  const Thing* file = kernel.things.find(a[0], ClientThings::Kind::file);
  TestCommand command(TestOp::dmabuf_revoke, 0);
  command.dmabuf_revoke = {file != nullptr ? file->fd : static_cast<int>(Handles::kNeverFd), a[1] != 0 ? 1U : 0U};
  const int error = kernel.request(kTest, &command);
  return error == EOPNOTSUPP ? unsupported("there are no DMA buffers here") : done(error);
}

PortAnswer client_close_file(Kernel& kernel, Arguments a) {
  Thing* file = kernel.things.find(a[0], ClientThings::Kind::file);
  if (file == nullptr) return unsupported("there is no such file in the client");
  kernel.things.end(*file);
  return success();
}

PortAnswer file_release(Kernel& kernel, Arguments) {
  return kernel.release() ? success() : unsupported("something of the client holds the file");
}

int map_file(Kernel& kernel, Arguments a, std::uint32_t flags, std::uint64_t& iova) {
  const Thing* file = kernel.things.find(a[1], ClientThings::Kind::file);
  IoasMapFile command;
  command.ioas_id = kernel.handles.id(a[0]);
  command.fd = file != nullptr ? file->fd : static_cast<int>(Handles::kNeverFd);
  command.start = a[2];
  command.length = a[3];
  command.iova = a[4];
  command.flags = flags | (a[6] != 0 ? kUnknownFlag : 0);
  const int error = kernel.request(kIoasMapFile, &command);
  iova = command.iova;
  return error;
}

PortAnswer ioas_map_file(Kernel& kernel, Arguments a) {
  std::uint64_t iova = 0;
  return done(map_file(kernel, a, map_flags(a[5]), iova));
}

PortAnswer ioas_map_file_anywhere(Kernel& kernel, Arguments a) {
  std::uint64_t iova = 0;
  const int error = map_file(kernel, a, map_flags(a[5]) & ~kFixedIova, iova);
  return error != 0 ? failure(error) : success(iova);
}

constexpr auto kFileCalls = std::to_array<Call>({
    {"client.open_file", 2, client_open_file},
    {"client.close_file", 1, client_close_file},
    {"client.open_dmabuf", 1, client_open_dmabuf},
    {"dmabuf.revoke", 2, dmabuf_revoke},
    {"file.release", 2, file_release},
    {"ioas.map_file", 7, ioas_map_file},
    {"ioas.map_file_anywhere", 7, ioas_map_file_anywhere},
});

}  // namespace

std::span<const Call> file_calls() { return kFileCalls; }

}  // namespace iolaw::dev_iommu
