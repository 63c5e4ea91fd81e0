// SPDX-License-Identifier: Apache-2.0
// Files in, typed law and diagnostics out.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "model/diagnostics/diagnostic.hpp"
#include "model/law/law.hpp"

namespace iolaw {

struct Parsed {
  std::vector<SourceFile> files;        // all that were read, for showing diagnostics
  std::vector<Diagnostic> diagnostics;  // in the order of the text
  std::optional<Law> law;               // if there is no error
};

// Reads the root file and every module that it uses, directly or not. `use a.b` names the file a/b.law beside the root.
Parsed parse_law(const std::filesystem::path& root);

// The same on texts in memory: the first is the root. For tests and fuzzing.
Parsed parse_law_texts(const std::vector<SourceFile>& texts);

}  // namespace iolaw
