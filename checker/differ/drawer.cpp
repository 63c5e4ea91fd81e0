// SPDX-License-Identifier: Apache-2.0
#include "checker/differ/drawer.hpp"

#include <algorithm>

namespace iolaw {
namespace {

using Role = eval::ParameterUse::Role;

bool one_in(std::uint64_t many, QuickRandom& random) { return random.one_in(many); }

constexpr Word kPage = 4096;
constexpr std::size_t kFlags = 12;     // of one rule, remembered
constexpr int kRulesCompared = 4;      // rules, of which the one is drawn that succeeded least
constexpr std::uint32_t kMostMet = 8;  // conditions of a line that are told apart
constexpr std::uint64_t kVain = 16;    // so many aims make up for a success

}  // namespace

Word near(const Situation::Range& range, QuickRandom& random) {
  switch (random() % 9) {
    case 0:
    case 1:
    case 2:
      return range.first;
    case 3:
    case 4:
      return range.last + 1;
    case 5:
      return range.last;
    case 6:
      return range.first - 1;
    case 7:
      return range.first - kPage;
    default:
      return range.first + kPage * (random() % 4);
  }
}

Drawer::Drawer(const Law& law) : law_(law), sampler_(law), recents_(law), habits_(law.rules.size()) {
  for (std::size_t rule = 0; rule < habits_.size(); ++rule) {
    habits_[rule].optional.resize(law.rules[rule].parameters.size(), false);
  }
}

void Drawer::remember(const State& before, const Call& call, QuickRandom& random) {
  recents_.remember(call);
  Habits& habits = habits_[call.rule];
  ++habits.successes;
  ++successes_;
  const std::vector<Parameter>& parameters = law_.rules[call.rule].parameters;
  std::vector<Word> flags;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const Type& type = parameters[i].type;
    if (type.tag == TypeTag::reference && !before.lives(type.id, call.arguments[i])) habits.optional[i] = true;
    if (is_small(type)) flags.push_back(call.arguments[i]);
  }
  keep_flags(call.rule, std::move(flags), random);
}

void Drawer::learn(const SequenceStep& step, QuickRandom& random) {
  const std::vector<Parameter>& parameters = law_.rules[step.rule].parameters;
  std::vector<Word> flags;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const bool is_reference = parameters[i].type.tag == TypeTag::reference;
    if (is_reference && step.arguments[i].step == Argument::kNoStep) habits_[step.rule].optional[i] = true;
    if (is_small(parameters[i].type)) flags.push_back(step.arguments[i].word);
  }
  keep_flags(step.rule, std::move(flags), random);
}

void Drawer::keep_flags(std::uint32_t rule, std::vector<Word> flags, QuickRandom& random) {
  Habits& habits = habits_[rule];
  if (flags.empty() || std::find(habits.flags.begin(), habits.flags.end(), flags) != habits.flags.end()) return;
  if (habits.flags.size() < kFlags) {
    habits.flags.push_back(std::move(flags));
  } else {
    habits.flags[random() % kFlags] = std::move(flags);
  }
}

float Drawer::rarity(std::uint32_t rule) const {
  const float average = static_cast<float>(successes_) / static_cast<float>(habits_.size()) + 1;
  return average / (average + static_cast<float>(habits_[rule].successes));
}

bool Drawer::has_targets(const State& state, std::uint32_t rule) const {
  const std::vector<Parameter>& parameters = law_.rules[rule].parameters;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const Type& type = parameters[i].type;
    if (type.tag == TypeTag::reference && state.population(type.id) == 0 && !habits_[rule].optional[i]) return false;
  }
  return true;
}

std::uint32_t Drawer::rule(const State& state, const std::vector<std::uint32_t>& rules, QuickRandom& random) const {
  const auto one = [&] {
    std::uint32_t rule = rules[random.below(rules.size())];
    for (int i = 0; i < 6 && !has_targets(state, rule) && !one_in(16, random); ++i) {
      rule = rules[random.below(rules.size())];
    }
    return rule;
  };
  std::uint32_t best = one();
  if (one_in(4, random)) return best;
  // What was aimed at in vain will mostly be so again.
  const auto known = [this](std::uint32_t rule) { return habits_[rule].successes + habits_[rule].aims / kVain; };
  for (int i = 1; i < kRulesCompared; ++i) {
    const std::uint32_t other = one();
    if (known(other) < known(best)) best = other;
  }
  return best;
}

// All of them as in one earlier call, or but for one.
void Drawer::repeat_flags(Call& call, QuickRandom& random) const {
  const std::vector<std::vector<Word>>& known = habits_[call.rule].flags;
  if (known.empty() || one_in(3, random)) return;
  const std::vector<Word>& flags = known[random.below(known.size())];
  const std::size_t other = one_in(2, random) ? random.below(flags.size()) : flags.size();
  const std::vector<Parameter>& parameters = law_.rules[call.rule].parameters;
  std::size_t which = 0;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    if (!is_small(parameters[i].type)) continue;
    if (which != other) call.arguments[i] = flags[which];
    ++which;
  }
}

void Drawer::draw(const State& state, const Situation& situation, std::uint32_t rule, QuickRandom& random,
                  Call& call) const {
  sampler_.draw(state, rule, random, call);
  repeat_flags(call, random);
  recents_.reuse(call, random);
  sharpen(call, situation, random);
}

Drawer::Aimed* Drawer::aim(const Model& model, const State& state, const Situation& situation, std::uint32_t rule,
                           std::uint32_t branch, int tries, QuickRandom& random, State& after, bool later, bool brief) {
  // Success is the last line of a rule. What went past the line is as good as what just did not reach it.
  const auto rank = [](std::uint32_t line) { return line == kSuccess ? std::uint64_t{1} << 32 : std::uint64_t{line}; };
  const std::uint64_t goal = 2 * rank(branch) + 1;
  const auto nearness = [&](std::uint32_t line, std::uint32_t met) {
    const std::uint64_t at = 2 * rank(line) + 1;
    return (at > goal ? goal - 1 : at) * kMostMet + std::min(met, kMostMet - 1);
  };
  std::uint32_t aimed_met = 0;
  bool found = false;
  if (branch == kSuccess) ++habits_[rule].aims;
  nearest_ = met_ = 0;
  base_.clear();
  for (int i = 0; i < tries; ++i) {
    draw(state, situation, rule, random, call_);
    if (!base_.empty() && !random.one_in(8)) {
      drawn_ = call_.arguments;
      call_.arguments = base_;
      for (std::uint64_t changes = 1 + random() % 2; changes > 0; --changes) {
        const std::size_t which = random.below(drawn_.size());
        call_.arguments[which] = drawn_[which];
      }
    }
    ++tries_;
    scratch_ = state;
    const std::optional<std::uint32_t> line =
        brief ? model.step_to_choice(scratch_, call_, outcome_, branch) : model.step(scratch_, call_, outcome_, branch);
    const Model::End end = model.end();
    if (base_.empty() || nearness(end.branch, end.met) >= nearness(nearest_, met_)) {
      nearest_ = end.branch;
      met_ = end.met;
      base_ = call_.arguments;
    }
    if (!line || (found && nearness(*line, end.met) < nearness(aimed_.branch, aimed_met))) continue;
    found = true;
    aimed_met = end.met;
    std::swap(aimed_.call, call_);
    aimed_.branch = *line;
    aimed_.pieces = end.pieces;
    aimed_.open = end.choice;
    std::swap(aimed_.outcome, outcome_);
    std::swap(after, scratch_);
    if (*line == branch && (!later || end.pieces > 0)) break;
  }
  return found ? &aimed_ : nullptr;
}

void Drawer::spoil(const State& state, const Situation& situation, QuickRandom& random, Call& call) const {
  if (call.arguments.empty()) return;
  const std::size_t which = random.below(call.arguments.size());
  const Type& type = law_.rules[call.rule].parameters[which].type;
  Word& word = call.arguments[which];
  switch (type.tag) {
    case TypeTag::reference: {
      // Another one, or one that is dead.
      const Word slots = state.slots(type.id) + 1;
      word = random.one_in(8) ? kNone : (word + 1 + random.below(slots)) % slots;
      return;
    }
    case TypeTag::boolean:
      word ^= 1;
      return;
    case TypeTag::enumeration:
      word = random.below(law_.enums[type.id].constants.size());
      return;
    case TypeTag::flags:
      word ^= Word{1} << random.below(law_.flag_sets[type.id].constants.size());
      return;
    case TypeTag::pow2:
      word = random() % 2 == 0 ? word << 1 : word >> 1;
      if (word == 0) word = 1;
      return;
    case TypeTag::nat:
      word = random.below(5);
      return;
    default:
      break;
  }
  const std::vector<Word>& named = situation.named(call.rule);
  switch (random() % 8) {
    case 0:
      word = random() % 4 == 0 ? ~Word{0} : 0;
      return;
    case 1:
      word += random() % 2 == 0 ? 1 : ~Word{0};
      return;
    case 2:
      word += random() % 2 == 0 ? kPage : ~kPage + 1;
      return;
    case 3:
      if (!named.empty()) word = named[random.below(named.size())] - 1 + random() % 3;
      return;
    case 4:
      word ^= Word{1} << random() % 64;
      return;
    case 5:
      word = word + word;
      return;
    default:
      if (!situation.ranges().empty()) word = near(situation.ranges()[random.below(situation.ranges().size())], random);
      return;
  }
}

// One number in three; the others stay.
void Drawer::sharpen(Call& call, const Situation& situation, QuickRandom& random) const {
  const std::vector<Parameter>& parameters = law_.rules[call.rule].parameters;
  const std::vector<eval::ParameterUse>& uses = situation.uses(call.rule);
  const std::vector<Situation::Range>& ranges = situation.ranges();
  std::size_t address = parameters.size();
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    if (parameters[i].type.tag != TypeTag::u64) continue;
    if (uses[i].role == Role::address) {
      if (!ranges.empty() && one_in(3, random)) call.arguments[i] = near(ranges[random.below(ranges.size())], random);
      if (address == parameters.size() || one_in(2, random)) address = i;
    } else if (uses[i].role == Role::other && !situation.named(call.rule).empty() && one_in(6, random)) {
      call.arguments[i] =
          situation.named(call.rule)[random.below(situation.named(call.rule).size())] - 1 + random() % 3;
    } else if (uses[i].role == Role::other && !situation.numbers().empty() && one_in(3, random)) {
      call.arguments[i] = situation.numbers()[random() % situation.numbers().size()];
      if (one_in(4, random)) call.arguments[i] += 1;
      if (one_in(6, random)) call.arguments[i] ^= Word{1} << random() % 64;
    }
  }
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    if (parameters[i].type.tag != TypeTag::u64 || uses[i].role != Role::length) continue;
    if (address == parameters.size() || !one_in(3, random)) continue;
    if (one_in(12, random)) {
      call.arguments[address] = 0;
      call.arguments[i] = ~Word{0};
    }
    if (!situation.numbers().empty() && one_in(4, random)) {
      // Up to where a number says, or the end of its page.
      const Word number = situation.numbers()[random() % situation.numbers().size()];
      const Word end = one_in(2, random) ? number : (number + kPage - 1) / kPage * kPage;
      if (end > call.arguments[address]) call.arguments[i] = end - call.arguments[address];
      continue;
    }
    if (ranges.empty()) continue;
    // Up to the end of something, be it this range or one behind it.
    const Word start = call.arguments[address];
    const Situation::Range& range = ranges[random.below(ranges.size())];
    if (range.last >= start) call.arguments[i] = range.last - start + 1;
    if (one_in(8, random)) call.arguments[i] += random() % 2 == 0 ? 1 : ~Word{0};
  }
}

}  // namespace iolaw
