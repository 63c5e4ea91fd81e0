// SPDX-License-Identifier: Apache-2.0
// What a name means: exactly, or as people ask for it.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <set>

#include "model/show/calls.hpp"
#include "model/show/show.hpp"
#include "model/show/text.hpp"

namespace iolaw::show {

namespace {

std::string documented(const std::string& doc) {
  std::string out;
  std::size_t begin = 0;
  while (begin < doc.size()) {
    const std::size_t end = std::min(doc.find('\n', begin), doc.size());
    out += fmt::format("  {}\n", std::string_view(doc).substr(begin, end - begin));
    begin = end + 1;
  }
  return out;
}

std::string headline(const std::string& doc) { return doc.substr(0, doc.find('\n')); }

// Something with a place, words about it, and what it says.
std::string short_page(const Law& law, std::string_view title, Span span, const std::string& words,
                       const std::string& text) {
  return fmt::format("{}\n  {}\n{}{}", title, place(law, span), words,
                     text.empty() ? "" : fmt::format("\n      {}\n", text));
}

std::string branch_page(const Law& law, const Rule& rule, std::uint32_t index) {
  const Branch& branch = rule.branches[index];
  return fmt::format("{}: {} {}\n  {}\n{}\nLine {} of {}: see iolaw show FILE {}\n", branch_id(rule, index),
                     errors_text(branch), condition_text(law, branch), place(law, branch.span), documented(branch.doc),
                     index + 1, rule.name, rule.name);
}

std::string profile_page(const Law& law, const Profile& profile) {
  std::string has;
  for (const std::uint32_t other : profile.includes) {
    const std::string& name = law.profiles[other].name;
    if (name != profile.name) has += (has.empty() ? "  includes " : ", ") + name;
  }
  return short_page(law, "profile " + profile.name, profile.span,
                    fmt::format("  {}\n{}{}", profile.title, has.empty() ? "" : has + "\n", documented(profile.doc)),
                    "");
}

std::string enumeration_page(const Law& law, const Enumeration& enumeration, bool flags) {
  return short_page(law, (flags ? "flags " : "enum ") + enumeration.name, enumeration.span, documented(enumeration.doc),
                    fmt::format("{}", fmt::join(enumeration.constants, ", ")));
}

template <typename T>
const T* find_named(const std::vector<T>& all, const std::string& name) {
  const auto found = std::find_if(all.begin(), all.end(), [&](const T& one) { return one.name == name; });
  return found == all.end() ? nullptr : &*found;
}

std::optional<std::string> enumeration_or_constant(const Law& law, const std::string& id) {
  for (const bool flags : {false, true}) {
    for (const Enumeration& enumeration : flags ? law.flag_sets : law.enums) {
      const auto& constants = enumeration.constants;
      if (enumeration.name == id || std::find(constants.begin(), constants.end(), id) != constants.end())
        return enumeration_page(law, enumeration, flags);
    }
  }
  return std::nullopt;
}

// "IOMMU_DESTROY: 8 rules", each with the errnos that it may end in.
std::string list_page(const std::string& title, const std::vector<const Rule*>& rules) {
  std::vector<std::vector<std::string>> rows;
  for (const Rule* rule : rules) rows.push_back({rule->name, errnos_text(*rule), headline(rule->doc)});
  return fmt::format("{}: {} rules\n{}", title, rules.size(), columns(rows, "  "));
}

std::optional<std::string> pages_of(const Law& law, const std::string& title, const std::vector<const Rule*>& rules) {
  if (rules.empty()) return std::nullopt;
  if (rules.size() > 2) return list_page(title, rules);
  std::string out;
  for (const Rule* rule : rules) out += (out.empty() ? "" : "\n") + rule_page(law, *rule);
  return out;
}

template <typename Accept>
std::vector<const Rule*> rules_where(const Law& law, Accept accept) {
  std::vector<const Rule*> out;
  for (const Rule& rule : law.rules) {
    if (accept(rule)) out.push_back(&rule);
  }
  return out;
}

bool cites(const Rule& rule, const std::string& anchor) {
  return std::any_of(rule.citations.begin(), rule.citations.end(),
                     [&](const Citation& citation) { return citation.anchor == anchor; });
}

bool ends_in(const std::string& name, const std::string& word) {
  return name.size() > word.size() + 1 && name.compare(name.size() - word.size() - 1, 1, ".") == 0 &&
         name.compare(name.size() - word.size(), word.size(), word) == 0;
}

std::string in_capitals(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return static_cast<char>(std::toupper(static_cast<unsigned char>(c))); });
  return text;
}

// What people type who do not know the law's names: a command, a function of the implementation, the first or the last
// word of rules, an errno in small letters.
std::optional<std::string> loose_page(const Law& law, const std::string& id) {
  for (const std::string& name : {id, in_capitals(id), "IOMMU_" + in_capitals(id)}) {
    const auto found = rules_where(law, [&](const Rule& rule) {
      const std::vector<std::string> calls = call_names(rule);
      return std::find(calls.begin(), calls.end(), name) != calls.end();
    });
    if (auto pages = pages_of(law, name, found)) return pages;
  }
  if (auto pages = pages_of(law, id, rules_where(law, [&](const Rule& rule) { return cites(rule, id); }))) return pages;
  const auto begins =
      rules_where(law, [&](const Rule& rule) { return rule.name.compare(0, id.size() + 1, id + ".") == 0; });
  if (!begins.empty()) return list_page(id + ".*", begins);
  if (auto pages = pages_of(law, "*." + id, rules_where(law, [&](const Rule& rule) { return ends_in(rule.name, id); })))
    return pages;
  if (const int error = errno_number(in_capitals(id)); error != 0) return errno_page(law, error);
  return std::nullopt;
}

}  // namespace

std::optional<std::string> page(const Law& law, const std::string& id) {
  if (const Rule* rule = law.find_rule(id)) return rule_page(law, *rule);
  if (const Property* property = law.find_property(id)) return property_page(law, *property);
  for (std::uint32_t i = 0; i < law.kinds.size(); ++i) {
    if (law.kinds[i].name == id) return kind_page(law, i);
  }
  for (const Rule& rule : law.rules) {
    if (rule.name + ".ok" == id) return rule_page(law, rule);
    for (std::uint32_t i = 0; i < rule.branches.size(); ++i) {
      if (branch_id(rule, i) == id) return branch_page(law, rule, i);
    }
  }
  if (const Constant* constant = find_named(law.constants, id)) {
    return fmt::format("{}\n  {}\n{}", source_text(law, constant->span), place(law, constant->span),
                       documented(constant->doc));
  }
  if (const Def* def = find_named(law.defs, id)) {
    return short_page(law, fmt::format("{} {}", def->given ? "given" : "def", def->name), def->span,
                      documented(def->doc), source_text(law, def->body->span));
  }
  if (const Axiom* axiom = find_named(law.axioms, id)) {
    return short_page(law, "axiom " + axiom->name, axiom->span,
                      fmt::format("  {}\n{}", axiom->title, documented(axiom->doc)),
                      source_text(law, axiom->formula->span));
  }
  if (const NamedScope* scope = find_named(law.scopes, id)) {
    return short_page(law, "scope " + scope->name, scope->span,
                      fmt::format("  {}\n{}", scope->title, documented(scope->doc)), scope->text);
  }
  if (const Profile* profile = find_named(law.profiles, id)) return profile_page(law, *profile);
  if (auto text = enumeration_or_constant(law, id)) return text;
  if (const int error = errno_number(id); error != 0) return errno_page(law, error);
  return loose_page(law, id);
}

std::optional<std::string> errno_page_of(const Law& law, const std::string& rule_name, int error) {
  const Rule* rule = law.find_rule(rule_name);
  if (rule == nullptr) return std::nullopt;
  std::vector<std::vector<std::string>> rows;
  for (std::uint32_t i = 0; i < rule->branches.size(); ++i) {
    const Branch& branch = rule->branches[i];
    if (std::find(branch.errors.begin(), branch.errors.end(), error) == branch.errors.end()) continue;
    rows.push_back({fmt::format("{:>2}", i + 1), branch_id(*rule, i), condition_text(law, branch)});
  }
  if (rows.empty())
    return fmt::format("{} never returns {}; it may return {}\n", rule->name, errno_name(error), errnos_text(*rule));
  return fmt::format("{} returns {} ({}) by\n{}", rule->name, errno_name(error), error, columns(rows, "  "));
}

std::vector<std::string> names(const Law& law) {
  std::vector<std::string> out;
  const auto add = [&out](const auto& all) {
    for (const auto& one : all) out.push_back(one.name);
  };
  add(law.kinds);
  add(law.constants);
  add(law.defs);
  add(law.properties);
  add(law.axioms);
  add(law.scopes);
  add(law.profiles);
  add(law.enums);
  add(law.flag_sets);
  std::set<std::string> others;
  for (const Rule& rule : law.rules) {
    out.push_back(rule.name);
    for (const std::string& call : call_names(rule)) others.insert(call);
    for (std::uint32_t i = 0; i < rule.branches.size(); ++i) {
      out.push_back(branch_id(rule, i));
      for (const int error : rule.branches[i].errors) others.insert(errno_name(error));
    }
  }
  out.insert(out.end(), others.begin(), others.end());
  return out;
}

}  // namespace iolaw::show
