// SPDX-License-Identifier: Apache-2.0
// One function per rule. `finish_RULE` is the part of a call that may change the state: from the first loop over pieces
// on, then the effects. `step_RULE` is the whole call, in place.
#include "model/emit/rules.hpp"

#include <algorithm>

#include "model/emit/effects.hpp"

namespace iolaw::emit {
namespace {

// Tallies are exact sums of a few words each.
constexpr Wide kTally = Wide{1} << 100;

Range range_of(const Context& context, const Type& type) {
  switch (type.tag) {
    case TypeTag::boolean:
      return {0, 1};
    case TypeTag::enumeration:
      return {0, std::max<Wide>(static_cast<Wide>(context.law.enums[type.id].constants.size()) - 1, 0)};
    case TypeTag::flags:
      return {0, (Wide{1} << context.law.flag_sets[type.id].constants.size()) - 1};
    default:
      return {0, kMost};
  }
}

Range parameter_range(const Context& context, const Rule& rule, std::uint32_t parameter) {
  const Type& type = rule.parameters[parameter].type;
  const auto index = static_cast<std::size_t>(&rule - context.law.rules.data());
  if (type.is_integer() && context.scope.enumerable && !rule.probe) {
    const std::vector<Word>& values = context.scope.arguments[index][parameter];
    return {values.front(), values.back()};
  }
  return range_of(context, type);
}

class RuleWriter {
 public:
  RuleWriter(Context& context, const Rule& rule, Writer& out)
      : context_(context), rule_(rule), out_(out), expressions_(context, "s") {
    bind_parameters(context, rule, expressions_);
  }

  void write_step();
  void write_finish();

 private:
  void write_item(const Item& item);
  void write_each(const Each& each);
  void write_choice(const Item& item);

  Context& context_;
  const Rule& rule_;
  Writer& out_;
  Expressions expressions_;
};

void RuleWriter::write_item(const Item& item) {
  switch (item.tag) {
    case Item::Tag::let:
      expressions_.bind_let(item.slot, *item.expr);
      break;
    case Item::Tag::fails: {
      const Branch& branch = rule_.branches[item.branch];
      out_.open("if ({})", expressions_.truth(*branch.condition));
      out_.line("out.error = {};", branch.errors.front());
      out_.line("return {};  // {}", item.branch, branch.tag);
      out_.close();
      break;
    }
    case Item::Tag::may_fail:
      out_.line("if ({}) out.refused |= u64{{1}} << {};  // {}",
                expressions_.truth(*rule_.branches[item.branch].condition), item.branch,
                rule_.branches[item.branch].tag);
      break;
    case Item::Tag::unspecified:
      out_.line("if ({}) return kUnspecified;", expressions_.truth(*rule_.branches[item.branch].condition));
      break;
    case Item::Tag::choose:
      write_choice(item);
      break;
    case Item::Tag::each:
      write_each(rule_.eaches[item.each]);
      break;
  }
}

// The smallest value that the law permits.
void RuleWriter::write_choice(const Item& item) {
  const std::string name = choice_name(item);
  const std::uint32_t site = context_.site(item.span, "no value is permitted for the choice " + item.name);
  if (item.type.is_integer()) {
    const std::string x = context_.fresh_name("x");
    Term address;
    address.type = item.type;
    address.a = Int{x, {0, kMost}, true};
    address.b.code = "true";
    expressions_.bind(item.slot, address);
    expressions_.set_sweeping(true);
    const std::string condition = expressions_.truth(*item.expr);
    expressions_.set_sweeping(false);
    out_.line("i128 {}_found = 0;", name);
    out_.open(
        "if (Sweep sweep; !sweep_range(sweep, swept(0), swept(kMax), true, {}, &{}_found, [&](const Swept& {}) {{ "
        "return {}; }}))",
        site, name, x, condition);
    out_.line("defect({});", site);
    out_.close();
    out_.line("const {} {} = {}({}_found);", choice_type(context_, item), name, choice_type(context_, item), name);
  } else {
    const Loop loop = choice_loop(context_, item);
    out_.line("i64 {}_found = -1;", name);
    expressions_.bind(item.slot, loop.variable);
    out_.open("{}", loop.header);
    out_.line("if ({}_found < 0 && ({})) {}_found = i64({});", name, expressions_.truth(*item.expr), name,
              loop.variable.a.code);
    out_.close();
    out_.line("if ({}_found < 0) defect({});", name, site);
    out_.line("const {} {} = {}({}_found);", choice_type(context_, item), name, choice_type(context_, item), name);
  }
  Term chosen;
  chosen.type = item.type;
  chosen.a = Int{name, range_of(context_, item.type)};
  chosen.b.code = "true";
  expressions_.bind(item.slot, chosen);
}

void RuleWriter::write_each(const Each& each) {
  const std::string kind = context_.kind_name(each.kind);
  const std::string piece = context_.fresh_name("piece");
  const std::string pieces = context_.fresh_name("pieces");
  const std::string count = context_.fresh_name("count");
  expressions_.bind(each.slot, reference_term(each.kind, piece, kState));
  for (const Tally& tally : each.tallies) {
    const std::string name = context_.fresh_name("tally");
    out_.line("i128 {} = 0;", name);
    Term sum;
    sum.type.tag = TypeTag::nat;
    sum.a = Int{name, {-kTally, kTally}};
    sum.b.code = "true";
    expressions_.bind(tally.slot, sum);
  }
  const Int order = each.order ? expressions_.integer(*each.order) : Int{piece, {0, kMostObjects}};
  out_.line("// The pieces when the loop begins, in their order.");
  out_.line("struct Piece_{} {{ i128 order; Ref object; }};", pieces);
  out_.line("std::array<Piece_{}, {}> {};", pieces, std::max(context_.scope.objects[each.kind], 1U), pieces);
  out_.line("unsigned {} = 0;", count);
  out_.open("for (Mask left = s.{}_live; left != 0; left &= left - 1)", kind);
  out_.line("const Ref {} = lowest(left);", piece);
  if (each.where) out_.line("if (!{}) continue;", expressions_.truth(*each.where));
  out_.line("const i128 order = i128({});", order.code);
  out_.line("unsigned at = {}++;", count);
  out_.line("for (; at > 0 && {}[at - 1].order > order; --at) {}[at] = {}[at - 1];", pieces, pieces, pieces);
  out_.line("{}[at] = {{order, {}}};", pieces, piece);
  out_.close();
  out_.open("for (unsigned next = 0; next < {}; ++next)", count);
  out_.line("const Ref {} = {}[next].object;", piece, pieces);
  out_.line("if (!lives(s.{}_live, {})) defect({});", kind, piece,
            context_.site(each.span, "a piece of this loop died by what an earlier piece did"));
  for (const Item& item : each.items) write_item(item);
  Effects effects(context_, expressions_, each.effects, "");
  effects.write_computation(out_);
  // All summands are read before any sum changes.
  for (const Tally& tally : each.tallies) {
    const Int summand = expressions_.integer(*tally.summand);
    Expr sum;
    sum.op = Op::variable;
    sum.index = tally.slot;
    out_.line("{} += i128({});", expressions_.integer(sum).code, summand.code);
  }
  effects.write_changes(out_);
  out_.close();
}

void RuleWriter::write_finish() {
  bind_choices(context_, rule_, expressions_);
  std::size_t at = 0;
  for (; at < first_each(rule_); ++at) {
    if (rule_.items[at].tag == Item::Tag::let) write_item(rule_.items[at]);
  }
  out_.open(
      "inline u32 finish_{}([[maybe_unused]] State& s{}, [[maybe_unused]] const Ref* fresh, [[maybe_unused]] Outcome& "
      "out)",
      rule_name(rule_), tail_parameters(context_, rule_));
  for (; at < rule_.items.size(); ++at) write_item(rule_.items[at]);
  if (!rule_.late.empty()) {
    out_.line("u32 ending = kSuccess;");
    for (const std::uint32_t branch : rule_.late) {
      out_.line("if (ending == kSuccess && ({})) ending = {};  // {}",
                expressions_.truth(*rule_.branches[branch].condition), branch, rule_.branches[branch].tag);
    }
  }
  Effects effects(context_, expressions_, rule_.effects, "fresh");
  effects.write_computation(out_);
  if (!rule_.late.empty()) out_.open("if (ending == kSuccess)");
  for (std::size_t which = 0; which < rule_.results.size(); ++which) {
    Effects::write_result(context_, expressions_, rule_.results[which], which, out_);
  }
  if (!rule_.late.empty()) out_.close();
  effects.write_changes(out_);
  if (rule_.late.empty()) {
    out_.line("return kSuccess;");
  } else {
    for (const std::uint32_t branch : rule_.late) {
      out_.line("if (ending == {}) out.error = {};", branch, rule_.branches[branch].errors.front());
    }
    out_.line("return ending;");
  }
  out_.close();
  out_.blank();
}

void RuleWriter::write_step() {
  out_.line("// {}", rule_.name);
  std::string parameters = parameter_list(context_, rule_);
  out_.open("inline u32 step_{}(State& s{}, Outcome& out)", rule_name(rule_), parameters);
  out_.line("out.error = 0;");
  out_.line("out.refused = 0;");
  for (std::size_t at = 0; at < first_each(rule_); ++at) write_item(rule_.items[at]);
  const std::string call = fmt::format("finish_{}(s{}, nullptr, out)", rule_name(rule_), tail_arguments(rule_));
  if (!has_each(rule_)) {
    out_.line("return {};", call);
  } else {
    out_.line("// Pieces that are done stay, unless the law does not say what this call does.");
    out_.line("const State before = s;");
    out_.open("try");
    out_.line("const u32 end = {};", call);
    out_.line("if (end == kUnspecified || end == kFull || end == kWide) s = before;");
    out_.line("return end;");
    out_.close("} catch (...) {");
    out_.line("  s = before;");
    out_.line("  throw;");
    out_.line("}}");
  }
  out_.close();
  out_.blank();
}

}  // namespace

std::size_t first_each(const Rule& rule) {
  const auto found =
      std::find_if(rule.items.begin(), rule.items.end(), [](const Item& item) { return item.tag == Item::Tag::each; });
  return static_cast<std::size_t>(found - rule.items.begin());
}

bool has_each(const Rule& rule) { return first_each(rule) < rule.items.size(); }

std::string rule_name(const Rule& rule) { return identifier(rule.name); }

std::string parameter_name(const Rule& rule, std::uint32_t parameter) {
  return fmt::format("p{}_{}", parameter, identifier(rule.parameters[parameter].name));
}

std::string parameter_type(const Context& context, const Rule& rule, std::uint32_t parameter) {
  const Type& type = rule.parameters[parameter].type;
  if (type.tag == TypeTag::reference) return "Ref";
  if (type.tag == TypeTag::boolean) return "bool";
  return name_of(width_of(parameter_range(context, rule, parameter)));
}

std::string parameter_list(const Context& context, const Rule& rule) {
  std::string list;
  for (std::uint32_t parameter = 0; parameter < rule.parameters.size(); ++parameter) {
    list += fmt::format(", [[maybe_unused]] const {} {}", parameter_type(context, rule, parameter),
                        parameter_name(rule, parameter));
  }
  return list;
}

void bind_parameters(const Context& context, const Rule& rule, Expressions& expressions) {
  for (std::uint32_t parameter = 0; parameter < rule.parameters.size(); ++parameter) {
    Term term;
    term.type = rule.parameters[parameter].type;
    term.a = Int{parameter_name(rule, parameter), parameter_range(context, rule, parameter)};
    term.b.code = "true";
    expressions.bind(parameter, term);
  }
}

std::string choice_name(const Item& item) { return fmt::format("c{}_{}", item.slot, identifier(item.name)); }

std::string choice_type(const Context& context, const Item& item) {
  if (item.type.tag == TypeTag::reference) return "Ref";
  if (item.type.tag == TypeTag::boolean) return "bool";
  return name_of(width_of(range_of(context, item.type)));
}

Loop choice_loop(Context& context, const Item& item) {
  Loop loop;
  const std::string name = context.fresh_name("candidate");
  loop.variable.type = item.type;
  loop.variable.a = Int{name, range_of(context, item.type)};
  loop.variable.b.code = "true";
  if (item.type.tag == TypeTag::reference) {
    const std::string kind = context.kind_name(item.type.id);
    loop.header = fmt::format("for (Ref {} = 0; {} < {}; ++{}) if (lives(s.{}_live, {}))", name, name,
                              context.scope.objects[item.type.id], name, kind, name);
    loop.variable.live = kState;
  } else if (item.type.tag == TypeTag::boolean) {
    loop.header = fmt::format("for (const bool {} : {{false, true}})", name);
  } else {
    const Range range = range_of(context, item.type);
    const std::string type = name_of(width_of(range));
    loop.header = fmt::format("for ({} {} = 0; {} <= {}; ++{})", type, name, name, static_cast<Word>(range.hi), name);
  }
  return loop;
}

std::string tail_parameters(const Context& context, const Rule& rule) {
  std::string list = parameter_list(context, rule);
  for (std::size_t at = 0; at < first_each(rule); ++at) {
    const Item& item = rule.items[at];
    if (item.tag != Item::Tag::choose) continue;
    list += fmt::format(", [[maybe_unused]] const {} {}", choice_type(context, item), choice_name(item));
  }
  return list;
}

std::string tail_arguments(const Rule& rule) {
  std::string list;
  for (std::uint32_t parameter = 0; parameter < rule.parameters.size(); ++parameter)
    list += fmt::format(", {}", parameter_name(rule, parameter));
  for (std::size_t at = 0; at < first_each(rule); ++at) {
    if (rule.items[at].tag == Item::Tag::choose) list += fmt::format(", {}", choice_name(rule.items[at]));
  }
  return list;
}

void bind_choices(const Context& context, const Rule& rule, Expressions& expressions) {
  for (std::size_t at = 0; at < first_each(rule); ++at) {
    const Item& item = rule.items[at];
    if (item.tag != Item::Tag::choose) continue;
    Term chosen;
    chosen.type = item.type;
    chosen.a = Int{choice_name(item), range_of(context, item.type)};
    chosen.b.code = "true";
    expressions.bind(item.slot, chosen);
  }
}

void write_rules(Context& context, Writer& out) {
  for (const Rule& rule : context.law.rules) {
    for (const Branch& branch : rule.branches) {
      if (branch.may && &branch - rule.branches.data() >= 64)
        throw EmitError("a compiled rule has its refusals among its first 64 branches", branch.span);
    }
    if (rule.results.size() > 8) throw EmitError("a compiled rule has at most 8 results", rule.span);
    RuleWriter(context, rule, out).write_finish();
    RuleWriter(context, rule, out).write_step();
  }
  out.line("// A call by number, in place: its branch, or kSuccess, kUnspecified, kFull, kWide. Throws Defect.");
  out.open("inline u32 step(State& s, u32 rule, const u64* arguments, Outcome& out)");
  out.open("switch (rule)");
  for (std::size_t index = 0; index < context.law.rules.size(); ++index) {
    const Rule& rule = context.law.rules[index];
    std::string arguments;
    for (std::uint32_t parameter = 0; parameter < rule.parameters.size(); ++parameter) {
      if (rule.parameters[parameter].type.tag == TypeTag::reference) {
        arguments += fmt::format(", ref_of(arguments[{}])", parameter);
      } else {
        arguments += fmt::format(", {}(arguments[{}])", parameter_type(context, rule, parameter), parameter);
      }
    }
    out.line("case {}: return step_{}(s{}, out);", index, rule_name(rule), arguments);
  }
  out.line("default: return kUnspecified;");
  out.close();
  out.line("(void)arguments;");
  out.close();
  out.blank();
}

}  // namespace iolaw::emit
