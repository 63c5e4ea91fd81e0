// SPDX-License-Identifier: Apache-2.0
// iolaw seek: runs that show what no case of a suite shows, to be kept beside the law.
#include <fmt/core.h>

#include <algorithm>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "checker/generate/beside.hpp"
#include "checker/generate/read_cases.hpp"
#include "tools/iolaw/commands.hpp"
#include "tools/iolaw/load.hpp"
#include "tools/iolaw/write_file.hpp"

namespace iolaw {
namespace {

struct SeekArguments {
  std::string file;
  LawView view;
  std::string cases;
  std::string seeds;
  std::string only;
  std::uint64_t tries = BesideOptions{}.tries;
  std::uint64_t seed = 1;
  unsigned threads = std::max(1U, std::thread::hardware_concurrency());
};

int seek(const SeekArguments& options) {
  const std::optional<Law> law = load_law(options.file, options.view);
  if (!law) return kLawError;
  const std::optional<std::string> text = read_file(options.cases);
  if (!text) {
    fmt::print(stderr, "iolaw: cannot read {}\n", options.cases);
    return kUsage;
  }
  std::vector<Sequence> cases;
  std::vector<Seed> seeds;
  try {
    for (RecordedCase& one : read_cases(Model(*law), *text)) cases.push_back(std::move(one.sequence));
    std::size_t passed_over = 0;
    if (const auto known = read_file(options.seeds)) seeds = read_seeds(*law, *known, passed_over);
  } catch (const CaseFileError& error) {
    fmt::print(stderr, "iolaw: {}\n", error.what());
    return kUsage;
  }
  for (const Seed& seed : seeds) cases.push_back(seed.sequence);
  std::mutex mutex;
  const std::vector<Seed> found =
      find_beside(*law, cases,
                  {.seed = options.seed,
                   .threads = options.threads,
                   .tries = options.tries,
                   .only = options.only,
                   .progress = [&](auto tries, auto goals) {
                     const std::lock_guard lock(mutex);
                     fmt::print(stderr, "\r{} of {} runs, {} goals ", tries, options.tries, goals);
                   }});
  fmt::print(stderr, "\n");
  seeds.insert(seeds.end(), found.begin(), found.end());
  if (!write_file(options.seeds, write_seeds(*law, seeds))) return kUsage;
  fmt::print("{} goals were found, and {} are kept in {}\n", found.size(), seeds.size(), options.seeds);
  return kHolds;
}

}  // namespace

void add_seek(CLI::App& app, int& exit_code) {
  const auto options = std::make_shared<SeekArguments>();
  CLI::App* command = app.add_subcommand(
      "seek", "Look at random beside the cases of a suite for runs that show what none of them shows");
  command->add_option("FILE", options->file, "Root file of the law")->required();
  add_view_options(*command, options->view);
  command->add_option("--cases", options->cases, "The cases: cases.jsonl of a suite")->required();
  command->add_option("--seeds", options->seeds, "Where the runs are kept, beside those that are there")->required();
  command->add_option("--only", options->only,
                      "Only what calls leave by mistake, where the name of the mistake has these words");
  command->add_option("--tries", options->tries, "How many runs are looked at")->capture_default_str();
  command->add_option("--seed", options->seed, "Another one looks at other runs")->capture_default_str();
  command->add_option("--threads", options->threads, "Workers; what is found does not depend on them")
      ->capture_default_str();
  command->callback([options, &exit_code] { exit_code = seek(*options); });
}

}  // namespace iolaw
