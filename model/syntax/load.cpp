// SPDX-License-Identifier: Apache-2.0
// Files and modules: what parse_law promises.
#include <algorithm>
#include <fstream>
#include <functional>
#include <map>
#include <set>
#include <sstream>
#include <tuple>
#include <utility>

#include "model/law/parse.hpp"
#include "model/syntax/parser.hpp"
#include "model/syntax/resolve/resolve.hpp"

namespace iolaw {
namespace {

using syntax::Names;
using syntax::Profiles;
namespace fs = std::filesystem;

// The text of a file, or why there is none.
struct Text {
  bool ok = false;
  std::string text;
  std::string reason;
};
using Reader = std::function<Text(const std::string& path)>;

constexpr std::uintmax_t kMaxFileBytes = std::uintmax_t{1} << 28U;  // offsets are 32 bits

Text read_file(const std::string& path) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (!fs::exists(status)) return {false, {}, "there is no such file"};
  if (!fs::is_regular_file(status)) return {false, {}, "it is no regular file"};
  const std::uintmax_t size = fs::file_size(path, error);
  if (error || size > kMaxFileBytes) return {false, {}, error ? error.message() : "it is larger than 256 MiB"};
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream text;
  if (size > 0) text << stream.rdbuf();
  if (!stream || !text) return {false, {}, "it cannot be read"};
  return {true, text.str(), {}};
}

// "iommufd.ioas" beside spec/iommufd.law is spec/iommufd/ioas.law.
std::string module_path(const std::string& root, std::string module) {
  std::replace(module.begin(), module.end(), '.', '/');
  return (fs::path(root).parent_path() / (module + ".law")).generic_string();
}

struct Loader {
  const Reader& read;
  Parsed parsed;
  std::vector<ast::Declaration> declarations;
  std::set<std::string, std::less<>> lost;  // words of what could not be parsed
  bool module_missing = false;

  // Reads a module once; reports at `use` where it cannot.
  void load(const std::string& path, const ast::Name* use) {
    for (const SourceFile& file : parsed.files) {
      if (file.path == path) return;
    }
    Text text = read(path);
    if (!text.ok) {
      if (use) {
        module_missing = true;
        parsed.diagnostics.push_back(make(Code::missing_module, use->span,
                                          "no module `" + use->text + "`: cannot read " + path + ": " + text.reason));
      } else {
        parsed.files.push_back({path, {}});
        parsed.diagnostics.push_back(make(Code::cannot_read, {}, "cannot read " + path + ": " + text.reason));
      }
      return;
    }
    parsed.files.push_back({path, std::move(text.text)});
  }

  void load_all(const std::string& root) {
    load(root, nullptr);
    if (!parsed.diagnostics.empty()) return;
    for (std::uint32_t file = 0; file < parsed.files.size(); ++file) {
      // A copy: loading more files moves the texts of short ones.
      const std::string text = parsed.files[file].text;
      syntax::ParsedText found = syntax::parse_declarations(file, text, parsed.diagnostics);
      lost.merge(found.lost);
      for (ast::Declaration& declaration : found.declarations) {
        if (const auto* use = std::get_if<ast::Use>(&declaration.node)) {
          load(module_path(root, use->module.text), &use->module);
        }
        declarations.push_back(std::move(declaration));
      }
    }
    const bool empty = std::all_of(declarations.begin(), declarations.end(), [](const ast::Declaration& declaration) {
      return std::holds_alternative<ast::Use>(declaration.node);
    });
    if (empty && parsed.diagnostics.empty()) {
      parsed.diagnostics.push_back(make(Code::empty_law, {}, "this law declares nothing"));
    }
  }

  // A declaration that was not understood is unknown to the others: their complaints about it would only distract.
  bool follows_from_loss(const Diagnostic& diagnostic) const {
    if (lost.empty() && !module_missing) return false;
    const Span span = diagnostic.span;
    switch (static_cast<Code>(diagnostic.code)) {
      case Code::unknown_name:
      case Code::unknown_type:
      case Code::unknown_field:
      case Code::unknown_def:
      case Code::unknown_rule:
      case Code::unknown_profile: {
        const std::string_view text = parsed.files[span.file].text;
        return module_missing || lost.count(text.substr(span.begin, span.end - span.begin)) != 0;
      }
      case Code::no_such_map:
      case Code::shared_misuse:
      case Code::bad_scope:
        return true;
      default:
        return false;
    }
  }

  // The law of one view; none if there is a mistake. Reports to `found` what it finds.
  std::optional<Law> resolve(const syntax::Visible& visible, std::vector<Diagnostic>& found) const {
    Law law;
    law.files = parsed.files;
    law.modules = static_cast<std::uint32_t>(parsed.files.size());
    law.profiles = visible.profiles().list();
    law.profile = visible.profile();
    law.version = visible.version();
    Names names(law, found, visible);
    const syntax::Declared declared = syntax::collect(names, declarations);
    syntax::resolve_objects(names, declared);
    syntax::resolve_counts(names, declared);
    syntax::check_count_sizes(names);
    syntax::resolve_constants(names, declared);
    syntax::resolve_defs(names, declared);
    syntax::resolve_rules(names, declared);
    syntax::resolve_properties(names, declared);
    syntax::resolve_axioms(names, declared);
    syntax::resolve_scopes(names, declared);
    syntax::check_sizes(names);
    syntax::check_provable(names);
    const auto hidden = [this](const Diagnostic& diagnostic) { return follows_from_loss(diagnostic); };
    found.erase(std::remove_if(found.begin(), found.end(), hidden), found.end());
    if (!parsed.diagnostics.empty() || !found.empty()) return std::nullopt;
    syntax::add_generated_properties(law);
    return law;
  }

  void resolve(const LawView& view) {
    const Profiles profiles(parsed.files, declarations, parsed.diagnostics);
    for (const Profile& profile : profiles.list()) parsed.profiles.push_back(profile.name);
    const std::optional<std::uint32_t> profile = profile_of(profiles, view);
    if (!profile && !view.profile.empty()) return;
    std::vector<Diagnostic> found;
    parsed.law = resolve(syntax::Visible(profiles, profile, view.version), found);
    parsed.diagnostics.insert(parsed.diagnostics.end(), found.begin(), found.end());
  }

  // The profile of a view: the named one, or the first.
  static std::optional<std::uint32_t> profile_of(const Profiles& profiles, const LawView& view) {
    if (!view.profile.empty()) return profiles.find(view.profile);
    return profiles.list().empty() ? std::nullopt : std::optional<std::uint32_t>(0);
  }

  void check_views(const Examine& examine) {
    const Profiles profiles(parsed.files, declarations, parsed.diagnostics);
    for (const Profile& profile : profiles.list()) parsed.profiles.push_back(profile.name);
    const std::vector<LawView> views = profiles.views();
    std::vector<std::pair<Diagnostic, std::vector<std::size_t>>> seen;  // in which views
    std::map<std::tuple<std::uint32_t, std::uint32_t, int>, std::vector<std::size_t>> at;
    for (std::size_t view = 0; view < views.size(); ++view) {
      std::vector<Diagnostic> found;
      std::optional<Law> law =
          resolve(syntax::Visible(profiles, profile_of(profiles, views[view]), views[view].version), found);
      if (law && examine) examine(*law, found);
      if (view == 0) parsed.law = std::move(law);
      for (Diagnostic& diagnostic : found) {
        auto& same_place = at[{diagnostic.span.file, diagnostic.span.begin, diagnostic.code}];
        const auto same = std::find_if(same_place.begin(), same_place.end(), [&](std::size_t i) {
          return seen[i].first.message == diagnostic.message && seen[i].first.span.end == diagnostic.span.end;
        });
        if (same != same_place.end()) {
          if (seen[*same].second.back() != view) seen[*same].second.push_back(view);
          continue;
        }
        same_place.push_back(seen.size());
        seen.emplace_back(std::move(diagnostic), std::vector<std::size_t>{view});
      }
    }
    if (!seen.empty()) parsed.law.reset();
    for (auto& [diagnostic, where] : seen) {
      if (where.size() < views.size()) diagnostic.message += " (" + views_text(profiles, views, where) + ")";
      parsed.diagnostics.push_back(std::move(diagnostic));
    }
  }

  // "in profile mock", "in profile mock at the oldest version, in profile tegra241"; of more than two, the first and
  // how many others: "in profile mock at linux 6.2 and 11 other views".
  static std::string views_text(const Profiles& profiles, const std::vector<LawView>& views,
                                const std::vector<std::size_t>& where) {
    std::vector<std::string> parts;
    std::vector<std::size_t> stands_for;  // of each part: how many views
    std::size_t next = 0;
    for (std::size_t begin = 0; begin < views.size();) {
      std::size_t end = begin;
      while (end < views.size() && views[end].profile == views[begin].profile) ++end;
      std::vector<std::size_t> here;
      for (; next < where.size() && where[next] < end; ++next) here.push_back(where[next]);
      if (here.size() == end - begin && !views[begin].profile.empty()) {
        parts.push_back("in profile " + views[begin].profile);
        stands_for.push_back(here.size());
      } else {
        for (const std::size_t view : here) parts.push_back("in " + profiles.label(views[view]));
        stands_for.resize(parts.size(), 1);
      }
      begin = end;
    }
    if (parts.size() <= 2) return parts.size() == 2 ? parts[0] + ", " + parts[1] : parts.front();
    return parts[0] + " and " + std::to_string(where.size() - stands_for[0]) + " other views";
  }

  void finish() {
    const auto key = [](const Diagnostic& d) { return std::tuple(d.span.file, d.span.begin, d.span.end, d.code); };
    auto& list = parsed.diagnostics;
    std::stable_sort(list.begin(), list.end(), [&](const auto& a, const auto& b) { return key(a) < key(b); });
    const auto same = [&](const auto& a, const auto& b) { return key(a) == key(b) && a.message == b.message; };
    list.erase(std::unique(list.begin(), list.end(), same), list.end());
  }
};

// One view; all of them if none is given.
Parsed parse(const std::string& root, const Reader& read, const LawView* view, const Examine& examine = {}) {
  Loader loader{read, {}, {}, {}, false};
  loader.load_all(root);
  view ? loader.resolve(*view) : loader.check_views(examine);
  loader.finish();
  return std::move(loader.parsed);
}

Parsed parse_texts(const std::vector<SourceFile>& texts, const LawView* view, const Examine& examine = {}) {
  const Reader none = [](const std::string&) { return Text{false, {}, "there is no text"}; };
  if (texts.empty()) return parse("", none, view);
  const Reader read = [&](const std::string& path) {
    for (const SourceFile& file : texts) {
      if (file.path == path) return Text{true, file.text, {}};
    }
    return Text{false, {}, "there is no such text"};
  };
  return parse(texts.front().path, read, view, examine);
}

}  // namespace

Parsed parse_law(const fs::path& root, const LawView& view) { return parse(root.generic_string(), read_file, &view); }

Parsed check_law(const fs::path& root, const Examine& examine) {
  return parse(root.generic_string(), read_file, nullptr, examine);
}

Parsed parse_law_texts(const std::vector<SourceFile>& texts, const LawView& view) { return parse_texts(texts, &view); }

Parsed check_law_texts(const std::vector<SourceFile>& texts, const Examine& examine) {
  return parse_texts(texts, nullptr, examine);
}

}  // namespace iolaw
