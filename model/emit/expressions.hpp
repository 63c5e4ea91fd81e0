// SPDX-License-Identifier: Apache-2.0
// Expressions of the law as C++ expressions that read a compiled state.
#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "model/emit/integer.hpp"
#include "model/emit/layout.hpp"
#include "model/emit/scope.hpp"
#include "model/law/law.hpp"

namespace iolaw::emit {

// What the law says cannot be compiled.
struct EmitError : std::runtime_error {
  EmitError(const std::string& what, Span where) : std::runtime_error(what), span(where) {}
  Span span;
};

// A place of the law where evaluation may find no value, and why.
struct Site {
  Span span;
  std::string what;
};

// Shared by all that is written for one law.
struct Context {
  Context(const Law& the_law, const Scope& the_scope) : law(the_law), scope(the_scope), layout(the_law, the_scope) {}

  const Law& law;
  const Scope& scope;
  Layout layout;
  std::vector<Site> sites;
  unsigned names = 0;

  std::uint32_t site(Span span, const std::string& what);
  std::string fresh_name(std::string_view stem);
  const std::string kind_name(std::uint32_t kind) const { return identifier(law.kinds[kind].name); }
};

// The C++ form of a value.
struct Term {
  Type type;
  Int a;  // a truth value (bool), a reference (Ref, kNoRef for none), a number; the first address of an interval
  Int b;  // the last address of an interval; whether a maybe integer has a value (bool)
  std::string live;  // a reference: the state in which its object certainly lives
};

class Expressions {
 public:
  // `state` and `after` name C++ variables; `after` only in steps.
  Expressions(Context& context, std::string state, std::string after = {});

  void bind(std::uint32_t slot, Term term);
  // A let: its expression stands wherever the variable is named.
  void bind_let(std::uint32_t slot, const Expr& expr);
  // The parameters and other bound slots that a value depends on, through lets.
  void collect_slots(const Expr& expr, std::vector<bool>& slots) const;

  std::string truth(const Expr& expr);
  Int integer(const Expr& expr);
  Term term(const Expr& expr);
  // The index of an object that lives; a defect if it does not.
  std::string object(const Expr& expr);
  std::string live_mask(std::uint32_t kind) const;
  // Whether a `Sweep sweep` is in scope, so that a quantifier inside is a nested one.
  void set_sweeping(bool sweeping) { sweeping_ = sweeping; }

 private:
  std::string equal(const Term& a, const Term& b, const Expr& where);
  Term field(const Expr& expr);
  Term map(const Expr& expr);
  Term call(const Expr& expr);
  Term conditional(const Expr& expr);
  Term variable(const Expr& expr);
  Term quantified_objects(const Expr& expr);
  Term quantified_addresses(const Expr& expr);
  Int arithmetic(const Expr& expr);
  Int multiply(const Expr& expr);
  Int align_down(const Expr& expr);
  Int wrapping(const Expr& expr);
  std::string aligned(const Expr& expr);
  std::string overflows(const Expr& expr);
  std::string compare(const Expr& expr);
  std::string joined(const Expr& expr, const char* op, const char* empty);
  std::string compare_codes(const Int& a, const Int& b, const char* op);
  Int unified(const std::string& condition, const Int& a, const Int& b);
  [[noreturn]] void refuse(const Expr& expr, const std::string& why) const;

  Context& context_;
  std::string state_;
  std::string after_;
  struct Binding {
    Term term;
    const Expr* let = nullptr;
  };
  std::vector<std::optional<Binding>> slots_;
  bool sweeping_ = false;
};

Term truth_term(std::string code);
// A reference to an object of `kind`; `live` as in Term.
Term reference_term(std::uint32_t kind, std::string code, std::string live = {});
Term integer_term(const Type& type, Int value);
// The value of a column for the object `index`.
Term column_term(const Context& context, const Type& type, const FieldLayout& field, const std::string& state,
                 const std::string& index);

}  // namespace iolaw::emit
