// SPDX-License-Identifier: Apache-2.0
// Makes cases of sequences, and says what each shows.
#pragma once

#include <string>
#include <vector>

#include "checker/generate/case.hpp"
#include "checker/generate/decision_model.hpp"
#include "checker/generate/slip_search.hpp"
#include "checker/generate/telling.hpp"

namespace iolaw {

// What a case is to be made of.
struct Draft {
  Sequence sequence;
  std::size_t subject = 0;
  std::string reason;  // see Case
};

struct MadeCase {
  Case made;
  std::vector<std::size_t> decisions;      // that its calls show: indexes of the goals, ascending
  std::vector<std::string> circumstances;  // and pairs of calls (survey.hpp)
  std::vector<std::string> slips;          // what is left behind and told (slip_search.hpp)
};

// One thread at a time. Equal drafts give equal cases.
class CaseMaker {
 public:
  // Keeps references.
  CaseMaker(const Law& law, const std::vector<DecisionGoal>& decisions, std::uint64_t seed);

  MadeCase make(const Draft& draft);

  const Model& model() const { return model_; }
  SlipJudge& slips() { return slips_; }

 private:
  Model model_;
  DecisionModel shows_;
  Closing closing_;
  Telling telling_;
  SlipJudge slips_;
};

}  // namespace iolaw
