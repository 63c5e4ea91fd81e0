// SPDX-License-Identifier: Apache-2.0
// A machine for the tests of domains: memory in which translation tables have a region of their own, an SMMU, its
// driver. A test sees which table pages are free, and what the SMMU reads.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <optional>

#include "hw_reference/domain/domain.hpp"
#include "hw_reference/domain/driver.hpp"
#include "hw_reference/smmu/smmu.hpp"
#include "hw_reference/smmu/sparse_memory.hpp"

namespace hw::domain::testing {

namespace pgtable = hw_reference::pgtable;

constexpr std::uint64_t kTables = 0x1'0000'0000;
constexpr std::uint64_t kTableBytes = 0x800'0000;
constexpr smmu::StreamId kStream = 8;
constexpr pgtable::Prot kBoth = pgtable::kRead | pgtable::kWrite;
constexpr pgtable::Shape kFirst{pgtable::Stage::one, 12, 48, 48};
constexpr pgtable::Shape kSecond{pgtable::Stage::two, 12, 40, 40};

constexpr Layout layout(bool ranges, unsigned substream_bits = 0, bool page_requests = false) {
  Layout at;
  at.streams = 0x4000'0000;
  at.contexts = 0x4010'0000;
  at.commands = 0x4100'0000;
  at.events = 0x4110'0000;
  at.command_bits = 5;
  at.use_ranges = ranges;
  at.substreams = 0x4200'0000;
  at.substream_bits = substream_bits;
  if (page_requests) at.pages = 0x4120'0000;
  at.page_bits = 3;
  return at;
}

struct Rig {
  explicit Rig(const smmu::Policy& policy = smmu::Policy::adversarial(1), bool ranges = true,
               std::size_t table_bytes = kTableBytes, const smmu::Features& features = {}, unsigned substream_bits = 0)
      : tables(table_bytes, kTables), smmu(memory, features, policy) {
    memory.elsewhere = [this](PhysAddr address) {
      if (tables.contains(address)) return tables.words(address);
      return elsewhere ? elsewhere(address) : nullptr;
    };
    driver.emplace(smmu, memory, tables, layout(ranges, substream_bits, features.pri));
  }
  ~Rig() {
    driver.reset();
    EXPECT_EQ(tables.in_use(), 0U);
    EXPECT_TRUE(smmu.misuses().empty());
  }

  std::unique_ptr<Domain> domain(const pgtable::Shape& shape, bool parent = false) {
    auto made = Domain::make(*driver, shape, parent);
    EXPECT_EQ(made.error, 0);
    return std::move(made.value);
  }

  // Where an access of a stream ends, none if it faults.
  std::optional<std::uint64_t> reach(std::uint64_t iova, bool write = false, smmu::StreamId stream = kStream,
                                     std::optional<smmu::SubstreamId> substream = {}) {
    const auto found =
        smmu.translate({.stream = stream, .substream = substream, .address = iova, .access = {.write = write}});
    if (!found) return std::nullopt;
    return found->address;
  }

  SparseMemory memory;
  std::function<std::uint64_t*(PhysAddr)> elsewhere;  // other memory that somebody else keeps
  pgtable::TableMemory tables;
  smmu::Smmu smmu;
  std::optional<Driver> driver;
};

}  // namespace hw::domain::testing
