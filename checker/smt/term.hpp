// SPDX-License-Identifier: Apache-2.0
// Terms of many-sorted first-order logic with exact integers, hash-consed: equal terms are one node, so a goal that a
// rule does not touch is the very hypothesis that it must follow from.
//
// The constructors simplify: constants fold, integer terms are linear normal forms, comparisons are `0 <= s` or `0 ==
// s`, a negated comparison is a comparison, equality of objects is pushed into conditionals, universal quantifiers are
// split at conjunctions.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

namespace iolaw::smt {

__extension__ typedef __int128 Integer;

inline constexpr Integer kMax64 = (Integer{1} << 64) - 1;

struct Sort {
  enum class Tag : std::uint8_t { boolean, integer, object };
  Tag tag = Tag::boolean;
  std::uint32_t kind = 0;  // of objects
  friend bool operator==(const Sort&, const Sort&) = default;
};
inline constexpr Sort kBoolean{Sort::Tag::boolean, 0};
inline constexpr Sort kInteger{Sort::Tag::integer, 0};
constexpr Sort object_sort(std::uint32_t kind) { return {Sort::Tag::object, kind}; }

enum class TermOp : std::uint8_t {
  truth,     // value 0 or 1
  number,    // value
  object,    // value: index in a finite universe, or kNil, which never lives
  variable,  // symbol
  bound,     // symbol: level of the binder
  apply,     // symbol; arguments
  negation,
  conjunction,  // at least two
  disjunction,
  equal,        // of booleans or objects: [a, b]; of integers: [s], 0 == s
  at_most,      // [s], 0 <= s
  conditional,  // [condition, then, else]
  sum,          // value + Σ weights[i] * args[i]
  aligned,      // [x, unit]
  align_down,   // [x, unit]
  wrapped,      // [x]: x modulo 2^64
  all,          // bound variables, then the body
  some,
};

inline constexpr Integer kNil = -1;

struct Node;
using Term = const Node*;

struct Node {
  TermOp op = TermOp::truth;
  Sort sort;
  std::uint32_t id = 0;  // in the order of creation: a deterministic order
  std::uint32_t symbol = 0;
  Integer value = 0;
  std::vector<Term> args;
  std::vector<Integer> weights;
  bool quantified = false;  // contains a quantifier
  bool open = false;        // contains a bound variable, perhaps one that is bound inside

  bool is_true() const { return op == TermOp::truth && value == 1; }
  bool is_false() const { return op == TermOp::truth && value == 0; }
  bool is_number() const { return op == TermOp::number; }
};

// Owns its nodes. For one thread at a time; finished terms may be read by any number.
class Terms {
 public:
  Terms();
  Terms(const Terms&) = delete;
  Terms& operator=(const Terms&) = delete;

  Term truth(bool value) const { return value ? true_ : false_; }
  Term number(Integer value);
  Term object(std::uint32_t kind, Integer index);
  Term variable(std::string_view name, Sort sort);
  Term fresh(std::string_view prefix, Sort sort);  // a variable that no one else has
  Term bound(std::uint32_t level, Sort sort);
  Term apply(std::string_view function, std::vector<Term> arguments, Sort sort);

  Term negate(Term a);
  Term conjunction(std::vector<Term> terms);
  Term disjunction(std::vector<Term> terms);
  Term both(Term a, Term b) { return conjunction({a, b}); }
  Term either(Term a, Term b) { return disjunction({a, b}); }
  Term implies(Term a, Term b) { return disjunction({negate(a), b}); }
  Term equal(Term a, Term b);
  Term differ(Term a, Term b) { return negate(equal(a, b)); }
  Term conditional(Term condition, Term a, Term b);

  Term sum(std::span<const std::pair<Integer, Term>> summands, Integer constant);
  Term add(Term a, Term b);
  Term subtract(Term a, Term b);
  Term scale(Integer factor, Term a);
  Term at_most(Term a, Term b);  // a <= b
  Term less(Term a, Term b) { return negate(at_most(b, a)); }
  Term within(Term x, Term first, Term last) { return both(at_most(first, x), at_most(x, last)); }
  Term aligned(Term x, Term unit);
  Term align_down(Term x, Term unit);
  Term wrapped(Term x);
  Term indicator(Term condition) { return conditional(condition, number(1), number(0)); }

  Term all(std::vector<Term> variables, Term body);
  Term some(std::vector<Term> variables, Term body);

  // `body` gets the bound variable. Nested calls make nested binders, so that equal formulas get equal names.
  Term quantify(bool universal, Sort sort, const std::function<Term(Term)>& body);

  // The same operator on other arguments, simplified again.
  Term rebuild(Term original, std::vector<Term> arguments);
  Term substitute(Term term, const std::unordered_map<Term, Term>& replacements);

  const std::string& name(std::uint32_t symbol) const { return names_[symbol]; }
  std::size_t size() const { return nodes_.size(); }

 private:
  struct Hash {
    std::size_t operator()(Term term) const;
  };
  struct Same {
    bool operator()(Term a, Term b) const;
  };

  Term intern(Node&& node);
  std::uint32_t symbol(std::string_view name);
  Term nary(TermOp op, std::vector<Term>&& terms);

  std::deque<Node> nodes_;
  std::unordered_set<Term, Hash, Same> table_;
  std::vector<std::string> names_;
  std::unordered_map<std::string, std::uint32_t> symbols_;
  std::unordered_map<std::string, std::uint32_t> fresh_;  // per prefix
  std::uint32_t level_ = 0;                               // of the binders under construction
  Term true_ = nullptr;
  Term false_ = nullptr;
};

// An integer term as constant + Σ weight * atom, atoms in the order of their ids, no weight zero.
struct Linear {
  std::vector<std::pair<Integer, Term>> summands;
  Integer constant = 0;
};
Linear linear(Term term);

bool mentions(Term term, Term variable);

// For people and tests: an S-expression.
std::string to_text(const Terms& terms, Term term);
std::string to_text(Integer value);

}  // namespace iolaw::smt
