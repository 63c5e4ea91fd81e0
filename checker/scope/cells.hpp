// SPDX-License-Identifier: Apache-2.0
// A state of a finite scope: a few objects of each kind, each a row of cells. Exact: maps, counts and the life of
// shared objects are computed from the objects, as the evaluator does. A reference is a tree of conditionals over the
// objects.
#pragma once

#include <string>
#include <vector>

#include "checker/encode/change.hpp"

namespace iolaw::scope {

using Sizes = std::vector<std::uint32_t>;  // objects of each kind

struct Cells {
  struct Row {
    Term lives = nullptr;
    std::vector<Value> fields;
    friend bool operator==(const Row&, const Row&) = default;
  };
  std::vector<std::vector<Row>> kinds;
};

// Any state whose names begin with `prefix`; `constraints` receives what types say, and that the objects that live come
// first, which loses nothing: objects have no names.
Cells any_cells(Terms& terms, const Law& law, const Sizes& sizes, const std::string& prefix,
                std::vector<Term>& constraints);
Cells first_cells(Terms& terms, const Law& law, const Sizes& sizes);
Cells choose(Terms& terms, Term condition, const Cells& a, const Cells& b);
// The same state in new variables where it is not constant; `definitions` receives what they are.
Cells name_cells(Terms& terms, const Law& law, const Cells& cells, const std::string& prefix,
                 std::vector<Term>& definitions);

// A value of a type that is not known, typed.
Value any_value(Terms& terms, const Law& law, const Sizes& sizes, const Type& type, const std::string& name,
                bool may_be_nobody, std::vector<Term>& constraints);

// `x` is a power of two.
Term is_pow2(Terms& terms, Term x);

class ScopeView : public View {
 public:
  ScopeView(Translator& translator, Cells cells) : translator_(translator), cells_(std::move(cells)) {}

  const Cells& cells() const { return cells_; }

  Term lives(std::uint32_t kind, Term object) const override;
  Value field(std::uint32_t kind, std::uint32_t field, Term object) const override;
  Term child(std::uint32_t kind, Term parent, Term key) const override;
  Term count(std::uint32_t count, Term object) const override;
  Term objects(bool universal, std::uint32_t kind, const std::function<Term(Term)>& body) const override;

 private:
  Translator& translator_;
  Cells cells_;
};

// The state after a block of effects.
Cells after(Translator& translator, const ScopeView& before, const Changes& changes);

}  // namespace iolaw::scope
