// SPDX-License-Identifier: Apache-2.0
// Evaluates a Program in a state. One thread; all memory is kept between calls, so the usual step allocates nothing.
//
// Address quantifiers are exact for the whole 64-bit space by sweeping: the body is evaluated at the first address of
// what is left of the range, and every operation whose outcome depends on the address narrows how far the address may
// grow before that outcome can change. The sweep goes on after that piece. To know the dependence, an integer carries a
// slope for each address that is being swept: by how much it grows when that address grows by one.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "model/eval/program.hpp"

namespace iolaw::eval {

// Four small signed slopes, one per nested sweep; 0 where the value depends on none.
using Slopes = std::uint32_t;
inline constexpr std::uint32_t kSweepDepth = 4;

// The rest of a division, never negative. Units are mostly powers of two.
inline Int floor_mod(Int a, Int unit) {
  if ((unit & (unit - 1)) == 0) return a & (unit - 1);
  const Int rest = a % unit;
  return rest < 0 ? rest + unit : rest;
}

struct Scalar {
  Int v = 0;
  Slopes slopes = 0;
};

struct Value {
  Scalar a;  // a boolean, an integer, an enum, flags, a reference; the first address of an interval
  Scalar b;  // the last address of an interval
};

// What an implementation may refuse: `offered` receives the branches that may fail here, in order; the call goes on,
// or ends at the one that is `taken`.
struct Refusals {
  std::uint32_t taken = kSuccess;  // none
  std::vector<std::uint32_t>* offered = nullptr;
};

class Machine {
 public:
  explicit Machine(const Law& law);

  // Told about each branch whose condition was evaluated, while the frame is as it was then. For explanations.
  using BranchWatch = std::function<void(std::uint32_t branch, NodeId condition, bool applies)>;

  // Runs a call on `state`, in place. The branch, or nullopt if it is unspecified. With `progress` it goes on from
  // there, and pauses after a visible piece: then the answer is nullopt and paused() is true.
  std::optional<std::uint32_t> run(State& state, const Call& call, Outcome& outcome, const Outcome* observed,
                                   const BranchWatch* watch = nullptr, Refusals refusals = {},
                                   Progress* progress = nullptr);
  bool paused() const { return paused_; }

  // From now on, what may be refused is not looked at, but of the goal; and where nothing was observed calls end where
  // the implementation has a choice: the answer is kSuccess, comes_to_choice() is true, and the state is as it was.
  void set_brief(bool brief) { brief_ = brief; }
  bool comes_to_choice() const { return comes_to_choice_; }

  // Of the last run: the branch in which it ended, and the pieces of a loop that were done before it.
  std::uint32_t last_branch() const { return last_branch_; }
  std::uint32_t last_pieces() const { return last_pieces_; }
  // Of the branch `goal`: how many conditions that it joins held, from the first on; the most of all pieces.
  std::uint32_t last_met() const { return last_met_; }
  void set_goal(std::uint32_t goal) { goal_ = goal; }

  // Of a rule without effects: whether one of its lines applies; nullopt if it reads what has no value. Quick where it
  // often does: nothing is thrown.
  std::optional<bool> applies(State& state, const Call& call);

  // Evaluates in the states that were set, with the frame that was set.
  void set_states(const State* before, const State* after);
  void set_frame(std::uint32_t slots);             // a fresh frame
  void set_slot(std::uint32_t slot, Value value);  // of the current frame
  const Value& slot(std::uint32_t index) const { return stack_[base_ + index]; }

  bool truth(NodeId node);
  Scalar scalar(NodeId node);
  Value value(NodeId node);  // any shape

  const Program& program() const { return program_; }
  Program& program() { return program_; }
  const State& state() const { return *state_; }
  const Law& law() const { return program_.law; }

  // For explanations: runs `inside` in the frame of a call of a def, or in the other state.
  void in_call(NodeId call, const std::function<void(NodeId body)>& inside);
  void in_after(const std::function<void()>& inside);
  // The first address of the range of an address quantifier where the body has the value `wanted`, bound to its slot.
  bool find_address(NodeId quantifier, bool wanted);

  // Where evaluation stands; to go on after an EvaluationError inside an explanation.
  struct Mark {
    std::uint32_t base, top, depth;
    const State* state;
  };
  Mark mark() const { return {base_, top_, depth_, state_}; }
  void restore(const Mark& mark);

  [[noreturn]] void fail(NodeId node, const std::string& what) const;

 private:
  // lookup.cpp
  Word find_at(const Node& node, NodeId id);
  Word find_slot(const Node& node, NodeId id);
  Int count(const Node& node, NodeId id);
  const Word* object(std::uint32_t kind, Int reference, NodeId node) const;
  void kill(std::uint32_t kind, Word object);
  void bury_shared();

  // expressions.cpp
  Int number(NodeId node);
  Int read(NodeId node) { return depth_ == 0 ? number(node) : scalar(node).v; }
  std::uint32_t enter(const Node& node, const CompiledDef& def);
  void leave(std::uint32_t caller);
  Value call_def(const Node& node);
  bool objects_quantifier(const Node& node);
  Int count_objects(const Node& node);
  Scalar field(const Node& node, NodeId id);
  bool equal(const Node& node);
  Value let(const Node& node);

  // sweep.cpp
  // Whether the body has the value `wanted` at some address of the range; then the slot holds the lowest such address.
  bool sweep(const Node& node, NodeId id, bool wanted);
  bool sweep_range(std::uint32_t slot, Scalar lo, Scalar hi, NodeId body, bool wanted, NodeId id);
  // The outcome of an operation on `value` stays while the value is within low..high, which it is now.
  void narrow(Scalar value, Int low, Int high);
  bool less_than_zero(Scalar difference);
  bool is_zero(Scalar difference);
  Scalar add(Scalar a, Scalar b, int sign, NodeId node) const;
  Scalar multiply(Scalar a, Scalar b, NodeId node) const;
  bool overflows(Scalar a);
  Scalar wrapping(Scalar a);
  bool aligned(Scalar x, Scalar unit, NodeId node);
  Scalar align_down(Scalar x, Scalar unit, NodeId node);
  Int checked_unit(Scalar unit, NodeId node) const;

  // rules.cpp
  enum class Flow : std::uint8_t { next, failed, unspecified, paused, choice };
  bool holds(const CompiledItem& item);  // the condition of a branch
  Flow items(const CompiledRule& rule, const std::vector<CompiledItem>& list, std::uint32_t& branch);
  Flow loop(const CompiledRule& rule, const CompiledEach& each, std::uint32_t& branch);
  // The sums of all loops, from where a paused call stands and back.
  void restore_tallies(const CompiledRule& rule);
  Int end_of(std::uint32_t kind, Word object, Int order) const;
  void pause(const CompiledRule& rule, const CompiledEach& each, Int order);
  std::uint32_t late(const CompiledRule& rule);  // the branch that keeps the effects, or kSuccess
  void results(const CompiledRule& rule);

  // choose.cpp
  void choose(const CompiledItem& item, const CompiledRule& rule);
  bool permitted(const CompiledItem& item, Int value);
  bool holds_joined(NodeId node);
  void candidates(const Type& type, std::vector<Word>& out) const;
  void name_candidates();

  // effects.cpp
  void prepare(const std::vector<CompiledEffect>& effects);
  void prepare_object(const CompiledEffect& effect, std::uint32_t kind, Word index);
  void prepare_values(std::uint32_t kind, Word index, const CompiledEffect& effect);
  Word free_index(std::uint32_t kind) const;
  void apply();
  void keep(const Type& type, NodeId node, std::string_view where, Word* out);
  void back_up();

  Program program_;
  const State* before_ = nullptr;
  const State* after_ = nullptr;
  const State* state_ = nullptr;  // what is read now: before_ or after_

  std::vector<Value> stack_;
  std::uint32_t base_ = 0;
  std::uint32_t top_ = 0;

  // Lets of the running rule, evaluated when first used; a change of the state or of a slot begins a new epoch.
  std::vector<std::uint64_t> let_epoch_;
  std::uint64_t epoch_ = 1;

  std::uint32_t depth_ = 0;              // sweeps that are under way
  std::array<Int, kSweepDepth> room_{};  // how far each swept address may grow, by now
  std::uint64_t pieces_ = 0;

  // The running rule.
  std::uint32_t rule_ = 0;
  std::uint32_t last_branch_ = kSuccess;
  std::uint32_t last_pieces_ = 0;
  std::uint32_t goal_ = kSuccess;
  std::uint32_t last_met_ = 0;
  State* target_ = nullptr;
  const Outcome* observed_ = nullptr;
  const BranchWatch* watch_ = nullptr;
  Refusals refusals_;
  Outcome* outcome_ = nullptr;
  Progress* progress_ = nullptr;
  bool paused_ = false;
  bool brief_ = false;
  bool comes_to_choice_ = false;
  bool lenient_ = false;                   // what does not exist reads as zeros,
  mutable bool without_value_ = false;     // and that it was read is noted
  mutable std::vector<Word> no_object_{};  // zeros
  Outcome outcome_of_question_;
  bool backed_up_ = false;
  State backup_;

  // Effects between prepare() and apply().
  struct Write {
    enum class Tag : std::uint8_t { create, destroy, set } tag = Tag::set;
    std::uint32_t kind = 0;
    std::uint32_t offset = 0;
    std::uint32_t words = 0;
    Word object = 0;
    std::array<Word, 2> value{};
  };
  std::vector<Write> writes_;
  std::vector<std::pair<std::uint32_t, Word>> created_;  // kind, index: in this block
  bool may_bury_ = false;

  struct Piece {
    Int order = 0;
    Word object = 0;
  };
  std::vector<Piece> pieces_of_loop_;
  std::vector<Word> candidates_;  // for a choice: what the state names
  std::vector<Word> named_;       // and what the law names, ascending
  bool named_known_ = false;
  std::vector<std::uint8_t> held_;
};

}  // namespace iolaw::eval
