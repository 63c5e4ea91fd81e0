// SPDX-License-Identifier: Apache-2.0
// Runs a rule: its items in order, its loops piece by piece, then its effects and results.
#include <algorithm>
#include <tuple>

#include "model/eval/machine.hpp"

namespace iolaw::eval {

std::optional<std::uint32_t> Machine::run(State& state, const Call& call, Outcome& outcome, const Outcome* observed,
                                          const BranchWatch* watch, Refusals refusals, Progress* progress) {
  const CompiledRule& rule = program_.rules[call.rule];
  set_states(&state, nullptr);
  set_frame(rule.source->slots);
  rule_ = call.rule;
  target_ = &state;
  observed_ = observed;
  watch_ = watch;
  refusals_ = refusals;
  outcome_ = &outcome;
  progress_ = progress;
  paused_ = false;
  comes_to_choice_ = false;
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
      case Flow::choice:
        comes_to_choice_ = true;
        last_branch_ = kSuccess;
        if (backed_up_) state = backup_;
        return kSuccess;
      case Flow::paused:
        paused_ = true;
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

std::optional<bool> Machine::applies(State& state, const Call& call) {
  lenient_ = true;
  without_value_ = false;
  std::optional<std::uint32_t> branch;
  try {
    branch = run(state, call, outcome_of_question_, nullptr);
  } catch (const EvaluationError&) {
    without_value_ = true;
  }
  lenient_ = false;
  if (without_value_) return std::nullopt;
  return branch != kSuccess;
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
  // A call that goes on does so in its loop: what stands before was decided.
  bool behind = progress_ != nullptr && progress_->begun && &list == &rule.items;
  if (behind) restore_tallies(rule);
  for (const CompiledItem& item : list) {
    if (behind && (item.tag != Item::Tag::each || item.each != progress_->each)) continue;
    behind = false;
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
        // Decides nothing where nobody asks what may be refused.
        if (brief_ && goal_ != item.branch) break;
        if (!holds(item)) break;
        if (refusals_.offered != nullptr) refusals_.offered->push_back(item.branch);
        if (refusals_.taken != item.branch) break;
        branch = item.branch;
        return Flow::failed;
      case Item::Tag::choose:
        if (brief_ && observed_ == nullptr) return Flow::choice;
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
  const bool goes_on = progress_ != nullptr && progress_->begun && &rule.eaches[progress_->each] == &each;
  const Int last =
      goes_on ? static_cast<Int>((static_cast<unsigned __int128>(progress_->high) << 64) | progress_->low) : 0;
  if (!goes_on)
    for (const Tally& tally : source.tallies) stack_[tally.slot] = Value{};
  ++epoch_;
  pieces_of_loop_.clear();
  for (Word index = 0; index < state_->slots(source.kind); ++index) {
    if (!state_->lives(source.kind, index)) continue;
    stack_[source.slot] = Value{{static_cast<Int>(index), 0}, {}};
    ++epoch_;
    if (each.where != kNoNode && !truth(each.where)) continue;
    const Int order = each.order != kNoNode ? scalar(each.order).v : static_cast<Int>(index);
    if (!goes_on || order > last) pieces_of_loop_.push_back(Piece{order, index});
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
    const Int position = progress_ != nullptr ? end_of(source.kind, piece.object, piece.order) : 0;
    prepare(each.effects);
    for (std::size_t which = 0; which < each.summands.size(); ++which) {
      const Int summand = scalar(each.summands[which]).v;
      stack_[source.tallies[which].slot].a.v += summand;
    }
    apply();
    if (progress_ != nullptr && has_visible_pieces(each)) {
      pause(rule, each, position);
      return Flow::paused;
    }
  }
  return Flow::next;
}

void Machine::restore_tallies(const CompiledRule& rule) {
  std::size_t word = 0;
  for (const CompiledEach& each : rule.eaches) {
    for (const Tally& tally : each.source->tallies) {
      const auto high = static_cast<unsigned __int128>(progress_->tallies[word + 1]);
      stack_[tally.slot] = Value{{static_cast<Int>((high << 64) | progress_->tallies[word]), 0}, {}};
      word += 2;
    }
  }
}

// Where a loop stands after a piece. One that goes up through addresses goes on behind the piece's last one: what comes
// there later is not met.
Int Machine::end_of(std::uint32_t kind, Word object, Int order) const {
  const Kind& source = law().kinds[kind];
  if (source.container != Container::interval_map) return order;
  const Word* const span = state_->field(kind, object, *source.key);
  return order == static_cast<Int>(span[0]) ? static_cast<Int>(span[1]) : order;
}

void Machine::pause(const CompiledRule& rule, const CompiledEach& each, Int order) {
  progress_->begun = true;
  progress_->each = static_cast<std::uint32_t>(&each - rule.eaches.data());
  progress_->low = static_cast<Word>(order);
  progress_->high = static_cast<Word>(static_cast<unsigned __int128>(order) >> 64);
  progress_->tallies.clear();
  for (const CompiledEach& any : rule.eaches) {
    for (const Tally& tally : any.source->tallies) {
      const Int sum = stack_[tally.slot].a.v;
      progress_->tallies.push_back(static_cast<Word>(sum));
      progress_->tallies.push_back(static_cast<Word>(static_cast<unsigned __int128>(sum) >> 64));
    }
  }
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
