// SPDX-License-Identifier: Apache-2.0
// The lines that a port exchanges with a program: JSON, one object a line. See README.md.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "model/port/port.hpp"

namespace iolaw::exec {

inline constexpr std::string_view kReset = R"({"reset":1})";

// {"call":"ioas.map","arguments":[1,4096]}: always in this order, and without blanks.
std::string call_line(std::string_view rule, std::span<const std::uint64_t> arguments);

// What a program answered; empty optional if the line is none of the three answers.
std::optional<PortAnswer> read_answer(std::string_view line);

// What stands in a message about a line that is no answer.
inline constexpr std::string_view kAnswers = R"({"ok":[…]}, {"error":17} or {"unsupported":"why"})";

}  // namespace iolaw::exec
