// SPDX-License-Identifier: Apache-2.0
// A machine on which iommufd drives an SMMU, and a guest on it.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "hw_reference/domain/iommufd_device.hpp"
#include "hw_reference/domain/test/rig.hpp"
#include "hw_reference/iommufd/iommufd.hpp"

namespace hw::domain::testing {

constexpr std::uint64_t kClient = 0x4000'0000;
constexpr std::uint64_t kPages = 64;
constexpr std::uint64_t kPage = iommufd::kPageSize;
constexpr std::uint64_t kMax = ~std::uint64_t{0};
constexpr iommufd::Rights kReadWrite = iommufd::kRead | iommufd::kWrite;

struct Board {
  explicit Board(const smmu::Policy& policy, std::size_t table_bytes = kTableBytes, unsigned substream_bits = 0,
                 const smmu::Features& features = {})
      : rig(policy, true, table_bytes, features, substream_bits) {
    EXPECT_EQ(client.map(kClient, kPages), 0);
    rig.elsewhere = [this](hw::PhysAddr address) -> std::uint64_t* {
      if (address >= kPages * kPage) return nullptr;
      std::byte* const bytes = frames.bytes(static_cast<iommufd::Frame>(address / kPage)) + address % kPage;
      return reinterpret_cast<std::uint64_t*>(bytes);
    };
  }
  ~Board() {
    fd.reset();
    EXPECT_EQ(frames.total_pins(), 0U);
  }

  iommufd::ObjectId bind(smmu::StreamId stream) {
    return fd->device_bind(std::make_unique<SmmuDevice>(*rig.driver, stream)).value;
  }
  int map(iommufd::ObjectId ioas, std::uint64_t page, std::uint64_t pages, std::uint64_t iova,
          iommufd::Rights rights = kReadWrite) {
    return fd->ioas_map(ioas, kClient + page * kPage, pages * kPage, iova, rights);
  }
  // The page of the client that a stream reaches, none if it faults.
  std::optional<std::uint64_t> page_at(std::uint64_t iova, smmu::StreamId stream = kStream,
                                       std::optional<smmu::SubstreamId> substream = {}) {
    const auto address = rig.reach(iova, false, stream, substream);
    if (!address) return std::nullopt;
    const auto found = client.address_of(static_cast<iommufd::Frame>(*address / kPage));
    return (found.value_or(kMax) - kClient) / kPage;
  }

  iommufd::PhysicalMemory frames{kPages};
  iommufd::ClientMemory client{frames};
  Rig rig;
  std::unique_ptr<iommufd::Iommufd> fd = std::make_unique<iommufd::Iommufd>(client);
};

// A guest with tables in its own memory: context descriptor in page 0, tables in pages 1 to 3, data from page 8 on.
struct Guest {
  explicit Guest(Board& on) : Guest(on, on.bind(kStream), kSmmuType, {}) {}
  // The first page of the client that the guest calls its own, and its virtual IOMMU.
  Guest(Board& on, iommufd::ObjectId behind, std::uint32_t type, const iommufd::UserData& data, std::uint64_t from = 0)
      : board(on), device(behind), first(from) {
    space = board.fd->ioas_alloc().value;
    parent = board.fd->hwpt_alloc({device, space, iommufd::kHwptNestParent, 0, {}}).value;
    answer = board.fd->viommu_alloc({device, parent, type, 0, data});
    viommu = answer.value.id;
    EXPECT_EQ(board.map(space, first, 16, 0), 0);  // what the guest calls address 0
    put(0, 0, 25 | 1ULL << 30 | 1ULL << 31 | 2ULL << 32 | 1ULL << 41 | 1ULL << 45 | 1ULL << 46 | 1ULL << 48);
    put(0, 1, 1 * kPage);
    put(1, 0, 2 * kPage | 3);
    put(2, 0, 3 * kPage | 3);
  }
  void put(std::uint64_t page, std::uint64_t word, std::uint64_t value) {
    EXPECT_EQ(board.client.write(kClient + (first + page) * kPage + 8 * word, std::as_bytes(std::span(&value, 1))), 0);
  }
  // The guest maps a page, or none.
  void set(std::uint64_t page, std::optional<std::uint64_t> target) {
    put(3, page, target ? *target * kPage | 0x403 | 1ULL << 6 : 0);
  }
  int invalidate(const std::vector<smmu::Command>& commands, std::uint32_t& done) {
    return board.fd->hwpt_invalidate(viommu,
                                     {kSmmuType, sizeof(smmu::Command), static_cast<std::uint32_t>(commands.size()),
                                      reinterpret_cast<const std::byte*>(commands.data()), false},
                                     done);
  }
  iommufd::Result<iommufd::ObjectId> nested(std::uint64_t word0, std::uint64_t word1 = 0) {
    const SmmuNestedData data{{word0, word1}};
    return board.fd->hwpt_alloc(
        {device, viommu, 0, 0, {kSmmuType, sizeof data, reinterpret_cast<const std::byte*>(&data)}});
  }

  Board& board;
  iommufd::ObjectId device, space, parent, viommu;
  std::uint64_t first;
  iommufd::Result<iommufd::ViommuAnswer> answer;
};

constexpr std::uint64_t kGuestTranslates = 1 | 5ULL << 1;  // V, stage 1, context descriptor at 0
constexpr std::uint64_t kVirtualStream = 0x21;

}  // namespace hw::domain::testing
