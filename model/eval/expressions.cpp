// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "model/eval/machine.hpp"

namespace iolaw::eval {

Machine::Machine(const Law& law) : program_(law), stack_(1024) {}

void Machine::set_states(const State* before, const State* after) {
  before_ = state_ = before;
  after_ = after;
}

void Machine::set_frame(std::uint32_t slots) {
  base_ = 0;
  top_ = slots;
  depth_ = 0;
  pieces_ = 0;
  if (stack_.size() < top_) stack_.resize(2 * top_);
  for (std::uint32_t slot = 0; slot < slots; ++slot) stack_[slot] = Value{};
  if (let_epoch_.size() < slots) let_epoch_.resize(slots, 0);
  ++epoch_;
}

void Machine::set_slot(std::uint32_t slot, Value value) {
  if (base_ + slot >= top_) top_ = base_ + slot + 1;
  if (stack_.size() < top_) stack_.resize(2 * top_);
  stack_[base_ + slot] = value;
}

void Machine::restore(const Mark& mark) {
  base_ = mark.base;
  top_ = mark.top;
  depth_ = mark.depth;
  state_ = mark.state;
}

void Machine::fail(NodeId node, const std::string& what) const {
  throw EvaluationError(what, program_.nodes[node].source->span);
}

Value Machine::let(const Node& node) {
  const std::uint32_t slot = node.index;
  if (let_epoch_[slot] != epoch_) {
    const Value computed = value(node.let);
    stack_[base_ + slot] = computed;
    let_epoch_[slot] = epoch_;
  }
  return stack_[base_ + slot];
}

// Arguments into a new frame. The caller's frame, for leave().
std::uint32_t Machine::enter(const Node& node, const CompiledDef& def) {
  const std::uint32_t callee = top_;
  const std::uint32_t caller = base_;
  const std::uint32_t slots = std::max(def.slots, node.child_count);
  if (stack_.size() < callee + slots) stack_.resize(2 * (callee + slots));
  // While arguments are evaluated, what they call must not use the frame that is being filled.
  top_ = callee + slots;
  for (std::uint32_t argument = 0; argument < node.child_count; ++argument) {
    const NodeId passed = program_.child(node, argument);
    if (depth_ == 0 && program_.nodes[passed].shape == Shape::scalar) {
      const Int plain = number(passed);
      stack_[callee + argument].a = {plain, 0};
    } else {
      const Value any = value(passed);
      stack_[callee + argument] = any;
    }
  }
  base_ = callee;
  return caller;
}

void Machine::leave(std::uint32_t caller) {
  top_ = base_;
  base_ = caller;
}

Value Machine::call_def(const Node& node) {
  const CompiledDef& def = program_.defs[node.index];
  const std::uint32_t caller = enter(node, def);
  const Value result = value(def.body);
  leave(caller);
  return result;
}

Scalar Machine::field(const Node& node, NodeId id) {
  const Word* words = object(node.kind, read(program_.child(node, 0)), id) + node.index;
  if (node.maybe_integer && words[1] == 0) return {kAbsent, 0};
  return {words[0], 0};
}

bool Machine::equal(const Node& node) {
  const NodeId left = program_.child(node, 0);
  const NodeId right = program_.child(node, 1);
  if (program_.nodes[left].shape == Shape::boolean) return truth(left) == truth(right);
  if (program_.nodes[left].shape == Shape::interval || program_.nodes[right].shape == Shape::interval) {
    const Value a = value(left);
    const Value b = value(right);
    return is_zero(add(a.a, b.a, -1, left)) && is_zero(add(a.b, b.b, -1, left));
  }
  if (depth_ == 0) {
    const Int plain = number(left);
    return plain == number(right);
  }
  const Scalar a = scalar(left);
  const Scalar b = scalar(right);
  if ((a.slopes | b.slopes) == 0) return a.v == b.v;
  if (a.v == kAbsent || b.v == kAbsent) return a.v == b.v;
  return is_zero(add(a, b, -1, left));
}

bool Machine::objects_quantifier(const Node& node) {
  const bool all = node.op == Op::all_objects;
  const NodeId body = program_.child(node, 0);
  const std::uint32_t stride = state_->stride(node.kind);
  const std::vector<Word>& words = state_->words(node.kind);
  const std::size_t count_of_slots = words.size() / stride;
  for (std::size_t index = 0; index < count_of_slots; ++index) {
    if (words[index * stride] == 0) continue;
    stack_[base_ + node.index] = Value{{static_cast<Int>(index), 0}, {}};
    if (truth(body) != all) return !all;
  }
  return all;
}

Int Machine::count_objects(const Node& node) {
  const NodeId body = program_.child(node, 0);
  Int sum = 0;
  for (Word index = 0; index < state_->slots(node.kind); ++index) {
    if (!state_->lives(node.kind, index)) continue;
    stack_[base_ + node.index] = Value{{static_cast<Int>(index), 0}, {}};
    sum += truth(body) ? 1 : 0;
  }
  return sum;
}

bool Machine::truth(NodeId id) {
  const Node& node = program_.nodes[id];
  const auto operand = [&](std::uint32_t which) { return program_.child(node, which); };
  switch (node.op) {
    case Op::literal:
    case Op::constant:
      return node.value != 0;
    case Op::variable:
      return (node.let != kNoNode ? let(node) : stack_[base_ + node.index]).a.v != 0;
    case Op::lives: {
      const Int reference = read(operand(0));
      return reference >= 0 && reference < kMax && state_->lives(node.kind, static_cast<Word>(reference));
    }
    case Op::call: {
      const CompiledDef& def = program_.defs[node.index];
      const std::uint32_t caller = enter(node, def);
      const bool held = truth(def.body);
      leave(caller);
      return held;
    }
    case Op::is_some: {
      const NodeId maybe = operand(0);
      const Int held = read(maybe);
      return held != (program_.nodes[maybe].source->type.tag == TypeTag::reference ? Int{kNone} : kAbsent);
    }
    case Op::negation:
      return !truth(operand(0));
    case Op::conjunction:
      for (std::uint32_t which = 0; which < node.child_count; ++which) {
        if (!truth(operand(which))) return false;
      }
      return true;
    case Op::disjunction:
      for (std::uint32_t which = 0; which < node.child_count; ++which) {
        if (truth(operand(which))) return true;
      }
      return false;
    case Op::implication:
      return !truth(operand(0)) || truth(operand(1));
    case Op::equivalence:
      return truth(operand(0)) == truth(operand(1));
    case Op::conditional:
      return truth(operand(0)) ? truth(operand(1)) : truth(operand(2));
    case Op::equal:
      return equal(node);
    case Op::less:
    case Op::less_equal: {
      if (depth_ == 0) {
        const Int plain = number(operand(0));
        return node.op == Op::less ? plain < number(operand(1)) : plain <= number(operand(1));
      }
      const Scalar a = scalar(operand(0));
      const Scalar b = scalar(operand(1));
      if ((a.slopes | b.slopes) == 0) return node.op == Op::less ? a.v < b.v : a.v <= b.v;
      return node.op == Op::less ? less_than_zero(add(a, b, -1, id)) : !less_than_zero(add(b, a, -1, id));
    }
    case Op::overflows:
      if (depth_ == 0) {
        const Int plain = number(operand(0));
        return plain < 0 || plain > kMax;
      }
      return overflows(scalar(operand(0)));
    case Op::aligned: {
      if (depth_ == 0) {
        const Int plain = number(operand(0));
        return floor_mod(plain, checked_unit({number(operand(1)), 0}, id)) == 0;
      }
      const Scalar x = scalar(operand(0));
      return aligned(x, scalar(operand(1)), id);
    }
    case Op::flags_contain: {
      const auto set = static_cast<Word>(read(operand(0)));
      const auto mask = static_cast<Word>(read(operand(1)));
      return (set & mask) == mask;
    }
    case Op::all_objects:
    case Op::some_object:
      return objects_quantifier(node);
    case Op::all_addresses:
      return !sweep(node, id, false);
    case Op::some_address:
      return sweep(node, id, true);
    case Op::after: {
      const State* outer = state_;
      if (after_ == nullptr) fail(id, "`after` is read, but there is no state after a transition");
      state_ = after_;
      const bool held = truth(operand(0));
      state_ = outer;
      return held;
    }
    case Op::field:
    case Op::the:
      return scalar(id).v != 0;
    default:
      fail(id, "an expression that is no truth value is read as one");
  }
}

Scalar Machine::scalar(NodeId id) {
  const Node& node = program_.nodes[id];
  const auto operand = [&](std::uint32_t which) { return program_.child(node, which); };
  switch (node.op) {
    case Op::literal:
    case Op::none:
    case Op::constant:
      return {node.value, 0};
    case Op::variable:
      return (node.let != kNoNode ? let(node) : stack_[base_ + node.index]).a;
    case Op::field:
      return field(node, id);
    case Op::first:
    case Op::last: {
      const bool first = node.op == Op::first;
      const Node& interval = program_.nodes[operand(0)];
      if (interval.op == Op::interval) return scalar(program_.child(interval, first ? 0 : 1));
      const Value both = value(operand(0));
      return first ? both.a : both.b;
    }
    case Op::at:
      return {find_at(node, id), 0};
    case Op::slot:
      return {find_slot(node, id), 0};
    case Op::count:
      return {count(node, id), 0};
    case Op::call:
      return call_def(node).a;
    case Op::the: {
      const NodeId maybe = operand(0);
      const Scalar held = scalar(maybe);
      const bool reference = program_.nodes[maybe].source->type.tag == TypeTag::reference;
      if (held.v != (reference ? Int{kNone} : kAbsent)) return held;
      if (!lenient_) fail(id, "`the` of something that is none");
      without_value_ = true;
      return {};
    }
    case Op::conditional:
      return scalar(truth(operand(0)) ? operand(1) : operand(2));
    case Op::add:
    case Op::subtract: {
      const Scalar a = scalar(operand(0));
      return add(a, scalar(operand(1)), node.op == Op::add ? 1 : -1, id);
    }
    case Op::multiply: {
      const Scalar a = scalar(operand(0));
      return multiply(a, scalar(operand(1)), id);
    }
    case Op::wrapping:
      return wrapping(scalar(operand(0)));
    case Op::align_down: {
      const Scalar x = scalar(operand(0));
      return align_down(x, scalar(operand(1)), id);
    }
    case Op::flags_union: {
      const auto a = static_cast<Word>(scalar(operand(0)).v);
      return {a | static_cast<Word>(scalar(operand(1)).v), 0};
    }
    case Op::count_objects:
      return {count_objects(node), 0};
    case Op::after: {
      const State* outer = state_;
      if (after_ == nullptr) fail(id, "`after` is read, but there is no state after a transition");
      state_ = after_;
      const Scalar read = scalar(operand(0));
      state_ = outer;
      return read;
    }
    default:
      if (node.shape != Shape::boolean) fail(id, "an interval is read as a number");
      return {truth(id) ? 1 : 0, 0};
  }
}

// What scalar() gives where no address is swept, so that nothing depends on one.
Int Machine::number(NodeId id) {
  const Node& node = program_.nodes[id];
  const auto operand = [&](std::uint32_t which) { return program_.child(node, which); };
  switch (node.op) {
    case Op::literal:
    case Op::none:
    case Op::constant:
      return node.value;
    case Op::variable:
      return node.let != kNoNode ? let(node).a.v : stack_[base_ + node.index].a.v;
    case Op::field: {
      const Word* words = object(node.kind, number(operand(0)), id) + node.index;
      return node.maybe_integer && words[1] == 0 ? kAbsent : Int{words[0]};
    }
    case Op::first:
    case Op::last: {
      const bool first = node.op == Op::first;
      const Node& interval = program_.nodes[operand(0)];
      if (interval.op == Op::interval) return number(program_.child(interval, first ? 0 : 1));
      if (interval.op == Op::field) {
        const Word* words = object(interval.kind, number(program_.child(interval, 0)), operand(0)) + interval.index;
        return words[first ? 0 : 1];
      }
      if (interval.op == Op::variable && interval.let == kNoNode) {
        const Value& held = stack_[base_ + interval.index];
        return first ? held.a.v : held.b.v;
      }
      const Value both = value(operand(0));
      return first ? both.a.v : both.b.v;
    }
    case Op::call: {
      const CompiledDef& def = program_.defs[node.index];
      const std::uint32_t caller = enter(node, def);
      const Int result = program_.nodes[def.body].shape == Shape::boolean ? Int{truth(def.body)} : number(def.body);
      leave(caller);
      return result;
    }
    case Op::conditional:
      return number(truth(operand(0)) ? operand(1) : operand(2));
    case Op::add:
    case Op::subtract: {
      const Int a = number(operand(0));
      return add({a, 0}, {number(operand(1)), 0}, node.op == Op::add ? 1 : -1, id).v;
    }
    case Op::align_down: {
      const Int x = number(operand(0));
      return x - floor_mod(x, checked_unit({number(operand(1)), 0}, id));
    }
    case Op::flags_union: {
      const auto a = static_cast<Word>(number(operand(0)));
      return a | static_cast<Word>(number(operand(1)));
    }
    default:
      return scalar(id).v;
  }
}

Value Machine::value(NodeId id) {
  const Node& node = program_.nodes[id];
  if (node.shape == Shape::boolean) return {{truth(id) ? 1 : 0, 0}, {}};
  if (node.shape == Shape::scalar) return {depth_ == 0 ? Scalar{number(id), 0} : scalar(id), {}};
  const auto operand = [&](std::uint32_t which) { return program_.child(node, which); };
  switch (node.op) {
    case Op::constant:
      return {{node.value, 0}, {node.last, 0}};
    case Op::variable:
      return node.let != kNoNode ? let(node) : stack_[base_ + node.index];
    case Op::field: {
      const Word* words = object(node.kind, read(operand(0)), id) + node.index;
      return {{words[0], 0}, {words[1], 0}};
    }
    case Op::interval: {
      if (depth_ == 0) {
        const Int plain = number(operand(0));
        return {{plain, 0}, {number(operand(1)), 0}};
      }
      const Scalar first = scalar(operand(0));
      return {first, scalar(operand(1))};
    }
    case Op::call:
      return call_def(node);
    case Op::conditional:
      return value(truth(operand(0)) ? operand(1) : operand(2));
    case Op::after: {
      const State* outer = state_;
      if (after_ == nullptr) fail(id, "`after` is read, but there is no state after a transition");
      state_ = after_;
      const Value read = value(operand(0));
      state_ = outer;
      return read;
    }
    default:
      fail(id, "an expression that is no interval is read as one");
  }
}

void Machine::in_call(NodeId call, const std::function<void(NodeId body)>& inside) {
  const Node node = program_.nodes[call];
  const CompiledDef def = program_.defs[node.index];
  const std::uint32_t callee = top_;
  const std::uint32_t caller = base_;
  const std::uint32_t slots = std::max(def.slots, node.child_count);
  if (stack_.size() < callee + slots) stack_.resize(2 * (callee + slots));
  top_ = callee + slots;
  for (std::uint32_t argument = 0; argument < node.child_count; ++argument) {
    const Value passed = value(program_.child(node, argument));
    stack_[callee + argument] = passed;
  }
  base_ = callee;
  inside(def.body);
  base_ = caller;
  top_ = callee;
}

void Machine::in_after(const std::function<void()>& inside) {
  const State* outer = state_;
  state_ = after_;
  inside();
  state_ = outer;
}

}  // namespace iolaw::eval
