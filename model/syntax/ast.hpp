// SPDX-License-Identifier: Apache-2.0
// What the grammar makes: plain structs, one per construct, nothing resolved. Only model/syntax reads them.
#pragma once

#include <boost/optional.hpp>
#include <string>
#include <variant>
#include <vector>

#include "model/law/law.hpp"

namespace iolaw::ast {

// One word or a dotted name, and where it stands.
struct Name {
  std::string text;
  Span span;
};

struct Type {
  bool maybe = false;
  Name name;
};

enum class Tag : std::uint8_t {
  number,   // value
  boolean,  // value: 0 or 1
  maximum,  // MAX
  none,
  name,         // name
  field,        // name; [object]
  index,        // [map, key], where the map is a `field`
  call,         // name; arguments
  interval,     // [first, last]
  in,           // [element or part, whole]
  is_empty,     // [flags]
  is_some,      // [maybe]; name, if it binds one
  is_none,      // [maybe]
  is_busy,      // [reference]
  lives,        // [reference]
  the,          // [maybe]
  negation,     // [a]
  conjunction,  // any number
  disjunction,  // any number
  implication,  // [if, then]
  equivalence,  // [a, b]
  equal,
  unequal,
  less,
  less_equal,
  greater,
  greater_equal,
  add,
  subtract,
  multiply,
  flags_union,
  conditional,  // [condition, then, else]
  all,          // binders; [body] or [where, body]
  some,
  no,
  count,
};

struct Binder;

struct Expr {
  Tag tag = Tag::boolean;
  unsigned height = 0;  // of the tree; at most kMaxDepth
  Span span;
  Word value = 0;
  Name name;
  std::vector<Expr> children;
  std::vector<Binder> binders;
};

// `a: Area in ioas`, `x: u64`, `x in span`.
struct Binder {
  Name name;
  boost::optional<Type> type;
  boost::optional<Expr> in;
};

// `n: Pin in access where …`: the objects that an `each` or an effect on many is about.
struct Members {
  Name name;
  Name kind;
  boost::optional<Expr> in;
  boost::optional<Expr> where;
};

// ---- views ----------------------------------------------------------------------------------------------------------

// `since linux 6.17`
struct Since {
  Name source;
  Version version;
  Span span;
};

// `only mock, tegra241 since linux 6.17`: in which views a declaration or a branch is there.
struct Restriction {
  std::vector<Name> only;    // none: every profile
  std::vector<Since> since;  // at most one, if there is no mistake
  Span span;                 // where nothing is written: where it would be, and empty
};

// ---- items of a rule ------------------------------------------------------------------------------------------------

struct Let {
  Name name;
  Expr value;
};

// `fails`, `may fail`, `but fails`.
enum class Failing { always, maybe, kept };

struct Fails {
  Failing failing = Failing::always;
  std::vector<Name> errors;
  Name tag;
  Restriction restriction;
  bool unless = false;
  Expr condition;
  Span span;
};

struct Unspecified {
  Name tag;
  Restriction restriction;
  bool unless = false;
  Expr condition;
  Span span;
};

struct Choose {
  Name name;
  Type type;
  boost::optional<Expr> where;
};

struct Tally {
  Name name;
  Expr summand;
};

struct Result {
  Name name;
  Expr value;
};

// `name` or `name = value` between the braces of `new`.
struct Init {
  Name name;
  boost::optional<Expr> value;
};

struct New {
  Name kind;
  std::vector<Init> values;
  Span span;
};

struct Create {
  bool let = false;  // `let n = new …`; otherwise `result = new …`, or no name
  boost::optional<Name> name;
  New object;
};

struct Destroy {
  Expr object;
  Span span;
};

struct DestroyAll {
  Members members;
  Span span;
};

struct Update {
  Expr target;
  Expr value;
};

struct UpdateAll {
  Members members;
  Expr target;
  Expr value;
  Span span;
};

using Effect = std::variant<Let, Create, Destroy, DestroyAll, Update, UpdateAll>;

struct Then {
  std::vector<Effect> effects;
  Span span;
};

struct Item;

struct Each {
  Members members;
  Expr order;
  std::vector<Item> items;
  Span span;
};

struct Item {
  std::variant<Let, Fails, Unspecified, Choose, Tally, Result, Then, Each> node;
  Span span;
};

// ---- declarations ---------------------------------------------------------------------------------------------------

struct Use {
  Name module;
};

// `profile mock includes core "Linux's test driver"`
struct Profile {
  Name name;
  std::vector<Name> includes;
  Name title;
};

struct Const {
  Name name;
  Type type;
  Restriction restriction;
  Expr value;
};

struct Enum {
  bool flags = false;
  Name name;
  Restriction restriction;
  std::vector<Name> constants;
};

// `at span`, `slot index`: how the parent finds the object.
struct Key {
  bool slot = false;
  Name name;
};

struct Field {
  FieldRole role = FieldRole::plain;
  Name name;
  Type type;
  boost::optional<Key> key;  // of a parent
};

struct Object {
  Name name;
  bool shared = false;
  Restriction restriction;
  std::vector<Field> fields;
};

struct CountTerm {
  Name field;  // "Device.ioas"
  boost::optional<Expr> where;
};

struct Count {
  Name name;  // "Ioas.devices"
  Restriction restriction;
  std::vector<CountTerm> terms;
};

// A parameter or a declared result.
struct Parameter {
  Name name;
  Type type;
};

struct Def {
  bool given = false;
  Name name;
  std::vector<Parameter> parameters;
  Type type;
  Restriction restriction;
  Expr body;
};

struct Citation {
  Name source;
  Name file;
  std::vector<Name> anchors;  // at most one
};

struct Rule {
  bool probe = false;
  Name name;
  std::vector<Parameter> parameters;
  std::vector<Parameter> results;
  Restriction restriction;
  std::vector<Citation> citations;
  std::vector<Item> items;
};

struct Property {
  iolaw::Property::Tag tag = iolaw::Property::Tag::invariant;
  Name name;
  Name title;
  std::vector<Name> on;
  Restriction restriction;
  Expr formula;
};

struct Axiom {
  Name name;
  Name title;
  Restriction restriction;
  Expr formula;
};

struct Scope {
  Name name;
  Name title;
  Restriction restriction;
  Name text;  // as it is written
};

struct Declaration {
  std::variant<Use, Profile, Const, Enum, Object, Count, Def, Rule, Property, Axiom, Scope> node;
  Span span;
};

}  // namespace iolaw::ast
