// SPDX-License-Identifier: Apache-2.0
#include "checker/generate/relevance.hpp"

#include <algorithm>
#include <set>

namespace iolaw {
namespace {

// The kinds that expressions speak of.
class Reads {
 public:
  Reads(const Law& law, std::vector<bool>& kinds) : law_(law), kinds_(kinds) {}

  void add(const ExprPtr& expr) {
    if (expr) visit(*expr);
  }

 private:
  void visit(const Expr& expr) {
    if (expr.type.tag == TypeTag::reference) kinds_[expr.type.id] = true;
    switch (expr.op) {
      case Op::all_objects:
      case Op::some_object:
      case Op::count_objects:
        kinds_[expr.kind] = true;
        break;
      case Op::at:
      case Op::slot:
        kinds_[expr.index] = true;
        break;
      case Op::count:
        for (const CountTerm& term : law_.counts[expr.index].terms) {
          kinds_[term.kind] = true;
          add(term.where);
        }
        break;
      case Op::call:
        if (defs_.insert(expr.index).second) add(law_.defs[expr.index].body);
        break;
      default:
        break;
    }
    for (const ExprPtr& child : expr.children) visit(*child);
  }

  const Law& law_;
  std::vector<bool>& kinds_;
  std::set<std::uint32_t> defs_;
};

bool meet(const std::vector<bool>& a, const std::vector<bool>& b) {
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] && b[i]) return true;
  }
  return false;
}

}  // namespace

Relevance::Relevance(const Law& law) : law_(law) {
  const std::vector<bool> none(law.kinds.size(), false);
  kinds_.assign(law.rules.size(), none);
  changed_ = made_ = kinds_;
  for (std::size_t rule = 0; rule < law.rules.size(); ++rule) {
    const Rule& one = law.rules[rule];
    Reads reads(law, kinds_[rule]);
    const auto effects = [&](const std::vector<Effect>& all) {
      for (const Effect& effect : all) {
        std::uint32_t kind = effect.kind;
        if (effect.object && effect.object->type.tag == TypeTag::reference) kind = effect.object->type.id;
        changed_[rule][kind] = true;
        if (effect.tag == Effect::Tag::create) made_[rule][kind] = true;
        reads.add(effect.object);
        reads.add(effect.where);
        for (const FieldValue& value : effect.values) reads.add(value.value);
      }
    };
    const auto items = [&](const std::vector<Item>& all) {
      for (const Item& item : all) reads.add(item.expr);
    };
    for (const Parameter& parameter : one.parameters) {
      if (parameter.type.tag == TypeTag::reference) kinds_[rule][parameter.type.id] = true;
    }
    items(one.items);
    for (const Branch& branch : one.branches) reads.add(branch.condition);
    for (const Each& each : one.eaches) {
      kinds_[rule][each.kind] = true;
      reads.add(each.where);
      reads.add(each.order);
      items(each.items);
      for (const Tally& tally : each.tallies) reads.add(tally.summand);
      effects(each.effects);
    }
    effects(one.effects);
    for (const Result& result : one.results) reads.add(result.value);
    for (std::size_t kind = 0; kind < law.kinds.size(); ++kind) {
      if (changed_[rule][kind]) kinds_[rule][kind] = true;
    }
  }
}

bool Relevance::concerns(std::uint32_t rule, const std::vector<std::uint32_t>& kinds) const {
  return std::any_of(kinds.begin(), kinds.end(), [&](std::uint32_t kind) { return kinds_[rule][kind]; });
}

std::vector<std::uint32_t> Relevance::helpful_to(std::uint32_t rule) const {
  std::vector<bool> helps(law_.rules.size(), false);
  helps[rule] = true;
  for (std::uint32_t other = 0; other < law_.rules.size(); ++other) {
    if (!law_.rules[other].probe && meet(changed_[other], kinds_[rule])) helps[other] = true;
  }
  for (bool more = true; more;) {
    more = false;
    std::vector<bool> taken(law_.kinds.size(), false);
    for (std::uint32_t one = 0; one < law_.rules.size(); ++one) {
      if (!helps[one]) continue;
      for (const Parameter& parameter : law_.rules[one].parameters) {
        if (parameter.type.tag == TypeTag::reference) taken[parameter.type.id] = true;
      }
    }
    for (std::uint32_t other = 0; other < law_.rules.size(); ++other) {
      if (helps[other] || law_.rules[other].probe || !meet(made_[other], taken)) continue;
      helps[other] = more = true;
    }
  }
  std::vector<std::uint32_t> rules;
  for (std::uint32_t one = 0; one < law_.rules.size(); ++one) {
    if (helps[one]) rules.push_back(one);
  }
  return rules;
}

}  // namespace iolaw
