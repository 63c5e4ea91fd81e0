// SPDX-License-Identifier: Apache-2.0
// Scripts with limits of locked memory, and with answers that cannot be written.
#include <sys/mman.h>
#include <unistd.h>

#include <array>

#include "hw_reference/uapi/test/allocation_scripts.hpp"

namespace hw_reference::uapi {

namespace {

constexpr std::uint64_t kFarBeyondLimits = kIova + 0x100'0000;
constexpr std::uint64_t kMaxLimited = ~std::uint64_t{0};

void limit(Caller& c, std::uint64_t pages) {
  c.door.memory().account.may_lock_any = false;
  c.door.memory().account.limit = pages;
}

// Two areas of 400 pages in an address space without a page table.
std::uint32_t two_areas(Caller& c) {
  const std::uint32_t space = c.ioas();
  c.map(space, 0, 400, kIova), c.map(space, 400, 400, kIova + 400 * kPageSize);
  return space;
}

// Makes a call whose structure can be read alone.
template <class Struct>
long request_unanswered(Caller& c, unsigned number, Struct asked) {
  static const Pages page(1);
  asked.size = sizeof asked;
  std::memcpy(page.bytes(), &asked, sizeof asked);
  page.protect(0, PROT_READ);
  const long result = c.call([&] { return c.door.ioctl(c.fd, number, page.at(0)); });
  page.protect(0, PROT_READ | PROT_WRITE);
  EXPECT_EQ(result, -EFAULT);
  return result;
}

TestCommand test_of(TestOp op, std::uint32_t id) {
  TestCommand t{};
  t.op = op;
  t.id = id;
  return t;
}

const std::array kLimitScripts = {
    Script{"map_beyond_the_limit",
           [](Caller& c) {
             limit(c, 700);
             c.open();
             const std::uint32_t space = c.ioas();
             c.device(space);
             EXPECT_EQ(c.map(space, 0, 701, kIova), -ENOMEM);
             c.map(space, 0, 600, kIova), c.map(space, 600, 101, kFarBeyondLimits),
                 c.map(space, 600, 100, kFarBeyondLimits);
             c.unmap(space, kIova, 600), c.map(space, 0, 600, kIova);
           }},
    Script{"limit_of_the_process",
           [](Caller& c) {
             limit(c, 600);
             c.open();
             OptionCommand mode{0, kOptionRlimitMode, 0, 0, 0, 1};
             c.request(kOption, mode);
             const std::uint32_t space = c.ioas();
             c.device(space), c.map(space, 0, 601, kIova), c.map(space, 0, 600, kIova),
                 c.map(space, 0, 1, kFarBeyondLimits);
           }},
    Script{"attach_beyond_the_limit",
           [](Caller& c) {
             limit(c, 700);
             c.open();
             const std::uint32_t space = two_areas(c);
             EXPECT_EQ(c.device(space).idev, 0U);
             c.unmap(space, kIova, 400), c.device(space);
           }},
    Script{"move_beyond_the_limit",
           [](Caller& c) {
             limit(c, 700);
             c.open();
             const std::uint32_t from = c.ioas(), to = two_areas(c);
             const auto dev = c.device(from);
             EXPECT_EQ(c.replace(dev.stdev, to), -ENOMEM);
             EXPECT_EQ(c.hwpt(dev.idev, to, 0), 0U);
             limit(c, 800), c.replace(dev.stdev, to);
           }},
    Script{"copy_beyond_the_limit",
           [](Caller& c) {
             limit(c, 700);
             c.open();
             const std::uint32_t from = two_areas(c), to = c.ioas();
             c.device(to);
             EXPECT_EQ(c.copy(to, from, 701, kIova, kIova), -ENOMEM);
             c.copy(to, from, 700, kIova, kIova), c.copy(to, from, 700, kFarBeyondLimits, kIova);
           }},
    Script{"pin_beyond_the_limit",
           [](Caller& c) {
             limit(c, 700);
             c.open();
             const std::uint32_t user = c.access(two_areas(c));
             EXPECT_EQ(c.pin(user, kIova, 701), -ENOMEM);
             c.pin(user, kIova, 700), c.pin(user, kIova + 600 * kPageSize, 101), c.unpin(user, 0);
           }},
    Script{"files_beyond_the_limit",
           [](Caller& c) {
             const int file = memfd_create("script", MFD_CLOEXEC);
             if (ftruncate(file, static_cast<off_t>(8 * kPageSize)) != 0) ADD_FAILURE();
             limit(c, 7);
             c.open();
             const std::uint32_t space = c.ioas();
             c.device(space), c.map_file(space, file, 8, kIova), c.map_file(space, file, 6, kIova);
             // It counts with the caller before it stops to count with the others, here the same user.
             IoasChangeProcessCommand p{};
             EXPECT_EQ(c.request(kIoasChangeProcess, p), -ENOMEM);
             limit(c, 12), c.request(kIoasChangeProcess, p);
             close(file);
           }},
    Script{"what_is_made_unanswered",
           [](Caller& c) {
             c.open();
             const std::uint32_t space = c.ioas();
             const auto dev = c.device(space, 4);
             const auto virt = c.viommu(dev.idev, space);
             MockViommuData data{1, 0, 0, 0};
             c.map(space, 0, 600, kIova);
             request_unanswered(c, kIoasAlloc, IoasAllocCommand{});
             request_unanswered(c, kFaultQueueAlloc, FaultQueueAllocCommand{});
             request_unanswered(c, kHwptAlloc,
                                HwptAllocCommand{0, kHwptDirtyTracking, dev.idev, space, 0, 0, 0, 0, 0, 0, 0});
             request_unanswered(
                 c, kViommuAlloc,
                 ViommuAllocCommand{0, 0, kMockViommuType, dev.idev, virt.parent, 0, sizeof data, 0, address(&data)});
             request_unanswered(c, kVdeviceAlloc, VdeviceAllocCommand{0, virt.id, dev.idev, 0, 5});
             request_unanswered(c, kVeventqAlloc, VeventqAllocCommand{0, 0, virt.id, kMockVeventqType, 2, 0, 0, 0});
             request_unanswered(c, kHwQueueAlloc,
                                HwQueueAllocCommand{0, 0, virt.id, kMockHwQueueType, 0, 0, kIova, 0x1000});
             request_unanswered(c, kTest, test_of(TestOp::mock_domain, c.ioas()));
           }},
    Script{"what_is_attached_unanswered",
           [](Caller& c) {
             c.open();
             const std::uint32_t space = c.ioas();
             const auto dev = c.device(space, 4);
             const std::uint32_t table = c.hwpt(dev.idev, space, kHwptPasid);
             c.replace(dev.stdev, table), c.map(space, 0, 600, kIova);
             TestCommand attach = test_of(TestOp::pasid_attach, dev.stdev);
             attach.pasid_attach = {5, table};
             request_unanswered(c, kTest, attach);
             request_unanswered(c, kTest, test_of(TestOp::create_access, space));
             TestCommand pin = test_of(TestOp::access_pages, c.access(space));
             pin.access_pages = {kAccessWrite, 0, kIova, 600 * kPageSize, 0};
             request_unanswered(c, kTest, pin);
             TestCommand move = test_of(TestOp::mock_domain_replace, dev.stdev);
             move.mock_domain_replace.pt_id = c.ioas();
             request_unanswered(c, kTest, move);
           }},
    Script{"what_is_done_unanswered",
           [](Caller& c) {
             const int file = memfd_create("script", MFD_CLOEXEC);
             if (ftruncate(file, static_cast<off_t>(4 * kPageSize)) != 0) ADD_FAILURE();
             c.open();
             const std::uint32_t space = c.ioas(), other = c.ioas();
             c.device(space);
             request_unanswered(c, kIoasMap,
                                IoasMapCommand{0, kFixed, space, 0, Caller::memory().at(0), 600 * kPageSize, kIova});
             request_unanswered(c, kIoasMapFile, IoasMapFileCommand{0, kMapReadable, space, file, 0, 4 * kPageSize, 0});
             request_unanswered(c, kIoasCopy,
                                IoasCopyCommand{0, kFixed, other, space, 600 * kPageSize, kFarBeyondLimits, kIova});
             request_unanswered(c, kIoasUnmap, IoasUnmapCommand{0, space, 0, kMaxLimited});
             request_unanswered(c, kOption, OptionCommand{0, kOptionHugePages, 0, 0, space, 0});
             c.map(space, 0, 1, kIova);
             close(file);
           }},
};

}  // namespace

std::span<const Script> scripts_of_limits() { return kLimitScripts; }

}  // namespace hw_reference::uapi
