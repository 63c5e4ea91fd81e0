// SPDX-License-Identifier: Apache-2.0
// Diagnostics as other programs read them.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <span>

#include "model/diagnostics/diagnostic.hpp"

namespace iolaw {

// One of the "diagnostics" of diagnostics.schema.json. Ends are open, lines and columns count from 1, columns in
// characters.
nlohmann::json to_json(const Diagnostic& diagnostic, std::span<const SourceFile> files);

}  // namespace iolaw
