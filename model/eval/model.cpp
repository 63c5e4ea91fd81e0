// SPDX-License-Identifier: Apache-2.0
#include "model/eval/model.hpp"

#include <algorithm>

#include "model/eval/model_impl.hpp"

namespace iolaw {
namespace {

// The type of each free slot that a formula names, by slot.
void collect_types(const Expr& expr, std::vector<const Type*>& types) {
  if (expr.op == Op::variable) {
    if (types.size() <= expr.index) types.resize(expr.index + 1, nullptr);
    types[expr.index] = &expr.type;
  }
  for (const ExprPtr& child : expr.children) collect_types(*child, types);
}

struct Brief {
  explicit Brief(eval::Machine& of) : machine(of) { machine.set_brief(true); }
  Brief(const Brief&) = delete;
  Brief& operator=(const Brief&) = delete;
  ~Brief() { machine.set_brief(false); }
  eval::Machine& machine;
};

}  // namespace

Model::Model(const Law& law) : impl_(std::make_unique<Impl>(law)) {}
Model::~Model() = default;

const Law& Model::law() const { return impl_->machine.law(); }

bool Model::has_choice(std::uint32_t rule) const { return impl_->machine.program().rules[rule].has_choice; }

std::optional<std::uint32_t> Model::step(State& state, const Call& call, Outcome& outcome, std::uint32_t goal) const {
  impl_->machine.set_goal(goal);
  const std::optional<std::uint32_t> branch = impl_->machine.run(state, call, outcome, nullptr);
  impl_->machine.set_goal(kSuccess);
  return branch;
}

std::optional<std::uint32_t> Model::step_to_choice(State& state, const Call& call, Outcome& outcome,
                                                   std::uint32_t goal) const {
  const Brief brief(impl_->machine);
  return step(state, call, outcome, goal);
}

std::optional<std::uint32_t> Model::step_as(State& state, const Call& call, Outcome& outcome,
                                            const Outcome& observed) const {
  const Brief brief(impl_->machine);
  return impl_->machine.run(state, call, outcome, &observed);
}

Model::End Model::end() const {
  return {impl_->machine.last_branch(), impl_->machine.last_pieces(), impl_->machine.last_met(),
          impl_->machine.comes_to_choice()};
}

std::optional<bool> Model::applies(State& state, const Call& call) const { return impl_->machine.applies(state, call); }

std::vector<Allowed> Model::allowed(const State& state, const Call& call, const Outcome* observed) const {
  std::vector<Allowed> all;
  // With each errno of the branch.
  const auto add = [&](Allowed made) {
    const std::size_t first = all.size();
    all.push_back(std::move(made));
    if (all[first].branch == kSuccess) return;
    const std::vector<int>& errors = law().rules[call.rule].branches[all[first].branch].errors;
    for (std::size_t which = 1; which < errors.size(); ++which) {
      all.push_back(all[first]);
      all.back().outcome.error = errors[which];
    }
  };
  std::vector<std::uint32_t> offered;
  Allowed made{kSuccess, {}, state};
  const auto branch = impl_->machine.run(made.next, call, made.outcome, observed, nullptr, {kSuccess, &offered});
  if (!branch) return {};
  made.branch = *branch;
  add(std::move(made));
  for (const std::uint32_t refusal : offered) {
    Allowed refused{refusal, {}, state};
    impl_->machine.run(refused.next, call, refused.outcome, observed, nullptr, {refusal, nullptr});
    add(std::move(refused));
  }
  return all;
}

bool Model::has_pieces(std::uint32_t rule) const {
  const std::vector<eval::CompiledEach>& loops = impl_->machine.program().rules[rule].eaches;
  return std::any_of(loops.begin(), loops.end(), eval::has_visible_pieces);
}

Model::Advance Model::advance(State& state, const Call& call, Progress& progress, Outcome& outcome) const {
  const auto branch = impl_->machine.run(state, call, outcome, nullptr, nullptr, {}, &progress);
  if (branch) return {Advance::Stage::done, *branch};
  return {impl_->machine.paused() ? Advance::Stage::on_its_way : Advance::Stage::unspecified};
}

std::optional<std::uint32_t> Model::step_or_refuse(State& state, const Call& call, Outcome& outcome,
                                                   std::vector<std::uint32_t>& offered) const {
  offered.clear();
  const auto branch = impl_->machine.run(state, call, outcome, nullptr, nullptr, {kSuccess, &offered});
  if (!branch) offered.clear();
  return branch;
}

std::vector<std::uint32_t> Model::refusals(const State& state, const Call& call) const {
  State next = state;
  Outcome outcome;
  std::vector<std::uint32_t> offered;
  step_or_refuse(next, call, outcome, offered);
  return offered;
}

bool Model::holds(const Property& property, const State& before, const State* after, const Call* call) const {
  if (property.tag == Property::Tag::step) {
    if (after == nullptr) throw EvaluationError("a step needs the state after it", property.span);
    if (!Impl::concerns(property, call)) return true;
  }
  impl_->open(property, before, after, call);
  return impl_->machine.truth(impl_->node_of(law(), property));
}

bool Model::truth(const Expr& formula, const State& state, const std::vector<Word>& frame) const {
  eval::Program& program = impl_->machine.program();
  const std::size_t nodes = program.nodes.size();
  const std::size_t children = program.children.size();
  eval::Scope scope;
  // The caller owns the expression; the alias keeps no count.
  const eval::NodeId node = program.compile(ExprPtr(std::shared_ptr<void>(), &formula), scope);

  impl_->machine.set_states(&state, nullptr);
  impl_->machine.set_frame(eval::slots_of(formula));
  std::vector<const Type*> types;
  collect_types(formula, types);
  std::size_t word = 0;
  for (std::uint32_t slot = 0; word < frame.size(); ++slot) {
    const Type* type = slot < types.size() ? types[slot] : nullptr;
    const std::uint32_t size = type != nullptr ? words_of(*type) : 1;
    eval::Value value;
    value.a.v = frame[word];
    if (size == 2 && word + 1 < frame.size()) {
      if (type->tag == TypeTag::interval) {
        value.b.v = frame[word + 1];
      } else if (frame[word + 1] == 0) {
        value.a.v = eval::kAbsent;
      }
    }
    impl_->machine.set_slot(slot, value);
    word += size;
  }
  struct Forget {
    eval::Program& program;
    std::size_t nodes;
    std::size_t children;
    ~Forget() {
      program.nodes.resize(nodes);
      program.children.resize(children);
    }
  } const forget{program, nodes, children};
  return impl_->machine.truth(node);
}

}  // namespace iolaw
