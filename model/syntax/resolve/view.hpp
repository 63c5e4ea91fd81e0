// SPDX-License-Identifier: Apache-2.0
// Profiles and versions: which declarations a view of the law has. They are filtered before anything is resolved.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/diagnostics/codes.hpp"
#include "model/syntax/ast.hpp"

namespace iolaw::syntax {

// The profiles that a text declares.
class Profiles {
 public:
  // Reports names that are taken or unknown, and profiles that include themselves; every restriction too.
  Profiles(const std::vector<SourceFile>& files, const std::vector<ast::Declaration>& declarations,
           std::vector<Diagnostic>& diagnostics);

  const std::vector<Profile>& list() const { return list_; }
  std::optional<std::uint32_t> find(std::string_view name) const;
  // What a restriction names; without the names that are unknown, which were reported.
  Restriction resolve(const ast::Restriction& restriction) const;

  // The views that a check looks at: of each profile the newest version, and each time that something in it began.
  std::vector<LawView> views() const { return views_; }
  // "profile mock before linux 6.17", for a message; "profile mock" where the profile has only one view.
  std::string label(const LawView& view) const;

 private:
  void add_includes(const std::vector<const ast::Profile*>& nodes, std::vector<Diagnostic>& diagnostics);
  void check(const ast::Restriction& restriction, std::vector<Diagnostic>& diagnostics);
  void add_views(const std::vector<const ast::Restriction*>& restrictions);

  std::vector<Profile> list_;
  std::map<std::string, std::uint32_t, std::less<>> index_;
  std::vector<LawView> views_;
};

// One profile at one version.
class Visible {
 public:
  Visible(const Profiles& profiles, std::optional<std::uint32_t> profile, std::optional<Version> version)
      : profiles_(profiles), profile_(profile), version_(version) {}

  const Profiles& profiles() const { return profiles_; }
  std::optional<std::uint32_t> profile() const { return profile_; }
  std::optional<Version> version() const { return version_; }

  bool shows(const ast::Restriction& of) const { return in_profile(of) && in_version(of); }
  bool in_profile(const ast::Restriction& restriction) const;
  bool in_version(const ast::Restriction& restriction) const;

 private:
  const Profiles& profiles_;
  std::optional<std::uint32_t> profile_;
  std::optional<Version> version_;
};

// Of any declaration; null for those that cannot be restricted.
const ast::Restriction* restriction_of(const ast::Declaration& declaration);
ast::Name name_of(const ast::Declaration& declaration);

std::string to_string(Version version);

}  // namespace iolaw::syntax
