// SPDX-License-Identifier: Apache-2.0
// Whether two readings of a rule mean the same: in every state that meets the invariants, each call of which the first
// speaks ends alike in both, and leaves the same state.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "checker/induct/reading.hpp"
#include "checker/smt/digest.hpp"
#include "checker/smt/solver.hpp"

namespace iolaw::induct {

// A question: the readings differ. `unsat` of all of them says that they do not.
struct DifferenceQuestion {
  std::vector<Term> given;
  std::vector<Term> denial;
  smt::Digest key{};  // of the question: equal for equal questions of any run
};

// Loops are compared step by step: the same pieces, in the same order, each of which does the same. So two loops that
// come to the same result on different ways are told apart.
class Equivalence {
 public:
  // Neither rule needs to be one of the law's. Throws Unsupported if proofs cannot carry them.
  Equivalence(const Law& law, const Rule& one, const Rule& other);
  Equivalence(const Equivalence&) = delete;

  // False: they differ in a way that no question can settle, in the number of their loops.
  bool comparable() const { return comparable_; }
  const std::vector<DifferenceQuestion>& questions() const { return questions_; }
  smt::Answer ask(const DifferenceQuestion& question, const smt::Budget& budget) const;

 private:
  void compare(const Transition& one, const Transition& other);
  void compare_lets(const Rule& one, const Rule& other);
  // `end` is how the items end in both; where `one` goes on, `then` must hold.
  Term alike(Term one, Term other, const std::function<Term()>& then);
  Term same_step(const Transition& one, const Transition& other, Reading& first, Reading& second);
  Term same_state(const Transition& one, const Transition& other);
  void ask_whether(std::vector<Term> given, Term same);
  Term renamed(Term term) { return terms_.substitute(term, news_); }
  Value renamed(Value value);

  const Law& law_;
  std::vector<std::string> kinds_;
  Terms terms_;
  Translator translator_;
  AnyState any_;
  std::vector<Term> hypotheses_;
  std::vector<Transition> one_;
  std::vector<Transition> other_;
  std::unordered_map<Term, Term> news_;  // objects that the other makes: those that the first one makes
  OutcomeCodes codes_;
  FirstFailures failures_;
  bool comparable_ = true;
  std::vector<DifferenceQuestion> questions_;
};

}  // namespace iolaw::induct
