// SPDX-License-Identifier: Apache-2.0
#include "checker/prove/guided_search.hpp"

#include <algorithm>
#include <deque>
#include <map>
#include <random>
#include <unordered_set>
#include <utility>

#include "checker/prove/features.hpp"
#include "checker/prove/goal_rules.hpp"
#include "checker/prove/guided_calls.hpp"
#include "checker/prove/writers.hpp"
#include "model/trace/sequence.hpp"

namespace iolaw {
namespace {

using Random = std::mt19937_64;
using scope::Target;

constexpr std::uint32_t kNobody = ~0U;
constexpr std::uint32_t kThere = kSuccess - 1;  // all that a goal asks for holds, but another branch came first
// Objects of a kind beyond which more seldom show more.
constexpr std::uint32_t kEnough = 3;
constexpr std::uint32_t kLongest = 24;
// Successes of a rule in one state, once the search is under way.
constexpr std::uint32_t kSuccesses = 2;
// Calls with which a state is looked at that came up on the way.
constexpr std::uint32_t kGlance = 8;
// Changes of histories, per pursuit.
constexpr int kVariations = 40;
// States remembered for a target, of those in which calls came nearest to it.
constexpr std::size_t kNearest = 24;

// A state that was reached, and how.
struct Pooled {
  State state;
  std::uint32_t from = kNobody;  // index in the pool
  Call call;
  std::uint32_t length = 0;
  std::uint32_t tried = 0;
};

// A state and the call made there that came nearest to a target.
struct Near {
  std::uint32_t state = 0;
  Call call;
};

struct Pursuit {
  Milestone goal;
  std::uint32_t best = 0;              // how far calls came: the branch of the goal rule, and one
  std::vector<Near> nearest;           // calls that came that far
  std::vector<std::uint32_t> helpers;  // rules that may change what the best of them failed
};

class GuidedSearch {
 public:
  GuidedSearch(const Model& model, const std::vector<Target>& targets, const GuidedSearchOptions& options)
      : original_(model),
        goal_rules_(goal_rules(model.law(), targets)),
        law_(goal_rules_.law),
        model_(law_),
        targets_(targets),
        options_(options),
        random_(options.seed),
        calls_(model.law(), random_),
        features_(model.law()),
        writers_of_(model.law()) {
    result_.witnesses.resize(targets.size());
    for (std::size_t i = 0; i < targets.size(); ++i) {
      if (targets[i].tag == Target::Tag::cover) {
        covers_.push_back(i);
      } else {
        outcomes_[{targets[i].rule, targets[i].branch}].push_back(i);
      }
    }
    for (const Milestone& goal : goal_rules_.goals) goals_.push_back({goal, 0, {}, {}});
    missing_ = targets.size();
    for (std::uint32_t r = 0; r < model.law().rules.size(); ++r) {
      if (!law_.rules[r].probe) rules_.push_back(r);
    }
  }

  GuidedSearchResult run() {
    keep(State(law_), kNobody, {});
    while (missing_ > 0 && !exhausted()) {
      const std::uint32_t from = choose();
      for (const std::uint32_t rule : rules_) grow(from, rule);
      if (result_.calls > options_.calls / 20 && !goals_.empty()) {
        look_around();
        if (!goals_.empty()) pursue();
      }
    }
    return std::move(result_);
  }

 private:
  bool exhausted() const {
    if (options_.stop != nullptr && *options_.stop) return true;
    return result_.calls >= options_.calls || result_.calls - last_success_ >= options_.patience;
  }

  // The index of the state in the pool; kNobody if it is not worth keeping.
  std::uint32_t keep(const State& state, std::uint32_t from, const Call& call, bool anyhow = false) {
    if (!seen_.insert(state.hash()).second) return kNobody;
    const std::uint32_t length = from == kNobody ? 0 : pool_[from].length + 1;
    if (length > kLongest) return kNobody;
    for (const std::size_t cover : covers_) {
      if (!result_.witnesses[cover] && holds(*targets_[cover].property, state)) found(cover, from, call);
    }
    for (std::uint32_t kind = 0; kind < law_.kinds.size(); ++kind) {
      if (state.population(kind) > kEnough) return kNobody;
    }
    const Features::Novelty novelty = features_.note(state);
    if (novelty == Features::Novelty::none && !anyhow) return kNobody;
    if (novelty == Features::Novelty::feature && from != kNobody) calls_.led_on(call);
    if (novelty == Features::Novelty::feature) remarkable_.push_back(static_cast<std::uint32_t>(pool_.size()));
    pool_.push_back({state, from, call, length, 0});
    return static_cast<std::uint32_t>(pool_.size() - 1);
  }

  bool holds(const Property& property, const State& state) const {
    try {
      return original_.holds(property, state);
    } catch (const EvaluationError&) {
      return false;  // the proofs will say what is wrong
    }
  }

  void found(std::size_t target, std::uint32_t from, const Call& call) {
    std::vector<Call> calls;
    if (from != kNobody) {
      calls = history_of(from);
      calls.push_back(call);
    }
    result_.witnesses[target] = std::move(calls);
    last_success_ = result_.calls;
    --missing_;
  }

  std::vector<Call> history_of(std::uint32_t state) const {
    std::vector<Call> calls;
    for (std::uint32_t at = state; pool_[at].from != kNobody; at = pool_[at].from) calls.push_back(pool_[at].call);
    std::reverse(calls.begin(), calls.end());
    return calls;
  }

  // Where little was tried; short histories before long ones.
  std::uint32_t choose() {
    std::uint32_t best = kNobody;
    const auto cost = [&](std::uint32_t i) { return std::pair(pool_[i].tried, pool_[i].length); };
    const bool remarkable = random_() % 2 == 0;
    for (int tries = 0; tries < 4; ++tries) {
      const auto drawn = remarkable ? remarkable_[random_() % remarkable_.size()]
                                    : static_cast<std::uint32_t>(random_() % pool_.size());
      if (best == kNobody || cost(drawn) < cost(best)) best = drawn;
    }
    ++pool_[best].tried;
    return best;
  }

  // Makes the call; says which branch it took. Whatever it reaches is noted. `state` is changed if the call changed it.
  std::optional<std::uint32_t> play(State& state, std::uint32_t from, const Call& call, Outcome& outcome) {
    ++result_.calls;
    std::optional<std::uint32_t> branch;
    const bool may_choose = options_.decided && chooses_number(law_.rules[call.rule]);
    std::optional<State> before;
    if (may_choose) before = state;
    try {
      if (may_refuse(law_.rules[call.rule])) {
        const std::vector<std::uint32_t> refusals = model_.refusals(state, call);
        for (const std::uint32_t refusal : refusals) note(call, refusal, from);
        if (options_.decided && !refusals.empty()) return std::nullopt;
      }
      branch = model_.step(state, call, outcome);
    } catch (const EvaluationError&) {
      return std::nullopt;  // the proofs will say what is wrong
    }
    if (!branch) return std::nullopt;
    if (may_choose && *branch == kSuccess) {
      state = std::move(*before);
      return std::nullopt;
    }
    note(call, *branch, from);
    return branch;
  }

  // A call that takes, or may take, this branch.
  void note(const Call& call, std::uint32_t branch, std::uint32_t from) {
    const auto target = outcomes_.find({call.rule, branch});
    if (target == outcomes_.end()) return;
    for (const std::size_t i : target->second) {
      found(i, from, call);
      std::erase_if(goals_, [i](const Pursuit& pursuit) { return pursuit.goal.target == i; });
    }
    outcomes_.erase(target);
  }

  // Calls of one rule in one state, half of them drawn afresh, half like the one that got furthest. The states that
  // follow and were never seen go to `next`, if it is given.
  void grow(std::uint32_t from, std::uint32_t rule_index, std::vector<std::pair<State, Call>>* next = nullptr) {
    const Rule& rule = law_.rules[rule_index];
    State state = pool_[from].state;
    std::optional<Call> best;
    std::uint32_t best_branch = 0;
    const bool warm = result_.calls > options_.calls / 20;
    if (warm && lacks_arguments(state, rule)) return;
    const std::uint32_t draws = calls_.draws_of(rule);
    std::uint32_t successes = 0;
    for (std::uint32_t draw = 0; draw < draws && !exhausted(); ++draw) {
      Call call = calls_.draw(state, rule_index);
      if (draw % 2 == 1 && best) call = calls_.crossed(*best, call);
      Outcome outcome;
      const auto branch = play(state, from, call, outcome);
      if (!branch) continue;
      if (!best || *branch >= best_branch) {
        best = call;
        best_branch = *branch;
      }
      if (outcome.error == kSilent || (outcome.error != 0 && rule.eaches.empty())) continue;
      if (state == pool_[from].state) continue;
      if (warm && next == nullptr && outcome.error == 0 && ++successes > kSuccesses) draw = draws;
      if (next != nullptr) {
        if (!seen_.contains(state.hash())) next->emplace_back(state, call);
      } else {
        keep(state, from, call);
      }
      state = pool_[from].state;
    }
  }

  // No call of the rule can succeed for want of an object: nearly always.
  bool lacks_arguments(const State& state, const Rule& rule) {
    if (random_() % 16 == 0) return false;
    return std::any_of(rule.parameters.begin(), rule.parameters.end(), [&](const Parameter& parameter) {
      return parameter.type.tag == TypeTag::reference && state.population(parameter.type.id) == 0;
    });
  }

  // How near calls of the goal's rule come to it in a state; the nearest of them. kSuccess if one got there.
  std::pair<std::uint32_t, Call> measure(const State& state, std::uint32_t from, const Milestone& goal,
                                         std::uint32_t draws, const Call* hint) {
    std::pair<std::uint32_t, Call> best{0, {}};
    State scratch = state;
    for (std::uint32_t draw = 0; draw < draws && !exhausted(); ++draw) {
      Call call = calls_.draw(state, goal.rule);
      if (hint != nullptr && draw == 0) {
        call = *hint;
      } else if (best.second.arguments.size() == call.arguments.size() && draw % 4 != 3) {
        call = calls_.crossed(best.second, call);
      }
      call.rule = goal.goal_rule;
      ++result_.calls;
      std::uint32_t nearness = 0;
      try {
        Outcome outcome;
        const auto branch = model_.step(scratch, call, outcome);
        if (!branch) continue;
        nearness = *branch == kSuccess ? kThere : *branch + 1;
      } catch (const EvaluationError&) {
        continue;
      }
      call.rule = goal.rule;
      if (nearness == kThere) {
        Outcome outcome;
        play(scratch, from, call, outcome);
        if (!goal.target || result_.witnesses[*goal.target]) {
          if (outcome.error == 0) keep(scratch, from, call, true);
          return {kSuccess, call};
        }
        scratch = state;
      }
      if (nearness >= best.first) best = {nearness, call};
    }
    return best;
  }

  Pursuit* pursuit_of(std::uint32_t goal_rule) {
    const auto at =
        std::find_if(goals_.begin(), goals_.end(), [&](const Pursuit& p) { return p.goal.goal_rule == goal_rule; });
    return at == goals_.end() ? nullptr : &*at;
  }

  // Looks at a state of the pool with a goal in mind. False if the goal is no more.
  bool look(std::uint32_t goal_rule, std::uint32_t state, std::uint32_t draws, const Call* hint) {
    Pursuit* pursuit = pursuit_of(goal_rule);
    if (pursuit == nullptr) return false;
    const auto [nearness, call] = measure(pool_[state].state, state, Milestone(pursuit->goal), draws, hint);
    return note(goal_rule, nearness, state, call);
  }

  // Looks at what is remarkable and new with every goal in mind.
  void look_around() {
    for (; looked_at_ < remarkable_.size() && !exhausted(); ++looked_at_) {
      const std::uint32_t state = remarkable_[looked_at_];
      std::vector<std::uint32_t> goals;
      for (const Pursuit& pursuit : goals_) goals.push_back(pursuit.goal.goal_rule);
      for (const std::uint32_t goal : goals) look(goal, state, kGlance, nullptr);
    }
  }

  // Tries to come nearer to one goal: from where calls came nearest, one more call of a rule that may help, or any.
  void pursue() {
    const Pursuit& chosen = goals_[turn_++ % goals_.size()];
    const Milestone goal = chosen.goal;
    const std::uint32_t draws = 2 * calls_.draws_of(law_.rules[goal.rule]);
    // Now and then a state that nobody looked at with this goal in mind.
    for (int tries = 0; tries < 4; ++tries) {
      if (!look(goal.goal_rule, static_cast<std::uint32_t>(random_() % pool_.size()), draws, nullptr)) return;
    }
    const Pursuit* pursuit = pursuit_of(goal.goal_rule);
    if (pursuit == nullptr || pursuit->nearest.empty()) return;
    const Near near = pursuit->nearest[random_() % pursuit->nearest.size()];
    const std::vector<std::uint32_t> helpers = pursuit->helpers;
    for (int times = 0; times < kVariations; ++times) {
      if (!vary(goal, near)) return;
    }
    if (!look(goal.goal_rule, near.state, 4 * draws, &near.call)) return;
    std::vector<std::pair<State, Call>> next;
    for (const std::uint32_t rule : helpers) {
      for (int times = 0; times < 8; ++times) grow(near.state, rule, &next);
    }
    for (int times = 0; times < 4; ++times) grow(near.state, rules_[random_() % rules_.size()], &next);
    for (const auto& [state, step] : next) {
      const Pursuit* now = pursuit_of(goal.goal_rule);
      if (now == nullptr || exhausted()) return;
      const std::uint32_t before = now->best;
      // In the pool for as long as it takes to look at it: what is found there has a history.
      const auto index = static_cast<std::uint32_t>(pool_.size());
      pool_.push_back({state, near.state, step, pool_[near.state].length + 1, 0});
      const auto [reached, last] = measure(state, index, goal, kGlance, &near.call);
      if (reached == kSuccess || pool_.size() > index + 1) {
        seen_.insert(state.hash());  // it stays, since something came of it
        note(goal.goal_rule, reached, index, last);
        continue;
      }
      pool_.pop_back();
      if (reached < before || keep(state, near.state, step, reached > before) == kNobody) continue;
      note(goal.goal_rule, reached, index, last);
    }
  }

  // The history of a state that came near, with other numbers in one of its calls or several. False if the goal is no
  // more.
  bool vary(const Milestone& goal, const Near& near) {
    std::vector<std::uint32_t> chain;
    for (std::uint32_t at = near.state; pool_[at].from != kNobody; at = pool_[at].from) chain.push_back(at);
    if (chain.empty()) return true;
    std::reverse(chain.begin(), chain.end());
    const std::size_t changed = random_() % chain.size();
    const bool several = random_() % 2 == 0;
    const std::size_t size = pool_.size();
    std::uint32_t from = pool_[chain[changed]].from;
    State state = pool_[from].state;
    for (std::size_t i = changed; i < chain.size() && !exhausted(); ++i) {
      Call call = pool_[chain[i]].call;
      if (i == changed || (several && random_() % 2 == 0)) calls_.change_numbers(call, 3);
      Outcome outcome;
      const auto branch = play(state, from, call, outcome);
      if (!branch || outcome.error != 0) {
        while (pool_.size() > size) pool_.pop_back();
        return pursuit_of(goal.goal_rule) != nullptr;
      }
      pool_.push_back({state, from, call, pool_[from].length + 1, 0});
      from = static_cast<std::uint32_t>(pool_.size() - 1);
    }
    const std::size_t whole = pool_.size();
    const Pursuit* pursuit = pursuit_of(goal.goal_rule);
    if (pursuit == nullptr || exhausted()) return false;
    const std::uint32_t before = pursuit->best;
    const auto [reached, last] = measure(state, from, goal, kGlance, &near.call);
    if (reached > before || pool_.size() > whole) return note(goal.goal_rule, reached, from, last);
    while (pool_.size() > size) pool_.pop_back();
    return true;
  }

  bool note(std::uint32_t goal_rule, std::uint32_t nearness, std::uint32_t state, const Call& call) {
    Pursuit* pursuit = pursuit_of(goal_rule);
    if (pursuit == nullptr) return false;
    if (nearness == kSuccess) {
      std::erase_if(goals_, [&](const Pursuit& p) { return p.goal.goal_rule == goal_rule; });
      return false;
    }
    if (nearness < pursuit->best || nearness == 0) return true;
    if (nearness > pursuit->best) {
      pursuit->nearest.clear();
      const std::vector<Branch>& branches = law_.rules[goal_rule].branches;
      pursuit->helpers.clear();
      if (nearness <= branches.size()) pursuit->helpers = writers_of_.rules_for(*branches[nearness - 1].condition);
    }
    pursuit->best = nearness;
    if (pursuit->nearest.size() < kNearest) {
      pursuit->nearest.push_back({state, call});
    } else {
      pursuit->nearest[random_() % kNearest] = {state, call};
    }
    return true;
  }

  const Model& original_;
  const GoalRules goal_rules_;
  const Law& law_;
  const Model model_;  // of `law_`
  const std::vector<Target>& targets_;
  const GuidedSearchOptions& options_;
  Random random_;
  GuidedCalls calls_;
  Features features_;
  Writers writers_of_;
  std::vector<std::uint32_t> rules_;  // that are no probes
  std::vector<std::size_t> covers_;
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::vector<std::size_t>> outcomes_;  // not reached yet
  std::vector<Pursuit> goals_;                                                            // likewise
  std::deque<Pooled> pool_;
  std::unordered_set<std::uint64_t> seen_;
  std::vector<std::uint32_t> remarkable_;  // states of the pool that showed something by themselves
  std::size_t looked_at_ = 0;              // of those
  std::size_t turn_ = 0;
  std::size_t missing_ = 0;
  std::uint64_t last_success_ = 0;
  GuidedSearchResult result_;
};

}  // namespace

GuidedSearchResult guided_search(const Model& model, const std::vector<Target>& targets,
                                 const GuidedSearchOptions& options) {
  GuidedSearchResult result;
  result.witnesses.resize(targets.size());
  GuidedSearchOptions attempt = options;
  attempt.calls = options.calls / options.attempts;
  for (std::uint32_t i = 0; i < options.attempts; ++i) {
    std::vector<std::size_t> left;
    std::vector<Target> wanted;
    for (std::size_t target = 0; target < targets.size(); ++target) {
      if (result.witnesses[target]) continue;
      left.push_back(target);
      wanted.push_back(targets[target]);
    }
    if (left.empty()) break;
    attempt.seed = options.seed + i;
    GuidedSearchResult found = GuidedSearch(model, wanted, attempt).run();
    for (std::size_t k = 0; k < left.size(); ++k) result.witnesses[left[k]] = std::move(found.witnesses[k]);
    result.calls += found.calls;
  }
  return result;
}

}  // namespace iolaw
