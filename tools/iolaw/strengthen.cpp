// SPDX-License-Identifier: Apache-2.0
#include "checker/strengthen/strengthen.hpp"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <string>

#include "checker/encode/translate.hpp"
#include "tools/iolaw/commands.hpp"
#include "tools/iolaw/load.hpp"
#include "tools/iolaw/unknown_name.hpp"

namespace iolaw {
namespace {

struct StrengthenArguments {
  std::string file;
  StrengthenOptions strengthen;
};

int strengthen_command(StrengthenArguments& options) {
  const std::optional<Law> law = load_law(options.file, options.strengthen.view);
  if (!law) return kLawError;
  const std::string& property = options.strengthen.property;
  const bool lemma = property == "kept.fits" || property == "reads.exist" || property == "pieces.stay";
  if (!property.empty() && !lemma && law->find_property(property) == nullptr) return unknown_name(*law, property);
  const bool terminal = isatty(STDERR_FILENO) != 0;
  if (terminal) {
    options.strengthen.progress = [](const std::string& stage) { fmt::print(stderr, "\r\x1b[K{}", stage); };
  }
  const Strengthening found = strengthen(*law, options.strengthen);
  if (terminal) fmt::print(stderr, "\r\x1b[K");
  if (found.open.empty()) {
    fmt::print("nothing to strengthen: every proof goes through\n");
    return kHolds;
  }
  for (const std::string& name : found.open) {
    const bool done = std::find(found.discharged.begin(), found.discharged.end(), name) != found.discharged.end();
    fmt::print("{}: {}\n", done ? "discharged" : "still open", name);
  }
  fmt::print("{} candidates; {} hold in random runs, {} were tried, {} are inductive; {} needed\n", found.candidates,
             found.standing, found.asked, found.inductive, found.proposed.size());
  for (const Proposed& proposed : found.proposed) fmt::print("\n{}", to_text(proposed));
  return found.discharged.size() == found.open.size() ? kHolds : kNotInductive;
}

}  // namespace

void add_strengthen(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<StrengthenArguments>();
  CLI::App* command = app.add_subcommand("strengthen", "Propose invariants that proofs need and the law does not say");
  command->add_option("FILE", options->file, "the root file of the law")->required();
  command->add_option("PROPERTY", options->strengthen.property,
                      "an invariant, a step or a lemma; by default all that is not proved");
  add_view_options(*command, options->strengthen.view);
  command->add_option("--most", options->strengthen.most, "candidates that are tried, the shortest ones")
      ->capture_default_str();
  command->add_option("--threads", options->strengthen.threads, "workers")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  command->callback([options, &exit_code] {
    try {
      exit_code = strengthen_command(*options);
    } catch (const Unsupported& error) {
      fmt::print(stderr, "iolaw: proofs cannot carry this law: {}\n", error.what());
      exit_code = kLawError;
    }
  });
}

}  // namespace iolaw
