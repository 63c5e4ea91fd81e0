// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "model/format/format.hpp"
#include "tools/iolaw/commands.hpp"
#include "tools/iolaw/write_file.hpp"

namespace iolaw {

namespace {

struct FmtArguments {
  std::vector<std::string> files;
  bool check = false;
};

// Lays out one file. Returns an exit code.
int format_file(const std::string& path, bool check) {
  std::ifstream in(path, std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  if (!in.is_open() || in.bad()) {
    fmt::print(stderr, "iolaw: cannot read {}\n", path);
    return kLawError;
  }
  const std::string formatted = format_law(text);
  if (formatted == text) return kHolds;
  if (check) {
    fmt::print(stderr, "{}: not in standard layout; run: iolaw fmt {}\n", path, path);
    return kVacuous;
  }
  if (!write_file(path, formatted)) return kUsage;
  fmt::print("{}: laid out\n", path);
  return kHolds;
}

}  // namespace

void add_fmt(CLI::App& app, int& exit_code) {
  const auto options = std::make_shared<FmtArguments>();
  CLI::App* command = app.add_subcommand("fmt", "Lay out the text of laws, in place");
  command->add_option("FILE", options->files, "Laws")->required();
  command->add_flag("--check", options->check, "Change nothing; exit code 14 if a file is not in standard layout");
  command->callback([options, &exit_code] {
    for (const std::string& file : options->files) {
      const int code = format_file(file, options->check);
      if (exit_code == kHolds) exit_code = code;
    }
  });
}

}  // namespace iolaw
