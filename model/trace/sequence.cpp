// SPDX-License-Identifier: Apache-2.0
#include "model/trace/sequence.hpp"

#include <algorithm>

namespace iolaw {
Sequence without_steps(const Sequence& sequence, std::size_t begin, std::size_t end) {
  Sequence shorter;
  shorter.reserve(sequence.size() - (end - begin));
  for (std::size_t i = 0; i < sequence.size(); ++i) {
    if (i >= begin && i < end) continue;
    shorter.push_back(sequence[i]);
    for (Argument& argument : shorter.back().arguments) {
      if (argument.step == Argument::kNoStep) continue;
      const auto step = static_cast<std::size_t>(argument.step);
      if (step >= end) {
        argument.step -= static_cast<std::int32_t>(end - begin);
      } else if (step >= begin) {
        argument = {kNone, Argument::kNoStep, 0};
      }
    }
  }
  return shorter;
}

Names::Names(const Law& law, Dead dead) : law_(&law), dead_(dead), makers_(law.kinds.size()) {}

Call Names::resolve(const SequenceStep& step) const {
  Call call{step.rule, {}};
  call.arguments.reserve(step.arguments.size());
  for (std::size_t i = 0; i < step.arguments.size(); ++i) {
    const Argument& argument = step.arguments[i];
    if (law_->rules[step.rule].parameters[i].type.tag != TypeTag::reference) {
      call.arguments.push_back(argument.word);
    } else if (argument.step == Argument::kNoStep) {
      call.arguments.push_back(kNone);
    } else {
      const std::vector<Word>& results = results_.at(static_cast<std::size_t>(argument.step));
      call.arguments.push_back(argument.result < results.size() ? results[argument.result] : kNone);
    }
  }
  return call;
}

std::optional<SequenceStep> Names::symbolic(const State& state, const Call& call) const {
  SequenceStep step{call.rule, {}};
  step.arguments.reserve(call.arguments.size());
  for (std::size_t i = 0; i < call.arguments.size(); ++i) {
    const Type& type = law_->rules[call.rule].parameters[i].type;
    const Word word = call.arguments[i];
    if (type.tag != TypeTag::reference) {
      step.arguments.push_back({word, Argument::kNoStep, 0});
    } else if (const auto named = name(type.id, word)) {
      step.arguments.push_back(*named);
    } else if (!state.lives(type.id, word)) {
      step.arguments.push_back({kNone, Argument::kNoStep, 0});
    } else {
      return std::nullopt;
    }
  }
  return step;
}

std::optional<Argument> Names::name(std::uint32_t kind, Word object) const {
  if (object >= makers_[kind].size() || makers_[kind][object].object == Maker::unknown) return std::nullopt;
  const Maker& maker = makers_[kind][object];
  return Argument{kNone, static_cast<std::int32_t>(maker.step), maker.result};
}

void Names::record(std::uint32_t rule, const Outcome& outcome, const State& after) {
  const std::vector<Result>& results = law_->rules[rule].results;
  const auto step = static_cast<std::uint32_t>(results_.size());
  std::vector<Word> objects(outcome.results.size(), kNone);
  const auto is_new = [&](std::uint32_t i) {
    const std::optional<Word>& word = outcome.results[i];
    if (results[i].type.tag != TypeTag::reference || !word) return false;
    // A result may also name an object that an earlier step made; then it keeps its first name.
    const std::vector<Maker>& makers = makers_[results[i].type.id];
    return *word >= makers.size() || makers[*word].object != Maker::alive || !after.lives(results[i].type.id, *word);
  };
  bool any_new = false;
  for (std::uint32_t i = 0; i < objects.size(); ++i) any_new = any_new || is_new(i);
  for (std::uint32_t kind = 0; kind < makers_.size(); ++kind) {
    for (Word object = 0; object < makers_[kind].size(); ++object) {
      Maker& maker = makers_[kind][object];
      if (maker.object == Maker::unknown) continue;
      const bool was_dead = maker.object == Maker::dead;
      if (!was_dead && after.lives(kind, object)) continue;
      maker.object = Maker::dead;
      const bool unsafe = dead_ == Dead::until_next_object && any_new;
      if (!unsafe && !after.lives(kind, object)) continue;
      results_[maker.step][maker.result] = kNone;
      maker.object = Maker::unknown;
    }
  }
  for (std::uint32_t i = 0; i < objects.size(); ++i) {
    if (!is_new(i)) continue;
    std::vector<Maker>& makers = makers_[results[i].type.id];
    if (makers.size() <= *outcome.results[i]) makers.resize(*outcome.results[i] + 1);
    makers[*outcome.results[i]] = {step, i, Maker::alive};
    objects[i] = *outcome.results[i];
  }
  results_.push_back(std::move(objects));
}

void Names::clear() {
  for (auto& makers : makers_) makers.clear();
  results_.clear();
}

namespace {

// Whether the law permits to name another object than `outcome` does, which the call gave.
bool leaves_open(const Model& model, const State& before, const Call& call, const Outcome& outcome) {
  const Rule& rule = model.law().rules[call.rule];
  for (std::size_t i = 0; i < rule.results.size(); ++i) {
    const std::string& name = rule.results[i].name;
    const bool chosen = std::any_of(rule.items.begin(), rule.items.end(), [&](const Item& item) {
      return item.tag == Item::Tag::choose && item.name == name;
    });
    if (!chosen) continue;
    const std::uint32_t kind = rule.results[i].type.id;
    for (Word object = 0; object < before.slots(kind); ++object) {
      if (!before.lives(kind, object) || outcome.results[i] == object) continue;
      Outcome other = outcome;
      other.results[i] = object;
      for (const Allowed& allowed : model.allowed(before, call, &other)) {
        if (allowed.outcome.results.size() > i && allowed.outcome.results[i] == object) return true;
      }
    }
  }
  return false;
}

// Numbers that may be chosen for result `result`: further and further from the smallest, which `outcome` has, by powers
// of two, multiples of these, and near the end of what the law names. Ascending.
std::vector<Word> other_numbers(const Law& law, const Call& call, const Outcome& outcome, std::size_t result) {
  const Rule& rule = law.rules[call.rule];
  const Word smallest = *outcome.results[result];
  std::vector<Word> candidates;
  for (int bit = 0; bit < 64; ++bit) {
    const Word power = Word{1} << bit;
    candidates.insert(candidates.end(), {smallest + power, (smallest + power) & ~(power - 1)});
  }
  for (const Constant& unit : law.constants) {
    if (unit.type.tag != TypeTag::pow2) continue;
    for (const Constant& range : law.constants) {
      if (range.type.tag != TypeTag::interval) continue;
      for (std::size_t j = 0; j < call.arguments.size(); ++j) {
        if (!rule.parameters[j].type.is_integer()) continue;
        candidates.push_back((range.last - call.arguments[j] + 1) & ~(unit.value - 1));
      }
    }
  }
  std::sort(candidates.begin(), candidates.end());
  candidates.erase(std::unique(candidates.begin(), candidates.end()), candidates.end());
  std::erase(candidates, smallest);
  return candidates;
}

// `visit(state)` for the states that follow if other numbers are chosen, until it answers false.
template <typename Visit>
void visit_other_choices(const Model& model, const State& before, const Call& call, const Outcome& outcome,
                         Visit visit) {
  const Law& law = model.law();
  const Rule& rule = law.rules[call.rule];
  State next = before;
  Outcome answer;
  for (std::size_t i = 0; i < rule.results.size(); ++i) {
    if (!is_chosen_number(rule, i) || !outcome.results[i]) continue;
    Outcome other = outcome;
    for (const Word word : other_numbers(law, call, outcome, i)) {
      other.results[i] = word;
      next = before;
      if (model.step_as(next, call, answer, other) && answer == other && !visit(next)) return;
    }
  }
}

}  // namespace

void World::look_at_choices(const Model& model) {
  std::call_once(choice_->asked, [&] {
    std::vector<State> others;
    visit_other_choices(model, choice_->before, choice_->call, choice_->outcome, [&](const State& other) {
      if (other != state_) others.push_back(other);
      return true;
    });
    choice_->others = std::make_shared<const std::vector<State>>(std::move(others));
  });
  others_ = choice_->others;  // one differs, or it would not be open
  choice_.reset();
}

bool World::follow(const Model& model, const Call& call, std::uint32_t branch, const Outcome& outcome,
                   const State& before) {
  const std::vector<State>& others = *others_;
  const bool asks = may_refuse(model.law().rules[call.rule]);
  bool changed = !State::surely_same(before, state_);
  std::vector<State> next;
  State state;
  Outcome answer;
  std::vector<std::uint32_t> offered;
  for (std::size_t i = 0; i < others.size(); ++i) {
    state = others[i];
    const auto taken = asks ? model.step_or_refuse(state, call, answer, offered) : model.step(state, call, answer);
    if (taken != branch || answer != outcome || !offered.empty()) return false;
    if (!changed && State::surely_same(state, others[i])) continue;
    if (!changed) next.assign(others.begin(), others.begin() + static_cast<std::ptrdiff_t>(i));
    changed = true;
    if (state != state_) next.push_back(state);
  }
  if (changed) others_ = next.empty() ? nullptr : std::make_shared<const std::vector<State>>(std::move(next));
  return true;
}

std::optional<Played> World::play(const Model& model, const Call& call) {
  Played played;
  const Rule& rule = model.law().rules[call.rule];
  const bool may_choose = has_choice(rule);
  if (may_choose && is_open()) return std::nullopt;
  if (choice_) look_at_choices(model);
  const bool asks = may_refuse(rule);
  std::optional<State> before;
  if (may_choose || asks || is_open()) before = state_;
  std::vector<std::uint32_t> offered;
  const std::optional<std::uint32_t> branch =
      asks ? model.step_or_refuse(state_, call, played.outcome, offered) : model.step(state_, call, played.outcome);
  if (!branch) return std::nullopt;
  const auto undo = [&] {
    state_ = std::move(*before);
    return std::nullopt;
  };
  if (!offered.empty()) return undo();
  if (others_ && !follow(model, call, *branch, played.outcome, *before)) return undo();
  if (may_choose && *branch == kSuccess) {
    if (chooses_number(rule)) {
      bool differs = false;
      visit_other_choices(model, *before, call, played.outcome, [&](const State& other) {
        differs = other != state_;
        return !differs;
      });
      if (differs) choice_ = std::make_shared<const Choice>(std::move(*before), call, played.outcome);
    } else if (leaves_open(model, *before, call, played.outcome)) {
      return undo();
    }
  }
  played.branch = *branch;
  names_.record(call.rule, played.outcome, state_);
  return played;
}

std::optional<std::vector<Played>> play(const Model& model, const Sequence& sequence, World& world) {
  std::vector<Played> all;
  all.reserve(sequence.size());
  for (const SequenceStep& step : sequence) {
    std::optional<Played> played = world.play(model, world.names().resolve(step));
    if (!played) return std::nullopt;
    all.push_back(std::move(*played));
  }
  return all;
}

bool chooses_number(const Rule& rule) {
  return std::any_of(rule.items.begin(), rule.items.end(), [](const Item& item) {
    return item.tag == Item::Tag::choose && item.type.tag != TypeTag::reference;
  });
}

bool is_chosen_number(const Rule& rule, std::size_t result) {
  return std::any_of(rule.items.begin(), rule.items.end(), [&](const Item& item) {
    return item.tag == Item::Tag::choose && item.type.tag != TypeTag::reference &&
           item.name == rule.results[result].name;
  });
}

bool may_refuse(const Rule& rule) {
  return std::any_of(rule.items.begin(), rule.items.end(),
                     [](const Item& item) { return item.tag == Item::Tag::may_fail; });
}

bool has_choice(const Rule& rule) {
  return std::any_of(rule.items.begin(), rule.items.end(),
                     [](const Item& item) { return item.tag == Item::Tag::choose; });
}

}  // namespace iolaw
