// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

namespace iolaw {

// The paths of the laws in bad/, sorted.
inline std::vector<std::string> bad_laws() {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(IOLAW_TEST_DIR "/bad")) {
    if (entry.path().extension() == ".law") files.push_back(entry.path().string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace iolaw
