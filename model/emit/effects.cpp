// SPDX-License-Identifier: Apache-2.0
#include "model/emit/effects.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace iolaw::emit {

std::vector<std::uint32_t> kinds_of_new_objects(const std::vector<Effect>& effects) {
  std::vector<std::uint32_t> kinds;
  for (const Effect& effect : effects) {
    if (effect.tag == Effect::Tag::create) kinds.push_back(effect.kind);
  }
  return kinds;
}

void Effects::name_new_objects(Writer& out) {
  for (const Effect& effect : effects_) {
    if (effect.tag != Effect::Tag::create) continue;
    const std::string kind = context_.kind_name(effect.kind);
    const std::string name = context_.fresh_name("new");
    const std::size_t which = created_.size();
    std::string free = fmt::format("(first_of({}) & ~s.{}_live", context_.scope.objects[effect.kind], kind);
    for (const Created& earlier : created_) {
      if (earlier.kind == effect.kind) free += fmt::format(" & ~bit_of({})", earlier.name);
    }
    free += ")";
    if (fresh_.empty()) {
      out.line("if ({} == 0) return kFull;", free);
      out.line("const Ref {} = lowest({});", name, free);
    } else {
      out.line("if ({} == nullptr && {} == 0) return kFull;", fresh_, free);
      out.line("const Ref {} = {} != nullptr ? {}[{}] : lowest({});", name, fresh_, fresh_, which, free);
    }
    created_.push_back(Created{name, effect.kind});
    expressions_.bind(effect.slot, reference_term(effect.kind, name));
  }
}

// The value as it is stored in a column; the statements before it make sure that it fits.
std::string Effects::kept(const Type& type, const Column& column, const Term& term, const Expr& value, bool second,
                          Writer& out) {
  const Int& number = second ? term.b : term.a;
  const std::string name = context_.fresh_name("value");
  switch (column.tag) {
    case Column::Tag::boolean:
      out.line("const auto {} = {}({});", name, column.storage, number.code);
      return name;
    case Column::Tag::present:
      out.line("const auto {} = {}({});", name, column.storage, term.b.code);
      return name;
    case Column::Tag::reference: {
      const std::string reference = context_.fresh_name("reference");
      out.line("const Ref {} = {};", reference, number.code);
      if (!type.maybe) {
        out.line("if ({} == kNoRef) defect({});", reference, context_.site(value.span, "would refer to no object"));
      }
      out.line("if ({} + 1 > {}) return kWide;", reference, context_.scope.objects[column.target]);
      out.line("const auto {} = {}({} + 1);", name, column.storage, reference);
      return name;
    }
    case Column::Tag::number:
      break;
  }
  const std::string whole = context_.fresh_name("number");
  const bool maybe = type.maybe && term.b.code != "true";
  if (maybe) {
    out.line("const {} {} = {} ? {} : {}(0);", name_of(width_of(join(number.range, {0, 0}))), whole, term.b.code,
             in_width(number, width_of(join(number.range, {0, 0}))), name_of(width_of(join(number.range, {0, 0}))));
  } else {
    out.line("const {} {} = {};", name_of(width_of(number.range)), whole, number.code);
  }
  const Range range = maybe ? join(number.range, {0, 0}) : number.range;
  if (range.lo < 0 || range.hi > kMost) {
    out.line("if (i128({}) < 0 || i128({}) > kMax) defect({});", whole, whole,
             context_.site(value.span, "would keep a number that is no u64"));
  }
  if (type.tag == TypeTag::pow2) {
    const std::string some = maybe ? term.b.code + " && " : "";
    out.line("if ({}!std::has_single_bit(u64({}))) defect({});", some, whole,
             context_.site(value.span, "would keep what is no power of two"));
  }
  if (range.hi > column.range.hi && column.range.hi < kMost)
    out.line("if (u64({}) > u64({:#x}ULL)) return kWide;", whole, static_cast<Word>(column.range.hi));
  out.line("const auto {} = {}({});", name, column.storage, whole);
  return name;
}

void Effects::compute_values(const Effect& effect, std::uint32_t kind, const std::string& object,
                             const std::string& many, Writer& out) {
  for (const FieldValue& value : effect.values) {
    const Field& declared = context_.law.kinds[kind].fields[value.field];
    const FieldLayout& layout = context_.layout.fields[kind][value.field];
    const Term term = expressions_.term(*value.value);
    const auto keep = [&](const Column& column, bool second) {
      const std::string name = kept(declared.type, column, term, *value.value, second, out);
      if (effect.tag == Effect::Tag::create) {
        changes_.push_back(fmt::format("s.{}[{}] = {};", column.name, object, name));
      } else if (many.empty()) {
        changes_.push_back(fmt::format("if (lives(s.{}_live, {})) s.{}[{}] = {};", context_.kind_name(kind), object,
                                       column.name, object, name));
      }
      return name;
    };
    const std::string first = keep(layout.first, false);
    const std::string second = layout.two ? keep(layout.second, true) : "";
    if (declared.type.tag == TypeTag::interval) {
      out.line("if ({} > {}) defect({});", first, second,
               context_.site(value.value->span, "would keep an interval whose first address is above its last"));
    }
    if (!many.empty()) {
      out.line("{}_{}[{}] = {};", many, layout.first.name, object, first);
      if (layout.two) out.line("{}_{}[{}] = {};", many, layout.second.name, object, second);
    }
    if (declared.role == FieldRole::holds && effect.tag == Effect::Tag::update) burials_.emplace_back("true");
  }
}

void Effects::bind_member(const Effect& effect, const std::string& name) {
  expressions_.bind(effect.slot, reference_term(effect.kind, name, kState));
}

std::string Effects::existing_object(const Effect& effect, Writer& out) {
  const Expr& expr = *effect.object;
  const std::uint32_t kind = expr.type.id;
  const Term term = expressions_.term(expr);
  const std::string name = context_.fresh_name("object");
  out.line("const Ref {} = {};", name, term.a.code);
  std::string is_new;
  for (const Created& created : created_) {
    if (created.kind == kind) is_new += fmt::format("{} != {} && ", name, created.name);
  }
  out.line("if ({}!lives(s.{}_live, {})) defect({});", is_new, context_.kind_name(kind), name,
           context_.site(expr.span, "a dead object of kind " + context_.law.kinds[kind].name + " is changed"));
  return name;
}

void Effects::write_computation(Writer& out) {
  name_new_objects(out);
  std::size_t next_created = 0;
  for (const Effect& effect : effects_) {
    switch (effect.tag) {
      case Effect::Tag::create: {
        const Created& created = created_[next_created++];
        changes_.push_back(fmt::format("s.{}_live |= bit_of({});", context_.kind_name(created.kind), created.name));
        compute_values(effect, created.kind, created.name, {}, out);
        if (context_.law.kinds[created.kind].shared) burials_.emplace_back("true");
        break;
      }
      case Effect::Tag::destroy: {
        const std::string object = existing_object(effect, out);
        changes_.push_back(fmt::format("kill_{}(s, {});", context_.kind_name(effect.object->type.id), object));
        burials_.emplace_back("true");
        break;
      }
      case Effect::Tag::update: {
        const std::string object = existing_object(effect, out);
        compute_values(effect, effect.object->type.id, object, {}, out);
        break;
      }
      case Effect::Tag::destroy_all:
      case Effect::Tag::update_all: {
        const std::string kind = context_.kind_name(effect.kind);
        const std::string member = context_.fresh_name("o");
        const std::string chosen = context_.fresh_name("chosen");
        bind_member(effect, member);
        const std::string condition = effect.where ? expressions_.truth(*effect.where) : "true";
        out.line("const Mask {} = subset_of(s.{}_live, [&]([[maybe_unused]] const Ref {}) {{ return {}; }});", chosen,
                 kind, member, condition);
        if (effect.tag == Effect::Tag::destroy_all) {
          changes_.push_back(
              fmt::format("for (Mask left = {}; left != 0; left &= left - 1) kill_{}(s, lowest(left));", chosen, kind));
          burials_.push_back(fmt::format("{} != 0", chosen));
          break;
        }
        // The values of all members, before any is written.
        const std::string values = context_.fresh_name("values");
        for (const FieldValue& value : effect.values) {
          const FieldLayout& layout = context_.layout.fields[effect.kind][value.field];
          out.line("auto {}_{} = s.{};", values, layout.first.name, layout.first.name);
          if (layout.two) out.line("auto {}_{} = s.{};", values, layout.second.name, layout.second.name);
        }
        out.open("for (Mask left = {}; left != 0; left &= left - 1)", chosen);
        out.line("const Ref {} = lowest(left);", member);
        compute_values(effect, effect.kind, member, values, out);
        out.close();
        for (const FieldValue& value : effect.values) {
          const FieldLayout& layout = context_.layout.fields[effect.kind][value.field];
          const auto write = [&](const Column& column) {
            changes_.push_back(
                fmt::format("for (Mask left = {} & s.{}_live; left != 0; left &= left - 1) s.{}[lowest(left)] = "
                            "{}_{}[lowest(left)];",
                            chosen, kind, column.name, values, column.name));
          };
          write(layout.first);
          if (layout.two) write(layout.second);
          if (context_.law.kinds[effect.kind].fields[value.field].role == FieldRole::holds) {
            burials_.push_back(fmt::format("{} != 0", chosen));
          }
        }
        break;
      }
    }
  }
}

void Effects::write_changes(Writer& out) const {
  for (const std::string& change : changes_) out.line("{}", change);
  if (burials_.empty()) return;
  const bool always = std::find(burials_.begin(), burials_.end(), "true") != burials_.end();
  out.line("{}bury_shared(s);", always ? "" : fmt::format("if ({}) ", fmt::join(burials_, " || ")));
}

void Effects::write_result(Context& context, Expressions& expressions, const Result& result, std::size_t index,
                           Writer& out) {
  const Term term = expressions.term(*result.value);
  const Type& type = result.type;
  const auto store = [&](const std::string& some, const std::string& word) {
    out.line("out.some[{}] = {};", index, some);
    out.line("out.results[{}] = {};", index, word);
  };
  if (type.tag == TypeTag::boolean) return store("true", fmt::format("u64({})", term.a.code));
  if (type.tag == TypeTag::reference) {
    const std::string name = context.fresh_name("result");
    out.line("const Ref {} = {};", name, term.a.code);
    if (!type.maybe)
      out.line("if ({} == kNoRef) defect({});", name, context.site(result.value->span, "would refer to no object"));
    return store(fmt::format("{} != kNoRef", name), fmt::format("word_of({})", name));
  }
  const std::string some = context.fresh_name("some");
  const std::string name = context.fresh_name("result");
  const Range range = join(term.a.range, {0, 0});
  const std::string width = name_of(width_of(range));
  out.line("const bool {} = {};", some, term.b.code.empty() ? "true" : term.b.code);
  out.line("const {} {} = {} ? {} : {}(0);", width, name, some, in_width(term.a, width_of(range)), width);
  if (range.lo < 0 || range.hi > kMost) {
    out.line("if (i128({}) < 0 || i128({}) > kMax) defect({});", name, name,
             context.site(result.value->span, "would be a number that is no u64"));
  }
  if (type.tag == TypeTag::pow2) {
    out.line("if ({} && !std::has_single_bit(u64({}))) defect({});", some, name,
             context.site(result.value->span, "would be what is no power of two"));
  }
  store(some, fmt::format("u64({})", name));
}

}  // namespace iolaw::emit
