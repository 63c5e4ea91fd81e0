// SPDX-License-Identifier: Apache-2.0
// The typed law: what the front end makes once and every other part reads. Immutable after construction.
//
// Everything is an index into a vector of `Law`; names serve people only. Expressions are trees of `Expr`, shared and
// immutable; defs stay calls (`Op::call`), so that an explanation can name them.
#pragma once

#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace iolaw {

using Word = std::uint64_t;

// ---- places ---------------------------------------------------------------------------------------------------------

// A range of bytes in a source file: [begin, end), offsets in bytes. Lines and columns are computed when shown.
struct Span {
  std::uint32_t file = 0;  // index into Law::files
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
};

struct SourceFile {
  std::string path;  // as the user named it, or relative to the root file
  std::string text;
};

// ---- views ----------------------------------------------------------------------------------------------------------

// Of the implementation that the law speaks of: 6.17.
struct Version {
  std::uint32_t major = 0;
  std::uint32_t minor = 0;
  friend auto operator<=>(const Version&, const Version&) = default;
};

// What a kind of implementation promises. A Law is what one profile at one version has; nothing else is in it.
struct Profile {
  std::string name;
  std::string title;
  std::vector<std::uint32_t> includes;  // the profiles whose declarations it has, itself among them; ascending
  std::string doc;
  Span span;
};

// What of the law is read: what one profile has, at one version of Linux.
struct LawView {
  std::string profile;             // empty: the first that the law declares
  std::optional<Version> version;  // none: the newest
};

// How a rule or a branch was restricted; for showing it, since the Law has only what is in its view.
struct Restriction {
  std::vector<std::uint32_t> only;  // indexes into Law::profiles; none: every profile
  std::optional<Version> since;     // of Linux
};

// ---- types ----------------------------------------------------------------------------------------------------------

enum class TypeTag : std::uint8_t {
  boolean,
  u64,          // 0..2^64-1 where it is kept; arithmetic on it is exact
  pow2,         // a u64 that is a power of two
  nat,          // an unbounded natural number: counts, slot indexes
  enumeration,  // `id` is the index into Law::enums; a value is the index of its constant
  flags,        // `id` is the index into Law::flag_sets; a value is a bit mask, bit i is constant i
  reference,    // `id` is the index into Law::kinds
  interval,     // closed interval of u64, first <= last where it is kept
};

struct Type {
  TypeTag tag = TypeTag::boolean;
  bool maybe = false;    // may be none: only references, u64
  std::uint32_t id = 0;  // see TypeTag

  friend bool operator==(const Type&, const Type&) = default;
  bool is_integer() const { return tag == TypeTag::u64 || tag == TypeTag::pow2 || tag == TypeTag::nat; }
};

struct Enumeration {
  std::string name;
  std::vector<std::string> constants;
  std::string doc;
  Span span;
};

// ---- expressions ----------------------------------------------------------------------------------------------------

// Where a maybe type is kept (a field, a result, an argument, a branch of a conditional) a value of the plain type may
// stand. Operands of `equal` are either both maybe or neither; integers of any two types may meet. Integer arithmetic
// is exact (no wrap, no bound); a value must fit its type only where it is kept: in a field, a result, an argument.
// `at` and `slot` with a key that fits no u64 are none.
enum class Op : std::uint8_t {
  literal,   // value, of the node's type; booleans are 0 and 1; none is Op::none
  none,      // the absent value of a maybe type
  variable,  // index: slot of the frame
  constant,  // index into Law::constants
  field,     // index of the field; [object]
  first,     // [interval]
  last,      // [interval]
  interval,  // [first, last]
  lives,     // [reference, possibly maybe]: it is not none, and its object exists
  at,        // index of the child kind, whose container is the parent's interval map; [parent, key] -> maybe reference
  slot,      // index of the child kind, whose container is the parent's slot map; [parent, key] -> maybe reference
  count,     // index into Law::counts; [key object] -> nat
  call,      // index into Law::defs; arguments
  is_some,   // [maybe]
  the,       // [maybe]: its value; the law must have made sure that there is one
  negation,  // [boolean]
  conjunction,    // any number, evaluated from the left, stops at the first false
  disjunction,    // any number, evaluated from the left, stops at the first true
  implication,    // [if, then]
  equivalence,    // [a, b]
  conditional,    // [condition, then, else]
  equal,          // [a, b] of one type (references, integers, booleans, enums, flags, intervals, maybes of these)
  less,           // [a, b] integers
  less_equal,     // [a, b] integers
  add,            // [a, b]
  subtract,       // [a, b]; exact, may be negative
  multiply,       // [a, literal]
  wrapping,       // [a]: a modulo 2^64
  overflows,      // [a]: a does not fit a u64 (too large or negative)
  aligned,        // [x, unit]: x is a multiple of unit, a pow2
  align_down,     // [x, unit]: the greatest multiple of unit that is at most x
  flags_contain,  // [set, mask]: every flag of mask is in set
  flags_union,    // [a, b]
  all_objects,    // index: slot; kind: of the objects; [body]; over objects that live (inside `after`: that live then)
  some_object,    // likewise
  count_objects,  // likewise -> nat; in probes only
  all_addresses,  // index: slot; [first, last, body]; over every u64 of first..last, none if first > last
  some_address,   // likewise
  after,          // [e]: e in the state after the transition; in steps only
};

struct Expr;
using ExprPtr = std::shared_ptr<const Expr>;

struct Expr {
  Op op = Op::literal;
  Type type;
  Word value = 0;           // Op::literal
  std::uint32_t index = 0;  // see Op
  std::uint32_t kind = 0;   // all_objects, some_object, count_objects: index into Law::kinds
  std::vector<ExprPtr> children;
  Span span;
};

// ---- declarations ---------------------------------------------------------------------------------------------------

struct Constant {
  std::string name;
  Type type;
  Word value = 0;  // the first address of an interval
  Word last = 0;   // its last address
  std::string doc;
  Span span;
};

enum class FieldRole : std::uint8_t {
  plain,   // a value
  parent,  // `in`: the object lives in this one and dies with it
  holds,   // `holds`: keeps that one busy, or alive if its kind is shared
};

struct Field {
  std::string name;
  Type type;
  FieldRole role = FieldRole::plain;
  std::string doc;
  Span span;
};

// How an object is found in its parent.
enum class Container : std::uint8_t { none, interval_map, slot_map };

struct Kind {
  std::string name;
  bool shared = false;  // lives exactly as long as somebody holds it
  Container container = Container::none;
  std::optional<std::uint32_t> parent;  // the field of role `parent`
  std::optional<std::uint32_t> key;     // the field that is the key in the parent's map: an interval or a u64 or nat
  std::optional<std::uint32_t> users;   // shared kinds: the index into Law::counts of the number of its holders
  std::vector<Field> fields;
  std::string doc;
  Span span;
};

// One summand of a count: the objects of `kind` that live and meet `where`, each counted at the object its `field`
// names.
struct CountTerm {
  std::uint32_t kind = 0;
  std::uint32_t field = 0;
  ExprPtr where;  // null: no condition; slot 0 is the member
};

// A counted relation: for each object of `kind`, how many members refer to it.
struct Count {
  std::string name;  // "devices" in `count Ioas.devices = …`; "users" where it was made for a shared kind
  std::uint32_t kind = 0;
  std::vector<CountTerm> terms;
  std::string doc;
  Span span;
};

struct Parameter {
  std::string name;
  Type type;  // one word: no intervals, no maybe
  Span span;
};

struct Def {
  std::string name;
  std::vector<Parameter> parameters;  // slots 0..n-1; intervals are allowed here, but not in a given function
  std::uint32_t slots = 0;            // size of the frame
  ExprPtr body;
  std::string doc;
  Span span;
  Type type;           // of what it gives
  bool given = false;  // a fact of the environment: the body is one instance, proofs assume the axioms alone
};

struct Citation {
  std::string source;  // "linux", "arm", …
  std::string file;
  std::string anchor;
};

// ---- rules ----------------------------------------------------------------------------------------------------------

struct Effect;

struct FieldValue {
  std::uint32_t field = 0;
  ExprPtr value;
};

// All expressions of a block of effects read the state before the block (after the pieces of an `each`), but a variable
// bound by `new` may be used as a reference. Later effects win.
struct Effect {
  enum class Tag : std::uint8_t {
    create,       // slot, kind, values: a new object, any that does not live
    destroy,      // object: it, and what lives in it; shared objects that lose their last holder go too
    destroy_all,  // slot, kind, where: each object that meets `where`, likewise
    update,       // object, values (one)
    update_all,   // slot, kind, where, values (one)
  };
  Tag tag = Tag::create;
  std::uint32_t slot = 0;
  std::uint32_t kind = 0;
  ExprPtr object;
  ExprPtr where;
  std::vector<FieldValue> values;
  Span span;
};

struct Each;

// One line of a rule, in order.
struct Item {
  enum class Tag : std::uint8_t {
    let,          // slot, expr: evaluated where it stands; lazily, that is, only if used
    fails,        // branch: index into Rule::branches
    may_fail,     // branch likewise: the implementation may fail so where it applies, or go on; never in an each
    unspecified,  // branch likewise: the law does not say what such a call does
    choose,       // slot, type, expr (what it must meet, the slot bound to it): the implementation's choice
    each,         // index into Rule::eaches
  };
  Tag tag = Tag::let;
  std::uint32_t slot = 0;
  Type type;
  ExprPtr expr;
  std::uint32_t branch = 0;
  std::uint32_t each = 0;
  std::string name;  // let, choose
  Span span;
};

// A way for a call to end other than success.
struct Branch {
  std::string tag;  // "overlap"; the ID is rule + "." + tag
  bool unspecified = false;
  bool may = false;                   // the implementation may go on instead; of an Item::Tag::may_fail
  bool keeps = false;                 // the effects are done all the same; of Rule::late
  std::vector<int> errors;            // Linux errno, at least one; several where an implementation may choose
  ExprPtr condition;                  // `unless c` is stored as the negation of c
  bool unless = false;                // how it was written
  std::optional<std::uint32_t> each;  // inside this `each`
  std::string doc;
  Span span;
  Restriction restriction;
};

struct Tally {
  std::uint32_t slot = 0;  // the sum so far; a nat; 0 before the first piece
  std::string name;
  ExprPtr summand;  // read before the piece's effects
  Span span;
};

// A call that works piece by piece: the objects of `kind` that meet `where` when the loop begins, one atomic step each,
// in ascending order of `order`. A failure leaves what earlier pieces did.
struct Each {
  std::uint32_t slot = 0;
  std::uint32_t kind = 0;
  ExprPtr where;            // with the `in` part folded in
  ExprPtr order;            // integer; distinct for distinct pieces
  std::vector<Item> items;  // lets and fails
  std::vector<Tally> tallies;
  std::vector<Effect> effects;
  Span span;
};

struct Result {
  std::string name;
  Type type;      // one word, maybe allowed
  ExprPtr value;  // read before the effects; may name a new object or a chosen value
  Span span;
};

struct Rule {
  std::string name;  // "ioas.map"
  bool probe = false;
  std::vector<Parameter> parameters;  // slots 0..n-1
  std::uint32_t slots = 0;
  std::vector<std::string> slot_names;
  std::vector<Item> items;
  std::vector<Branch> branches;  // in the order of the text
  std::vector<Each> eaches;
  std::vector<Effect> effects;  // of success
  // Branches that are decided when all else is, in the state before the effects, in order: the first that applies ends
  // the call with its errno in place of the results, and the effects are done.
  std::vector<std::uint32_t> late;
  std::vector<Result> results;
  std::vector<Citation> citations;
  std::string doc;
  Span span;
  Restriction restriction;
};

// ---- properties -----------------------------------------------------------------------------------------------------

struct Property {
  enum class Tag : std::uint8_t { invariant, step, cover };
  Tag tag = Tag::invariant;
  std::string name;  // "area.disjoint"
  std::string title;
  bool generated = false;  // made from a declaration (references live, maps agree, intervals are ordered, shared kinds)
  std::vector<std::uint32_t>
      on;  // steps: only transitions of these rules, whose parameters are slots 0..n-1 (one rule then)
  std::uint32_t slots = 0;
  std::vector<std::string> slot_names;
  ExprPtr formula;
  std::string doc;
  Span span;
};

// What proofs assume of the given functions: a formula over them and constants, without any state.
struct Axiom {
  std::string name;
  std::string title;
  std::uint32_t slots = 0;
  std::vector<std::string> slot_names;
  ExprPtr formula;
  std::string doc;
  Span span;
};

// A finite scope for exhaustive search; `text` is what read_scope() (scope_text.hpp) reads.
struct NamedScope {
  std::string name;
  std::string title;
  std::string text;
  std::string doc;
  Span span;
};

struct Law {
  std::vector<SourceFile> files;  // [0] is the root
  std::vector<Constant> constants;
  std::vector<Enumeration> enums;
  std::vector<Enumeration> flag_sets;
  std::vector<Kind> kinds;
  std::vector<Count> counts;
  std::vector<Def> defs;
  std::vector<Rule> rules;
  std::vector<Property> properties;
  std::uint32_t modules = 0;
  std::vector<Axiom> axioms;
  std::vector<NamedScope> scopes;
  std::vector<Profile> profiles;         // all that the text declares
  std::optional<std::uint32_t> profile;  // the one that this law is of; none if the text declares none
  std::optional<Version> version;        // of Linux; none: the newest

  const Rule* find_rule(std::string_view name) const;  // null if there is none
  const Property* find_property(std::string_view name) const;
};

// "ioas.map.overlap"; "ioas.map.ok" where branch is kSuccess.
inline constexpr std::uint32_t kSuccess = ~0U;
std::string branch_id(const Rule& rule, std::uint32_t branch);

// How many words a value of the type takes in a state or a frame: 2 for intervals and maybe integers, otherwise 1.
std::uint32_t words_of(const Type& type);

// No object: the word of an absent reference.
inline constexpr Word kNone = ~Word{0};

// "EINVAL" for 22, "errno 4095" for what has no name; and back, 0 if there is none. Numbers are Linux's.
std::string errno_name(int error);
int errno_number(std::string_view name);

}  // namespace iolaw
