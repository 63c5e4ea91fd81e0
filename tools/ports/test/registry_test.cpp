// SPDX-License-Identifier: Apache-2.0
#include "tools/ports/registry.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "tools/ports/hw_reference_port.hpp"

namespace iolaw {
namespace {

bool has_name(std::string_view name) {
  const auto names = port_names();
  return std::count(names.begin(), names.end(), name) == 1;
}

TEST(Registry, UnknownNameIsNull) { EXPECT_EQ(make_port("no_such_port"), nullptr); }

TEST(Registry, FindsWhatWasRegistered) {
  register_hw_reference_port();
  register_hw_reference_port();
  register_hw_reference_defect_ports();
  EXPECT_TRUE(has_name("hw_reference"));
  EXPECT_TRUE(has_name("hw_reference:copy_repins"));
  EXPECT_FALSE(has_name("hw_reference:none"));
  for (const std::string& name : port_names()) {
    const auto port = make_port(name);
    ASSERT_NE(port, nullptr);
    EXPECT_EQ(port->name(), name);
  }
}

}  // namespace
}  // namespace iolaw
