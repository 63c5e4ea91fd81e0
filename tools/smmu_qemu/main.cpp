// SPDX-License-Identifier: Apache-2.0
// smmu_qemu: random cases on this project's SMMUv3 and on QEMU's.
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "tools/smmu_qemu/campaigns.hpp"

int main(int argc, char** argv) {
  CLI::App app(
      "Compares this project's SMMUv3 with QEMU's: walks, faults and their records, legal and illegal entries, "
      "invalidation, command errors. Exit code 20 if they differ in a way that is not known.");
  std::string qemu = "qemu-system-aarch64";
  unsigned cases = 10'000;
  std::uint64_t seed = 1;
  bool list = false;
  app.add_option("--qemu", qemu, "the program")->capture_default_str();
  app.add_option("--cases", cases, "how many")->capture_default_str();
  app.add_option("--seed", seed, "of the random choices")->capture_default_str();
  app.add_flag("--differences", list, "only print the known differences");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 64;
  }
  if (list) {
    smmu_qemu::print_differences();
    return 0;
  }
  try {
    smmu_qemu::DevicePair pair(qemu);
    return smmu_qemu::run_campaigns(pair, cases, seed) == 0 ? 0 : 20;
  } catch (const std::exception& error) {
    fmt::print(stderr, "smmu_qemu: {}\n", error.what());
    return 70;
  }
}
