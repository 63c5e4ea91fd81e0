// SPDX-License-Identifier: Apache-2.0
// Profiles and versions: what each has that others have not.
#include <fmt/format.h>

#include <map>

#include "model/site/code.hpp"
#include "model/site/html.hpp"
#include "model/site/page.hpp"

namespace iolaw::site {

namespace {

// Rules, and lines of rules that have a restriction of their own.
template <typename Accept>
std::string restricted(const Context& context, Accept accept) {
  std::string out;
  for (const Rule& rule : context.law.rules) {
    if (accept(rule.restriction)) out += (out.empty() ? "" : ", ") + linked(context, Sort::rule, rule.name);
    for (std::uint32_t i = 0; i < rule.branches.size(); ++i) {
      if (accept(rule.branches[i].restriction))
        out += (out.empty() ? "" : ", ") + linked(context, Sort::outcome, branch_id(rule, i));
    }
  }
  return out;
}

std::string profiles(const Context& context) {
  std::string out;
  for (std::uint32_t i = 0; i < context.law.profiles.size(); ++i) {
    const Profile& profile = context.law.profiles[i];
    std::string includes;
    for (const std::uint32_t other : profile.includes) {
      if (other != i)
        includes +=
            (includes.empty() ? "Includes " : ", ") + linked(context, Sort::profile, context.law.profiles[other].name);
    }
    out += "<section class=\"card\">\n" +
           heading(3, context.names.anchor(Sort::profile, profile.name), "<code>" + escaped(profile.name) + "</code>");
    out += "<p class=\"lead\">" + escaped(profile.title) + "</p>\n" + prose(context.names, profile.doc);
    if (!includes.empty()) out += "<p>" + includes + ".</p>\n";
    const auto only = [i](const Restriction& restriction) {
      for (const std::uint32_t one : restriction.only) {
        if (one == i) return true;
      }
      return false;
    };
    if (const std::string list = restricted(context, only); !list.empty()) out += "<p>Only here: " + list + ".</p>\n";
    out += "</section>\n";
  }
  return out;
}

}  // namespace

std::string view_page(const Context& context) {
  std::string body = heading(1, "", "Views");
  body +=
      "<p>A law is read for one kind of implementation, a profile, at one version of Linux. These pages show each "
      "profile at "
      "the newest version; what began with a version says so.</p>\n";
  if (!context.law.profiles.empty()) body += heading(2, "part:profiles", "Profiles") + profiles(context);
  std::map<Version, bool> versions;
  for (const Rule& rule : context.law.rules) {
    if (rule.restriction.since) versions[*rule.restriction.since] = true;
    for (const Branch& branch : rule.branches) {
      if (branch.restriction.since) versions[*branch.restriction.since] = true;
    }
  }
  if (!versions.empty()) {
    body += heading(2, "part:versions", "Versions") +
            "<table class=\"rows\"><thead><tr><th>Since</th><th>Rules and lines</th></tr></thead><tbody>\n";
  }
  for (const auto& [version, unused] : versions) {
    const auto began = [wanted = version](const Restriction& restriction) { return restriction.since == wanted; };
    body += fmt::format("<tr id=\"since:{0}.{1}\"><th scope=\"row\">Linux {0}.{1}</th><td>{2}</td></tr>\n",
                        version.major, version.minor, restricted(context, began));
  }
  if (!versions.empty()) body += "</tbody></table>\n";
  if (versions.empty() && context.law.profiles.empty()) body += "<p>This law has one view.</p>\n";
  return document(context, std::string(kViewPage), "Views", body);
}

}  // namespace iolaw::site
