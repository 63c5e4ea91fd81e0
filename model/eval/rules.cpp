// SPDX-License-Identifier: Apache-2.0
// Runs a rule: its items in order, its loops piece by piece, then its effects and results.
#include <algorithm>
#include <tuple>

#include "model/eval/machine.hpp"

namespace iolaw::eval {

std::optional<std::uint32_t> Machine::run(State& state, const Call& call, Outcome& outcome, const Outcome* observed,
                                          const BranchWatch* watch, Refusals refusals) {
  const CompiledRule& rule = program_.rules[call.rule];
  set_states(&state, nullptr);
  set_frame(rule.source->slots);
  rule_ = call.rule;
  target_ = &state;
  observed_ = observed;
  watch_ = watch;
  refusals_ = refusals;
  outcome_ = &outcome;
  backed_up_ = false;
  last_pieces_ = 0;
  last_met_ = 0;
  outcome.error = 0;
  outcome.results.clear();
  for (std::uint32_t slot = 0; slot < call.arguments.size(); ++slot) stack_[slot].a.v = call.arguments[slot];

  std::uint32_t branch = kSuccess;
  try {
    switch (items(rule, rule.items, branch)) {
      case Flow::next:
        last_branch_ = branch = late(rule);
        prepare(rule.effects);
        if (branch == kSuccess) {
          results(rule);
        } else {
          outcome.error = rule.source->branches[branch].errors.front();
        }
        apply();
        return branch;
      case Flow::failed:
        last_branch_ = branch;
        outcome.error = rule.source->branches[branch].errors.front();
        return branch;
      case Flow::unspecified:
        last_branch_ = branch;
        if (backed_up_) state = backup_;
        return std::nullopt;
    }
  } catch (const EvaluationError&) {
    if (backed_up_) state = backup_;
    throw;
  }
  return std::nullopt;
}

// Notes how far it is met.
bool Machine::holds_joined(NodeId condition) {
  const Node& node = program_.nodes[condition];
  if (node.op != Op::conjunction) {
    const bool applies = truth(condition);
    last_met_ = std::max(last_met_, applies ? 1U : 0U);
    return applies;
  }
  for (std::uint32_t which = 0; which < node.child_count; ++which) {
    if (!truth(program_.child(node, which))) return false;
    last_met_ = std::max(last_met_, which + 1);
  }
  return true;
}

bool Machine::holds(const CompiledItem& item) {
  const bool applies = item.branch == goal_ ? holds_joined(item.node) : truth(item.node);
  if (watch_ != nullptr) (*watch_)(item.branch, item.node, applies);
  return applies;
}

std::uint32_t Machine::late(const CompiledRule& rule) {
  const auto found =
      std::find_if(rule.late.begin(), rule.late.end(), [&](const CompiledItem& item) { return holds(item); });
  return found == rule.late.end() ? kSuccess : found->branch;
}

Machine::Flow Machine::items(const CompiledRule& rule, const std::vector<CompiledItem>& list, std::uint32_t& branch) {
  for (const CompiledItem& item : list) {
    switch (item.tag) {
      case Item::Tag::let:
        break;
      case Item::Tag::fails:
      case Item::Tag::unspecified: {
        if (!holds(item)) break;
        branch = item.branch;
        return item.tag == Item::Tag::fails ? Flow::failed : Flow::unspecified;
      }
      case Item::Tag::may_fail:
        if (!holds(item)) break;
        if (refusals_.offered != nullptr) refusals_.offered->push_back(item.branch);
        if (refusals_.taken != item.branch) break;
        branch = item.branch;
        return Flow::failed;
      case Item::Tag::choose:
        choose(item, rule);
        break;
      case Item::Tag::each: {
        const Flow flow = loop(rule, rule.eaches[item.each], branch);
        if (flow != Flow::next) return flow;
        break;
      }
    }
  }
  return Flow::next;
}

Machine::Flow Machine::loop(const CompiledRule& rule, const CompiledEach& each, std::uint32_t& branch) {
  const Each& source = *each.source;
  for (const Tally& tally : source.tallies) stack_[tally.slot] = Value{};
  ++epoch_;
  pieces_of_loop_.clear();
  for (Word index = 0; index < state_->slots(source.kind); ++index) {
    if (!state_->lives(source.kind, index)) continue;
    stack_[source.slot] = Value{{static_cast<Int>(index), 0}, {}};
    ++epoch_;
    if (each.where != kNoNode && !truth(each.where)) continue;
    pieces_of_loop_.push_back(Piece{each.order != kNoNode ? scalar(each.order).v : static_cast<Int>(index), index});
  }
  std::sort(pieces_of_loop_.begin(), pieces_of_loop_.end(),
            [](const Piece& a, const Piece& b) { return std::tie(a.order, a.object) < std::tie(b.order, b.object); });
  for (const Piece& piece : pieces_of_loop_) {
    if (!state_->lives(source.kind, piece.object)) {
      throw EvaluationError("a piece of this loop died by what an earlier piece did", source.span);
    }
    stack_[source.slot] = Value{{static_cast<Int>(piece.object), 0}, {}};
    ++epoch_;
    const Flow flow = items(rule, each.items, branch);
    if (flow != Flow::next) {
      last_pieces_ = static_cast<std::uint32_t>(&piece - pieces_of_loop_.data());
      return flow;
    }
    prepare(each.effects);
    for (std::size_t which = 0; which < each.summands.size(); ++which) {
      const Int summand = scalar(each.summands[which]).v;
      stack_[source.tallies[which].slot].a.v += summand;
    }
    apply();
  }
  return Flow::next;
}

void Machine::results(const CompiledRule& rule) {
  for (std::size_t which = 0; which < rule.results.size(); ++which) {
    const Type& type = rule.source->results[which].type;
    const NodeId node = rule.results[which];
    const Int none = type.tag == TypeTag::reference ? Int{kNone} : kAbsent;
    const Int computed = scalar(node).v;
    if (type.maybe && computed == none) {
      outcome_->results.emplace_back(std::nullopt);
      continue;
    }
    std::array<Word, 2> words{};
    keep(type, node, rule.source->results[which].name, words.data());
    outcome_->results.emplace_back(words[0]);
  }
}

}  // namespace iolaw::eval
