// SPDX-License-Identifier: Apache-2.0
#include "model/site/life_cycle.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

namespace iolaw::site {

namespace {

constexpr std::size_t kMostValues = 8;

// "None" and "some" of a reference that may be absent are 0 and 1.
using Value = std::optional<Word>;

bool same(const Expr& a, const Expr& b) {
  if (a.op != b.op || a.index != b.index || a.value != b.value || a.kind != b.kind || !(a.type == b.type) ||
      a.children.size() != b.children.size())
    return false;
  for (std::size_t i = 0; i < a.children.size(); ++i) {
    if (!same(*a.children[i], *b.children[i])) return false;
  }
  return true;
}

// What a rule's expressions are, as far as it is known, when one field of one object has a certain value.
class Assumed {
 public:
  Assumed(const Law& law, const Rule& rule, const Expr* object, std::uint32_t field, Word value)
      : law_(law), rule_(rule), object_(object), field_(field), value_(value) {
    collect(rule.items);
    for (const Each& each : rule.eaches) collect(each.items);
  }

  Value of(const Expr& expr) const {
    switch (expr.op) {
      case Op::literal:
        return known(expr.type) ? Value(expr.value) : std::nullopt;
      case Op::none:
        return 0;
      case Op::constant:
        return known(expr.type) ? Value(law_.constants.at(expr.index).value) : std::nullopt;
      case Op::field:
        if (object_ != nullptr && expr.index == field_ && same(*expr.children[0], *object_)) return value_;
        break;
      case Op::variable:
        if (const auto let = lets_.find(expr.index); let != lets_.end()) return of(*let->second);
        break;
      case Op::negation:
        if (const Value child = of(*expr.children[0])) return *child == 0 ? 1 : 0;
        return std::nullopt;
      case Op::is_some:
        return of(*expr.children[0]);
      case Op::lives:
        if (expr.children[0]->type.maybe && of(*expr.children[0]) == Value(0)) return 0;
        return std::nullopt;
      case Op::conjunction:
      case Op::disjunction:
        return junction(expr, expr.op == Op::disjunction ? 1 : 0);
      case Op::implication:
        return implication(expr);
      case Op::equal:
      case Op::equivalence:
        return equality(expr);
      case Op::conditional:
        return conditional(expr);
      default:
        break;
    }
    // A reference that cannot be none is some.
    if (expr.type.tag == TypeTag::reference && !expr.type.maybe) return 1;
    return std::nullopt;
  }

  // Whether the rule's checks refuse such an object, before the effects of `each` or those of success.
  bool refuses(std::optional<std::uint32_t> each) const {
    return std::any_of(rule_.branches.begin(), rule_.branches.end(), [&](const Branch& branch) {
      return (!branch.each || branch.each == each) && of(*branch.condition) == Value(1);
    });
  }

 private:
  static bool known(const Type& type) { return type.tag == TypeTag::boolean || type.tag == TypeTag::enumeration; }

  void collect(const std::vector<Item>& items) {
    for (const Item& item : items) {
      if (item.tag == Item::Tag::let && item.expr) lets_[item.slot] = item.expr.get();
    }
  }

  Value junction(const Expr& expr, Word decisive) const {
    bool all = true;
    for (const ExprPtr& child : expr.children) {
      const Value value = of(*child);
      if (value == Value(decisive)) return decisive;
      all = all && value.has_value();
    }
    return all ? Value(1 - decisive) : std::nullopt;
  }

  Value implication(const Expr& expr) const {
    const Value condition = of(*expr.children[0]);
    const Value conclusion = of(*expr.children[1]);
    if (condition == Value(0) || conclusion == Value(1)) return 1;
    return condition && conclusion ? Value(0) : std::nullopt;
  }

  Value equality(const Expr& expr) const {
    const Type& type = expr.children[0]->type;
    const Value a = of(*expr.children[0]);
    const Value b = of(*expr.children[1]);
    if (!a || !b) return std::nullopt;
    if (known(type)) return *a == *b ? 1 : 0;
    // Of references only whether they are none is known: two that are some may differ.
    if (*a != *b) return 0;
    return *a == 0 ? Value(1) : std::nullopt;
  }

  Value conditional(const Expr& expr) const {
    if (const Value condition = of(*expr.children[0])) return of(*expr.children[*condition != 0 ? 1 : 2]);
    const Value a = of(*expr.children[1]);
    return a == of(*expr.children[2]) ? a : std::nullopt;
  }

  const Law& law_;
  const Rule& rule_;
  const Expr* object_;
  std::uint32_t field_;
  Word value_;
  std::map<std::uint32_t, const Expr*> lets_;
};

std::vector<std::string> values_of(const Law& law, const Type& type) {
  if (type.tag == TypeTag::boolean) return {"false", "true"};
  if (type.maybe) return {"none", "some"};
  if (type.tag == TypeTag::enumeration) {
    const std::vector<std::string>& constants = law.enums.at(type.id).constants;
    if (constants.size() <= kMostValues) return constants;
  }
  return {};
}

class Gathering {
 public:
  Gathering(const Law& law, LifeCycle& cycle) : law_(law), cycle_(cycle) {}

  void add(std::uint32_t rule_index) {
    const Rule& rule = law_.rules[rule_index];
    rule_ = rule_index;
    for (std::uint32_t each = 0; each < rule.eaches.size(); ++each) {
      for (const Effect& effect : rule.eaches[each].effects) add(rule, effect, each);
    }
    for (const Effect& effect : rule.effects) add(rule, effect, std::nullopt);
  }

  // Whether some rule moves a living object.
  bool finish() {
    bool moves = false;
    for (auto& [way, rules] : moves_) {
      // kNowhere + 1 is 0, so that what is made comes first.
      cycle_.moves.push_back({way.first - 1, way.second - 1, {rules.begin(), rules.end()}});
      moves = moves || (way.first != 0 && way.second != 0);
    }
    return moves;
  }

 private:
  void add(const Rule& rule, const Effect& effect, std::optional<std::uint32_t> each) {
    if ((effect.object ? effect.object->type.id : effect.kind) != cycle_.kind) return;
    switch (effect.tag) {
      case Effect::Tag::create:
        for (const FieldValue& value : effect.values) {
          if (value.field == cycle_.field) record(kNowhere, Assumed(law_, rule, nullptr, 0, 0).of(*value.value));
        }
        return;
      case Effect::Tag::destroy:
      case Effect::Tag::destroy_all:
        for_each_value(rule, effect, each, [&](Word from, const Assumed&) { note(from, kNowhere); });
        return;
      case Effect::Tag::update:
      case Effect::Tag::update_all:
        for (const FieldValue& value : effect.values) {
          if (value.field != cycle_.field) continue;
          for_each_value(rule, effect, each,
                         [&](Word from, const Assumed& assumed) { record(from, assumed.of(*value.value)); });
        }
        return;
    }
  }

  template <typename Visit>
  void for_each_value(const Rule& rule, const Effect& effect, std::optional<std::uint32_t> each, Visit visit) {
    Expr bound;  // the variable of `all x: Kind where …`
    bound.op = Op::variable;
    bound.index = effect.slot;
    bound.type = Type{TypeTag::reference, false, cycle_.kind};
    const Expr* object = effect.object ? effect.object.get() : &bound;
    for (Word from = 0; from < cycle_.values.size(); ++from) {
      const Assumed assumed(law_, rule, object, cycle_.field, from);
      if (assumed.refuses(each)) continue;
      if (effect.where && assumed.of(*effect.where) == Value(0)) continue;
      visit(from, assumed);
    }
  }

  void record(std::size_t from, Value to) {
    for (Word value = 0; value < cycle_.values.size(); ++value) {
      if (!to || *to == value) note(from, value);
    }
  }

  void note(std::size_t from, std::size_t to) {
    if (from != to) moves_[{from + 1, to + 1}].insert(rule_);
  }

  const Law& law_;
  LifeCycle& cycle_;
  std::uint32_t rule_ = 0;
  std::map<std::pair<std::size_t, std::size_t>, std::set<std::uint32_t>> moves_;
};

}  // namespace

std::vector<LifeCycle> life_cycles(const Law& law, std::uint32_t kind) {
  std::vector<LifeCycle> out;
  const Kind& self = law.kinds.at(kind);
  for (std::uint32_t field = 0; field < self.fields.size(); ++field) {
    LifeCycle cycle{kind, field, values_of(law, self.fields[field].type), {}};
    if (cycle.values.empty()) continue;
    Gathering gathering(law, cycle);
    for (std::uint32_t rule = 0; rule < law.rules.size(); ++rule) gathering.add(rule);
    if (gathering.finish()) out.push_back(std::move(cycle));
  }
  return out;
}

}  // namespace iolaw::site
