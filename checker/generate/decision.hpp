// SPDX-License-Identifier: Apache-2.0
// The goals of one decision of one rule (see decisions.hpp).
#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "checker/generate/decisions.hpp"
#include "checker/generate/inline_defs.hpp"

namespace iolaw {

class Decision {
 public:
  using Sort = DecisionGoal::Kind;
  using When = DecisionGoal::When;

  // Appends to `goals`.
  Decision(const Law& law, std::uint32_t rule, std::uint32_t branch, InlineDefs& inlining,
           std::vector<DecisionGoal>& goals, DecisionDetail detail)
      : law_(law), rule_(rule), branch_(branch), inlining_(inlining), goals_(goals), detail_(detail) {}

  // The law is silent where the condition holds: only that it does not hold can be tested.
  void only_passing() { ends_ = false; }
  // A condition that says what a success does: its value is not seen in how the call ends.
  void of_success() { success_ = true; }

  // `inside` makes a formula about the call of one about where the condition stands.
  using Wrap = std::function<ExprPtr(ExprPtr)>;
  void add(const ExprPtr& condition, const Wrap& inside) { visit(condition, inside, true); }
  // Of a line that applies unless it holds; written as what it says then, its negation.
  void add_unless(const ExprPtr& negation, const Wrap& inside) { visit(negation->children[0], inside, false); }

  // A line of a loop that applies to a piece behind one to which it does not.
  void add_later_piece(const Each& each, const ExprPtr& where, const ExprPtr& condition);

  void add_goal(Sort kind, std::string what, When when, const ExprPtr& formula);

 private:
  // `wrap(f)`: f holds here, and this part decides alone. The decision is what this part is, or its opposite.
  void visit(const ExprPtr& expr, const Wrap& wrap, bool positive);

  // The formula of a goal where a part has this value.
  ExprPtr wrapped(const Wrap& wrap, bool value, bool positive, ExprPtr here);

  // What is said of some or all: that one object decides, and neither the one before nor the one behind it.
  void look_at_all(const ExprPtr& all, const Wrap& wrap, bool positive);

  // The parts that say which objects are meant, and what is said of them.
  static void split_guards(const ExprPtr& body, bool some, std::uint32_t slot, std::vector<ExprPtr>& guards,
                           std::vector<ExprPtr>& rest);

  // That one object stands before another: by address where it has one, else that they differ.
  ExprPtr ordered(const Expr& like, std::uint32_t low, std::uint32_t high) const;

  // `some x: u64: …`. Where only one address would do, an implementation must look there: so for each part of it a goal
  // that an address is found, and none if this part had the other value for all of them.
  struct Sought {
    ExprPtr some;
    Wrap wrap;
    bool positive = true;
  };
  void add_sought(const ExprPtr& atom, bool positive);

  // Of an address that just misses: what is found.
  enum class Miss : std::uint8_t { none, only_higher, only_lower };
  ExprPtr found_beside(const Expr& some);

  // That what is said of all or none holds of all but the object that is bound.
  ExprPtr others(const Expr& quantifier);

  void visit_atom(const ExprPtr& atom, const Wrap& wrap, bool positive);

  struct Boundary {
    ExprPtr numbers;
    bool value = true;     // of the comparison where the numbers are so
    bool closest = false;  // to where it would have the other one
  };
  // Where an address just misses that is looked for, others may be found: goals of their own.
  void add_boundary(const std::string& what, const Boundary& boundary, const ExprPtr& atom, const Wrap& wrap,
                    bool positive);

  void add_boundaries(const ExprPtr& atom, const std::string& name, const Wrap& wrap, bool positive);

  std::string text(const Expr& expr) const;
  bool is_opposite(const ExprPtr& part) const { return opposites_.count(part) > 0; }
  static When when(bool value, bool positive) { return value == positive ? When::ends : When::passes; }

  const Law& law_;
  std::uint32_t rule_;
  std::uint32_t branch_;
  InlineDefs& inlining_;
  std::vector<DecisionGoal>& goals_;
  DecisionDetail detail_;
  const Expr* part_ = nullptr;      // that the next goals are about
  const Sought* sought_ = nullptr;  // inside of which we are
  std::set<ExprPtr> opposites_;     // parts of which the law's text says the opposite: `x != y` is said of `x == y`
  Miss miss_ = Miss::none;          // while goals about an address that just misses are made
  bool applies_ = true;             // the decision, by the formula that is being wrapped
  bool ends_ = true;
  bool success_ = false;
};

}  // namespace iolaw
