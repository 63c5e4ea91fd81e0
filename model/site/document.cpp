// SPDX-License-Identifier: Apache-2.0
// The frame of every page.
#include <fmt/format.h>

#include <algorithm>

#include "model/show/text.hpp"
#include "model/site/code.hpp"
#include "model/site/html.hpp"
#include "model/site/page.hpp"

namespace iolaw::site {

namespace {

// From the folder of a view to the top of the site.
std::string up(const View& view) { return view.folder.empty() ? "" : "../"; }

std::string law_name(const Context& context) { return context.names.module(0); }

bool has_page(const View& view, const std::string& page) {
  return page.compare(0, 4, "all-") == 0 ? page != kProofPage || !view.proofs.empty() : true;
}

// The same page in the other views of the law.
std::string view_links(const Context& context, const std::string& page) {
  if (context.views.size() < 2) return "";
  std::string out;
  for (const View& view : context.views) {
    const std::string name = view.law.profile ? view.law.profiles[*view.law.profile].name : "law";
    const std::string target = has_page(view, page) ? page : std::string(kIndexPage);
    out += &view == &context.view ? fmt::format("<li><b aria-current=\"true\">{}</b></li>", escaped(name))
                                  : fmt::format("<li><a href=\"{}{}{}\">{}</a></li>", up(context.view), view.folder,
                                                target, escaped(name));
  }
  return "<nav class=\"views\" aria-label=\"Profiles\"><span>Profile</span><ul>" + out + "</ul></nav>";
}

std::string main_links(const Context& context, const std::string& page) {
  std::string out;
  const auto item = [&](std::string_view href, std::string_view text) {
    out += fmt::format("<li><a href=\"{}\"{}>{}</a></li>", href, page == href ? " aria-current=\"page\"" : "", text);
  };
  item(kIndexPage, "Overview");
  item(kCallPage, "Calls");
  item(kErrnoPage, "Errnos");
  item(kSourcePage, "Sources");
  item(kViewPage, "Views");
  if (!context.proofs.empty()) item(kProofPage, "Proofs");
  return "<nav class=\"top\" aria-label=\"Pages\"><ul>" + out + "</ul></nav>";
}

std::string module_links(const Context& context, const std::string& page) {
  std::string out;
  for (std::uint32_t file = 0; file < context.law.files.size(); ++file) {
    const std::string target = context.names.page(file);
    out += fmt::format("<li><a href=\"{}\"{}>{}</a></li>\n", target, target == page ? " aria-current=\"page\"" : "",
                       escaped(context.names.module(file)));
  }
  return out;
}

}  // namespace

std::string document(const Context& context, const std::string& page, const std::string& title, const std::string& body,
                     const std::string& contents) {
  const std::string top = up(context.view);
  const std::string beside = fmt::format(
      "<details class=\"side\" open><summary>Contents</summary>\n{}<nav "
      "aria-label=\"Modules\"><h2>Modules</h2><ul>\n{}</ul></nav></details>\n",
      contents.empty() ? "" : "<nav aria-label=\"This page\"><h2>This page</h2><ul>\n" + contents + "</ul></nav>\n",
      module_links(context, page));
  const std::string view = show::view_text(context.law);
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\" data-top=\"{0}\" data-view=\"{8}\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"color-scheme\" content=\"light dark\">\n<title>{1} · {2}</title>\n"
      "<link rel=\"icon\" href=\"data:,\">\n<link rel=\"stylesheet\" href=\"{0}style.css\">\n"
      "<script src=\"{0}names.js\" defer></script>\n<script src=\"{0}site.js\" defer></script>\n</head>\n<body>\n"
      "<a class=\"skip\" href=\"#page:body\">Skip to the text</a>\n"
      "<header>\n<a class=\"brand\" href=\"{3}\">The law of <code>{2}</code></a>\n{4}\n<div "
      "id=\"page:search\"></div>\n{5}\n</header>\n"
      "<div class=\"frame\">\n{6}<main id=\"page:body\">\n{7}</main>\n</div>\n"
      "<footer>Written by <code>iolaw doc</code> from the law’s text{9}.</footer>\n</body>\n</html>\n",
      top, escaped(title), escaped(law_name(context)), kIndexPage, main_links(context, page), view_links(context, page),
      beside, body, escaped(context.view.folder), view.empty() ? "" : ", as it reads for " + escaped(view));
}

std::string heading(int level, const std::string& anchor, const std::string& html) {
  if (anchor.empty()) return fmt::format("<h{0}>{1}</h{0}>\n", level, html);
  return fmt::format("<h{0} id=\"{1}\">{2} <a class=\"self\" href=\"#{1}\" aria-label=\"Link to this\">#</a></h{0}>\n",
                     level, escaped(anchor), html);
}

std::string linked(const Context& context, Sort sort, const std::string& id) {
  const Name* name = context.names.find(sort, id);
  const std::string text = "<code>" + escaped(id) + "</code>";
  return name == nullptr ? text : link(name->href(), text);
}

std::string linked_rules(const Context& context, const std::vector<std::uint32_t>& rules) {
  std::string out;
  for (const std::uint32_t rule : rules)
    out += (out.empty() ? "" : ", ") + linked(context, Sort::rule, context.law.rules.at(rule).name);
  return out;
}

std::string place_html(const Context& context, Span span) {
  return "<span class=\"place\">" + escaped(show::place(context.law, span)) + "</span>";
}

std::string restriction_html(const Context& context, const Restriction& restriction) {
  std::string out;
  for (const std::uint32_t profile : restriction.only) {
    const std::string& name = context.law.profiles.at(profile).name;
    out += fmt::format(
        " <span class=\"tag view\">{}</span>",
        link(std::string(kViewPage) + "#" + context.names.anchor(Sort::profile, name), "only " + escaped(name)));
  }
  if (restriction.since) {
    out += fmt::format(" <span class=\"tag view\"><a href=\"{0}#since:{1}.{2}\">since Linux {1}.{2}</a></span>",
                       kViewPage, restriction.since->major, restriction.since->minor);
  }
  return out;
}

}  // namespace iolaw::site
