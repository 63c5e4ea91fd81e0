// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "model/law/type_name.hpp"
#include "model/show/calls.hpp"
#include "model/show/text.hpp"
#include "model/site/code.hpp"
#include "model/site/html.hpp"
#include "model/site/page.hpp"

namespace iolaw::site {

namespace {

class RuleSection {
 public:
  RuleSection(const Context& context, std::uint32_t index)
      : context_(context), law_(context.law), names_(context.names), index_(index), rule_(law_.rules.at(index)) {}

  std::string html() {
    out_ = "<section class=\"card\">\n" + heading(3, names_.anchor(Sort::rule, rule_.name), title());
    out_ += fmt::format("<p class=\"where\">{}{} {}</p>\n", commands(), restriction_html(context_, rule_.restriction),
                        place_html(context_, rule_.span));
    out_ += fmt::format("<pre class=\"signature\"><code>{}</code></pre>\n", code(names_, show::signature(law_, rule_)));
    out_ += prose(names_, rule_.doc);
    table();
    success();
    answers();
    properties();
    proofs();
    sources();
    text();
    return out_ + "</section>\n";
  }

 private:
  std::string title() const {
    return fmt::format("<span class=\"sort\">{}</span> <code>{}</code>", rule_.probe ? "probe" : "rule",
                       escaped(rule_.name));
  }

  std::string commands() const {
    std::string out;
    for (const std::string& call : show::call_names(rule_)) {
      const Name* name = names_.find(Sort::command, call);
      const std::string text = "<code>" + escaped(call) + "</code>";
      out += "<span class=\"tag call\">" + (name != nullptr ? link(name->href(), text) : text) + "</span> ";
    }
    return out;
  }

  // ---- the table: lets, checks, choices and loops, in the order in which they count
  // -----------------------------------

  void table() {
    if (rule_.items.empty() && rule_.late.empty()) return;
    out_ +=
        "<table class=\"checks\"><caption>The first line that applies decides</caption><thead><tr><th>#</th>"
        "<th>Errno</th><th>ID</th><th>Condition</th></tr></thead><tbody>\n";
    for (const Item& item : rule_.items) row(item, false);
    if (!rule_.late.empty()) wide("What a success does is done, <b>but the call fails</b>:");
    for (const std::uint32_t index : rule_.late) branch(index, false);
    out_ += fmt::format(
        "<tr class=\"ok\" id=\"{}\"><td></td><td><b>success</b></td><td class=\"id\">{}</td><td>{}</td></tr>\n",
        names_.anchor(Sort::outcome, branch_id(rule_, kSuccess)), self_link(branch_id(rule_, kSuccess), "ok"),
        rule_.branches.empty() ? "always" : "otherwise");
    out_ += "</tbody></table>\n";
  }

  void row(const Item& item, bool piece) {
    switch (item.tag) {
      case Item::Tag::let:
        wide(fmt::format("<code>{}</code>",
                         code(names_, "let " + item.name + " = " + show::source_text(law_, item.expr->span))));
        break;
      case Item::Tag::choose:
        wide(fmt::format("<b>The implementation chooses</b> <code>{}</code>",
                         code(names_, item.name + ": " + type_name(law_, item.type) + " where " +
                                          show::source_text(law_, item.expr->span))));
        break;
      case Item::Tag::each:
        loop(rule_.eaches.at(item.each));
        break;
      case Item::Tag::fails:
      case Item::Tag::may_fail:
      case Item::Tag::unspecified:
        branch(item.branch, piece);
        break;
    }
  }

  void wide(const std::string& html) {
    out_ += "<tr class=\"let\"><td></td><td colspan=\"3\">" + html + "</td></tr>\n";
  }

  void loop(const Each& each) {
    wide("<b>For each</b> <code>" + code(names_, show::each_text(law_, each)) + "</code>, one by one:");
    for (const Item& item : each.items) row(item, true);
    for (const Tally& tally : each.tallies) {
      wide("<code>" + code(names_, "tally " + tally.name + " += " + show::source_text(law_, tally.summand->span)) +
           "</code>");
    }
    if (!each.effects.empty()) {
      wide("then, and this stays done if a later one fails:" + effects(each.effects));
    }
    wide("<b>After the last one</b>");
  }

  void branch(std::uint32_t index, bool piece) {
    const Branch& branch = rule_.branches.at(index);
    const std::string id = branch_id(rule_, index);
    std::string errors;
    for (const int error : branch.errors) {
      errors += (errors.empty() ? "" : " or ") + ("<b>" + linked(context_, Sort::error, errno_name(error)) + "</b>");
    }
    errors = (branch.may ? "may " : branch.keeps ? "but " : "") + errors;
    std::string notes;
    if (!branch.doc.empty()) notes += "<p class=\"note\">" + inline_prose(names_, branch.doc) + "</p>";
    if (const std::string words = remark(law_, branch.span); !words.empty())
      notes += "<p class=\"note\">" + inline_prose(names_, words) + "</p>";
    out_ += fmt::format(
        "<tr{} id=\"{}\"><td class=\"number\">{}</td><td>{}</td><td class=\"id\">{}</td><td><code>{}</code> "
        "{}{}</td></tr>\n",
        branch.unspecified ? " class=\"silent\""
        : piece            ? " class=\"piece\""
                           : "",
        names_.anchor(Sort::outcome, id), index + 1, branch.unspecified ? "<i>unspecified</i>" : errors,
        self_link(id, branch.tag), code(names_, show::condition_text(law_, branch)),
        restriction_html(context_, branch.restriction), notes);
  }

  std::string self_link(const std::string& id, const std::string& text) const {
    return link("#" + names_.anchor(Sort::outcome, id), "<code>" + escaped(text) + "</code>");
  }

  // ---- what follows a success
  // ------------------------------------------------------------------------------------------

  std::string effects(const std::vector<Effect>& effects) const {
    std::string lines;
    for (const Effect& effect : effects) {
      lines += (lines.empty() ? "" : "\n") + code(names_, layout(law_, effect.span));
      if (const std::string words = remark(law_, effect.span);
          !words.empty() && lines.find(escaped(words)) == std::string::npos)
        lines += "  " + span("c", "// " + escaped(words));
    }
    return "<pre class=\"effects\"><code>" + lines + "</code></pre>";
  }

  void success() {
    if (rule_.effects.empty()) {
      const bool pieces =
          std::any_of(rule_.eaches.begin(), rule_.eaches.end(), [](const Each& e) { return !e.effects.empty(); });
      if (!pieces) out_ += "<p><b>On success</b> nothing changes.</p>\n";
      return;
    }
    out_ += "<p><b>On success</b>, all at once:</p>\n" + effects(rule_.effects) + "\n";
  }

  void answers() {
    std::string lines;
    for (const Result& result : rule_.results) {
      if (!result.value || result.value->op == Op::variable) continue;
      lines +=
          (lines.empty() ? "" : "\n") + code(names_, result.name + " = " + show::source_text(law_, result.value->span));
    }
    if (!lines.empty()) out_ += "<p><b>It answers</b></p><pre class=\"effects\"><code>" + lines + "</code></pre>\n";
  }

  // ---- what it must keep
  // -----------------------------------------------------------------------------------------------

  void properties() {
    std::string named;
    std::size_t others = 0;
    for (const Property& property : law_.properties) {
      const bool step_of_others =
          !property.on.empty() && std::find(property.on.begin(), property.on.end(), index_) == property.on.end();
      if (property.tag == Property::Tag::cover || step_of_others) continue;
      const bool own = !property.on.empty();
      if (!own && !context_.footprints.touches(index_, *property.formula)) continue;
      if (property.generated) {
        ++others;
        continue;
      }
      named += fmt::format("<li>{} <span class=\"quiet\">{}</span></li>\n",
                           linked(context_, Sort::property, property.name), escaped(property.title));
    }
    if (named.empty() && others == 0) return;
    const auto count = static_cast<std::size_t>(std::count(named.begin(), named.end(), '\n'));
    out_ += fmt::format("<details><summary>Must keep {} {}{}</summary><ul>{}</ul></details>\n", count,
                        count == 1 ? "property" : "properties",
                        others == 0 ? "" : fmt::format(", and {} that declarations imply", others), named);
  }

  void proofs() {
    std::string rows;
    std::size_t untouched = 0;
    std::size_t proved = 0;
    std::set<std::string> anchors;  // loops of one rule may have one name
    for (const Proof* proof : context_.proofs.of_rule(rule_.name)) {
      if (proof->untouched) {
        ++untouched;
        continue;
      }
      proved += proof->verdict == "proved" ? 1 : 0;
      std::string uses;
      for (const std::string& name : proof->core)
        uses += (uses.empty() ? "" : ", ") + linked(context_, Sort::property, name);
      if (proof->uses_checks) uses += uses.empty() ? "the rule’s checks" : " and the rule’s checks";
      if (!proof->note.empty()) uses += (uses.empty() ? "" : "; ") + escaped(proof->note);
      const std::string piece = proof->rule == rule_.name ? "" : proof->rule.substr(rule_.name.size());
      const std::string anchor = proof_anchor(proof->rule, proof->property);
      const std::string id = anchors.insert(anchor).second ? fmt::format(" id=\"{}\"", escaped(anchor)) : "";
      rows += fmt::format("<tr{}><td>{}{}</td><td>{}</td><td class=\"number\">{}</td><td>{}</td></tr>\n", id,
                          linked(context_, Sort::property, proof->property),
                          piece.empty() ? "" : " <span class=\"quiet\">" + escaped(piece) + "</span>",
                          verdict_html(*proof), time_html(*proof), uses);
    }
    if (rows.empty()) return;
    const auto all = static_cast<std::size_t>(std::count(rows.begin(), rows.end(), '\n'));
    out_ += fmt::format(
        "<details><summary>Proofs: {} of {} questions proved, {} more cannot be affected</summary>"
        "<div class=\"scroll\"><table class=\"grid\"><thead><tr><th>Property</th><th>Verdict</th><th>Time</th>"
        "<th>Rests on</th></tr></thead><tbody>\n{}</tbody></table></div></details>\n",
        proved, all, untouched, rows);
  }

  void sources() {
    std::string list;
    for (const Citation& citation : rule_.citations) {
      list += fmt::format("<li>{} <code>{}</code> {}</li>\n", escaped(citation.source), escaped(citation.file),
                          citation.anchor.empty() ? "" : "<code>" + escaped(citation.anchor) + "</code>");
    }
    if (!list.empty()) out_ += "<div class=\"sources\"><b>Sources</b><ul>\n" + list + "</ul></div>\n";
  }

  void text() {
    out_ += "<details><summary>The law’s text</summary><pre class=\"text\"><code>" +
            code(names_, layout(law_, rule_.span)) + "</code></pre></details>\n";
  }

  const Context& context_;
  const Law& law_;
  const Names& names_;
  std::uint32_t index_;
  const Rule& rule_;
  std::string out_;
};

}  // namespace

std::string rule_section(const Context& context, std::uint32_t rule) { return RuleSection(context, rule).html(); }

}  // namespace iolaw::site
