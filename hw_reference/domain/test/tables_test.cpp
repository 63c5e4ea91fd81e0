// SPDX-License-Identifier: Apache-2.0
// Law 16 for domains: how many tables there may be, and that none is walked that was taken away.
#include <random>

#include "hw_reference/domain/test/rig.hpp"

namespace {

using namespace hw::domain;
using namespace hw::domain::testing;
namespace smmu = hw::smmu;

constexpr std::uint64_t kPage = 4096, kBlock = 512 * kPage;

// Pages come and go one at a time, everywhere in the address space, at most `live` at once.
void wander(const smmu::Policy& policy, std::size_t live, unsigned steps) {
  Rig rig(policy);
  auto domain = rig.domain({pgtable::Stage::one, 12, 48, 48});
  ASSERT_EQ(rig.driver->attach(kStream, *domain), 0);
  std::mt19937_64 random(policy.seed);
  std::vector<std::uint64_t> mapped;
  for (unsigned step = 0; step < steps; ++step) {
    const std::uint64_t iova = random() % (std::uint64_t{1} << 27) * kBlock + random() % 512 * kPage;
    if (domain->map(iova, step * kPage, kPage, kBoth) != 0) continue;
    ASSERT_EQ(rig.reach(iova), step * kPage);
    mapped.push_back(iova);
    if (mapped.size() <= live) continue;
    std::swap(mapped[random() % mapped.size()], mapped.back());
    ASSERT_EQ(domain->unmap(mapped.back(), kPage), kPage);
    ASSERT_EQ(rig.reach(mapped.back()), std::nullopt) << "step " << step;
    mapped.pop_back();
    ASSERT_LE(domain->tables(), std::max(Domain::kSpareTables, 2 * 3 * (live + 1))) << "step " << step;
    ASSERT_TRUE(rig.reach(mapped[random() % mapped.size()])) << "step " << step;
  }
  ASSERT_EQ(rig.driver->detach(kStream), 0);
}

TEST(DomainLaw, L16_L19_EmptiedTablesStayFew) {
  for (std::uint64_t seed = 1; seed <= 4; ++seed) wander(smmu::Policy::adversarial(seed), 5, 1500);
  wander(smmu::Policy::keep_everything(), 50, 3000);
}

TEST(DomainLaw, L16_EmptiedTablesMakeRoomForOthers) {
  // The root, and two ways of three tables.
  Rig rig(smmu::Policy::adversarial(2), true, 7 * kPage);
  auto domain = rig.domain({pgtable::Stage::two, 12, 48, 48});
  ASSERT_EQ(rig.driver->attach(kStream, *domain), 0);
  const auto place = [](std::uint64_t i) { return i << 40; };
  ASSERT_EQ(domain->map(place(0), 0, kPage, kBoth), 0);
  for (std::uint64_t i = 1; i < 100; ++i) {
    ASSERT_EQ(domain->map(place(i), i * kPage, kPage, kBoth), 0) << i;
    ASSERT_EQ(rig.reach(place(i)), i * kPage);
    ASSERT_EQ(domain->map(place(200), 0, kPage, kBoth), ENOMEM);
    ASSERT_EQ(domain->unmap(place(i), kPage), kPage);
    ASSERT_EQ(rig.reach(place(i)), std::nullopt);
    const std::uint64_t scattered[] = {7 * kPage, 3 * kPage};
    ASSERT_EQ(domain->map_each(place(100 + i), scattered, kBoth), 0);
    ASSERT_EQ(rig.reach(place(100 + i) + kPage), 3 * kPage);
    ASSERT_EQ(domain->unmap(place(100 + i), 2 * kPage), 2 * kPage);
  }
  EXPECT_EQ(rig.reach(place(0)), 0U);
  ASSERT_EQ(rig.driver->detach(kStream), 0);
}

}  // namespace
