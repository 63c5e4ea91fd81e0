// SPDX-License-Identifier: Apache-2.0
// From declarations to a typed law, in passes: collect names, then objects, constants, counts, defs, rules, properties,
// axioms, scopes.
#pragma once

#include <vector>

#include "model/syntax/ast.hpp"
#include "model/syntax/resolve/names.hpp"

namespace iolaw::syntax {

// What the text declares, by the index that it has in Law: objects[i] became law.kinds[i].
struct Declared {
  std::vector<const ast::Const*> constants;
  std::vector<const ast::Object*> objects;
  std::vector<const ast::Count*> counts;
  std::vector<const ast::Def*> defs;
  std::vector<const ast::Rule*> rules;
  std::vector<const ast::Property*> properties;
  std::vector<const ast::Axiom*> axioms;
  std::vector<const ast::Scope*> scopes;
};

// The passes, in this order. Each reports what is wrong and goes on.
// Leaves out what the view of `names` does not have.
Declared collect(Names& names, const std::vector<ast::Declaration>& declarations);
void resolve_objects(Names& names, const Declared& declared);
void resolve_counts(Names& names, const Declared& declared);
void resolve_constants(Names& names, const Declared& declared);
void resolve_defs(Names& names, const Declared& declared);
void resolve_rules(Names& names, const Declared& declared);
void resolve_properties(Names& names, const Declared& declared);
void resolve_axioms(Names& names, const Declared& declared);
void resolve_scopes(Names& names, const Declared& declared);
// Formulas that are too large when they are written out are reported and taken away: those of counts, which rules read,
// and all others.
void check_count_sizes(Names& names);
void check_sizes(Names& names);
// Of invariants and steps: that proofs can carry them. After check_sizes.
void check_provable(Names& names);
void add_generated_properties(Law& law);

}  // namespace iolaw::syntax
