// SPDX-License-Identifier: Apache-2.0
// Given sequences: to shrink a difference, and to show it again.
#include "checker/differ/runner.hpp"

namespace iolaw {
namespace {

// How many ways to see a mistake sooner are tried after each call, and how many tries a call is aimed with.
constexpr int kObservations = 160;
constexpr int kRerunAims = 2;

}  // namespace

std::optional<Difference> Runner::run(const Sequence& sequence) {
  const Law& law = model_.law();
  session_.go_ahead(false);
  session_.reset();
  // The session keeps track of handles that the port gives out again.
  Names names(law, Names::Dead::until_index_is_used);
  Difference found;
  for (std::size_t i = 0; i < sequence.size(); ++i) {
    const Session::Verdict verdict = session_.step(names.resolve(sequence[i]));
    const Session::Finding& finding = session_.finding();
    if (judge(verdict)) {
      found.sequence.assign(sequence.begin(), sequence.begin() + static_cast<std::ptrdiff_t>(i) + 1);
      found.finding = finding;
      return found;
    }
    if (verdict == Session::Verdict::unspecified) return std::nullopt;
    if (verdict == Session::Verdict::unsupported) {
      names.record(sequence[i].rule, {}, session_.state());
      continue;
    }
    names.record(sequence[i].rule, finding.observed, session_.state());
    found.agreed.push_back({finding.call, finding.observed, finding.branch});
  }
  return std::nullopt;
}

// Where the port differs at the end of what is left to be done after the mistake, something else shows it sooner.
std::optional<Difference> Runner::run_shorter(const Sequence& sequence) {
  random_.seed(1);
  for (std::size_t length = 1; length + 1 < sequence.size(); ++length) {
    Sequence prefix(sequence.begin(), sequence.begin() + static_cast<std::ptrdiff_t>(length));
    if (run(prefix)) continue;
    Names names(model_.law(), Names::Dead::until_index_is_used);
    for (int i = 0; i < kObservations; ++i) {
      // The state before each observation is that after the prefix.
      if (std::optional<Difference> found = run(prefix)) return found;
      situation_.reset(session_.state());
      std::optional<Call> call;
      if (i < kObservations / 2) {
        call = observer_.anywhere(session_.state(), random_);
      } else if (const Drawer::Aimed* aimed =
                     drawer_.aim(model_, session_.state(), situation_, all_rules_[random_.below(all_rules_.size())],
                                 kSuccess, kRerunAims, random_, scratch_)) {
        call = aimed->call;
      }
      if (!call) continue;
      names.clear();
      State state(model_.law());
      for (const SequenceStep& step : prefix) {
        const Call made = names.resolve(step);
        Outcome outcome;
        if (model_.has_choice(made.rule) || !model_.step(state, made, outcome)) return std::nullopt;
        names.record(made.rule, outcome, state);
      }
      const std::optional<SequenceStep> last = names.symbolic(state, *call);
      if (!last) continue;
      Sequence candidate = prefix;
      candidate.push_back(*last);
      if (std::optional<Difference> found = run(candidate)) return found;
    }
  }
  return std::nullopt;
}

}  // namespace iolaw
