// SPDX-License-Identifier: Apache-2.0
// Expressions of the law as terms over a view of a state.
#pragma once

#include <optional>
#include <stdexcept>
#include <vector>

#include "checker/encode/value.hpp"
#include "checker/encode/view.hpp"

namespace iolaw {

// The law says something that proofs cannot carry; what() says what.
struct Unsupported : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// The values of slots. A let stays an expression until it is used, and is read in the state where it stands.
class Frame {
 public:
  explicit Frame(std::size_t slots) : slots_(slots) {}
  void set(std::uint32_t slot, Value value) { slots_.at(slot) = {std::move(value), nullptr, nullptr, nullptr}; }
  void set_lazy(std::uint32_t slot, const Expr* expr, const View* now, const View* after) {
    slots_.at(slot) = {std::nullopt, expr, now, after};
  }

 private:
  friend class Translator;
  struct Slot {
    std::optional<Value> value;
    const Expr* expr = nullptr;
    const View* now = nullptr;
    const View* after = nullptr;
  };
  std::vector<Slot> slots_;
};

// What a call of a given function means.
enum class Environment : std::uint8_t {
  instance,  // its instance, the expression that the law gives
  any,       // any function at all: what axioms say of it is assumed besides
};

// A given function as an uninterpreted one, of all parts of its arguments.
Value given_function(Terms& terms, const Law& law, const Def& def, const Type& type,
                     const std::vector<Term>& arguments);

class Translator {
 public:
  Translator(Terms& terms, const Law& law, Environment environment = Environment::instance)
      : terms_(terms), law_(law), environment_(environment) {}

  // `after` is read inside `after()` only.
  Value value(const Expr& expr, Frame& frame, const View& now, const View* after = nullptr);
  Term formula(const Expr& expr, Frame& frame, const View& now, const View* after = nullptr) {
    return value(expr, frame, now, after).parts[0];
  }
  Term formula(const Property& property, const View& now, const View* after, const std::vector<Value>& arguments = {});

  // Whether the expression has a value: it reads fields, maps and counts of objects that live, and takes no value where
  // there is none. Of operands that decide, later ones need a value only where they are read; of what is said of all or
  // some, every one that is meant needs one.
  Term defined(const Expr& expr, Frame& frame, const View& now, const View* after = nullptr) {
    return has_value(expr, {frame, now, after});
  }

  Terms& terms() { return terms_; }
  const Law& law() const { return law_; }

 private:
  struct Context {
    Frame& frame;
    const View& now;
    const View* after;
  };
  Value translate(const Expr& expr, const Context& context);
  Term term(const Expr& expr, const Context& context, std::size_t child);
  Value variable(const Expr& expr, const Context& context);
  Value call(const Expr& expr, const Context& context);
  Value comparison(const Expr& expr, const Context& context);
  Value flags(const Expr& expr, const Context& context);
  Value quantifier(const Expr& expr, const Context& context);
  Term has_value(const Expr& expr, const Context& context);
  Term has_value_each(const Expr& expr, const Context& context);

  Terms& terms_;
  const Law& law_;
  Environment environment_;
};

}  // namespace iolaw
