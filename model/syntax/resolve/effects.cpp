// SPDX-License-Identifier: Apache-2.0
// What a rule changes.
#include <algorithm>
#include <utility>

#include "model/syntax/lexis.hpp"
#include "model/syntax/resolve/build.hpp"
#include "model/syntax/resolve/rule_builder.hpp"

namespace iolaw::syntax {

namespace {

// Whether the condition of a count reads a field of the member, which is in slot 0.
bool reads(const Expr& e, std::uint32_t field) {
  if (e.op == Op::field && e.index == field && e.children[0]->op == Op::variable && e.children[0]->index == 0)
    return true;
  return std::any_of(e.children.begin(), e.children.end(), [&](const ExprPtr& child) { return reads(*child, field); });
}

// Whether the condition of a count reads a field of an object that the member refers to.
bool reads_of_other(const Expr& e, std::uint32_t kind, std::uint32_t field) {
  if (e.op == Op::field && e.index == field && e.children[0]->type.id == kind && e.children[0]->op != Op::variable) {
    return true;
  }
  return std::any_of(e.children.begin(), e.children.end(),
                     [&](const ExprPtr& child) { return reads_of_other(*child, kind, field); });
}

}  // namespace

void RuleBuilder::check_count_conditions(std::uint32_t kind, std::uint32_t field, Span span) {
  for (const Count& count : names_.law.counts) {
    for (const CountTerm& term : count.terms) {
      if (!term.where || !reads_of_other(*term.where, kind, field)) continue;
      Diagnostic& diagnostic =
          names_.error(Code::bulk_destroy_counted, span,
                       names_.law.kinds[count.kind].name + "." + count.name +
                           " counts by this field: many members would be counted otherwise at once; keep the condition "
                           "in a field of the " +
                           names_.law.kinds[term.kind].name + " itself");
      diagnostic.notes.push_back({count.span, "the count is declared here"});
    }
  }
}

void RuleBuilder::effect(const ast::Effect& effect, std::vector<Item>& items, std::vector<Effect>& effects) {
  if (const auto* let = std::get_if<ast::Let>(&effect)) {
    add(*let, let->name.span, items);  // read before the effects, like all of a block
    return;
  }
  std::visit(
      [&](const auto& node) {
        if constexpr (!std::is_same_v<std::decay_t<decltype(node)>, ast::Let>) add(node, effects);
      },
      effect);
}

std::vector<FieldValue> RuleBuilder::initial_values(const ast::New& node, std::uint32_t kind) {
  std::vector<FieldValue> values;
  const Kind& declared = names_.law.kinds[kind];
  std::map<std::string_view, Span> given;
  for (const ast::Init& init : node.values) {
    const auto field = find_field(declared, init.name.text);
    if (!field) {
      if (names_.broken_kinds.count(kind) != 0) continue;
      std::vector<std::string_view> known;
      for (const Field& other : declared.fields) known.push_back(other.name);
      Diagnostic& diagnostic = names_.unknown(Code::unknown_field, init.name,
                                              declared.name + " has no field " + quote(init.name.text), known);
      diagnostic.notes.push_back({declared.span, declared.name + " is declared here"});
      continue;
    }
    const auto [other, fresh] = given.emplace(declared.fields[*field].name, init.name.span);
    if (!fresh) {
      Diagnostic& diagnostic =
          names_.error(Code::duplicate_name, init.name.span, quote(init.name.text) + " is given twice");
      diagnostic.notes.push_back({other->second, "the first time is here"});
      continue;
    }
    ast::Expr same;  // `new Area { ioas }` is short for ioas = ioas
    same.tag = ast::Tag::name;
    same.name = init.name;
    same.span = init.name.span;
    values.push_back({*field, typer_.value(init.value ? *init.value : same, declared.fields[*field].type)});
  }
  std::string missing;
  for (const Field& field : declared.fields) {
    if (given.count(field.name) == 0) missing += (missing.empty() ? "`" : ", `") + field.name + "`";
  }
  if (!missing.empty()) {
    Diagnostic& diagnostic =
        names_.error(Code::missing_field, node.span, "a new " + declared.name + " needs a value for " + missing);
    diagnostic.notes.push_back({declared.span, declared.name + " is declared here"});
  }
  return values;
}

void RuleBuilder::add(const ast::Create& node, std::vector<Effect>& effects) {
  const auto kind = resolve_kind(names_, node.object.kind);
  if (!kind) {
    if (node.name && !node.let) take_result(*node.name);
    if (node.name) typer_.declare(*node.name, std::nullopt);
    return;
  }
  Effect effect;
  effect.tag = Effect::Tag::create;
  effect.kind = *kind;
  effect.span = node.object.span;
  effect.values = initial_values(node.object, *kind);
  if (!node.name) {
    effect.slot = scope_.slots++;
    scope_.slot_names.emplace_back("new");
    effects.push_back(std::move(effect));
    return;
  }
  Output* output = nullptr;
  if (!node.let) {
    if (open_each_) {
      misplaced(node.name->span, "a piece of a loop gives no result; write `let " + node.name->text + " = new …`");
      return;
    }
    output = take_result(*node.name);
  }
  effect.slot = typer_.declare(*node.name, reference_to(*kind)).slot;
  if (output) {
    Result& result = rule_.results[output->index];
    const bool fits = result.type.tag == TypeTag::reference && result.type.id == *kind;
    if (!fits && broken_results_.count(result.name) == 0) {
      Diagnostic& diagnostic =
          names_.error(Code::wrong_type, node.object.kind.span, "the result is " + a_type(names_.law, result.type));
      diagnostic.notes.push_back({result.span, "it is declared here"});
    }
    result.value = variable(effect.slot, reference_to(*kind), node.name->span);
  }
  effects.push_back(std::move(effect));
}

bool RuleBuilder::may_destroy(std::uint32_t kind, Span span) {
  if (!names_.law.kinds[kind].shared) return true;
  Diagnostic& diagnostic = names_.error(
      Code::shared_misuse, span,
      "a shared " + names_.law.kinds[kind].name + " dies with its last holder; destroy or change the holder");
  diagnostic.notes.push_back({names_.law.kinds[kind].span, "it is declared `shared` here"});
  return false;
}

bool RuleBuilder::emptied(std::uint32_t kind, const ExprPtr& parent) const {
  if (!parent || parent->op != Op::variable) return false;
  return std::find(emptied_.begin(), emptied_.end(), std::pair(kind, parent->index)) != emptied_.end();
}

// Members of a count must leave one at a time, each in a step of its own: a proof follows the number step by step.
// `object` dies with what lives in it; null: many objects of `kind` die.
void RuleBuilder::check_bulk_destroy(std::uint32_t kind, const ExprPtr& object, Span span) {
  const Law& law = names_.law;
  std::vector<std::uint32_t> dying = {kind};
  for (std::size_t i = 0; i < dying.size(); ++i) {
    const std::uint32_t victim = dying[i];
    if (i > 0 || !object) {
      for (const Count& count : law.counts) {
        for (const CountTerm& term : count.terms) {
          if (term.kind != victim) continue;
          const bool dies_too = i > 0 && law.kinds[victim].parent == term.field;
          if (dies_too) continue;
          const std::string& name = law.kinds[victim].name;
          const std::string counted = law.kinds[count.kind].name + "." + count.name;
          Diagnostic& diagnostic = names_.error(Code::bulk_destroy_counted, span,
                                                "this destroys many objects of kind " + name + " at once, and " +
                                                    counted + " counts them; empty it first: `each x: " + name +
                                                    " in … ascending … { then destroy x }`");
          diagnostic.notes.push_back({count.span, counted + " is declared here"});
          return;
        }
      }
    }
    for (std::uint32_t child = 0; child < law.kinds.size(); ++child) {
      const Kind& declared = law.kinds[child];
      const bool lives_in = declared.parent && declared.fields[*declared.parent].type.id == victim;
      const bool gone = i == 0 && emptied(child, object);
      if (lives_in && !gone && std::find(dying.begin(), dying.end(), child) == dying.end()) {
        dying.push_back(child);
      }
    }
  }
}

void RuleBuilder::add(const ast::Destroy& node, std::vector<Effect>& effects) {
  Effect effect;
  effect.tag = Effect::Tag::destroy;
  effect.span = node.span;
  effect.object = typer_.reference(node.object);
  if (!effect.object) return;
  effect.kind = effect.object->type.id;
  if (!may_destroy(effect.kind, node.object.span)) return;
  check_bulk_destroy(effect.kind, effect.object, node.object.span);
  effects.push_back(std::move(effect));
}

Effect RuleBuilder::of_members(Effect::Tag tag, const ast::Members& members, std::uint32_t kind, Span span) {
  Effect effect;
  effect.tag = tag;
  effect.kind = kind;
  effect.span = span;
  effect.slot = typer_.declare(members.name, reference_to(kind)).slot;
  bool ok = true;
  effect.where = typer_.membership(members, kind, variable(effect.slot, reference_to(kind), members.name.span), ok);
  return effect;
}

void RuleBuilder::add(const ast::DestroyAll& node, std::vector<Effect>& effects) {
  const auto kind = resolve_kind(names_, node.members.kind);
  if (!kind || !may_destroy(*kind, node.members.kind.span)) return;
  const std::size_t mark = scope_.mark();
  Effect effect = of_members(Effect::Tag::destroy_all, node.members, *kind, node.span);
  scope_.restore(mark);
  check_bulk_destroy(*kind, nullptr, node.span);
  effects.push_back(std::move(effect));
}

std::optional<std::pair<ExprPtr, std::uint32_t>> RuleBuilder::target(const ast::Expr& node) {
  if (node.tag != ast::Tag::field) {
    names_.error(Code::bad_target, node.span, "only a field of an object changes, such as access.ioas");
    return std::nullopt;
  }
  ExprPtr object = typer_.reference(node.children[0]);
  if (!object) return std::nullopt;
  const std::uint32_t kind = object->type.id;
  const Kind& declared = names_.law.kinds[kind];
  const auto field = find_field(declared, node.name.text);
  if (!field) {
    if (names_.broken_kinds.count(kind) != 0) return std::nullopt;
    std::vector<std::string_view> known;
    for (const Field& other : declared.fields) known.push_back(other.name);
    Diagnostic& diagnostic =
        names_.unknown(Code::unknown_field, node.name, declared.name + " has no field " + quote(node.name.text), known);
    if (find_count(names_.law, kind, node.name.text)) {
      diagnostic.message = "a count changes with its members, not by itself";
    }
    return std::nullopt;
  }
  if (declared.parent == *field || declared.key == *field) {
    Diagnostic& diagnostic = names_.error(Code::bad_target, node.name.span,
                                          "where an object lives never changes; destroy it and make a new one");
    diagnostic.notes.push_back({declared.fields[*field].span, "declared here"});
    return std::nullopt;
  }
  return std::pair{std::move(object), *field};
}

void RuleBuilder::add(const ast::Update& node, std::vector<Effect>& effects) {
  auto where = target(node.target);
  if (!where) return;
  Effect effect;
  effect.tag = Effect::Tag::update;
  effect.kind = where->first->type.id;
  effect.object = where->first;
  effect.span = {node.target.span.file, node.target.span.begin, node.value.span.end};
  check_count_conditions(effect.kind, where->second, node.target.span);
  effect.values.push_back(
      {where->second, typer_.value(node.value, names_.law.kinds[effect.kind].fields[where->second].type)});
  effects.push_back(std::move(effect));
}

void RuleBuilder::add(const ast::UpdateAll& node, std::vector<Effect>& effects) {
  const auto kind = resolve_kind(names_, node.members.kind);
  if (!kind) return;
  const std::size_t mark = scope_.mark();
  Effect effect = of_members(Effect::Tag::update_all, node.members, *kind, node.span);
  auto where = target(node.target);
  if (where && (where->first->op != Op::variable || where->first->index != effect.slot)) {
    names_.error(Code::bad_target, node.target.span,
                 "a bulk update changes a field of its own variable, " + quote(node.members.name.text));
    where.reset();
  }
  if (where) {
    check_count_conditions(*kind, where->second, node.target.span);
    for (const Count& count : names_.law.counts) {
      for (const CountTerm& term : count.terms) {
        const bool counted = term.field == where->second || (term.where && reads(*term.where, where->second));
        if (term.kind != *kind || !counted) continue;
        Diagnostic& diagnostic = names_.error(Code::bulk_destroy_counted, node.target.span,
                                              names_.law.kinds[count.kind].name + "." + count.name +
                                                  " counts by this field; change it one at a time, by `each`");
        diagnostic.notes.push_back({count.span, "the count is declared here"});
      }
    }
    effect.values.push_back(
        {where->second, typer_.value(node.value, names_.law.kinds[*kind].fields[where->second].type)});
  }
  scope_.restore(mark);
  effects.push_back(std::move(effect));
}

}  // namespace iolaw::syntax
