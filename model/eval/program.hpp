// SPDX-License-Identifier: Apache-2.0
// The law flattened: every expression an entry of one array, its children a run of another, all offsets resolved. Made
// once by the Model; then evaluation follows indexes and allocates nothing.
#pragma once

#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "model/eval/model.hpp"
#include "model/law/law.hpp"

namespace iolaw::eval {

// Exact integers of the law. Sums and differences of a few words fit; a product that does not is an EvaluationError.
using Int = __int128;

inline constexpr Int kAbsent = Int{1} << 126;  // none, of a maybe integer; none of a reference is kNone
inline constexpr Int kMax = ~Word{0};
inline constexpr Int kInfinity = Int{1} << 120;

using NodeId = std::uint32_t;
inline constexpr NodeId kNoNode = ~NodeId{0};

enum class Shape : std::uint8_t { boolean, scalar, interval };

struct Node {
  Op op = Op::literal;
  Shape shape = Shape::boolean;
  bool maybe_integer = false;  // fields: two words, the second says whether there is a value
  std::uint32_t index = 0;     // as in Expr, but for a field: its word offset
  std::uint32_t kind = 0;      // quantifiers, field, at, slot, lives, count: the kind of object
  NodeId let = kNoNode;        // a variable that stands for a let: the let's expression
  std::uint32_t children = 0;  // index of the first one in Program::children
  std::uint32_t child_count = 0;
  Int value = 0;  // literals and constants
  Int last = 0;   // interval constants
  const Expr* source = nullptr;
};

// Where expressions are compiled: what their slots mean. Trees may share subtrees, each is compiled once in a scope.
struct Scope {
  std::vector<NodeId> lets;  // by slot; kNoNode for a slot that has a value
  std::unordered_map<const Expr*, NodeId> done;
};

struct CompiledItem {
  Item::Tag tag = Item::Tag::let;
  std::uint32_t slot = 0;
  NodeId node = kNoNode;  // the let, the condition of the branch, what the choice must meet
  std::uint32_t branch = 0;
  std::uint32_t each = 0;
  const Item* source = nullptr;
};

struct CompiledEffect {
  NodeId object = kNoNode;
  NodeId where = kNoNode;
  std::vector<NodeId> values;
  const Effect* source = nullptr;
};

struct CompiledEach {
  NodeId where = kNoNode;
  NodeId order = kNoNode;
  std::vector<CompiledItem> items;
  std::vector<NodeId> summands;
  std::vector<CompiledEffect> effects;
  const Each* source = nullptr;
};

// Whether the loop changes something and can fail then: what earlier pieces did can be seen.
inline bool has_visible_pieces(const CompiledEach& each) {
  if (each.effects.empty()) return false;
  for (const CompiledItem& item : each.items) {
    if (item.tag == Item::Tag::fails) return true;
  }
  return false;
}

struct CompiledRule {
  std::vector<CompiledItem> items;
  std::vector<CompiledEach> eaches;
  std::vector<CompiledEffect> effects;
  std::vector<CompiledItem> late;
  std::vector<NodeId> results;
  bool has_choice = false;
  bool has_each = false;
  const Rule* source = nullptr;
};

struct CompiledCountTerm {
  std::uint32_t kind = 0;
  std::uint32_t offset = 0;  // of the field
  NodeId where = kNoNode;
  std::uint32_t slots = 1;  // of the condition's frame
};

struct CompiledDef {
  NodeId body = kNoNode;
  std::uint32_t slots = 0;
};

// A way to refer to an object, with its word offset: for destroy and the death of shared objects.
struct Reference {
  std::uint32_t kind = 0;
  std::uint32_t offset = 0;
};

struct Program {
  explicit Program(const Law& law);

  const Law& law;
  std::vector<Node> nodes;
  std::vector<NodeId> children;
  std::vector<std::vector<std::uint32_t>> offsets;  // word offset of each field, per kind
  std::vector<std::uint32_t> strides;
  std::vector<std::vector<Reference>> residents;  // per kind: what lives `in` objects of it
  std::vector<std::vector<CompiledCountTerm>> counts;
  std::vector<CompiledDef> defs;
  std::vector<CompiledRule> rules;
  std::vector<NodeId> properties;

  NodeId compile(const ExprPtr& expr, Scope& scope);
  NodeId child(const Node& node, std::uint32_t which) const { return children[node.children + which]; }

 private:
  void compile_items(std::span<const Item> items, const Rule& rule, Scope& scope, std::vector<CompiledItem>& out);
  void compile_effects(const std::vector<Effect>& effects, Scope& scope, std::vector<CompiledEffect>& out);
  void compile_rule(const Rule& rule);
};

// How many slots an expression uses.
std::uint32_t slots_of(const Expr& expr);

// The shape of values of a type.
Shape shape_of(const Type& type);

}  // namespace iolaw::eval
