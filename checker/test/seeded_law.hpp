// SPDX-License-Identifier: Apache-2.0
// For tests of seeded mistakes: a copy of spec/ to be patched, and commands on it.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "checker/test/run_command.hpp"

namespace iolaw {

inline std::string quoted(const std::filesystem::path& path) { return "'" + path.string() + "'"; }

// A copy of spec/ that lives as long as this.
class SeededLaw {
 public:
  explicit SeededLaw(const std::string& name)
      : folder_(std::filesystem::path(testing::TempDir()) / ("iolaw_mistake_" + name)) {
    std::filesystem::remove_all(folder_);
    std::filesystem::copy(std::filesystem::path(IOLAW_SOURCE_DIR) / "spec", folder_,
                          std::filesystem::copy_options::recursive);
  }
  ~SeededLaw() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  SeededLaw(const SeededLaw&) = delete;

  // Seeds checker/test/mistakes/<name>.patch; what patch(1) says if that does not fit.
  std::string seed(const std::string& name) const {
    const std::filesystem::path patch =
        std::filesystem::path(IOLAW_SOURCE_DIR) / "checker/test/mistakes" / (name + ".patch");
    const Ran patched =
        run(std::string(PATCH_PROGRAM) + " -p1 -s -d " + quoted(folder_) + " < " + quoted(patch) + " 2>&1");
    return patched.code == 0 ? "" : "patch: " + patched.text;
  }

  const std::filesystem::path& folder() const { return folder_; }

 private:
  std::filesystem::path folder_;
};

}  // namespace iolaw
