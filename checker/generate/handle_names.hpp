// SPDX-License-Identifier: Apache-2.0
// Names for the objects of a case.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "checker/generate/case.hpp"

namespace iolaw {

// A step of a case, and which of its results.
using Place = std::pair<std::int32_t, std::uint32_t>;

// "ioas0", "ioas1", "access0": for each result that a later step names, by kind, counted in the order of the steps.
std::map<Place, std::string> name_handles(const Law& law, const Case& one);

// "RangeList" as "range_list".
std::string small_letters(std::string_view name);

// The least version of Linux that has all rules and lines that the case takes; none if every version has.
std::optional<Version> needed_version(const Law& law, const Case& one);

}  // namespace iolaw
