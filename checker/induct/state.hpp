// SPDX-License-Identifier: Apache-2.0
// The states of a proof: before a transition, uninterpreted functions; after it, definitions over them; and the first.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "checker/encode/change.hpp"

namespace iolaw::induct {

class AnyState : public View {
 public:
  explicit AnyState(Translator& translator) : terms_(translator.terms()), law_(translator.law()) {}

  Term lives(std::uint32_t kind, Term object) const override;
  Value field(std::uint32_t kind, std::uint32_t field, Term object) const override;
  Term child(std::uint32_t kind, Term parent, Term key) const override;
  Term count(std::uint32_t count, Term object) const override;
  Term objects(bool universal, std::uint32_t kind, const std::function<Term(Term)>& body) const override;

 protected:
  Terms& terms_;
  const Law& law_;
};

// Nothing lives.
class FirstState : public AnyState {
 public:
  using AnyState::AnyState;
  Term lives(std::uint32_t, Term) const override { return terms_.truth(false); }
  Term child(std::uint32_t kind, Term, Term) const override { return nobody(terms_, kind); }
  Term count(std::uint32_t, Term) const override { return terms_.number(0); }
};

// The state after `changes`. Maps and counts are updated for the objects that are named by an effect; that no other
// object makes a difference to a count is a lemma of its own.
class NextState : public AnyState {
 public:
  NextState(Translator& translator, const Changes& changes);

  Term lives(std::uint32_t kind, Term object) const override;
  Value field(std::uint32_t kind, std::uint32_t field, Term object) const override;
  Term child(std::uint32_t kind, Term parent, Term key) const override;
  Term count(std::uint32_t count, Term object) const override;

  // The objects of a kind that may be counted otherwise than before.
  const std::vector<Term>& touched(std::uint32_t kind) const { return touched_.at(kind); }

 private:
  void touch(std::uint32_t kind, Term object);
  bool is_counted(std::uint32_t kind) const;

  Translator& translator_;
  const Changes& changes_;
  std::vector<std::vector<Term>> touched_;
};

}  // namespace iolaw::induct
