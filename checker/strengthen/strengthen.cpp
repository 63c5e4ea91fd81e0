// SPDX-License-Identifier: Apache-2.0
#include "checker/strengthen/strengthen.hpp"

#include <algorithm>
#include <atomic>
#include <map>
#include <set>
#include <stdexcept>

#include "checker/generate/in_parallel.hpp"
#include "checker/induct/problem.hpp"
#include "model/law/parse.hpp"
#include "model/trace/random_run.hpp"

namespace iolaw {
namespace {

using induct::Obligation;
using induct::Problem;

constexpr std::uint64_t kRuns = 4;
constexpr const char* kPrefix = "strengthen.candidate_";

std::string name_of(const Obligation& obligation) { return obligation.rule + " / " + obligation.property; }

class Strengthener {
 public:
  Strengthener(const Law& law, const StrengthenOptions& options) : law_(law), options_(options) {}

  Strengthening run() {
    say("proofs of the law itself");
    find_open();
    if (result_.open.empty()) return std::move(result_);
    say("candidates");
    candidates_ = make_candidates(law_, kinds_around(law_, formulas_));
    drop_untyped();
    result_.candidates = candidates_.size();
    say("random runs");
    drop_refuted();
    result_.standing = candidates_.size();
    if (candidates_.size() > options_.most) candidates_.resize(options_.most);
    result_.asked = candidates_.size();
    drop_not_inductive();
    result_.inductive = candidates_.size();
    say("what is needed");
    propose();
    return std::move(result_);
  }

 private:
  void say(const std::string& stage) const {
    if (options_.progress) options_.progress(stage);
  }

  void find_open() {
    const Problem problem(law_);
    const std::vector<Obligation>& obligations = problem.obligations();
    std::vector<char> open(obligations.size(), 0);
    in_parallel(options_.threads, obligations.size(), [&](std::size_t i) {
      const bool wanted = options_.property.empty() || obligations[i].property == options_.property;
      if (!wanted || obligations[i].trivial) return;
      open[i] = problem.refute(obligations[i], options_.budget) != smt::Answer::unsat ? 1 : 0;
    });
    for (std::size_t i = 0; i < obligations.size(); ++i) {
      if (open[i] == 0) continue;
      result_.open.push_back(name_of(obligations[i]));
      if (obligations[i].declared != nullptr) formulas_.push_back(obligations[i].declared->formula.get());
      if (obligations[i].transition == nullptr) continue;
      for (const Branch& branch : obligations[i].transition->rule->branches)
        formulas_.push_back(branch.condition.get());
    }
  }

  // The law with the candidates as invariants behind the others; those of which the language does not allow the text
  // are dropped.
  Law with_candidates(bool may_drop) {
    while (true) {
      std::vector<SourceFile> files = law_.files;
      files.front().text += "\n";
      std::vector<std::size_t> begins;
      for (std::size_t i = 0; i < candidates_.size(); ++i) {
        begins.push_back(files.front().text.size());
        files.front().text += "invariant " + (kPrefix + std::to_string(i)) + " \"?\": " + candidates_[i].formula + "\n";
      }
      Parsed parsed = parse_law_texts(files, options_.view);
      if (parsed.law) return std::move(*parsed.law);
      std::set<std::size_t> wrong;
      for (const Diagnostic& diagnostic : parsed.diagnostics) {
        if (diagnostic.span.file != 0 || begins.empty() || diagnostic.span.begin < begins.front()) continue;
        const auto after = std::upper_bound(begins.begin(), begins.end(), diagnostic.span.begin);
        wrong.insert(static_cast<std::size_t>(after - begins.begin()) - 1);
      }
      if (!may_drop || wrong.empty()) throw std::logic_error("the law with its candidates cannot be read");
      keep([&](std::size_t i) { return !wrong.contains(i); });
    }
  }

  template <typename Keep>
  void keep(Keep keep_one) {
    std::vector<Candidate> kept;
    for (std::size_t i = 0; i < candidates_.size(); ++i) {
      if (keep_one(i)) kept.push_back(std::move(candidates_[i]));
    }
    candidates_ = std::move(kept);
  }

  void drop_untyped() { with_candidates(true); }

  static bool is_candidate(const Property& property) { return property.name.rfind(kPrefix, 0) == 0; }
  static std::size_t number_of(const std::string& name) {
    return static_cast<std::size_t>(std::stoul(name.substr(std::char_traits<char>::length(kPrefix))));
  }

  // Random runs of the law itself; every state must meet every candidate.
  void drop_refuted() {
    const Law judged = with_candidates(false);
    const Model model(judged);
    const Model plain(law_);
    std::vector<const Property*> standing;
    for (const Property& property : judged.properties) {
      if (is_candidate(property)) standing.push_back(&property);
    }
    for (std::uint64_t seed = 1; seed <= kRuns; ++seed) {
      RunOptions run;
      run.seed = seed;
      run.steps = options_.steps;
      run.keep_trace = false;
      run.watch = [&](const TraceStep& step, const State& before, const State& after) {
        if (step.branch != kSuccess || before == after) return;
        std::erase_if(standing, [&](const Property* property) {
          try {
            return !model.holds(*property, after);
          } catch (const EvaluationError&) {
            return true;
          }
        });
      };
      run_randomly(plain, run);
    }
    std::set<std::size_t> stand;
    for (const Property* property : standing) stand.insert(number_of(property->name));
    keep([&](std::size_t i) { return stand.contains(i); });
  }

  void drop_not_inductive() {
    for (std::size_t round = 1; !candidates_.empty(); ++round) {
      say(std::to_string(candidates_.size()) + " candidates, round " + std::to_string(round));
      const Law joined = with_candidates(false);
      const Problem problem(joined);
      const std::vector<Obligation>& obligations = problem.obligations();
      std::vector<std::atomic<bool>> broken(candidates_.size());
      in_parallel(options_.threads, obligations.size(), [&](std::size_t i) {
        const Obligation& obligation = obligations[i];
        if (obligation.trivial || obligation.declared == nullptr || !is_candidate(*obligation.declared)) return;
        std::atomic<bool>& drop = broken[number_of(obligation.property)];
        if (!drop && problem.refute(obligation, options_.budget) != smt::Answer::unsat) drop = true;
      });
      const bool any =
          std::any_of(broken.begin(), broken.end(), [](const std::atomic<bool>& one) { return one.load(); });
      if (!any) return;
      keep([&](std::size_t i) { return !broken[i]; });
    }
  }

  // What the open obligations need of the candidates, and what these need.
  void propose() {
    if (candidates_.empty()) return;
    const Law joined = with_candidates(false);
    const Problem problem(joined);
    std::set<std::string> open(result_.open.begin(), result_.open.end());
    std::map<std::string, bool> proved;
    std::set<std::size_t> needed;
    std::vector<std::size_t> to_do;
    const auto need = [&](const induct::Core& core) {
      for (const Property* invariant : core.invariants) {
        if (!is_candidate(*invariant)) continue;
        const std::size_t number = number_of(invariant->name);
        if (needed.insert(number).second) to_do.push_back(number);
      }
    };
    for (const Obligation& obligation : problem.obligations()) {
      const std::string name = name_of(obligation);
      if (!open.contains(name) || obligation.trivial) continue;
      induct::Core core;
      const bool holds = problem.refute(obligation, options_.budget, &core) == smt::Answer::unsat;
      if (holds) need(core);
      const auto [found, added] = proved.emplace(name, holds);
      if (!added) found->second = found->second && holds;
    }
    while (!to_do.empty()) {
      const std::size_t number = to_do.back();
      to_do.pop_back();
      for (const Obligation& obligation : problem.obligations()) {
        if (obligation.trivial || obligation.declared == nullptr || !is_candidate(*obligation.declared)) continue;
        if (number_of(obligation.property) != number) continue;
        induct::Core core;
        problem.refute(obligation, options_.budget, &core);
        need(core);
      }
    }
    for (const std::string& name : result_.open) {
      if (const auto found = proved.find(name); found != proved.end() && found->second) {
        result_.discharged.push_back(name);
      }
    }
    const std::string prefix = options_.property.empty() ? "law" : options_.property;
    for (const std::size_t number : needed) {
      const std::string name = prefix + ".helper_" + std::to_string(result_.proposed.size() + 1);
      result_.proposed.push_back({name, candidates_[number]});
    }
  }

  const Law& law_;
  const StrengthenOptions& options_;
  Strengthening result_;
  std::vector<const Expr*> formulas_;
  std::vector<Candidate> candidates_;
};

}  // namespace

Strengthening strengthen(const Law& law, const StrengthenOptions& options) { return Strengthener(law, options).run(); }

std::string to_text(const Proposed& proposed) {
  std::string title = proposed.candidate.title;
  title[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(title[0])));
  return "invariant " + proposed.name + " \"" + title + "\":\n  " + proposed.candidate.formula + "\n";
}

}  // namespace iolaw
