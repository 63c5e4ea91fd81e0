// SPDX-License-Identifier: Apache-2.0
// Two histories in one run: one goes on where another was interrupted by calls on its objects. What a call should have
// left alone, or taken away, often shows in nothing but what comes next.
#include <algorithm>
#include <utility>

#include "checker/differ/runner.hpp"

namespace iolaw {
namespace {

// One of so many objects that the second history needs is made anew, though there is one.
constexpr std::uint64_t kOwnObject = 4;
// Numbers of a history that are so near to its first address move along with it.
constexpr Word kNearby = Word{1} << 26;

}  // namespace

void Runner::keep_start(Start start) {
  const auto which = static_cast<std::uint32_t>(starts_.size());
  const auto add = [&](const SequenceStep& step, std::uint32_t call) {
    if (ends_[step.rule].empty()) {
      ended_.push_back(step.rule);
      for (const Parameter& parameter : model_.law().rules[step.rule].parameters) {
        if (parameter.type.tag != TypeTag::reference) continue;
        std::vector<std::uint32_t>& about = ended_about_[parameter.type.id];
        if (about.empty() || about.back() != step.rule) about.push_back(step.rule);
      }
    }
    ends_[step.rule].push_back({which, call});
  };
  for (std::uint32_t call = 0; call < start.calls.size(); ++call) add(start.calls[call], call);
  if (start.calls.empty() && !start.history.empty()) add(start.history.back(), 0);
  starts_.push_back({std::move(start), 0});
}

// Of two, mostly the longer one: it takes more to get there.
Sequence Runner::ending_in(std::uint32_t rule, QuickRandom& random) const {
  const auto one = [&] { return ends_[rule][random.below(ends_[rule].size())]; };
  const auto length = [&](const std::pair<std::uint32_t, std::uint32_t>& end) {
    return starts_[end.first].start.history.size() + (starts_[end.first].start.calls.empty() ? 0 : 1);
  };
  auto end = one();
  if (!random.one_in(3)) {
    const auto other = one();
    if (length(other) > length(end)) end = other;
  }
  const Start& start = starts_[end.first].start;
  Sequence steps = start.history;
  if (!start.calls.empty()) steps.push_back(start.calls[end.second]);
  return steps;
}

bool Runner::is_key(std::uint32_t rule, std::size_t parameter) const {
  const eval::ParameterUse& use = situation_.uses(rule)[parameter];
  if (use.role != eval::ParameterUse::Role::address) return false;
  for (const auto& [kind, field] : use.fields) {
    if (model_.law().kinds[kind].key == field) return true;
  }
  return false;
}

bool Runner::differs_in_between(QuickRandom& random, std::uint64_t end) {
  const Sequence steps = ending_in(ended_[random.below(ended_.size())], random);
  const std::size_t last = steps.size() - 1;
  const std::size_t at = random.one_in(3) ? random.below(steps.size()) : last;
  Names names(model_.law(), Names::Dead::until_index_is_used);
  for (std::size_t i = 0; i < steps.size() && steps_ < end; ++i) {
    if (i == at && differs_at_guest(steps[random.one_in(2) ? last : random.below(steps.size())], random, end)) {
      return true;
    }
    if (steps_ >= end) break;
    if (differs_at_step(steps[i], names)) return true;
  }
  for (int i = log_.empty() ? 0 : 2; i > 0; --i) {
    if (differs_at_probes(random, end)) return true;
  }
  return false;
}

// One that has none of these names.
Word Runner::another(std::uint32_t kind, const std::vector<std::pair<std::uint32_t, Word>>& taken,
                     QuickRandom& random) const {
  Word found = kNone;
  std::uint32_t seen = 0;
  for (Word object = 0; object < session_.state().slots(kind); ++object) {
    if (!session_.state().lives(kind, object)) continue;
    if (std::find(taken.begin(), taken.end(), std::pair{kind, object}) != taken.end()) continue;
    if (random.one_in(++seen)) found = object;
  }
  return found;
}

bool Runner::differs_at_guest(const SequenceStep& about, QuickRandom& random, std::uint64_t end) {
  const Law& law = model_.law();
  std::vector<std::uint32_t> kinds;
  for (const Parameter& parameter : law.rules[about.rule].parameters) {
    if (parameter.type.tag == TypeTag::reference && !ended_about_[parameter.type.id].empty()) {
      kinds.push_back(parameter.type.id);
    }
  }
  if (kinds.empty()) return false;
  const std::vector<std::uint32_t>& rules = ended_about_[kinds[random.below(kinds.size())]];
  const Sequence steps = ending_in(rules[random.below(rules.size())], random);

  std::optional<Word> begin;  // its first address, and how far all move
  Word shift = 0;
  const bool moves = random.one_in(2) && !situation_.ranges().empty();
  Names names(law, Names::Dead::until_index_is_used);
  std::vector<Word> adopted(steps.size(), kNone);
  std::vector<std::pair<std::uint32_t, Word>> taken;
  for (std::size_t i = 0; i < steps.size() && steps_ < end; ++i) {
    const SequenceStep& step = steps[i];
    const Rule& rule = law.rules[step.rule];
    if (i + 1 < steps.size() && rule.results.size() == 1 && rule.results[0].type.tag == TypeTag::reference &&
        !random.one_in(kOwnObject)) {
      const std::uint32_t kind = rule.results[0].type.id;
      adopted[i] = another(kind, taken, random);
      if (adopted[i] != kNone) {
        taken.emplace_back(kind, adopted[i]);
        names.record(step.rule, {}, session_.state());
        continue;
      }
    }
    Call call_now = names.resolve(step);
    for (std::size_t j = 0; j < step.arguments.size(); ++j) {
      const Argument& argument = step.arguments[j];
      if (rule.parameters[j].type.tag == TypeTag::reference) {
        if (argument.step == Argument::kNoStep) continue;
        const Word object = adopted[static_cast<std::size_t>(argument.step)];
        if (object != kNone) call_now.arguments[j] = object;
      } else if (moves && is_key(step.rule, j)) {
        if (!begin) {
          begin = argument.word;
          shift = near(situation_.ranges()[random.below(situation_.ranges().size())], random) - *begin;
        }
        if (argument.word - *begin + kNearby <= 2 * kNearby) call_now.arguments[j] = argument.word + shift;
      }
    }
    if (differs(call_now)) return true;
    const Session::Finding& finding = session_.finding();
    const bool agrees = finding.verdict == Session::Verdict::agrees;
    names.record(step.rule, agrees ? finding.observed : Outcome{}, session_.state());
    if (agrees && i + 1 == steps.size() && random.one_in(2) && differs_at_probes(random, end)) return true;
  }
  return false;
}

}  // namespace iolaw
