// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "model/syntax/state.hpp"

namespace iolaw::syntax {

// Adds to a diagnostic that says `wanted` was expected what the author may have meant, if there is a good guess: a word
// of the language that was misspelt, or a symbol that was left out. The grammar stopped at `where`; `token` is the
// first one after it, on the same line.
void suggest_correction(ParseState& state, Diagnostic& diagnostic, const std::string& wanted, const char* where,
                        std::string_view token);

}  // namespace iolaw::syntax
