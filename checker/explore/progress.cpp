// SPDX-License-Identifier: Apache-2.0
#include "checker/explore/progress.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace iolaw::explore {

std::string short_number(double value) {
  if (value >= 1e6) return fmt::format("{:.1f} M", value / 1e6);
  return value >= 1e4 ? fmt::format("{:.0f} k", value / 1e3) : fmt::format("{:.0f}", value);
}

std::string to_text(const Progress& progress) {
  const auto states = static_cast<double>(progress.states);
  std::string text = fmt::format("{} states ({}/s), depth {}, frontier {}, {:.0f} MB", progress.states,
                                 short_number(states / std::max(progress.seconds, 0.001)), progress.depth,
                                 progress.frontier, static_cast<double>(progress.bytes) / 1e6);
  if (progress.estimate > progress.states) {
    const auto all = static_cast<double>(progress.estimate);
    text += fmt::format(", about {:.0f} % of {}", 100.0 * states / all, short_number(all));
  }
  return text;
}

}  // namespace iolaw::explore
