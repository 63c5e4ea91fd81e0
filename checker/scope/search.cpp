// SPDX-License-Identifier: Apache-2.0
#include "checker/scope/search.hpp"

#include "checker/scope/unroll.hpp"

namespace iolaw::scope {

bool replay(const Model& model, const Target& target, const std::vector<std::pair<Call, Outcome>>& calls,
            SearchResult& result) {
  const Law& law = model.law();
  State state(law);
  result.trace = {
      .law = law.files.empty() ? std::string() : law.files[0].path, .note = {}, .start = state, .steps = {}};
  for (std::size_t i = 0; i + 1 < calls.size(); ++i) {
    const auto& [call, observed] = calls[i];
    const std::vector<Allowed> allowed = model.allowed(state, call, &observed);
    if (allowed.empty()) return false;
    state = allowed[0].next;
    result.trace.steps.push_back({call, allowed[0].outcome, allowed[0].branch});
  }
  const std::optional<Evidence> evidence = confirm(model, target, state, calls.back().first, calls.back().second);
  if (!evidence) return false;
  result.evidence = *evidence;
  // A call that would keep what does not fit has no outcome: the trace ends before it.
  if (evidence->error.empty()) result.trace.steps.push_back({evidence->call, evidence->outcome, evidence->branch});
  return true;
}

namespace {

std::uint32_t milliseconds_until(Clock::time_point deadline) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
  return left > 0 ? static_cast<std::uint32_t>(left) : 0;
}

class Searcher {
 public:
  Searcher(const Model& model, const std::vector<Target>& targets, const SearchOptions& options)
      : model_(model), targets_(targets), options_(options), deadline_(Clock::now() + options.time) {
    // A small scope finds soon what there is to find in it; only the largest says that there is nothing.
    for (std::uint32_t scope = 1; scope <= options.scope; ++scope) {
      scopes_.push_back(std::make_unique<Unrolling>(model.law(), scope));
    }
  }

  SearchResult run() {
    result_.tag = SearchResult::Tag::none;
    for (std::uint32_t depth = 1; depth <= options_.depth; ++depth) {
      if (options_.progress) options_.progress(depth);
      for (const auto& unrolling : scopes_) {
        while (unrolling->length() < depth) unrolling->extend();
        if (look(*unrolling)) return result_;
      }
      result_.depth = depth;
    }
    return result_;
  }

 private:
  // True if the search is over.
  bool look(Unrolling& unrolling) {
    for (std::size_t i = 0; i < targets_.size(); ++i) {
      const Term reached = unrolling.reaches(targets_[i], options_.through);
      if (reached->is_false()) continue;
      const std::uint32_t left = milliseconds_until(deadline_);
      const smt::Budget budget{.resources = 0, .milliseconds = left};
      const smt::Answer answer = left == 0 ? smt::Answer::unknown : unrolling.solver().check(budget, {reached});
      if (answer == smt::Answer::unsat) continue;
      if (answer == smt::Answer::unknown) {
        result_.tag = SearchResult::Tag::unknown;
        return true;
      }
      result_.target = i;
      result_.depth = unrolling.length();
      if (!take(unrolling, targets_[i])) {
        result_.tag = SearchResult::Tag::rejected;
        return true;
      }
      result_.tag = SearchResult::Tag::found;
      simplify(unrolling, targets_[i], reached);
      return true;
    }
    return false;
  }

  bool take(Unrolling& unrolling, const Target& target) {
    SearchResult found = result_;
    try {
      if (!replay(model_, target, unrolling.calls(), found)) {
        result_.note = "the evaluator does not agree";
        return false;
      }
    } catch (const EvaluationError& error) {
      result_.note = std::string("the evaluator fails: ") + error.what();
      return false;
    }
    result_ = std::move(found);
    return true;
  }

  void simplify(Unrolling& unrolling, const Target& target, Term reached) {
    const Clock::time_point deadline = Clock::now() + options_.shrink_time;
    std::vector<Term> fixed = unrolling.rules();
    fixed.push_back(reached);
    const Wishes wishes = unrolling.wishes();
    shrink(
        unrolling.terms(), unrolling.solver(), wishes, std::move(fixed), deadline,
        [&](const std::vector<Term>& assumptions) {
          const smt::Budget budget{.resources = 0, .milliseconds = milliseconds_until(deadline) + 1};
          return unrolling.solver().check(budget, assumptions) == smt::Answer::sat && take(unrolling, target);
        },
        [] {});
    result_.tag = SearchResult::Tag::found;
  }

  const Model& model_;
  const std::vector<Target>& targets_;
  const SearchOptions& options_;
  Clock::time_point deadline_;
  std::vector<std::unique_ptr<Unrolling>> scopes_;
  SearchResult result_;
};

}  // namespace

SearchResult search(const Model& model, const std::vector<Target>& targets, const SearchOptions& options) {
  return Searcher(model, targets, options).run();
}

}  // namespace iolaw::scope
