// SPDX-License-Identifier: Apache-2.0
// iolaw explain: the page of a diagnostic.
#include <fmt/core.h>

#include <memory>
#include <string>
#include <string_view>

#include "model/diagnostics/codes.hpp"
#include "tools/iolaw/commands.hpp"

namespace iolaw {
namespace {

void print_example(std::string_view title, std::string_view text) {
  if (text.empty()) return;
  fmt::print("\n{}:\n", title);
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    fmt::print("    {}\n", text.substr(0, end));
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  }
}

int explain(const std::string& name) {
  if (name.empty()) {
    for (const CodePage& page : code_pages()) {
      fmt::print("{}  {}\n", code_name(static_cast<int>(page.code)), page.title);
    }
    return kHolds;
  }
  const CodePage* page = find_page(std::string_view(name));
  if (!page) {
    fmt::print(stderr, "iolaw: there is no diagnostic `{}`; `iolaw explain` lists all\n", name);
    return kUsage;
  }
  fmt::print("{}: {}\n\n{}\n", code_name(static_cast<int>(page->code)), page->title, page->text);
  print_example("Wrong", page->wrong);
  print_example("Right", page->right);
  return kHolds;
}

}  // namespace

void add_explain(CLI::App& app, int& exit_code) {
  const auto code = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand("explain", "Explain a diagnostic, or list all");
  command->add_option("CODE", *code, "Such as LAW0020");
  command->callback([code, &exit_code] { exit_code = explain(*code); });
}

}  // namespace iolaw
