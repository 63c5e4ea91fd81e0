// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "model/law/type_name.hpp"
#include "model/show/calls.hpp"
#include "model/show/show.hpp"
#include "model/show/text.hpp"

namespace iolaw::show {

namespace {

std::string indented(const std::string& text, std::string_view indent) {
  std::string out;
  std::size_t begin = 0;
  while (begin < text.size()) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    out += fmt::format("{}{}\n", indent, std::string_view(text).substr(begin, end - begin));
    begin = end + 1;
  }
  return out;
}

std::string documentation(const std::string& doc) { return doc.empty() ? "" : indented(doc, "  "); }

std::string effects(const Law& law, const std::vector<Effect>& effects, std::string_view indent) {
  std::string out;
  for (const Effect& effect : effects) out += fmt::format("{}{}\n", indent, source_text(law, effect.span));
  return out;
}

// The lines of a table, numbered as a reader of the rule counts them; those of an `each` are marked.
// Those that keep the effects stand below these, if `keep` is set.
std::vector<std::vector<std::string>> branch_rows(const Law& law, const Rule& rule, bool keep) {
  std::vector<std::vector<std::string>> rows;
  for (const Branch& branch : rule.branches) {
    if (branch.keeps != keep) continue;
    const std::string piece =
        branch.each ? fmt::format("each {}", law.kinds.at(rule.eaches.at(*branch.each).kind).name) : "";
    rows.push_back({fmt::format("{:>2}", rows.size() + 1), errors_text(branch), branch.tag, piece,
                    restriction_text(law, branch.restriction), condition_text(law, branch)});
  }
  for (const std::ptrdiff_t column : {4, 3}) {
    const auto is_empty = [&](const auto& row) { return row[static_cast<std::size_t>(column)].empty(); };
    if (!std::all_of(rows.begin(), rows.end(), is_empty)) continue;
    for (auto& row : rows) row.erase(row.begin() + column);
  }
  return rows;
}

// What the conditions call by name: the lets, as they were written.
std::string lets(const Law& law, const Rule& rule) {
  std::string out;
  for (const Item& item : rule.items) {
    if (item.tag == Item::Tag::let) out += fmt::format("      {} = {}\n", item.name, source_text(law, item.expr->span));
    if (item.tag == Item::Tag::choose)
      out += fmt::format("      {}: {}, chosen by the implementation where {}\n", item.name, type_name(law, item.type),
                         source_text(law, item.expr->span));
  }
  return out.empty() ? "" : "\n  Where\n" + out;
}

template <typename Visit>
void for_each_effect(const Rule& rule, Visit visit) {
  for (const Each& each : rule.eaches) std::for_each(each.effects.begin(), each.effects.end(), visit);
  std::for_each(rule.effects.begin(), rule.effects.end(), visit);
}

// The kinds that an expression of reference type stands for: exactly one.
std::uint32_t kind_of(const Effect& effect) { return effect.object ? effect.object->type.id : effect.kind; }

std::string rules_that(const Law& law, std::uint32_t kind, bool make) {
  std::string out;
  for (const Rule& rule : law.rules) {
    bool found = false;
    for_each_effect(rule, [&](const Effect& effect) {
      const bool makes = effect.tag == Effect::Tag::create;
      const bool ends = effect.tag == Effect::Tag::destroy || effect.tag == Effect::Tag::destroy_all;
      if (kind_of(effect) == kind && (make ? makes : ends)) found = true;
    });
    if (found) out += (out.empty() ? "" : ", ") + rule.name;
  }
  return out;
}

std::string_view property_word(const Property& property) {
  switch (property.tag) {
    case Property::Tag::invariant:
      return "invariant";
    case Property::Tag::step:
      return "step";
    case Property::Tag::cover:
      return "cover";
  }
  return "";
}

}  // namespace

std::string rule_page(const Law& law, const Rule& rule) {
  std::string out =
      fmt::format("{} {}\n  {}\n", rule.probe ? "probe" : "rule", signature(law, rule), place(law, rule.span));
  if (const std::string views = restriction_text(law, rule.restriction); !views.empty()) out += "  " + views + "\n";
  out += documentation(rule.doc);
  if (const std::vector<std::string> calls = call_names(rule); !calls.empty())
    out += fmt::format("  A program asks for it by {}.\n", fmt::join(calls, " or "));
  out += lets(law, rule);
  const auto before = branch_rows(law, rule, false);
  const auto late = branch_rows(law, rule, true);
  if (!before.empty()) out += "\n  The first line that applies decides:\n" + columns(before, "  ");
  for (const Each& each : rule.eaches) {
    if (each.effects.empty()) continue;
    out += fmt::format("\n  For {}, one by one, what stays done if a later one fails:\n", each_text(law, each));
    out += effects(law, each.effects, "      ");
  }
  if (!rule.effects.empty()) out += "\n  Otherwise the call succeeds:\n" + effects(law, rule.effects, "      ");
  if (!late.empty()) out += "\n  That is done, and the call fails all the same:\n" + columns(late, "  ");
  std::string results;
  for (const Result& result : rule.results) {
    if (!result.value || result.value->op == Op::variable) continue;
    results += fmt::format("      {} = {}\n", result.name, source_text(law, result.value->span));
  }
  if (!results.empty()) out += "\n  It answers:\n" + results;
  if (!rule.citations.empty()) out += "\n  Sources:\n";
  for (const Citation& citation : rule.citations) {
    out += fmt::format("      {} {} {}\n", citation.source, citation.file, citation.anchor);
  }
  return out;
}

std::string kind_page(const Law& law, std::uint32_t kind) {
  const Kind& self = law.kinds.at(kind);
  std::string out = fmt::format("object {}{}\n  {}\n", self.name, self.shared ? " shared" : "", place(law, self.span));
  out += documentation(self.doc);
  std::vector<std::vector<std::string>> rows;
  for (const Field& field : self.fields) {
    const char* role = field.role == FieldRole::parent ? "in" : field.role == FieldRole::holds ? "holds" : "";
    std::string doc = field.doc.substr(0, field.doc.find('\n'));
    rows.push_back({role, fmt::format("{}: {}", field.name, type_name(law, field.type)), std::move(doc)});
  }
  if (!rows.empty()) out += "\n" + columns(rows, "  ");
  std::string held;
  std::string inside;
  for (const Kind& other : law.kinds) {
    for (const Field& field : other.fields) {
      if (field.type.tag != TypeTag::reference || field.type.id != kind || field.role == FieldRole::plain) continue;
      std::string& list = field.role == FieldRole::holds ? held : inside;
      list += (list.empty() ? "" : ", ") + other.name;
    }
  }
  rows.clear();
  if (!held.empty()) rows.push_back({self.shared ? "kept alive by" : "kept busy by", held});
  if (!inside.empty()) rows.push_back({"takes with it", inside});
  for (const Count& count : law.counts) {
    if (count.kind == kind) rows.push_back({"counts", count.name});
  }
  if (const std::string makers = rules_that(law, kind, true); !makers.empty()) rows.push_back({"made by", makers});
  if (const std::string enders = rules_that(law, kind, false); !enders.empty()) rows.push_back({"ended by", enders});
  if (!rows.empty()) out += "\n" + columns(rows, "  ");
  return out;
}

std::string property_page(const Law& law, const Property& property) {
  std::string out = fmt::format("{} {}\n", property_word(property), property.name);
  if (property.generated) out += "  made from a declaration at ";
  out += (property.generated ? "" : "  ") + place(law, property.span) + "\n";
  if (!property.title.empty()) out += fmt::format("  {}\n", property.title);
  out += documentation(property.doc);
  if (!property.generated) out += fmt::format("\n      {}\n", source_text(law, property.formula->span));
  return out;
}

std::string errno_page(const Law& law, int error) {
  std::vector<std::vector<std::string>> rows;
  for (const Rule& rule : law.rules) {
    for (std::uint32_t i = 0; i < rule.branches.size(); ++i) {
      const Branch& branch = rule.branches[i];
      if (std::find(branch.errors.begin(), branch.errors.end(), error) == branch.errors.end()) continue;
      rows.push_back({branch_id(rule, i), condition_text(law, branch)});
    }
  }
  if (rows.empty()) return fmt::format("{}: no call of this law returns it\n", errno_name(error));
  return fmt::format("{} ({})\n{}", errno_name(error), error, columns(rows, "  "));
}

std::string errno_by_call(const Law& law) {
  std::vector<std::vector<std::string>> rows;
  for (const Rule& rule : law.rules) {
    if (!rule.probe) rows.push_back({rule.name, errnos_text(rule)});
  }
  return columns(rows, "");
}

std::string overview(const Law& law) {
  std::string out;
  std::vector<std::vector<std::string>> rows;
  const auto section = [&](std::string_view title) {
    if (!rows.empty()) out += fmt::format("{}{}\n{}", out.empty() ? "" : "\n", title, columns(rows, "  "));
    rows.clear();
  };
  const auto headline = [](const std::string& doc) { return doc.substr(0, doc.find('\n')); };
  for (std::uint32_t i = 0; i < law.profiles.size(); ++i) {
    rows.push_back({law.profiles[i].name, law.profile == i ? "←" : "", law.profiles[i].title});
  }
  section("Profiles: what is shown is " + view_text(law));
  for (const Kind& kind : law.kinds) rows.push_back({kind.name, headline(kind.doc)});
  section("Objects");
  for (const bool probe : {false, true}) {
    for (const Rule& rule : law.rules) {
      if (rule.probe == probe)
        rows.push_back({rule.name, fmt::format("{:>2}", rule.branches.size() + 1), headline(rule.doc)});
    }
    section(probe ? "Probes: what an observer may ask, and the number of outcomes"
                  : "Rules, and the number of outcomes of each");
  }
  for (const auto tag : {Property::Tag::invariant, Property::Tag::step, Property::Tag::cover}) {
    for (const Property& property : law.properties) {
      if (property.tag == tag && !property.generated) rows.push_back({property.name, property.title});
    }
    section(tag == Property::Tag::invariant ? "Invariants: in every state"
            : tag == Property::Tag::step    ? "Step laws: in every transition"
                                            : "Covers: must be reachable");
  }
  for (const Def& def : law.defs) {
    if (def.given) rows.push_back({def.name, headline(def.doc)});
  }
  section("Given functions: facts of the environment");
  for (const Axiom& axiom : law.axioms) rows.push_back({axiom.name, axiom.title});
  section("Axioms: what proofs assume of them");
  for (const NamedScope& scope : law.scopes) rows.push_back({scope.name, scope.title});
  section("Scopes: what is searched to its end");
  return out;
}

}  // namespace iolaw::show
