// SPDX-License-Identifier: Apache-2.0
#include "checker/explore/explore.hpp"

#include <fmt/core.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "checker/explore/interrupt.hpp"
#include "checker/explore/progress.hpp"
#include "model/diagnostics/diagnostic.hpp"
#include "model/emit/emit.hpp"
#include "tools/iolaw/commands.hpp"
#include "tools/iolaw/load.hpp"
#include "tools/iolaw/named_scope.hpp"
#include "tools/iolaw/write_file.hpp"

namespace iolaw {
namespace {

struct ExploreArguments {
  std::string file;
  LawView view;
  std::string scope;
  std::string out;
  std::uint64_t memory = 0;  // bytes; 0: half of what is available
  std::uint32_t depth = 0;   // 0: any
  unsigned threads = 0;      // 0: as many as the machine has
  bool symmetry = false;
  bool bad_handles = false;
  bool json = false;
  bool progress = false;
};

std::uint64_t half_of_available_memory() {
  std::ifstream info("/proc/meminfo");
  std::string name;
  for (std::uint64_t kilobytes = 0; info >> name >> kilobytes; info.ignore(64, '\n')) {
    if (name == "MemAvailable:") return kilobytes * 512;
  }
  return std::uint64_t{1} << 31;
}

double rate(const explore::Found& found) {
  return found.seconds > 0 ? static_cast<double>(found.states) / found.seconds : 0;
}

struct Coverage {
  std::vector<std::string> taken;
  std::vector<std::string> missing;
  std::vector<std::string> reached;  // covers
  std::vector<std::string> unreached;
};

Coverage coverage_of(const Law& law, const explore::Found& found) {
  Coverage coverage;
  std::size_t outcome = 0;
  for (const Rule& rule : law.rules) {
    for (std::uint32_t at = 0; at <= rule.branches.size(); ++at, ++outcome) {
      if (rule.probe) continue;
      const std::uint32_t branch = at == 0 ? kSuccess : at - 1;
      if (branch != kSuccess && rule.branches[branch].unspecified) continue;
      (found.outcomes[outcome] > 0 ? coverage.taken : coverage.missing).push_back(branch_id(rule, branch));
    }
  }
  for (std::size_t index = 0; index < law.properties.size(); ++index) {
    if (law.properties[index].tag != Property::Tag::cover) continue;
    (found.reached[index] != 0 ? coverage.reached : coverage.unreached).push_back(law.properties[index].name);
  }
  return coverage;
}

const char* name_of(explore::End end) {
  switch (end) {
    case explore::End::exhausted:
      return "exhausted";
    case explore::End::wrong:
      return "violated";
    case explore::End::memory:
      return "memory";
    case explore::End::depth:
      return "depth";
    case explore::End::stopped:
      return "interrupted";
    case explore::End::wide:
    case explore::End::crowded:
      break;
  }
  return "wide";
}

nlohmann::ordered_json to_report(const Law& law, const ExploreArguments& options, const explore::Explored& explored) {
  const explore::Found& found = explored.found;
  const Coverage coverage = coverage_of(law, found);
  nlohmann::ordered_json violations = nlohmann::ordered_json::array();
  if (explored.counterexample) {
    nlohmann::ordered_json reasons = nlohmann::ordered_json::array();
    for (const Reason& reason : explored.counterexample->reasons)
      reasons.push_back(place(law, reason.span) + reason.text);
    violations.push_back({{"note", explored.counterexample->trace.note},
                          {"calls", explored.counterexample->trace.steps.size()},
                          {"reasons", std::move(reasons)}});
  }
  return {{"states", found.states},
          {"edges", found.edges},
          {"depth", found.depth},
          {"seconds", found.seconds},
          {"states_per_second", rate(found)},
          {"violations", std::move(violations)},
          {"end", name_of(found.end)},
          {"scope", emit::to_string(law, explored.scope)},
          {"symmetry", options.symmetry},
          {"beyond_scope", found.full},
          {"cpu_seconds", found.cpu_seconds},
          {"bytes", found.bytes},
          {"compile_seconds", explored.compile_seconds},
          {"outcomes", {{"taken", coverage.taken.size()}, {"missing", coverage.missing}}},
          {"covers", {{"reached", coverage.reached}, {"unreached", coverage.unreached}}}};
}

void print_report(const Law& law, const Model& model, const ExploreArguments& options,
                  const explore::Explored& explored) {
  const explore::Found& found = explored.found;
  const Coverage coverage = coverage_of(law, found);
  fmt::print("scope: {}{}\n", emit::to_string(law, explored.scope),
             options.symmetry ? "; states that differ in the names of objects are one" : "");
  fmt::print("{} states, {} edges, depth {}, in {:.2f} s: {} states/s, {} per CPU second, {:.0f} MB\n", found.states,
             found.edges, found.depth, found.seconds, explore::short_number(rate(found)),
             explore::short_number(static_cast<double>(found.states) / std::max(found.cpu_seconds, 1e-6)),
             static_cast<double>(found.bytes) / 1e6);
  fmt::print("outcomes taken: {} of {}\n", coverage.taken.size(), coverage.taken.size() + coverage.missing.size());
  if (!coverage.missing.empty()) fmt::print("  not taken: {}\n", fmt::join(coverage.missing, " "));
  if (!coverage.reached.empty()) fmt::print("covers reached: {}\n", fmt::join(coverage.reached, " "));
  if (!coverage.unreached.empty()) fmt::print("covers not reached: {}\n", fmt::join(coverage.unreached, " "));
  switch (found.end) {
    case explore::End::exhausted:
      fmt::print("The scope was searched to its end: every invariant and step holds in it.\n");
      break;
    case explore::End::depth:
      fmt::print("Stopped at depth {}: every state within {} calls was checked and holds, further ones were not.\n",
                 found.depth, found.depth - 1);
      break;
    case explore::End::memory:
      fmt::print("Out of memory at depth {}: what was checked holds. More: --memory, --symmetry or a smaller scope.\n",
                 found.depth);
      break;
    case explore::End::stopped:
      fmt::print("Interrupted at depth {}: what was checked holds.\n", found.depth);
      break;
    default:
      break;
  }
  if (found.end == explore::End::exhausted && found.full > 0) {
    fmt::print("{} calls need more objects than the scope has: of them nothing is said.\n", found.full);
  }
  if (explored.counterexample) {
    fmt::print("\nA shortest trace {}:\n{}", explored.counterexample->trace.note,
               to_text(law, model, explored.counterexample->trace));
    for (const Reason& reason : explored.counterexample->reasons)
      fmt::print("{}{}\n", place(law, reason.span), reason.text);
  }
}

int finish(const Law& law, const ExploreArguments& options, const explore::Explored& explored) {
  if (options.json) {
    fmt::print("{}\n", to_report(law, options, explored).dump(2));
  } else {
    print_report(law, Model(law), options, explored);
  }
  if (explored.counterexample && !options.out.empty()) {
    write_file(options.out, to_json(law, explored.counterexample->trace));
  }
  switch (explored.found.end) {
    case explore::End::exhausted:
      return kHolds;
    case explore::End::wrong:
      return explored.found.wrong->what == iolaw_compiled::Totals::kDefect ? kLawError : kViolated;
    case explore::End::memory:
    case explore::End::depth:
    case explore::End::stopped:
      return kBounded;
    case explore::End::wide:
    case explore::End::crowded:
      break;
  }
  return kInternal;
}

int explore_law(const ExploreArguments& options) {
  const std::optional<Law> law = load_law(options.file, options.view);
  if (!law) return kLawError;
  const std::string wanted_scope = named_scope(*law, options.scope);
  if (wanted_scope.empty()) return kUsage;
  const bool interactive = isatty(STDERR_FILENO) == 1;
  explore::SearchOptions wanted;
  wanted.threads = options.threads != 0 ? options.threads : std::max(1U, std::thread::hardware_concurrency());
  wanted.bytes = options.memory != 0 ? options.memory : half_of_available_memory();
  if (options.depth != 0) wanted.depth = options.depth;
  const explore::Interrupt interrupt;
  wanted.stop = explore::Interrupt::requested;
  const bool shows = interactive || options.progress;
  // A terminal shows one line that changes; elsewhere each line stays.
  if (shows) {
    wanted.progress = [interactive](const explore::Progress& now) {
      fmt::print(stderr, "{}{}{}", interactive ? "\r\x1b[K" : "", to_text(now), interactive ? "" : "\n");
    };
  }
  try {
    emit::Scope scope = emit::parse_scope(*law, wanted_scope);
    scope.bad_handles = options.bad_handles;
    scope.canonical = options.symmetry;
    if (shows) fmt::print(stderr, "compiling the model …{}", interactive ? "" : "\n");
    const explore::Explored explored = explore::explore(*law, scope, wanted);
    if (interactive) fmt::print(stderr, "\r\x1b[K");
    return finish(*law, options, explored);
  } catch (const emit::ScopeError& error) {
    fmt::print(stderr, "iolaw: the scope: {}\n", error.what());
    return kUsage;
  } catch (const emit::EmitError& error) {
    fmt::print(stderr, "{}{}\n", place(*law, error.span), error.what());
    return kLawError;
  } catch (const explore::LoadError& error) {
    if (explore::Interrupt::requested()) {
      fmt::print(stderr, "iolaw: interrupted before the search began\n");
      return kUnknown;
    }
    fmt::print(stderr, "iolaw: {}\n", error.what());
    return kInternal;
  }
}

}  // namespace

void add_explore(CLI::App& app, int& exit_code) {
  const auto options = std::make_shared<ExploreArguments>();
  CLI::App* command = app.add_subcommand("explore", "Search a finite scope to its end, on the compiled model");
  command->add_option("FILE", options->file, "Root file of the law")->required();
  add_view_options(*command, options->view);
  command
      ->add_option(
          "--scope", options->scope,
          "A scope of the law by its name; or objects of each kind (1 where not named) and values of arguments: "
          "Ioas=2,Area=3,address=0..3,length=1|2|4,ioas.map.iova=0..0x3000/0x1000")
      ->required();
  command->add_flag("--symmetry", options->symmetry, "States that differ in the names of objects only are one");
  command->add_flag("--bad-handles", options->bad_handles, "Calls also name an object that does not live");
  command->add_option("--depth", options->depth, "Stop after so many calls")->check(CLI::PositiveNumber);
  command
      ->add_option("--memory", options->memory,
                   "Bytes that the search may use, such as 4G; by default half of what is free")
      ->transform(CLI::AsSizeValue(false));
  command->add_option("--threads", options->threads, "Threads; by default one per core")->check(CLI::Range(1U, 256U));
  command->add_option("--out", options->out, "Save the trace of a violation there (JSON, ITF)");
  command->add_flag("--json", options->json, "The report as JSON");
  command->add_flag("--progress", options->progress, "Show progress also where stderr is no terminal");
  command->callback([options, &exit_code] { exit_code = explore_law(*options); });
}

}  // namespace iolaw
