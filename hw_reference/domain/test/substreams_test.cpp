// SPDX-License-Identifier: Apache-2.0
// Laws 34 and 17 for streams with substreams (PASIDs): each transaction uses what its substream is attached to, under
// any caching; and iommufd's PASIDs on an SMMU.
#include <random>

#include "hw_reference/domain/test/board.hpp"

namespace {

using namespace hw::domain;
using namespace hw::domain::testing;
namespace smmu = hw::smmu;
using pgtable::Stage;

constexpr unsigned kBits = 2;
constexpr unsigned kSubstreams = 1u << kBits;
constexpr std::uint64_t kAt = 0x1'0000;

// Where a domain's page is: no two domains have the same.
std::uint64_t place(unsigned domain) { return 0x10'0000 * (domain + 1); }

struct Expected {
  enum class Own { abort, bypass, domain } own = Own::abort;
  unsigned domain = 0;
  std::map<unsigned, unsigned> substreams;  // domain by substream
};

void check(Rig& rig, const Expected& expected, const std::string& where) {
  const auto own = rig.reach(kAt);
  switch (expected.own) {
    case Expected::Own::abort:
      ASSERT_EQ(own, std::nullopt) << where;
      break;
    case Expected::Own::bypass:
      ASSERT_EQ(own, kAt) << where;
      break;
    case Expected::Own::domain:
      ASSERT_EQ(own, place(expected.domain)) << where;
  }
  // Naming substream 0 leads nowhere that the stream itself may not go.
  if (expected.own != Expected::Own::domain) {
    ASSERT_EQ(rig.reach(kAt, false, kStream, 0), std::nullopt) << where;
  }
  for (unsigned substream = 1; substream < kSubstreams + 2; ++substream) {
    const auto found = rig.reach(kAt, false, kStream, substream);
    const auto attached = expected.substreams.find(substream);
    if (attached == expected.substreams.end()) {
      ASSERT_EQ(found, std::nullopt) << where << " substream " << substream;
    } else {
      ASSERT_EQ(found, place(attached->second)) << where << " substream " << substream;
    }
  }
}

TEST(DomainLaw, L34_EachSubstreamUsesItsOwnDomain) {
  constexpr unsigned kDomains = 3;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    Rig rig(seed == 1 ? smmu::Policy::keep_everything() : smmu::Policy::adversarial(seed), true, kTableBytes, {},
            kBits);
    std::unique_ptr<Domain> domains[kDomains];
    for (unsigned i = 0; i < kDomains; ++i) {
      domains[i] = rig.domain({Stage::one, 12, 48, 48});
      ASSERT_EQ(domains[i]->map(kAt, place(i), 0x1000, kBoth), 0);
    }
    std::mt19937_64 random(seed);
    Expected expected;
    for (unsigned step = 0; step < 300; ++step) {
      const std::string where = "seed " + std::to_string(seed) + " step " + std::to_string(step);
      const unsigned domain = random() % kDomains, substream = 1 + random() % (kSubstreams - 1);
      switch (random() % 8) {
        case 0:
          ASSERT_EQ(rig.driver->detach(kStream), 0) << where;
          expected.own = Expected::Own::abort;
          break;
        case 1:
          ASSERT_EQ(rig.driver->bypass(kStream), 0) << where;
          expected.own = Expected::Own::bypass;
          break;
        case 2:
        case 3:
          ASSERT_EQ(rig.driver->attach(kStream, *domains[domain]), 0) << where;
          expected.own = Expected::Own::domain;
          expected.domain = domain;
          break;
        case 4: {
          const bool there = expected.substreams.erase(substream) > 0;
          ASSERT_EQ(rig.driver->detach_substream(kStream, substream), there ? 0 : EINVAL) << where;
          break;
        }
        case 5: {
          // L17: what one of them unmaps is gone for all that use it.
          ASSERT_EQ(domains[domain]->unmap(kAt, 0x1000), 0x1000U);
          for (const auto& [which, attached] : expected.substreams) {
            if (attached == domain) {
              ASSERT_EQ(rig.reach(kAt, false, kStream, which), std::nullopt) << where;
            }
          }
          ASSERT_EQ(domains[domain]->map(kAt, place(domain), 0x1000, kBoth), 0);
          break;
        }
        default:
          ASSERT_EQ(rig.driver->attach_substream(kStream, substream, *domains[domain]), 0) << where;
          expected.substreams[substream] = domain;
      }
      check(rig, expected, where);
      if (::testing::Test::HasFatalFailure()) return;
    }
    rig.driver->detach(kStream);
    while (!expected.substreams.empty()) {
      ASSERT_EQ(rig.driver->detach_substream(kStream, expected.substreams.begin()->first), 0);
      expected.substreams.erase(expected.substreams.begin());
    }
  }
}

TEST(Substreams, WhatIsRefused) {
  Rig rig(smmu::Policy::adversarial(1), true, kTableBytes, {}, kBits);
  auto first = rig.domain({Stage::one, 12, 48, 48});
  auto second = rig.domain({Stage::two, 12, 40, 40}, true);
  Driver& driver = *rig.driver;
  EXPECT_EQ(driver.attach_substream(kStream, 0, *first), EINVAL);
  EXPECT_EQ(driver.attach_substream(kStream, kSubstreams, *first), EINVAL);
  EXPECT_EQ(driver.attach_substream(1 << 20, 1, *first), EINVAL);
  EXPECT_EQ(driver.attach_substream(kStream, 1, *second), EINVAL);
  EXPECT_EQ(driver.detach_substream(kStream, 1), EINVAL);
  EXPECT_EQ(driver.attach(kStream, *second), 0);
  EXPECT_EQ(driver.attach_substream(kStream, 1, *first), EBUSY);
  EXPECT_EQ(driver.attach(kStream, *first, true), 0);
  EXPECT_EQ(driver.attach_substream(kStream, 1, *first), EBUSY);
  EXPECT_EQ(driver.detach(kStream), 0);
  EXPECT_EQ(driver.attach_substream(kStream, 1, *first), 0);
  EXPECT_EQ(driver.attach(kStream, *second), EBUSY);
  EXPECT_EQ(driver.attach(kStream, *first, true), EBUSY);
  EXPECT_EQ(driver.attach_nested(kStream, *second, {1 | 5ULL << 1}), EBUSY);
  EXPECT_EQ(rig.reach(0x1000), std::nullopt);
  EXPECT_EQ(driver.detach_substream(kStream, 1), 0);
  EXPECT_EQ(driver.attach(kStream, *second), 0);
  EXPECT_EQ(driver.detach(kStream), 0);
}

TEST(IommufdOnSmmu, PasidsHaveAddressSpacesOfTheirOwn) {
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    Board board(smmu::Policy::adversarial(seed), kTableBytes, kBits);
    auto& fd = *board.fd;
    const auto device = board.bind(kStream);
    const auto one = fd.ioas_alloc().value, two = fd.ioas_alloc().value;
    const auto table = [&](iommufd::ObjectId space) {
      return fd.hwpt_alloc({device, space, iommufd::kHwptPasid, 0, {}}).value;
    };
    ASSERT_EQ(board.map(one, 1, 2, 0x10'0000), 0);
    ASSERT_EQ(board.map(two, 5, 2, 0x10'0000), 0);
    const auto first = table(one), second = table(two);
    const auto plain = fd.hwpt_alloc({device, one, 0, 0, {}}).value;
    EXPECT_EQ(fd.hwpt_alloc({device, one, iommufd::kHwptPasid | iommufd::kHwptNestParent, 0, {}}).error, EOPNOTSUPP);
    EXPECT_EQ(fd.device_attach(device, 1, plain).error, EINVAL);  // not made for PASIDs
    ASSERT_EQ(fd.device_attach(device, 0, first).error, 0);
    ASSERT_EQ(fd.device_attach(device, 2, second).error, 0);
    EXPECT_EQ(fd.device_attach(device, kSubstreams, second).error, EINVAL);
    EXPECT_EQ(board.page_at(0x10'0000), 1U);
    EXPECT_EQ(board.page_at(0x10'1000, kStream, 2), 6U);
    EXPECT_EQ(board.page_at(0x10'1000, kStream, 1), std::nullopt);
    ASSERT_EQ(fd.device_replace(device, 2, first).error, 0);
    EXPECT_EQ(board.page_at(0x10'1000, kStream, 2), 2U);
    ASSERT_EQ(fd.device_replace(device, 2, second).error, 0);
    EXPECT_EQ(board.page_at(0x10'1000, kStream, 2), 6U);
    EXPECT_EQ(fd.ioas_unmap(two, 0x10'0000, 0x2000).value, 0x2000U);
    EXPECT_EQ(board.page_at(0x10'1000, kStream, 2), std::nullopt);
    EXPECT_EQ(board.page_at(0x10'1000), 2U);
    ASSERT_EQ(board.map(two, 9, 1, 0x10'0000), 0);
    EXPECT_EQ(board.page_at(0x10'0000, kStream, 2), 9U);
    EXPECT_EQ(fd.device_detach(device, 2), 0);
    EXPECT_EQ(board.page_at(0x10'0000, kStream, 2), std::nullopt);
    ASSERT_EQ(fd.device_attach(device, 3, second).error, 0);  // the process ends with both
  }
}

}  // namespace
