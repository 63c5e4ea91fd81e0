// SPDX-License-Identifier: Apache-2.0
// Compiles the text of a model and loads it.
#pragma once

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>

#include "model/emit/compiled.hpp"

namespace iolaw::explore {

struct LoadError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct Loaded {
  std::shared_ptr<void> library;  // keeps the code in memory
  const iolaw_compiled::Compiled* model = nullptr;
  bool cached = false;  // no compiler ran
};

// Bytes of compiled models that are kept; those that were used last stay.
inline constexpr std::uintmax_t kCacheBytes = std::uintmax_t{64} << 20;

// With the compiler that CXX names, or c++. What was compiled is kept by content in ${XDG_CACHE_HOME:-~/.cache}/iolaw.
Loaded load_model(const std::string& text);

}  // namespace iolaw::explore
