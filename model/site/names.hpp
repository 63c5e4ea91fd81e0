// SPDX-License-Identifier: Apache-2.0
// Where in the site each name of a law is explained.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/law/law.hpp"

namespace iolaw::site {

// Pages that are no module's. A module's name has no `-`.
inline constexpr std::string_view kIndexPage = "index.html";
inline constexpr std::string_view kCallPage = "all-calls.html";
inline constexpr std::string_view kErrnoPage = "all-errnos.html";
inline constexpr std::string_view kSourcePage = "all-sources.html";
inline constexpr std::string_view kViewPage = "all-views.html";
inline constexpr std::string_view kProofPage = "all-proofs.html";

enum class Sort : std::uint8_t {
  module,
  object,
  rule,
  outcome,
  property,
  constant,
  def,
  enumeration,
  axiom,
  scope,
  profile,
  error,
  command,
};
std::string_view to_string(Sort sort);

struct Name {
  Sort sort = Sort::rule;
  std::string id;
  std::string page;    // "iommufd.ioas.html"
  std::string anchor;  // "ioas.map.overlap": the ID itself, but where two things share one; empty: the page
  std::string title;   // a line about it
  std::string href() const { return anchor.empty() ? page : page + "#" + anchor; }
};

class Names {
 public:
  explicit Names(const Law& law);

  const std::vector<Name>& all() const { return all_; }
  // Null if there is nothing of that sort and name.
  const Name* find(Sort sort, std::string_view id) const;
  // Whatever a text may mean by a name: a rule or one of its outcomes, an object, a property, a constant, …
  const Name* find(std::string_view id) const;
  std::string anchor(Sort sort, std::string_view id) const;

  // The module of a file: its name, its page, and what it says of itself.
  const std::string& module(std::uint32_t file) const { return modules_.at(file); }
  std::string page(std::uint32_t file) const { return modules_.at(file) + ".html"; }
  const std::string& documentation(std::uint32_t file) const { return documentation_.at(file); }

 private:
  void add(Sort sort, const std::string& id, std::string page, std::string title);

  std::vector<Name> all_;
  std::map<std::string, std::size_t, std::less<>> anchors_;  // the first that has it
  std::map<std::pair<Sort, std::string>, std::size_t, std::less<>> by_sort_;
  std::vector<std::string> modules_;
  std::vector<std::string> documentation_;
};

// "What comes first", up to the end of its line.
std::string headline(const std::string& doc);

}  // namespace iolaw::site
