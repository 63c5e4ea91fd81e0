// SPDX-License-Identifier: Apache-2.0
// How far a search is, in one line.
#pragma once

#include <string>

#include "checker/explore/search.hpp"

namespace iolaw::explore {

// "1.6 M", "27 k", "613".
std::string short_number(double value);

// "2455676 states (208 k/s), depth 6, frontier 1931002, 213 MB, about 40 % of 6.1 M": the estimate once levels shrink.
std::string to_text(const Progress& progress);

}  // namespace iolaw::explore
