// SPDX-License-Identifier: Apache-2.0
#include "checker/differ/diff.hpp"

#include <rapidcheck.h>
#include <rapidcheck/detail/TestListener.h>

#include <algorithm>
#include <chrono>
#include <exception>

#include "checker/differ/shrink.hpp"
#include "checker/differ/starts.hpp"
#include "checker/generate/goal.hpp"
#include "checker/generate/reductions.hpp"

namespace iolaw {
namespace {

using Clock = std::chrono::steady_clock;

// Seconds between two calls of DiffOptions::progress.
constexpr double kProgressEvery = 0.2;

// RapidCheck reserves memory for each run that it may come to make.
constexpr int kRunsAtATime = 10'000;

// What RapidCheck generates: at first the seed of a run, whose calls are drawn while it runs (a call depends on the
// state before it); once it failed, the sequence that it was, to be shrunk.
struct Run {
  std::uint64_t seed = 0;
  std::optional<Sequence> sequence;
};

class Campaign {
 public:
  Campaign(const Model& model, Port& port, const DiffOptions& options)
      : model_(model),
        options_(options),
        simplicity_(model.law()),
        runner_(model, port, options.starts ? *options.starts : find_starts(model, options.known)) {
    if (options.corpus.empty()) return;
    corpus_.emplace(model, options.corpus, options.complain);
    runner_.collect();
  }

  DiffReport run() {
    rc::detail::TestParams params;
    params.maxSuccess = kRunsAtATime;
    rc::detail::TestMetadata metadata;
    metadata.id = "diff";
    start_ = Clock::now();
    Silent silent;
    const auto property = rc::detail::toProperty([this] { RC_ASSERT(holds(*generator())); });
    // Without a difference, the last run of all fails.
    for (std::uint64_t round = 0;; ++round) {
      params.seed = options_.seed ^ (round << 32);
      const rc::detail::TestResult result = rc::detail::checkProperty(property, metadata, params, silent, {});
      if (error_) std::rethrow_exception(error_);
      if (result.template is<rc::detail::Error>()) {
        throw std::runtime_error(result.get<rc::detail::Error>().description);
      }
      if (!result.template is<rc::detail::SuccessResult>()) return report();
    }
  }

 private:
  struct Silent : rc::detail::TestListener {
    void onTestCaseFinished(const rc::detail::CaseDescription&) override {}
    void onShrinkTried(const rc::detail::CaseDescription&, bool) override {}
    void onTestFinished(const rc::detail::TestMetadata&, const rc::detail::TestResult&) override {}
  };

  rc::Gen<Run> generator() {
    return rc::Gen<Run>([this](const rc::Random& random, int) {
      const std::uint64_t seed = rc::Random(random).next();
      return rc::shrinkable::lambda([seed] { return Run{seed, std::nullopt}; }, [this] { return shrinks(); });
    });
  }

  // Of the run that just failed; RapidCheck asks right after it.
  rc::Seq<rc::Shrinkable<Run>> shrinks() {
    if (!found_) return {};
    return rc::seq::map(smaller(model_.law(), simplicity_, found_->sequence), [this](Sequence&& sequence) {
      return rc::shrinkable::lambda([sequence] { return Run{0, sequence}; }, [this] { return shrinks(); });
    });
  }

  // RapidCheck takes every exception for a failure of the property, so those are kept for later.
  bool holds(const Run& run) {
    if (error_) return false;
    try {
      return run.sequence ? shrink_holds(*run.sequence) : random_holds(run.seed);
    } catch (...) {
      error_ = std::current_exception();
      return false;
    }
  }

  bool random_holds(std::uint64_t seed) {
    // RapidCheck makes runs until one fails.
    std::optional<Difference> found;
    if (runner_.steps() >= options_.steps || enough_) {
      found = runner_.settle();
      if (!found && (runner_.steps() >= options_.steps || enough_)) return false;
    }
    if (found) {
      // The last run of all.
    } else if (corpus_ && replayed_ < corpus_->sequences().size()) {
      found = replay(corpus_->sequences()[replayed_++]);
    } else {
      found = runner_.run_random(seed, options_.steps - runner_.steps());
    }
    if (corpus_) {
      for (const Discovery& discovery : runner_.take_discoveries()) corpus_->keep(discovery, options_.law_path);
    }
    const double seconds = std::chrono::duration<double>(Clock::now() - start_).count();
    if (options_.progress && (found || seconds >= next_progress_)) {
      options_.progress(runner_.steps(), seconds, runner_.ledger().outcomes());
      next_progress_ = seconds + kProgressEvery;
    }
    if (!found) {
      enough_ = options_.enough && options_.enough();
      return true;
    }
    found_ = std::move(found);
    steps_ = runner_.steps();
    seconds_ = seconds;
    return false;
  }

  // Random runs may begin with it.
  std::optional<Difference> replay(const Sequence& sequence) {
    std::optional<Difference> found = runner_.run(sequence);
    if (!found && !sequence.empty()) {
      runner_.add_start({{sequence.begin(), sequence.end() - 1}, {sequence.back()}});
    }
    return found;
  }

  // As RapidCheck does.
  void shrink() {
    std::optional<Reductions> reductions;
    reductions.emplace(model_.law(), simplicity_, found_->sequence);
    while (const std::optional<Sequence> candidate = reductions->next()) {
      std::optional<Difference> found = runner_.run(*candidate);
      if (!found || found->sequence.size() > found_->sequence.size()) continue;
      found_ = std::move(found);
      if (found_->sequence.size() < candidate->size()) {
        reductions.emplace(model_.law(), simplicity_, found_->sequence);
      } else {
        reductions->accept(*candidate);
      }
    }
  }

  bool shrink_holds(const Sequence& sequence) {
    std::optional<Difference> found = runner_.run(sequence);
    if (!found) return true;
    found_ = std::move(found);
    return false;
  }

  DiffReport report() {
    DiffReport report;
    report.seed = options_.seed;
    report.steps = found_ ? steps_ : runner_.steps();
    report.seconds = found_ ? seconds_ : std::chrono::duration<double>(Clock::now() - start_).count();
    for (const Goal& goal : list_goals(model_.law())) {
      (runner_.ledger().taken(goal.rule, goal.branch) > 0 ? report.reached : report.missed).push_back(goal.id);
    }
    report.pairs = runner_.ledger().pairs();
    if (corpus_) {
      report.replayed = replayed_;
      report.passed_over = corpus_->passed_over();
      report.kept = corpus_->kept();
    }
    for (const auto& [rule, reason] : runner_.ledger().unsupported())
      report.unsupported.push_back(rule + ": " + reason);
    if (!found_) return report;
    // Another way to see it may be shorter, and its calls smaller still.
    while (std::optional<Difference> shorter = runner_.run_shorter(found_->sequence)) {
      found_ = std::move(shorter);
      shrink();
    }
    report.shrink_steps = runner_.steps() - steps_;
    const std::optional<Difference> again = runner_.run(found_->sequence);
    report.confirmed = again && again->sequence.size() == found_->sequence.size();
    report.difference = std::move(found_);
    return report;
  }

  const Model& model_;
  const DiffOptions& options_;
  Simplicity simplicity_;
  Runner runner_;
  std::optional<Corpus> corpus_;
  std::size_t replayed_ = 0;
  Clock::time_point start_;
  double next_progress_ = kProgressEvery;
  std::optional<Difference> found_;  // the last one found: of the smallest run so far
  bool enough_ = false;
  std::uint64_t steps_ = 0;
  double seconds_ = 0;
  std::exception_ptr error_;
};

}  // namespace

DiffReport run_diff(const Model& model, Port& port, const DiffOptions& options) {
  return Campaign(model, port, options).run();
}

}  // namespace iolaw
