// SPDX-License-Identifier: Apache-2.0
// Invariants, steps and covers.
#include "model/syntax/lexis.hpp"
#include "model/syntax/resolve/resolve.hpp"
#include "model/syntax/resolve/typer.hpp"

namespace iolaw::syntax {
namespace {

// A rule that is declared, but not in this view. It makes no transitions here.
bool is_elsewhere(const Names& names, const ast::Name& rule) { return names.outside.count(rule.text) != 0; }

// Whether all rules are known: the formula may name their parameters.
bool resolve_on(Names& names, const ast::Property& node, Property& property) {
  if (node.tag != Property::Tag::step && !node.on.empty()) {
    names.error(Code::after_misplaced, node.on.front().span, "only a `step` is about certain rules");
    return true;
  }
  std::size_t left_out = 0;
  for (const ast::Name& name : node.on) {
    const auto rule = names.rules.find(name.text);
    if (rule == names.rules.end() && node.on.size() > 1 && is_elsewhere(names, name)) {
      ++left_out;
    } else if (rule == names.rules.end()) {
      names.unknown(Code::unknown_rule, name, "no rule is named " + quote(name.text), keys(names.rules));
    } else {
      property.on.push_back(rule->second);
    }
  }
  return property.on.size() + left_out == node.on.size() && (node.on.empty() || !property.on.empty());
}

}  // namespace

void resolve_properties(Names& names, const Declared& declared) {
  for (std::size_t i = 0; i < declared.properties.size(); ++i) {
    const ast::Property& node = *declared.properties[i];
    Property& property = names.law.properties[i];
    names.enter("property", node.restriction);
    if (!resolve_on(names, node, property)) continue;
    Scope scope;
    Typer typer(names, scope);
    typer.in_step = node.tag == Property::Tag::step;
    if (property.on.size() == 1) {
      for (const Parameter& parameter : names.law.rules[property.on.front()].parameters) {
        scope.add(parameter.name, parameter.type, parameter.span);
      }
    }
    property.formula = typer.condition(node.formula);
    property.slots = scope.slots;
    property.slot_names = scope.slot_names;
  }
}

}  // namespace iolaw::syntax
