// SPDX-License-Identifier: Apache-2.0
#include "checker/generate/minimize.hpp"

#include <algorithm>

namespace iolaw {
namespace {

class Minimizer {
 public:
  Minimizer(const Law& law, const Simplicity& simplicity, Sequence sequence, Budget& budget,
            const std::function<bool(const Sequence&)>& keeps)
      : law_(law), simplicity_(simplicity), best_(std::move(sequence)), budget_(budget), keeps_(keeps) {}

  Sequence run() {
    while (!budget_.exhausted() && (drop_steps() | rename_objects() | simplify_together() | simplify_alone())) {
    }
    return std::move(best_);
  }

 private:
  bool accept(Sequence candidate) {
    if (!budget_.spend(candidate.size()) || !keeps_(candidate)) return false;
    best_ = std::move(candidate);
    return true;
  }

  bool is_number(const SequenceStep& step, std::size_t argument) const {
    const TypeTag tag = law_.rules[step.rule].parameters[argument].type.tag;
    return tag != TypeTag::reference;
  }

  // Later steps first; larger chunks first.
  bool drop_steps() {
    bool changed = false;
    for (std::size_t size = std::max<std::size_t>(best_.size() / 2, 1); size > 0; size /= 2) {
      for (std::size_t end = best_.size(); end >= size && end > 0;) {
        if (best_.size() > size && accept(without_steps(best_, end - size, end))) {
          changed = true;
          end = std::min(end, best_.size());
        } else {
          --end;
        }
      }
    }
    return changed;
  }

  bool rename_objects() {
    bool changed = false;
    for (std::size_t i = 0; i < best_.size(); ++i) {
      for (std::size_t j = 0; j < best_[i].arguments.size(); ++j) {
        if (!is_number(best_[i], j)) changed |= rename_object(i, j);
      }
    }
    return changed;
  }

  bool rename_object(std::size_t i, std::size_t j) {
    const Argument old = best_[i].arguments[j];
    if (old.step == Argument::kNoStep) return false;
    const std::uint32_t kind = law_.rules[best_[i].rule].parameters[j].type.id;
    Sequence candidate = best_;
    candidate[i].arguments[j] = {kNone, Argument::kNoStep, 0};
    if (accept(candidate)) return true;
    for (std::int32_t step = 0; step < old.step; ++step) {
      const std::vector<Result>& results = law_.rules[best_[static_cast<std::size_t>(step)].rule].results;
      for (std::uint32_t result = 0; result < results.size(); ++result) {
        if (results[result].type.tag != TypeTag::reference || results[result].type.id != kind) continue;
        candidate[i].arguments[j] = {kNone, step, result};
        if (accept(candidate)) return true;
      }
    }
    return false;
  }

  // The same number in several places is often one idea: an address that is mapped, then unmapped.
  bool simplify_together() {
    std::vector<Word> words;
    for (const SequenceStep& step : best_) {
      for (std::size_t j = 0; j < step.arguments.size(); ++j) {
        if (is_number(step, j)) words.push_back(step.arguments[j].word);
      }
    }
    std::sort(words.begin(), words.end());
    words.erase(std::unique(words.begin(), words.end()), words.end());
    bool changed = false;
    for (const Word word : words) {
      for (const Word simple : simplicity_.simpler(word)) {
        Sequence candidate = best_;
        for (SequenceStep& step : candidate) {
          for (std::size_t j = 0; j < step.arguments.size(); ++j) {
            if (is_number(step, j) && step.arguments[j].word == word) substitute(step, j, simple);
          }
        }
        if (candidate == best_) break;
        if (accept(std::move(candidate))) {
          changed = true;
          break;
        }
      }
    }
    return changed;
  }

  bool simplify_alone() {
    bool changed = false;
    for (std::size_t i = 0; i < best_.size(); ++i) {
      for (std::size_t j = 0; j < best_[i].arguments.size(); ++j) {
        if (!is_number(best_[i], j)) continue;
        for (const Word simple : simplicity_.simpler(best_[i].arguments[j].word)) {
          Sequence candidate = best_;
          substitute(candidate[i], j, simple);
          if (candidate[i] == best_[i]) continue;
          if (accept(std::move(candidate))) {
            changed = true;
            break;
          }
        }
      }
    }
    return changed;
  }

  // Leaves the argument alone where its type has no such value.
  void substitute(SequenceStep& step, std::size_t argument, Word word) const {
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
        if (word == 0 || (word & (word - 1)) != 0) return;
        break;
      default:
        break;
    }
    if (values == 0 || word < values) step.arguments[argument].word = word;
  }

  const Law& law_;
  const Simplicity& simplicity_;
  Sequence best_;
  Budget& budget_;
  const std::function<bool(const Sequence&)>& keeps_;
};

}  // namespace

Sequence minimize(const Law& law, const Simplicity& simplicity, Sequence sequence, Budget& budget,
                  const std::function<bool(const Sequence&)>& keeps) {
  return Minimizer(law, simplicity, std::move(sequence), budget, keeps).run();
}

}  // namespace iolaw
