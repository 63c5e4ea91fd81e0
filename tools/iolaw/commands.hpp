// SPDX-License-Identifier: Apache-2.0
// The commands of `iolaw`: one file and one function each. A command adds itself to the application and, when chosen,
// stores its exit code.
#pragma once

#include <CLI/CLI.hpp>

namespace iolaw {

// Exit codes, documented in tools/README.md.
enum Exit : int {
  kHolds = 0,
  kBounded = 10,
  kViolated = 12,
  kNotInductive = 13,
  kVacuous = 14,
  kDiverges = 20,
  kUnknown = 30,
  kUsage = 64,
  kLawError = 65,
  kInternal = 70,
  kSkipped = 77,
};

void add_check(CLI::App& app, int& exit_code);
void add_coverage(CLI::App& app, int& exit_code);
void add_diff(CLI::App& app, int& exit_code);
void add_doc(CLI::App& app, int& exit_code);
void add_emit(CLI::App& app, int& exit_code);
void add_explain(CLI::App& app, int& exit_code);
void add_explore(CLI::App& app, int& exit_code);
void add_fmt(CLI::App& app, int& exit_code);
void add_generate(CLI::App& app, int& exit_code);
void add_prove(CLI::App& app, int& exit_code);
void add_mutate(CLI::App& app, int& exit_code);
void add_replay(CLI::App& app, int& exit_code);
void add_run(CLI::App& app, int& exit_code);
void add_search(CLI::App& app, int& exit_code);
void add_seek(CLI::App& app, int& exit_code);
void add_show(CLI::App& app, int& exit_code);
void add_stats(CLI::App& app, int& exit_code);
void add_strengthen(CLI::App& app, int& exit_code);
void add_trace(CLI::App& app, int& exit_code);

}  // namespace iolaw
