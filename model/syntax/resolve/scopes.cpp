// SPDX-License-Identifier: Apache-2.0
// Named scopes: checked here as `iolaw explore` will read them.
#include "model/law/scope_text.hpp"
#include "model/syntax/resolve/resolve.hpp"

namespace iolaw::syntax {

void resolve_scopes(Names& names, const Declared& declared) {
  for (const ast::Scope* node : declared.scopes) {
    try {
      read_scope(names.law, node->text.text);
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
