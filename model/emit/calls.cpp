// SPDX-License-Identifier: Apache-2.0
// Every call of the scope in a state. Parameters become loops in the order in which the rule's checks need them, and
// each check stands in the outermost loop where it is decided: checks keep their order, so what it decides for all
// values of the inner parameters is exactly what it would decide for each.
#include <algorithm>

#include "model/emit/effects.hpp"
#include "model/emit/rules.hpp"

namespace iolaw::emit {
namespace {

// A choice among the numbers of so many bits is tried number by number.
constexpr unsigned kSearchedBits = 16;

bool contiguous(const std::vector<Word>& values) { return values.back() - values.front() == values.size() - 1; }

class CallsWriter {
 public:
  CallsWriter(Context& context, std::uint32_t index, Writer& out)
      : context_(context),
        index_(index),
        rule_(context.law.rules[index]),
        out_(out),
        expressions_(context, "s"),
        open_(rule_.slots + rule_.parameters.size(), false) {
    bind_parameters(context, rule_, expressions_);
  }

  void write() {
    out_.line("template <class Sink>");
    out_.open("inline void calls_{}([[maybe_unused]] const State& s, [[maybe_unused]] Sink& sink)", rule_name(rule_));
    if (chooses_widely()) {
      out_.line("// Its choice is among too many numbers: such calls are left out.");
      out_.close();
      out_.blank();
      return;
    }
    write_domains();
    const std::size_t items = first_each(rule_);
    for (std::size_t at = 0; at < items; ++at) write_item(rule_.items[at]);
    for (std::uint32_t parameter = 0; parameter < rule_.parameters.size(); ++parameter) open_parameter(parameter);
    write_end();
    while (loops_ > 0) close_loop();
    out_.close();
    out_.blank();
  }

 private:
  bool chooses_widely() const {
    return context_.scope.bits > kSearchedBits &&
           std::any_of(rule_.items.begin(), rule_.items.end(),
                       [](const Item& item) { return item.tag == Item::Tag::choose && item.type.is_integer(); });
  }

  bool is_reference(std::uint32_t parameter) const {
    return rule_.parameters[parameter].type.tag == TypeTag::reference;
  }

  // The objects that calls name, and how many values each parameter has.
  void write_domains() {
    for (std::uint32_t parameter = 0; parameter < rule_.parameters.size(); ++parameter) {
      if (!is_reference(parameter)) {
        out_.line("[[maybe_unused]] constexpr u64 n{} = {};", parameter,
                  context_.scope.arguments[index_][parameter].size());
        continue;
      }
      const std::uint32_t kind = rule_.parameters[parameter].type.id;
      // An index beyond the scope never lives.
      const std::string bad =
          context_.scope.bad_handles ? fmt::format(" | bit_of({})", context_.scope.objects[kind]) : std::string();
      out_.line("const Mask d{} = s.{}_live{};", parameter, context_.kind_name(kind), bad);
      out_.line("[[maybe_unused]] const u64 n{} = size_of(d{});", parameter, parameter);
    }
    if (!one_index_only()) {
      for (const std::uint32_t kind : kinds_of_new_objects(rule_.effects)) {
        if (free_named_[kind]) continue;
        free_named_[kind] = true;
        out_.line("const Mask free_{} = first_of({}) & ~s.{}_live;", kind, context_.scope.objects[kind],
                  context_.kind_name(kind));
      }
    }
  }

  // Pieces may make indexes free before the rule's own new objects take theirs; then the lowest is taken.
  bool one_index_only() const { return !context_.scope.any_index || has_each(rule_); }

  void open_parameter(std::uint32_t parameter) {
    if (open_[parameter]) return;
    open_[parameter] = true;
    ++loops_;
    const std::string name = parameter_name(rule_, parameter);
    if (is_reference(parameter)) {
      out_.open("for (Mask m{} = d{}; m{} != 0; m{} &= m{} - 1)", parameter, parameter, parameter, parameter,
                parameter);
      out_.line("const Ref {} = lowest(m{});", name, parameter);
      return;
    }
    const std::vector<Word>& values = context_.scope.arguments[index_][parameter];
    const std::string type = parameter_type(context_, rule_, parameter);
    if (type != "bool" && contiguous(values) && values.back() < 0x4000'0000) {
      out_.open("for ({} {} = {}; {} <= {}; ++{})", type, name, values.front(), name, values.back(), name);
      return;
    }
    std::string list;
    for (const Word value : values) {
      list += type == "bool" ? fmt::format("{}{}", list.empty() ? "" : ", ", value != 0)
                             : fmt::format("{}{}({:#x}ULL)", list.empty() ? "" : ", ", type, value);
    }
    out_.open("for (const {} {} : {{{}}})", type, name, list);
  }

  void open_needed(const Expr& expr) {
    std::vector<bool> needed(rule_.parameters.size(), false);
    expressions_.collect_slots(expr, needed);
    for (std::uint32_t parameter = 0; parameter < needed.size(); ++parameter) {
      if (needed[parameter]) open_parameter(parameter);
    }
  }

  // How many calls a decision here is about.
  std::string weight() const {
    std::string product = "u64{1}";
    for (std::uint32_t parameter = 0; parameter < rule_.parameters.size(); ++parameter) {
      if (!open_[parameter]) product += fmt::format(" * n{}", parameter);
    }
    return product;
  }

  const char* next() const { return loops_ > 0 ? "continue;" : "return;"; }

  void close_loop() {
    out_.close();
    --loops_;
  }

  void write_item(const Item& item) {
    switch (item.tag) {
      case Item::Tag::let:
        expressions_.bind_let(item.slot, *item.expr);
        break;
      case Item::Tag::may_fail: {
        // Refused or not: both are outcomes of the same calls, and the refusal changes nothing.
        const Expr& condition = *rule_.branches[item.branch].condition;
        open_needed(condition);
        out_.line("if ({}) sink.outcome({}, {});  // {}", expressions_.truth(condition),
                  outcome_base(context_.law, index_) + 1 + item.branch, weight(), rule_.branches[item.branch].tag);
        break;
      }
      case Item::Tag::fails:
      case Item::Tag::unspecified: {
        const Expr& condition = *rule_.branches[item.branch].condition;
        open_needed(condition);
        out_.open("if ({})", expressions_.truth(condition));
        out_.line("sink.outcome({}, {});  // {}", outcome_base(context_.law, index_) + 1 + item.branch, weight(),
                  rule_.branches[item.branch].tag);
        out_.line("{}", next());
        out_.close();
        break;
      }
      case Item::Tag::choose: {
        open_needed(*item.expr);
        open_choice(item);
        break;
      }
      case Item::Tag::each:
        break;
    }
  }

  void open_choice(const Item& item) {
    Loop loop = choice_loop(context_, item);
    if (item.type.is_integer()) {
      // The numbers that calls of this rule pass, and what the scope keeps: a finite choice.
      const std::string name = context_.fresh_name("candidate");
      loop.header =
          fmt::format("for (u64 {} = 0; {} <= {}; ++{})", name, name, (Word{1} << context_.scope.bits) - 1, name);
      loop.variable.a = Int{name, {0, kMost}};
    }
    expressions_.bind(item.slot, loop.variable);
    ++loops_;
    out_.open("{}", loop.header);
    out_.line("if (!({})) continue;", expressions_.truth(*item.expr));
    out_.line("const {} {} = {}({});", choice_type(context_, item), choice_name(item), choice_type(context_, item),
              loop.variable.a.code);
    loop.variable.a.code = choice_name(item);
    expressions_.bind(item.slot, loop.variable);
  }

  void write_end() {
    const std::vector<std::uint32_t> created = kinds_of_new_objects(rule_.effects);
    std::string fresh = "nullptr";
    if (!created.empty() && !one_index_only()) {
      std::string list;
      std::vector<std::string> taken(context_.law.kinds.size());
      for (std::size_t which = 0; which < created.size(); ++which) {
        const std::uint32_t kind = created[which];
        const std::string free = fmt::format("(free_{}{})", kind, taken[kind]);
        out_.open("if ({} == 0)", free);
        out_.line("sink.full(u64{{1}});");
        out_.line("{}", next());
        out_.close();
        ++loops_;
        out_.open("for (Mask f{} = {}; f{} != 0; f{} &= f{} - 1)", which, free, which, which, which);
        taken[kind] += fmt::format(" & ~bit_of(lowest(f{}))", which);
        list += fmt::format("{}lowest(f{})", list.empty() ? "" : ", ", which);
      }
      out_.line("const Ref fresh[] = {{{}}};", list);
      fresh = "fresh";
    }
    out_.line("State t = s;");
    out_.line("Outcome out;");
    out_.line("const u32 end = finish_{}(t{}, {}, out);", rule_name(rule_), tail_arguments(rule_), fresh);
    std::string arguments;
    for (std::uint32_t parameter = 0; parameter < rule_.parameters.size(); ++parameter) {
      const std::string name = parameter_name(rule_, parameter);
      arguments += fmt::format("{}{}", arguments.empty() ? "" : ", ",
                               is_reference(parameter) ? name : fmt::format("u64({})", name));
    }
    const std::string call =
        fmt::format("std::array<u64, {}>{{{}}}", std::max<std::size_t>(rule_.parameters.size(), 1), arguments);
    // Those that stand behind a loop of checks; write_item() counts the others.
    for (std::size_t at = first_each(rule_); at < rule_.items.size(); ++at) {
      const Item& item = rule_.items[at];
      if (item.tag != Item::Tag::may_fail) continue;
      out_.line("if (out.refused >> {} & 1) sink.outcome({}, u64{{1}});", item.branch,
                outcome_base(context_.law, index_) + 1 + item.branch);
    }
    out_.open("if (end == kSuccess)");
    out_.line("sink.outcome({}, u64{{1}});", outcome_base(context_.law, index_));
    write_steps(true);
    out_.line("sink.edge({}, kSuccess, {}, t);", index_, call);
    out_.close("} else if (end == kFull) {");
    out_.line("  sink.full(u64{{1}});");
    out_.line("}} else if (end == kWide) {{");
    out_.line("  sink.wide();");
    if (has_each(rule_) || !rule_.late.empty()) {
      out_.line("}} else if (end == kUnspecified) {{");
      out_.line("  sink.unspecified();");
      out_.line("}} else {{");
      out_.line("  sink.outcome({} + end, u64{{1}});", outcome_base(context_.law, index_) + 1);
      out_.open("  if (!(t == s))");
      write_steps(false);
      out_.line("sink.edge({}, end, {}, t);", index_, call);
      out_.close("  }");
    }
    out_.line("}}");
  }

  // The laws of this transition; those of this rule alone speak of its success.
  void write_steps(bool success) {
    for (std::size_t property = 0; property < context_.law.properties.size(); ++property) {
      const Property& step = context_.law.properties[property];
      if (step.tag != Property::Tag::step) continue;
      if (!step.on.empty()) {
        if (!success || std::find(step.on.begin(), step.on.end(), index_) == step.on.end()) continue;
      }
      std::string arguments;
      if (step.on.size() == 1) {
        for (std::uint32_t parameter = 0; parameter < rule_.parameters.size(); ++parameter) {
          arguments += fmt::format(", {}", parameter_name(rule_, parameter));
        }
      }
      out_.line("if (!holds_{}(s, t{})) sink.violated({});", property, arguments, property);
    }
  }

  Context& context_;
  std::uint32_t index_;
  const Rule& rule_;
  Writer& out_;
  Expressions expressions_;
  std::vector<bool> open_;
  std::vector<bool> free_named_ = std::vector<bool>(context_.law.kinds.size(), false);
  unsigned loops_ = 0;
};

}  // namespace

std::uint32_t outcome_base(const Law& law, std::uint32_t rule) {
  std::uint32_t base = 0;
  for (std::uint32_t before = 0; before < rule; ++before)
    base += 1 + static_cast<std::uint32_t>(law.rules[before].branches.size());
  return base;
}

void write_calls(Context& context, Writer& out) {
  for (std::uint32_t index = 0; index < context.law.rules.size(); ++index) {
    if (!context.law.rules[index].probe) CallsWriter(context, index, out).write();
  }
  out.line("template <class Sink>");
  out.open("inline void all_calls(const State& s, Sink& sink)");
  for (const Rule& rule : context.law.rules) {
    if (!rule.probe) out.line("calls_{}(s, sink);", rule_name(rule));
  }
  out.close();
  out.blank();
}

}  // namespace iolaw::emit
