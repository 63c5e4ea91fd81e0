// SPDX-License-Identifier: Apache-2.0
// Text in, declarations and diagnostics out. The grammar itself is private to this folder's .cpp files.
#pragma once

#include <string_view>
#include <vector>

#include "model/diagnostics/diagnostic.hpp"
#include "model/syntax/ast.hpp"

namespace iolaw::syntax {

// The declarations of a file, in order; those with a mistake are reported and left out.
std::vector<ast::Declaration> parse_declarations(std::uint32_t file, std::string_view text,
                                                 std::vector<Diagnostic>& diagnostics);

}  // namespace iolaw::syntax
