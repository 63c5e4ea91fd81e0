// SPDX-License-Identifier: Apache-2.0
// A choice that the law leaves to the implementation: what was observed if it is permitted, else the smallest permitted
// value.
#include <algorithm>
#include <functional>
#include <optional>

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
  // Ascending, but mostly one of the first is permitted: a heap of what the state names is cheaper than an order of
  // all.
  candidates_.clear();
  candidates(type, candidates_);
  std::make_heap(candidates_.begin(), candidates_.end(), std::greater<>());
  if (!named_known_) name_candidates();
  std::size_t named = type.is_integer() ? 0 : named_.size();
  std::optional<Word> tried;
  while (!candidates_.empty() || named < named_.size()) {
    Word candidate = 0;
    if (candidates_.empty() || (named < named_.size() && named_[named] <= candidates_.front())) {
      candidate = named_[named++];
    } else {
      candidate = candidates_.front();
      std::pop_heap(candidates_.begin(), candidates_.end(), std::greater<>());
      candidates_.pop_back();
    }
    if (tried == candidate) continue;
    tried = candidate;
    if (permitted(item, candidate)) return;
  }
  // The sweep finds a value if there is one, unless the condition falls into too many pieces.
  ++epoch_;
  if (type.is_integer() && sweep_range(item.slot, Scalar{}, Scalar{kMax, 0}, item.node, true, item.node)) {
    ++epoch_;
    return;
  }
  throw EvaluationError("no value is permitted for the choice " + item.source->name, item.source->span);
}

namespace {

// A number, its neighbours, and their next multiples of the units that the law names.
void add_around(const Law& law, Word n, std::vector<Word>& out) {
  if (n != 0) out.push_back(n - 1);
  out.push_back(n);
  if (n == ~Word{0}) return;
  out.push_back(n + 1);
  for (const Constant& constant : law.constants) {
    if (constant.type.tag != TypeTag::pow2 || constant.value == 0) continue;
    // Those of the other two are this one, or themselves.
    const Word up = (n + 1 + (constant.value - 1)) & ~(constant.value - 1);
    if (up > n + 1) out.push_back(up);
  }
}

}  // namespace

// What the law itself names that is worth trying for a number.
void Machine::name_candidates() {
  named_known_ = true;
  add_around(law(), 0, named_);
  add_around(law(), ~Word{0}, named_);
  for (const Constant& constant : law().constants) {
    add_around(law(), constant.value, named_);
    if (constant.type.tag == TypeTag::interval) add_around(law(), constant.last, named_);
  }
  std::sort(named_.begin(), named_.end());
  named_.erase(std::unique(named_.begin(), named_.end()), named_.end());
}

// Values worth trying besides, in no order, some more than once.
void Machine::candidates(const Type& type, std::vector<Word>& out) const {
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
  for (std::uint32_t kind = 0; kind < law().kinds.size(); ++kind) {
    for (Word index = 0; index < state_->slots(kind); ++index) {
      if (!state_->lives(kind, index)) continue;
      const std::vector<Field>& fields = law().kinds[kind].fields;
      for (std::uint32_t field_index = 0; field_index < fields.size(); ++field_index) {
        if (fields[field_index].type.tag == TypeTag::reference) continue;
        const Word* words = state_->field(kind, index, field_index);
        for (std::uint32_t word = 0; word < words_of(fields[field_index].type); ++word)
          add_around(law(), words[word], out);
      }
    }
  }
}

}  // namespace iolaw::eval
