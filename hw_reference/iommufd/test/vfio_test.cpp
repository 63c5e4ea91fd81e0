// SPDX-License-Identifier: Apache-2.0
// The calls of VFIO's type 1 container, and areas that they divide.
#include <array>
#include <optional>

#include "hw_reference/iommufd/test/world.hpp"

namespace hw_reference {
namespace {

struct VfioTest : World {
  const ObjectId space = ioas();
  std::optional<std::uint64_t> unmapped;

  VfioTest() { EXPECT_EQ(fd->vfio_ioas_set(space), 0); }

  int map_dma(std::uint64_t page, std::uint64_t pages, std::uint64_t iova, Rights rights = kBoth) {
    return fd->vfio_map_dma(kMemory + page * kPageSize, pages * kPageSize, iova, rights);
  }
  int unmap_dma(std::uint64_t iova, std::uint64_t length) {
    return fd->vfio_unmap_dma({iova, length, false}, unmapped);
  }
  std::uint64_t areas() const {
    // Each area is a range that a copy of one byte can start at; counted by unmapping them one by one.
    std::uint64_t count = 0;
    for (std::uint64_t page = 0; page < kMemoryPages; ++page)
      for (std::uint64_t pages = 1; pages <= kMemoryPages; ++pages)
        if (fd->ioas_unmap(space, kIova + page * kPageSize, pages * kPageSize).ok()) {
          ++count;
          break;
        }
    return count;
  }
};

TEST_F(VfioTest, NothingWorksWithoutAnIoas) {
  fd->vfio_ioas_clear();
  EXPECT_EQ(fd->vfio_set_iommu(kVfioType1), ENODEV);
  EXPECT_EQ(fd->vfio_set_iommu(2), EINVAL);
  EXPECT_EQ(fd->vfio_page_sizes().error, ENODEV);
  EXPECT_EQ(map_dma(0, 1, kIova), ENODEV);
  EXPECT_EQ(unmap_dma(kIova, 0x1000), ENODEV);
  EXPECT_EQ(unmapped, std::nullopt);
  EXPECT_EQ(fd->vfio_check_extension(kVfioCoherentDma).error, ENODEV);
  EXPECT_EQ(fd->vfio_check_extension(kVfioUnmapAll).value, 1U);
  EXPECT_EQ(fd->vfio_check_extension(6).value, 0U);
}

TEST_F(VfioTest, PageSizesAreThoseOfAllTables) {
  EXPECT_EQ(fd->vfio_page_sizes().value, ~(kPageSize - 1));
  EXPECT_EQ(fd->vfio_check_extension(kVfioCoherentDma).value, 1U);
  const ObjectId device = fd->device_attach(space).value;
  EXPECT_EQ(fd->vfio_page_sizes().value, 0x1f'ffff'f000U);  // its pages of 2048 bytes make up one of the CPU
  EXPECT_EQ(fd->vfio_check_extension(kVfioCoherentDma).value, 0U);
  const std::array<std::uint32_t, 2> huge = {0, 1};
  const UserData data{kMockHwptType, 8, reinterpret_cast<const std::byte*>(huge.data())};
  EXPECT_TRUE(fd->hwpt_alloc({device, space, 0, 0, data}).ok());
  EXPECT_EQ(fd->vfio_page_sizes().value, 0x10'1000U);
}

TEST_F(VfioTest, UnmapsWholeAreasWhileLargePagesAreOn) {
  EXPECT_EQ(fd->vfio_set_iommu(kVfioType1v2), 0);
  EXPECT_EQ(map_dma(0, 4, kIova), 0);
  EXPECT_EQ(unmap_dma(kIova, 0x2000), ENOENT);
  EXPECT_EQ(unmapped, 0U);
  EXPECT_EQ(unmap_dma(kIova - 0x1000, 0x9000), 0);
  EXPECT_EQ(unmapped, 0x4000U);
  EXPECT_EQ(unmap_dma(kIova, 0x1000), 0);  // nothing is there
  EXPECT_EQ(unmapped, 0U);
  EXPECT_EQ(unmap_dma(kIova, 0), EINVAL);
  EXPECT_EQ(unmap_dma(kMax, 2), EOVERFLOW);
  EXPECT_EQ(fd->vfio_unmap_dma({kIova, 0, true}, unmapped), EINVAL);
  EXPECT_EQ(unmapped, std::nullopt);
}

TEST_F(VfioTest, ReportsWhatAFailureHadRemoved) {
  EXPECT_EQ(map_dma(0, 1, kIova), 0);
  EXPECT_EQ(map_dma(1, 2, kIova + 0x1000), 0);
  EXPECT_EQ(unmap_dma(kIova, 0x2000), ENOENT);
  EXPECT_EQ(unmapped, 0x1000U);
}

TEST_F(VfioTest, PokesAHoleUnderADevice) {
  EXPECT_EQ(fd->vfio_set_iommu(kVfioType1), 0);
  const ObjectId device = fd->device_attach(space).value;
  EXPECT_EQ(map_dma(0, 8, kIova), 0);
  EXPECT_EQ(unmap_dma(kIova + 0x2000, 0x3000), 0);
  EXPECT_EQ(unmapped, 0x3000U);
  for (std::uint64_t page = 0; page < 8; ++page) {
    const bool gone = page >= 2 && page < 5;
    EXPECT_EQ(pins(page), gone ? 0U : 1U) << page;
    EXPECT_EQ(reach(device, kIova + page * kPageSize), gone ? kMax : kMemory + page * kPageSize) << page;
  }
  EXPECT_EQ(areas(), 2U);
  EXPECT_EQ(physical.total_pins(), 0U);
}

TEST_F(VfioTest, CopiesOfHalvesShareTheirPages) {
  EXPECT_EQ(fd->vfio_set_iommu(kVfioType1), 0);
  EXPECT_EQ(map_dma(0, 4, kIova), 0);
  EXPECT_EQ(unmap_dma(kIova, 0x1000), 0);
  const ObjectId other = ioas();
  EXPECT_EQ(fd->ioas_copy(other, space, 0x3000, kIova, kIova + 0x1000, kRead), 0);
  const ObjectId device = fd->device_attach(other).value;
  EXPECT_EQ(reach(device, kIova), kMemory + kPageSize);
  EXPECT_TRUE(fd->device_attach(space).ok());
  EXPECT_EQ(pins(1), 1U);
  EXPECT_EQ(pins(0), 0U);
}

TEST_F(VfioTest, CutsThatWouldNotDivideAreNone) {
  EXPECT_EQ(fd->vfio_set_iommu(kVfioType1), 0);
  EXPECT_EQ(map_dma(0, 4, kIova), 0);
  EXPECT_EQ(unmap_dma(kIova, 1), ENOENT);  // after the first byte nothing is divided
  EXPECT_EQ(unmap_dma(kIova + 0x1000, 0x800), EINVAL);
  EXPECT_EQ(unmapped, std::nullopt);
  EXPECT_EQ(unmap_dma(kIova + 0x4000, 0), EINVAL);  // the cut before it was none
  EXPECT_EQ(areas(), 1U);
}

TEST_F(VfioTest, ACutStaysWhenTheNextOneFails) {
  EXPECT_EQ(fd->vfio_set_iommu(kVfioType1), 0);
  EXPECT_EQ(map_dma(0, 4, kIova), 0);
  EXPECT_EQ(unmap_dma(kIova + 0x800, 0x800), EINVAL);
  EXPECT_EQ(areas(), 2U);
}

TEST_F(VfioTest, PinnedAreasAreNotDivided) {
  EXPECT_EQ(fd->vfio_set_iommu(kVfioType1), 0);
  EXPECT_EQ(map_dma(0, 4, kIova), 0);
  const ObjectId access = fd->access_create(space, true).value;
  const PinId pin = fd->access_pin(access, kIova, 0x1000, false).value;
  EXPECT_EQ(unmap_dma(kIova + 0x2000, 0x1000), EINVAL);
  EXPECT_EQ(fd->access_unpin(access, pin), 0);
  EXPECT_EQ(unmap_dma(kIova + 0x2000, 0x1000), 0);
  EXPECT_EQ(fd->access_destroy(access), 0);
  EXPECT_EQ(areas(), 2U);
}

TEST_F(VfioTest, AlignmentFollowsTheHalves) {
  EXPECT_EQ(fd->vfio_set_iommu(kVfioType1), 0);
  EXPECT_EQ(fd->vfio_map_dma(kMemory, 0x4000, kIova, kBoth), 0);
  EXPECT_EQ(unmap_dma(kIova + 0x1000, 0x1000), 0);
  EXPECT_TRUE(fd->option({kOptionHugePages, 0, space, 1}).ok());
  EXPECT_EQ(fd->vfio_map_dma(kMemory, 0x800, kIova + 0x1000, kBoth), 0);
  EXPECT_EQ(fd->vfio_set_iommu(kVfioType1), EADDRINUSE);
  EXPECT_EQ(unmap_dma(kIova + 0x1000, 0x800), 0);
  EXPECT_EQ(fd->vfio_set_iommu(kVfioType1), 0);
}

TEST_F(VfioTest, MapsTheLastByteAndWithoutRights) {
  EXPECT_EQ(map_dma(0, 1, kMax - 0xfff, 0), 0);
  EXPECT_EQ(fd->vfio_unmap_dma({0, 0, true}, unmapped), 0);
  EXPECT_EQ(unmapped, 0x1000U);
  EXPECT_EQ(fd->vfio_unmap_dma({0, 0, true}, unmapped), 0);
  EXPECT_EQ(unmapped, 0U);
}

}  // namespace
}  // namespace hw_reference
