// SPDX-License-Identifier: Apache-2.0
// Mappings of DMA buffers: who reaches them, until when, and what cannot be done with them.
#include <array>
#include <memory>

#include "hw_reference/iommufd/test/world.hpp"
#include "hw_reference/memory/dma_buffer.hpp"

namespace hw_reference {
namespace {

constexpr Frame kDeviceFrame = Frame{1} << 30;

struct DmaBuffers : World {
  std::shared_ptr<DmaBuffer> buffer = DmaBuffer::make(kDeviceFrame, 2 * kPageSize + 1).value;  // three pages
  ObjectId space = ioas();

  int map_buffer(std::uint64_t start, std::uint64_t length, std::uint64_t iova) {
    return fd->ioas_map_file({space, kMapFixedIova | kMapReadable | kMapWriteable, buffer, start, length, iova}).error;
  }
  // The page of the buffer that a device reaches, -1 if it faults.
  std::int64_t page_at(ObjectId device, std::uint64_t iova) {
    const auto reached = fd->device_translate(device, iova);
    EXPECT_EQ(reached.error, 0);
    return reached.value ? static_cast<std::int64_t>(*reached.value >> kPageShift) - kDeviceFrame : -1;
  }
};

TEST_F(DmaBuffers, AreOfWholePages) {
  EXPECT_EQ(buffer->pages(), 3U);
  EXPECT_EQ(DmaBuffer::make(kDeviceFrame, 0).error, EINVAL);
  EXPECT_EQ(DmaBuffer::make(kDeviceFrame, DmaBuffer::kMostPages * kPageSize + 1).error, EINVAL);
  EXPECT_EQ(DmaBuffer::make(kDeviceFrame, DmaBuffer::kMostPages * kPageSize).error, 0);
}

TEST_F(DmaBuffers, MapErrorsInOrder) {
  buffer->revoke(true);
  EXPECT_EQ(map_buffer(1, kMax, kIova), EOVERFLOW);
  EXPECT_EQ(map_buffer(1, kMax - 1, kIova), EINVAL);
  EXPECT_EQ(map_buffer(kMax, 2, kIova), EOVERFLOW);
  EXPECT_EQ(map_buffer(kPageSize, 2 * kPageSize + 1, kIova), EINVAL);
  EXPECT_EQ(map_buffer(3 * kPageSize, 1, kIova), EINVAL);
  EXPECT_EQ(map_buffer(kPageSize, 2 * kPageSize, kMax - 1), ENODEV);
  buffer->revoke(false);
  EXPECT_EQ(map_buffer(kPageSize, 2 * kPageSize, kMax - 1), EOVERFLOW);
  EXPECT_EQ(map_buffer(kPageSize, 2 * kPageSize, kIova), 0);
}

TEST_F(DmaBuffers, AreReachedUntilTheyAreRevoked) {
  const ObjectId device = fd->device_attach(space).value;
  EXPECT_EQ(map_buffer(kPageSize, 2 * kPageSize, kIova), 0);
  EXPECT_EQ(page_at(device, kIova), 1);
  EXPECT_EQ(page_at(device, kIova + 2 * kPageSize - 1), 2);
  EXPECT_EQ(client.account.pinned(), 0U);
  buffer->revoke(true);
  EXPECT_EQ(page_at(device, kIova), -1);
  buffer->revoke(false);
  EXPECT_EQ(page_at(device, kIova), -1);  // for good
  const ObjectId later = fd->device_attach(space).value;
  EXPECT_EQ(page_at(later, kIova), -1);
  EXPECT_EQ(map_buffer(0, kPageSize, kIova), EEXIST);  // it stays in the way
  EXPECT_EQ(map_buffer(0, kPageSize, kIova + 0x10000), 0);
  EXPECT_EQ(page_at(later, kIova + 0x10000), 0);
  buffer->revoke(false);  // takes away what there is, too
  EXPECT_EQ(page_at(later, kIova + 0x10000), -1);
  EXPECT_EQ(fd->ioas_unmap(space, 0, kMax).value, 3 * kPageSize);
}

TEST_F(DmaBuffers, ACopyLeadsWhereItsSourceDoes) {
  const ObjectId other = ioas();
  const ObjectId device = fd->device_attach(other).value;
  EXPECT_EQ(map_buffer(0, 3 * kPageSize, 0x1000), 0);
  EXPECT_EQ(fd->ioas_copy(other, space, kPageSize, kIova, 0x2000, kBoth), 0);
  EXPECT_EQ(page_at(device, kIova), 1);
  buffer->revoke(true);
  EXPECT_EQ(page_at(device, kIova), -1);
  EXPECT_EQ(fd->ioas_copy(other, space, kPageSize, kIova + 0x10000, 0x2000, kBoth), 0);
  EXPECT_EQ(page_at(device, kIova + 0x10000), -1);
}

TEST_F(DmaBuffers, TheCpuDoesNotReachThem) {
  EXPECT_EQ(map_buffer(0, 2 * kPageSize, kIova), 0);
  const ObjectId access = fd->access_create(space, true).value;
  std::array<std::byte, 8> bytes{};
  EXPECT_EQ(fd->access_pin(access, kIova, kPageSize, false).error, EINVAL);
  EXPECT_EQ(fd->access_read(access, kIova, bytes), EINVAL);
  EXPECT_EQ(fd->access_write(access, kIova, bytes, true), EINVAL);
  EXPECT_EQ(map(space, 0, 1, kIova - kPageSize), 0);
  EXPECT_EQ(fd->access_pin(access, kIova - kPageSize, 2 * kPageSize, false).error, EINVAL);
  EXPECT_EQ(pins(0), 0U);
}

TEST_F(DmaBuffers, AreNeitherDividedNorHandedToAnotherProcess) {
  EXPECT_EQ(fd->vfio_ioas_set(space), 0);
  EXPECT_EQ(fd->option({kOptionHugePages, 0, space, 0}).error, 0);
  EXPECT_EQ(map_buffer(0, 2 * kPageSize, kIova), 0);
  std::optional<std::uint64_t> unmapped;
  EXPECT_EQ(fd->vfio_unmap_dma({kIova, kPageSize, false}, unmapped), EOPNOTSUPP);
  EXPECT_EQ(fd->ioas_change_process(), EINVAL);
}

TEST_F(DmaBuffers, NoLimitHoldsForThem) {
  client.account.may_lock_any = false;
  client.account.limit = 1;
  EXPECT_TRUE(fd->device_attach(space).ok());
  EXPECT_EQ(map_buffer(0, 3 * kPageSize, kIova), 0);
}

}  // namespace
}  // namespace hw_reference
