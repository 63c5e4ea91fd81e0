// SPDX-License-Identifier: Apache-2.0
// Files and modules: what parse_law promises.
#include <algorithm>
#include <fstream>
#include <functional>
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
      case Code::unknown_rule: {
        const std::string_view text = parsed.files[span.file].text;
        return module_missing || lost.count(text.substr(span.begin, span.end - span.begin)) != 0;
      }
      case Code::no_such_map:
      case Code::shared_misuse:
        return true;
      default:
        return false;
    }
  }

  void resolve() {
    Law law;
    law.files = parsed.files;
    law.modules = static_cast<std::uint32_t>(parsed.files.size());
    std::vector<Diagnostic> found;
    Names names(law, found);
    const syntax::Declared declared = syntax::collect(names, declarations);
    syntax::resolve_objects(names, declared);
    syntax::resolve_counts(names, declared);
    syntax::resolve_constants(names, declared);
    syntax::resolve_defs(names, declared);
    syntax::resolve_rules(names, declared);
    syntax::resolve_properties(names, declared);
    const auto hidden = [this](const Diagnostic& diagnostic) { return follows_from_loss(diagnostic); };
    found.erase(std::remove_if(found.begin(), found.end(), hidden), found.end());
    parsed.diagnostics.insert(parsed.diagnostics.end(), found.begin(), found.end());
    if (!parsed.diagnostics.empty()) return;
    syntax::add_generated_properties(law);
    parsed.law = std::move(law);
  }

  void finish() {
    const auto key = [](const Diagnostic& d) { return std::tuple(d.span.file, d.span.begin, d.span.end, d.code); };
    auto& list = parsed.diagnostics;
    std::stable_sort(list.begin(), list.end(), [&](const auto& a, const auto& b) { return key(a) < key(b); });
    const auto same = [&](const auto& a, const auto& b) { return key(a) == key(b) && a.message == b.message; };
    list.erase(std::unique(list.begin(), list.end(), same), list.end());
  }
};

Parsed parse(const std::string& root, const Reader& read) {
  Loader loader{read, {}, {}, {}, false};
  loader.load_all(root);
  loader.resolve();
  loader.finish();
  return std::move(loader.parsed);
}

}  // namespace

Parsed parse_law(const fs::path& root) { return parse(root.generic_string(), read_file); }

Parsed parse_law_texts(const std::vector<SourceFile>& texts) {
  if (texts.empty()) return parse("", [](const std::string&) { return Text{false, {}, "there is no text"}; });
  return parse(texts.front().path, [&](const std::string& path) {
    for (const SourceFile& file : texts) {
      if (file.path == path) return Text{true, file.text, {}};
    }
    return Text{false, {}, "there is no such text"};
  });
}

}  // namespace iolaw
