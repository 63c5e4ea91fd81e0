// SPDX-License-Identifier: Apache-2.0
// Laws 17, 18, 19 and 33 on random lives of a domain: a correct driver sees no difference whatever the SMMU caches, and
// a driver that forgets an invalidation is found out.
#include "hw_reference/smmu/test/workload.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace hw::smmu::testing {
namespace {

void check_correct_driver(const Policy& base, unsigned hardware_bbm_level = 2) {
  WorkloadOptions options;
  options.seed = *rc::gen::arbitrary<std::uint64_t>();
  options.policy = base;
  options.policy.seed = options.seed;
  options.features.bbm_level = hardware_bbm_level;
  options.features.range_invalidation = *rc::gen::arbitrary<bool>();
  options.regimes = *rc::gen::element(Regimes::stage1, Regimes::stage2, Regimes::nested);
  options.granule_shift = *rc::gen::element(12u, 14u, 16u);
  const auto complaint = run_workload(options);
  if (complaint) RC_FAIL(*complaint);
}

TEST(Workload, law_17_18_19_33_a_correct_driver_under_the_adversary) {
  EXPECT_TRUE(rc::check("random policy", [] { check_correct_driver(Policy::adversarial(0)); }));
}

TEST(Workload, law_17_18_19_a_correct_driver_when_everything_is_kept) {
  EXPECT_TRUE(rc::check("nothing is dropped unless told", [] { check_correct_driver(Policy::keep_everything()); }));
}

TEST(Workload, law_33_a_correct_driver_without_any_cache) {
  EXPECT_TRUE(rc::check("nothing is kept", [] { check_correct_driver(Policy::exact()); }));
}

TEST(Workload, law_33_a_correct_driver_with_a_tiny_tlb) {
  EXPECT_TRUE(rc::check("entries are dropped all the time", [] {
    Policy policy = Policy::adversarial(0);
    policy.capacity = 3;
    policy.evict = 128;
    check_correct_driver(policy);
  }));
}

TEST(Workload, law_26_break_before_make_never_conflicts) {
  EXPECT_TRUE(rc::check("BBML 0 and a driver that obeys", [] { check_correct_driver(Policy::adversarial(0), 0); }));
}

class Forgetful : public ::testing::TestWithParam<std::tuple<Omission, Regimes>> {};

// How many of `runs` lives show the defect.
unsigned found(Omission omission, Regimes regimes, const Policy& policy, unsigned runs) {
  unsigned count = 0;
  for (unsigned run = 0; run < runs; ++run) {
    WorkloadOptions options;
    options.seed = run;
    options.policy = policy;
    options.policy.seed = run;
    options.regimes = regimes;
    options.omission = omission;
    options.steps = 1500;
    count += run_workload(options).has_value();
  }
  return count;
}

TEST_P(Forgetful, is_found_by_the_adversary) {
  const auto [omission, regimes] = GetParam();
  constexpr unsigned kRuns = 40;
  EXPECT_EQ(found(Omission::none, regimes, Policy::adversarial(0), kRuns), 0u);
  EXPECT_GE(found(omission, regimes, Policy::adversarial(0), kRuns), kRuns / 2);
}

INSTANTIATE_TEST_SUITE_P(, Forgetful,
                         ::testing::Combine(::testing::Values(Omission::leaf_invalidation, Omission::table_invalidation,
                                                              Omission::sync, Omission::configuration),
                                            ::testing::Values(Regimes::stage1, Regimes::stage2, Regimes::nested)));

// Why the adversary is needed: without caches the same defects stay hidden.
TEST(Workload, a_merciful_smmu_hides_missing_invalidations) {
  for (Omission omission : {Omission::leaf_invalidation, Omission::table_invalidation, Omission::configuration}) {
    EXPECT_EQ(found(omission, Regimes::stage1, Policy::exact(), 20), 0u);
  }
}

}  // namespace
}  // namespace hw::smmu::testing
