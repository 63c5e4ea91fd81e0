// SPDX-License-Identifier: Apache-2.0
// Text in, declarations and diagnostics out. The grammar itself is private to this folder's .cpp files.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "model/diagnostics/diagnostic.hpp"
#include "model/syntax/ast.hpp"

namespace iolaw::syntax {

struct ParsedText {
  std::vector<ast::Declaration> declarations;
  std::set<std::string, std::less<>> lost;  // every word of the declarations that were left out
};

// The declarations of a file, in order; those with a mistake are reported and left out.
ParsedText parse_declarations(std::uint32_t file, std::string_view text, std::vector<Diagnostic>& diagnostics);

}  // namespace iolaw::syntax
