// SPDX-License-Identifier: Apache-2.0
// What the tests of the calls share: sixteen pages of client memory and one open file. At the end no pin may be left.
#pragma once

#include <gtest/gtest.h>

#include <cerrno>
#include <memory>

#include "hw_reference/iommufd/iommufd.hpp"

namespace hw_reference {

constexpr std::uint64_t kMax = ~std::uint64_t{0};
constexpr std::uint64_t kMemory = 0x4000'0000;  // the first byte of the client's memory
constexpr std::uint64_t kMemoryPages = 16;
constexpr std::uint64_t kIova = 0x100'0000;  // the first byte of the aperture
constexpr Rights kBoth = kRead | kWrite;

struct World : testing::Test {
  PhysicalMemory physical{kMemoryPages};
  ClientMemory client{physical};
  std::unique_ptr<Iommufd> fd = std::make_unique<Iommufd>(client);

  World() { EXPECT_EQ(client.map(kMemory, kMemoryPages), 0); }
  ~World() override {
    fd.reset();
    EXPECT_EQ(physical.total_pins(), 0U);
  }

  ObjectId ioas() { return fd->ioas_alloc().value; }
  // Maps pages of the client memory, counted from its first.
  int map(ObjectId ioas, std::uint64_t page, std::uint64_t pages, std::uint64_t iova, Rights rights = kBoth) {
    return fd->ioas_map(ioas, kMemory + page * kPageSize, pages * kPageSize, iova, rights);
  }
  std::uint32_t pins(std::uint64_t page) const { return client.pins(kMemory + page * kPageSize).value_or(~0U); }
  // The client address that a device reaches, kMax if it faults.
  std::uint64_t reach(ObjectId device, std::uint64_t iova) const {
    const auto physical_address = fd->device_translate(device, iova);
    EXPECT_EQ(physical_address.error, 0);
    if (!physical_address.value) return kMax;
    const auto page = client.address_of(static_cast<Frame>(*physical_address.value >> kPageShift));
    return page.value_or(kMax) + *physical_address.value % kPageSize;
  }
};

}  // namespace hw_reference
