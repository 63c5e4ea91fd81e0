// SPDX-License-Identifier: Apache-2.0
// Given functions and axioms: what the law assumes of its environment. Neither may read the state.
#include "model/syntax/resolve/resolve.hpp"
#include "model/syntax/resolve/state_reader.hpp"
#include "model/syntax/resolve/typer.hpp"

namespace iolaw::syntax {

const Expr* StateReader::find(const Expr& e) {
  switch (e.op) {
    case Op::field:
    case Op::lives:
    case Op::at:
    case Op::slot:
    case Op::count:
    case Op::all_objects:
    case Op::some_object:
    case Op::count_objects:
    case Op::after:
      return &e;
    case Op::call:
      if (law_.defs[e.index].given) break;  // checked by itself
      if (def(e.index)) return &e;
      break;
    default:
      break;
  }
  if (clean_.count(&e) != 0) return nullptr;
  for (const ExprPtr& child : e.children) {
    if (const Expr* found = find(*child)) return found;
  }
  clean_.insert(&e);
  return nullptr;
}

bool StateReader::def(std::uint32_t index) {
  const auto [known, fresh] = reads_.emplace(index, false);
  if (!fresh) return known->second;
  const ExprPtr& body = law_.defs[index].body;
  const bool reads = body && find(*body) != nullptr;
  reads_[index] = reads;
  return reads;
}

void check_given(Names& names, std::uint32_t def, StateReader& reader) {
  const ExprPtr& body = names.law.defs[def].body;
  const Expr* found = body ? reader.find(*body) : nullptr;
  if (!found) return;
  names.error(Code::reads_state, found->span,
              "a given function depends on its arguments alone; this depends on the state: make it a `def`");
}

void resolve_axioms(Names& names, const Declared& declared) {
  StateReader reader(names.law);
  for (std::size_t i = 0; i < declared.axioms.size(); ++i) {
    const ast::Axiom& node = *declared.axioms[i];
    Axiom& axiom = names.law.axioms[i];
    names.enter("axiom", node.restriction);
    Scope scope;
    Typer typer(names, scope);
    axiom.formula = typer.condition(node.formula);
    axiom.slots = scope.slots;
    axiom.slot_names = scope.slot_names;
    const Expr* found = axiom.formula ? reader.find(*axiom.formula) : nullptr;
    if (!found) continue;
    names.error(Code::reads_state, found->span,
                "an axiom is about the environment: given functions and constants; this depends on the state of the "
                "law: make it an `invariant`, which is proved");
  }
}

}  // namespace iolaw::syntax
