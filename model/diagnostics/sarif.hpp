// SPDX-License-Identifier: Apache-2.0
// Diagnostics as code scanners and editors exchange them: SARIF 2.1.0, one run.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>

#include "model/diagnostics/diagnostic.hpp"

namespace iolaw {

// A log without results: the tool, and a rule for every code, whose help is the page of `iolaw explain`.
nlohmann::ordered_json sarif_log();

// Adds a result for each diagnostic, but for those that the log has already (of a module that two laws use). Places are
// relative to the folder that iolaw runs in; columns count characters, ends are open; notes are related locations, and
// a suggestion is a fix.
void add_to_sarif(nlohmann::ordered_json& log, std::span<const Diagnostic> diagnostics,
                  std::span<const SourceFile> files);

// A path as a URI reference: relative where it lies below `folder`, else absolute.
std::string uri_of(const std::string& path, const std::string& folder);

}  // namespace iolaw
