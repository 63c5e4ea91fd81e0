// SPDX-License-Identifier: Apache-2.0
#include "tools/ports/dev_iommu/variations.hpp"

#include <gtest/gtest.h>

#include <set>
#include <stdexcept>
#include <vector>

#include "tools/ports/dev_iommu_port.hpp"

namespace iolaw::dev_iommu {
namespace {

std::vector<std::uint64_t> drawn(std::uint64_t seed, std::uint64_t argument) {
  Variations variations(seed);
  variations.begin("ioas.map", std::vector<std::uint64_t>{argument});
  std::vector<std::uint64_t> numbers;
  for (int i = 0; i < 8; ++i) numbers.push_back(variations.among(1000));
  return numbers;
}

TEST(Variations, AreNoneWithoutASeed) {
  EXPECT_EQ(drawn(0, 1), std::vector<std::uint64_t>(8, 0));
  EXPECT_FALSE(Variations(0).once_in(1));
  EXPECT_EQ(Variations(0).memory_for_lists(), 65536U);
}

TEST(Variations, DependOnTheSeedAndTheCallAlone) {
  EXPECT_EQ(drawn(7, 1), drawn(7, 1));
  EXPECT_NE(drawn(7, 1), drawn(7, 2));
  EXPECT_NE(drawn(7, 1), drawn(8, 1));
  Variations variations(7);
  variations.begin("ioas.unmap", {});
  variations.among(3);
  variations.begin("ioas.map", std::vector<std::uint64_t>{1});
  EXPECT_EQ(variations.among(1000), drawn(7, 1).front());
}

TEST(Variations, TakeEveryWay) {
  std::set<std::uint64_t> ways;
  std::set<std::uint32_t> limits;
  for (std::uint64_t seed = 1; seed <= 64; ++seed) {
    ways.insert(drawn(seed, 1).front() % 5);
    limits.insert(Variations(seed).memory_for_lists());
  }
  EXPECT_EQ(ways.size(), 5U);
  EXPECT_EQ(limits.size(), 4U);
}

TEST(Words, SayHowThePortWorks) {
  EXPECT_FALSE(parse_dev_iommu_words("").faults);
  const DevIommuOptions options = parse_dev_iommu_words("faults,vary=12,diverging");
  EXPECT_TRUE(options.faults);
  EXPECT_TRUE(options.diverging);
  EXPECT_EQ(options.variations, 12U);
  for (const char* wrong : {"fault", "vary", "vary=", "vary=x", "vary=1x", "faults,,", "vary=99999999999999999999"}) {
    EXPECT_THROW(parse_dev_iommu_words(wrong), std::runtime_error) << wrong;
  }
}

}  // namespace
}  // namespace iolaw::dev_iommu
