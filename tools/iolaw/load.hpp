// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <optional>
#include <string>

#include "model/law/parse.hpp"

namespace iolaw {

// Adds --profile and --linux, which say what view of the law a command reads. `view` must outlive the command.
void add_view_options(CLI::App& command, LawView& view);

// Reads, resolves and types a law for a command; every diagnostic goes to stderr. Empty if there is an error: the
// command then ends with kLawError. Throws CLI::ValidationError, a usage error, if the law has no such profile.
std::optional<Law> load_law(const std::filesystem::path& root, const LawView& view = {});

// Throws CLI::ValidationError if a law that was read for a view has no such profile.
void require_profile(const std::filesystem::path& root, const LawView& view, const Parsed& parsed);

// The text of a file; none if it cannot be read.
std::optional<std::string> read_file(const std::string& path);

// "file:line:column: " where the span begins; empty if it is in no file.
std::string place(const Law& law, const Span& span);

}  // namespace iolaw
