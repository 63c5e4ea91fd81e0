// SPDX-License-Identifier: Apache-2.0
#include "checker/prove/counterexample.hpp"

#include "checker/search/explicit_search.hpp"
#include "model/trace/random_run.hpp"

namespace iolaw {
namespace {

using scope::Refutation;
using scope::SearchResult;
using scope::Target;

// Of a search on the evaluator: a second or two.
constexpr std::uint64_t kSearchCalls = 1'500'000;

// Random runs, and the calls of each.
constexpr std::uint64_t kRuns = 8;
constexpr std::uint64_t kRunSteps = 4000;

void take(SearchResult found, Finding& finding) {
  if (found.tag == SearchResult::Tag::rejected) {
    finding.internal_error = true;
    finding.note = found.note;
  } else {
    finding.verdict = Verdict::violated;
    finding.trace = std::move(found);
  }
}

// What random runs meet is shortened, and is not always as short as can be.
std::optional<SearchResult> meet(const Model& model, const Target& target) {
  const Law& law = model.law();
  const bool no_value = target.tag == Target::Tag::misfit;
  if (target.tag != Target::Tag::violation && !no_value) return std::nullopt;
  for (std::uint64_t seed = 1; seed <= kRuns; ++seed) {
    RunOptions options;
    options.seed = seed;
    options.steps = kRunSteps;
    options.keep_trace = false;
    const RunReport run = run_randomly(model, options);
    if (!run.violation || run.violation->property.has_value() == no_value || run.trace.steps.empty()) continue;
    if (!no_value && &law.properties[*run.violation->property] != target.property) continue;
    const TraceStep& last = run.trace.steps.back();
    if (no_value && last.call.rule != target.rule) continue;
    State before(law);
    Outcome outcome;
    for (std::size_t i = 0; i + 1 < run.trace.steps.size(); ++i) {
      if (!model.step(before, run.trace.steps[i].call, outcome)) return std::nullopt;
    }
    SearchResult result;
    const auto evidence = scope::confirm(model, target, before, last.call, last.outcome);
    if (!evidence) continue;
    result.tag = SearchResult::Tag::found;
    result.depth = static_cast<std::uint32_t>(run.trace.steps.size());
    result.trace = run.trace;
    result.trace.note.clear();
    result.evidence = *evidence;
    result.note = "met by a random run";
    return result;
  }
  return std::nullopt;
}

SearchResult look_for(const Model& model, const Target& target, const Rule* through, std::chrono::milliseconds time) {
  if (model.law().rules.size() <= scope::kFewRules) {
    scope::SearchOptions options;
    options.time = time;
    options.through = through;
    return scope::search(model, {target}, options);
  }
  search::ExplicitOptions options;
  options.calls = kSearchCalls;
  options.time = time;
  options.through = through;
  return search::explicit_search(model, {target}, options);
}

}  // namespace

void find_counterexample(const Model& model, const induct::Obligation& obligation,
                         std::chrono::milliseconds search_time, Finding& finding) {
  Target target{.tag = Target::Tag::violation, .property = obligation.declared};
  if (obligation.tag == induct::Obligation::Tag::kept) {
    target.tag = Target::Tag::misfit;
  } else if (obligation.tag == induct::Obligation::Tag::reads) {
    finding.note = "it may read what does not exist: a field of an object that does not live, or a value that is none";
    if (obligation.transition == nullptr) return;
    target.tag = Target::Tag::misfit;
    target.rule = static_cast<std::uint32_t>(obligation.transition->rule - model.law().rules.data());
    if (auto met = meet(model, target)) take(std::move(*met), finding);
    return;
  } else if (obligation.declared == nullptr) {
    finding.note = "a lemma that the encoding needs, not a property of the law; see checker/doc/proofs.md";
    return;
  } else if (obligation.transition == nullptr) {
    finding.note = "does not hold of the initial state";
    finding.verdict = Verdict::violated;
    return;
  }
  const Rule& rule = *obligation.transition->rule;
  const bool large = model.law().rules.size() > scope::kFewRules;
  target.rule = static_cast<std::uint32_t>(&rule - model.law().rules.data());
  SearchResult found;
  // A trace says more than a counterexample to induction, and is the quicker one to find in a large law.
  if (large) found = look_for(model, target, &rule, search_time);
  if (large && found.tag == SearchResult::Tag::found) return take(std::move(found), finding);
  const Refutation refutation = scope::refute(model, rule, target, {});
  finding.counterexample = refutation.evidence;
  if (refutation.tag == Refutation::Tag::found) finding.verdict = Verdict::cti;
  if (refutation.tag == Refutation::Tag::rejected) {
    finding.internal_error = true;
    finding.note = refutation.note;
  }
  if (large && refutation.tag == Refutation::Tag::found) {
    if (auto met = meet(model, target)) return take(std::move(*met), finding);
  }
  if (!large) found = look_for(model, target, &rule, search_time);
  if (found.tag == SearchResult::Tag::found || found.tag == SearchResult::Tag::rejected) {
    return take(std::move(found), finding);
  }
  const std::string depth = std::to_string(found.depth) + (found.depth == 1 ? " call" : " calls");
  if (refutation.tag == Refutation::Tag::found) {
    finding.note = "not reached by any run of at most " + depth + " that was looked at";
  } else if (refutation.tag == Refutation::Tag::none && found.tag == SearchResult::Tag::none) {
    finding.verdict = Verdict::bounded;
    finding.note = "no counterexample with up to " + std::to_string(refutation.scope) +
                   " objects of each kind, no trace of up to " + depth;
  }
}

}  // namespace iolaw
