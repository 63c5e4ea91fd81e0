// SPDX-License-Identifier: Apache-2.0
// Laws of attaching, of numbers and of endpoints. Tests are named by the number of the law in ../README.md.
#include <random>
#include <vector>

#include "hw_reference/domain/stream_writer.hpp"
#include "hw_reference/domain/test/rig.hpp"
#include "hw_reference/smmu/dma.hpp"

namespace {

using namespace hw::domain;
using namespace hw::domain::testing;
namespace smmu = hw::smmu;
using pgtable::Shape;
using pgtable::Stage;

// ---- entries --------------------------------------------------------------------------------------------------------

smmu::Words abort_entry() { return {1}; }
smmu::Words bypass_entry() { return {1 | 4ULL << 1, 1ULL << 44}; }
smmu::Words stage1_entry(std::uint64_t context, std::uint64_t dss = 0) {
  return {1 | 5ULL << 1 | context, dss | (dss == 1 ? 1ULL << 44 : 0)};
}
smmu::Words stage2_entry(std::uint64_t vmid, std::uint64_t table) {
  return {1 | 6ULL << 1, 0, vmid | 24ULL << 32 | 1ULL << 38 | 2ULL << 48 | 1ULL << 51 | 1ULL << 58, table};
}

// Memory that looks at the entry after each write.
class WatchedEntry final : public hw::Bus {
 public:
  explicit WatchedEntry(const smmu::Words& start) : words(start) {}

  std::optional<std::uint64_t> read64(hw::PhysAddr at) override { return words[at / 8]; }
  bool write64(hw::PhysAddr at, std::uint64_t value) override {
    words[at / 8] = value;
    seen.push_back(words);
    return true;
  }
  std::optional<std::uint64_t> compare_exchange64(hw::PhysAddr, std::uint64_t, std::uint64_t) override { return {}; }
  bool read(hw::PhysAddr, std::span<std::byte>) override { return false; }
  bool write(hw::PhysAddr, std::span<const std::byte>) override { return false; }

  smmu::Words words;
  std::vector<smmu::Words> seen;
};

bool same_where_used(const smmu::Words& seen, const smmu::Words& entry) {
  const smmu::Words used = used_bits(entry);
  for (unsigned i = 0; i < seen.size(); ++i)
    if ((seen[i] & used[i]) != (entry[i] & used[i])) return false;
  return true;
}

unsigned change(const smmu::Words& from, const smmu::Words& to, bool& invalid_between) {
  WatchedEntry entry(from);
  const unsigned syncs = write_stream_entry(entry, 0, to, [] {});
  EXPECT_EQ(entry.words, to);
  invalid_between = false;
  for (const smmu::Words& seen : entry.seen) {
    const bool invalid = (seen[0] & 1) == 0;
    invalid_between |= invalid;
    EXPECT_TRUE(invalid || same_where_used(seen, from) || same_where_used(seen, to));
  }
  return syncs;
}

TEST(DomainLaw, L35_EveryMomentOfAChangeIsOldNewOrInvalid) {
  bool invalid = false;
  const auto hitless = [&](const smmu::Words& from, const smmu::Words& to) {
    const unsigned syncs = change(from, to, invalid);
    EXPECT_FALSE(invalid);
    return syncs;
  };
  const smmu::Words one = stage1_entry(0x4000);
  const smmu::Words two = stage2_entry(3, 0x8000);
  EXPECT_EQ(hitless(bypass_entry(), abort_entry()), 2U);
  EXPECT_EQ(hitless(abort_entry(), bypass_entry()), 2U);
  EXPECT_EQ(hitless(two, abort_entry()), 2U);
  EXPECT_EQ(hitless(abort_entry(), two), 2U);
  EXPECT_EQ(hitless(one, stage1_entry(0x5000)), 1U);
  EXPECT_EQ(hitless(one, one), 0U);
  EXPECT_EQ(change(two, stage2_entry(4, 0x9000), invalid), 3U);  // VMID and table: no way around
  EXPECT_TRUE(invalid);
  std::mt19937_64 random(5);
  std::vector<smmu::Words> entries = {abort_entry(), bypass_entry(), smmu::Words{}};
  for (unsigned i = 1; i < 6; ++i) {
    entries.push_back(stage1_entry(i * 0x1000, i % 3));
    entries.push_back(stage2_entry(i, i * 0x1000));
    smmu::Words nested = stage2_entry(i, i * 0x2000);
    nested[0] = 1 | 7ULL << 1 | i * 0x3000;
    entries.push_back(nested);
  }
  for (const smmu::Words& from : entries)
    for (const smmu::Words& to : entries) change(from, to, invalid);
}

// ---- attaching ------------------------------------------------------------------------------------------------------

TEST(DomainLaw, L34_AfterAttachNothingUsesTheOldDomain) {
  for (std::uint64_t seed = 1; seed <= 25; ++seed) {
    Rig rig(smmu::Policy::adversarial(seed), seed % 2 == 0);
    std::vector<std::unique_ptr<Domain>> domains;
    for (unsigned i = 0; i < 4; ++i) {
      domains.push_back(rig.domain(i % 2 == 0 ? kFirst : kSecond));
      ASSERT_EQ(domains[i]->map(0x10'0000, 0x100'0000 * (i + 1), 0x10'0000, kBoth), 0);
    }
    std::mt19937_64 random(seed);
    for (unsigned round = 0; round < 60; ++round) {
      const auto choice = random() % 6;
      std::optional<std::uint64_t> expected;
      if (choice < 4) {
        ASSERT_EQ(rig.driver->attach(kStream, *domains[choice]), 0);
        expected = 0x100'0000 * (choice + 1);
      } else if (choice == 4) {
        ASSERT_EQ(rig.driver->bypass(kStream), 0);
        expected = 0x10'0000;
      } else {
        ASSERT_EQ(rig.driver->detach(kStream), 0);
      }
      for (unsigned i = 0; i < 4; ++i) {
        const std::uint64_t at = random() % 0x10'0000;
        const auto reached = rig.reach(0x10'0000 + at);
        ASSERT_EQ(reached.has_value(), expected.has_value()) << "seed " << seed << " round " << round;
        if (expected) {
          ASSERT_EQ(*reached, *expected + at) << "seed " << seed << " round " << round;
        }
      }
    }
    ASSERT_EQ(rig.driver->detach(kStream), 0);
    EXPECT_EQ(rig.driver->attach(1 << 8, *domains[0]), EINVAL);
  }
}

TEST(DomainLaw, L30_DomainsDoNotSeeEachOther) {
  Rig rig(smmu::Policy::keep_everything());
  auto one = rig.domain(kSecond);
  auto two = rig.domain(kSecond);
  ASSERT_EQ(rig.driver->attach(1, *one), 0);
  ASSERT_EQ(rig.driver->attach(2, *two), 0);
  ASSERT_EQ(one->map(0x1000, 0xa000, 0x1000, kBoth), 0);
  ASSERT_EQ(two->map(0x1000, 0xb000, 0x1000, kBoth), 0);
  EXPECT_EQ(rig.reach(0x1000, false, 1), 0xa000U);
  EXPECT_EQ(rig.reach(0x1000, false, 2), 0xb000U);
  EXPECT_EQ(one->unmap(0x1000, 0x1000), 0x1000U);
  EXPECT_EQ(rig.reach(0x1000, false, 1), std::nullopt);
  EXPECT_EQ(rig.reach(0x1000, false, 2), 0xb000U);
  ASSERT_EQ(rig.driver->detach(1), 0);
  ASSERT_EQ(rig.driver->detach(2), 0);
}

TEST(DomainLaw, L31_ANumberThatIsHandedOutIsForgotten) {
  for (const Shape& shape : {kFirst, kSecond}) {
    Rig rig(smmu::Policy::keep_everything());
    for (unsigned round = 0; round < 5; ++round) {
      // The same number each time, for the lowest free one is taken.
      auto domain = rig.domain(shape);
      ASSERT_EQ(rig.driver->attach(kStream, *domain), 0);
      EXPECT_EQ(rig.reach(0x1000), std::nullopt);
      ASSERT_EQ(domain->map(0x1000, 0x10'0000 * (round + 1), 0x1000, kBoth), 0);
      EXPECT_EQ(rig.reach(0x1000), 0x10'0000U * (round + 1));
      ASSERT_EQ(rig.driver->detach(kStream), 0);
      domain.reset();  // with the mapping in it
    }
  }
}

TEST(DomainLaw, L31_NumbersRunOut) {
  smmu::Features features;
  features.vmid16 = false;
  Rig rig(smmu::Policy::exact(), true, kTableBytes, features);
  std::vector<std::unique_ptr<Domain>> domains;
  for (unsigned i = 1; i < 256; ++i) domains.push_back(rig.domain(kSecond));
  EXPECT_EQ(Domain::make(*rig.driver, kSecond).error, ENOSPC);
  domains.erase(domains.begin() + 7);
  EXPECT_TRUE(Domain::make(*rig.driver, kSecond).ok());
}

// ---- guests ---------------------------------------------------------------------------------------------------------

TEST(DomainLaw, L29_InANestedDomainCombinedEntriesGo) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Rig rig(seed == 1 ? smmu::Policy::keep_everything() : smmu::Policy::adversarial(seed));
    auto parent = rig.domain(kSecond, true);
    // The guest has tables of its own in memory that its addresses reach one to one: one page of 0x5000 → 0x9000.
    auto guest = rig.domain(Shape{Stage::one, 12, 39, 40});
    ASSERT_EQ(guest->map(0x5000, 0x9000, 0x1000, kBoth), 0);
    ASSERT_EQ(parent->map(kTables, kTables, kTableBytes, kBoth), 0);
    ASSERT_EQ(parent->map(0x4010'0000, 0x4010'0000, 0x10'0000, kBoth), 0);
    ASSERT_EQ(rig.driver->attach_nested(kStream, *parent, guest->stream_entry()), 0);
    EXPECT_EQ(rig.reach(0x5000), std::nullopt);
    for (unsigned round = 0; round < 20; ++round) {
      ASSERT_EQ(parent->map(0x9000, 0x7'0000 + round * 0x1000, 0x1000, kBoth), 0);
      ASSERT_EQ(rig.reach(0x5123), 0x7'0123U + round * 0x1000) << "seed " << seed;
      ASSERT_EQ(parent->unmap(0x9000, 0x1000), 0x1000U);
      ASSERT_EQ(rig.reach(0x5123), std::nullopt) << "seed " << seed;
    }
    EXPECT_EQ(rig.driver->attach_nested(kStream, *guest, guest->stream_entry()), EINVAL);
    EXPECT_EQ(rig.driver->attach_nested(kStream, *parent, parent->stream_entry()), EINVAL);
    ASSERT_EQ(rig.driver->detach(kStream), 0);
  }
}

// ---- endpoints ------------------------------------------------------------------------------------------------------

TEST(DomainLaw, L27_L17_EndpointsForgetAfterTheSmmu) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Rig rig(smmu::Policy::adversarial(seed), seed % 2 == 0);
    auto domain = rig.domain(kFirst);
    auto other = rig.domain(kSecond);
    smmu::DmaEngine device(rig.smmu, kStream, {}, /*ats=*/true);
    ASSERT_EQ(rig.driver->attach(kStream, *domain, true), 0);
    std::uint64_t value = 0;
    for (unsigned round = 0; round < 20; ++round) {
      const std::uint64_t there = 0x10'0000 + round * 0x1000;
      ASSERT_TRUE(rig.memory.write64(there, round + 1));
      ASSERT_EQ(domain->map(0x5000, there, 0x1000, kBoth), 0);
      ASSERT_EQ(device.read64(0x5000, value), smmu::DmaStatus::done);
      ASSERT_EQ(value, round + 1);
      ASSERT_EQ(domain->unmap(0x5000, 0x1000), 0x1000U);
      ASSERT_NE(device.read64(0x5000, value), smmu::DmaStatus::done) << "seed " << seed << " round " << round;
    }
    ASSERT_EQ(domain->map(0x5000, 0x10'0000, 0x1000, kBoth), 0);
    ASSERT_EQ(device.read64(0x5000, value), smmu::DmaStatus::done);
    ASSERT_EQ(rig.driver->attach(kStream, *other, true), 0);
    ASSERT_NE(device.read64(0x5000, value), smmu::DmaStatus::done);
    ASSERT_EQ(rig.driver->detach(kStream), 0);
  }
}

}  // namespace
