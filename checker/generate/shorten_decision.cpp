// SPDX-License-Identifier: Apache-2.0
#include "checker/generate/shorten_decision.hpp"

#include "checker/generate/budget.hpp"
#include "checker/generate/decision_model.hpp"
#include "checker/generate/minimize.hpp"

namespace iolaw {

namespace {

class DecisionJudge {
 public:
  DecisionJudge(const Law& law, const DecisionGoal& goal) : law_(law), alone_{goal}, model_(law), shows_(law, alone_) {}

  bool operator()(const Sequence& sequence) {
    if (sequence.empty() || sequence.back().rule != alone_[0].rule) return false;
    World world(law_);
    for (std::size_t i = 0; i + 1 < sequence.size(); ++i) {
      if (!world.play(model_, world.names().resolve(sequence[i]))) return false;
    }
    State before = world.state();
    const Call call = world.names().resolve(sequence.back());
    const auto played = world.play(model_, call);
    return played && shows_.fits(0, played->branch) && shows_.shows(0, before, call);
  }

 private:
  const Law& law_;
  const std::vector<DecisionGoal> alone_;
  Model model_;
  DecisionModel shows_;
};

}  // namespace

bool shows_at_its_end(const Law& law, const DecisionGoal& goal, const Sequence& sequence) {
  return DecisionJudge(law, goal)(sequence);
}

Sequence shorten_decision(const Law& law, const Simplicity& simplicity, const DecisionGoal& goal,
                          const Sequence& sequence, std::uint64_t calls) {
  DecisionJudge judge(law, goal);
  Budget budget(calls);
  return minimize(law, simplicity, sequence, budget, [&](const Sequence& candidate) { return judge(candidate); });
}

}  // namespace iolaw
