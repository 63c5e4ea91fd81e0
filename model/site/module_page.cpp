// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "model/show/text.hpp"
#include "model/site/code.hpp"
#include "model/site/html.hpp"
#include "model/site/page.hpp"

namespace iolaw::site {

namespace {

// What declarations imply is listed, so that proofs and reports can link to it.
std::string implied(const Context& context, std::uint32_t file) {
  std::string out;
  for (const Property& property : context.law.properties) {
    if (!property.generated || property.span.file != file) continue;
    out += fmt::format("<li id=\"{}\"><code>{}</code> <span class=\"quiet\">{}</span></li>\n",
                       context.names.anchor(Sort::property, property.name), escaped(property.name),
                       escaped(property.title));
  }
  if (out.empty()) return "";
  return heading(3, "", "What the declarations imply") + "<div class=\"card\"><ul>\n" + out + "</ul></div>\n";
}

class Parts {
 public:
  explicit Parts(const Context& context) : context_(context) {}

  void begin(std::string_view title, std::string_view anchor) {
    title_ = title;
    anchor_ = anchor;
  }
  void add(Sort sort, const std::string& id, const std::string& html) {
    part_ += html;
    links_ += fmt::format("<li><a href=\"#{}\">{}</a></li>\n", context_.names.anchor(sort, id), breakable(id));
  }
  void add(const std::string& html) { part_ += html; }
  void end() {
    if (!part_.empty()) {
      body += heading(2, "part:" + anchor_, escaped(title_)) + part_;
      contents += fmt::format("<li><a href=\"#part:{}\">{}</a>{}</li>\n", anchor_, escaped(title_),
                              links_.empty() ? "" : "<ul>\n" + links_ + "</ul>");
    }
    part_.clear();
    links_.clear();
  }

  std::string body;
  std::string contents;

 private:
  const Context& context_;
  std::string title_;
  std::string anchor_;
  std::string part_;
  std::string links_;
};

}  // namespace

std::string module_page(const Context& context, std::uint32_t file) {
  const Law& law = context.law;
  const std::string& name = context.names.module(file);
  Parts parts(context);
  parts.begin("Objects", "objects");
  for (std::uint32_t i = 0; i < law.kinds.size(); ++i) {
    if (law.kinds[i].span.file == file) parts.add(Sort::object, law.kinds[i].name, object_section(context, i));
  }
  parts.end();
  for (const bool probe : {false, true}) {
    parts.begin(probe ? "Probes: what an observer may ask" : "Rules", probe ? "probes" : "rules");
    for (std::uint32_t i = 0; i < law.rules.size(); ++i) {
      if (law.rules[i].span.file == file && law.rules[i].probe == probe)
        parts.add(Sort::rule, law.rules[i].name, rule_section(context, i));
    }
    parts.end();
  }
  using Tag = Property::Tag;
  for (const auto& [tag, title, anchor] :
       {std::tuple(Tag::invariant, "Invariants", "invariants"), std::tuple(Tag::step, "Step laws", "steps"),
        std::tuple(Tag::cover, "Covers", "covers")}) {
    parts.begin(title, anchor);
    for (const Property& property : law.properties) {
      if (property.tag == tag && !property.generated && property.span.file == file)
        parts.add(Sort::property, property.name, property_section(context, property));
    }
    parts.end();
  }
  parts.begin("Definitions", "definitions");
  parts.add(definitions_section(context, file) + implied(context, file));
  parts.end();
  const std::string intro = heading(1, "", "<code>" + escaped(name) + "</code>") +
                            fmt::format("<p class=\"where\"><code>{}</code></p>\n", escaped(law.files[file].path)) +
                            "<div class=\"intro\">" + prose(context.names, context.names.documentation(file)) +
                            "</div>\n";
  return document(context, context.names.page(file), name, intro + parts.body, parts.contents);
}

}  // namespace iolaw::site
