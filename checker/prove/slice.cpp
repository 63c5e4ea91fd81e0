// SPDX-License-Identifier: Apache-2.0
#include "checker/prove/slice.hpp"

#include <numeric>

namespace iolaw {
namespace {

// Which kinds stand in one part: those of one rule, one cover, one count, and kinds that refer to each other.
class Parts {
 public:
  explicit Parts(const Law& law) : law_(law), leader_(law.kinds.size()) {
    std::iota(leader_.begin(), leader_.end(), 0U);
    for (std::uint32_t kind = 0; kind < law.kinds.size(); ++kind) {
      for (const Field& field : law.kinds[kind].fields) {
        if (field.type.tag == TypeTag::reference) join(kind, field.type.id);
      }
    }
    for (const Count& count : law.counts) {
      begin();
      mention(count.kind);
      for (const CountTerm& term : count.terms) visit(term.where);
    }
    for (const Rule& rule : law.rules) of_rules_.push_back(visit(rule));
    for (const Property& property : law.properties) {
      begin();
      if (property.tag == Property::Tag::cover) visit(property.formula);
      of_properties_.push_back(first_);
    }
  }

  // The part, named by a kind of it; none for what names no kind.
  std::optional<std::uint32_t> of_rule(std::uint32_t rule) { return part(of_rules_[rule]); }
  std::optional<std::uint32_t> of_property(std::uint32_t property) { return part(of_properties_[property]); }

 private:
  void begin() {
    first_.reset();
    defs_.assign(law_.defs.size(), false);
  }

  std::optional<std::uint32_t> part(std::optional<std::uint32_t> kind) {
    return kind ? std::optional<std::uint32_t>(leader(*kind)) : std::nullopt;
  }

  std::uint32_t leader(std::uint32_t kind) {
    while (leader_[kind] != kind) kind = leader_[kind] = leader_[leader_[kind]];
    return kind;
  }

  void join(std::uint32_t a, std::uint32_t b) { leader_[leader(a)] = leader(b); }

  void mention(std::uint32_t kind) {
    if (first_) join(*first_, kind);
    first_ = kind;
  }

  void visit(const ExprPtr& expr) {
    if (!expr) return;
    if (expr->type.tag == TypeTag::reference) mention(expr->type.id);
    if (expr->op == Op::all_objects || expr->op == Op::some_object || expr->op == Op::count_objects)
      mention(expr->kind);
    if (expr->op == Op::call && !defs_[expr->index]) {
      defs_[expr->index] = true;
      visit(law_.defs[expr->index].body);
    }
    for (const ExprPtr& child : expr->children) visit(child);
  }

  void visit(const std::vector<Effect>& effects) {
    for (const Effect& effect : effects) {
      if (effect.object) visit(effect.object);
      if (!effect.object) mention(effect.kind);
      visit(effect.where);
      for (const FieldValue& value : effect.values) visit(value.value);
    }
  }

  void visit(const std::vector<Item>& items) {
    for (const Item& item : items) visit(item.expr);
  }

  std::optional<std::uint32_t> visit(const Rule& rule) {
    begin();
    for (const Parameter& parameter : rule.parameters) {
      if (parameter.type.tag == TypeTag::reference) mention(parameter.type.id);
    }
    visit(rule.items);
    for (const Branch& branch : rule.branches) visit(branch.condition);
    for (const Each& each : rule.eaches) {
      mention(each.kind);
      visit(each.where);
      visit(each.order);
      visit(each.items);
      for (const Tally& tally : each.tallies) visit(tally.summand);
      visit(each.effects);
    }
    visit(rule.effects);
    for (const Result& result : rule.results) visit(result.value);
    return first_;
  }

  const Law& law_;
  std::vector<std::uint32_t> leader_;
  std::vector<std::optional<std::uint32_t>> of_rules_;       // a kind of each
  std::vector<std::optional<std::uint32_t>> of_properties_;  // of each cover
  std::optional<std::uint32_t> first_;                       // a kind of what is being visited
  std::vector<bool> defs_;                                   // visited since begin()
};

}  // namespace

std::vector<Law> slices(const Law& law) {
  Parts parts(law);
  std::vector<std::optional<std::uint32_t>> found;
  std::vector<Law> result;
  const auto slice = [&](std::optional<std::uint32_t> part) -> Law& {
    for (std::size_t i = 0; i < found.size(); ++i) {
      if (found[i] == part) return result[i];
    }
    found.push_back(part);
    Law& fresh = result.emplace_back(law);
    fresh.rules.clear();
    fresh.properties.clear();
    return fresh;
  };
  for (std::uint32_t rule = 0; rule < law.rules.size(); ++rule) {
    if (!law.rules[rule].probe) slice(parts.of_rule(rule)).rules.push_back(law.rules[rule]);
  }
  for (std::uint32_t property = 0; property < law.properties.size(); ++property) {
    if (law.properties[property].tag != Property::Tag::cover) continue;
    slice(parts.of_property(property)).properties.push_back(law.properties[property]);
  }
  return result;
}

}  // namespace iolaw
