// SPDX-License-Identifier: Apache-2.0
// Rules and probes: parameters, the table of failures, loops, results.
#include <algorithm>
#include <utility>

#include "model/syntax/lexis.hpp"
#include "model/syntax/resolve/build.hpp"
#include "model/syntax/resolve/documentation.hpp"
#include "model/syntax/resolve/rule_builder.hpp"

namespace iolaw::syntax {

void resolve_rules(Names& names, const Declared& declared) {
  // Parameters first: a step may name them, and other rules' mistakes must not hide them.
  for (std::size_t i = 0; i < declared.rules.size(); ++i) {
    RuleBuilder(names, names.law.rules[i], *declared.rules[i]).build();
  }
}

void RuleBuilder::build() {
  typer_.in_probe = rule_.probe;
  names_.enter(rule_.probe ? "probe" : "rule", node_.restriction);
  for (const ast::Citation& citation : node_.citations) {
    rule_.citations.push_back(
        {citation.source.text, citation.file.text, citation.anchors.empty() ? "" : citation.anchors.front().text});
  }
  parameters();
  results();
  for (const ast::Item& node : node_.items) item(node, rule_.items);
  finish();
}

void RuleBuilder::parameters() {
  for (const ast::Parameter& node : node_.parameters) {
    const auto type = resolve_type(names_, node.type);
    if (type && (type->tag == TypeTag::interval || type->maybe)) {
      names_.error(Code::bad_type, node.type.name.span,
                   type->maybe ? "a caller always passes a value: a parameter is never `maybe`"
                               : "a caller passes single values: write two parameters, and `let span = a..b`");
    }
    rule_.parameters.push_back({node.name.text, type.value_or(Type{}), node.name.span});
    typer_.declare(node.name, type);
  }
}

void RuleBuilder::results() {
  for (const ast::Parameter& node : node_.results) {
    const auto type = resolve_type(names_, node.type);
    if (type && type->tag == TypeTag::interval) {
      names_.error(Code::bad_type, node.type.name.span, "a result is a single value: declare its two ends");
    }
    const auto [other, fresh] =
        outputs_.emplace(node.name.text, Output{static_cast<std::uint32_t>(rule_.results.size()), std::nullopt});
    if (!fresh) {
      Diagnostic& diagnostic =
          names_.error(Code::duplicate_name, node.name.span, "two results are named " + quote(node.name.text));
      diagnostic.notes.push_back({rule_.results[other->second.index].span, "the first one is here"});
      continue;
    }
    if (!type) broken_results_.insert(node.name.text);
    rule_.results.push_back({node.name.text, type.value_or(Type{}), nullptr, node.name.span});
  }
}

void RuleBuilder::finish() {
  for (const auto& [name, output] : outputs_) {
    if (output.given) continue;
    names_.error(
        Code::missing_result, rule_.results[output.index].span,
        "nothing gives the result " + quote(name) + ": write `result " + name + " = …` or `then " + name + " = new …`");
  }
  rule_.slots = scope_.slots;
  rule_.slot_names = scope_.slot_names;
}

RuleBuilder::Output* RuleBuilder::take_result(const ast::Name& name) {
  const auto found = outputs_.find(name.text);
  if (found == outputs_.end()) {
    std::vector<std::string_view> known;
    for (const auto& [other, output] : outputs_) known.push_back(other);
    names_.unknown(Code::unknown_name, name, quote(rule_.name) + " has no result named " + quote(name.text), known);
    return nullptr;
  }
  if (found->second.given) {
    Diagnostic& diagnostic =
        names_.error(Code::result_twice, name.span, "the result " + quote(name.text) + " is given twice");
    diagnostic.notes.push_back({*found->second.given, "the first time is here"});
    return nullptr;
  }
  found->second.given = name.span;
  return &found->second;
}

namespace {

bool is_kept(const ast::Item& node) {
  const auto* fails = std::get_if<ast::Fails>(&node.node);
  return fails != nullptr && fails->failing == ast::Failing::kept;
}

}  // namespace

void RuleBuilder::item(const ast::Item& node, std::vector<Item>& items) {
  const bool after_then =
      std::holds_alternative<ast::Result>(node.node) || std::holds_alternative<ast::Then>(node.node) || is_kept(node);
  if (then_ && !after_then) {
    misplaced(node.span, "this stands after `then`, but is decided before it; move it up");
    names_.diagnostics.back().notes.push_back({*then_, "`then` is here"});
  }
  std::visit([&](const auto& alternative) { add(alternative, node.span, items); }, node.node);
}

void RuleBuilder::add(const ast::Let& node, Span span, std::vector<Item>& items) {
  ExprPtr value = typer_.expression(node.value);
  Item item;
  item.tag = Item::Tag::let;
  item.type = value ? value->type : Type{};
  item.slot = typer_.declare(node.name, value ? std::optional(value->type) : std::nullopt).slot;
  item.expr = std::move(value);
  item.name = node.name.text;
  item.span = span;
  items.push_back(std::move(item));
}

std::vector<int> RuleBuilder::errors(const std::vector<ast::Name>& nodes) {
  std::vector<int> result;
  for (const ast::Name& node : nodes) {
    const int error = errno_number(node.text);
    if (error == 0) {
      std::vector<std::string> all;
      for (int i = 1; i < 4096; ++i) {
        if (errno_number(errno_name(i)) == i) all.push_back(errno_name(i));
      }
      names_.unknown(Code::unknown_error, node, quote(node.text) + " is no Linux errno", {all.begin(), all.end()});
    } else if (std::find(result.begin(), result.end(), error) != result.end()) {
      names_.error(Code::duplicate_name, node.span, quote(node.text) + " is named twice");
    } else {
      result.push_back(error);
    }
  }
  return result;
}

void RuleBuilder::branch(Branch branch, const ast::Name& tag, const ast::Restriction& restriction,
                         const ast::Expr& condition, std::vector<Item>& items) {
  if (!names_.visible.shows(restriction)) return;
  const auto [other, fresh] = tags_.emplace(tag.text, tag.span);
  if (!fresh || tag.text == "ok") {
    Diagnostic& diagnostic = names_.error(
        Code::duplicate_tag, tag.span,
        fresh ? "the tag `ok` stands for success" : "`" + rule_.name + "." + tag.text + "` names two branches");
    if (!fresh) diagnostic.notes.push_back({other->second, "the first one is here"});
  }
  branch.tag = tag.text;
  branch.each = each_;
  branch.doc = documentation_before(names_.law.files[branch.span.file].text, branch.span.begin);
  branch.restriction = names_.visible.profiles().resolve(restriction);
  names_.enter("branch", restriction);
  branch.condition = typer_.condition(condition);
  names_.enter(rule_.probe ? "probe" : "rule", node_.restriction);
  if (branch.condition && branch.unless) branch.condition = negation(branch.condition, branch.condition->span);
  Item item;
  item.tag = branch.unspecified ? Item::Tag::unspecified : branch.may ? Item::Tag::may_fail : Item::Tag::fails;
  item.branch = static_cast<std::uint32_t>(rule_.branches.size());
  item.span = branch.span;
  if (branch.keeps) {
    rule_.late.push_back(item.branch);
  } else {
    items.push_back(std::move(item));
  }
  rule_.branches.push_back(std::move(branch));
}

void RuleBuilder::add(const ast::Fails& node, Span span, std::vector<Item>& items) {
  Branch made;
  made.may = node.failing == ast::Failing::maybe;
  made.keeps = node.failing == ast::Failing::kept;
  const bool changed =
      std::any_of(rule_.eaches.begin(), rule_.eaches.end(), [](const Each& each) { return !each.effects.empty(); });
  if (made.may && (each_ || changed)) {
    misplaced(span,
              "`may fail` stands outside loops, and before those that change something: a refusal changes nothing");
  }
  if (made.keeps && each_) misplaced(span, "`but fails` stands outside loops: what a piece did stays done anyway");
  if (made.keeps && !each_ && !then_) misplaced(span, "`but fails` stands after `then`: it keeps those effects");
  made.errors = errors(node.errors);
  made.unless = node.unless;
  made.span = span;
  branch(std::move(made), node.tag, node.restriction, node.condition, items);
}

void RuleBuilder::add(const ast::Unspecified& node, Span span, std::vector<Item>& items) {
  if (each_) misplaced(span, "`unspecified` stands before the loop: whether the law speaks is known before it begins");
  Branch made;
  made.unspecified = true;
  made.unless = node.unless;
  made.span = span;
  branch(std::move(made), node.tag, node.restriction, node.condition, items);
}

void RuleBuilder::add(const ast::Choose& node, Span span, std::vector<Item>& items) {
  if (each_) misplaced(span, "`choose` stands outside loops");
  const auto type = resolve_type(names_, node.type);
  const bool single = type && type->tag != TypeTag::interval && !type->maybe;
  if (type && !single) names_.error(Code::bad_type, node.type.name.span, "a choice is a single value");
  if (!single) {
    typer_.declare(node.name, std::nullopt);
    if (outputs_.find(node.name.text) != outputs_.end()) take_result(node.name);
    return;
  }
  Item item;
  item.tag = Item::Tag::choose;
  item.type = *type;
  item.slot = typer_.declare(node.name, *type).slot;
  item.expr = node.where ? typer_.condition(*node.where) : literal(kBoolean, 1, span);
  item.name = node.name.text;
  item.span = span;
  ExprPtr chosen = variable(item.slot, *type, node.name.span);
  items.push_back(std::move(item));
  if (outputs_.find(node.name.text) == outputs_.end()) {
    names_.error(Code::choose_without_result, node.name.span,
                 "nobody would see this choice: declare a result `" + node.name.text + ": " +
                     type_name(names_.law, *type) + "`");
    return;
  }
  Output* output = take_result(node.name);
  if (!output) return;
  Result& result = rule_.results[output->index];
  if (result.type == *type || broken_results_.count(result.name) != 0) {
    result.value = std::move(chosen);
    return;
  }
  Diagnostic& diagnostic = names_.error(Code::wrong_type, node.type.name.span,
                                        "the result of that name is " + a_type(names_.law, result.type));
  diagnostic.notes.push_back({result.span, "it is declared here"});
}

void RuleBuilder::add(const ast::Tally& node, Span span, std::vector<Item>&) {
  if (!open_each_) {
    misplaced(span, "only an `each` tallies");
    return;
  }
  ExprPtr summand = typer_.integer(node.summand);
  const std::uint32_t slot = typer_.declare(node.name, kNat).slot;
  open_each_->tallies.push_back({slot, node.name.text, std::move(summand), span});
}

void RuleBuilder::add(const ast::Result& node, Span span, std::vector<Item>&) {
  if (each_) {
    misplaced(span, "a result is given after the loop");
    return;
  }
  Output* output = take_result(node.name);
  if (!output) return;
  Result& result = rule_.results[output->index];
  const bool broken = broken_results_.count(result.name) != 0;
  result.value = broken ? typer_.expression(node.value) : typer_.value(node.value, result.type);
}

void RuleBuilder::add(const ast::Then& node, Span span, std::vector<Item>& items) {
  if (rule_.probe) {
    names_.error(Code::probe_changes, span, "a probe changes nothing; make it a `rule`");
    return;
  }
  if (then_) {
    misplaced(span, "one `then` holds all effects, in braces");
    names_.diagnostics.back().notes.push_back({*then_, "the first one is here"});
  }
  then_ = span;
  std::vector<Effect>& effects = open_each_ ? open_each_->effects : rule_.effects;
  for (const ast::Effect& each : node.effects) effect(each, items, effects);
}

void RuleBuilder::add(const ast::Each& node, Span span, std::vector<Item>& items) {
  if (each_) {
    misplaced(span, "loops do not nest");
    return;
  }
  if (rule_.probe) {
    names_.error(Code::probe_changes, span, "a probe has no steps; make it a `rule`");
    return;
  }
  const auto kind = resolve_kind(names_, node.members.kind);
  if (!kind) {
    for (const ast::Item& inner : node.items) {
      if (const auto* tally = std::get_if<ast::Tally>(&inner.node)) typer_.declare(tally->name, std::nullopt);
    }
    return;
  }
  const std::size_t mark = scope_.mark();
  Each each;
  each.kind = *kind;
  each.slot = typer_.declare(node.members.name, reference_to(*kind)).slot;
  each.span = span;
  bool ok = true;
  const std::size_t before_condition = scope_.mark();
  each.where =
      typer_.membership(node.members, *kind, variable(each.slot, reference_to(*kind), node.members.name.span), ok);
  scope_.restore(before_condition);
  // `where` is `member.parent == in` here, if there is no condition besides.
  const ExprPtr parent = each.where && node.members.in && !node.members.where ? each.where->children[1] : nullptr;
  each.order = typer_.integer(node.order);
  each_ = static_cast<std::uint32_t>(rule_.eaches.size());
  open_each_ = &each;
  for (const ast::Item& inner : node.items) item(inner, each.items);
  open_each_ = nullptr;
  each_.reset();
  then_.reset();
  scope_.restore(mark);
  for (std::size_t i = 0; i < each.tallies.size(); ++i) {
    Variable sum;
    sum.name = each.tallies[i].name;
    sum.type = kNat;
    sum.slot = each.tallies[i].slot;
    sum.span = each.tallies[i].span;
    scope_.add(std::move(sum));
  }
  // `each a: Area in ioas { … then destroy a }` leaves no Area in it.
  if (parent && parent->op == Op::variable) {
    for (const Effect& effect : each.effects) {
      const bool piece = effect.tag == Effect::Tag::destroy && effect.object && effect.object->op == Op::variable &&
                         effect.object->index == each.slot;
      if (piece) emptied_.emplace_back(*kind, parent->index);
    }
  }
  Item item;
  item.tag = Item::Tag::each;
  item.each = static_cast<std::uint32_t>(rule_.eaches.size());
  item.span = span;
  rule_.eaches.push_back(std::move(each));
  items.push_back(std::move(item));
}

}  // namespace iolaw::syntax
