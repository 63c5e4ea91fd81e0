// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cerrno>

#include "model/law/law.hpp"
#include "model/law/units.hpp"

namespace iolaw {
namespace {

TEST(Errno, NumbersAreLinux) {
  EXPECT_EQ(errno_number("EINVAL"), EINVAL);
  EXPECT_EQ(errno_number("EOPNOTSUPP"), EOPNOTSUPP);
  EXPECT_EQ(errno_number("EADDRINUSE"), EADDRINUSE);
  EXPECT_EQ(errno_number("EBADFD"), EBADFD);
  EXPECT_EQ(errno_number("EWOULDBLOCK"), EAGAIN);
  EXPECT_EQ(errno_number("EHWPOISON"), EHWPOISON);
  EXPECT_EQ(errno_number("EDEADLOCK"), EDEADLK);
  EXPECT_EQ(errno_number("ENOTSUP"), ENOTSUP);
  EXPECT_EQ(errno_number("EINVALID"), 0);
  EXPECT_EQ(errno_number(""), 0);
}

TEST(Errno, NamesComeBack) {
  int known = 0;
  for (int error = 1; error <= 133; ++error) {
    const std::string name = errno_name(error);
    if (name.find(' ') != std::string::npos) continue;
    EXPECT_EQ(errno_number(name), error) << name;
    ++known;
  }
  EXPECT_EQ(known, 131);  // 41 and 58 are not in use
  EXPECT_EQ(errno_name(22), "EINVAL");
  EXPECT_EQ(errno_name(4095), "errno 4095");
}

TEST(Law, UnitsAreItsPowersOfTwo) {
  Law law;
  EXPECT_EQ(largest_unit(law), 1U);
  for (const auto& [tag, value] : {std::pair(TypeTag::u64, 8192), {TypeTag::pow2, 4096}, {TypeTag::pow2, 64}}) {
    Constant& constant = law.constants.emplace_back();
    constant.type.tag = tag;
    constant.value = static_cast<Word>(value);
  }
  EXPECT_EQ(units_of(law), (std::vector<Word>{4096, 64}));
  EXPECT_EQ(largest_unit(law), 4096U);
}

TEST(Law, BranchesHaveIds) {
  Rule rule;
  rule.name = "ioas.map";
  rule.branches.resize(1);
  rule.branches[0].tag = "overlap";
  EXPECT_EQ(branch_id(rule, 0), "ioas.map.overlap");
  EXPECT_EQ(branch_id(rule, kSuccess), "ioas.map.ok");
}

TEST(Law, IntervalsAndMaybeNumbersTakeTwoWords) {
  EXPECT_EQ(words_of({TypeTag::u64}), 1U);
  EXPECT_EQ(words_of({TypeTag::u64, true}), 2U);
  EXPECT_EQ(words_of({TypeTag::reference, true, 0}), 1U);
  EXPECT_EQ(words_of({TypeTag::interval}), 2U);
}

TEST(Law, NamesAreFound) {
  Law law;
  law.rules.emplace_back().name = "ioas.map";
  law.properties.emplace_back().name = "area.disjoint";
  EXPECT_EQ(law.find_rule("ioas.map"), &law.rules[0]);
  EXPECT_EQ(law.find_rule("ioas.unmap"), nullptr);
  EXPECT_EQ(law.find_property("area.disjoint"), &law.properties[0]);
  EXPECT_EQ(law.find_property(""), nullptr);
}

}  // namespace
}  // namespace iolaw
