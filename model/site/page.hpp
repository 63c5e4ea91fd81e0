// SPDX-License-Identifier: Apache-2.0
// What all pages of a view share.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "model/site/footprint.hpp"
#include "model/site/names.hpp"
#include "model/site/proof_table.hpp"
#include "model/site/site.hpp"

namespace iolaw::site {

struct Context {
  const Law& law;
  const std::vector<View>& views;
  const View& view;
  Names names;
  Footprints footprints;
  ProofTable proofs;
  const Draw& draw;
};

// A whole document. `body` is what stands in <main>; `contents` is a list of links beside it, or empty.
std::string document(const Context& context, const std::string& page, const std::string& title, const std::string& body,
                     const std::string& contents = "");

// A heading with a link to itself. `html` is HTML; `anchor` is empty if nothing needs a link to it.
std::string heading(int level, const std::string& anchor, const std::string& html);

// A link to what has the name, or the name alone if nothing has.
std::string linked(const Context& context, Sort sort, const std::string& id);

// "`ioas.map`, `ioas.copy`": links to rules.
std::string linked_rules(const Context& context, const std::vector<std::uint32_t>& rules);

// Where a declaration stands: "spec/iommufd/ioas.law:74".
std::string place_html(const Context& context, Span span);

// "only mock", "since linux 6.17" as labels; empty where there is no restriction.
std::string restriction_html(const Context& context, const Restriction& restriction);

// Each page is one function; the module's takes the index of its file.
std::string index_page(const Context& context);
std::string module_page(const Context& context, std::uint32_t file);
std::string call_page(const Context& context);
std::string errno_page(const Context& context);
std::string source_page(const Context& context);
std::string view_page(const Context& context);
std::string proof_page(const Context& context);

// Parts of a module's page.
std::string rule_section(const Context& context, std::uint32_t rule);
std::string object_section(const Context& context, std::uint32_t kind);
std::string property_section(const Context& context, const Property& property);
std::string definitions_section(const Context& context, std::uint32_t file);

// For the search box: every name of every view.
std::string search_index(const std::vector<View>& views, const std::vector<Context>& contexts);

}  // namespace iolaw::site
