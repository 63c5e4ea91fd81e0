// SPDX-License-Identifier: Apache-2.0
#include "checker/search/arguments.hpp"

#include <algorithm>

#include "checker/search/mix.hpp"
#include "model/law/units.hpp"

namespace iolaw::search {
namespace {

// As many as a mask has bits for, less kAll.
constexpr std::size_t kMostParameters = 31;

}  // namespace

Arguments::Arguments(const Law& law)
    : law_(law), unit_(largest_unit(law)), units_(units_of(law)), plans_(law.rules.size()) {
  for (std::uint32_t rule = 0; rule < law.rules.size(); ++rule) read_rule(rule);
}

Arguments::Mask Arguments::depends(const Expr& expr, const std::vector<Mask>& slots) const {
  Mask mask = expr.op == Op::variable && expr.index < slots.size() ? slots[expr.index] : 0;
  for (const ExprPtr& child : expr.children) mask |= depends(*child, slots);
  return mask;
}

void Arguments::name_numbers(const Expr& expr, std::vector<Word>& numbers) const {
  if (expr.op == Op::constant && expr.type.is_integer()) numbers.push_back(law_.constants[expr.index].value);
  if (expr.op == Op::literal && expr.type.is_integer()) numbers.push_back(expr.value);
  if (expr.op == Op::call) name_numbers(*law_.defs[expr.index].body, numbers);
  for (const ExprPtr& child : expr.children) name_numbers(*child, numbers);
}

void Arguments::read_rule(std::uint32_t index) {
  const Rule& rule = law_.rules[index];
  Plan& plan = plans_[index];
  plan.uses = eval::uses_of_parameters(law_, rule);
  plan.branches.assign(rule.branches.size(), kAll);
  if (rule.parameters.size() > kMostParameters) return;
  std::vector<Mask> slots(rule.slots, 0);
  for (std::uint32_t p = 0; p < rule.parameters.size(); ++p) slots[p] = 1U << p;
  bool changed = false;  // a loop has changed the state
  for (const Item& item : rule.items) {
    if (item.expr) name_numbers(*item.expr, plan.numbers);
    if (item.tag == Item::Tag::let || item.tag == Item::Tag::choose) {
      slots[item.slot] = depends(*item.expr, slots);
    } else if (item.tag == Item::Tag::each) {
      const Each& each = rule.eaches[item.each];
      const Mask pieces = each.where ? depends(*each.where, slots) : 0;
      if (!each.effects.empty()) changed = true;
      slots[each.slot] = pieces;
      for (const Item& inner : each.items) {
        if (inner.tag == Item::Tag::let) slots[inner.slot] = depends(*inner.expr, slots) | pieces;
        if (inner.tag != Item::Tag::fails && inner.tag != Item::Tag::unspecified) continue;
        name_numbers(*rule.branches[inner.branch].condition, plan.numbers);
        if (!changed) plan.branches[inner.branch] = depends(*rule.branches[inner.branch].condition, slots) | pieces;
      }
      for (const Tally& tally : each.tallies) slots[tally.slot] = kAll;
    } else {
      name_numbers(*rule.branches[item.branch].condition, plan.numbers);
      if (!changed) plan.branches[item.branch] = depends(*rule.branches[item.branch].condition, slots);
    }
  }
  if (!changed) {
    plan.success = 0;
    for (const Effect& effect : rule.effects) {
      if (effect.object) plan.success |= depends(*effect.object, slots);
      if (effect.where) plan.success |= depends(*effect.where, slots);
      for (const FieldValue& value : effect.values) plan.success |= depends(*value.value, slots);
    }
  }
  std::sort(plan.numbers.begin(), plan.numbers.end());
  plan.numbers.erase(std::unique(plan.numbers.begin(), plan.numbers.end()), plan.numbers.end());
  Mask before = 0;
  for (const Mask mask : plan.branches) plan.prefixes.push_back(before |= mask);
  // What a call fails by for itself comes first, so that the rest need not be tried.
  for (std::uint32_t p = 0; p < rule.parameters.size(); ++p) plan.order.push_back(p);
  const auto rank = [&](std::uint32_t p) {
    const TypeTag tag = rule.parameters[p].type.tag;
    return tag == TypeTag::u64 || tag == TypeTag::nat ? 2 : tag == TypeTag::reference ? 1 : 0;
  };
  std::stable_sort(plan.order.begin(), plan.order.end(),
                   [&](std::uint32_t a, std::uint32_t b) { return rank(a) < rank(b); });
}

void Arguments::addresses(const std::vector<std::pair<Word, Word>>& near, const eval::ParameterUse& use, Width width,
                          std::vector<Word>& values) const {
  for (const std::uint32_t index : use.constants) {
    const Constant& range = law_.constants[index];
    values.push_back(range.value);
    if (width >= Width::middle) values.push_back(range.value + unit_);
    if (width >= Width::wide) values.insert(values.end(), {range.value - 1, range.last, range.last + 1});
  }
  if (use.constants.empty()) values.push_back(0);
  for (const auto& [first, last] : near) {
    values.insert(values.end(), {first, last, last + 1});
    if (width >= Width::middle) values.insert(values.end(), {first - 1, first + unit_, first - unit_});
    if (width >= Width::wide) values.insert(values.end(), {first + 1, last - 1, last + 1 - unit_});
  }
  if (width >= Width::middle) values.insert(values.end(), {0, unit_, -unit_});
  if (width >= Width::wide) {
    values.insert(values.end(), {1, ~Word{0}, ~Word{0} - 1});
    for (const Word unit : units_) values.insert(values.end(), {unit, -unit});
  }
}

void Arguments::lengths(const std::vector<std::pair<Word, Word>>& near, const Plan& plan, Width width,
                        std::vector<Word>& values) const {
  values.insert(values.end(), {unit_, 1});
  for (const auto& [first, last] : near) {
    values.push_back(last - first + 1);
    if (width >= Width::wide) values.insert(values.end(), {last - first, last - first + 2});
  }
  if (width >= Width::middle) {
    values.insert(values.end(), {2 * unit_, 0, ~Word{0}});
    values.insert(values.end(), units_.begin(), units_.end());
  }
  if (width >= Width::wide) {
    values.insert(values.end(), {unit_ - 1, unit_ + 1, -unit_});
    for (const Word number : plan.numbers) values.insert(values.end(), {number - 1, number, number + 1});
  }
}

void Arguments::others(const State& state, const Plan& plan, Width width, std::vector<Word>& values) const {
  values.insert(values.end(), {0, 1, unit_});
  if (width >= Width::middle) {
    values.insert(values.end(), {2, ~Word{0}});
    values.insert(values.end(), plan.numbers.begin(), plan.numbers.end());
  }
  if (width < Width::wide) return;
  for (const Word number : plan.numbers) values.insert(values.end(), {number - 1, number + 1});
  for (std::uint32_t kind = 0; kind < law_.kinds.size(); ++kind) {
    for (std::uint32_t field = 0; field < law_.kinds[kind].fields.size(); ++field) {
      if (law_.kinds[kind].fields[field].type.tag != TypeTag::u64) continue;
      for (Word object = 0; object < state.slots(kind); ++object) {
        if (!state.lives(kind, object)) continue;
        const Word number = *state.field(kind, object, field);
        values.insert(values.end(), {number - 1, number, number + 1});
      }
    }
  }
}

void Arguments::candidates(const State& state, const Plan& plan, std::uint32_t rule, std::uint32_t parameter,
                           Width width, std::vector<Word>& values) const {
  using Role = eval::ParameterUse::Role;
  values.clear();
  const Type& type = law_.rules[rule].parameters[parameter].type;
  const eval::ParameterUse& use = plan.uses[parameter];
  switch (type.tag) {
    case TypeTag::boolean:
      values = {0, 1};
      return;
    case TypeTag::enumeration:
      for (Word value = 0; value < law_.enums[type.id].constants.size(); ++value) values.push_back(value);
      return;
    case TypeTag::flags: {
      const std::size_t size = law_.flag_sets[type.id].constants.size();
      if (size <= 2 || (width == Width::wide && size <= 4)) {
        for (Word value = 0; value < Word{1} << size; ++value) values.push_back(value);
      } else {
        values.push_back(0);
        for (std::size_t flag = 0; flag < size; ++flag) values.push_back(Word{1} << flag);
        values.push_back((Word{1} << size) - 1);
      }
      return;
    }
    case TypeTag::reference:
      for (Word object = 0; object < state.slots(type.id); ++object) {
        if (state.lives(type.id, object)) values.push_back(object);
      }
      values.push_back(kNone);
      return;
    case TypeTag::pow2:
      values = units_;
      values.push_back(1);
      break;
    default: {
      std::vector<std::pair<Word, Word>> near;
      for (const auto& [kind, field] : use.fields) {
        for (Word object = 0; object < state.slots(kind); ++object) {
          if (!state.lives(kind, object)) continue;
          const Word* words = state.field(kind, object, field);
          near.emplace_back(words[0], words[1]);
        }
      }
      if (use.role == Role::address) {
        addresses(near, use, width, values);
      } else if (use.role == Role::length) {
        lengths(near, plan, width, values);
      } else {
        others(state, plan, width, values);
      }
    }
  }
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
}

void Arguments::for_each(const State& state, std::uint32_t rule, Width width, Ask ask,
                         const std::function<std::uint32_t(const Call&)>& try_call) {
  const Plan& plan = plans_[rule];
  const std::size_t size = law_.rules[rule].parameters.size();
  if (size > kMostParameters) return;
  if (values_.size() < size) values_.resize(size);
  for (std::uint32_t p = 0; p < size; ++p) candidates(state, plan, rule, p, width, values_[p]);
  const std::vector<Mask>& masks = ask == Ask::ends ? plan.prefixes : plan.branches;
  settled_.clear();
  std::vector<std::size_t> at(size, 0);
  Call call{rule, std::vector<Word>(size, 0)};
  for (std::size_t p = 0; p < size; ++p) call.arguments[p] = values_[p][0];
  const auto key = [&](std::uint32_t branch, Mask mask) {
    std::uint64_t hash = mix(0x9e3779b97f4a7c15, branch);
    for (std::size_t p = 0; p < size; ++p) hash = mix(hash, (mask >> p & 1U) != 0 ? at[p] + 1 : 0);
    return hash;
  };
  std::vector<std::uint32_t> learned;  // branches that settled something
  bool learned_success = false;
  while (true) {
    // The parameters that must change before another call is worth making.
    Mask blocked = 0;
    for (const std::uint32_t branch : learned) {
      if (settled_.contains(key(branch, masks[branch]))) blocked = masks[branch];
      if (blocked != 0) break;
    }
    if (blocked == 0 && learned_success && settled_.contains(key(kSuccess, plan.success))) blocked = plan.success;
    if (blocked == 0) {
      const std::uint32_t branch = try_call(call);
      if (branch == kStop) return;
      blocked = kAll;
      if (branch == kSuccess) {
        if (ask == Ask::changes) blocked = plan.success;
        learned_success = learned_success || blocked != kAll;
      } else if (branch != kNothing) {
        blocked = masks[branch];
        if (blocked != kAll && std::find(learned.begin(), learned.end(), branch) == learned.end())
          learned.push_back(branch);
      }
      if (blocked != kAll) settled_.insert(key(branch, blocked));
      if (blocked == 0) return;  // whatever the arguments are
    }
    // The last one in the order of those takes its next value; what comes after it begins anew.
    std::size_t place = size;
    while (place > 0 && (blocked >> plan.order[place - 1] & 1U) == 0) --place;
    while (place > 0 && at[plan.order[place - 1]] + 1 == values_[plan.order[place - 1]].size()) --place;
    if (place == 0) return;
    const std::uint32_t p = plan.order[place - 1];
    call.arguments[p] = values_[p][++at[p]];
    for (std::size_t later = place; later < size; ++later) {
      const std::uint32_t reset = plan.order[later];
      at[reset] = 0;
      call.arguments[reset] = values_[reset][0];
    }
  }
}

}  // namespace iolaw::search
