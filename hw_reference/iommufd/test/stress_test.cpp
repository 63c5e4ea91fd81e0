// SPDX-License-Identifier: Apache-2.0
// Threads that make random calls on the same few objects. What is asserted is that nothing crashes, that answers are
// among those that a race allows, and that teardown finds every pin. Most useful under the sanitizers.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <initializer_list>
#include <random>
#include <thread>

#include "hw_reference/iommufd/iommufd.hpp"

namespace hw_reference {
namespace {

constexpr std::uint64_t kSharedMemory = 0x4000'0000;
constexpr std::uint64_t kSharedIova = 0x100'0000;
constexpr Rights kBoth = kRead | kWrite;
constexpr ObjectId kIds = 8;  // calls name ids 1..kIds, whatever lives there

bool is_one_of(int error, std::initializer_list<int> allowed) {
  return error == 0 || std::find(allowed.begin(), allowed.end(), error) != allowed.end();
}

struct Worker {
  Iommufd& fd;
  std::mt19937_64 random;

  ObjectId id() { return static_cast<ObjectId>(1 + random() % kIds); }
  std::uint64_t iova() { return kSharedIova + random() % 16 * kPageSize; }
  std::uint64_t length() { return (1 + random() % 4) * kPageSize; }

  void call() {
    switch (random() % 16) {
      case 0:
        if (const auto ioas = fd.ioas_alloc(); ioas.value > kIds) {
          EXPECT_TRUE(is_one_of(fd.ioas_destroy(ioas.value), {EBUSY, ENOENT}));
        }
        break;
      case 1:
        EXPECT_TRUE(is_one_of(fd.ioas_destroy(id()), {ENOENT, EBUSY}));
        break;
      case 2:
        EXPECT_TRUE(is_one_of(fd.access_destroy(id()), {EBADF}));
        break;
      case 3:
        EXPECT_TRUE(is_one_of(fd.device_destroy(id()), {ENOENT}));
        break;
      case 4:
        if (const auto access = fd.access_create(id(), true); access.ok() && access.value > kIds) {
          EXPECT_TRUE(is_one_of(fd.access_destroy(access.value), {EBADF}));
        }
        break;
      case 5:
        if (const auto device = fd.device_attach(id()); device.ok() && device.value > kIds) {
          EXPECT_TRUE(is_one_of(fd.device_destroy(device.value), {ENOENT}));
        }
        break;
      case 6:
        EXPECT_TRUE(is_one_of(fd.access_replace(id(), id()), {EBADFD, ENOENT}));
        break;
      case 7:
      case 8: {
        const auto pin = fd.access_pin(id(), iova(), length(), random() % 2 == 0);
        EXPECT_TRUE(is_one_of(pin.error, {EBADFD, ENOENT, EINVAL, EPERM}));
        break;
      }
      case 9:
        EXPECT_TRUE(is_one_of(fd.access_unpin(id(), static_cast<PinId>(1 + random() % 8)), {EBADFD, ENOENT}));
        break;
      case 10:
      case 11:
        EXPECT_TRUE(is_one_of(fd.ioas_unmap(id(), iova(), 4 * length()).error, {ENOENT, EDEADLOCK}));
        break;
      case 12:
        EXPECT_TRUE(is_one_of(fd.ioas_copy(id(), id(), length(), iova(), iova(), kBoth), {ENOENT, EEXIST, EPERM}));
        break;
      case 13: {
        const auto reached = fd.device_translate(id(), iova());
        EXPECT_TRUE(is_one_of(reached.error, {ENOENT}));
        break;
      }
      default: {
        const std::uint64_t va = kSharedMemory + random() % 13 * kPageSize;
        EXPECT_TRUE(is_one_of(fd.ioas_map(id(), va, length(), iova(), kBoth), {ENOENT, EEXIST}));
      }
    }
  }
};

// As above, with tables of the user, virtual IOMMUs and what belongs to them.
struct ObjectWorker : Worker {
  std::array<std::uint32_t, 6> words{3};
  UserData data{kMockHwptType, 8, reinterpret_cast<const std::byte*>(words.data())};

  void object_call() {
    switch (random() % 24) {
      case 0:
        EXPECT_TRUE(is_one_of(fd.destroy(id()), {ENOENT, EBUSY}));
        break;
      case 1:
        (void)fd.device_bind(MockDeviceTraits{true, true, {}, 0}, random() % 3 == 0 ? id() : 0);
        break;
      case 2:
        EXPECT_TRUE(is_one_of(fd.device_unbind(id()), {ENOENT}));
        break;
      case 3:
      case 4:
        EXPECT_TRUE(is_one_of(fd.device_attach(id(), random() % 3, id()).error, {ENOENT, EINVAL, EBUSY, EADDRINUSE}));
        break;
      case 5:
      case 6:
        EXPECT_TRUE(is_one_of(fd.device_replace(id(), random() % 3, id()).error, {ENOENT, EINVAL, EADDRINUSE}));
        break;
      case 7:
        EXPECT_TRUE(is_one_of(fd.device_detach(id(), random() % 3), {ENOENT}));
        break;
      case 8:
      case 9: {
        const std::uint32_t flags = static_cast<std::uint32_t>(random() % 16);
        const bool nested = random() % 2 == 0;
        const auto made = fd.hwpt_alloc({id(), id(), flags, id(), nested ? data : UserData{}});
        EXPECT_TRUE(is_one_of(made.error, {ENOENT, EINVAL, EOPNOTSUPP, EADDRINUSE}));
        break;
      }
      case 10:
        if (const auto made = fd.fault_alloc(); made.value > kIds) {
          EXPECT_TRUE(is_one_of(fd.events_close(made.value), {EBADF}));
          EXPECT_TRUE(is_one_of(fd.destroy(made.value), {ENOENT, EBUSY}));
        }
        break;
      case 11:
        EXPECT_TRUE(is_one_of(fd.events_close(id()), {EBADF}));
        break;
      case 12:
        EXPECT_TRUE(is_one_of(fd.device_fault(id(), PageFault{.pasid = static_cast<Pasid>(random() % 3)}), {ENOENT}));
        break;
      case 13:
        EXPECT_TRUE(is_one_of(fd.fault_read(id(), 80).error, {EBADF}));
        break;
      case 14: {
        const PageResponse response{static_cast<std::uint32_t>(1 + random() % 4), 0};
        EXPECT_TRUE(is_one_of(fd.fault_write(id(), {&response, 1}, 8).error, {EBADF, EINVAL}));
        break;
      }
      case 15:
        EXPECT_TRUE(is_one_of(fd.viommu_alloc({id(), id(), kMockViommuType, 0, data}).error, {ENOENT, EINVAL}));
        break;
      case 16:
        EXPECT_TRUE(is_one_of(fd.vdevice_alloc({id(), id(), random() % 2}).error, {ENOENT, EINVAL, EEXIST}));
        break;
      case 17:
        EXPECT_TRUE(is_one_of(fd.veventq_alloc({id(), kMockVeventqType, 2, 0}).error, {ENOENT, EEXIST}));
        break;
      case 18:
        EXPECT_TRUE(is_one_of(fd.mock_vevent(id()), {ENOENT, EOPNOTSUPP}));
        break;
      case 19:
        EXPECT_TRUE(is_one_of(
            fd.hw_queue_alloc({id(), kMockHwQueueType, static_cast<std::uint32_t>(random() % 2), iova(), 4096, 0})
                .error,
            {ENOENT, EADDRINUSE, EINVAL, EPERM, EFAULT, EEXIST, EIO}));
        break;
      case 20:
        if (const auto made = fd.mmap({(1 + random() % 4) * kPageSize, 2 * kPageSize, true, false}); made.ok()) {
          EXPECT_EQ(fd.munmap(made.value), 0);
        }
        break;
      case 21:
        EXPECT_TRUE(is_one_of(fd.hwpt_set_dirty_tracking(id(), 1), {ENOENT, EOPNOTSUPP}));
        break;
      case 22: {
        std::array<std::byte, 4> bits{std::byte{0x5a}};
        (void)fd.mock_dirty(id(), kSharedIova, 16 * kPageSize, kPageSize, bits);
        EXPECT_TRUE(is_one_of(fd.hwpt_get_dirty_bitmap(id(), 0, kSharedIova, 16 * kPageSize, kPageSize, bits),
                              {ENOENT, EOPNOTSUPP, EINVAL}));
        break;
      }
      default: {
        std::array<IovaRange, 2> ranges{};
        EXPECT_TRUE(is_one_of(fd.ioas_iova_ranges(id(), ranges).error, {ENOENT, EMSGSIZE}));
        EXPECT_TRUE(
            is_one_of(fd.option({kOptionHugePages, 0, id(), random() % 2}).error, {ENOENT, EINVAL, EADDRINUSE}));
      }
    }
  }
};

TEST(Stress, TwoThreadsWithAllObjects) {
  constexpr unsigned kCalls = 60'000;
  PhysicalMemory physical(16);
  ClientMemory client(physical);
  ASSERT_EQ(client.map(kSharedMemory, 16), 0);
  {
    Iommufd fd(client);
    for (unsigned i = 0; i < 3; ++i) EXPECT_TRUE(fd.ioas_alloc().ok());
    const auto work = [&fd](std::uint64_t seed) {
      ObjectWorker worker{{fd, std::mt19937_64(seed)}};
      for (unsigned i = 0; i < kCalls; ++i) {
        if (worker.random() % 3 == 0) {
          const std::uint64_t va = kSharedMemory + worker.random() % 13 * kPageSize;
          (void)fd.ioas_map(worker.id(), va, worker.length(), worker.iova(), kBoth);
          (void)fd.ioas_unmap(worker.id(), worker.iova(), worker.length());
          if (const auto ioas = fd.ioas_alloc(); ioas.value > kIds) {
            EXPECT_TRUE(is_one_of(fd.ioas_destroy(ioas.value), {ENOENT, EBUSY}));
          }
        }
        worker.object_call();
        if (i % 512 == 0) {
          // Ids that nothing else reaches; the table of objects stays small.
          for (ObjectId id = kIds + 1; id < 200; ++id) {
            (void)fd.events_close(id);
            if (fd.destroy(id) == EBUSY) (void)fd.device_unbind(id);
          }
        }
      }
    };
    std::thread other(work, 1);
    work(2);
    other.join();
  }
  EXPECT_EQ(physical.total_pins(), 0U);
}

TEST(Stress, TwoThreads) {
  constexpr unsigned kCalls = 60'000;
  PhysicalMemory physical(16);
  ClientMemory client(physical);
  ASSERT_EQ(client.map(kSharedMemory, 16), 0);
  {
    Iommufd fd(client);
    for (unsigned i = 0; i < 3; ++i) EXPECT_TRUE(fd.ioas_alloc().ok());
    const auto work = [&fd](std::uint64_t seed) {
      Worker worker{fd, std::mt19937_64(seed)};
      for (unsigned i = 0; i < kCalls; ++i) worker.call();
    };
    std::thread other(work, 1);
    work(2);
    other.join();
  }
  EXPECT_EQ(physical.total_pins(), 0U);
}

}  // namespace
}  // namespace hw_reference
