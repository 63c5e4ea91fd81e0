// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <csignal>
#include <exception>

#include "tools/iolaw/commands.hpp"

int main(int argc, char** argv) {
  // A file that grows beyond its limit is one that cannot be written: whoever writes it says so.
  std::signal(SIGXFSZ, SIG_IGN);
  CLI::App app{"The law of IO address spaces: check it, prove it, run it, and hold implementations to it.", "iolaw"};
  app.require_subcommand(1);
  int exit_code = iolaw::kHolds;
  for (const auto add : {iolaw::add_check, iolaw::add_show, iolaw::add_doc, iolaw::add_run, iolaw::add_generate,
                         iolaw::add_coverage, iolaw::add_diff, iolaw::add_replay, iolaw::add_trace, iolaw::add_prove,
                         iolaw::add_mutate, iolaw::add_strengthen, iolaw::add_search, iolaw::add_seek,
                         iolaw::add_explore, iolaw::add_emit, iolaw::add_fmt, iolaw::add_stats, iolaw::add_explain}) {
    add(app, exit_code);
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& success) {
    return app.exit(success);
  } catch (const CLI::ParseError& error) {
    app.exit(error);
    return iolaw::kUsage;
  } catch (const std::exception& error) {
    fmt::print(stderr, "iolaw: internal error: {}\n", error.what());
    return iolaw::kInternal;
  }
  return exit_code;
}
