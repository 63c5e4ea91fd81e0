// SPDX-License-Identifier: Apache-2.0
// Commands with memory of the user: what they read, what they write, and where it ends.
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <vector>

#include "hw_reference/uapi/test/client.hpp"

namespace hw_reference::uapi {
namespace {

struct Commands : Client {
  const std::uint32_t space = ioas();
};

TEST_F(Commands, ADeviceReachesTheMemoryOfTheProcess) {
  const Device dev = device(space);
  EXPECT_EQ(map(space, 2, 3, kIova), 0);
  EXPECT_EQ(check_map(dev.hwpt, kIova, 3 * kPageSize, memory.at(2)), 0);
  EXPECT_EQ(check_map(dev.hwpt, kIova + 2048, 2048, memory.at(2) + 2048), 0);
  EXPECT_EQ(check_map(dev.hwpt, kIova, kPageSize, memory.at(3)), EINVAL);
  EXPECT_EQ(check_map(dev.hwpt, kIova, kPageSize, kNowhere), EFAULT);
  EXPECT_EQ(check_map(dev.hwpt, kIova + 1, kPageSize, memory.at(2)), EINVAL);
  EXPECT_EQ(check_map(dev.hwpt, kIova, kPageSize, ~std::uint64_t{0} - 2047), EINVAL);
  EXPECT_EQ(check_map(space, kIova, kPageSize, memory.at(2)), ENOENT);
  EXPECT_EQ(check_refs(2, 3, 1), 0);
  EXPECT_EQ(check_refs(1, 2, 1), EIO);
  EXPECT_EQ(check_refs(15, 2, 0), EFAULT);
  EXPECT_EQ(destroy(dev.stdev), 0);
  EXPECT_EQ(check_refs(2, 3, 0), 0);
}

TEST_F(Commands, BadMemoryIsAnError) {
  device(space);
  IoasMapCommand c{0, kFixed, space, 0, kNowhere, kPageSize, kIova};
  EXPECT_EQ(request(kIoasMap, c), EFAULT);
  c.user_va = memory.edge() - kPageSize;
  c.length = 2 * kPageSize;
  EXPECT_EQ(request(kIoasMap, c), EFAULT);
  EXPECT_EQ(door.frames().total_pins(), 0U);
  memory.protect(0, PROT_READ);
  c.user_va = memory.at(0);
  c.length = kPageSize;
  EXPECT_EQ(request(kIoasMap, c), EFAULT);
  c.flags = kMapFixedIova | kMapReadable;
  EXPECT_EQ(request(kIoasMap, c), 0);
  memory.protect(0, PROT_READ | PROT_WRITE);
}

TEST_F(Commands, AccessesReadAndWriteWhatIsMapped) {
  EXPECT_EQ(map(space, 0, 2, kIova), 0);
  const auto user = static_cast<std::uint32_t>(access(space, 0));
  std::array<std::uint32_t, 4> words = {1, 2, 3, 4};
  TestCommand c{};
  for (const std::uint32_t slow : {0U, kRwSlow}) {
    c.access_rw = {kIova + kPageSize - 8, sizeof words, address(&words), kRwWrite | slow};
    EXPECT_EQ(test(TestOp::access_rw, user, c), 0);
    EXPECT_EQ(std::memcmp(memory.bytes() + kPageSize - 8, words.data(), sizeof words), 0);
    std::array<std::uint32_t, 4> got{};
    c.access_rw = {kIova + kPageSize - 8, sizeof got, address(&got), slow};
    EXPECT_EQ(test(TestOp::access_rw, user, c), 0);
    EXPECT_EQ(got, words);
    words[0] += 7;
  }
  c.access_rw = {kIova, 8, kNowhere, 0};
  EXPECT_EQ(test(TestOp::access_rw, user, c), EFAULT);
  c.access_rw = {kIova, 8, kNowhere, kRwWrite};
  EXPECT_EQ(test(TestOp::access_rw, user, c), EFAULT);
  c.access_rw = {kIova, (1 << 24) + 1, address(&words), 0};
  EXPECT_EQ(test(TestOp::access_rw, user, c), ENOMEM);
  c.access_rw = {kIova, 8, address(&words), 2};
  EXPECT_EQ(test(TestOp::access_rw, user, c), EOPNOTSUPP);
  door.close(static_cast<int>(user));
}

TEST_F(Commands, RangesAreWrittenAsFarAsThereIsRoom) {
  TestCommand reserve{};
  reserve.add_reserved = {0x10000, 0x1000};
  EXPECT_EQ(test(TestOp::add_reserved, space, reserve), 0);
  std::array<Range, 3> ranges{};
  IoasIovaRangesCommand c{0, space, 3, 0, address(&ranges), 0};
  EXPECT_EQ(request(kIoasIovaRanges, c), 0);
  EXPECT_EQ(c.num_iovas, 2U);
  EXPECT_EQ(c.out_iova_alignment, 1U);
  EXPECT_EQ(ranges[0].last, 0xffffU);
  EXPECT_EQ(ranges[1].start, 0x11000U);
  c.num_iovas = 1;
  EXPECT_EQ(request(kIoasIovaRanges, c), EMSGSIZE);
  EXPECT_EQ(c.num_iovas, 2U);
  c.num_iovas = 0;
  c.allowed_iovas = kNowhere;
  EXPECT_EQ(request(kIoasIovaRanges, c), EMSGSIZE);
  c.num_iovas = 0xffff'ffff;
  EXPECT_EQ(request(kIoasIovaRanges, c), EFAULT);
  c.allowed_iovas = memory.edge() - sizeof(Range);
  EXPECT_EQ(request(kIoasIovaRanges, c), EFAULT);
}

TEST_F(Commands, AllowedRangesAreReadOneByOne) {
  auto* const list = reinterpret_cast<Range*>(memory.edge()) - 2;
  list[0] = {0x10000, 0x1ffff};
  list[1] = {0x20000, 0x2ffff};
  IoasAllowIovasCommand c{0, space, 3, 0, address(list)};
  EXPECT_EQ(request(kIoasAllowIovas, c), EFAULT);
  list[1] = {0x18000, 0x2ffff};
  EXPECT_EQ(request(kIoasAllowIovas, c), EINVAL);  // before the one that cannot be read
  c.num_iovas = 0xffff'ffff;
  EXPECT_EQ(request(kIoasAllowIovas, c), EINVAL);
  list[1] = {0x20000, 0x2ffff};
  c.num_iovas = 2;
  EXPECT_EQ(request(kIoasAllowIovas, c), 0);
  IoasMapCommand somewhere{0, kMapReadable, space, 0, memory.at(0), kPageSize, 0};
  EXPECT_EQ(request(kIoasMap, somewhere), 0);
  EXPECT_EQ(somewhere.iova, 0x10000U);
}

TEST_F(Commands, TheDirtyBitmapIsAdded) {
  const Device dev = device(space);
  const std::uint32_t table = hwpt(dev.idev, space, kHwptDirtyTracking);
  OptionCommand small{0, kOptionHugePages, 0, 0, space, 0};
  EXPECT_EQ(request(kOption, small), 0);
  EXPECT_EQ(map(space, 0, 16, kIova), 0);
  HwptSetDirtyTrackingCommand enable{0, 1, table, 0};
  EXPECT_EQ(request(kHwptSetDirtyTracking, enable), 0);
  std::array<std::uint8_t, 8> marks = {0x81, 0x40};
  TestCommand c{};
  c.dirty = {0, kIova, 16 * kPageSize, kPageSize, address(&marks), 0};
  EXPECT_EQ(test(TestOp::dirty, table, c), 0);
  EXPECT_EQ(c.dirty.out_nr_dirty, 3U);
  c.dirty.uptr = kNowhere;
  EXPECT_EQ(test(TestOp::dirty, table, c), EFAULT);
  std::array<std::uint8_t, 4> bitmap = {0, 0x01, 0xff, 0};
  HwptGetDirtyBitmapCommand get{0, table, 1, 0, kIova, 16 * kPageSize, kPageSize, address(&bitmap)};
  EXPECT_EQ(request(kHwptGetDirtyBitmap, get), 0);
  EXPECT_EQ(bitmap, (std::array<std::uint8_t, 4>{0x81, 0x41, 0xff, 0}));
  // One that cannot be written is no error, and forgets what it should have told.
  get.flags = 0;
  get.data = kNowhere;
  EXPECT_EQ(request(kHwptGetDirtyBitmap, get), 0);
  get.data = address(&bitmap);
  bitmap = {};
  EXPECT_EQ(request(kHwptGetDirtyBitmap, get), 0);
  EXPECT_EQ(bitmap, (std::array<std::uint8_t, 4>{}));
  EXPECT_EQ(map(space, 0, 1, kIova + 0x100'0000), 0);
  get.length = std::uint64_t{1} << 62;  // more bits than there is memory
  get.page_size = 1;
  EXPECT_EQ(request(kHwptGetDirtyBitmap, get), 0);
}

TEST_F(Commands, HardwareInformationFillsTheBuffer) {
  const Device dev = device(space, 4);
  std::array<std::uint32_t, 4> data;
  data.fill(0xaaaa'aaaa);
  GetHwInfoCommand c{};
  c.dev_id = dev.idev;
  c.data_len = 12;
  c.data_uptr = address(&data);
  EXPECT_EQ(request(kGetHwInfo, c), 0);
  EXPECT_EQ(data, (std::array<std::uint32_t, 4>{0, 0xdeadbeef, 0, 0xaaaa'aaaa}));
  EXPECT_EQ(c.data_len, 8U);
  EXPECT_EQ(c.data_type, kMockHwInfoType);
  EXPECT_EQ(c.out_max_pasid_log2, 20);
  c.data_len = 0;
  c.data_uptr = kNowhere;
  EXPECT_EQ(request(kGetHwInfo, c), 0);
  c.data_len = 1;
  EXPECT_EQ(request(kGetHwInfo, c), EFAULT);
  c.data_uptr = memory.edge() - 8;
  c.data_len = 0xffff'ffff;
  EXPECT_EQ(request(kGetHwInfo, c), EFAULT);
}

TEST_F(Commands, InvalidationsStopWhereMemoryEnds) {
  const Device dev = device(space);
  const std::uint32_t parent = hwpt(dev.idev, space, kHwptNestParent);
  MockHwptData config{9, 0};
  HwptAllocCommand nested{0, 0, dev.idev, parent, 0, 0, kMockHwptType, sizeof config, address(&config), 0, 0};
  ASSERT_EQ(request(kHwptAlloc, nested), 0);
  auto* const entries = reinterpret_cast<MockHwptInvalidation*>(memory.edge()) - 2;
  entries[0] = {0, 1};
  entries[1] = {0, 2};
  HwptInvalidateCommand c{0, nested.out_hwpt_id, address(entries), kMockHwptInvalidateType, 8, 3, 0};
  EXPECT_EQ(request(kHwptInvalidate, c), EFAULT);
  EXPECT_EQ(c.entry_num, 2U);
  TestCommand check{};
  for (const auto& [entry, value] : {std::pair{0U, 9U}, {1U, 0U}, {2U, 0U}, {3U, 9U}}) {
    check.check_iotlb = {entry, value};
    EXPECT_EQ(test(TestOp::check_iotlb, nested.out_hwpt_id, check), 0) << entry;
  }
  c.entry_num = 1U << 19;
  c.data_uptr = 0;
  EXPECT_EQ(request(kHwptInvalidate, c), EINVAL);
  EXPECT_EQ(c.entry_num, 0U);
}

TEST_F(Commands, FilesOfTheProcessAreMapped) {
  const Device dev = device(space);
  const int file = memfd_create("test", MFD_CLOEXEC);
  ASSERT_EQ(ftruncate(file, 6144), 0);
  IoasMapFileCommand c{0, kFixed, space, file, 0, kPageSize, kIova};
  EXPECT_EQ(request(kIoasMapFile, c), 0);
  c.iova += kPageSize;
  EXPECT_EQ(request(kIoasMapFile, c), 0);
  EXPECT_EQ(door.frames().total_pins(), 2U);
  const auto fd_of = door.iommufd(fd);
  EXPECT_EQ(fd_of->hwpt_translate(dev.hwpt, kIova).value, fd_of->hwpt_translate(dev.hwpt, kIova + kPageSize).value);
  c.iova += kPageSize;
  c.start = kPageSize;
  c.length = 2048;
  EXPECT_EQ(request(kIoasMapFile, c), EINVAL);  // its last page is not whole
  c.fd = fd;
  c.start = 0;
  EXPECT_EQ(request(kIoasMapFile, c), EINVAL);
  c.fd = -1;
  EXPECT_EQ(request(kIoasMapFile, c), EBADF);
  close(file);
  IoasChangeProcessCommand change{};
  EXPECT_EQ(request(kIoasChangeProcess, change), 0);
}

TEST_F(Commands, APageOfAFileIsTheOneThatIsMapped) {
  const Device dev = device(space);
  const int file = memfd_create("test", MFD_CLOEXEC);
  ASSERT_EQ(ftruncate(file, 4 * kPageSize), 0);
  void* const pages = ::mmap(nullptr, 4 * kPageSize, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  IoasMapFileCommand c{0, kFixed, space, file, kPageSize, 2 * kPageSize, kIova};
  EXPECT_EQ(request(kIoasMapFile, c), 0);
  const std::uint64_t second = address(pages) + kPageSize;
  EXPECT_EQ(check_map(dev.hwpt, kIova, 2 * kPageSize, second), 0);
  EXPECT_EQ(check_map(dev.hwpt, kIova, kPageSize, address(pages)), EINVAL);
  EXPECT_EQ(check_map(dev.hwpt, kIova, kPageSize, memory.at(0)), EINVAL);
  TestCommand refs{};
  refs.check_refs = {2 * kPageSize, second, 1};
  EXPECT_EQ(test(TestOp::check_refs, 0, refs), 0);
  refs.check_refs = {kPageSize, second, 2};
  EXPECT_EQ(test(TestOp::check_refs, 0, refs), EIO);
  ::munmap(pages, 4 * kPageSize);
  close(file);
}

TEST_F(Commands, PasidsAreCheckedByTheirTable) {
  const std::uint32_t other = ioas();
  const Device first = device(other, 4);
  const std::uint32_t table = hwpt(first.idev, space, kHwptPasid);
  TestCommand c{};
  c.mock_domain_replace.pt_id = table;
  EXPECT_EQ(test(TestOp::mock_domain_replace, first.stdev, c), 0);
  c.pasid_attach = {100, table};
  EXPECT_EQ(test(TestOp::pasid_attach, first.stdev, c), 0);
  c.pasid_check = {100, table};
  EXPECT_EQ(test(TestOp::pasid_check_hwpt, first.stdev, c), 0);
  c.pasid_check = {100, 0};
  EXPECT_EQ(test(TestOp::pasid_check_hwpt, first.stdev, c), EINVAL);
  c.pasid_check = {101, 0};
  EXPECT_EQ(test(TestOp::pasid_check_hwpt, first.stdev, c), 0);
  c.pasid_check = {100, space};
  EXPECT_EQ(test(TestOp::pasid_check_hwpt, first.stdev, c), EINVAL);
  c.pasid_check = {100, 999};
  EXPECT_EQ(test(TestOp::pasid_check_hwpt, first.stdev, c), ENOENT);
  c.pasid_attach = {100, 0};
  EXPECT_EQ(test(TestOp::pasid_detach, first.stdev, c), 0);
  EXPECT_EQ(test(TestOp::pasid_detach, 999, c), ENOENT);
}

// ---- VFIO -----------------------------------------------------------------------------------------------------------

struct Container : Commands {
  Container() {
    VfioIoasCommand c{0, space, kVfioIoasSet, 0};
    EXPECT_EQ(request(kVfioIoas, c), 0);
  }
  long vfio(unsigned number, const void* c) { return door.ioctl(fd, number, address(c)); }
};

TEST_F(Container, NumbersAreAnsweredByValue) {
  EXPECT_EQ(door.ioctl(fd, VFIO_GET_API_VERSION, kNowhere), 0);
  EXPECT_EQ(door.ioctl(fd, VFIO_CHECK_EXTENSION, VFIO_TYPE1v2_IOMMU), 1);
  EXPECT_EQ(door.ioctl(fd, VFIO_CHECK_EXTENSION, ~std::uint64_t{0}), 0);
  EXPECT_EQ(door.ioctl(fd, VFIO_SET_IOMMU, VFIO_TYPE1_IOMMU), 0);
  EXPECT_EQ(door.ioctl(fd, VFIO_SET_IOMMU, 77), -EINVAL);
  EXPECT_EQ(door.ioctl(fd, VFIO_IOMMU_DIRTY_PAGES, kNowhere), -ENOTTY);
}

TEST_F(Container, CapabilitiesAreChainedWhereThereIsRoom) {
  device(space);
  struct {
    VfioInfo info;
    VfioCapDmaAvail dma;
    std::uint32_t pad;
    VfioCapIovaRanges ranges;
    Range range;
  } answer{};
  constexpr std::uint32_t kAll = 24 + 16 + 16 + 16;
  static_assert(sizeof answer == kAll);
  for (const std::uint32_t room : {16U, 24U, 36U, 40U, 56U, kAll - 1, kAll, kAll + 100}) {
    std::memset(&answer, 0xee, sizeof answer);
    answer.info.argsz = room;
    ASSERT_EQ(vfio(VFIO_IOMMU_GET_INFO, &answer), 0);
    EXPECT_EQ(answer.info.argsz, kAll);
    EXPECT_EQ(answer.info.flags, VFIO_IOMMU_INFO_PGSIZES | VFIO_IOMMU_INFO_CAPS);
    EXPECT_EQ(answer.info.iova_pgsizes, 0x1f'ffff'f000U);
    EXPECT_EQ(answer.info.cap_offset, room < 24 ? 0xeeee'eeeeU : room < kAll ? 0U : 24U) << room;
    EXPECT_EQ(answer.dma.avail, room < 36 ? 0xeeee'eeeeU : 0xffff'ffffU) << room;
    EXPECT_EQ(answer.dma.header.next, room < 36 ? 0xeeee'eeeeU : room < 40 ? 0U : 40U) << room;
    EXPECT_EQ(answer.ranges.nr_iovas, room < kAll ? 0xeeee'eeeeU : 1U) << room;
    EXPECT_EQ(answer.range.last, room < kAll ? 0xeeee'eeee'eeee'eeeeU : 0x7fff'ffffU) << room;
  }
  answer.info.argsz = 15;
  EXPECT_EQ(vfio(VFIO_IOMMU_GET_INFO, &answer), -EINVAL);
  EXPECT_EQ(door.ioctl(fd, VFIO_IOMMU_GET_INFO, kNowhere), -EFAULT);
}

TEST_F(Container, MapsAndPokesHoles) {
  ASSERT_EQ(door.ioctl(fd, VFIO_SET_IOMMU, VFIO_TYPE1_IOMMU), 0);
  const Device dev = device(space);
  vfio_iommu_type1_dma_map c{sizeof c, VFIO_DMA_MAP_FLAG_READ, memory.at(0), kIova, 8 * kPageSize};
  EXPECT_EQ(vfio(VFIO_IOMMU_MAP_DMA, &c), 0);
  struct {
    std::uint32_t argsz, flags;
    std::uint64_t iova, size;
  } u{24, 0, kIova + 2 * kPageSize, kPageSize};
  EXPECT_EQ(vfio(VFIO_IOMMU_UNMAP_DMA, &u), 0);
  EXPECT_EQ(u.size, kPageSize);
  EXPECT_EQ(check_map(dev.hwpt, kIova, 2 * kPageSize, memory.at(0)), 0);
  EXPECT_EQ(check_map(dev.hwpt, kIova + 3 * kPageSize, 5 * kPageSize, memory.at(3)), 0);
  EXPECT_EQ(check_map(dev.hwpt, kIova + 2 * kPageSize, kPageSize, memory.at(2)), EINVAL);
  EXPECT_EQ(check_refs(2, 1, 0), 0);
  u = {24, VFIO_DMA_UNMAP_FLAG_ALL, 0, 0};
  EXPECT_EQ(vfio(VFIO_IOMMU_UNMAP_DMA, &u), 0);
  EXPECT_EQ(u.size, 7 * kPageSize);
  // An answer that does not arrive wins over all, and what is unmapped is gone.
  EXPECT_EQ(vfio(VFIO_IOMMU_MAP_DMA, &c), 0);
  u = {24, 0, kIova, 8 * kPageSize};
  std::memcpy(memory.bytes() + 15 * kPageSize, &u, sizeof u);
  memory.protect(15, PROT_READ);
  EXPECT_EQ(door.ioctl(fd, VFIO_IOMMU_UNMAP_DMA, memory.at(15)), -EFAULT);
  memory.protect(15, PROT_READ | PROT_WRITE);
  EXPECT_EQ(check_refs(0, 8, 0), 0);
}

}  // namespace
}  // namespace hw_reference::uapi
