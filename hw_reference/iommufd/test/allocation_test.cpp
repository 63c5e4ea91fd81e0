// SPDX-License-Identifier: Apache-2.0
// Every allocation of a sequence of calls is made to fail in turn. The call that meets it answers ENOMEM and changes
// nothing: repeated, it succeeds, and the sequence ends as it does undisturbed.
#include <gtest/gtest.h>

#include <array>
#include <cerrno>
#include <memory>
#include <utility>
#include <vector>

#include "hw_reference/iommufd/iommufd.hpp"
#include "hw_reference/memory/client_file.hpp"
#include "hw_reference/test/failing_allocations.hpp"

namespace hw_reference {
namespace {

using hw::testing::countdown;

constexpr std::uint64_t kMemory = 0x4000'0000;
constexpr std::uint64_t kPages = 1200;
constexpr std::uint64_t kIova = 0x100'0000;
constexpr std::uint64_t kMax = ~std::uint64_t{0};
constexpr Rights kBoth = kRead | kWrite;

struct Script {
  Script(const PhysicalMemory& frames, ClientMemory& client, PhysicalMemory& more)
      : physical(frames), others(more), file(std::make_shared<ClientFile>(more, 6 * kPageSize)), fd(client) {}

  const PhysicalMemory& physical;
  const PhysicalMemory& others;
  std::shared_ptr<ClientFile> file;
  const MockDeviceTraits traits{true, true, {{0x1000, 0x1fff}}, 0};
  Iommufd fd;
  unsigned refused = 0;
  std::vector<std::uint64_t> log;

  std::uint64_t pins() const { return physical.total_pins() + others.total_pins(); }

  // Makes a call; if it was refused for lack of memory, nothing has changed, and once more.
  template <class Call>
  void make(Call call) {
    (void)answer_of(call);
  }
  template <class Call>
  auto value(Call call) {
    return answer_of(call).value;
  }
  template <class Call>
  auto answer_of(Call call) {
    const std::uint64_t before = pins();
    auto answer = call();
    if (error_of(answer) == ENOMEM) {
      ++refused;
      EXPECT_EQ(pins(), before);
      answer = call();
    }
    const long left = std::exchange(countdown, -1);
    log.push_back(static_cast<std::uint64_t>(error_of(answer)));
    log.push_back(pins());
    countdown = left;
    return answer;
  }
  static int error_of(int error) { return error; }
  template <class T>
  static int error_of(const Result<T>& result) {
    return result.error;
  }

  void run() {
    const ObjectId a = value([&] { return fd.ioas_alloc(); });
    const ObjectId b = value([&] { return fd.ioas_alloc(); });
    make([&] { return fd.ioas_map(a, kMemory, 0x1000, kIova, kBoth); });
    make([&] { return fd.ioas_map(a, kMemory + 0x1000, 0x3000, kIova + 0x1000, kBoth); });
    make([&] { return fd.ioas_map(a, kMemory, kPages * kPageSize, kIova + 0x10'0000, kBoth); });
    const ObjectId device = value([&] { return fd.device_attach(a); });
    make([&] { return fd.device_attach(b); });
    make([&] { return fd.ioas_copy(b, a, 0x4000, kIova, kIova, kRead); });
    make([&] { return fd.ioas_copy(b, a, 0x1000, kIova, kIova, kRead); });
    make([&] { return fd.ioas_map(b, kMemory, 600 * kPageSize, kIova + 0x10'0000, kBoth); });
    make([&] { return fd.ioas_map(b, 0, 600 * kPageSize, kIova + 0x80'0000, kBoth); });
    make([&] { return fd.ioas_reserve(a, 0x1000, 0x1000); });
    make([&] { return fd.ioas_reserve(a, 0x1800, 0x1000); });
    const ObjectId access = value([&] { return fd.access_create(a, true); });
    const PinId pin = value([&] { return fd.access_pin(access, kIova, 0x2001, false); });
    make([&] { return fd.access_pin(access, kIova + 0x3000, 0x2000, true); });
    make([&] { return fd.access_pin(access, kIova + 0x10'0000, kPages * kPageSize, true); });
    make([&] { return fd.access_unpin(access, pin); });
    for (std::uint64_t i = 0; i < 70; ++i)
      make([&] { return fd.ioas_map(a, kMemory, 0x1000, kIova + 0x200'0000 + i * 0x1000, kBoth); });
    make([&] { return fd.device_destroy(device); });
    make([&] { return fd.device_attach(a); });
    make([&] { return fd.access_replace(access, b); });
    make([&] { return fd.ioas_unmap(a, 0, kMax); });
    make([&] { return fd.access_destroy(access); });
    run_tables(a, b);
    run_virtual(b);
  }

  void run_tables(ObjectId a, ObjectId b) {
    const ObjectId device = value([&] { return fd.device_bind(traits); });
    make([&] { return fd.ioas_map({a, kMapReadable, kMemory, 0x3000, 0}); });
    make([&] {
      return fd.ioas_allow_iovas(b, std::array<IovaRange, 2>{{{0x800'0000, 0x8ff'ffff}, {kIova, kIova + 9}}});
    });
    make([&] { return fd.ioas_map_file({a, kMapReadable | kMapFixedIova, file, 0x1000, 0x3000, kIova + 0x300'0000}); });
    make([&] { return fd.ioas_map_file({a, kMapReadable | kMapFixedIova, file, 0, 0x9000, kIova + 0x400'0000}); });
    const ObjectId first = value([&] { return fd.hwpt_alloc({device, a, kHwptDirtyTracking | kHwptPasid, 0, {}}); });
    const ObjectId faults = value([&] { return fd.fault_alloc(); });
    const ObjectId second = value([&] {
      return fd.hwpt_alloc({device, b, kHwptFaultIdValid | kHwptPasid, faults, {}});
    });
    make([&] { return fd.hwpt_set_dirty_tracking(first, 1); });
    make([&] { return fd.mock_dirty(first, kIova + 0x300'0000, 0x3000, 0x1000, std::array{std::byte{7}}); });
    make([&] { return fd.device_attach(device, kNoPasid, first); });
    make([&] { return fd.device_attach(device, 7, second); });
    make([&] { return fd.device_fault(device, PageFault{.pasid = 7}); });
    make([&] { return fd.fault_read(faults, 40); });
    make([&] { return fd.device_replace(device, kNoPasid, second); });
    make([&] { return fd.device_replace(device, 7, first); });
    make([&] { return fd.device_detach(device, 7); });
    make([&] { return fd.device_replace(device, kNoPasid, a); });
    make([&] { return fd.mock_domain(b, 1); });
    make([&] { return fd.device_hw_info(device); });
    make([&] { return fd.ioas_unmap(a, 0, kMax); });
    make([&] { return fd.ioas_map_file({a, kMapReadable | kMapFixedIova, file, 0x1000, 0x3000, kIova}); });
    make([&] { return fd.ioas_unmap(b, 0, kMax); });
    make([&] { return fd.ioas_change_process(); });
  }

  void run_virtual(ObjectId space) {
    const ObjectId device = value([&] { return fd.device_bind(); });
    const ObjectId parent = value([&] { return fd.hwpt_alloc({device, space, kHwptNestParent, 0, {}}); });
    const std::array<std::uint32_t, 6> words{5};
    const UserData data{kMockHwptType, 8, reinterpret_cast<const std::byte*>(words.data())};
    const auto viommu = value([&] { return fd.viommu_alloc({device, parent, kMockViommuType, 0, data}); });
    make([&] { return fd.vdevice_alloc({viommu.id, device, 5}); });
    make([&] { return fd.vdevice_alloc({viommu.id, device, 5}); });
    make([&] { return fd.veventq_alloc({viommu.id, kMockVeventqType, 4, 0}); });
    make([&] { return fd.ioas_map(space, kMemory, 0x4000, kIova, kBoth); });
    const ObjectId queue = value([&] { return fd.hw_queue_alloc({viommu.id, kMockHwQueueType, 0, kIova, 0x2000, 0}); });
    make([&] { return fd.hw_queue_alloc({viommu.id, kMockHwQueueType, 1, kIova, 0x2000, 0}); });
    make([&] { return fd.hw_queue_alloc({viommu.id, kMockHwQueueType, 0, kIova, 0x2000, 0}); });
    make([&] { return fd.destroy(queue); });
    const ObjectId nested = value([&] { return fd.hwpt_alloc({device, viommu.id, 0, 0, data}); });
    make([&] { return fd.hwpt_alloc({device, parent, 0, 0, data}); });
    make([&] { return fd.device_attach(device, kNoPasid, nested); });
    make([&] { return fd.mmap({viommu.mmap_offset, viommu.mmap_length, true, false}); });
    make([&] { return fd.mapping_split(1, 1); });
    make([&] { return fd.mapping_fork(1); });
    const std::array<std::uint32_t, 3> entry{1, 5, 0};
    std::uint32_t done = 0;
    make([&] {
      return fd.hwpt_invalidate(
          viommu.id, {kMockViommuInvalidateType, 12, 1, reinterpret_cast<const std::byte*>(entry.data()), false}, done);
    });
  }
};

TEST(Allocation, EachFailureIsAnsweredAndUndone) {
  PhysicalMemory physical(kPages);
  PhysicalMemory more(8);
  ClientMemory client(physical);
  ASSERT_EQ(client.map(kMemory, kPages), 0);
  std::vector<std::uint64_t> undisturbed;
  {
    Script script(physical, client, more);
    script.run();
    undisturbed = script.log;
  }
  unsigned failures = 0;
  for (long at = 0;; ++at) {
    Script script(physical, client, more);
    script.log.reserve(undisturbed.size());
    countdown = at;
    script.run();
    const bool reached = std::exchange(countdown, -1) < 0;
    ASSERT_EQ(script.log, undisturbed) << "allocation " << at;
    if (!reached) break;
    ASSERT_EQ(script.refused, 1U) << "allocation " << at;
    ++failures;
  }
  EXPECT_GT(failures, 300U);
  EXPECT_EQ(physical.total_pins() + more.total_pins(), 0U);
  EXPECT_EQ(more.free_frames(), 8U);
}

}  // namespace
}  // namespace hw_reference
