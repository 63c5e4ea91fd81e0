// SPDX-License-Identifier: Apache-2.0
#include "checker/generate/context.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace iolaw {
namespace {

bool is_counted(const Model& model, const State& state, const Count& count, Word object) {
  for (const CountTerm& term : count.terms) {
    for (Word member = 0; member < state.slots(term.kind); ++member) {
      if (!state.lives(term.kind, member) || *state.field(term.kind, member, term.field) != object) continue;
      if (!term.where || model.truth(*term.where, state, {member})) return true;
    }
  }
  return false;
}

std::string counts_at(const Model& model, const State& state, std::uint32_t kind, Word object) {
  std::string text;
  for (const Count& count : model.law().counts) {
    if (count.kind != kind || !is_counted(model, state, count, object)) continue;
    text += (text.empty() ? " with " : " and ") + count.name;
  }
  return text;
}

// Whether an object that lives in `state`, other than `self`, has the same target in this field.
bool is_shared(const State& state, std::uint32_t kind, std::uint32_t field, Word target, Word self) {
  for (Word other = 0; other < state.slots(kind); ++other) {
    if (other != self && state.lives(kind, other) && *state.field(kind, other, field) == target) return true;
  }
  return false;
}

// `there` is the state that has the object.
std::string fate(const Model& model, const Call& call, const State& there, const State& after, std::uint32_t index,
                 Word object, bool made) {
  const Kind& kind = model.law().kinds[index];
  std::string text = made ? kind.name + " made" : kind.name + " gone";
  for (std::uint32_t i = 0; i < kind.fields.size(); ++i) {
    const Field& field = kind.fields[i];
    if (field.type.tag != TypeTag::reference) continue;
    const Word target = *there.field(index, object, i);
    if (field.role == FieldRole::parent) {
      // Arguments speak for themselves.
      if (std::find(call.arguments.begin(), call.arguments.end(), target) == call.arguments.end()) {
        text += ", " + field.name + counts_at(model, there, field.type.id, target);
      }
    } else if (is_shared(after, index, i, target, made ? object : kNone)) {
      text += ", " + field.name + " shared";
    }
  }
  return text;
}

}  // namespace

std::string context_of(const Model& model, const State& before, const Call& call, const Played& played,
                       const State& after) {
  if (before == after) return {};
  const Law& law = model.law();
  const Rule& rule = law.rules[call.rule];
  std::string text = branch_id(rule, played.branch) + ":";
  for (std::size_t i = 0; i < rule.parameters.size(); ++i) {
    const Type& type = rule.parameters[i].type;
    if (type.tag != TypeTag::reference || !before.lives(type.id, call.arguments[i])) continue;
    const std::string counts = counts_at(model, before, type.id, call.arguments[i]);
    if (!counts.empty()) text += " " + rule.parameters[i].name + counts + ";";
  }
  std::multiset<std::string> fates;
  for (std::uint32_t kind = 0; kind < law.kinds.size(); ++kind) {
    const Word objects = std::max(before.slots(kind), after.slots(kind));
    for (Word object = 0; object < objects; ++object) {
      const bool lived = before.lives(kind, object);
      const bool lives = after.lives(kind, object);
      if (lived == lives) continue;
      std::string one = fate(model, call, lives ? after : before, after, kind, object, lives);
      // One and several; not how many.
      if (fates.count(one) < 2) fates.insert(std::move(one));
    }
  }
  for (const std::string& one : fates) text += " " + one + ";";
  if (text.back() == ';') text.pop_back();
  return text;
}

namespace {

using Object = std::pair<std::uint32_t, Word>;

// All objects that refer to one of these, or to which one refers.
std::set<Object> neighbours_of(const Law& law, const State& state, const std::set<Object>& objects) {
  std::set<Object> found;
  for (std::uint32_t kind = 0; kind < law.kinds.size(); ++kind) {
    const std::vector<Field>& fields = law.kinds[kind].fields;
    for (Word object = 0; object < state.slots(kind); ++object) {
      if (!state.lives(kind, object)) continue;
      const bool own = objects.count({kind, object}) != 0;
      for (std::uint32_t field = 0; field < fields.size(); ++field) {
        if (fields[field].type.tag != TypeTag::reference) continue;
        const Object target{fields[field].type.id, *state.field(kind, object, field)};
        if (!state.lives(target.first, target.second)) continue;
        if (own) found.insert(target);
        if (objects.count(target) != 0) found.insert({kind, object});
      }
    }
  }
  return found;
}

// The kinds of interval maps of which several objects overlap an interval of the object.
std::set<std::uint32_t> spanned_by(const Law& law, const State& state, const Object& object) {
  std::set<std::uint32_t> spanned;
  const std::vector<Field>& fields = law.kinds[object.first].fields;
  for (std::uint32_t field = 0; field < fields.size(); ++field) {
    if (fields[field].type.tag != TypeTag::interval) continue;
    const Word* range = state.field(object.first, object.second, field);
    for (std::uint32_t kind = 0; kind < law.kinds.size(); ++kind) {
      if (kind == object.first || law.kinds[kind].container != Container::interval_map) continue;
      std::map<Word, int> overlapped;  // by parent
      for (Word other = 0; other < state.slots(kind); ++other) {
        if (!state.lives(kind, other)) continue;
        const Word* span = state.field(kind, other, *law.kinds[kind].key);
        if (span[0] > range[1] || range[0] > span[1]) continue;
        if (++overlapped[*state.field(kind, other, *law.kinds[kind].parent)] > 1) spanned.insert(kind);
      }
    }
  }
  return spanned;
}

// Whether an object that came earlier than the parent of this one refers to what its parent refers to: of the two the
// parent is the second that an implementation comes to.
bool is_of_later_parent(const Law& law, const State& state, const Object& object) {
  const std::optional<std::uint32_t> field = law.kinds[object.first].parent;
  if (!field) return false;
  const std::uint32_t kind = law.kinds[object.first].fields[*field].type.id;
  const Word parent = *state.field(object.first, object.second, *field);
  const std::vector<Field>& fields = law.kinds[kind].fields;
  for (std::uint32_t i = 0; i < fields.size(); ++i) {
    if (fields[i].type.tag != TypeTag::reference || *state.field(kind, parent, i) == kNone) continue;
    for (Word other = 0; other < parent; ++other) {
      if (state.lives(kind, other) && *state.field(kind, other, i) == *state.field(kind, parent, i)) return true;
    }
  }
  return false;
}

}  // namespace

std::vector<std::string> surroundings_of(const Model& model, const State& before, const Call& call,
                                         const Played& played, const State& after) {
  std::vector<std::string> keys;
  if (before == after) return keys;
  const Law& law = model.law();
  const Rule& rule = law.rules[call.rule];
  const std::string id = branch_id(rule, played.branch);
  std::set<Object> objects;
  for (std::size_t i = 0; i < rule.parameters.size(); ++i) {
    const Type& type = rule.parameters[i].type;
    if (type.tag == TypeTag::reference && before.lives(type.id, call.arguments[i])) {
      objects.insert({type.id, call.arguments[i]});
    }
  }
  for (std::uint32_t kind = 0; kind < law.kinds.size(); ++kind) {
    for (Word object = 0; object < std::max(before.slots(kind), after.slots(kind)); ++object) {
      const bool lived = before.lives(kind, object);
      const bool lives = after.lives(kind, object);
      if (lived == lives) continue;
      if (lived) objects.insert({kind, object});
      if (lived && is_of_later_parent(law, before, {kind, object})) {
        const Kind& of = law.kinds[kind];
        keys.push_back(id + ": a " + of.name + " gone, of a later " + law.kinds[of.fields[*of.parent].type.id].name);
      }
      for (const std::uint32_t other : spanned_by(law, lived ? before : after, {kind, object})) {
        keys.push_back(id + ": a " + law.kinds[kind].name + " over several of " + law.kinds[other].name);
      }
    }
  }
  const std::set<Object> near = neighbours_of(law, before, objects);
  std::set<Object> both = near;
  both.insert(objects.begin(), objects.end());
  for (const Object& object : neighbours_of(law, before, both)) {
    if (both.count(object) == 0) keys.push_back(id + ": near a " + law.kinds[object.first].name);
  }
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  return keys;
}

namespace {

// Whether an expression of the rule reads a slot, also by what a `let` stands for.
bool reads_slot(const Rule& rule, const Expr& expr, std::uint32_t slot) {
  if (expr.op == Op::variable) {
    if (expr.index == slot) return true;
    for (const Item& item : rule.items) {
      if (item.tag == Item::Tag::let && item.slot == expr.index) return reads_slot(rule, *item.expr, slot);
    }
  }
  return std::any_of(expr.children.begin(), expr.children.end(),
                     [&](const ExprPtr& child) { return reads_slot(rule, *child, slot); });
}

// Whether the number decides, behind the line that a call failed by, if the law has anything to say.
bool may_silence(const Rule& rule, std::uint32_t branch, std::uint32_t slot) {
  for (std::size_t i = branch == kSuccess ? rule.branches.size() : branch + 1; i < rule.branches.size(); ++i) {
    if (rule.branches[i].unspecified && reads_slot(rule, *rule.branches[i].condition, slot)) return true;
  }
  return false;
}

}  // namespace

std::vector<std::string> numbers_of(const Model& model, const State& before, const Call& call, const Played& played,
                                    const State& after) {
  constexpr Word kWide = 0xffff'ffff;
  std::vector<std::string> keys;
  const Rule& rule = model.law().rules[call.rule];
  const std::string id = branch_id(rule, played.branch);
  for (std::size_t i = 0; i < rule.parameters.size(); ++i) {
    if (!rule.parameters[i].type.is_integer()) continue;
    if (call.arguments[i] == 1 && may_silence(rule, played.branch, static_cast<std::uint32_t>(i))) {
      keys.push_back(id + ": " + rule.parameters[i].name + " is 1, of which the law says no more");
    }
    if (call.arguments[i] <= kWide || chooses_number(rule)) continue;
    Call cut = call;
    cut.arguments[i] &= kWide;
    State state = before;
    Outcome outcome;
    try {
      if (!model.step(state, cut, outcome) || (outcome == played.outcome && state == after)) continue;
    } catch (const EvaluationError&) {
      continue;
    }
    keys.push_back(id + ": " + rule.parameters[i].name + " cut to 32 bits would end otherwise");
  }
  return keys;
}

}  // namespace iolaw
