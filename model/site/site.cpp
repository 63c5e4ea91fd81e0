// SPDX-License-Identifier: Apache-2.0
#include "model/site/site.hpp"

#include <fmt/format.h>

#include <set>

#include "model/site/assets.hpp"
#include "model/site/page.hpp"

namespace iolaw::site {

namespace {

// A string of JavaScript: no `<` that could end a script.
std::string js_text(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (c == '\n') {
      out += "\\n";
    } else if (c == '<') {
      out += "\\u003c";
    } else {
      out += c;
    }
  }
  return out + "\"";
}

}  // namespace

std::string search_index(const std::vector<View>& views, const std::vector<Context>& contexts) {
  // A name is found in the first view that has it; there are links to the other views in every page.
  std::set<std::string> seen;
  std::string out = "const NAMES = [\n";
  for (std::size_t i = 0; i < views.size(); ++i) {
    for (const Name& name : contexts[i].names.all()) {
      if (!seen.insert(std::string(to_string(name.sort)) + " " + name.id).second) continue;
      out += fmt::format("[{},{},{},{}],\n", js_text(name.id), js_text(std::string(to_string(name.sort))),
                         js_text(views[i].folder + name.href()), js_text(name.title));
    }
  }
  return out + "];\n";
}

std::map<std::string, std::string> write_site(const std::vector<View>& views, const Draw& draw) {
  std::map<std::string, std::string> files;
  files["style.css"] = kStyle;
  files["site.js"] = kScript;
  std::map<std::string, std::optional<std::string>> drawn;  // views share most pictures
  const Draw draw_once = [&](const std::string& dot) {
    const auto [entry, is_new] = drawn.try_emplace(dot);
    if (is_new) entry->second = draw(dot);
    return entry->second;
  };
  std::vector<Context> contexts;
  contexts.reserve(views.size());
  for (const View& view : views)
    contexts.push_back(
        {view.law, views, view, Names(view.law), Footprints(view.law), ProofTable(view.proofs), draw_once});
  for (const Context& context : contexts) {
    const std::string& folder = context.view.folder;
    files[folder + std::string(kIndexPage)] = index_page(context);
    files[folder + std::string(kCallPage)] = call_page(context);
    files[folder + std::string(kErrnoPage)] = errno_page(context);
    files[folder + std::string(kSourcePage)] = source_page(context);
    files[folder + std::string(kViewPage)] = view_page(context);
    if (!context.proofs.empty()) files[folder + std::string(kProofPage)] = proof_page(context);
    for (std::uint32_t file = 0; file < context.law.files.size(); ++file)
      files[folder + context.names.page(file)] = module_page(context, file);
  }
  files["names.js"] = search_index(views, contexts);
  return files;
}

}  // namespace iolaw::site
