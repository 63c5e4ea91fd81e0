// SPDX-License-Identifier: Apache-2.0
#include "tools/iolaw/diff_threads.hpp"

#include <fmt/core.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <memory>
#include <nlohmann/json.hpp>

#include "checker/concurrent/campaign.hpp"
#include "tools/iolaw/commands.hpp"
#include "tools/iolaw/load.hpp"
#include "tools/iolaw/open_port.hpp"
#include "tools/iolaw/write_file.hpp"

namespace iolaw {
namespace {

using concurrent::CampaignReport;
using concurrent::Judgement;

double per_second(std::uint64_t number, double seconds) {
  return seconds > 0 ? static_cast<double>(number) / seconds : 0;
}

std::string read(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(in), {});
}

nlohmann::ordered_json to_report(const ThreadsOptions& options, const CampaignReport& report) {
  nlohmann::ordered_json json{{"steps", report.steps},
                              {"seconds", report.seconds},
                              {"steps_per_second", per_second(report.steps, report.seconds)},
                              {"divergences", report.found ? 1 : 0},
                              {"seed", report.seed},
                              {"port", options.port},
                              {"threads", options.threads},
                              {"histories", report.histories},
                              {"histories_per_second", per_second(report.histories, report.seconds)},
                              {"overlapping", report.overlapping},
                              {"undecided", report.undecided},
                              {"of_one_thread", report.of_one_thread},
                              {"unsupported", report.left_out}};
  if (report.found) {
    json["calls"] = report.found->history.calls.size();
    if (!options.out.empty()) json["history"] = options.out;
  }
  return json;
}

void print(const ThreadsOptions& options, const Model& model, const CampaignReport& report) {
  fmt::print("{}: {} histories of {} threads judged in {:.2f} s, {:.0f} histories/s, {} calls, seed {}\n", options.port,
             report.histories, options.threads, report.seconds, per_second(report.histories, report.seconds),
             report.steps, report.seed);
  fmt::print("{} pairs of calls overlapped; in {} histories none did{}\n", report.overlapping, report.alone,
             report.played ? "; one thread played all, so the seed decides the outcome" : "");
  fmt::print("{} refusals and questions are explained by a call under way alone\n", report.leeways);
  if (report.undecided > 0)
    fmt::print("{} histories could not be judged: {}\n", report.undecided, fmt::join(report.why, "; "));
  if (report.unobserved > 0)
    fmt::print("in {} histories what there was in the end was not looked at\n", report.unobserved);
  fmt::print("probes are asked when the threads have ended; calls of pieces, others may come between: {}\n",
             fmt::join(concurrent::rules_of_pieces(model), ", "));
  fmt::print("called before the threads begin, as they work on what the client keeps to itself: {}\n",
             fmt::join(report.of_one_thread, ", "));
  for (const std::string& line : report.left_out) fmt::print("  no thread calls {}\n", line);
  if (!report.found) return;
  fmt::print("\nNo order explains this, seen again after {} runs:\n{}", report.found->runs,
             to_text(model, report.found->history, report.found->judgement));
  if (options.out.empty()) {
    fmt::print("\nSave the history with --out HISTORY; judge it again with iolaw replay HISTORY\n");
  } else {
    fmt::print("\nHistory in {}; judge it again with iolaw replay {}\n", options.out, options.out);
  }
}

}  // namespace

int diff_threads(const ThreadsOptions& options) {
  const std::optional<Law> law = load_law(options.file, options.view);
  if (!law) return kLawError;
  const std::unique_ptr<Port> port = open_port(options.port, *law);
  if (!port) return kUsage;
  const Model model(*law);
  concurrent::CampaignOptions run;
  run.seed = options.seed;
  run.steps = options.steps;
  run.threads = options.threads;
  const bool terminal = isatty(STDERR_FILENO) != 0;
  if (terminal) {
    run.progress = [&](std::uint64_t steps, std::uint64_t histories, double seconds) {
      fmt::print(stderr, "\r\033[K{} of {} steps, {:.0f} histories/s", steps, options.steps,
                 per_second(histories, seconds));
    };
  }
  run.hung = [&](const std::string& scenario) {
    fmt::print("\n{}: these calls did not all return within {:.0f} s:\n{}", options.port, run.patience, scenario);
    std::fflush(stdout);
    _exit(kDiverges);
  };
  CampaignReport report;
  try {
    report = run_campaign(model, *port, run);
  } catch (const EvaluationError&) {
    throw;
  } catch (const std::runtime_error& error) {
    fmt::print(stderr, "iolaw: port {}: {}; hw_reference and hw_reference_uapi can\n", options.port, error.what());
    return kUsage;
  }
  if (terminal) fmt::print(stderr, "\r\033[K");
  if (report.found && !options.out.empty()) {
    write_file(options.out, to_json(*law, options.file, options.port, report.found->history));
  }
  if (options.json) {
    fmt::print("{}\n", to_report(options, report).dump(2));
  } else {
    print(options, model, report);
  }
  return report.found ? kDiverges : kHolds;
}

bool is_history(const std::string& path) { return concurrent::origin_of_history(read(path)).has_value(); }

int judge_history(const std::string& path, const std::string& law_file, LawView view, bool json) {
  const std::string text = read(path);
  const std::optional<concurrent::HistoryOrigin> origin = concurrent::origin_of_history(text);
  if (!origin) {
    fmt::print(stderr, "iolaw: {} cannot be read, or is no history that iolaw diff --threads saved\n", path);
    return kUsage;
  }
  if (view.profile.empty()) view.profile = origin->view.profile;
  if (!view.version) view.version = origin->view.version;
  const std::string& root = law_file.empty() ? origin->law : law_file;
  const std::optional<Law> law = load_law(root, view);
  if (!law) return kLawError;
  concurrent::History history;
  try {
    history = concurrent::history_from_json(*law, text);
  } catch (const concurrent::HistoryError& error) {
    fmt::print(stderr, "iolaw: {}: {}\n", path, error.what());
    return kLawError;
  }
  const Model model(*law);
  const Judgement judgement = judge(model, history);
  const bool differs = judgement.verdict == Judgement::Verdict::differs;
  if (json) {
    nlohmann::ordered_json report{{"steps", history.calls.size()},
                                  {"divergences", differs ? 1 : 0},
                                  {"configurations", judgement.configurations}};
    if (judgement.at) report["differs_at"] = *judgement.at + 1;
    fmt::print("{}\n", report.dump(2));
  } else {
    fmt::print("{}", to_text(model, history, judgement));
  }
  if (differs) return kDiverges;
  return judgement.verdict == Judgement::Verdict::undecided ? kUnknown : kHolds;
}

}  // namespace iolaw
