// SPDX-License-Identifier: Apache-2.0
#include "checker/generate/reductions.hpp"

#include <algorithm>

namespace iolaw {

Reductions::Reductions(const Law& law, const Simplicity& simplicity, Sequence sequence)
    : law_(law), simplicity_(simplicity), base_(std::move(sequence)), size_(base_.size() / 2), end_(base_.size()) {
  if (size_ == 0) size_ = 1;
}

std::optional<Sequence> Reductions::next() {
  if (phase_ == Phase::drop_steps) {
    if (auto candidate = next_drop()) return candidate;
    enter(Phase::drop_objects);
    end_ = base_.size();
  }
  if (phase_ == Phase::drop_objects) {
    if (auto candidate = next_drop_object()) return candidate;
    enter(Phase::older_objects);
  }
  return next_edit();
}

void Reductions::accept(Sequence candidate) {
  base_ = std::move(candidate);
  if (phase_ == Phase::drop_steps || phase_ == Phase::drop_objects) {
    end_ = std::min(end_, base_.size());
  } else {
    // Choices are ordered: the others are no better.
    choice_ = choices_.size();
  }
}

std::optional<Sequence> Reductions::next_drop() {
  while (size_ > 0) {
    if (end_ >= size_ && base_.size() > size_) {
      --end_;
      return without_steps(base_, end_ + 1 - size_, end_ + 1);
    }
    size_ /= 2;
    end_ = base_.size();
  }
  return std::nullopt;
}

std::optional<Sequence> Reductions::next_drop_object() {
  while (end_ > 0) {
    const std::size_t dropped = --end_;
    std::vector<bool> goes(base_.size(), false);
    goes[dropped] = true;
    std::size_t going = 1;
    for (std::size_t i = dropped + 1; i < base_.size(); ++i) {
      goes[i] = std::any_of(base_[i].arguments.begin(), base_[i].arguments.end(), [&](const Argument& argument) {
        return argument.step != Argument::kNoStep && goes[static_cast<std::size_t>(argument.step)];
      });
      going += goes[i] ? 1 : 0;
    }
    // A step that nobody names was tried before.
    if (going == 1 || going == base_.size()) continue;
    Sequence candidate = base_;
    for (std::size_t i = base_.size(); i-- > 0;) {
      if (goes[i]) candidate = without_steps(candidate, i, i + 1);
    }
    return candidate;
  }
  return std::nullopt;
}

std::optional<Sequence> Reductions::next_edit() {
  while (phase_ != Phase::done) {
    if (choice_ == choices_.size()) {
      if (!next_place()) enter(static_cast<Phase>(static_cast<int>(phase_) + 1));
      continue;
    }
    const Argument& choice = choices_[choice_++];
    Sequence candidate = base_;
    bool changed = false;
    if (phase_ == Phase::older_objects) {
      candidate[step_].arguments[argument_] = choice;
      changed = true;
    } else if (phase_ == Phase::simpler_alone) {
      changed = substitute(candidate[step_], argument_, choice.word);
    } else {
      for (std::size_t i = 0; i < candidate.size(); ++i) {
        for (std::size_t j = 0; j < candidate[i].arguments.size(); ++j) {
          if (is_object(i, j) || candidate[i].arguments[j].word != word_) continue;
          changed = substitute(candidate[i], j, choice.word) || changed;
        }
      }
    }
    if (changed) return candidate;
  }
  return std::nullopt;
}

void Reductions::enter(Phase phase) {
  phase_ = phase;
  choices_.clear();
  choice_ = 0;
  step_ = 0;
  argument_ = static_cast<std::size_t>(-1);
  if (phase != Phase::simpler_everywhere) return;
  for (std::size_t i = 0; i < base_.size(); ++i) {
    for (std::size_t j = 0; j < base_[i].arguments.size(); ++j) {
      if (!is_object(i, j)) words_.push_back(base_[i].arguments[j].word);
    }
  }
  std::sort(words_.begin(), words_.end());
  words_.erase(std::unique(words_.begin(), words_.end()), words_.end());
}

bool Reductions::next_place() {
  if (phase_ == Phase::simpler_everywhere) {
    if (words_.empty()) return false;
    word_ = words_.back();
    words_.pop_back();
  } else {
    ++argument_;
    while (step_ < base_.size() && argument_ >= base_[step_].arguments.size()) {
      ++step_;
      argument_ = 0;
    }
    if (step_ >= base_.size()) return false;
  }
  find_choices();
  return true;
}

void Reductions::find_choices() {
  choices_.clear();
  choice_ = 0;
  if (phase_ == Phase::simpler_everywhere) {
    for (const Word word : simplicity_.simpler(word_)) choices_.push_back({word, Argument::kNoStep, 0});
    return;
  }
  const Argument& old = base_[step_].arguments[argument_];
  if (is_object(step_, argument_) != (phase_ == Phase::older_objects)) return;
  if (phase_ == Phase::simpler_alone) {
    for (const Word word : simplicity_.simpler(old.word)) choices_.push_back({word, Argument::kNoStep, 0});
    return;
  }
  if (old.step == Argument::kNoStep) return;
  choices_.push_back({kNone, Argument::kNoStep, 0});
  const std::uint32_t kind = law_.rules[base_[step_].rule].parameters[argument_].type.id;
  for (std::int32_t maker = 0; maker < old.step; ++maker) {
    const std::vector<Result>& results = law_.rules[base_[static_cast<std::size_t>(maker)].rule].results;
    for (std::uint32_t result = 0; result < results.size(); ++result) {
      const Type& type = results[result].type;
      if (type.tag == TypeTag::reference && type.id == kind) choices_.push_back({kNone, maker, result});
    }
  }
}

bool Reductions::is_object(std::size_t step, std::size_t argument) const {
  return law_.rules[base_[step].rule].parameters[argument].type.tag == TypeTag::reference;
}

// False, and no change, where the argument's type has no such value.
bool Reductions::substitute(SequenceStep& step, std::size_t argument, Word word) const {
  const Type& type = law_.rules[step.rule].parameters[argument].type;
  Word values = 0;  // how many values the type has; 0: 2^64
  switch (type.tag) {
    case TypeTag::boolean:
      values = 2;
      break;
    case TypeTag::enumeration:
      values = law_.enums[type.id].constants.size();
      break;
    case TypeTag::flags:
      values = Word{1} << law_.flag_sets[type.id].constants.size();
      break;
    case TypeTag::pow2:
      if (word == 0 || (word & (word - 1)) != 0) return false;
      break;
    default:
      break;
  }
  if (values != 0 && word >= values) return false;
  const bool changed = step.arguments[argument].word != word;
  step.arguments[argument].word = word;
  return changed;
}

}  // namespace iolaw
