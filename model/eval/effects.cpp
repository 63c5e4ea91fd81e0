// SPDX-License-Identifier: Apache-2.0
// The effects of a block are simultaneous: prepare() reads everything in the state before the block, apply() writes.
#include <algorithm>

#include "model/eval/machine.hpp"

namespace iolaw::eval {

void Machine::back_up() {
  if (backed_up_) return;
  backup_ = *target_;
  backed_up_ = true;
}

// Evaluates `node` and checks that the value fits where it is kept.
void Machine::keep(const Type& type, NodeId node, std::string_view where, Word* out) {
  const Value kept = value(node);
  const auto refuse = [&](const std::string& why) { fail(node, std::string(where) + " " + why); };
  if (type.tag == TypeTag::interval) {
    if (kept.a.v < 0 || kept.b.v > kMax) refuse("would keep an interval that leaves the 64-bit space");
    if (kept.a.v > kept.b.v) refuse("would keep an interval whose first address is above its last");
    out[0] = static_cast<Word>(kept.a.v);
    out[1] = static_cast<Word>(kept.b.v);
    return;
  }
  if (type.tag != TypeTag::reference && type.maybe) {
    const bool present = kept.a.v != kAbsent;
    out[0] = present ? static_cast<Word>(kept.a.v) : 0;
    out[1] = present ? 1 : 0;
    if (!present) return;
  }
  if (type.tag == TypeTag::reference && !type.maybe && kept.a.v == Int{kNone}) refuse("would refer to no object");
  if (kept.a.v < 0 || kept.a.v > kMax) refuse("would keep a number that is no u64");
  const auto word = static_cast<Word>(kept.a.v);
  if (type.tag == TypeTag::pow2 && (word == 0 || (word & (word - 1)) != 0))
    refuse("would keep what is no power of two");
  out[0] = word;
}

void Machine::prepare_values(std::uint32_t kind, Word object_index, const CompiledEffect& effect) {
  for (std::size_t which = 0; which < effect.values.size(); ++which) {
    const std::uint32_t field_index = effect.source->values[which].field;
    const Field& declared = law().kinds[kind].fields[field_index];
    Write write{Write::Tag::set, kind, program_.offsets[kind][field_index], words_of(declared.type), object_index, {}};
    keep(declared.type, effect.values[which], declared.name, write.value.data());
    writes_.push_back(write);
  }
}

Word Machine::free_index(std::uint32_t kind) const {
  for (Word index = 0;; ++index) {
    if (!state_->lives(kind, index) &&
        std::find(created_.begin(), created_.end(), std::pair{kind, index}) == created_.end()) {
      return index;
    }
  }
}

void Machine::prepare(const std::vector<CompiledEffect>& effects) {
  writes_.clear();
  created_.clear();
  may_bury_ = false;
  // New objects first: any value may name them.
  for (const CompiledEffect& effect : effects) {
    if (effect.source->tag != Effect::Tag::create) continue;
    const Word index = free_index(effect.source->kind);
    created_.emplace_back(effect.source->kind, index);
    stack_[base_ + effect.source->slot] = Value{{static_cast<Int>(index), 0}, {}};
  }
  std::size_t next_created = 0;
  for (const CompiledEffect& effect : effects) {
    const Effect& source = *effect.source;
    switch (source.tag) {
      case Effect::Tag::create: {
        const auto [kind, index] = created_[next_created++];
        writes_.push_back(Write{Write::Tag::create, kind, 0, 0, index, {}});
        prepare_values(kind, index, effect);
        may_bury_ |= law().kinds[kind].shared;
        break;
      }
      case Effect::Tag::destroy:
      case Effect::Tag::update: {
        const Int reference = scalar(effect.object).v;
        const std::uint32_t kind = program_.nodes[effect.object].source->type.id;
        const auto fresh = std::pair{kind, static_cast<Word>(reference)};
        if (std::find(created_.begin(), created_.end(), fresh) == created_.end())
          object(kind, reference, effect.object);
        prepare_object(effect, kind, static_cast<Word>(reference));
        break;
      }
      case Effect::Tag::destroy_all:
      case Effect::Tag::update_all:
        for (Word index = 0; index < state_->slots(source.kind); ++index) {
          if (!state_->lives(source.kind, index)) continue;
          stack_[base_ + source.slot] = Value{{static_cast<Int>(index), 0}, {}};
          if (effect.where == kNoNode || truth(effect.where)) prepare_object(effect, source.kind, index);
        }
        break;
    }
  }
}

void Machine::prepare_object(const CompiledEffect& effect, std::uint32_t kind, Word index) {
  const Effect::Tag tag = effect.source->tag;
  if (tag == Effect::Tag::destroy || tag == Effect::Tag::destroy_all) {
    writes_.push_back(Write{Write::Tag::destroy, kind, 0, 0, index, {}});
  } else {
    prepare_values(kind, index, effect);
    for (const FieldValue& value : effect.source->values) {
      may_bury_ |= law().kinds[kind].fields[value.field].role == FieldRole::holds;
    }
  }
}

void Machine::apply() {
  if (writes_.empty()) return;
  if (program_.rules[rule_].has_each) back_up();
  for (const Write& write : writes_) {
    switch (write.tag) {
      case Write::Tag::create:
        target_->set_lives(write.kind, write.object, true);
        break;
      case Write::Tag::destroy:
        kill(write.kind, write.object);
        break;
      case Write::Tag::set:
        // An object that this block destroyed above keeps nothing.
        if (target_->lives(write.kind, write.object)) {
          std::copy_n(write.value.data(), write.words, target_->words_at(write.kind, write.object) + write.offset);
        }
        break;
    }
  }
  if (may_bury_) bury_shared();
  ++epoch_;
}

}  // namespace iolaw::eval
