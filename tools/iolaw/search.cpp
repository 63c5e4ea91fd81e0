// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>
#include <unistd.h>

#include <memory>
#include <string>

#include "checker/encode/translate.hpp"
#include "checker/induct/problem.hpp"
#include "checker/prove/report.hpp"
#include "checker/scope/search.hpp"
#include "checker/search/explicit_search.hpp"
#include "tools/iolaw/commands.hpp"
#include "tools/iolaw/interrupt_exit.hpp"
#include "tools/iolaw/load.hpp"
#include "tools/iolaw/unknown_name.hpp"
#include "tools/iolaw/write_file.hpp"

namespace iolaw {
namespace {

using scope::Target;

struct SearchArguments {
  std::string file;
  LawView view;
  std::string property;
  std::string cover;
  std::string outcome;
  std::string out;
  std::uint32_t depth = 6;
  std::uint32_t scope = 2;
  std::uint32_t seconds = 120;
  std::uint64_t calls = 6'000'000;
  bool json = false;
};

bool find_outcome(const Law& law, const std::string& id, Target& target) {
  for (std::uint32_t r = 0; r < law.rules.size(); ++r) {
    const auto branches = static_cast<std::uint32_t>(law.rules[r].branches.size());
    for (std::uint32_t b = 0; b <= branches; ++b) {
      const std::uint32_t branch = b == branches ? kSuccess : b;
      if (branch_id(law.rules[r], branch) != id) continue;
      target = {.tag = Target::Tag::outcome, .rule = r, .branch = branch};
      return true;
    }
  }
  return false;
}

// What the options name: all invariants and steps if they name nothing. Empty if a name is unknown.
std::vector<Target> targets_of(const Law& law, const SearchArguments& options) {
  std::vector<Target> targets;
  const bool all = options.property.empty() && options.cover.empty() && options.outcome.empty();
  if (all || options.property == induct::kKeptFits) targets.push_back({.tag = Target::Tag::misfit});
  for (const Property& property : law.properties) {
    const bool cover = property.tag == Property::Tag::cover;
    if (all ? cover : property.name != (cover ? options.cover : options.property)) continue;
    targets.push_back({.tag = cover ? Target::Tag::cover : Target::Tag::violation, .property = &property});
  }
  Target target;
  if (!options.outcome.empty() && find_outcome(law, options.outcome, target)) targets.push_back(target);
  return targets;
}

int report(const Model& model, const SearchArguments& options, const std::vector<Target>& targets,
           scope::SearchResult result) {
  using Tag = scope::SearchResult::Tag;
  const Law& law = model.law();
  if (result.tag == Tag::rejected) {
    fmt::print(stderr, "iolaw: internal error: the solver's trace is none to the evaluator: {}\n", result.note);
    return kInternal;
  }
  if (result.tag != Tag::found) {
    if (!result.searched.empty()) {
      fmt::print("no trace among these{}:\n", result.tag == Tag::unknown ? "; more takes more --calls or --time" : "");
      for (const std::string& line : result.searched) fmt::print("  {}\n", line);
      return result.tag == Tag::unknown ? kUnknown : kBounded;
    }
    fmt::print("no trace of at most {} call{} with up to {} objects of each kind{}\n", result.depth,
               result.depth == 1 ? "" : "s", options.scope,
               result.tag == Tag::unknown ? "; there was no time for more" : "");
    return result.tag == Tag::unknown ? kUnknown : kBounded;
  }
  const Target& target = targets[result.target];
  const bool violation = target.tag == Target::Tag::violation || target.tag == Target::Tag::misfit;
  const std::string name = target.property != nullptr          ? target.property->name
                           : target.tag == Target::Tag::misfit ? induct::kKeptFits
                                                               : branch_id(law.rules[target.rule], target.branch);
  result.trace.note = (violation ? "breaks " : "reaches ") + name;
  const bool written = options.out.empty() || write_file(options.out, to_json(law, result.trace));
  if (options.json) {
    fmt::print("{}", to_json(law, result.trace));
  } else {
    Finding finding{.rule = {}, .property = name, .note = {}, .counterexample = {}, .trace = result};
    fmt::print("{}", explain(model, finding));
  }
  if (violation) return kViolated;
  return written ? kHolds : kUsage;
}

// In a large law the evaluator gets farther, the solver tries more numbers; in a small one the solver does both.
scope::SearchResult search_for(const Model& model, const std::vector<Target>& targets,
                               const scope::SearchOptions& options, std::uint64_t calls) {
  if (model.law().rules.size() <= scope::kFewRules) return scope::search(model, targets, options);
  search::ExplicitOptions explicit_options;
  explicit_options.depth = options.depth;
  explicit_options.calls = calls;
  explicit_options.time = options.time;
  explicit_options.progress = options.progress;
  return search::explicit_search(model, targets, explicit_options);
}

int search_command(const SearchArguments& options) {
  const std::optional<Law> law = load_law(options.file, options.view);
  if (!law) return kLawError;
  const std::vector<Target> targets = targets_of(*law, options);
  if (targets.empty()) return unknown_name(*law, options.property + options.cover + options.outcome);
  const Model model(*law);
  scope::SearchOptions search_options;
  search_options.depth = options.depth;
  search_options.scope = options.scope;
  search_options.time = std::chrono::seconds(options.seconds);
  const bool terminal = isatty(STDERR_FILENO) != 0;
  if (terminal) {
    search_options.progress = [](std::uint32_t depth) { fmt::print(stderr, "\r\x1b[Kdepth {}", depth); };
  }
  InterruptExit interrupt("\niolaw: interrupted: no trace was found so far\n", kUnknown);
  scope::SearchResult result = search_for(model, targets, search_options, options.calls);
  interrupt.put_off();
  if (terminal) fmt::print(stderr, "\r\x1b[K");
  return report(model, options, targets, std::move(result));
}

}  // namespace

void add_search(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<SearchArguments>();
  CLI::App* command =
      app.add_subcommand("search", "Find the shortest trace from the initial state to a violation or a cover");
  command->add_option("FILE", options->file, "the root file of the law")->required();
  add_view_options(*command, options->view);
  command->add_option("--depth", options->depth, "calls at most")->check(CLI::Range(1, 30))->capture_default_str();
  command->add_option("--scope", options->scope, "objects of each kind, in a law of at most 20 rules")
      ->check(CLI::Range(1, 6))
      ->capture_default_str();
  auto* what = command->add_option_group("what", "what to look for; any violation if nothing is said");
  what->add_option("--property", options->property, "a violation of this invariant or step");
  what->add_option("--cover", options->cover, "this cover");
  what->add_option("--outcome", options->outcome, "a call that ends so: ioas.map.overlap, ioas.map.ok");
  what->require_option(0, 1);
  command->add_option("--calls", options->calls, "in a law of more than 20 rules: calls of the model at most")
      ->capture_default_str();
  command->add_option("--time", options->seconds, "seconds at most")->capture_default_str();
  command->add_option("--out", options->out, "write the trace to this file");
  command->add_flag("--json", options->json, "print the trace as JSON");
  command->callback([options, &exit_code] {
    try {
      exit_code = search_command(*options);
    } catch (const Unsupported& error) {
      fmt::print(stderr, "iolaw: proofs cannot carry this law: {}\n", error.what());
      exit_code = kLawError;
    }
  });
}

}  // namespace iolaw
