// SPDX-License-Identifier: Apache-2.0
// The invariants that declarations imply: references live, intervals are ordered, maps and objects agree, shared
// objects are held.
#include <utility>

#include "model/syntax/resolve/build.hpp"
#include "model/syntax/resolve/resolve.hpp"

namespace iolaw::syntax {
namespace {

// One formula in the making: `all p: kind: body`, with further slots.
class Formula {
 public:
  explicit Formula(Span span) : span_(span) {}

  ExprPtr object(const std::string& name, std::uint32_t kind) {
    slot_names_.push_back(name);
    return variable(static_cast<std::uint32_t>(slot_names_.size() - 1), reference_to(kind), span_);
  }
  ExprPtr address(const std::string& name) {
    slot_names_.push_back(name);
    return variable(static_cast<std::uint32_t>(slot_names_.size() - 1), kU64, span_);
  }

  ExprPtr all(const ExprPtr& object, ExprPtr body) const {
    return node(Op::all_objects, kBoolean, {std::move(body)}, span_, object->index, object->type.id);
  }
  ExprPtr all(const ExprPtr& address, ExprPtr low, ExprPtr high, ExprPtr body) const {
    return node(Op::all_addresses, kBoolean, {std::move(low), std::move(high), std::move(body)}, span_, address->index);
  }

  void store(Law& law, std::string name, std::string title, ExprPtr formula) const {
    Property property;
    property.name = std::move(name);
    property.title = std::move(title);
    property.generated = true;
    property.slots = static_cast<std::uint32_t>(slot_names_.size());
    property.slot_names = slot_names_;
    property.formula = std::move(formula);
    property.span = span_;
    law.properties.push_back(std::move(property));
  }

 private:
  Span span_;
  std::vector<std::string> slot_names_;
};

void add_reference(Law& law, std::uint32_t kind, std::uint32_t index) {
  const Field& declared = law.kinds[kind].fields[index];
  Formula f(declared.span);
  ExprPtr object = f.object("object", kind);
  ExprPtr value = field(law, kind, index, object, declared.span);
  ExprPtr body = node(Op::lives, kBoolean, {value}, declared.span);
  if (declared.type.maybe) {
    body = implication(node(Op::is_some, kBoolean, {value}, declared.span), body, declared.span);
  }
  const std::string place = law.kinds[kind].name + "." + declared.name;
  f.store(law, place + ".lives", "What " + place + " refers to lives", f.all(object, body));
}

void add_interval(Law& law, std::uint32_t kind, std::uint32_t index) {
  const Field& declared = law.kinds[kind].fields[index];
  Formula f(declared.span);
  ExprPtr object = f.object("object", kind);
  ExprPtr value = field(law, kind, index, object, declared.span);
  ExprPtr body = less_equal(first(value, declared.span), last(value, declared.span), declared.span);
  const std::string place = law.kinds[kind].name + "." + declared.name;
  f.store(law, place + ".ordered", "The ends of " + place + " are in order", f.all(object, body));
}

void add_map(Law& law, std::uint32_t kind) {
  const Kind child = law.kinds[kind];
  const Field& link = child.fields[*child.parent];
  const std::uint32_t parent_kind = link.type.id;
  const bool slots = child.container == Container::slot_map;
  const Op op = slots ? Op::slot : Op::at;
  const std::string place = law.kinds[parent_kind].name + (slots ? ".slot" : ".at");
  const Span span = link.span;
  const auto lookup = [&](const ExprPtr& parent, const ExprPtr& key) {
    return node(op, reference_to(kind, true), {parent, key}, span, kind);
  };
  {
    Formula f(span);
    ExprPtr parent = f.object("parent", parent_kind);
    ExprPtr key = f.address("key");
    ExprPtr found = lookup(parent, key);
    ExprPtr owner = the(found, span);
    ExprPtr owner_key = field(law, kind, *child.key, owner, span);
    ExprPtr owns = conjunction(
        {node(Op::lives, kBoolean, {owner}, span), equal(field(law, kind, *child.parent, owner, span), parent, span),
         slots ? equal(owner_key, key, span) : contains(owner_key, key, span)},
        span);
    ExprPtr body = implication(node(Op::is_some, kBoolean, {found}, span), owns, span);
    f.store(law, place + ".owns", "What " + place + " finds lives there",
            f.all(parent, f.all(key, literal(kU64, 0, span), literal(kU64, ~Word{0}, span), body)));
  }
  Formula f(span);
  ExprPtr object = f.object("object", kind);
  ExprPtr parent = field(law, kind, *child.parent, object, span);
  ExprPtr object_key = field(law, kind, *child.key, object, span);
  ExprPtr formula;
  if (slots) {
    formula = f.all(object, equal(lookup(parent, object_key), object, span));
  } else {
    ExprPtr key = f.address("key");
    formula = f.all(
        object, f.all(key, first(object_key, span), last(object_key, span), equal(lookup(parent, key), object, span)));
  }
  f.store(law, place + ".covers", "Every " + child.name + " is found where it lives", std::move(formula));
}

void add_users(Law& law, std::uint32_t kind) {
  const Span span = law.kinds[kind].span;
  Formula f(span);
  ExprPtr object = f.object("object", kind);
  ExprPtr users = node(Op::count, kNat, {object}, span, *law.kinds[kind].users);
  ExprPtr held = node(Op::less, kBoolean, {literal(kNat, 0, span), users}, span);
  f.store(law, law.kinds[kind].name + ".users.lives", "A " + law.kinds[kind].name + " lives only while it is held",
          f.all(object, held));
}

}  // namespace

void add_generated_properties(Law& law) {
  for (std::uint32_t kind = 0; kind < law.kinds.size(); ++kind) {
    for (std::uint32_t i = 0; i < law.kinds[kind].fields.size(); ++i) {
      const TypeTag tag = law.kinds[kind].fields[i].type.tag;
      if (tag == TypeTag::reference) add_reference(law, kind, i);
      if (tag == TypeTag::interval) add_interval(law, kind, i);
    }
    if (law.kinds[kind].container != Container::none) add_map(law, kind);
    if (law.kinds[kind].shared) add_users(law, kind);
  }
}

}  // namespace iolaw::syntax
