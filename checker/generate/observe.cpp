// SPDX-License-Identifier: Apache-2.0
#include "checker/generate/observe.hpp"

#include <algorithm>
#include <map>

#include "model/eval/few_values.hpp"

namespace iolaw {
namespace {

// Pages looked at inside one interval.
constexpr Word kInside = 3;

class Numbers {
 public:
  void add(Word word) {
    if (std::find(words_.begin(), words_.end(), word) == words_.end()) words_.push_back(word);
  }
  const std::vector<Word>& words() const { return words_; }

 private:
  std::vector<Word> words_;  // the most telling first
};

// Numbers worth asking about in this state. Wrapping past either end of the address space is harmless: such addresses
// are as good as others.
std::vector<Word> telling_numbers(const Law& law, const State& state) {
  struct Range {
    Word first, last;
  };
  std::vector<Range> ranges;
  Numbers numbers;
  std::vector<Word> plain;
  for (std::uint32_t kind = 0; kind < law.kinds.size(); ++kind) {
    for (Word object = 0; object < state.slots(kind); ++object) {
      if (!state.lives(kind, object)) continue;
      for (std::uint32_t field = 0; field < law.kinds[kind].fields.size(); ++field) {
        const Type& type = law.kinds[kind].fields[field].type;
        const Word* words = state.field(kind, object, field);
        if (type.tag == TypeTag::interval) ranges.push_back({words[0], words[1]});
        if (type.is_integer() && !type.maybe) plain.push_back(words[0]);
      }
    }
  }
  for (const Range& range : ranges) numbers.add(range.first);
  for (const Range& range : ranges) numbers.add(range.last);
  for (const Range& range : ranges) numbers.add(range.last + 1);
  for (const Range& range : ranges) numbers.add(range.first - 1);
  for (const Word word : plain) numbers.add(word);
  for (const Constant& constant : law.constants) {
    if (constant.type.tag != TypeTag::pow2) continue;
    for (const Range& range : ranges) {
      for (Word i = 1; i <= kInside && (range.last - range.first) / constant.value >= i; ++i) {
        numbers.add(range.first + i * constant.value);
      }
    }
  }
  for (const Constant& constant : law.constants) {
    if (constant.type.tag == TypeTag::interval) numbers.add(constant.value);
  }
  numbers.add(0);
  return numbers.words();
}

std::vector<Word> values(const Law& law, const State& state, const Type& type, const std::vector<Word>& numbers) {
  if (auto few = few_values(law, state, type)) return std::move(*few);
  if (type.tag != TypeTag::pow2) return numbers;
  std::vector<Word> powers;
  for (const Word number : numbers) {
    if (number != 0 && (number & (number - 1)) == 0) powers.push_back(number);
  }
  return powers;
}

// All calls of one probe, in the order of telling: the last parameter varies fastest.
void enumerate(const std::vector<std::vector<Word>>& choices, Call& call, std::vector<Call>& calls) {
  constexpr std::size_t kMost = 4096;
  if (calls.size() >= kMost) return;
  if (call.arguments.size() == choices.size()) {
    calls.push_back(call);
    return;
  }
  for (const Word word : choices[call.arguments.size()]) {
    call.arguments.push_back(word);
    enumerate(choices, call, calls);
    call.arguments.pop_back();
  }
}

}  // namespace

std::vector<SequenceStep> observations(const Model& model, const World& world, const ObserveOptions& options) {
  const Law& law = model.law();
  const std::vector<Word> numbers = telling_numbers(law, world.state());
  std::vector<SequenceStep> chosen;
  for (std::uint32_t index = 0; index < law.rules.size(); ++index) {
    const Rule& rule = law.rules[index];
    if (!rule.probe || has_choice(rule)) continue;
    std::vector<std::vector<Word>> choices;
    for (const Parameter& parameter : rule.parameters) {
      choices.push_back(values(law, world.state(), parameter.type, numbers));
    }
    std::vector<Call> calls;
    Call call{index, {}};
    enumerate(choices, call, calls);
    std::map<std::vector<Word>, std::size_t> with_objects;
    std::map<std::pair<std::vector<Word>, std::vector<std::optional<Word>>>, std::size_t> with_answer;
    for (const Call& candidate : calls) {
      if (chosen.size() >= options.total) return chosen;
      std::vector<Word> objects;
      for (std::size_t i = 0; i < rule.parameters.size(); ++i) {
        if (rule.parameters[i].type.tag == TypeTag::reference) objects.push_back(candidate.arguments[i]);
      }
      const auto step = world.names().symbolic(world.state(), candidate);
      World after = world;
      const auto played = step ? after.play(model, candidate) : std::nullopt;
      if (!played || played->branch != kSuccess) continue;
      std::size_t& same_objects = with_objects[objects];
      std::size_t& same_answer = with_answer[{objects, played->outcome.results}];
      if (same_objects >= options.per_objects || same_answer >= options.per_answer) continue;
      ++same_objects;
      ++same_answer;
      chosen.push_back(*step);
    }
  }
  return chosen;
}

}  // namespace iolaw
