// SPDX-License-Identifier: Apache-2.0
// iolaw doc: the law as a site.
#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "model/site/site.hpp"
#include "tools/iolaw/commands.hpp"
#include "tools/iolaw/draw.hpp"
#include "tools/iolaw/load.hpp"
#include "tools/iolaw/write_file.hpp"

namespace iolaw {
namespace {

namespace fs = std::filesystem;

struct DocArguments {
  std::string file;
  LawView view;
  std::string out;
  std::string proofs;
};

// What `iolaw prove --json` printed.
std::vector<site::Proof> read_proofs(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw CLI::ValidationError("--proofs", "cannot read " + path);
  std::vector<site::Proof> proofs;
  try {
    const auto report = nlohmann::json::parse(in);
    for (const auto& one : report.at("obligations")) {
      site::Proof proof;
      proof.rule = one.at("rule").get<std::string>();
      proof.property = one.at("property").get<std::string>();
      proof.verdict = one.at("verdict").get<std::string>();
      proof.seconds = one.at("seconds").get<double>();
      proof.untouched = one.value("untouched", false);
      proof.uses_checks = one.value("uses_checks", false);
      proof.cached = one.value("cached", false);
      proof.core = one.value("core", std::vector<std::string>{});
      proof.note = one.value("note", std::string{});
      proofs.push_back(std::move(proof));
    }
  } catch (const nlohmann::json::exception& error) {
    throw CLI::ValidationError("--proofs",
                               fmt::format("{} is no report of `iolaw prove --json`: {}", path, error.what()));
  }
  return proofs;
}

// A report of another law, or of an older text of this one, would mark the wrong things.
void require_report_of(const Law& law, const std::string& path, const std::vector<site::Proof>& proofs) {
  const auto known = [&](const site::Proof& proof) {
    const std::string rule = proof.rule.substr(0, proof.rule.find(" ("));
    // Of a property it is proved that what it reads exists: it stands where a rule does.
    return law.find_rule(rule) != nullptr || law.find_property(rule) != nullptr || rule == "initial state" ||
           rule == "environment";
  };
  const auto stranger = std::find_if_not(proofs.begin(), proofs.end(), known);
  if (stranger == proofs.end() && !proofs.empty()) return;
  throw CLI::ValidationError("--proofs", proofs.empty()
                                             ? path + " has no obligations"
                                             : fmt::format("{} speaks of {}, which {} does not have in this view", path,
                                                           stranger->rule, law.files.front().path));
}

bool write(const fs::path& path, const std::string& text) {
  std::error_code error;
  fs::create_directories(path.parent_path(), error);
  return write_file(path.string(), text);
}

// The view that was asked for; if none was, all profiles, the law's first one at the top.
std::optional<std::vector<site::View>> load_views(const DocArguments& options) {
  std::optional<Law> first = load_law(options.file, options.view);
  if (!first) return std::nullopt;
  std::vector<site::View> views;
  views.push_back({std::move(*first), "", {}});
  if (!options.view.profile.empty()) return views;
  const std::vector<Profile> profiles = views.front().law.profiles;
  for (std::size_t i = 1; i < profiles.size(); ++i) {
    std::optional<Law> law = load_law(options.file, {profiles[i].name, options.view.version});
    if (!law) return std::nullopt;
    views.push_back({std::move(*law), profiles[i].name + "/", {}});
  }
  return views;
}

int write_doc(const DocArguments& options) {
  std::optional<std::vector<site::View>> views = load_views(options);
  if (!views) return kLawError;
  if (!options.proofs.empty()) {
    std::vector<site::Proof> proofs = read_proofs(options.proofs);
    require_report_of(views->front().law, options.proofs, proofs);
    views->front().proofs = std::move(proofs);
  }
  bool drawn = true;
  const site::Draw draw = [&](const std::string& dot) {
    std::optional<std::string> svg = drawn ? draw_graph(dot) : std::nullopt;
    drawn = svg.has_value();
    return svg;
  };
  const auto files = site::write_site(*views, draw);
  for (const auto& [path, text] : files) {
    if (!write(fs::path(options.out) / path, text)) return kUsage;
  }
  if (!drawn) {
    fmt::print(stderr, "iolaw: graphs are written as tables, since `dot` (Debian package graphviz) cannot be run\n");
  }
  fmt::print("{}: {} files, {}\n", options.file, files.size(), (fs::path(options.out) / "index.html").string());
  return kHolds;
}

}  // namespace

void add_doc(CLI::App& app, int& exit_code) {
  const auto options = std::make_shared<DocArguments>();
  CLI::App* command = app.add_subcommand("doc", "Write the law as a site of HTML pages");
  command->add_option("FILE", options->file, "Root file of the law")->required();
  add_view_options(*command, options->view);
  command->add_option("--out", options->out, "Folder to write to")->required();
  command->add_option("--proofs", options->proofs, "What `iolaw prove --json` printed: adds what was proved of what");
  command->callback([options, &exit_code] { exit_code = write_doc(*options); });
}

}  // namespace iolaw
