// SPDX-License-Identifier: Apache-2.0
// Named scopes: checked here as `iolaw explore` will read them.
#include <algorithm>

#include "model/law/scope_text.hpp"
#include "model/syntax/resolve/resolve.hpp"

namespace iolaw::syntax {

namespace {

bool is_known(const Law& law, std::string_view name) {
  const auto names_it = [&](const Rule& rule) {
    if (rule.name.size() + 2 == name.size() && name == rule.name + ".*") return true;
    return std::any_of(rule.parameters.begin(), rule.parameters.end(), [&](const Parameter& parameter) {
      return parameter.name == name || name == rule.name + "." + parameter.name;
    });
  };
  return std::any_of(law.kinds.begin(), law.kinds.end(), [&](const Kind& kind) { return kind.name == name; }) ||
         std::any_of(law.rules.begin(), law.rules.end(), names_it);
}

// Leaves out the entries about what only other views have.
void leave_out(const Names& names, std::string& text) {
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    const std::size_t first = text.find_first_not_of(' ', begin);
    const std::size_t last = text.find_first_of(" =", first);
    if (first < end && last < end) {
      const std::string name = text.substr(first, last - first);
      // Offsets stay, for messages about the other entries.
      if (names.outside_scope.count(name) != 0 && !is_known(names.law, name)) {
        text.replace(begin, end - begin, end - begin, ' ');
      }
    }
    begin = end + 1;
  }
}

}  // namespace

void resolve_scopes(Names& names, const Declared& declared) {
  for (std::size_t i = 0; i < declared.scopes.size(); ++i) {
    const ast::Scope* node = declared.scopes[i];
    NamedScope& scope = names.law.scopes[i];
    try {
      leave_out(names, scope.text);
      read_scope(names.law, scope.text);
    } catch (const ScopeMistake& mistake) {
      const Span text = node->text.span;
      const auto begin = static_cast<std::uint32_t>(text.begin + mistake.offset);
      Diagnostic& diagnostic = names.error(
          Code::bad_scope, {text.file, begin, static_cast<std::uint32_t>(begin + mistake.length)}, mistake.what());
      const std::string_view written = std::string_view(names.law.files[text.file].text).substr(begin, mistake.length);
      diagnostic.suggestion = closest(written, {mistake.known.begin(), mistake.known.end()});
    }
  }
}

}  // namespace iolaw::syntax
