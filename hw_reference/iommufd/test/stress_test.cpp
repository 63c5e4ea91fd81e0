// SPDX-License-Identifier: Apache-2.0
// Threads that make random calls on the same few objects. What is asserted is that nothing crashes, that answers are
// among those that a race allows, and that teardown finds every pin. Most useful under the sanitizers.
#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <initializer_list>
#include <random>
#include <thread>

#include "hw_reference/iommufd/iommufd.hpp"

namespace hw_reference {
namespace {

constexpr std::uint64_t kMemory = 0x4000'0000;
constexpr std::uint64_t kIova = 0x100'0000;
constexpr Rights kBoth = kRead | kWrite;
constexpr ObjectId kIds = 8;  // calls name ids 1..kIds, whatever lives there

bool is_one_of(int error, std::initializer_list<int> allowed) {
  return error == 0 || std::find(allowed.begin(), allowed.end(), error) != allowed.end();
}

struct Worker {
  Iommufd& fd;
  std::mt19937_64 random;

  ObjectId id() { return static_cast<ObjectId>(1 + random() % kIds); }
  std::uint64_t iova() { return kIova + random() % 16 * kPageSize; }
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
        const std::uint64_t va = kMemory + random() % 13 * kPageSize;
        EXPECT_TRUE(is_one_of(fd.ioas_map(id(), va, length(), iova(), kBoth), {ENOENT, EEXIST}));
      }
    }
  }
};

TEST(Stress, TwoThreads) {
  constexpr unsigned kCalls = 60'000;
  PhysicalMemory physical(16);
  ClientMemory client(physical);
  ASSERT_EQ(client.map(kMemory, 16), 0);
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
