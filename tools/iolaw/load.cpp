// SPDX-License-Identifier: Apache-2.0
#include "tools/iolaw/load.hpp"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "model/diagnostics/codes.hpp"
#include "model/law/parse.hpp"

namespace iolaw {
namespace {

// "6.17"; empty if that is no version.
std::optional<Version> read_version(const std::string& text) {
  Version version;
  const char* end = text.data() + text.size();
  const auto major = std::from_chars(text.data(), end, version.major);
  if (major.ec != std::errc{} || major.ptr == end || *major.ptr != '.') return std::nullopt;
  const auto minor = std::from_chars(major.ptr + 1, end, version.minor);
  if (minor.ec != std::errc{} || minor.ptr != end) return std::nullopt;
  return version;
}

std::string unknown_profile(const std::filesystem::path& root, const LawView& view, const Parsed& parsed) {
  if (parsed.profiles.empty()) return fmt::format("{} declares no profiles", root.string());
  const std::string nearest = closest(view.profile, {parsed.profiles.begin(), parsed.profiles.end()});
  std::string all;
  for (const std::string& profile : parsed.profiles) all += (all.empty() ? "" : ", ") + profile;
  return fmt::format("{} has no profile {}; {}", root.string(), view.profile,
                     nearest.empty() ? "it has " + all : fmt::format("did you mean {}?", nearest));
}

}  // namespace

void add_view_options(CLI::App& command, LawView& view) {
  command.add_option("--profile", view.profile,
                     "What implementation the law is read for; by default its first profile");
  command
      .add_option_function<std::string>(
          "--linux", [&view](const std::string& text) { view.version = read_version(text); },
          "The version of Linux that the law is read for, such as 6.17; by default the newest")
      ->check([](const std::string& text) {
        return read_version(text) ? std::string() : "“" + text + "” is no version: write major.minor, such as 6.17";
      });
}

void require_profile(const std::filesystem::path& root, const LawView& view, const Parsed& parsed) {
  const auto& known = parsed.profiles;
  if (view.profile.empty() || std::find(known.begin(), known.end(), view.profile) != known.end()) return;
  if (parsed.profiles.empty() && !parsed.diagnostics.empty()) return;  // it could not be read
  throw CLI::ValidationError("--profile", unknown_profile(root, view, parsed));
}

std::optional<Law> load_law(const std::filesystem::path& root, const LawView& view) {
  Parsed parsed = parse_law(root, view);
  const bool colour = isatty(STDERR_FILENO) == 1;
  for (const Diagnostic& diagnostic : parsed.diagnostics) {
    fmt::print(stderr, "{}", render(diagnostic, parsed.files, colour));
  }
  require_profile(root, view, parsed);
  return std::move(parsed.law);
}

std::optional<std::string> read_file(const std::string& path) {
  std::error_code ignored;
  std::ifstream in(path, std::ios::binary);
  if (!in || std::filesystem::is_directory(path, ignored)) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(in), {});
}

std::string place(const Law& law, const Span& span) {
  if (span.file >= law.files.size()) return {};
  const Position position = position_of(law.files[span.file], span.begin);
  return fmt::format("{}:{}:{}: ", law.files[span.file].path, position.line, position.column);
}

}  // namespace iolaw
