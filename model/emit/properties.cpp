// SPDX-License-Identifier: Apache-2.0
#include "model/emit/parts.hpp"

namespace iolaw::emit {
namespace {

// A step of exactly one rule may name that rule's parameters.
const Rule* rule_of(const Context& context, const Property& property) {
  const bool named = property.tag == Property::Tag::step && property.on.size() == 1;
  return named ? &context.law.rules[property.on.front()] : nullptr;
}

void write_property(Context& context, Writer& out, std::size_t index) {
  const Property& property = context.law.properties[index];
  const bool step = property.tag == Property::Tag::step;
  const Rule* rule = rule_of(context, property);
  Expressions expressions(context, "s", step ? "t" : "");
  if (rule != nullptr) bind_parameters(context, *rule, expressions);
  out.line("// {}", property.name);
  out.open("inline bool holds_{}([[maybe_unused]] const State& s{}{})", index,
           step ? ", [[maybe_unused]] const State& t" : "", rule != nullptr ? parameter_list(context, *rule) : "");
  out.line("return {};", expressions.truth(*property.formula));
  out.close();
}

}  // namespace

void write_properties(Context& context, Writer& out) {
  for (std::size_t index = 0; index < context.law.properties.size(); ++index) write_property(context, out, index);
  out.blank();
  out.line("// A property by number; steps read the state after the transition, and those of one rule its arguments.");
  out.open(
      "inline bool holds(u32 property, const State& s, [[maybe_unused]] const State* t, [[maybe_unused]] const u64* "
      "arguments)");
  out.open("switch (property)");
  for (std::size_t index = 0; index < context.law.properties.size(); ++index) {
    const Property& property = context.law.properties[index];
    std::string arguments;
    if (property.tag == Property::Tag::step) arguments = ", *t";
    if (const Rule* rule = rule_of(context, property)) {
      for (std::uint32_t parameter = 0; parameter < rule->parameters.size(); ++parameter) {
        if (rule->parameters[parameter].type.tag == TypeTag::reference) {
          arguments += fmt::format(", ref_of(arguments[{}])", parameter);
        } else {
          arguments += fmt::format(", {}(arguments[{}])", parameter_type(context, *rule, parameter), parameter);
        }
      }
    }
    out.line("case {}: return holds_{}(s{});", index, index, arguments);
  }
  out.line("default: return true;");
  out.close();
  out.close();
  out.blank();
}

}  // namespace iolaw::emit
