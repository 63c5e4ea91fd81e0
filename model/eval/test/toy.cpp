// SPDX-License-Identifier: Apache-2.0
#include "model/eval/test/toy.hpp"

#include <cerrno>

#include "model/eval/test/build.hpp"

namespace iolaw::toy {
namespace {

using namespace build;

// Puts rules together; slots are the parameters, then whatever the parts use.
struct RuleMaker {
  Rule rule;

  RuleMaker(std::string name, std::vector<std::pair<std::string, Type>> parameters) {
    rule.name = std::move(name);
    for (auto& [parameter, type] : parameters) rule.parameters.push_back({parameter, type, {}});
    rule.slots = 8;
    rule.slot_names.resize(rule.slots);
  }
  RuleMaker& fails(std::vector<int> errors, std::string tag, ExprPtr condition) {
    add_branch(rule.items,
               {std::move(tag), false, false, false, std::move(errors), std::move(condition), false, {}, {}, {}, {}});
    return *this;
  }
  RuleMaker& unspecified(std::string tag, ExprPtr condition) {
    add_branch(rule.items, {std::move(tag), true, false, false, {}, std::move(condition), false, {}, {}, {}, {}});
    return *this;
  }
  RuleMaker& let(std::uint32_t slot, std::string name, ExprPtr value) {
    rule.items.push_back({Item::Tag::let, slot, value->type, value, 0, 0, std::move(name), {}});
    return *this;
  }
  RuleMaker& choose(std::uint32_t slot, std::string name, ExprPtr condition) {
    rule.items.push_back({Item::Tag::choose, slot, kU64, std::move(condition), 0, 0, std::move(name), {}});
    return *this;
  }
  RuleMaker& create(std::uint32_t slot, std::uint32_t kind, std::vector<FieldValue> values) {
    rule.effects.push_back({Effect::Tag::create, slot, kind, nullptr, nullptr, std::move(values), {}});
    return *this;
  }
  RuleMaker& destroy(ExprPtr object) {
    rule.effects.push_back({Effect::Tag::destroy, 0, object->type.id, std::move(object), nullptr, {}, {}});
    return *this;
  }
  RuleMaker& result(std::string name, Type type, ExprPtr value) {
    rule.results.push_back({std::move(name), type, std::move(value), {}});
    return *this;
  }
  void add_branch(std::vector<Item>& items, Branch branch) {
    const auto tag = branch.unspecified ? Item::Tag::unspecified : Item::Tag::fails;
    items.push_back({tag, 0, {}, nullptr, static_cast<std::uint32_t>(rule.branches.size()), 0, {}, {}});
    rule.branches.push_back(std::move(branch));
  }
};

ExprPtr span_of(ExprPtr range_object) { return field(std::move(range_object), kRangeSpan, kInterval); }
ExprPtr space_of(ExprPtr range_object) { return field(std::move(range_object), kRangeSpace, reference(kSpace)); }
ExprPtr taken_in(ExprPtr space, ExprPtr where, std::uint32_t bound) {
  const ExprPtr other = ref(bound, kRange);
  return some(bound, kRange, both(equal(space_of(other), std::move(space)), overlap(span_of(other), std::move(where))));
}

Rule make_put() {
  const ExprPtr space = ref(0, kSpace);
  const ExprPtr span = var(3, kInterval);
  RuleMaker put("range.put", {{"space", reference(kSpace)}, {"start", kU64}, {"length", kU64}});
  put.let(3, "span", range(var(1), sub(add(var(1), var(2)), number(1))))
      .fails({ENOENT}, "space", no(lives(space)))
      .fails({EINVAL}, "length", equal(var(2), number(0)))
      .fails({EOVERFLOW}, "wrap", overflows(last(span)))
      .fails({EEXIST}, "overlap", taken_in(space, span, 4))
      .create(5, kMemory, {{0, var(2)}})
      .create(6, kRange, {{0, space}, {1, span}, {2, ref(5, kMemory)}, {3, none(kMaybeU64)}})
      .result("range", reference(kRange), ref(6, kRange));
  return put.rule;
}

Rule make_share() {
  const ExprPtr source = ref(0, kRange);
  const ExprPtr space = ref(1, kSpace);
  RuleMaker share("range.share", {{"range", reference(kRange)}, {"space", reference(kSpace)}});
  share.fails({ENOENT}, "range", no(lives(source)))
      .fails({ENOENT}, "space", no(lives(space)))
      .fails({EEXIST}, "overlap", taken_in(space, span_of(source), 4))
      .create(6, kRange,
              {{0, space},
               {1, span_of(source)},
               {2, field(source, kRangeMemory, reference(kMemory))},
               {3, first(span_of(source))}})
      .result("copy", reference(kRange), ref(6, kRange));
  return share.rule;
}

Rule make_take() {
  const ExprPtr space = ref(0, kSpace);
  const ExprPtr span = var(3, kInterval);
  const ExprPtr piece = ref(4, kRange);
  RuleMaker take("range.take", {{"space", reference(kSpace)}, {"start", kU64}, {"length", kU64}});
  take.let(3, "span", range(var(1), sub(add(var(1), var(2)), number(1))))
      .fails({ENOENT}, "space", no(lives(space)))
      .fails({EINVAL}, "length", either(equal(var(2), number(0)), overflows(last(span))));
  Each each;
  each.slot = 4;
  each.kind = kRange;
  each.where = both(equal(space_of(piece), space), overlap(span_of(piece), span));
  each.order = first(span_of(piece));
  take.add_branch(each.items,
                  {"split",
                   false,
                   false,
                   false,
                   {EBUSY},
                   no(both(at_most(first(span), first(span_of(piece))), at_most(last(span_of(piece)), last(span)))),
                   false,
                   0,
                   {},
                   {},
                   {}});
  each.tallies.push_back({5, "bytes", add(sub(last(span_of(piece)), first(span_of(piece))), number(1)), {}});
  each.effects.push_back({Effect::Tag::destroy, 0, kRange, piece, nullptr, {}, {}});
  take.rule.eaches.push_back(std::move(each));
  take.rule.items.push_back({Item::Tag::each, 0, {}, nullptr, 0, 0, {}, {}});
  take.fails({ENOENT}, "empty", equal(var(5, kNat), number(0)))
      .unspecified("huge", less(number(0x10000), var(5, kNat)))
      .result("taken", kU64, wrapping(var(5, kNat)));
  return take.rule;
}

Rule make_auto() {
  const ExprPtr space = ref(0, kSpace);
  const auto span_at = [](ExprPtr start) { return range(start, sub(add(start, var(1)), number(1))); };
  const auto fits = [&](ExprPtr start) {
    const ExprPtr span = span_at(start);
    return both(both(aligned(start, number(0x1000)), at_most(start, number(0xffff))),
                both(no(overflows(last(span))), no(taken_in(space, span, 4))));
  };
  RuleMaker automatic("range.auto", {{"space", reference(kSpace)}, {"length", kU64}});
  automatic.fails({ENOENT}, "space", no(lives(space)))
      .fails({EINVAL}, "length", equal(var(1), number(0)))
      .fails({EAGAIN, ENOSPC}, "room", no(some_in(7, number(0), number(0xffff), fits(var(7)))))
      .choose(2, "start", fits(var(2)))
      .create(5, kMemory, {{0, var(1)}})
      .create(6, kRange, {{0, space}, {1, span_at(var(2))}, {2, ref(5, kMemory)}, {3, var(2)}})
      .result("start", kU64, var(2))
      .result("range", reference(kRange), ref(6, kRange));
  return automatic.rule;
}

Rule make_port_new() {
  const ExprPtr space = ref(0, kSpace);
  RuleMaker port("port.new", {{"space", reference(kSpace)}, {"number", kU64}});
  port.fails({ENOENT}, "space", no(lives(space)))
      .fails({EEXIST}, "taken", is_some(slot(space, var(1), kPort)))
      .create(3, kPort, {{0, space}, {1, var(1)}, {2, node(Op::count, kNat, {space}, 0)}})
      .result("port", reference(kPort), ref(3, kPort));
  return port.rule;
}

Rule make_port_drop() {
  const ExprPtr space = ref(0, kSpace);
  RuleMaker port("port.drop", {{"space", reference(kSpace)}, {"number", kU64}});
  port.fails({ENOENT}, "space", no(lives(space)))
      .fails({ENOENT}, "port", no(is_some(slot(space, var(1), kPort))))
      .destroy(the(slot(space, var(1), kPort)))
      .result("heavier", reference(kPort, true), none(reference(kPort, true)));
  return port.rule;
}

std::vector<Rule> make_rules() {
  const ExprPtr space = ref(0, kSpace);
  const ExprPtr user = ref(1, kUser);
  RuleMaker fresh("space.new", {});
  fresh.create(0, kSpace, {}).result("space", reference(kSpace), space);
  RuleMaker destroy("space.destroy", {{"space", reference(kSpace)}});
  destroy.fails({ENOENT}, "space", no(lives(space)))
      .fails({EBUSY}, "users", some(1, kUser, equal(field(user, 0, reference(kSpace)), space)))
      .destroy(space);
  RuleMaker use("user.new", {{"space", reference(kSpace)}});
  use.fails({ENOENT}, "space", no(lives(space))).create(1, kUser, {{0, space}}).result("user", reference(kUser), user);
  return {fresh.rule,  destroy.rule,    make_put(),       make_share(), make_take(),
          make_auto(), make_port_new(), make_port_drop(), use.rule};
}

Property property(Property::Tag tag, std::string name, std::uint32_t slots, ExprPtr formula) {
  Property made;
  made.tag = tag;
  made.name = std::move(name);
  made.slots = slots;
  made.slot_names.resize(slots);
  made.formula = std::move(formula);
  return made;
}

}  // namespace

Law make_law() {
  Law law;
  law.constants = {{"UNIT", kPow2, 0x1000, 0, {}, {}}, {"WINDOW", kInterval, 0x1000, 0xffff, {}, {}}};
  const auto parent = [](const char* name, std::uint32_t kind) {
    return Field{name, reference(kind), FieldRole::parent, {}, {}};
  };
  const auto holds = [](const char* name, std::uint32_t kind) {
    return Field{name, reference(kind), FieldRole::holds, {}, {}};
  };
  const auto plain = [](const char* name, Type type) { return Field{name, type, FieldRole::plain, {}, {}}; };
  law.kinds.resize(5);
  law.kinds[kSpace].name = "Space";
  law.kinds[kMemory].name = "Memory";
  law.kinds[kMemory].shared = true;
  law.kinds[kMemory].users = 1;
  law.kinds[kMemory].fields = {plain("size", kU64)};
  law.kinds[kRange].name = "Range";
  law.kinds[kRange].container = Container::interval_map;
  law.kinds[kRange].parent = 0;
  law.kinds[kRange].key = 1;
  law.kinds[kRange].fields = {parent("space", kSpace), plain("span", kInterval), holds("memory", kMemory),
                              plain("note", kMaybeU64)};
  law.kinds[kPort].name = "Port";
  law.kinds[kPort].container = Container::slot_map;
  law.kinds[kPort].parent = 0;
  law.kinds[kPort].key = 1;
  law.kinds[kPort].fields = {parent("space", kSpace), plain("number", kU64), plain("weight", kNat)};
  law.kinds[kUser].name = "User";
  law.kinds[kUser].fields = {holds("space", kSpace)};
  law.counts = {{"users", kSpace, {{kUser, 0, nullptr}}, {}, {}}, {"users", kMemory, {{kRange, 2, nullptr}}, {}, {}}};
  law.rules = make_rules();
  const ExprPtr a = ref(0, kRange);
  const ExprPtr b = ref(1, kRange);
  law.properties = {
      property(Property::Tag::invariant, "range.disjoint", 2,
               all(0, kRange,
                   all(1, kRange,
                       implies(both(no(equal(a, b)), equal(space_of(a), space_of(b))),
                               no(overlap(span_of(a), span_of(b))))))),
      property(Property::Tag::invariant, "range.found", 2,
               all(0, kRange,
                   all_in(1, first(span_of(a)), last(span_of(a)), equal(the(at(space_of(a), var(1), kRange)), a)))),
      property(Property::Tag::step, "memory.kept", 1,
               all(0, kMemory,
                   implies(after(lives(ref(0, kMemory))),
                           equal(after(field(ref(0, kMemory), 0, kU64)), field(ref(0, kMemory), 0, kU64))))),
      property(Property::Tag::cover, "shared", 2,
               some(0, kRange,
                    some(1, kRange,
                         both(no(equal(a, b)), equal(field(a, kRangeMemory, reference(kMemory)),
                                                     field(b, kRangeMemory, reference(kMemory)))))))};
  return law;
}

}  // namespace iolaw::toy
