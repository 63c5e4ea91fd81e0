// SPDX-License-Identifier: Apache-2.0
#include "model/eval/program.hpp"

#include <algorithm>

namespace iolaw::eval {

Shape shape_of(const Type& type) {
  if (type.tag == TypeTag::interval) return Shape::interval;
  return type.tag == TypeTag::boolean && !type.maybe ? Shape::boolean : Shape::scalar;
}

std::uint32_t slots_of(const Expr& expr) {
  std::uint32_t slots = 0;
  switch (expr.op) {
    case Op::variable:
    case Op::all_objects:
    case Op::some_object:
    case Op::count_objects:
    case Op::all_addresses:
    case Op::some_address:
      slots = expr.index + 1;
      break;
    default:
      break;
  }
  for (const ExprPtr& child : expr.children) slots = std::max(slots, slots_of(*child));
  return slots;
}

NodeId Program::compile(const ExprPtr& expr, Scope& scope) {
  if (!expr) return kNoNode;
  if (const auto found = scope.done.find(expr.get()); found != scope.done.end()) return found->second;

  std::vector<NodeId> ids;
  ids.reserve(expr->children.size());
  for (const ExprPtr& child_expr : expr->children) ids.push_back(compile(child_expr, scope));

  Node node;
  node.op = expr->op;
  node.shape = shape_of(expr->type);
  node.index = expr->index;
  node.kind = expr->kind;
  node.source = expr.get();
  switch (expr->op) {
    case Op::literal:
      node.value = expr->value;
      break;
    case Op::none:
      node.value = expr->type.tag == TypeTag::reference ? Int{kNone} : kAbsent;
      break;
    case Op::constant: {
      const Constant& constant = law.constants[expr->index];
      node.value = constant.value;
      node.last = constant.last;
      break;
    }
    case Op::variable:
      if (expr->index < scope.lets.size()) node.let = scope.lets[expr->index];
      break;
    case Op::field: {
      node.kind = expr->children[0]->type.id;
      const Type& type = law.kinds[node.kind].fields[expr->index].type;
      node.maybe_integer = type.maybe && type.tag != TypeTag::reference;
      node.index = offsets[node.kind][expr->index];
      break;
    }
    case Op::lives:
      node.kind = expr->children[0]->type.id;
      break;
    case Op::count:
      node.kind = law.counts[expr->index].kind;
      break;
    case Op::at:
    case Op::slot: {
      // `index` becomes the word offset of the key, `kind` the child kind; its parent field is looked up in the law.
      node.kind = expr->index;
      const Kind& kind = law.kinds[expr->index];
      node.index = offsets[expr->index][*kind.key];
      break;
    }
    default:
      break;
  }
  node.children = static_cast<std::uint32_t>(children.size());
  node.child_count = static_cast<std::uint32_t>(ids.size());
  children.insert(children.end(), ids.begin(), ids.end());
  nodes.push_back(node);
  const auto id = static_cast<NodeId>(nodes.size() - 1);
  scope.done.emplace(expr.get(), id);
  return id;
}

void Program::compile_items(std::span<const Item> items, const Rule& rule, Scope& scope,
                            std::vector<CompiledItem>& out) {
  for (const Item& item : items) {
    CompiledItem compiled{item.tag, item.slot, kNoNode, item.branch, item.each, &item};
    switch (item.tag) {
      case Item::Tag::let:
        compiled.node = compile(item.expr, scope);
        scope.lets[item.slot] = compiled.node;
        continue;  // used through the variable alone
      case Item::Tag::fails:
      case Item::Tag::may_fail:
      case Item::Tag::unspecified:
        compiled.node = compile(rule.branches[item.branch].condition, scope);
        break;
      case Item::Tag::choose:
        compiled.node = compile(item.expr, scope);
        break;
      case Item::Tag::each:
        break;
    }
    out.push_back(compiled);
  }
}

void Program::compile_effects(const std::vector<Effect>& effects, Scope& scope, std::vector<CompiledEffect>& out) {
  for (const Effect& effect : effects) {
    CompiledEffect compiled{compile(effect.object, scope), compile(effect.where, scope), {}, &effect};
    for (const FieldValue& value : effect.values) compiled.values.push_back(compile(value.value, scope));
    out.push_back(std::move(compiled));
  }
}

void Program::compile_rule(const Rule& rule) {
  CompiledRule compiled;
  compiled.source = &rule;
  Scope scope;
  scope.lets.assign(rule.slots, kNoNode);
  // An each is compiled where it stands, so that its expressions see the lets above it and those below see only its
  // tallies.
  compiled.eaches.resize(rule.eaches.size());
  for (const Item& item : rule.items) {
    compile_items({&item, &item + 1}, rule, scope, compiled.items);
    if (item.tag == Item::Tag::choose || item.tag == Item::Tag::may_fail) compiled.has_choice = true;
    if (item.tag != Item::Tag::each) continue;
    compiled.has_each = true;
    const Each& each = rule.eaches[item.each];
    CompiledEach& target = compiled.eaches[item.each];
    target.source = &each;
    target.where = compile(each.where, scope);
    target.order = compile(each.order, scope);
    compile_items(each.items, rule, scope, target.items);
    for (const Tally& tally : each.tallies) target.summands.push_back(compile(tally.summand, scope));
    compile_effects(each.effects, scope, target.effects);
  }
  compile_effects(rule.effects, scope, compiled.effects);
  for (const std::uint32_t branch : rule.late) {
    compiled.late.push_back({Item::Tag::fails, 0, compile(rule.branches[branch].condition, scope), branch, 0, nullptr});
  }
  for (const Result& result : rule.results) compiled.results.push_back(compile(result.value, scope));
  for (const Branch& branch : rule.branches) compiled.has_choice |= branch.errors.size() > 1;
  rules.push_back(std::move(compiled));
}

Program::Program(const Law& the_law) : law(the_law) {
  const State layout(law);
  for (std::uint32_t kind = 0; kind < law.kinds.size(); ++kind) {
    std::uint32_t offset = 1;
    std::vector<std::uint32_t>& fields = offsets.emplace_back();
    for (const Field& field : law.kinds[kind].fields) {
      fields.push_back(offset);
      offset += words_of(field.type);
    }
    strides.push_back(layout.stride(kind));
  }
  residents.resize(law.kinds.size());
  for (std::uint32_t kind = 0; kind < law.kinds.size(); ++kind) {
    const Kind& declared = law.kinds[kind];
    for (std::uint32_t field = 0; field < declared.fields.size(); ++field) {
      if (declared.fields[field].role != FieldRole::parent) continue;
      residents[declared.fields[field].type.id].push_back(Reference{kind, offsets[kind][field]});
    }
  }
  for (const Count& count : law.counts) {
    std::vector<CompiledCountTerm>& terms = counts.emplace_back();
    for (const CountTerm& term : count.terms) {
      Scope scope;
      terms.push_back(CompiledCountTerm{term.kind, offsets[term.kind][term.field], compile(term.where, scope),
                                        term.where ? slots_of(*term.where) : 1});
    }
  }
  for (const Def& def : law.defs) {
    Scope scope;
    defs.push_back(CompiledDef{compile(def.body, scope), def.slots});
  }
  for (const Rule& rule : law.rules) compile_rule(rule);
  for (const Property& property : law.properties) {
    Scope scope;
    properties.push_back(compile(property.formula, scope));
  }
}

}  // namespace iolaw::eval
