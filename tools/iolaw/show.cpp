// SPDX-License-Identifier: Apache-2.0
#include "model/show/show.hpp"

#include <fmt/core.h>

#include <memory>
#include <optional>
#include <string>

#include "tools/iolaw/commands.hpp"
#include "tools/iolaw/load.hpp"
#include "tools/iolaw/unknown_name.hpp"

namespace iolaw {

namespace {

struct ShowArguments {
  std::string file;
  LawView view;
  std::string id;
  std::string error;
  std::string graph;
  bool errnos = false;
};

int show_error_of_rule(const Law& law, const ShowArguments& options) {
  const int error = errno_number(options.error);
  if (error == 0) return unknown_name(law, options.error);
  const auto page = show::errno_page_of(law, options.id, error);
  if (!page) return unknown_name(law, options.id);
  fmt::print("{}", *page);
  return kHolds;
}

int show_law(const ShowArguments& options) {
  const std::optional<Law> law = load_law(options.file, options.view);
  if (!law) return kLawError;
  if (options.errnos) {
    fmt::print("{}", show::errno_by_call(*law));
  } else if (!options.graph.empty()) {
    fmt::print("{}", show::graph(*law, options.graph == "dot" ? show::GraphFormat::dot : show::GraphFormat::mermaid));
  } else if (options.id.empty()) {
    fmt::print("{}", show::overview(*law));
  } else if (!options.error.empty()) {
    return show_error_of_rule(*law, options);
  } else if (const auto page = show::page(*law, options.id)) {
    fmt::print("{}", *page);
  } else {
    return unknown_name(*law, options.id);
  }
  return kHolds;
}

}  // namespace

void add_show(CLI::App& app, int& exit_code) {
  const auto options = std::make_shared<ShowArguments>();
  CLI::App* command = app.add_subcommand("show", "Show the law, or what one name in it means");
  command->add_option("FILE", options->file, "Root file of the law")->required();
  add_view_options(*command, options->view);
  command->add_option("ID", options->id,
                      "A rule, a branch (ioas.map.overlap), an object, a property, an errno (EINVAL), a command "
                      "(IOMMU_IOAS_MAP), a function that a rule cites, the first or last word of a rule");
  command->add_option("ERRNO", options->error, "Where ID is a rule: only the lines that end in this errno");
  command->add_option("--graph", options->graph, "Who holds whom, as a graph")
      ->check(CLI::IsMember({"dot", "mermaid"}));
  command->add_flag("--errno", options->errnos, "Every errno by call");
  command->callback([options, &exit_code] { exit_code = show_law(*options); });
}

}  // namespace iolaw
