// SPDX-License-Identifier: Apache-2.0
#include "checker/prove/prove.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <thread>

#include "checker/induct/problem.hpp"
#include "checker/prove/environment.hpp"
#include "checker/prove/reachability.hpp"

namespace iolaw {
namespace {

using scope::Clock;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

void save(const std::string& folder, const Finding& finding, const std::string& text) {
  std::string name = finding.rule + "." + finding.property + ".smt2";
  std::replace_if(
      name.begin(), name.end(), [](char c) { return c == ' ' || c == '(' || c == ')' || c == '/'; }, '_');
  std::ofstream file(std::filesystem::path(folder) / name);
  file << "; " << finding.rule << ": " << finding.property << "\n; unsat: the obligation holds\n(set-logic ALL)\n"
       << text;
  if (!file) throw std::runtime_error("cannot write " + folder + "/" + name);
}

class Prover {
 public:
  Prover(const Law& law, const ProveOptions& options) : law_(law), options_(options), problem_(law) {
    for (const induct::Obligation& obligation : problem_.obligations()) {
      if (!wanted(obligation)) continue;
      Finding finding{
          .rule = obligation.rule, .property = obligation.property, .note = {}, .counterexample = {}, .trace = {}};
      finding.untouched = obligation.trivial;
      if (obligation.trivial) finding.verdict = Verdict::proved;
      if (!obligation.trivial) open_.emplace_back(findings_.size(), &obligation);
      findings_.push_back(std::move(finding));
    }
  }

  std::vector<Finding> run() {
    // Witnesses are one job beside the proofs.
    const bool everything = options_.invariant.empty();
    const unsigned threads = std::max(1U, options_.threads);
    std::vector<std::thread> workers;
    for (unsigned i = 0; i < threads; ++i) {
      workers.emplace_back([this, i, everything] {
        try {
          if (i == 0 && everything) witnesses_ = find_witnesses(law_, options_.rule);
          work();
        } catch (...) {
          const std::lock_guard lock(mutex_);
          if (!failure_) failure_ = std::current_exception();
        }
      });
    }
    for (std::thread& worker : workers) worker.join();
    if (failure_) std::rethrow_exception(failure_);
    for (Finding& finding : witnesses_) findings_.push_back(std::move(finding));
    if (!findings_.empty()) add_environment();
    return std::move(findings_);
  }

 private:
  bool wanted(const induct::Obligation& obligation) const {
    if (!options_.invariant.empty() && obligation.property != options_.invariant) return false;
    if (options_.rule.empty()) return true;
    return obligation.transition != nullptr && obligation.transition->rule->name == options_.rule;
  }

  // Proofs rest on the axioms: they mean nothing if these contradict each other.
  void add_environment() {
    std::vector<Finding> axioms = check_axioms(law_, problem_, options_.budget);
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
    for (std::size_t i = next_++; i < open_.size(); i = next_++) {
      Finding& finding = findings_[open_[i].first];
      decide(model, *open_[i].second, finding);
      const std::lock_guard lock(mutex_);
      ++done_;
      if (options_.progress) options_.progress(done_, open_.size(), finding);
    }
  }

  void decide(const Model& model, const induct::Obligation& obligation, Finding& finding) {
    const Clock::time_point start = Clock::now();
    if (!options_.smt2.empty()) save(options_.smt2, finding, problem_.smt2(obligation));
    const smt::Answer answer = problem_.refute(obligation, options_.budget);
    finding.verdict = answer == smt::Answer::unsat ? Verdict::proved : Verdict::unknown;
    if (finding.verdict != Verdict::proved) refute(model, obligation, finding);
    finding.seconds = seconds_since(start);
  }

  // Quantifiers prove, finite scopes refute.
  void refute(const Model& model, const induct::Obligation& obligation, Finding& finding) {
    scope::Target target{.tag = scope::Target::Tag::violation, .property = obligation.declared};
    if (obligation.tag == induct::Obligation::Tag::kept) {
      target.tag = scope::Target::Tag::misfit;
    } else if (obligation.declared == nullptr) {
      finding.note = "a lemma that the encoding needs, not a property of the law; see checker/doc/proofs.md";
      return;
    } else if (obligation.transition == nullptr) {
      finding.note = "does not hold of the initial state";
      finding.verdict = Verdict::violated;
      return;
    }
    const scope::Refutation refutation = scope::refute(model, *obligation.transition->rule, target, {});
    finding.counterexample = refutation.evidence;
    if (refutation.tag == scope::Refutation::Tag::found) finding.verdict = Verdict::cti;
    if (refutation.tag == scope::Refutation::Tag::rejected) {
      finding.internal_error = true;
      finding.note = refutation.note;
    }
    target.rule = static_cast<std::uint32_t>(obligation.transition->rule - law_.rules.data());
    scope::SearchOptions options;
    options.time = options_.search_time;
    options.through = obligation.transition->rule;
    const scope::SearchResult found = scope::search(model, {target}, options);
    if (found.tag == scope::SearchResult::Tag::found) {
      finding.verdict = Verdict::violated;
      finding.trace = found;
    } else if (found.tag == scope::SearchResult::Tag::rejected) {
      finding.internal_error = true;
      finding.note = found.note;
    } else if (refutation.tag == scope::Refutation::Tag::none && found.tag == scope::SearchResult::Tag::none) {
      finding.verdict = Verdict::bounded;
      finding.note = "no counterexample with up to " + std::to_string(refutation.scope) +
                     " objects of each kind, no trace of up to " + std::to_string(found.depth) + " calls";
    }
  }

  const Law& law_;
  const ProveOptions& options_;
  const induct::Problem problem_;
  std::vector<Finding> findings_;
  std::vector<std::pair<std::size_t, const induct::Obligation*>> open_;  // the index of its finding
  std::vector<Finding> witnesses_;
  std::atomic<std::size_t> next_{0};
  std::size_t done_ = 0;  // protected by mutex_
  std::mutex mutex_;
  std::exception_ptr failure_;  // protected by mutex_
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
  report.findings = Prover(law, options).run();
  for (const Axiom& axiom : law.axioms) report.axioms.push_back(axiom.name + " \"" + axiom.title + "\"");
  report.seconds = seconds_since(start);
  return report;
}

std::size_t count_obligations(const Law& law) {
  return induct::Problem(law).obligations().size() + count_witnesses(law);
}

}  // namespace iolaw
