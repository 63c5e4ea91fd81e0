// SPDX-License-Identifier: Apache-2.0
#include "model/syntax/resolve/view.hpp"

#include <algorithm>
#include <functional>
#include <set>
#include <type_traits>

#include "model/syntax/lexis.hpp"
#include "model/syntax/resolve/documentation.hpp"

namespace iolaw::syntax {
namespace {

void unknown_profile(const ast::Name& name, const std::vector<Profile>& list, std::vector<Diagnostic>& diagnostics) {
  Diagnostic diagnostic = make(Code::unknown_profile, name.span, "no profile is named " + quote(name.text));
  std::vector<std::string_view> known;
  for (const Profile& profile : list) known.push_back(profile.name);
  diagnostic.suggestion = closest(name.text, known);
  diagnostics.push_back(std::move(diagnostic));
}

// Restrictions of the branches of a rule, however deep.
void branches_of(const std::vector<ast::Item>& items, std::vector<const ast::Restriction*>& found) {
  for (const ast::Item& item : items) {
    if (const auto* fails = std::get_if<ast::Fails>(&item.node)) found.push_back(&fails->restriction);
    if (const auto* silent = std::get_if<ast::Unspecified>(&item.node)) found.push_back(&silent->restriction);
    if (const auto* each = std::get_if<ast::Each>(&item.node)) branches_of(each->items, found);
  }
}

// A check reads the law once for each view.
constexpr std::size_t kMaxViews = 256;

bool is_empty(const ast::Restriction& restriction) { return restriction.only.empty() && restriction.since.empty(); }

}  // namespace

std::string to_string(Version version) { return std::to_string(version.major) + "." + std::to_string(version.minor); }

const ast::Restriction* restriction_of(const ast::Declaration& declaration) {
  return std::visit(
      [](const auto& node) -> const ast::Restriction* {
        if constexpr (requires { node.restriction; }) {
          return &node.restriction;
        } else {
          return nullptr;
        }
      },
      declaration.node);
}

ast::Name name_of(const ast::Declaration& declaration) {
  return std::visit(
      [](const auto& node) -> ast::Name {
        if constexpr (requires { node.name; }) {
          return node.name;
        } else {
          return {};
        }
      },
      declaration.node);
}

Profiles::Profiles(const std::vector<SourceFile>& files, const std::vector<ast::Declaration>& declarations,
                   std::vector<Diagnostic>& diagnostics) {
  std::vector<const ast::Profile*> nodes;
  std::vector<const ast::Restriction*> restrictions;
  for (const ast::Declaration& declaration : declarations) {
    if (const auto* rule = std::get_if<ast::Rule>(&declaration.node)) branches_of(rule->items, restrictions);
    if (const ast::Restriction* restriction = restriction_of(declaration)) restrictions.push_back(restriction);
    const auto* node = std::get_if<ast::Profile>(&declaration.node);
    if (!node) continue;
    const auto [other, fresh] = index_.emplace(node->name.text, list_.size());
    if (!fresh) {
      Diagnostic diagnostic =
          make(Code::duplicate_name, node->name.span, quote(node->name.text) + " is declared twice");
      diagnostic.notes.push_back({list_[other->second].span, "the first declaration is here"});
      diagnostics.push_back(std::move(diagnostic));
      continue;
    }
    list_.push_back({node->name.text,
                     node->title.text,
                     {},
                     documentation_before(files[declaration.span.file].text, declaration.span.begin),
                     node->name.span});
    nodes.push_back(node);
  }
  std::erase_if(restrictions, [](const ast::Restriction* restriction) { return is_empty(*restriction); });
  add_includes(nodes, diagnostics);
  for (const ast::Restriction* restriction : restrictions) check(*restriction, diagnostics);
  add_views(restrictions);
  if (views_.size() <= kMaxViews) return;
  views_.resize(kMaxViews);
  const Span span = list_.empty() ? restrictions.front()->span : list_.back().span;
  diagnostics.push_back(make(Code::too_many_views, span,
                             "profiles and versions make more than " + std::to_string(kMaxViews) +
                                 " views: join profiles, or drop `since` of releases that nobody runs any more"));
}

void Profiles::add_includes(const std::vector<const ast::Profile*>& nodes, std::vector<Diagnostic>& diagnostics) {
  std::vector<std::vector<std::uint32_t>> direct(nodes.size());
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    for (const ast::Name& name : nodes[i]->includes) {
      if (const auto other = find(name.text)) {
        direct[i].push_back(*other);
      } else {
        unknown_profile(name, list_, diagnostics);
      }
    }
  }
  std::vector<std::set<std::uint32_t>> reached(nodes.size());  // by at least one `includes`
  for (std::uint32_t start = 0; start < list_.size(); ++start) {
    std::vector<std::uint32_t> open{start};
    while (!open.empty()) {
      const std::uint32_t at = open.back();
      open.pop_back();
      for (const std::uint32_t next : direct[at]) {
        if (reached[start].insert(next).second) open.push_back(next);
      }
    }
    std::set<std::uint32_t> has = reached[start];
    has.insert(start);
    list_[start].includes.assign(has.begin(), has.end());
    // A cycle is reported once, at the first of its profiles.
    const bool earlier = std::any_of(reached[start].begin(), reached[start].end(), [&](std::uint32_t other) {
      return other < start && reached[other].count(start) != 0;
    });
    if (earlier || reached[start].count(start) == 0) continue;
    diagnostics.push_back(make(Code::profile_cycle, list_[start].span,
                               "the profile " + quote(list_[start].name) + " includes itself, by way of others"));
  }
}

void Profiles::check(const ast::Restriction& restriction, std::vector<Diagnostic>& diagnostics) {
  for (const ast::Name& name : restriction.only) {
    if (!find(name.text)) unknown_profile(name, list_, diagnostics);
  }
  for (const ast::Since& since : restriction.since) {
    if (since.source.text == "linux") continue;
    Diagnostic diagnostic =
        make(Code::bad_since, since.source.span,
             "only versions of `linux` are known, such as `since linux 6.17`, not of " + quote(since.source.text));
    diagnostic.suggestion = "linux";
    diagnostics.push_back(std::move(diagnostic));
  }
  if (restriction.since.size() < 2) return;
  Diagnostic diagnostic = make(Code::bad_since, restriction.since[1].span, "`since` stands once: the version it began");
  diagnostic.notes.push_back({restriction.since[0].span, "the first one is here"});
  diagnostics.push_back(std::move(diagnostic));
}

std::optional<std::uint32_t> Profiles::find(std::string_view name) const {
  const auto found = index_.find(name);
  return found == index_.end() ? std::nullopt : std::optional(found->second);
}

Restriction Profiles::resolve(const ast::Restriction& restriction) const {
  Restriction result;
  for (const ast::Name& name : restriction.only) {
    if (const auto profile = find(name.text)) result.only.push_back(*profile);
  }
  if (!restriction.since.empty()) result.since = restriction.since.front().version;
  return result;
}

void Profiles::add_views(const std::vector<const ast::Restriction*>& restrictions) {
  for (std::uint32_t profile = 0; profile == 0 || profile < list_.size(); ++profile) {
    if (views_.size() > kMaxViews) return;
    const auto of = list_.empty() ? std::nullopt : std::optional(profile);
    const Visible newest(*this, of, std::nullopt);
    std::set<Version> versions;
    for (const ast::Restriction* restriction : restrictions) {
      if (restriction->since.empty() || !newest.in_profile(*restriction)) continue;
      versions.insert(restriction->since.front().version);
    }
    const std::string name = of ? list_[profile].name : std::string();
    views_.push_back({name, std::nullopt});
    if (versions.empty()) continue;
    // At the latest of these versions the law is the newest one; before the earliest it is the oldest.
    versions.erase(std::prev(versions.end()));
    for (const Version version : versions) views_.push_back({name, version});
    views_.push_back({name, Version{0, 0}});
  }
}

std::string Profiles::label(const LawView& view) const {
  std::string text = view.profile.empty() ? "" : "profile " + view.profile;
  const auto of_profile = [&](const LawView& other) { return other.profile == view.profile; };
  if (std::count_if(views_.begin(), views_.end(), of_profile) < 2) return text;
  text += text.empty() ? "" : " ";
  if (!view.version) return text + "at the newest version";
  if (*view.version == Version{0, 0}) return text + "at the oldest version";
  return text + "at linux " + to_string(*view.version);
}

bool Visible::in_profile(const ast::Restriction& restriction) const {
  bool any_known = false;
  for (const ast::Name& name : restriction.only) {
    const auto only = profiles_.find(name.text);
    if (!only) continue;
    any_known = true;
    const std::vector<std::uint32_t>& has = profiles_.list()[profile_.value_or(0)].includes;
    if (std::binary_search(has.begin(), has.end(), *only)) return true;
  }
  return !any_known;
}

bool Visible::in_version(const ast::Restriction& restriction) const {
  if (!version_ || restriction.since.empty()) return true;
  return restriction.since.front().version <= *version_;
}

}  // namespace iolaw::syntax
