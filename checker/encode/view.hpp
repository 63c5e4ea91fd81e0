// SPDX-License-Identifier: Apache-2.0
// What a formula of the law may ask of a state. Proofs answer with uninterpreted functions, finite scopes with cells.
#pragma once

#include <functional>

#include "checker/encode/value.hpp"

namespace iolaw {

class View {
 public:
  virtual ~View() = default;

  // The absent object never lives. Fields of objects that do not live are arbitrary.
  virtual Term lives(std::uint32_t kind, Term object) const = 0;
  virtual Value field(std::uint32_t kind, std::uint32_t field, Term object) const = 0;
  // The object of `kind` that the map of its parent has at `key`, or nobody.
  virtual Term child(std::uint32_t kind, Term parent, Term key) const = 0;
  virtual Term count(std::uint32_t count, Term object) const = 0;
  // For all or some objects of the kind, living or not.
  virtual Term objects(bool universal, std::uint32_t kind, const std::function<Term(Term)>& body) const = 0;
};

// Whether `member` is counted at `object` by a summand of a count.
class Translator;
Term is_member(Translator& translator, const View& view, const CountTerm& summand, Term member, Term object);

}  // namespace iolaw
