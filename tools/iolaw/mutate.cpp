// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "checker/encode/translate.hpp"
#include "checker/prove/mutation.hpp"
#include "tools/iolaw/commands.hpp"
#include "tools/iolaw/load.hpp"
#include "tools/iolaw/unknown_name.hpp"

namespace iolaw {
namespace {

struct Options {
  std::string file;
  LawView view;
  MutationOptions mutation;
  bool json = false;
};

using Tag = MutantVerdict::Tag;

std::size_t count(const std::vector<MutantVerdict>& verdicts, Tag tag) {
  return static_cast<std::size_t>(std::count_if(verdicts.begin(), verdicts.end(),
                                                [&](const MutantVerdict& verdict) { return verdict.tag == tag; }));
}

std::string to_json(const std::vector<MutantVerdict>& verdicts) {
  using Json = nlohmann::ordered_json;
  Json mutants = Json::array();
  for (const MutantVerdict& verdict : verdicts) {
    const char* tag = verdict.tag == Tag::caught    ? "caught"
                      : verdict.tag == Tag::refused ? "refused"
                      : verdict.tag == Tag::unseen  ? "unseen"
                                                    : "survives";
    Json entry{{"mutant", verdict.text}, {"verdict", tag}};
    if (!verdict.by.empty()) entry["by"] = verdict.by;
    mutants.push_back(std::move(entry));
  }
  const Json summary{{"mutants", verdicts.size()},
                     {"caught", count(verdicts, Tag::caught)},
                     {"survive", count(verdicts, Tag::survives)},
                     {"unseen", count(verdicts, Tag::unseen)},
                     {"refused", count(verdicts, Tag::refused)}};
  return Json{{"summary", summary}, {"mutants", std::move(mutants)}}.dump(2) + "\n";
}

std::string to_text(const std::vector<MutantVerdict>& verdicts) {
  std::string text;
  for (const MutantVerdict& verdict : verdicts) {
    if (verdict.tag == Tag::survives) text += fmt::format("survives: {}\n", verdict.text);
    if (verdict.tag == Tag::refused) text += fmt::format("refused: {}\n  {}\n", verdict.text, verdict.by);
  }
  const std::size_t caught = count(verdicts, Tag::caught);
  const std::size_t survive = count(verdicts, Tag::survives);
  const std::size_t judged = caught + survive;
  const double score = judged == 0 ? 100.0 : 100.0 * static_cast<double>(caught) / static_cast<double>(judged);
  return text + fmt::format(
                    "{} mutants: {} caught, {} survive, {} change at most which error is reported, {} refused; "
                    "score {:.1f} %\n",
                    verdicts.size(), caught, survive, count(verdicts, Tag::unseen), count(verdicts, Tag::refused),
                    score);
}

int mutate_command(Options& options) {
  const std::optional<Law> law = load_law(options.file, options.view);
  if (!law) return kLawError;
  if (!options.mutation.rule.empty() && law->find_rule(options.mutation.rule) == nullptr) {
    return unknown_name(*law, options.mutation.rule);
  }
  const bool terminal = isatty(STDERR_FILENO) != 0;
  if (terminal) {
    options.mutation.progress = [](std::size_t done, std::size_t all) {
      fmt::print(stderr, "\r\x1b[K{}/{} mutants", done, all);
    };
  }
  const std::vector<MutantVerdict> verdicts = mutate_and_prove(*law, options.mutation);
  if (terminal) fmt::print(stderr, "\r\x1b[K");
  fmt::print("{}", options.json ? to_json(verdicts) : to_text(verdicts));
  return count(verdicts, Tag::survives) + count(verdicts, Tag::refused) == 0 ? kHolds : kVacuous;
}

}  // namespace

void add_mutate(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("mutate", "Change the law in small ways: does every change break a proof?");
  command->add_option("FILE", options->file, "the root file of the law")->required();
  add_view_options(*command, options->view);
  command->add_option("--rule", options->mutation.rule, "only what changes this rule");
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
