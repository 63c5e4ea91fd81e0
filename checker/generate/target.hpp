// SPDX-License-Identifier: Apache-2.0
// The languages that a suite can be written in: one object and one file each.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "checker/generate/suite.hpp"

namespace iolaw {

struct GeneratedFile {
  std::string name;  // without a folder
  std::string text;
};

class Target {
 public:
  virtual ~Target() = default;
  virtual std::string_view name() const = 0;
  // `law_name` is the root file without its folder, for the heads of the files. The text depends on nothing else that
  // could differ between machines or days.
  virtual std::vector<GeneratedFile> write(const Law& law, std::string_view law_name, const Suite& suite) const = 0;
};

const Target& gtest_target();
const Target& jsonl_target();
const Target& tap_target();

// All of them, in the order of documentation.
std::vector<const Target*> all_targets();

}  // namespace iolaw
