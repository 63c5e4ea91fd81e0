// SPDX-License-Identifier: Apache-2.0
// For tests of seeded mistakes: a copy of spec/ to be patched, and commands on it.
#pragma once

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <string>

namespace iolaw {

struct Ran {
  int code = -1;  // -1: it could not be run, or was ended by a signal
  std::string text;
};

inline Ran run(const std::string& command) {
  Ran ran;
  FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return ran;
  std::array<char, 4096> buffer{};
  while (const std::size_t got = fread(buffer.data(), 1, buffer.size(), pipe)) ran.text.append(buffer.data(), got);
  const int status = pclose(pipe);
  if (WIFEXITED(status)) ran.code = WEXITSTATUS(status);
  return ran;
}

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
