// SPDX-License-Identifier: Apache-2.0
// Calls beside those of the cases: one or two arguments changed to what the rule compares them with, or to the numbers
// next to it.
#include <algorithm>
#include <set>

#include "checker/generate/hunt.hpp"

namespace iolaw {
namespace {

constexpr std::size_t kNeighbourBases = 40;        // cases of a rule that are varied
constexpr std::uint64_t kMostNeighbours = 60'000;  // per rule

// RuleNumbers of an expression and of the defs that it calls, and their neighbours.
class RuleNumbers {
 public:
  explicit RuleNumbers(const Law& law) : law_(law) {}

  std::vector<Word> of(const Rule& rule) {
    words_ = {0, 1, ~Word{0}};
    for (const Item& item : rule.items) read(item.expr);
    for (const Branch& branch : rule.branches) read(branch.condition);
    for (const Each& each : rule.eaches) read(each.where);
    return {words_.begin(), words_.end()};
  }

 private:
  void add(Word word) {
    words_.insert(word);
    words_.insert(word - 1);
    words_.insert(word + 1);
  }

  void read(const ExprPtr& expr) {
    if (!expr) return;
    if (expr->op == Op::literal && expr->type.is_integer()) add(expr->value);
    if (expr->op == Op::constant) {
      const Constant& constant = law_.constants[expr->index];
      if (constant.type.is_integer()) add(constant.value);
      if (constant.type.tag == TypeTag::interval) {
        add(constant.value);
        add(constant.last);
      }
    }
    if (expr->op == Op::call && defs_.insert(expr->index).second) {
      read(law_.defs[expr->index].body);
      defs_.erase(expr->index);
    }
    for (const ExprPtr& child : expr->children) read(child);
  }

  const Law& law_;
  std::set<Word> words_;
  std::set<std::uint32_t> defs_;  // being read
};

std::vector<Word> values_beside(const Law& law, const Type& type, const std::vector<Word>& numbers) {
  std::vector<Word> values;
  const auto up_to = [&](Word end) {
    for (Word value = 0; value < end; ++value) values.push_back(value);
  };
  switch (type.tag) {
    case TypeTag::boolean:
      up_to(2);
      return values;
    case TypeTag::enumeration:
      up_to(law.enums[type.id].constants.size());
      return values;
    case TypeTag::flags:
      values.push_back(0);
      for (std::size_t bit = 0; bit < law.flag_sets[type.id].constants.size(); ++bit) values.push_back(Word{1} << bit);
      return values;
    case TypeTag::u64:
    case TypeTag::nat:
      return numbers;
    default:
      return values;  // objects, and powers of two: random changes see to them
  }
}

}  // namespace

void Hunt::neighbours(const std::vector<Sequence>& sequences, std::uint64_t minimize_calls, Budget& budget,
                      const Take& take) {
  minimize_calls_ = minimize_calls;
  budget_ = &budget;
  take_ = &take;
  const Law& law = model_.law();
  for (std::uint32_t rule = 0; rule < law.rules.size(); ++rule) {
    const auto is_open = [&] {
      return std::any_of(of_rule_[rule].begin(), of_rule_[rule].end(), [&](std::size_t i) { return alive_[i]; });
    };
    const std::vector<Word> numbers = RuleNumbers(law).of(law.rules[rule]);
    std::vector<std::vector<Word>> values;
    for (const Parameter& parameter : law.rules[rule].parameters) {
      values.push_back(values_beside(law, parameter.type, numbers));
    }
    std::uint64_t left = kMostNeighbours;
    std::size_t bases = 0;
    for (const Sequence& sequence : sequences) {
      const auto last =
          std::find_if(sequence.rbegin(), sequence.rend(), [&](const SequenceStep& step) { return step.rule == rule; });
      if (!is_open() || left == 0 || bases == kNeighbourBases) break;
      if (last == sequence.rend()) continue;
      ++bases;
      Reached from{World(law), {}};
      const auto at = static_cast<std::size_t>(sequence.rend() - last) - 1;
      for (std::size_t i = 0; i < at; ++i) {
        from.world.play(model_, from.world.names().resolve(sequence[i]));
        from.sequence.push_back(sequence[i]);
      }
      State before = from.world.state();
      World after = from.world;
      const auto attempt = [&](const SequenceStep& step) {
        if (left == 0 || !budget.spend()) return;
        --left;
        const Call call = from.world.names().resolve(step);
        after = from.world;
        if (const auto played = after.play(model_, call)) judge(from, before, step, call, *played, after);
      };
      for (std::size_t i = 0; i < values.size(); ++i) {
        for (const Word value : values[i]) {
          SequenceStep one = sequence[at];
          one.arguments[i].word = value;
          attempt(one);
          for (std::size_t j = i + 1; j < values.size(); ++j) {
            for (const Word other : values[j]) {
              SequenceStep two = one;
              two.arguments[j].word = other;
              attempt(two);
            }
          }
        }
      }
    }
  }
}

}  // namespace iolaw
