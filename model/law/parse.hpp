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
  std::optional<Law> law;               // if there is no error, and the profile is known
  std::vector<std::string> profiles;    // all that the law declares
};

// Reads the root file and every module that it uses, directly or not. `use a.b` names the file a/b.law beside the root.
Parsed parse_law(const std::filesystem::path& root, const LawView& view = {});

// Every view of the law: each profile at each version that makes a difference. What is wrong is reported once, with the
// views where it is if that is not all. The law is the default view; there is none if any view has an error.
// `examine` is called for every view without mistakes, and adds what else is wrong with it.
using Examine = std::function<void(const Law& law, std::vector<Diagnostic>& found)>;
Parsed check_law(const std::filesystem::path& root, const Examine& examine = {});

// The same on texts in memory: the first is the root. For tests and fuzzing.
Parsed parse_law_texts(const std::vector<SourceFile>& texts, const LawView& view = {});
Parsed check_law_texts(const std::vector<SourceFile>& texts, const Examine& examine = {});

}  // namespace iolaw
