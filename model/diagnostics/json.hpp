// SPDX-License-Identifier: Apache-2.0
// Diagnostics as other programs read them.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <span>

#include "model/diagnostics/diagnostic.hpp"

namespace iolaw {

// {"code", "severity", "message", "file", "line", "column", "end_line", "end_column", "suggestion"?,
//  "notes": [{"text", "file", "line", "column", "end_line", "end_column"}]}; the end is open, columns count characters.
nlohmann::json to_json(const Diagnostic& diagnostic, std::span<const SourceFile> files);

}  // namespace iolaw
