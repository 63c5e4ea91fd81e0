// SPDX-License-Identifier: Apache-2.0
// A choice that the law leaves to the implementation: what was observed if it is permitted, else the smallest permitted
// value.
#include <algorithm>
#include <functional>

#include "model/eval/machine.hpp"

namespace iolaw::eval {

bool Machine::permitted(const CompiledItem& item, Int chosen) {
  stack_[item.slot] = Value{{chosen, 0}, {}};
  ++epoch_;
  return truth(item.node);
}

void Machine::choose(const CompiledItem& item, const CompiledRule& rule) {
  const Type& type = item.source->type;
  if (observed_ != nullptr && observed_->error == 0) {
    for (std::size_t which = 0; which < rule.source->results.size(); ++which) {
      if (rule.source->results[which].name != item.source->name || which >= observed_->results.size()) continue;
      const std::optional<Word>& seen = observed_->results[which];
      if (seen && permitted(item, *seen)) return;
    }
  }
  candidates_.clear();
  candidates(type, candidates_);
  // Ascending, but mostly one of the first is permitted: a heap is cheaper than an order of all.
  std::make_heap(candidates_.begin(), candidates_.end(), std::greater<>());
  for (std::optional<Word> tried; !candidates_.empty(); candidates_.pop_back()) {
    std::pop_heap(candidates_.begin(), candidates_.end(), std::greater<>());
    if (tried == candidates_.back()) continue;
    tried = candidates_.back();
    if (permitted(item, *tried)) return;
  }
  // The sweep finds a value if there is one, unless the condition falls into too many pieces.
  ++epoch_;
  if (type.is_integer() && sweep_range(item.slot, Scalar{}, Scalar{kMax, 0}, item.node, true, item.node)) {
    ++epoch_;
    return;
  }
  throw EvaluationError("no value is permitted for the choice " + item.source->name, item.source->span);
}

// Values worth trying, in no order, some more than once: what the law and the state name, the neighbours, and the next
// multiples of units.
void Machine::candidates(const Type& type, std::vector<Word>& out) const {
  const auto number = [&](Word n) {
    if (n != 0) out.push_back(n - 1);
    out.push_back(n);
    if (n != ~Word{0}) out.push_back(n + 1);
  };
  switch (type.tag) {
    case TypeTag::boolean:
      out = {0, 1};
      return;
    case TypeTag::enumeration:
      for (std::size_t value = 0; value < law().enums[type.id].constants.size(); ++value) out.push_back(value);
      return;
    case TypeTag::flags:
      for (Word value = 0; value < Word{1} << law().flag_sets[type.id].constants.size(); ++value) out.push_back(value);
      return;
    case TypeTag::reference:
      for (Word index = 0; index < state_->slots(type.id); ++index) {
        if (state_->lives(type.id, index)) out.push_back(index);
      }
      return;
    default:
      break;
  }
  number(0);
  number(~Word{0});
  for (const Constant& constant : law().constants) {
    number(constant.value);
    if (constant.type.tag == TypeTag::interval) number(constant.last);
  }
  for (std::uint32_t kind = 0; kind < law().kinds.size(); ++kind) {
    for (Word index = 0; index < state_->slots(kind); ++index) {
      if (!state_->lives(kind, index)) continue;
      const std::vector<Field>& fields = law().kinds[kind].fields;
      for (std::uint32_t field_index = 0; field_index < fields.size(); ++field_index) {
        if (fields[field_index].type.tag == TypeTag::reference) continue;
        const Word* words = state_->field(kind, index, field_index);
        for (std::uint32_t word = 0; word < words_of(fields[field_index].type); ++word) number(words[word]);
      }
    }
  }
  const std::size_t plain = out.size();
  for (const Constant& constant : law().constants) {
    if (constant.type.tag != TypeTag::pow2 || constant.value == 0) continue;
    for (std::size_t which = 0; which < plain; ++which) {
      const Word up = (out[which] + constant.value - 1) & ~(constant.value - 1);
      if (up > out[which]) out.push_back(up);
    }
  }
}

}  // namespace iolaw::eval
