// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "checker/encode/translate.hpp"
#include "checker/prove/cache.hpp"
#include "checker/prove/mutation.hpp"
#include "tools/iolaw/commands.hpp"
#include "tools/iolaw/load.hpp"
#include "tools/iolaw/unknown_name.hpp"

namespace iolaw {
namespace {

struct MutateArguments {
  std::string file;
  LawView view;
  MutationOptions mutation;
  std::string cases;
  std::string declared;
  double least = 100;
  bool json = false;
  bool no_cache = false;
};

using MutantTag = MutantVerdict::Tag;

const char* name_of(MutantTag tag) {
  switch (tag) {
    case MutantTag::refuted:
      return "refuted";
    case MutantTag::equivalent:
      return "equivalent";
    case MutantTag::declared:
      return "declared";
    case MutantTag::refused:
      return "refused";
    case MutantTag::survives:
      break;
  }
  return "survives";
}

std::string to_json(const MutationReport& report, bool quick) {
  using Json = nlohmann::ordered_json;
  Json mutants = Json::array();
  for (const MutantVerdict& verdict : report.mutants) {
    Json entry{{"mutant", verdict.text}, {"verdict", name_of(verdict.tag)}};
    if (!verdict.proof.empty()) entry["proof"] = verdict.proof;
    if (!verdict.by_case.empty()) entry["case"] = verdict.by_case;
    if (!verdict.reason.empty()) entry["reason"] = verdict.reason;
    mutants.push_back(std::move(entry));
  }
  Json summary{{"mutants", report.mutants.size()},
               {"refuted", report.count(MutantTag::refuted)},
               {"by_proof", report.by_proof()},
               {"by_case", report.by_case()},
               {"equivalent", report.count(MutantTag::equivalent)},
               {"declared", report.count(MutantTag::declared)},
               {"survive", report.count(MutantTag::survives)},
               {"refused", report.count(MutantTag::refused)},
               {"score", report.score()}};
  if (!quick) summary["score_by_proofs"] = report.score_by_proofs();
  return Json{{"summary", summary}, {"mutants", std::move(mutants)}, {"needless", report.needless}}.dump(2) + "\n";
}

std::string to_text(const MutationReport& report, const MutateArguments& options) {
  std::string text;
  for (const MutantVerdict& verdict : report.mutants) {
    if (verdict.tag == MutantTag::survives) text += fmt::format("survives: {}\n", verdict.text);
    if (verdict.tag == MutantTag::refused) text += fmt::format("refused: {}\n  {}\n", verdict.text, verdict.reason);
  }
  for (const std::string& line : report.needless) text += line + "\n";
  const std::size_t refuted = report.count(MutantTag::refuted);
  const std::size_t judged = refuted + report.count(MutantTag::survives) + report.count(MutantTag::refused);
  text += fmt::format("{} mutants: {} equivalent (proved), {} equivalent (declared); of the other {}\n",
                      report.mutants.size(), report.count(MutantTag::equivalent), report.count(MutantTag::declared),
                      judged);
  text += fmt::format("  {:5} refuted by a proof", report.by_proof());
  text += options.mutation.quick ? ", asked only where no case refutes\n"
                                 : fmt::format(": {:.1f} %\n", report.score_by_proofs());
  if (!options.cases.empty()) text += fmt::format("  {:5} refuted by a case\n", report.by_case());
  text += fmt::format("  {:5} refuted in all: score {:.1f} %\n", refuted, report.score());
  text +=
      fmt::format("  {:5} survive, {} refused\n", report.count(MutantTag::survives), report.count(MutantTag::refused));
  return text;
}

// False, after a message: a file cannot be read.
bool read_evidence(const Law& law, MutateArguments& options) {
  if (!options.cases.empty()) {
    const std::optional<std::string> text = read_file(options.cases);
    if (!text) {
      fmt::print(stderr, "iolaw: cannot read {}\n", options.cases);
      return false;
    }
    try {
      options.mutation.cases = read_cases(Model(law), *text);
    } catch (const CaseFileError& error) {
      fmt::print(stderr, "iolaw: {}: {}\n", options.cases, error.what());
      return false;
    }
  }
  const bool named = !options.declared.empty();
  if (!named) {
    options.declared = (std::filesystem::path(options.file).parent_path() / "doc" / "equivalent_mutants.md").string();
  }
  if (const std::optional<std::string> text = read_file(options.declared)) {
    options.mutation.declared = read_declared_mutants(*text);
  } else if (named) {
    fmt::print(stderr, "iolaw: cannot read {}\n", options.declared);
    return false;
  }
  return true;
}

int mutate_command(MutateArguments& options) {
  const std::optional<Law> law = load_law(options.file, options.view);
  if (!law) return kLawError;
  if (!options.mutation.rule.empty() && law->find_rule(options.mutation.rule) == nullptr) {
    return unknown_name(*law, options.mutation.rule);
  }
  if (!read_evidence(*law, options)) return kUsage;
  if (options.no_cache) {
    options.mutation.cache.clear();
  } else if (options.mutation.cache.empty() && !default_cache_folder().empty()) {
    options.mutation.cache = (std::filesystem::path(default_cache_folder()).parent_path() / "mutate").string();
  }
  const bool terminal = isatty(STDERR_FILENO) != 0;
  if (terminal) {
    options.mutation.progress = [](std::size_t done, std::size_t all) {
      fmt::print(stderr, "\r\x1b[K{}/{} mutants", done, all);
    };
  }
  const MutationReport report = mutate_and_judge(*law, options.mutation);
  if (terminal) fmt::print(stderr, "\r\x1b[K");
  if (!report.cache_warning.empty()) {
    fmt::print(stderr, "iolaw: answers are not kept for the next run: {}\n", report.cache_warning);
  }
  fmt::print("{}", options.json ? to_json(report, options.mutation.quick) : to_text(report, options));
  return report.score() >= options.least && report.needless.empty() ? kHolds : kVacuous;
}

}  // namespace

void add_mutate(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<MutateArguments>();
  CLI::App* command =
      app.add_subcommand("mutate", "Change the law in small ways: does every change contradict a proof or a case?");
  command->add_option("FILE", options->file, "the root file of the law")->required();
  add_view_options(*command, options->view);
  command->add_option("--cases", options->cases, "what implementations were seen to do: cases.jsonl of a suite");
  command->add_option("--declared", options->declared, "mutants that mean the same, with reasons")
      ->default_str("doc/equivalent_mutants.md beside the law, if it is there");
  command->add_option("--rule", options->mutation.rule, "only what changes this rule");
  command->add_flag("--quick", options->mutation.quick, "ask for proofs only of mutants that no case refutes");
  command->add_option("--every", options->mutation.every, "only every so-manieth mutant")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  command->add_option("--least", options->least, "the score, in percent, below which the exit code is 14")
      ->check(CLI::Range(0.0, 100.0))
      ->capture_default_str();
  command->add_option("--cache", options->mutation.cache, "where answers of the solver are kept for the next run")
      ->default_str("~/.cache/iolaw/mutate");
  command->add_flag("--no-cache", options->no_cache, "ask everything again, and keep nothing");
  command->add_option("--threads", options->mutation.threads, "workers")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  command->add_flag("--json", options->json, "a report for programs, on stdout");
  command->callback([options, &exit_code] {
    try {
      exit_code = mutate_command(*options);
    } catch (const Unsupported& error) {
      fmt::print(stderr, "iolaw: proofs cannot carry this law: {}\n", error.what());
      exit_code = kLawError;
    }
  });
}

}  // namespace iolaw
