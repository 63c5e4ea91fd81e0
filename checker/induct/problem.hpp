// SPDX-License-Identifier: Apache-2.0
// All that must be proved of a law by induction, as questions for a solver.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "checker/induct/selection.hpp"
#include "checker/induct/transition.hpp"
#include "checker/smt/digest.hpp"
#include "checker/smt/solver.hpp"

namespace iolaw::induct {

struct Obligation {
  enum class Tag : std::uint8_t {
    initiation,    // an invariant, of the first state
    preservation,  // an invariant, after a transition
    step,          // a step property
    kept,          // "kept.fits": every value that is kept fits, intervals are ordered
    members,       // "members.Ioas.devices": no object but those that the effects name is counted otherwise
    pieces,        // "pieces.stay": a piece makes and ends no other
    reads,         // "reads.exist": every expression that a call reads has a value; every invariant has one
  };
  Tag tag = Tag::preservation;
  std::string rule;  // the transition's name; "initial state"
  std::string property;
  const Property* declared = nullptr;      // initiation, preservation, step
  const Transition* transition = nullptr;  // null for initiation
  Term goal = nullptr;
  std::vector<Term> denial;  // that the goal fails, with witnesses; and terms for the solver to look at
  bool trivial = false;      // the very formula was assumed, or it simplified to true
  std::vector<Term> idle{};  // of a step property of named rules: that it fails where the rule does nothing
  smt::Digest key{};         // of the question: equal for equal questions of any run
};

// What a proof rests on besides the axioms.
struct Core {
  std::vector<const Property*> invariants;
  bool checks = false;   // that the checks of the rule passed
  std::string reason{};  // of `unknown`
};

inline constexpr const char* kKeptFits = "kept.fits";
inline constexpr const char* kReadsExist = "reads.exist";

class Problem {
 public:
  // `only`: what these rules do, and nothing else; of probes among them, that what they read has a value. Empty: what
  // all rules do, and what else must be proved of a law.
  explicit Problem(const Law& law, const std::vector<std::uint32_t>& only = {});
  Problem(const Problem&) = delete;

  const std::vector<Obligation>& obligations() const { return obligations_; }
  const std::vector<Transition>& transitions() const { return transitions_; }
  const Law& law() const { return law_; }

  // The question whether the obligation can fail. May be asked from several threads. `exhausted`: whether it is unknown
  // for want of budget.
  smt::Answer refute(const Obligation& obligation, const smt::Budget& budget, Core* core = nullptr,
                     bool* exhausted = nullptr) const;
  // Whether a step property of named rules holds even if the rule did nothing: `unsat` says so.
  smt::Answer idle(const Obligation& obligation, const smt::Budget& budget) const;
  std::string smt2(const Obligation& obligation) const;
  // Whether what is assumed about a transition is contradictory: `unsat` would make its proofs empty.
  smt::Answer contradict(const Transition& transition, const smt::Budget& budget) const;
  // Likewise of the environment: axioms that contradict each other prove anything.
  smt::Answer contradict_environment(const smt::Budget& budget) const;

 private:
  void add_initiation();
  void add(const Transition& transition);
  void add_members(const Transition& transition);
  void add_reads(const Transition& transition);
  void add_reads_of_properties();
  // What a question may assume besides what holds of every state.
  std::vector<Term> given(const Obligation& obligation) const;
  void deny(Obligation& obligation);
  using Wanted = std::function<bool(Term)>;  // of assumptions
  // What does not depend on the checks of the rule and the invariants; and all.
  void assume(smt::Solver& solver, const Obligation& obligation, const Wanted& wanted) const;
  void assume_all(smt::Solver& solver, const Obligation& obligation) const;
  // Asks with those assumptions alone, and notes of which of them the answer needs.
  smt::Answer ask(const Obligation& obligation, const Wanted& wanted, const smt::Budget& budget, Core& core,
                  bool* exhausted) const;
  void add_keys();
  void note_assumptions();

  const Law& law_;
  std::vector<std::string> kinds_;
  Terms terms_;
  Translator translator_;
  AnyState any_;
  FirstState first_;
  std::vector<Term> alignment_axioms_;
  std::vector<Term> environment_;
  std::vector<Term> hypotheses_;
  std::vector<Term> words_;  // that every nat which is kept is a word, as in a state of the model
  std::vector<std::pair<const Property*, Term>> invariants_;
  std::vector<Transition> transitions_;
  std::vector<std::vector<Term>> afterwards_;  // count axioms after each transition
  std::vector<Obligation> obligations_;
  Selection selection_;
};

}  // namespace iolaw::induct
