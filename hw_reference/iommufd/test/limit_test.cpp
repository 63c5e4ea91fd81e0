// SPDX-License-Identifier: Apache-2.0
// Limits of locked memory where a call pins a lot, and answers that do not arrive.
#include "hw_reference/iommufd/test/world.hpp"

namespace hw_reference {
namespace {

// More pages than one array of entries of a pages object holds.
struct Limits : testing::Test {
  static constexpr std::uint64_t kPages = 1200;
  PhysicalMemory physical{kPages};
  ClientMemory client{physical};
  std::unique_ptr<Iommufd> fd = std::make_unique<Iommufd>(client);
  ObjectId space = fd->ioas_alloc().value;

  Limits() {
    EXPECT_EQ(client.map(kMemory, kPages), 0);
    limit(1000);
  }
  ~Limits() override {
    fd.reset();
    EXPECT_EQ(physical.total_pins(), 0U);
    expect_charged(0);
  }
  void limit(std::uint64_t pages) {
    client.account.may_lock_any = false;
    client.account.limit = pages;
  }
  int map(ObjectId ioas, std::uint64_t page, std::uint64_t pages) {
    return fd->ioas_map(ioas, kMemory + page * kPageSize, pages * kPageSize, kIova + page * kPageSize, kBoth);
  }
  // Three areas of 400 pages that nobody has pinned yet.
  ObjectId three_areas() {
    for (const std::uint64_t page : {0, 400, 800}) EXPECT_EQ(map(space, page, 400), 0);
    expect_charged(0);
    return space;
  }
  void expect_charged(std::uint64_t pages) const {
    EXPECT_EQ(client.account.user->locked, pages);
    EXPECT_EQ(client.account.pinned(), pages);
  }
  void expect_charged_and_pinned(std::uint64_t pages) const {
    expect_charged(pages);
    EXPECT_EQ(physical.total_pins(), pages);
  }
};

TEST_F(Limits, AMapBeyondTheLimitIsUndoneWhole) {
  ASSERT_TRUE(fd->device_attach(space).ok());
  EXPECT_EQ(map(space, 0, 1001), ENOMEM);
  expect_charged_and_pinned(0);
  EXPECT_EQ(map(space, 0, 1000), 0);
  expect_charged_and_pinned(1000);
  EXPECT_EQ(map(space, 1000, 1), ENOMEM);
  expect_charged_and_pinned(1000);
  EXPECT_EQ(fd->ioas_unmap(space, kIova, 1000 * kPageSize).error, 0);
  EXPECT_EQ(map(space, 1000, 200), 0);
  expect_charged_and_pinned(200);
}

TEST_F(Limits, AnAttachBeyondTheLimitLeavesNoAreaPinned) {
  three_areas();
  EXPECT_EQ(fd->device_attach(space).error, ENOMEM);
  expect_charged_and_pinned(0);
  limit(1200);
  EXPECT_TRUE(fd->device_attach(space).ok());
  expect_charged_and_pinned(1200);
}

TEST_F(Limits, ADeviceThatCannotMoveForTheLimitStays) {
  three_areas();
  const ObjectId other = fd->ioas_alloc().value;
  EXPECT_EQ(map(other, 0, 1), 0);
  const ObjectId device = fd->device_attach(other).value;
  const std::string before = fd->dump();
  EXPECT_EQ(fd->device_replace(device, kNoPasid, space).error, ENOMEM);
  EXPECT_EQ(fd->dump(), before);
  expect_charged_and_pinned(1);
}

TEST_F(Limits, ACopyBeyondTheLimitIsUndoneFromItsThirdArea) {
  three_areas();
  const ObjectId other = fd->ioas_alloc().value;
  ASSERT_TRUE(fd->device_attach(other).ok());
  EXPECT_EQ(fd->ioas_copy(other, space, 1200 * kPageSize, kIova, kIova, kRead), ENOMEM);
  expect_charged_and_pinned(0);
  EXPECT_EQ(fd->ioas_copy(other, space, 1000 * kPageSize, kIova, kIova, kRead), 0);
  expect_charged_and_pinned(1000);
  // What is pinned already is not charged again.
  EXPECT_EQ(fd->ioas_copy(other, space, 900 * kPageSize, kIova + 0x1000'0000, kIova, kRead), 0);
  expect_charged_and_pinned(1000);
}

TEST_F(Limits, AnAccessThatPinsBeyondTheLimitPinsNothing) {
  three_areas();
  const ObjectId access = fd->access_create(space, true).value;
  EXPECT_EQ(fd->access_pin(access, kIova, 1001 * kPageSize, true).error, ENOMEM);
  expect_charged_and_pinned(0);
  EXPECT_TRUE(fd->access_pin(access, kIova, 1000 * kPageSize, true).ok());
  expect_charged_and_pinned(1000);
  EXPECT_EQ(fd->access_pin(access, kIova + 999 * kPageSize, 2 * kPageSize, true).error, ENOMEM);
  expect_charged_and_pinned(1000);
}

TEST_F(Limits, WhatMemoryCountsAgainstIsSettledWhenItIsHandedOver) {
  client.account.may_lock_any = true;
  ASSERT_EQ(map(space, 0, 1100), 0);
  client.account.may_lock_any = false;
  ASSERT_EQ(map(space, 1100, 10), 0);
  client.account.may_lock_any = true;
  ASSERT_TRUE(fd->device_attach(space).ok());
  EXPECT_EQ(client.account.user->locked, 10U);
  EXPECT_EQ(client.account.pinned(), 1110U);
}

struct Reports : World {
  ObjectId space = ioas();
  std::uint64_t told = 0;
  const Report<std::uint64_t> unwritable = [this](std::uint64_t value) {
    told = value;
    return EFAULT;
  };
};

TEST_F(Reports, WhatWasDoneStays) {
  const IoasMap request{space, kMapFixedIova | kMapReadable, kMemory, kPageSize, kIova};
  EXPECT_EQ(fd->ioas_map(request, unwritable).error, EFAULT);
  EXPECT_EQ(told, kIova);
  EXPECT_EQ(map(space, 0, 1, kIova), EEXIST);
  EXPECT_EQ(fd->ioas_copy({space, space, kMapFixedIova | kMapReadable, kPageSize, 0, kIova}, unwritable).error, EFAULT);
  EXPECT_EQ(told, 0U);
  EXPECT_EQ(fd->ioas_unmap(space, 0, kMax, unwritable).error, EFAULT);
  EXPECT_EQ(told, 2 * kPageSize);
  EXPECT_EQ(fd->ioas_unmap(space, 0, kMax).value, 0U);
  EXPECT_EQ(fd->option({kOptionHugePages, 0, space, 0}, unwritable).error, EFAULT);
  EXPECT_EQ(fd->option({kOptionHugePages, 1, space, 0}).value, 0U);
}

TEST_F(Reports, AFailureIsNotReported) {
  told = 7;
  EXPECT_EQ(fd->ioas_map({99, kMapFixedIova | kMapReadable, kMemory, kPageSize, kIova}, unwritable).error, ENOENT);
  EXPECT_EQ(fd->ioas_unmap(space, kIova, 1, unwritable).error, ENOENT);
  EXPECT_EQ(fd->option({kOptionHugePages, 0, space, 2}, unwritable).error, EINVAL);
  EXPECT_EQ(told, 7U);
}

TEST_F(Reports, AnIoasWhoseNumberIsNotToldIsNone) {
  const std::string before = fd->dump();
  EXPECT_EQ(fd->ioas_alloc(0, [](ObjectId) { return EFAULT; }).error, EFAULT);
  EXPECT_EQ(fd->dump(), before);
}

}  // namespace
}  // namespace hw_reference
