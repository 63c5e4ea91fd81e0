// SPDX-License-Identifier: Apache-2.0
#include "checker/generate/case_maker.hpp"

#include "checker/generate/survey.hpp"

namespace iolaw {

CaseMaker::CaseMaker(const Law& law, const std::vector<DecisionGoal>& decisions, std::uint64_t seed)
    : model_(law), shows_(law, decisions), closing_(model_), telling_(model_, seed), slips_(model_) {}

MadeCase CaseMaker::make(const Draft& draft) {
  const bool is_last = draft.subject + 1 == draft.sequence.size();
  const Sequence telling = is_last ? telling_.calls(draft.sequence) : Sequence{};
  MadeCase result{make_case(model_, draft.sequence, draft.subject, telling, &closing_), {}, {}, {}};
  result.made.reason = draft.reason;
  const Sequence calls = calls_of(result.made);
  result.decisions = decisions_shown(model_, shows_, calls);
  result.circumstances = shown_by(model_, calls);
  result.slips = slips_.shown_by(calls);
  return result;
}

}  // namespace iolaw
