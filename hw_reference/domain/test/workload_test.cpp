// SPDX-License-Identifier: Apache-2.0
// Laws of domains under an SMMU that keeps or drops whatever it may: random maps, unmaps and accesses, against a plain
// map of pages. Tests are named by the number of the law in ../README.md.
#include <map>
#include <random>
#include <set>
#include <string>

#include "hw_reference/domain/test/rig.hpp"
#include "hw_reference/smmu/dma.hpp"

namespace {

using namespace hw::domain;
using namespace hw::domain::testing;
namespace smmu = hw::smmu;
using pgtable::Shape;
using pgtable::Stage;

// What is mapped, by granule.
struct Model {
  struct Page {
    std::uint64_t address;
    bool write;
  };
  std::uint64_t granule;
  std::map<std::uint64_t, Page> pages;

  bool any(std::uint64_t iova, std::uint64_t size) const {
    const auto page = pages.lower_bound(iova);
    return page != pages.end() && page->first < iova + size;
  }
  void map(std::uint64_t iova, std::uint64_t address, std::uint64_t size, bool write) {
    for (std::uint64_t at = 0; at < size; at += granule) pages[iova + at] = {address + at, write};
  }
  void unmap(std::uint64_t iova, std::uint64_t size) {
    pages.erase(pages.lower_bound(iova), pages.lower_bound(iova + size));
  }
};

struct Setup {
  Shape shape;
  bool ranges;
};

void PrintTo(const Setup& setup, std::ostream* out) {
  *out << (setup.shape.stage == Stage::one ? "S1_" : "S2_") << (1U << setup.shape.granule_shift) / 1024 << "K_"
       << setup.shape.input_bits;
}

class DomainWorkload : public ::testing::TestWithParam<Setup> {
 protected:
  void run(const smmu::Policy& policy, unsigned steps);
};

void DomainWorkload::run(const smmu::Policy& policy, unsigned steps) {
  const Shape shape = GetParam().shape;
  Rig rig(policy, GetParam().ranges);
  auto domain = rig.domain(shape);
  ASSERT_EQ(rig.driver->attach(kStream, *domain), 0);
  std::mt19937_64 random(policy.seed);
  const auto below = [&random](std::uint64_t end) { return random() % end; };
  const std::uint64_t granule = domain->smallest_page();
  const std::uint64_t block = std::uint64_t{1} << domain->format().shift(2);
  const std::uint64_t base = (std::uint64_t{1} << shape.input_bits) - 4 * block;
  Model model{granule, {}};
  unsigned reached = 0;
  std::uint64_t sent_for_maps = 0;
  for (unsigned step = 0; step < steps; ++step) {
    const std::string where = "seed " + std::to_string(policy.seed) + " step " + std::to_string(step);
    const std::uint64_t iova = base + below(3) * block + below(6) * granule;
    switch (below(5)) {
      case 0:
      case 1: {
        const std::uint64_t size = below(3) == 0 ? block + below(4) * granule : (1 + below(8)) * granule;
        if (iova - base + size > 4 * block) break;
        const std::uint64_t pages = std::uint64_t{1} << (shape.output_bits - shape.granule_shift);
        std::uint64_t address = below(pages - size / granule) * granule;
        if (below(2) == 0) address = (address & ~(block - 1)) | (iova & (block - 1));
        if (address > (std::uint64_t{1} << shape.output_bits) - size) break;
        const bool write = below(3) != 0;
        const std::uint64_t before = domain->invalidations();
        const int error = domain->map(iova, address, size, write ? kBoth : pgtable::kRead);
        // L5: over anything mapped it refuses and changes nothing (what follows looks at all of it).
        ASSERT_EQ(error, model.any(iova, size) ? EEXIST : 0) << where;
        if (error != 0) break;
        model.map(iova, address, size, write);
        sent_for_maps += domain->invalidations() - before;
        // L18: at once, whatever is remembered.
        const std::uint64_t at = below(size);
        ASSERT_EQ(rig.reach(iova + at), address + at) << where;
        break;
      }
      case 2: {
        const std::uint64_t size = below(3) == 0 ? block : (1 + below(8)) * granule;
        const std::uint64_t done = domain->unmap(iova, size);
        ASSERT_LE(done, size) << where;
        // L11: up to the first hole, or to a leaf that is not all inside.
        for (std::uint64_t at = 0; at < done; at += granule) ASSERT_TRUE(model.pages.contains(iova + at)) << where;
        model.unmap(iova, done);
        break;
      }
      default: {
        // L1, L2, L17: the SMMU and the table agree with the model at every byte.
        const std::uint64_t at = iova + below(granule);
        const bool write = below(2) == 0;
        const auto page = model.pages.find(at & ~(granule - 1));
        const auto found = domain->lookup(at);
        ASSERT_EQ(found.has_value(), page != model.pages.end()) << where;
        const bool permitted = page != model.pages.end() && (!write || page->second.write);
        const auto reach = rig.reach(at, write);
        ASSERT_EQ(reach.has_value(), permitted) << where;
        if (!permitted) break;
        ++reached;
        ASSERT_EQ(*reach, page->second.address + at % granule) << where;
        ASSERT_EQ(found->address, *reach) << where;
      }
    }
  }
  EXPECT_GT(reached, steps / 20);
  EXPECT_LT(sent_for_maps, steps / 4);  // only where a block takes the place of an empty table
  ASSERT_EQ(rig.driver->detach(kStream), 0);
  EXPECT_EQ(rig.reach(base), std::nullopt);
}

TEST_P(DomainWorkload, L1_L2_L5_L11_L17_L18_UnderAnySmmu) {
  for (std::uint64_t seed = 1; seed <= 4; ++seed) run(smmu::Policy::adversarial(seed), 600);
}
// L33: what is remembered makes no difference.
TEST_P(DomainWorkload, L33_WithoutCachesAndWithCachesThatKeepAll) {
  run(smmu::Policy::exact(), 400);
  run(smmu::Policy::keep_everything(), 400);
}

INSTANTIATE_TEST_SUITE_P(
    EachShape, DomainWorkload,
    ::testing::Values(Setup{{Stage::one, 12, 48, 48}, true}, Setup{{Stage::one, 12, 39, 40}, false},
                      Setup{{Stage::one, 14, 47, 48}, true}, Setup{{Stage::one, 16, 48, 48}, true},
                      Setup{{Stage::two, 12, 40, 40}, true}, Setup{{Stage::two, 12, 48, 48}, false},
                      Setup{{Stage::two, 14, 40, 40}, false}, Setup{{Stage::two, 16, 42, 42}, true},
                      Setup{{Stage::one, 12, 48, 48, true, false}, true},
                      Setup{{Stage::two, 12, 40, 40, true, true}, false},
                      Setup{{Stage::one, 14, 47, 48, true, true}, false},
                      Setup{{Stage::two, 16, 42, 42, true, false}, true}),
    [](const auto& setup) {
      const Shape& shape = setup.param.shape;
      return std::string(shape.stage == Stage::one ? "S1" : "S2") + "_" +
             std::to_string((1U << shape.granule_shift) / 1024) + "K_" + std::to_string(shape.input_bits) +
             (setup.param.ranges ? "_ranges" : "") + (shape.contiguous ? "_contiguous" : "") +
             (shape.dirty ? "_dirty" : "");
    });

TEST(DomainLaw, L3_UnmapRestoresWhatWasThere) {
  Rig rig;
  auto domain = rig.domain(kFirst);
  EXPECT_EQ(domain->map(0x40'0000, 0x80'0000, 0x20'0000, kBoth), 0);
  EXPECT_EQ(domain->map(0x60'0000, 0x10'0000, 0x41'5000, kBoth), 0);
  EXPECT_EQ(domain->unmap(0x60'0000, 0x41'5000), 0x41'5000U);
  EXPECT_EQ(domain->lookup(0x5f'ffff)->address, 0x9f'ffffU);
  EXPECT_FALSE(domain->lookup(0x60'0000));
}

TEST(DomainLaw, L4_AMapThatFailsLeavesNothing) {
  // Memory for few tables: the map fails at one of them after blocks and pages were entered.
  for (std::size_t tables = 1; tables < 12; ++tables) {
    Rig rig(smmu::Policy::adversarial(tables), true, (std::size_t{1} << 20) + tables * 4096);
    auto made = Domain::make(*rig.driver, kFirst);
    if (!made.ok()) {
      EXPECT_EQ(made.error, ENOMEM);
      continue;
    }
    Domain& domain = *made.value;
    ASSERT_EQ(rig.driver->attach(kStream, domain), 0);
    std::vector<std::uint64_t> kept;
    std::uint64_t next = 0x1f'f000;
    while (true) {
      const int error = domain.map(next, next, 0x40'2000, kBoth);
      if (error != 0) {
        EXPECT_EQ(error, ENOMEM);
        for (std::uint64_t at = 0; at < 0x40'2000; at += 0x1000) {
          ASSERT_FALSE(domain.lookup(next + at));
          if (at % 0x10'1000 == 0) {
            ASSERT_FALSE(rig.reach(next + at));
          }
        }
        break;
      }
      kept.push_back(next);
      next += 0x80'0000'0000 / 4;
    }
    for (const std::uint64_t iova : kept) ASSERT_EQ(domain.lookup(iova)->address, iova);
    ASSERT_EQ(rig.driver->detach(kStream), 0);
  }
}

TEST(DomainLaw, L6_HowARangeWasCutMakesNoDifference) {
  Rig rig;
  auto whole = rig.domain(kFirst);
  auto parts = rig.domain(kFirst);
  EXPECT_EQ(whole->map(0x1f'd000, 0x9f'd000, 0x60'7000, kBoth), 0);
  std::mt19937_64 random(3);
  for (std::uint64_t done = 0; done < 0x60'7000;) {
    const std::uint64_t size = std::min<std::uint64_t>((1 + random() % 300) * 0x1000, 0x60'7000 - done);
    EXPECT_EQ(parts->map(0x1f'd000 + done, 0x9f'd000 + done, size, kBoth), 0);
    done += size;
  }
  for (std::uint64_t at = 0x1f'c000; at < 0x1f'd000 + 0x60'8000; at += 0x1000) {
    const auto one = whole->lookup(at);
    const auto other = parts->lookup(at);
    ASSERT_EQ(one.has_value(), other.has_value());
    if (one) {
      ASSERT_EQ(one->address, other->address);
    }
  }
}

TEST(DomainLaw, L10_APartOfABlockIsNotTakenOut) {
  Rig rig;
  auto domain = rig.domain(kFirst);
  ASSERT_EQ(domain->map(0, 0x4000'0000, 0x40'0000, kBoth), 0);
  EXPECT_EQ(domain->unmap(0x1000, 0x1000), 0U);
  EXPECT_EQ(domain->unmap(0, 0x1000), 0U);
  EXPECT_EQ(domain->unmap(0, 0x20'1000), 0x20'0000U);
  EXPECT_FALSE(domain->lookup(0));
  EXPECT_EQ(domain->lookup(0x20'0000)->address, 0x4020'0000U);
}

TEST(DomainLaw, L12_ArgumentsThatAreRefused) {
  Rig rig;
  auto domain = rig.domain(kSecond);
  constexpr std::uint64_t kTop = std::uint64_t{1} << 40;
  EXPECT_EQ(domain->map(0, 0, 0, kBoth), EINVAL);
  EXPECT_EQ(domain->map(1, 0, 0x1000, kBoth), EINVAL);
  EXPECT_EQ(domain->map(0, 0x800, 0x1000, kBoth), EINVAL);
  EXPECT_EQ(domain->map(0, 0, 0x1001, kBoth), EINVAL);
  EXPECT_EQ(domain->map(0, 0, 0x1000, 0), EINVAL);
  EXPECT_EQ(domain->map(kTop, 0, 0x1000, kBoth), ERANGE);
  EXPECT_EQ(domain->map(kTop - 0x1000, 0, 0x2000, kBoth), ERANGE);
  EXPECT_EQ(domain->map(0, kTop - 0x1000, 0x2000, kBoth), ERANGE);
  EXPECT_EQ(domain->map(~std::uint64_t{0xfff}, 0, 0x1000, kBoth), ERANGE);
  EXPECT_EQ(domain->map(0x1000, 0, ~std::uint64_t{0xfff}, kBoth), ERANGE);
  EXPECT_EQ(domain->unmap(0x800, 0x1000), 0U);
  EXPECT_EQ(domain->map(kTop - 0x1000, kTop - 0x1000, 0x1000, kBoth), 0);
  EXPECT_EQ(domain->unmap(kTop - 0x1000, 0x2000), 0x1000U);
  EXPECT_EQ(Domain::make(*rig.driver, Shape{Stage::one, 13, 48, 48}).error, EINVAL);
  EXPECT_EQ(Domain::make(*rig.driver, kFirst, true).error, EINVAL);
}

// A table that was freed may still be cached, so the SMMU must have forgotten it.
TEST(DomainLaw, L19_FreedTablesAreNotWalked) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Rig rig(smmu::Policy::adversarial(seed), seed % 2 == 0);
    auto domain = rig.domain(seed % 3 == 0 ? kSecond : kFirst);
    auto other = rig.domain(kFirst);
    ASSERT_EQ(rig.driver->attach(kStream, *domain), 0);
    for (unsigned round = 0; round < 30; ++round) {
      ASSERT_EQ(domain->map(0x4000'0000, 0x20'0000, 0x20'0000 - 0x1000, kBoth), 0);
      for (unsigned i = 0; i < 8; ++i) ASSERT_TRUE(rig.reach(0x4000'0000 + i * 0x1f'000));
      ASSERT_EQ(domain->unmap(0x4000'0000, 0x20'0000 - 0x1000), 0x20'0000U - 0x1000);
      if (round % 2 == 0) {
        // The block takes the place of the table, and the table holds mappings of somebody else.
        ASSERT_EQ(domain->map(0x4000'0000, 0x60'0000, 0x20'0000, kBoth), 0);
        ASSERT_EQ(other->map(0x8000'0000, 0x7000'0000, 0x1f'f000, kBoth), 0);
        for (unsigned i = 0; i < 8; ++i) ASSERT_EQ(rig.reach(0x4000'0000 + i * 0x1f'000), 0x60'0000U + i * 0x1f'000);
        ASSERT_EQ(domain->unmap(0x4000'0000, 0x20'0000), 0x20'0000U);
        ASSERT_EQ(other->unmap(0x8000'0000, 0x20'0000), 0x1f'f000U);
      }
      for (unsigned i = 0; i < 8; ++i) ASSERT_FALSE(rig.reach(0x4000'0000 + i * 0x1f'000));
    }
    ASSERT_EQ(rig.driver->detach(kStream), 0);
  }
}

TEST(DomainLaw, L15_WhatIsWrittenIsDirtyUntilItIsRead) {
  for (std::uint64_t seed = 1; seed <= 24; ++seed) {
    Rig rig(smmu::Policy::adversarial(seed), seed % 2 == 0);
    const bool hinted = seed % 3 == 0;
    auto domain = rig.domain(seed % 4 < 2 ? Shape{Stage::one, 12, 48, 48, hinted, true}
                                          : Shape{Stage::two, 12, 40, 40, hinted, true});
    ASSERT_EQ(rig.driver->attach(kStream, *domain), 0);
    constexpr std::uint64_t kPages = 40;
    ASSERT_EQ(domain->map(0x1'0000, 0x1'0000, kPages * 0x1000, kBoth), 0);
    std::mt19937_64 random(seed);
    std::set<std::uint64_t> written;  // leaves, by first byte
    const auto leaf_of = [&](std::uint64_t at) { return at & ~(domain->lookup(at)->page_size - 1); };
    for (unsigned step = 0; step < 300; ++step) {
      const std::uint64_t at = 0x1'0000 + random() % (kPages * 0x1000);
      const auto choice = random() % 8;
      if (choice < 4) {
        ASSERT_TRUE(rig.reach(at, true));
        written.insert(leaf_of(at));
      } else if (choice < 7) {
        ASSERT_TRUE(rig.reach(at));
      } else {
        const bool keep = random() % 2 == 0;
        // All of it, or from somewhere to somewhere: what is cut is told, and not forgotten.
        const bool all = random() % 2 == 0;
        const std::uint64_t from = all ? 0x1'0000 : 0x1'0000 + random() % kPages * 0x1000;
        const std::uint64_t size = all ? kPages * 0x1000 : (1 + random() % kPages) * 0x1000;
        std::set<std::uint64_t> found, expected, left;
        domain->read_dirty(from, size, keep, [&](std::uint64_t first, std::uint64_t) { found.insert(first); });
        for (const std::uint64_t leaf : written) {
          const std::uint64_t end = leaf + domain->lookup(leaf)->page_size;
          if (leaf < from + size && from < end) expected.insert(leaf);
          if (keep || leaf < from || from + size < end) left.insert(leaf);
        }
        ASSERT_EQ(found, expected) << "seed " << seed << " step " << step;
        written = left;
      }
    }
    ASSERT_EQ(rig.driver->detach(kStream), 0);
  }
}

TEST(DomainLaw, L20_L21_GatheringSynchronizesWhereItMust) {
  Rig rig;
  auto domain = rig.domain(kFirst);
  ASSERT_EQ(rig.driver->attach(kStream, *domain), 0);
  ASSERT_EQ(domain->map(0x1000, 0x1000, 0x8000, kBoth), 0);
  ASSERT_EQ(domain->map(0x20'0000, 0x20'0000, 0x20'0000, kBoth), 0);
  for (std::uint64_t at = 0x1000; at < 0x9000; at += 0x1000) ASSERT_TRUE(rig.reach(at));
  ASSERT_TRUE(rig.reach(0x20'0000));
  Unmapped unmapped;
  const std::uint64_t before = domain->invalidations();
  EXPECT_EQ(domain->unmap_fast(0x3000, 0x1000, unmapped), 0x1000U);
  EXPECT_EQ(domain->unmap_fast(0x2000, 0x1000, unmapped), 0x1000U);  // touches
  EXPECT_EQ(unmapped.gather.first, 0x2000U);
  EXPECT_EQ(unmapped.gather.last, 0x3fffU);
  EXPECT_EQ(domain->invalidations(), before);
  EXPECT_EQ(domain->unmap_fast(0x6000, 0x1000, unmapped), 0x1000U);  // apart
  EXPECT_EQ(domain->invalidations(), before + 1);
  EXPECT_FALSE(rig.reach(0x2000));
  EXPECT_EQ(unmapped.gather.first, 0x6000U);
  EXPECT_EQ(domain->unmap_fast(0x20'0000, 0x20'0000, unmapped), 0x20'0000U);  // of another size
  EXPECT_EQ(domain->invalidations(), before + 2);
  domain->sync(unmapped);
  EXPECT_EQ(domain->invalidations(), before + 3);
  EXPECT_FALSE(rig.reach(0x20'0000));
  EXPECT_TRUE(rig.reach(0x5000));
  domain->sync(unmapped);
  EXPECT_EQ(domain->invalidations(), before + 3);
  ASSERT_EQ(rig.driver->detach(kStream), 0);
}

}  // namespace
