// SPDX-License-Identifier: Apache-2.0
// Constants, enumerations, defs, axioms and scopes of one module.
#include <fmt/format.h>

#include "model/law/type_name.hpp"
#include "model/show/text.hpp"
#include "model/site/code.hpp"
#include "model/site/html.hpp"
#include "model/site/page.hpp"

namespace iolaw::site {

namespace {

class Definitions {
 public:
  Definitions(const Context& context, std::uint32_t file) : context_(context), law_(context.law), file_(file) {}

  std::string html() {
    for (const Constant& one : law_.constants) {
      if (here(one.span))
        entry(Sort::constant, one.name, show::source_text(law_, one.span), one.doc, remark(law_, one.span));
    }
    close("Constants");
    for (const auto* all : {&law_.enums, &law_.flag_sets}) {
      for (const Enumeration& one : *all) {
        if (here(one.span)) entry(Sort::enumeration, one.name, layout(law_, one.span), one.doc, "");
      }
    }
    close("Enumerations and flags");
    for (const Def& one : law_.defs) {
      if (here(one.span)) entry(Sort::def, one.name, definition(one), one.doc, "");
    }
    close("Definitions");
    for (const Axiom& one : law_.axioms) {
      if (here(one.span)) entry(Sort::axiom, one.name, layout(law_, one.span), one.doc, "");
    }
    close("Axioms: what proofs assume of the environment");
    for (const NamedScope& one : law_.scopes) {
      if (here(one.span)) entry(Sort::scope, one.name, layout(law_, one.span), one.doc, "");
    }
    close("Scopes: what is searched to its end");
    return out_;
  }

 private:
  bool here(Span span) const { return span.file == file_; }

  std::string definition(const Def& def) const {
    const std::string text = layout(law_, def.span);
    if (text.compare(0, 4, "def ") == 0 || text.compare(0, 6, "given ") == 0) return text;
    return fmt::format("{} {} = {}", def.given ? "given" : "def", def.name, layout(law_, def.body->span));
  }

  void entry(Sort sort, const std::string& name, const std::string& text, const std::string& doc,
             const std::string& more) {
    entries_ += fmt::format("<div class=\"entry\" id=\"{}\"><pre><code>{}</code></pre>{}{}</div>\n",
                            context_.names.anchor(sort, name), code(context_.names, text), prose(context_.names, doc),
                            more.empty() ? "" : "<p>" + inline_prose(context_.names, more) + "</p>");
  }

  void close(std::string_view title) {
    if (!entries_.empty())
      out_ += heading(3, "", escaped(title)) + "<div class=\"card entries\">\n" + entries_ + "</div>\n";
    entries_.clear();
  }

  const Context& context_;
  const Law& law_;
  std::uint32_t file_;
  std::string entries_;
  std::string out_;
};

}  // namespace

std::string definitions_section(const Context& context, std::uint32_t file) {
  return Definitions(context, file).html();
}

}  // namespace iolaw::site
