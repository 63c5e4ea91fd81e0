// SPDX-License-Identifier: Apache-2.0
// What is behind a mapping: files, limits, another process, and what the CPU reads and writes there.
#include <array>
#include <memory>

#include "hw_reference/iommufd/test/world.hpp"
#include "hw_reference/memory/client_file.hpp"

namespace hw_reference {
namespace {

struct MemoryKinds : World {
  PhysicalMemory more{8};
  std::shared_ptr<ClientFile> file = std::make_shared<ClientFile>(more, 6 * kPageSize);
  ObjectId space = ioas();

  Result<std::uint64_t> map_file(std::uint64_t start, std::uint64_t length, std::uint64_t iova) {
    return fd->ioas_map_file({space, kMapFixedIova | kMapReadable | kMapWriteable, file, start, length, iova});
  }
  std::uint8_t byte_at(ObjectId access, std::uint64_t iova, bool slow = false) {
    std::byte byte{};
    EXPECT_EQ(fd->access_read(access, iova, {&byte, 1}, slow), 0);
    return std::to_integer<std::uint8_t>(byte);
  }
  ~MemoryKinds() override {
    fd.reset();
    EXPECT_EQ(more.total_pins(), 0U);
    file.reset();
    EXPECT_EQ(more.free_frames(), 8U);
  }
};

TEST_F(MemoryKinds, MapFileErrorsInOrder) {
  IoasMapFile request{space, 8, file, 0, kMax, 0};
  EXPECT_EQ(fd->ioas_map_file(request).error, EOPNOTSUPP);
  request.flags = 0;
  EXPECT_EQ(fd->ioas_map_file(request).error, EOVERFLOW);
  request.length = 0;
  EXPECT_EQ(fd->ioas_map_file(request).error, EINVAL);
  request.flags = kMapReadable;
  request.ioas = 0;
  EXPECT_EQ(fd->ioas_map_file(request).error, ENOENT);
  request.ioas = space;
  EXPECT_EQ(fd->ioas_map_file(request).error, EINVAL);
  request.start = kMax;
  request.length = 2;
  request.file = nullptr;
  EXPECT_EQ(fd->ioas_map_file(request).error, EOVERFLOW);
  request.start = 0;
  EXPECT_EQ(fd->ioas_map_file(request).error, EBADF);
  request.file = file;
  request.length = kMax - 1;
  EXPECT_EQ(fd->ioas_map_file(request).error, EINVAL);
}

TEST_F(MemoryKinds, AFileIsLookedAtWhenItIsPinned) {
  const auto other = std::make_shared<ClientFile>(more, 6 * kPageSize, ClientFile::Kind::other);
  EXPECT_EQ(fd->ioas_map_file({space, kMapFixedIova | kMapReadable, other, 0, kPageSize, kIova}).error, 0);
  EXPECT_EQ(fd->device_attach(space).error, EINVAL);
  EXPECT_EQ(fd->ioas_unmap(space, kIova, kPageSize).error, 0);
  EXPECT_TRUE(fd->device_attach(space).ok());
  EXPECT_EQ(map_file(4 * kPageSize, 2 * kPageSize, kIova).error, 0);
  EXPECT_EQ(file->pins(5 * kPageSize), 1U);
  file->truncate(3 * kPageSize);  // pinned pages stay
  EXPECT_EQ(more.total_pins(), 2U);
  EXPECT_EQ(map_file(kPageSize, 2 * kPageSize, kIova + 0x10000).error, 0);
  file->truncate(2 * kPageSize + 2048);
  EXPECT_EQ(map_file(2 * kPageSize, 2048, kIova + 0x20000).error, EINVAL);  // the whole page must be inside
  EXPECT_EQ(more.total_pins(), 4U);
}

TEST_F(MemoryKinds, AFileNeedsFrames) {
  const auto large = std::make_shared<ClientFile>(more, 16 * kPageSize);
  EXPECT_TRUE(fd->device_attach(space).ok());
  EXPECT_EQ(fd->ioas_map_file({space, kMapFixedIova | kMapReadable, large, 0, 9 * kPageSize, kIova}).error, ENOMEM);
  EXPECT_EQ(more.total_pins(), 0U);
}

TEST_F(MemoryKinds, ReadAndWrite) {
  const ObjectId access = fd->access_create(space, false).value;
  EXPECT_EQ(map(space, 0, 2, 0x1000), 0);
  EXPECT_EQ(map_file(kPageSize, 2 * kPageSize, 0x3000).error, 0);
  std::array<std::byte, 0x3000> bytes;
  bytes.fill(std::byte{0x5a});
  EXPECT_EQ(fd->access_write(access, 0x1800, bytes), 0);
  EXPECT_EQ(fd->access_write(access, 0x1800, bytes, true), 0);
  std::array<std::byte, 4> found{};
  EXPECT_EQ(client.read(kMemory + 0x7fe, found), 0);
  EXPECT_EQ(found[1], std::byte{0});
  EXPECT_EQ(found[2], std::byte{0x5a});
  EXPECT_EQ(file->read(kPageSize + 0x17fe, found), 0);
  EXPECT_EQ(found[1], std::byte{0x5a});
  EXPECT_EQ(found[2], std::byte{0});
  EXPECT_EQ(byte_at(access, 0x47ff), 0x5a);
  EXPECT_EQ(physical.total_pins() + more.total_pins(), 0U);
}

TEST_F(MemoryKinds, ReadErrorsInOrder) {
  const ObjectId access = fd->access_create(false).value;
  std::array<std::byte, 0x2000> bytes{};
  EXPECT_EQ(fd->access_read(99, 0, {}), EBADFD);
  EXPECT_EQ(fd->access_read(access, 0, {}), EINVAL);
  EXPECT_EQ(fd->access_read(access, kMax, {bytes.data(), 2}), EOVERFLOW);
  EXPECT_EQ(fd->access_read(access, 0x1000, bytes), ENOENT);  // not attached
  EXPECT_EQ(fd->access_attach(access, 99), ENOENT);
  EXPECT_EQ(fd->access_attach(access, space), 0);
  EXPECT_EQ(fd->access_attach(access, space), EINVAL);
  EXPECT_EQ(map(space, 0, 1, 0x1000, kRead), 0);
  EXPECT_EQ(fd->ioas_map(space, 0, kPageSize, 0x2000, kWrite), 0);  // no memory there
  EXPECT_EQ(fd->access_read(access, 0x1001, bytes), EPERM);         // the second is for writing only
  EXPECT_EQ(fd->access_write(access, 0x1000, bytes), EPERM);
  EXPECT_EQ(fd->access_write(access, 0x2000, {bytes.data(), 9}), EFAULT);
  EXPECT_EQ(fd->access_read(access, 0xfff, bytes), ENOENT);
  EXPECT_EQ(fd->access_detach(access), 0);
  EXPECT_EQ(fd->access_detach(access), 0);
  EXPECT_EQ(fd->access_replace(access, space), ENOENT);
  EXPECT_EQ(fd->destroy(space), 0);
}

TEST_F(MemoryKinds, RemappedMemoryIsSeenByTheFastPath) {
  EXPECT_TRUE(fd->device_attach(space).ok());
  const ObjectId access = fd->access_create(space, false).value;
  PhysicalMemory frames(4);
  ClientMemory other(frames);
  auto file_descriptor = std::make_unique<Iommufd>(other);
  const ObjectId there = file_descriptor->ioas_alloc().value;
  ASSERT_EQ(other.map(0, 2), 0);
  ASSERT_TRUE(file_descriptor->device_attach(there).ok());
  const ObjectId reader = file_descriptor->access_create(there, false).value;
  ASSERT_EQ(file_descriptor->ioas_map(there, 0, 2 * kPageSize, kIova, kBoth), 0);
  const std::array<std::byte, 1> old_byte{std::byte{1}};
  const std::array<std::byte, 1> new_byte{std::byte{2}};
  ASSERT_EQ(other.write(0xfff, old_byte), 0);
  ASSERT_EQ(other.unmap(0), 0);
  ASSERT_EQ(other.map(0, 2), 0);
  ASSERT_EQ(other.write(0xfff, new_byte), 0);
  std::array<std::byte, 2> found{};
  EXPECT_EQ(file_descriptor->access_read(reader, kIova + 0xfff, found), 0);
  EXPECT_EQ(found[0], std::byte{2});
  EXPECT_EQ(file_descriptor->access_read(reader, kIova + 0xfff, {found.data(), 1}, true), 0);
  EXPECT_EQ(found[0], std::byte{2});
  EXPECT_EQ(file_descriptor->access_read(reader, kIova + 0xfff, found, true), 0);
  EXPECT_EQ(found[0], std::byte{1});
  file_descriptor.reset();
  EXPECT_EQ(frames.total_pins(), 0U);
  EXPECT_EQ(fd->access_destroy(access), 0);
}

TEST_F(MemoryKinds, ReadOnlyMemoryCannotBePinnedForWriting) {
  ASSERT_EQ(client.unmap(kMemory), 0);
  ASSERT_EQ(client.map(kMemory, 4, false), 0);
  EXPECT_TRUE(fd->device_attach(space).ok());
  EXPECT_EQ(map(space, 0, 1, kIova, kBoth), EFAULT);
  EXPECT_EQ(map(space, 0, 1, kIova, kRead), 0);
}

TEST_F(MemoryKinds, PinsCountAgainstTheLimitOfTheUser) {
  client.account.may_lock_any = false;
  client.account.limit = 4;
  ASSERT_TRUE(fd->device_attach(space).ok());
  EXPECT_EQ(map(space, 0, 4, kIova), 0);
  EXPECT_EQ(client.account.user->locked, 4U);
  EXPECT_EQ(client.account.pinned(), 4U);
  EXPECT_EQ(map(space, 0, 1, kIova + 0x10000), ENOMEM);
  EXPECT_EQ(fd->ioas_map(space, 0, kPageSize, kIova + 0x10000, kRead), EFAULT);  // told before the limit
  EXPECT_EQ(fd->ioas_copy(space, space, 0x1000, kIova + 0x10000, kIova, kRead), 0);
  EXPECT_EQ(client.account.pinned(), 4U);
  EXPECT_EQ(fd->ioas_unmap(space, kIova, 4 * kPageSize).error, 0);
  EXPECT_EQ(client.account.pinned(), 1U);
  EXPECT_EQ(client.account.locked(), 0U);
  fd.reset();
  EXPECT_EQ(client.account.user->locked, 0U);
}

TEST_F(MemoryKinds, PinsCountAgainstTheLimitOfTheProcess) {
  client.account.may_lock_any = false;
  client.account.limit = 4;
  EXPECT_EQ(fd->destroy(space), 0);
  EXPECT_EQ(fd->option({kOptionRlimitMode, 0, 0, 1}).error, 0);
  space = ioas();
  ASSERT_TRUE(fd->device_attach(space).ok());
  EXPECT_EQ(map(space, 0, 5, kIova), ENOMEM);
  EXPECT_EQ(map(space, 0, 4, kIova), 0);
  EXPECT_EQ(client.account.locked(), 4U);
  EXPECT_EQ(client.account.user->locked, 0U);
}

TEST_F(MemoryKinds, ChangeOfProcess) {
  client.account.may_lock_any = false;
  ClientMemory heir(physical);
  heir.account.limit = 1;
  ASSERT_TRUE(fd->device_attach(space).ok());
  ASSERT_EQ(map_file(0, 2 * kPageSize, kIova).error, 0);
  ASSERT_EQ(fd->ioas_copy(space, space, kPageSize, kIova + 0x10000, kIova, kRead), 0);
  fd->act_for(heir);
  EXPECT_EQ(fd->ioas_change_process(), ENOMEM);
  EXPECT_EQ(client.account.pinned(), 2U);
  EXPECT_EQ(heir.account.pinned(), 0U);
  heir.account.limit = 2;
  EXPECT_EQ(fd->ioas_change_process(), 0);
  EXPECT_EQ(client.account.pinned(), 0U);
  EXPECT_EQ(heir.account.pinned(), 2U);
  fd->act_for(client);
  EXPECT_EQ(map(space, 0, 1, kIova + 0x20000), 0);
  EXPECT_EQ(fd->ioas_change_process(), EINVAL);  // memory of a client does not move
  fd.reset();
  EXPECT_EQ(heir.account.pinned(), 0U);
}

}  // namespace
}  // namespace hw_reference
