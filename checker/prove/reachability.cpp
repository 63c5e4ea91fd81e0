// SPDX-License-Identifier: Apache-2.0
#include "checker/prove/reachability.hpp"

#include <random>

namespace iolaw {
namespace {

using scope::Clock;
using scope::Target;

// Random runs of the evaluator reach most outcomes in a moment; what is left is searched for.
constexpr int kRuns = 600;
constexpr int kStepsOfRun = 50;
constexpr std::uint64_t kSeed = 1;
constexpr std::uint32_t kDepth = 7;
constexpr std::chrono::seconds kTime{20};

class Witnesses {
 public:
  Witnesses(const Law& law, const std::string& only) : law_(law), model_(law), sampler_(law) {
    for (std::uint32_t r = 0; r < law.rules.size(); ++r) {
      const Rule& rule = law.rules[r];
      if (rule.probe || (!only.empty() && rule.name != only)) continue;
      want({.tag = Target::Tag::outcome, .rule = r, .branch = kSuccess}, rule.name, "reachable");
      for (std::uint32_t b = 0; b < rule.branches.size(); ++b) {
        if (rule.branches[b].unspecified) continue;
        want({.tag = Target::Tag::outcome, .rule = r, .branch = b}, rule.name, "reachable." + rule.branches[b].tag);
      }
    }
    for (const Property& property : law.properties) {
      if (property.tag != Property::Tag::cover || !only.empty()) continue;
      want({.tag = Target::Tag::cover, .property = &property}, "initial state", property.name);
    }
  }

  std::size_t size() const { return targets_.size(); }

  std::vector<Finding> run() {
    const Clock::time_point start = Clock::now();
    run_at_random();
    const double each =
        std::chrono::duration<double>(Clock::now() - start).count() / static_cast<double>(targets_.size());
    for (Finding& finding : findings_) {
      if (finding.verdict == Verdict::proved) finding.seconds = each;
    }
    search();
    return std::move(findings_);
  }

 private:
  void want(Target target, const std::string& rule, const std::string& property) {
    targets_.push_back(target);
    findings_.push_back({.rule = rule, .property = property, .note = {}, .counterexample = {}, .trace = {}});
  }

  void run_at_random() {
    std::mt19937_64 random(kSeed);
    std::size_t missing = targets_.size();
    for (int run = 0; run < kRuns && missing > 0; ++run) {
      State state(law_);
      for (int step = 0; step < kStepsOfRun; ++step) {
        const Call call = sampler_.call(state, random);
        Outcome outcome;
        std::optional<std::uint32_t> branch;
        try {
          branch = model_.step(state, call, outcome);
        } catch (const EvaluationError&) {
          break;  // the proofs will say what is wrong
        }
        if (branch) missing -= mark(state, call.rule, *branch);
      }
    }
  }

  std::size_t mark(const State& state, std::uint32_t rule, std::uint32_t branch) {
    std::size_t marked = 0;
    for (std::size_t i = 0; i < targets_.size(); ++i) {
      const Target& target = targets_[i];
      if (findings_[i].verdict == Verdict::proved) continue;
      const bool reached = target.tag == Target::Tag::cover ? model_.holds(*target.property, state)
                                                            : target.rule == rule && target.branch == branch;
      if (!reached) continue;
      findings_[i].verdict = Verdict::proved;
      ++marked;
    }
    return marked;
  }

  void search() {
    std::vector<std::size_t> left;
    for (std::size_t i = 0; i < targets_.size(); ++i) {
      if (findings_[i].verdict != Verdict::proved) left.push_back(i);
    }
    while (!left.empty()) {
      std::vector<Target> targets;
      for (const std::size_t i : left) targets.push_back(targets_[i]);
      scope::SearchOptions options;
      options.depth = kDepth;
      options.time = kTime;
      options.shrink_time = std::chrono::milliseconds(0);
      const Clock::time_point start = Clock::now();
      const scope::SearchResult result = scope::search(model_, targets, options);
      const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
      if (result.tag == scope::SearchResult::Tag::found) {
        findings_[left[result.target]].verdict = Verdict::proved;
        findings_[left[result.target]].seconds = seconds;
        left.erase(left.begin() + static_cast<std::ptrdiff_t>(result.target));
        continue;
      }
      for (const std::size_t i : left) {
        Finding& finding = findings_[i];
        finding.seconds = seconds / static_cast<double>(left.size());
        finding.verdict = result.tag == scope::SearchResult::Tag::none ? Verdict::vacuous : Verdict::unknown;
        finding.internal_error = result.tag == scope::SearchResult::Tag::rejected;
        finding.note = finding.internal_error ? result.note
                                              : "not reached by any " + std::to_string(result.depth) +
                                                    " calls with up to 2 objects of each kind";
      }
      return;
    }
  }

  const Law& law_;
  Model model_;
  Sampler sampler_;
  std::vector<Target> targets_;
  std::vector<Finding> findings_;
};

}  // namespace

std::vector<Finding> find_witnesses(const Law& law, const std::string& rule) { return Witnesses(law, rule).run(); }

std::size_t count_witnesses(const Law& law) { return Witnesses(law, {}).size(); }

}  // namespace iolaw
