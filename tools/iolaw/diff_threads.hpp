// SPDX-License-Identifier: Apache-2.0
// `iolaw diff --threads`, and saved histories.
#pragma once

#include <cstdint>
#include <string>

#include "model/law/parse.hpp"

namespace iolaw {

struct ThreadsOptions {
  std::string file;
  LawView view;
  std::string port;
  std::uint64_t steps = 0;
  std::uint64_t seed = 1;
  std::uint32_t threads = 2;
  std::string out;
  bool json = false;
};

// Exit codes. What calls answered at once, on a port; and what a saved history says, without any.
int diff_threads(const ThreadsOptions& options);
// `law_file` empty: the one that the history names.
int judge_history(const std::string& history, const std::string& law_file, LawView view, bool json);

// Whether a file can be read and holds a history.
bool is_history(const std::string& path);

}  // namespace iolaw
