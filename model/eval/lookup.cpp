// SPDX-License-Identifier: Apache-2.0
// Maps and counts, computed from the objects that live.
#include <algorithm>

#include "model/eval/machine.hpp"

namespace iolaw::eval {

const Word* Machine::object(std::uint32_t kind, Int reference, NodeId node) const {
  const std::uint32_t stride = state_->stride(kind);
  const std::vector<Word>& words = state_->words(kind);
  if (reference < 0 || reference >= static_cast<Int>(words.size() / stride) ||
      words[static_cast<std::size_t>(reference) * stride] == 0) {
    if (lenient_) {
      without_value_ = true;
      if (no_object_.size() < stride) no_object_.resize(stride, 0);
      return no_object_.data();
    }
    fail(node, std::string("a field of ") + (reference == Int{kNone} ? "no object" : "a dead object") + " of kind " +
                   law().kinds[kind].name + " is read");
  }
  return &words[static_cast<std::size_t>(reference) * stride];
}

// `node.kind` is the child kind and `node.index` the offset of its span.
Word Machine::find_at(const Node& node, NodeId id) {
  const Int parent = read(program_.child(node, 0));
  const Scalar key = scalar(program_.child(node, 1));
  const Kind& kind = law().kinds[node.kind];
  object(kind.fields[*kind.parent].type.id, parent, id);  // must live
  const std::uint32_t parent_offset = program_.offsets[node.kind][*kind.parent];
  const std::uint32_t stride = state_->stride(node.kind);
  const std::vector<Word>& words = state_->words(node.kind);
  Int low = -kInfinity;  // of the gap around the key
  Int high = kInfinity;
  for (std::size_t at = 0; at < words.size(); at += stride) {
    if (words[at] == 0 || words[at + parent_offset] != parent) continue;
    const Int first = words[at + node.index];
    const Int last = words[at + node.index + 1];
    if (key.v < first) {
      high = std::min(high, first - 1);
    } else if (key.v > last) {
      low = std::max(low, last + 1);
    } else {
      // Objects before this one own what lies beyond the gap, should they overlap.
      if (key.slopes != 0) narrow(key, std::max(low, first), std::min(high, last));
      return at / stride;
    }
  }
  if (key.slopes != 0) narrow(key, low, high);
  return kNone;
}

Word Machine::find_slot(const Node& node, NodeId id) {
  const Int parent = read(program_.child(node, 0));
  const Scalar key = scalar(program_.child(node, 1));
  const Kind& kind = law().kinds[node.kind];
  object(kind.fields[*kind.parent].type.id, parent, id);
  const std::uint32_t parent_offset = program_.offsets[node.kind][*kind.parent];
  const std::uint32_t stride = state_->stride(node.kind);
  const std::vector<Word>& words = state_->words(node.kind);
  Int low = -kInfinity;
  Int high = kInfinity;
  for (std::size_t at = 0; at < words.size(); at += stride) {
    if (words[at] == 0 || words[at + parent_offset] != parent) continue;
    const Int held = words[at + node.index];
    if (key.v < held) {
      high = std::min(high, held - 1);
    } else if (key.v > held) {
      low = std::max(low, held + 1);
    } else {
      if (key.slopes != 0) narrow(key, held, held);
      return at / stride;
    }
  }
  if (key.slopes != 0) narrow(key, low, high);
  return kNone;
}

Int Machine::count(const Node& node, NodeId id) {
  const Int key = read(program_.child(node, 0));
  object(node.kind, key, id);
  Int sum = 0;
  for (const CompiledCountTerm& term : program_.counts[node.index]) {
    const std::uint32_t stride = state_->stride(term.kind);
    const std::vector<Word>& words = state_->words(term.kind);
    for (std::size_t at = 0; at < words.size(); at += stride) {
      if (words[at] == 0 || words[at + term.offset] != key) continue;
      if (term.where != kNoNode) {
        const std::uint32_t caller = base_;
        const std::uint32_t callee = top_;
        if (stack_.size() < callee + term.slots) stack_.resize(2 * (callee + term.slots));
        base_ = callee;
        top_ = callee + term.slots;
        stack_[base_] = Value{{static_cast<Int>(at / stride), 0}, {}};
        const bool counted = truth(term.where);
        base_ = caller;
        top_ = callee;
        if (!counted) continue;
      }
      ++sum;
    }
  }
  return sum;
}

void Machine::kill(std::uint32_t kind, Word object_index) {
  if (!target_->lives(kind, object_index)) return;
  target_->set_lives(kind, object_index, false);
  may_bury_ = true;
  for (const Reference& resident : program_.residents[kind]) {
    const std::uint32_t stride = target_->stride(resident.kind);
    for (std::size_t at = 0; at < target_->words(resident.kind).size(); at += stride) {
      const std::vector<Word>& words = target_->words(resident.kind);
      if (words[at] != 0 && words[at + resident.offset] == object_index) kill(resident.kind, at / stride);
    }
  }
}

// Shared objects without a holder die; what they held or contained may follow.
void Machine::bury_shared() {
  for (bool again = true; again;) {
    again = false;
    for (std::uint32_t kind = 0; kind < law().kinds.size(); ++kind) {
      const Kind& declared = law().kinds[kind];
      if (!declared.shared || !declared.users || target_->population(kind) == 0) continue;
      held_.assign(target_->slots(kind), 0);
      for (const CompiledCountTerm& term : program_.counts[*declared.users]) {
        const std::uint32_t stride = target_->stride(term.kind);
        const std::vector<Word>& words = target_->words(term.kind);
        for (std::size_t at = 0; at < words.size(); at += stride) {
          if (words[at] != 0 && words[at + term.offset] < held_.size()) held_[words[at + term.offset]] = 1;
        }
      }
      for (Word object_index = 0; object_index < held_.size(); ++object_index) {
        if (held_[object_index] != 0 || !target_->lives(kind, object_index)) continue;
        kill(kind, object_index);
        again = true;
      }
    }
  }
}

}  // namespace iolaw::eval
