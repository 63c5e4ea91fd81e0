// SPDX-License-Identifier: Apache-2.0
#include "checker/prove/prove.hpp"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <exception>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <sstream>
#include <thread>

#include "checker/induct/problem.hpp"
#include "checker/prove/cache.hpp"
#include "checker/prove/counterexample.hpp"
#include "checker/prove/cross_check.hpp"
#include "checker/prove/environment.hpp"
#include "checker/prove/reachability.hpp"

namespace iolaw {
namespace {

using scope::Clock;

// Proofs after which the cache is written, so that little is lost when a run is stopped.
constexpr std::size_t kSaveEvery = 400;

// How often it is asked whether to stop.
constexpr std::chrono::milliseconds kLookEvery{50};

constexpr const char* kInterrupted = "interrupted before it was decided";

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

std::string save(const std::string& folder, const Finding& finding, const std::string& text) {
  std::string name = finding.rule + "." + finding.property + ".smt2";
  std::replace_if(
      name.begin(), name.end(), [](char c) { return c == ' ' || c == '(' || c == ')' || c == '/'; }, '_');
  const std::string path = (std::filesystem::path(folder) / name).string();
  std::ofstream file(path);
  file << "; " << finding.rule << ": " << finding.property << "\n; unsat: the obligation holds\n(set-logic ALL)\n"
       << text;
  file.flush();
  if (!file) throw std::runtime_error("cannot write " + path);
  return path;
}

class Prover {
 public:
  Prover(const Law& law, const ProveOptions& options)
      : law_(law),
        options_(options),
        problem_(law),
        cache_(options.cache),
        asker_(smt::digest_of(smt::solver_name() + " " + std::to_string(options.budget.resources))) {
    for (const induct::Obligation& obligation : problem_.obligations()) {
      if (!wanted(obligation)) continue;
      Finding finding{.rule = obligation.rule,
                      .property = obligation.property,
                      .note = {},
                      .counterexample = {},
                      .trace = {},
                      .witness = {}};
      finding.untouched = obligation.trivial;
      if (obligation.trivial) finding.verdict = Verdict::proved;
      if (!obligation.trivial) open_.emplace_back(findings_.size(), &obligation);
      findings_.push_back(std::move(finding));
    }
  }

  std::vector<Finding> run() {
    // Witnesses are one job beside the proofs.
    const bool everything = options_.invariant.empty();
    in_parallel([this, everything](unsigned i) {
      if (i == 0 && everything)
        witnesses_ = find_witnesses(law_, {options_.rule, options_.witnesses, options_.elsewhere, options_.threads},
                                    cache_, stop_);
      work();
    });
    for (Finding& finding : witnesses_) findings_.push_back(std::move(finding));
    if (!findings_.empty() && !stop_) add_environment();
    return std::move(findings_);
  }

  // Asks cvc5 about every question that was proved by the solver.
  void cross_check(ProofReport& report) {
    const std::optional<SecondSolver> second = SecondSolver::find();
    if (!second) throw NoSecondSolver();
    report.second_solver = second->version();
    const std::filesystem::path folder =
        std::filesystem::temp_directory_path() / ("iolaw-questions-" + std::to_string(getpid()));
    std::filesystem::create_directories(folder);
    std::atomic<std::size_t> next{0};
    std::atomic<bool> disagrees{false};
    in_parallel([&](unsigned) {
      for (std::size_t i = next++; i < open_.size(); i = next++) {
        Finding& finding = report.findings[open_[i].first];
        if (finding.verdict != Verdict::proved) continue;
        const induct::Obligation& obligation = *open_[i].second;
        const smt::Digest key = smt::mix(obligation.key, smt::digest_of(second->version()));
        if (cache_.find(key)) {
          finding.second = "agrees";
          continue;
        }
        const std::string file = save(folder.string(), finding, problem_.smt2(obligation));
        const smt::Answer answer = second->ask(file);
        finding.second = answer == smt::Answer::unsat     ? "agrees"
                         : answer == smt::Answer::unknown ? "undecided"
                                                          : "disagrees";
        if (answer == smt::Answer::unsat) cache_.add(key, "unsat");
        if (answer == smt::Answer::sat) {
          disagrees = true;
          finding.internal_error = true;
          finding.note = "cvc5 finds a model where the proof says that there is none: " + file;
        } else {
          std::filesystem::remove(file);
        }
      }
    });
    cache_.save();
    if (disagrees) {
      report.kept = folder.string();
    } else {
      std::error_code error;
      std::filesystem::remove_all(folder, error);
    }
  }

  std::optional<std::string> cache_warning() const { return cache_.warning(); }
  bool stopped() const { return stop_; }

 private:
  // Runs `job` on all workers, with the number of each; an exception of one is thrown when all have ended. Looks now
  // and then whether they are to stop.
  void in_parallel(const std::function<void(unsigned)>& job) {
    std::exception_ptr failure;
    std::vector<std::thread> workers;
    const unsigned number = std::max(1U, options_.threads);
    unsigned ended = 0;  // protected by mutex_
    for (unsigned i = 0; i < number; ++i) {
      workers.emplace_back([&, i] {
        try {
          job(i);
        } catch (...) {
          const std::lock_guard lock(mutex_);
          if (!failure) failure = std::current_exception();
        }
        const std::lock_guard lock(mutex_);
        ++ended;
        one_ended_.notify_one();
      });
    }
    for (std::unique_lock lock(mutex_); ended < number;) {
      one_ended_.wait_for(lock, kLookEvery);
      if (!stop_ && options_.stop && options_.stop()) stop_ = true;
      if (stop_) smt::interrupt_solvers();
    }
    for (std::thread& worker : workers) worker.join();
    cache_.save();
    if (failure) std::rethrow_exception(failure);
  }

  bool wanted(const induct::Obligation& obligation) const {
    if (!options_.invariant.empty() && obligation.property != options_.invariant) return false;
    if (options_.rule.empty()) return true;
    return obligation.transition != nullptr && obligation.transition->rule->name == options_.rule;
  }

  // Proofs rest on the axioms: they mean nothing if these contradict each other.
  void add_environment() {
    std::vector<Finding> axioms;
    try {
      axioms = check_axioms(law_, problem_, options_.budget);
    } catch (const smt::SolverFailure& failure) {
      axioms.push_back({.rule = "environment",
                        .property = "axioms",
                        .note = failure.what(),
                        .counterexample = {},
                        .trace = {},
                        .witness = {}});
    }
    const bool contradictory =
        std::any_of(axioms.begin(), axioms.end(), [](const Finding& f) { return f.verdict == Verdict::vacuous; });
    for (const auto& [index, obligation] : open_) {
      Finding& finding = findings_[index];
      if (!contradictory || finding.verdict != Verdict::proved) continue;
      finding.verdict = Verdict::vacuous;
      finding.note = "the axioms contradict each other, so that everything follows from them";
    }
    for (Finding& finding : axioms) findings_.push_back(std::move(finding));
  }

  void work() {
    const Model model(law_);
    for (std::size_t i = next_++; i < open_.size() && !stop_; i = next_++) {
      Finding& finding = findings_[open_[i].first];
      decide(model, *open_[i].second, finding);
      const std::lock_guard lock(mutex_);
      ++done_;
      if (done_ % kSaveEvery == 0) cache_.save();
      const double each = seconds_since(start_) / static_cast<double>(done_);
      if (options_.progress) {
        options_.progress(done_, open_.size(), each * static_cast<double>(open_.size() - done_), finding);
      }
    }
  }

  void decide(const Model& model, const induct::Obligation& obligation, Finding& finding) {
    const Clock::time_point start = Clock::now();
    if (!options_.smt2.empty()) save(options_.smt2, finding, problem_.smt2(obligation));
    try {
      prove_or_refute(model, obligation, finding);
    } catch (const smt::SolverFailure& failure) {
      finding.verdict = Verdict::unknown;
      finding.note = failure.what();
    } catch (const std::bad_alloc&) {
      finding.verdict = Verdict::unknown;
      finding.note = "out of memory";
    }
    if (stop_ && finding.verdict != Verdict::proved && finding.verdict != Verdict::violated) {
      finding.verdict = Verdict::unknown;
      finding.note = kInterrupted;
    }
    finding.seconds = seconds_since(start);
  }

  void prove_or_refute(const Model& model, const induct::Obligation& obligation, Finding& finding) {
    const smt::Digest key = smt::mix(obligation.key, asker_);
    induct::Core core;
    if (const auto known = cache_.find(key); known && recall(*known, finding)) {
      finding.verdict = Verdict::proved;
      finding.cached = true;
    } else {
      if (problem_.refute(obligation, options_.budget, &core) == smt::Answer::unsat) {
        finding.verdict = Verdict::proved;
        for (const Property* invariant : core.invariants) finding.core.push_back(invariant->name);
        finding.uses_checks = core.checks;
        if (!obligation.idle.empty() && problem_.idle(obligation, {.resources = 300'000}) == smt::Answer::unsat) {
          finding.suspicion = "it would hold even if the rule did nothing";
        }
        // What was interrupted may have missed the suspicion.
        if (!stop_) cache_.add(key, remembered(finding));
      }
    }
    if (finding.verdict == Verdict::proved || stop_) return;
    find_counterexample(model, obligation, options_.search_time, finding);
    if (finding.verdict == Verdict::unknown && finding.note.empty()) finding.note = core.reason;
  }

  // "c i pin.mapped dma.pinned": uses checks, would hold of an idle rule, uses these invariants.
  static std::string remembered(const Finding& finding) {
    std::string text = std::string(finding.uses_checks ? "c" : "-") + (finding.suspicion.empty() ? " -" : " i");
    for (const std::string& name : finding.core) text += " " + name;
    return text;
  }

  static bool recall(const std::string& text, Finding& finding) {
    std::istringstream words(text);
    std::string checks;
    std::string idle;
    if (!(words >> checks >> idle)) return false;
    finding.uses_checks = checks == "c";
    if (idle == "i") finding.suspicion = "it would hold even if the rule did nothing";
    for (std::string name; words >> name;) finding.core.push_back(name);
    return true;
  }

  const Law& law_;
  const ProveOptions& options_;
  const induct::Problem problem_;
  Cache cache_;
  const smt::Digest asker_;  // the solver and its budget
  std::vector<Finding> findings_;
  std::vector<std::pair<std::size_t, const induct::Obligation*>> open_;  // the index of its finding
  std::vector<Finding> witnesses_;
  std::atomic<std::size_t> next_{0};
  std::atomic<bool> stop_{false};
  const Clock::time_point start_ = Clock::now();
  std::condition_variable one_ended_;
  std::size_t done_ = 0;  // protected by mutex_
  std::mutex mutex_;
};

}  // namespace

std::string_view to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::proved:
      return "proved";
    case Verdict::bounded:
      return "bounded";
    case Verdict::violated:
      return "violated";
    case Verdict::cti:
      return "cti";
    case Verdict::vacuous:
      return "vacuous";
    case Verdict::unknown:
      break;
  }
  return "unknown";
}

std::size_t ProofReport::count(Verdict verdict) const {
  return static_cast<std::size_t>(
      std::count_if(findings.begin(), findings.end(), [&](const Finding& f) { return f.verdict == verdict; }));
}

ProofReport prove(const Law& law, const ProveOptions& options) {
  const Clock::time_point start = Clock::now();
  if (!options.smt2.empty()) std::filesystem::create_directories(options.smt2);
  ProofReport report;
  Prover prover(law, options);
  report.findings = prover.run();
  if (options.cross_check) prover.cross_check(report);
  report.cache_warning = prover.cache_warning().value_or("");
  if (prover.stopped()) {
    for (Finding& finding : report.findings) {
      if (finding.verdict != Verdict::unknown) continue;
      ++report.left;
      finding.note = kInterrupted;
    }
  }
  for (const Axiom& axiom : law.axioms) report.axioms.push_back(axiom.name + " \"" + axiom.title + "\"");
  report.seconds = seconds_since(start);
  return report;
}

std::size_t count_obligations(const Law& law) {
  return induct::Problem(law).obligations().size() + count_witnesses(law);
}

}  // namespace iolaw
