// SPDX-License-Identifier: Apache-2.0
// iommufd drives an SMMU: what devices reach is what the IOAS says, under any caching; guests nest in it.
#include <random>

#include "hw_reference/domain/test/board.hpp"
#include "hw_reference/memory/dma_buffer.hpp"

namespace {

using namespace hw::domain;
using namespace hw::domain::testing;
namespace smmu = hw::smmu;

TEST(IommufdOnSmmu, DevicesReachWhatIsMapped) {
  Board board(smmu::Policy::adversarial(3));
  const auto space = board.fd->ioas_alloc().value;
  const auto device = board.bind(kStream);
  const auto second = board.bind(kStream + 1);
  EXPECT_EQ(board.map(space, 4, 3, 0x7000), 0);
  EXPECT_EQ(board.page_at(0x7000), std::nullopt);
  const auto hwpt = board.fd->device_attach(device, 0, space).value;
  EXPECT_EQ(board.fd->device_attach(second, 0, space).value, hwpt);
  EXPECT_EQ(board.fd->ioas_iova_ranges(space, {}).value.alignment, kPage);
  EXPECT_EQ(board.page_at(0x8fff), 5U);
  EXPECT_EQ(board.page_at(0x7000, kStream + 1), 4U);
  EXPECT_EQ(board.page_at(0xa000), std::nullopt);
  EXPECT_EQ(board.fd->ioas_unmap(space, 0x7000, 0x3000).value, 0x3000U);
  EXPECT_EQ(board.page_at(0x7000), std::nullopt);
  EXPECT_EQ(board.map(space, 9, 1, 0x7000, iommufd::kRead), 0);
  EXPECT_EQ(board.page_at(0x7000), 9U);
  EXPECT_EQ(board.rig.reach(0x7000, true), std::nullopt);  // for reading only
  EXPECT_EQ(board.fd->device_detach(device, 0), 0);
  EXPECT_EQ(board.page_at(0x7000), std::nullopt);
  EXPECT_EQ(board.page_at(0x7000, kStream + 1), 9U);
  EXPECT_EQ(board.fd->device_attach(device, 1, hwpt).error, EINVAL);
  EXPECT_EQ(board.map(space, 0, 1, std::uint64_t{1} << 48), EINVAL);  // beyond the aperture
}

TEST(IommufdOnSmmu, AStreamThatDoesNotExist) {
  Board board(smmu::Policy::adversarial(3));
  const auto space = board.fd->ioas_alloc().value;
  EXPECT_EQ(board.fd->device_attach(board.bind(1 << 20), 0, space).error, EINVAL);
  EXPECT_EQ(board.fd->destroy(space), 0);
}

TEST(IommufdOnSmmu, NoDmaBuffers) {
  Board board(smmu::Policy::adversarial(3));
  const auto space = board.fd->ioas_alloc().value;
  const auto device = board.bind(kStream);
  const auto buffer = iommufd::DmaBuffer::make(iommufd::Frame{1} << 30, kPage).value;
  const auto map_buffer = [&](std::uint64_t iova) {
    return board.fd->ioas_map_file({space, iommufd::kMapFixedIova | iommufd::kMapReadable, buffer, 0, kPage, iova})
        .error;
  };
  EXPECT_EQ(map_buffer(0x7000), 0);
  EXPECT_EQ(board.fd->device_attach(device, 0, space).error, EOPNOTSUPP);
  EXPECT_EQ(board.fd->ioas_unmap(space, 0x7000, kPage).error, 0);
  EXPECT_TRUE(board.fd->device_attach(device, 0, space).ok());
  EXPECT_EQ(map_buffer(0x7000), EOPNOTSUPP);
  EXPECT_EQ(board.map(space, 4, 1, 0x7000), 0);
  EXPECT_EQ(board.page_at(0x7000), 4U);
}

TEST(IommufdOnSmmu, EachSmmuHasATableOfItsOwn) {
  Board board(smmu::Policy::adversarial(8));
  Rig second(smmu::Policy::adversarial(9));
  second.elsewhere = board.rig.elsewhere;
  const auto space = board.fd->ioas_alloc().value;
  const auto here = board.bind(kStream);
  const auto there = board.fd->device_bind(std::make_unique<SmmuDevice>(*second.driver, kStream)).value;
  const auto mock = board.fd->device_bind().value;
  EXPECT_EQ(board.map(space, 4, 2, 0x100'0000), 0);
  const auto first = board.fd->device_attach(here, 0, space).value;
  EXPECT_EQ(board.fd->device_attach(there, 0, first).error, EINVAL);
  EXPECT_NE(board.fd->device_attach(there, 0, space).value, first);
  EXPECT_EQ(board.fd->device_attach(mock, 0, first).error, EINVAL);
  EXPECT_NE(board.fd->device_attach(mock, 0, space).value, first);
  EXPECT_EQ(board.frames.total_pins(), 2U);
  EXPECT_EQ(board.page_at(0x100'1000), 5U);
  EXPECT_EQ(second.reach(0x100'1000), board.rig.reach(0x100'1000));
  EXPECT_EQ(board.fd->ioas_unmap(space, 0x100'0000, 0x2000).value, 0x2000U);
  EXPECT_EQ(board.page_at(0x100'1000), std::nullopt);
  EXPECT_EQ(second.reach(0x100'1000), std::nullopt);
  EXPECT_EQ(board.fd->device_unbind(there), 0);  // before its SMMU goes
}

TEST(IommufdOnSmmu, WhatWasWrittenIsRead) {
  Board board(smmu::Policy::adversarial(8));
  const auto space = board.fd->ioas_alloc().value;
  const auto device = board.bind(kStream);
  const auto table = board.fd->hwpt_alloc({device, space, iommufd::kHwptDirtyTracking, 0, {}}).value;
  ASSERT_EQ(board.fd->device_attach(device, 0, table).error, 0);
  ASSERT_EQ(board.map(space, 0, 8, 0x10'1000), 0);
  ASSERT_EQ(board.fd->hwpt_set_dirty_tracking(table, 1), 0);
  for (unsigned round = 0; round < 8; ++round) {
    ASSERT_TRUE(board.rig.reach(0x10'1000 + round * kPage, true));
    std::byte bits{0};
    ASSERT_EQ(board.fd->hwpt_get_dirty_bitmap(table, 0, 0x10'1000, 8 * kPage, kPage, {&bits, 1}), 0);
    ASSERT_EQ(bits, std::byte{1} << round);
  }
}

TEST(IommufdOnSmmu, RunningOutOfTablesLeavesNothing) {
  Board board(smmu::Policy::adversarial(4), (1 << 20) + 6 * 4096);
  const auto space = board.fd->ioas_alloc().value;
  ASSERT_TRUE(board.fd->device_attach(board.bind(kStream), 0, space).ok());
  std::uint64_t iova = kPage;
  int error = 0;
  for (; error == 0; iova += std::uint64_t{1} << 30) error = board.map(space, 0, 2, iova);
  EXPECT_EQ(error, ENOMEM);
  iova -= std::uint64_t{1} << 30;
  EXPECT_EQ(board.page_at(iova), std::nullopt);
  EXPECT_EQ(board.fd->ioas_unmap(space, iova, 2 * kPage).error, ENOENT);
  EXPECT_EQ(board.page_at(kPage), 0U);
  // A second table for all of it does not fit either.
  const auto other = board.bind(kStream + 1);
  const auto copy = board.fd->hwpt_alloc({other, space, 0, 0, {}});
  EXPECT_EQ(copy.error, ENOMEM);
  EXPECT_EQ(board.page_at(kPage), 0U);
}

TEST(IommufdOnSmmu, RandomCallsUnderAnyCaching) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    Board board(smmu::Policy::adversarial(seed));
    std::mt19937_64 random(seed);
    const auto below = [&random](std::uint64_t end) { return random() % end; };
    const iommufd::ObjectId spaces[] = {board.fd->ioas_alloc().value, board.fd->ioas_alloc().value};
    const iommufd::ObjectId devices[] = {board.bind(kStream), board.bind(kStream + 1)};
    unsigned reached = 0;
    for (unsigned step = 0; step < 800; ++step) {
      const iommufd::ObjectId space = spaces[below(2)];
      const std::uint64_t iova = 0x4000'0000 - 8 * kPage + below(24) * kPage;
      switch (below(8)) {
        case 0:
          (void)board.fd->device_attach(devices[below(2)], 0, space);
          break;
        case 1:
          (void)board.fd->device_replace(devices[below(2)], 0, space);
          break;
        case 2:
          if (below(4) == 0) (void)board.fd->device_detach(devices[below(2)], 0);
          break;
        case 3:
        case 4:
          (void)board.map(space, below(kPages - 8), 1 + below(8), iova);
          break;
        case 5:
          (void)board.fd->ioas_copy(spaces[below(2)], space, (1 + below(4)) * kPage, 0x4000'0000 + below(16) * kPage,
                                    iova, kReadWrite);
          break;
        default:
          (void)board.fd->ioas_unmap(space, iova, (1 + below(12)) * kPage);
      }
      for (unsigned which = 0; which < 2; ++which) {
        const std::uint64_t at = 0x4000'0000 - 8 * kPage + below(24 * kPage);
        const auto expected = board.fd->device_translate(devices[which], at).value;
        const auto found = board.rig.reach(at, false, kStream + which);
        ASSERT_EQ(found, expected) << "seed " << seed << " step " << step;
        reached += found.has_value() ? 1 : 0;
      }
    }
    EXPECT_GT(reached, 100U);
  }
}

TEST(IommufdOnSmmu, AGuestNests) {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    Board board(seed == 1 ? smmu::Policy::keep_everything() : smmu::Policy::adversarial(seed));
    Guest guest(board);
    guest.set(5, 8);
    const auto nested = guest.nested(kGuestTranslates);
    ASSERT_EQ(nested.error, 0);
    EXPECT_EQ(board.fd->device_attach(guest.device, 0, nested.value).error, ENOENT);  // it has no place
    ASSERT_TRUE(board.fd->vdevice_alloc({guest.viommu, guest.device, kVirtualStream}).ok());
    ASSERT_EQ(board.fd->device_attach(guest.device, 0, nested.value).error, 0);
    ASSERT_EQ(board.page_at(5 * kPage), 8U) << "seed " << seed;
    EXPECT_EQ(board.page_at(6 * kPage), std::nullopt);
    // The guest changes its mind, and says so.
    std::uint32_t done = 9;
    guest.set(5, std::nullopt);
    ASSERT_EQ(guest.invalidate({smmu::command::tlbi_nh_va(77, 1, 5 * kPage, true)}, done), 0);
    EXPECT_EQ(done, 1U);
    ASSERT_EQ(board.page_at(5 * kPage), std::nullopt) << "seed " << seed;
    guest.set(5, 9);
    ASSERT_EQ(board.page_at(5 * kPage), 9U);
    guest.set(5, std::nullopt);
    ASSERT_EQ(guest.invalidate({smmu::command::tlbi_nsnh_all()}, done), 0);
    ASSERT_EQ(board.page_at(5 * kPage), std::nullopt);
    // The host takes memory away under the guest.
    guest.set(6, 20);
    ASSERT_EQ(board.page_at(6 * kPage), std::nullopt);
    ASSERT_EQ(board.map(guest.space, 40, 1, 20 * kPage), 0);
    ASSERT_EQ(board.page_at(6 * kPage), 40U);
    ASSERT_EQ(board.fd->ioas_unmap(guest.space, 20 * kPage, kPage).error, 0);
    ASSERT_EQ(board.page_at(6 * kPage), std::nullopt) << "seed " << seed;
    // Bypass: the guest's own addresses; abort: none.
    const auto bypass = guest.nested(1 | 4ULL << 1).value;
    ASSERT_EQ(board.fd->device_replace(guest.device, 0, bypass).value, bypass);
    ASSERT_EQ(board.page_at(5 * kPage), 5U);
    const auto abort = guest.nested(0).value;
    ASSERT_EQ(board.fd->device_replace(guest.device, 0, abort).value, abort);
    ASSERT_EQ(board.page_at(5 * kPage), std::nullopt);
  }
}

TEST(IommufdOnSmmu, WhatGuestsMayNotAskFor) {
  Board board(smmu::Policy::adversarial(1));
  Guest guest(board);
  EXPECT_EQ(board.fd->viommu_alloc({guest.device, guest.parent, 2, 0, {}}).error, EOPNOTSUPP);
  EXPECT_EQ(guest.nested(1 | 6ULL << 1).error, EIO);  // stage 2 of its own
  EXPECT_EQ(guest.nested(kGuestTranslates, 1ULL << 30).error, EIO);
  EXPECT_EQ(board.fd->hwpt_alloc({guest.device, guest.viommu, 0, 0, {kSmmuType, 8, nullptr}}).error, EINVAL);
  EXPECT_EQ(board.fd->hwpt_alloc({guest.device, guest.viommu, 0, 0, {kSmmuType, 16, nullptr}}).error, EFAULT);
  ASSERT_TRUE(board.fd->vdevice_alloc({guest.viommu, guest.device, kVirtualStream}).ok());
  std::uint32_t done = 9;
  // L62, L63: what was refused is not issued, what was issued before has completed and is counted.
  EXPECT_EQ(guest.invalidate({smmu::command::cfgi_cd_all(kVirtualStream), smmu::command::tlbi_s12_vmall(1)}, done),
            EIO);
  EXPECT_EQ(done, 1U);
  EXPECT_EQ(guest.invalidate({smmu::command::cfgi_cd_all(kVirtualStream + 1)}, done), EIO);
  EXPECT_EQ(done, 0U);
  EXPECT_EQ(guest.invalidate({smmu::command::cfgi_all()}, done), EIO);
  EXPECT_EQ(guest.invalidate({smmu::command::atc_inv(kVirtualStream, 0, 52), smmu::command::tlbi_nh_all(3)}, done), 0);
  EXPECT_EQ(done, 2U);
}

}  // namespace
