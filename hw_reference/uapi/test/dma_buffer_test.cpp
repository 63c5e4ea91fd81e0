// SPDX-License-Identifier: Apache-2.0
// DMA buffers of the test driver: descriptors, and what they are good for.
#include <sys/mman.h>
#include <unistd.h>

#include "hw_reference/uapi/test/client.hpp"

namespace hw_reference::uapi {
namespace {

struct DmaBufferFiles : Client {
  std::uint32_t space = ioas();

  // The lowest free descriptor, which is not answered; or a negative errno.
  int make(std::uint32_t bytes) {
    const int next = ::dup(STDERR_FILENO);
    ::close(next);
    TestCommand c{};
    c.dmabuf_get = {bytes, O_CLOEXEC | O_RDWR};
    const int error = test(TestOp::dmabuf_get, 0, c);
    return error != 0 ? -error : next;
  }
  int revoke(int buffer, bool revoked) {
    TestCommand c{};
    c.dmabuf_revoke = {buffer, revoked ? 1U : 0U};
    return test(TestOp::dmabuf_revoke, 0, c);
  }
  int map_file(int file, std::uint64_t start, std::uint64_t length, std::uint64_t iova) {
    IoasMapFileCommand c{};
    c.flags = kFixed;
    c.ioas_id = space;
    c.fd = file;
    c.start = start;
    c.length = length;
    c.iova = iova;
    return request(kIoasMapFile, c);
  }
};

TEST_F(DmaBufferFiles, AreMadeMappedRevokedAndClosed) {
  const int buffer = make(kPageSize + 1);
  ASSERT_TRUE(door.owns(buffer));
  EXPECT_EQ(map_file(buffer, 0, 3 * kPageSize, kIova), EINVAL);
  EXPECT_EQ(map_file(buffer, 0, 2 * kPageSize, kIova), 0);
  const int again = door.dup(buffer);
  EXPECT_EQ(door.close(buffer), 0);
  EXPECT_EQ(map_file(buffer, 0, kPageSize, kIova + 0x10000), EBADF);
  EXPECT_EQ(revoke(buffer, true), EBADF);
  EXPECT_EQ(revoke(again, true), 0);
  EXPECT_EQ(map_file(again, 0, kPageSize, kIova + 0x10000), ENODEV);
  EXPECT_EQ(revoke(again, false), 0);
  EXPECT_EQ(map_file(again, 0, kPageSize, kIova + 0x10000), 0);
  EXPECT_EQ(door.close(again), 0);
  const Device dev = device(space);  // what was mapped outlives the file
  EXPECT_EQ(check_map(dev.hwpt, kIova, kPageSize, memory.at(0)), EINVAL);
  EXPECT_EQ(unmap(space, 0, ~std::uint64_t{0}), 0);
}

TEST_F(DmaBufferFiles, AreNothingElse) {
  const int buffer = make(kPageSize);
  ASSERT_GE(buffer, 0);
  TestCommand c{};
  EXPECT_EQ(door.ioctl(buffer, kTest, address(&c)), -ENOTTY);
  EXPECT_EQ(door.read(buffer, memory.at(0), 8), -EINVAL);
  EXPECT_EQ(door.write(buffer, memory.at(0), 8), -EINVAL);
  EXPECT_EQ(door.mmap(0, kPageSize, PROT_READ, MAP_SHARED, buffer, 0), -EINVAL);
  EXPECT_EQ(door.iommufd(buffer), nullptr);
  EXPECT_EQ(revoke(fd, true), EINVAL);
  EXPECT_EQ(revoke(STDERR_FILENO, true), EINVAL);
  EXPECT_EQ(make(0), -EINVAL);
  EXPECT_EQ(make(512 * kPageSize + 1), -EINVAL);
  EXPECT_EQ(door.close(buffer), 0);
}

}  // namespace
}  // namespace hw_reference::uapi
