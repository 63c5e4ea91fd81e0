// SPDX-License-Identifier: Apache-2.0
#include "model/eval/environment.hpp"

#include <algorithm>
#include <optional>
#include <random>
#include <set>

#include "model/eval/model.hpp"

namespace iolaw {
namespace {

constexpr std::uint64_t kSamples = 20'000;
constexpr std::uint64_t kSeed = 1;

ExprPtr make(Op op, Type type, std::vector<ExprPtr> children, Span span, std::uint32_t index = 0) {
  auto e = std::make_shared<Expr>();
  e->op = op;
  e->type = type;
  e->children = std::move(children);
  e->span = span;
  e->index = index;
  return e;
}

ExprPtr number(Word value, Span span) {
  auto e = std::make_shared<Expr>();
  e->type = Type{TypeTag::u64};
  e->value = value;
  e->span = span;
  return e;
}

// `all x in a..b, y: u64: f` as `a <= x <= b implies f`, with x and y free in their slots.
ExprPtr open(const ExprPtr& e, std::vector<std::uint32_t>& slots) {
  if (e->op != Op::all_addresses) return e;
  const Type boolean{TypeTag::boolean};
  slots.push_back(e->index);
  const ExprPtr x = make(Op::variable, Type{TypeTag::u64}, {}, e->span, e->index);
  const ExprPtr low = make(Op::less_equal, boolean, {e->children[0], x}, e->span);
  const ExprPtr high = make(Op::less_equal, boolean, {x, e->children[1]}, e->span);
  const ExprPtr in = make(Op::conjunction, boolean, {low, high}, e->span);
  return make(Op::implication, boolean, {in, open(e->children[2], slots)}, e->span);
}

class Checker {
 public:
  explicit Checker(const Law& law) : law_(bare(law)), model_(law_), state_(law_), random_(kSeed) {
    for (const Word value : {Word{0}, Word{1}, Word{2}, ~Word{0}, ~Word{0} - 1}) interesting_.push_back(value);
    for (unsigned bit = 1; bit < 64; ++bit) {
      for (const Word off : {Word{0}, Word{1}, ~Word{0}}) interesting_.push_back((Word{1} << bit) + off);
    }
    for (const Constant& constant : law_.constants) {
      for (const Word value : {constant.value, constant.last}) {
        for (const Word off : {Word{0}, Word{1}, ~Word{0}}) interesting_.push_back(value + off);
      }
    }
    for (const Def& def : law_.defs) {
      if (def.body) add_literals(*def.body);
    }
    for (const Axiom& axiom : law_.axioms) add_literals(*axiom.formula);
  }

  AxiomCheck check(const Axiom& axiom) {
    AxiomCheck result{AxiomCheck::Tag::holds, axiom.name, axiom.span, 0, {}};
    std::vector<std::uint32_t> slots;
    const ExprPtr opened = open(axiom.formula, slots);
    bool exact = true;
    try {
      if (model_.truth(*axiom.formula, state_, std::vector<Word>(axiom.slots))) return result;
    } catch (const EvaluationError&) {
      exact = false;
    }
    std::vector<std::pair<std::uint32_t, Type>> free;
    for (const std::uint32_t slot : slots) free.emplace_back(slot, Type{TypeTag::u64});
    sample(*opened, axiom.slots, free, axiom.slot_names, result);
    if (exact && result.tag != AxiomCheck::Tag::fails) {
      result.tag = AxiomCheck::Tag::fails;
      result.why = "it is false";
    }
    return result;
  }

  // Whether what a given function gives fits its type.
  std::optional<AxiomCheck> check(std::uint32_t index) {
    const Def& def = law_.defs[index];
    if (!def.given || !def.body || (def.type.tag != TypeTag::u64 && def.type.tag != TypeTag::nat)) {
      return std::nullopt;
    }
    AxiomCheck result{AxiomCheck::Tag::holds, def.name + ".fits", def.span, 0, {}};
    std::vector<ExprPtr> arguments;
    std::vector<std::pair<std::uint32_t, Type>> free;
    std::vector<std::string> names;
    bool numbers = true;
    for (std::uint32_t i = 0; i < def.parameters.size(); ++i) {
      const Type type = def.parameters[i].type;
      arguments.push_back(make(Op::variable, type, {}, def.span, i));
      free.emplace_back(i, type);
      names.push_back(def.parameters[i].name);
      numbers = numbers && type.tag == TypeTag::u64;
    }
    const Type boolean{TypeTag::boolean};
    const ExprPtr value = make(Op::call, def.type, arguments, def.span, index);
    const ExprPtr fits = def.type.tag == TypeTag::nat
                             ? make(Op::less_equal, boolean, {number(0, def.span), value}, def.span)
                             : make(Op::negation, boolean, {make(Op::overflows, boolean, {value}, def.span)}, def.span);
    const auto slots = static_cast<std::uint32_t>(free.size());
    if (numbers) {
      ExprPtr all = fits;
      for (std::uint32_t i = slots; i-- > 0;) {
        all = make(Op::all_addresses, boolean, {number(0, def.span), number(~Word{0}, def.span), all}, def.span, i);
      }
      try {
        if (model_.truth(*all, state_, std::vector<Word>(slots))) return result;
      } catch (const EvaluationError&) {
        // beyond exact evaluation
      }
    }
    sample(*fits, slots, free, names, result);
    return result;
  }

 private:
  // Without rules and properties: only expressions are evaluated.
  static Law bare(const Law& law) {
    Law copy = law;
    copy.rules.clear();
    copy.properties.clear();
    return copy;
  }

  void add_literals(const Expr& e) {
    if (e.op == Op::literal && e.type.is_integer()) {
      for (const Word off : {Word{0}, Word{1}, ~Word{0}}) interesting_.push_back(e.value + off);
    }
    for (const ExprPtr& child : e.children) add_literals(*child);
  }

  Word draw(const Type& type) {
    switch (type.tag) {
      case TypeTag::boolean:
        return random_() % 2;
      case TypeTag::enumeration:
        return random_() % law_.enums[type.id].constants.size();
      case TypeTag::flags: {
        const std::size_t flags = law_.flag_sets[type.id].constants.size();
        return flags >= 64 ? random_() : random_() & ((Word{1} << flags) - 1);
      }
      case TypeTag::pow2:
        return Word{1} << (random_() % 64);
      default:
        break;
    }
    const Word near = interesting_[random_() % interesting_.size()];
    switch (random_() % 4) {
      case 0:
        return random_() >> (random_() % 64);
      case 1:
        return near + random_() % 8192;
      default:
        return near;
    }
  }

  void sample(const Expr& formula, std::uint32_t slots, const std::vector<std::pair<std::uint32_t, Type>>& free,
              const std::vector<std::string>& names, AxiomCheck& result) {
    result.tag = AxiomCheck::Tag::tested;
    std::vector<Word> frame(slots);
    const std::uint64_t tries = free.empty() ? 1 : kSamples;
    for (; result.samples < tries; ++result.samples) {
      for (const auto& [slot, type] : free) frame[slot] = draw(type);
      // Each value of interest once, the small ones first.
      if (!free.empty() && result.samples < interesting_.size() && free[0].second.tag == TypeTag::u64) {
        frame[free[0].first] = interesting_[result.samples];
      }
      // What a tuple of equal or neighbouring values does is worth a look of its own.
      if (free.size() > 1 && result.samples % 4 == 0) frame[free[1].first] = frame[free[0].first] + random_() % 2;
      std::string why;
      try {
        if (model_.truth(formula, state_, frame)) continue;
        why = "it is false";
      } catch (const EvaluationError& error) {
        why = error.what();
      }
      for (const auto& [slot, type] : free) {
        why += (slot == free.front().first ? " for " : ", ") + names.at(slot) + " = " +
               to_string(law_, type, &frame[slot]);
      }
      result.tag = AxiomCheck::Tag::fails;
      result.why = why;
      return;
    }
  }

  Law law_;
  Model model_;
  State state_;
  std::mt19937_64 random_;
  std::vector<Word> interesting_;
};

}  // namespace

std::vector<AxiomCheck> check_environment(const Law& law) {
  std::vector<AxiomCheck> checks;
  const bool any_given = std::any_of(law.defs.begin(), law.defs.end(), [](const Def& def) { return def.given; });
  if (law.axioms.empty() && !any_given) return checks;
  Checker checker(law);
  for (std::uint32_t def = 0; def < law.defs.size(); ++def) {
    if (auto check = checker.check(def)) checks.push_back(std::move(*check));
  }
  for (const Axiom& axiom : law.axioms) checks.push_back(checker.check(axiom));
  return checks;
}

}  // namespace iolaw
