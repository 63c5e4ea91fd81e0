// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <string>

#include "checker/encode/translate.hpp"
#include "checker/explore/interrupt.hpp"
#include "checker/prove/cache.hpp"
#include "checker/prove/report.hpp"
#include "checker/smt/solver.hpp"
#include "tools/iolaw/commands.hpp"
#include "tools/iolaw/kept_witnesses.hpp"
#include "tools/iolaw/load.hpp"
#include "tools/iolaw/unknown_name.hpp"

namespace iolaw {
namespace {

struct ProveArguments {
  std::string file;
  LawView view;
  ProveOptions prove;
  bool json = false;
  bool no_cache = false;
  bool no_witnesses = false;
  bool keep_witnesses = false;
  std::size_t slowest = 10;
  std::uint32_t memory = 4096;  // MiB, of the solver
};

int exit_code_of(const ProofReport& report) {
  const bool internal = std::any_of(report.findings.begin(), report.findings.end(),
                                    [](const Finding& finding) { return finding.internal_error; });
  if (internal) return kInternal;
  if (report.count(Verdict::violated) > 0) return kViolated;
  if (report.count(Verdict::cti) > 0) return kNotInductive;
  if (report.count(Verdict::vacuous) > 0) return kVacuous;
  if (report.count(Verdict::unknown) > 0) return kUnknown;
  if (report.count(Verdict::bounded) > 0) return kBounded;
  return kHolds;
}

int prove_command(ProveArguments& options) {
  const std::optional<Law> law = load_law(options.file, options.view);
  if (!law) return kLawError;
  if (!options.prove.rule.empty() && law->find_rule(options.prove.rule) == nullptr) {
    return unknown_name(*law, options.prove.rule);
  }
  if (options.no_cache) {
    options.prove.cache.clear();
  } else if (options.prove.cache.empty()) {
    options.prove.cache = default_cache_folder();
  }
  const WitnessSections sections = load_witnesses(options.file, *law);
  if (!options.no_witnesses) options.prove.witnesses = witnesses_of_profile(*law, sections);
  options.prove.elsewhere = reached_elsewhere(options.file, *law, sections);
  const bool terminal = isatty(STDERR_FILENO) != 0;
  if (terminal) {
    options.prove.progress = [](std::size_t done, std::size_t all, double left, const Finding& finding) {
      fmt::print(stderr, "\r\x1b[K{}/{}, {:.0f} s left: {} / {}", done, all, left, finding.rule, finding.property);
    };
  }
  smt::limit_memory(options.memory);
  const explore::Interrupt interrupt;
  options.prove.stop = explore::Interrupt::requested;
  const ProofReport report = prove(*law, options.prove);
  if (terminal) fmt::print(stderr, "\r\x1b[K");
  if (!report.cache_warning.empty()) {
    fmt::print(stderr, "iolaw: proofs are not kept for the next run: {}\n", report.cache_warning);
  }
  if (report.left > 0) {
    fmt::print(stderr, "iolaw: interrupted: {} of {} obligations are undecided; what was proved is kept\n", report.left,
               report.findings.size());
  }
  if (report.findings.empty()) {
    if (law->find_property(options.prove.invariant) == nullptr) return unknown_name(*law, options.prove.invariant);
    fmt::print(stderr, "iolaw: nothing is to be proved of {}\n", options.prove.invariant);
    return kUsage;
  }
  tell_stale_witnesses(options.file, *law, options.prove.witnesses, report);
  const Model model(*law);
  if (options.keep_witnesses && report.left == 0 && !keep_witnesses(options.file, *law, report, sections)) {
    return kUsage;
  }
  fmt::print("{}", options.json ? to_json(*law, report) : to_text(model, report, options.slowest));
  return exit_code_of(report);
}

}  // namespace

void add_prove(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<ProveArguments>();
  CLI::App* command = app.add_subcommand("prove", "Prove the law by induction, for any number of objects");
  command->add_option("FILE", options->file, "the root file of the law")->required();
  add_view_options(*command, options->view);
  command->add_option("--rule", options->prove.rule, "only what this rule does");
  command->add_option("--invariant", options->prove.invariant, "only this invariant, step or lemma");
  command->add_option("--smt2", options->prove.smt2, "write every question to this folder, as SMT-LIB 2");
  command->add_flag("--cross-check", options->prove.cross_check, "ask cvc5, too, about every proof");
  command->add_option("--cache", options->prove.cache, "where proofs are kept for the next run")
      ->default_str("~/.cache/iolaw/prove");
  command->add_flag("--no-cache", options->no_cache, "prove everything again, and keep nothing");
  command->add_flag("--no-witnesses", options->no_witnesses,
                    "do not use those beside the law (FILE.witnesses): look for ways to every outcome again");
  command->add_flag("--keep-witnesses", options->keep_witnesses, "write what was found to the file beside the law")
      ->excludes("--rule")
      ->excludes("--invariant");
  command->add_option("--threads", options->prove.threads, "workers")->check(CLI::Range(1, 64))->capture_default_str();
  command->add_option("--slowest", options->slowest, "how many of the slowest to list")->capture_default_str();
  command->add_option("--memory", options->memory, "MiB that the solver may use; what needs more is unknown")
      ->check(CLI::Range(1, 1 << 20))
      ->capture_default_str();
  command->add_flag("--json", options->json, "a report for programs, on stdout");
  command->callback([options, &exit_code] {
    try {
      exit_code = prove_command(*options);
    } catch (const Unsupported& error) {
      fmt::print(stderr, "iolaw: proofs cannot carry this law: {}\n", error.what());
      exit_code = kLawError;
    } catch (const NoSecondSolver& error) {
      fmt::print(stderr, "iolaw: {}\n", error.what());
      exit_code = kSkipped;
    }
  });
}

}  // namespace iolaw
