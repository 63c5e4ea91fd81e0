// SPDX-License-Identifier: Apache-2.0
#include "model/emit/emit.hpp"

#include <fmt/core.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "model/diagnostics/diagnostic.hpp"
#include "tools/iolaw/commands.hpp"
#include "tools/iolaw/load.hpp"
#include "tools/iolaw/named_scope.hpp"
#include "tools/iolaw/write_file.hpp"

namespace iolaw {
namespace {

struct EmitArguments {
  std::string file;
  LawView view;
  std::string out;
  std::string name;
  std::string scope;
  std::uint32_t objects = 8;
};

int emit_law(const EmitArguments& options) {
  const std::optional<Law> law = load_law(options.file, options.view);
  if (!law) return kLawError;
  const std::string name = options.name.empty() ? std::filesystem::path(options.file).stem().string() : options.name;
  const std::string scope_text = options.scope.empty() ? "" : named_scope(*law, options.scope);
  if (scope_text.empty() && !options.scope.empty()) return kUsage;
  try {
    const emit::Scope scope =
        options.scope.empty() ? emit::whole_scope(*law, options.objects) : emit::parse_scope(*law, scope_text);
    std::filesystem::path target = options.out;
    if (std::filesystem::is_directory(target)) target /= fmt::format("{}.hpp", name);
    return write_file(target.string(), emit::emit_model(*law, scope, name)) ? kHolds : kUsage;
  } catch (const emit::ScopeError& error) {
    fmt::print(stderr, "iolaw: the scope: {}\n", error.what());
    return kUsage;
  } catch (const emit::EmitError& error) {
    const SourceFile& file = law->files[error.span.file];
    const Position at = position_of(file, error.span.begin);
    fmt::print(stderr, "{}:{}:{}: {}\n", file.path, at.line, at.column, error.what());
    return kLawError;
  }
}

}  // namespace

void add_emit(CLI::App& app, int& exit_code) {
  const auto options = std::make_shared<EmitArguments>();
  CLI::App* command = app.add_subcommand("emit", "Write the model of a law as a C++ header that stands alone");
  command->add_option("FILE", options->file, "Root file of the law")->required();
  add_view_options(*command, options->view);
  command->add_option("--out", options->out, "Header to write, or the folder for it")->required();
  command->add_option("--name", options->name, "Its namespace; by default the name of the law's file");
  command->add_option("--objects", options->objects, "Objects of each kind, at most; numbers are any u64")
      ->check(CLI::Range(1U, emit::kMostObjects))
      ->capture_default_str();
  command->add_option("--scope", options->scope, "Instead: a finite scope, as `iolaw explore` takes it");
  command->callback([options, &exit_code] { exit_code = emit_law(*options); });
}

}  // namespace iolaw
