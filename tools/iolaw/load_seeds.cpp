// SPDX-License-Identifier: Apache-2.0
#include "tools/iolaw/load_seeds.hpp"

#include <fmt/core.h>

#include <filesystem>

#include "checker/generate/read_cases.hpp"
#include "tools/iolaw/load.hpp"

namespace iolaw {

std::optional<std::vector<Seed>> load_seeds(const std::string& path, const Law& law, bool may_be_new) {
  if (may_be_new && !std::filesystem::exists(path)) return std::vector<Seed>{};
  const std::optional<std::string> text = read_file(path);
  if (!text) {
    fmt::print(stderr, "iolaw: cannot read {}\n", path);
    return std::nullopt;
  }
  try {
    std::size_t passed_over = 0;
    std::vector<Seed> seeds = read_seeds(law, *text, passed_over);
    if (passed_over > 0) {
      fmt::print(stderr, "iolaw: {}: {} runs are of another law, and are left out\n", path, passed_over);
    }
    return seeds;
  } catch (const CaseFileError& error) {
    fmt::print(stderr, "iolaw: {}: {}\n", path, error.what());
    return std::nullopt;
  }
}

}  // namespace iolaw
