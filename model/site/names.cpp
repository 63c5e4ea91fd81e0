// SPDX-License-Identifier: Apache-2.0
#include "model/site/names.hpp"

#include <algorithm>
#include <filesystem>
#include <set>

#include "model/show/calls.hpp"
#include "model/show/text.hpp"

namespace iolaw::site {

namespace {

namespace fs = std::filesystem;

// "iommufd.ioas" for spec/iommufd/ioas.law beside spec/iommufd.law.
std::string module_name(const Law& law, std::uint32_t file) {
  const fs::path root = fs::path(law.files.front().path).parent_path();
  const fs::path path = fs::path(law.files.at(file).path).lexically_relative(root.empty() ? "." : root);
  std::string name = (path.empty() ? fs::path(law.files.at(file).path).filename() : path).generic_string();
  if (const std::size_t dot = name.rfind(".law"); dot != std::string::npos) name.erase(dot);
  std::replace(name.begin(), name.end(), '/', '.');
  return name;
}

// The lines `///` with which a file begins, unless they are about the declaration right below.
std::string module_documentation(std::string_view text) {
  std::string doc;
  while (text.substr(0, 3) == "///") {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(3, end - 3);
    if (!line.empty() && line.front() == ' ') line.remove_prefix(1);
    doc += (doc.empty() ? "" : "\n") + std::string(line);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  const std::string_view next = text.substr(0, text.find('\n'));
  return next.empty() || next.substr(0, 4) == "use " || next.substr(0, 2) == "//" ? doc : "";
}

}  // namespace

std::string_view to_string(Sort sort) {
  switch (sort) {
    case Sort::module:
      return "module";
    case Sort::object:
      return "object";
    case Sort::rule:
      return "rule";
    case Sort::outcome:
      return "outcome";
    case Sort::property:
      return "property";
    case Sort::constant:
      return "constant";
    case Sort::def:
      return "def";
    case Sort::enumeration:
      return "enum";
    case Sort::axiom:
      return "axiom";
    case Sort::scope:
      return "scope";
    case Sort::profile:
      return "profile";
    case Sort::error:
      return "errno";
    case Sort::command:
      return "call";
  }
  return "";
}

std::string headline(const std::string& doc) { return doc.substr(0, doc.find('\n')); }

Names::Names(const Law& law) {
  for (std::uint32_t file = 0; file < law.files.size(); ++file) {
    modules_.push_back(module_name(law, file));
    documentation_.push_back(module_documentation(law.files[file].text));
  }
  // A module is found by its page alone: its name may be that of a rule or a profile.
  for (std::uint32_t file = 0; file < law.files.size(); ++file) {
    by_sort_.emplace(std::pair(Sort::module, modules_[file]), all_.size());
    all_.push_back({Sort::module, modules_[file], page(file), "", headline(documentation_[file])});
  }
  // Rules come first: their names are what tests, traces and reports link to.
  for (const Rule& rule : law.rules) {
    const std::string where = page(rule.span.file);
    add(Sort::rule, rule.name, where, headline(rule.doc));
    for (std::uint32_t i = 0; i < rule.branches.size(); ++i) {
      const Branch& branch = rule.branches[i];
      add(Sort::outcome, branch_id(rule, i), where,
          show::errors_text(branch) + " " + show::condition_text(law, branch));
    }
    add(Sort::outcome, branch_id(rule, kSuccess), where, "success");
  }
  for (const Kind& kind : law.kinds) add(Sort::object, kind.name, page(kind.span.file), headline(kind.doc));
  for (const Property& property : law.properties) {
    add(Sort::property, property.name, page(property.span.file), property.title);
  }
  for (const Constant& one : law.constants) add(Sort::constant, one.name, page(one.span.file), headline(one.doc));
  for (const Def& one : law.defs) add(Sort::def, one.name, page(one.span.file), headline(one.doc));
  for (const auto* enumerations : {&law.enums, &law.flag_sets}) {
    for (const Enumeration& one : *enumerations) {
      add(Sort::enumeration, one.name, page(one.span.file), headline(one.doc));
      for (const std::string& constant : one.constants) {
        by_sort_.emplace(std::pair(Sort::constant, constant), by_sort_.at(std::pair(Sort::enumeration, one.name)));
      }
    }
  }
  for (const Axiom& one : law.axioms) add(Sort::axiom, one.name, page(one.span.file), one.title);
  for (const NamedScope& one : law.scopes) add(Sort::scope, one.name, page(one.span.file), one.title);
  for (const Profile& one : law.profiles) add(Sort::profile, one.name, std::string(kViewPage), one.title);
  std::set<int> errors;
  for (const Rule& rule : law.rules) {
    for (const Branch& branch : rule.branches) errors.insert(branch.errors.begin(), branch.errors.end());
  }
  for (const int error : errors) {
    add(Sort::error, errno_name(error), std::string(kErrnoPage), "every call that returns it");
  }
  for (const show::CallFamily& family : show::call_families(law, true)) {
    if (family.is_command) add(Sort::command, family.name, std::string(kCallPage), "its rules and errnos");
  }
}

void Names::add(Sort sort, const std::string& id, std::string page, std::string title) {
  Name name{sort, id, std::move(page), id, std::move(title)};
  if (anchors_.count(name.anchor) != 0) name.anchor = std::string(to_string(sort)) + ":" + id;
  anchors_.emplace(name.anchor, all_.size());
  by_sort_.emplace(std::pair(sort, id), all_.size());
  all_.push_back(std::move(name));
}

const Name* Names::find(Sort sort, std::string_view id) const {
  const auto found = by_sort_.find(std::pair(sort, std::string(id)));
  return found == by_sort_.end() ? nullptr : &all_[found->second];
}

const Name* Names::find(std::string_view id) const {
  for (const Sort sort :
       {Sort::rule, Sort::outcome, Sort::object, Sort::property, Sort::constant, Sort::def, Sort::enumeration,
        Sort::axiom, Sort::scope, Sort::profile, Sort::error, Sort::command, Sort::module}) {
    if (const Name* name = find(sort, id)) return name;
  }
  return nullptr;
}

std::string Names::anchor(Sort sort, std::string_view id) const {
  const Name* name = find(sort, id);
  return name != nullptr ? name->anchor : std::string(id);
}

}  // namespace iolaw::site
