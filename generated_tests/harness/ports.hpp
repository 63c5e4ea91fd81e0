// SPDX-License-Identifier: Apache-2.0
// The ports that an executable of the suite offers. Each executable defines register_suite_ports() once; the rest is
// main.cpp's.
#pragma once

#include <string_view>

#include "model/port/port.hpp"

namespace iolaw::suite {

// Registers the ports of this executable (see tools/ports/registry.hpp); the first is the default.
void register_suite_ports();

// The port that the user chose. One for the whole process; every TestRun resets it.
Port& suite_port();

// Counts a case that ended because the port cannot make a call of `rule`, for the summary.
void note_skipped(std::string_view rule, std::string_view reason);

}  // namespace iolaw::suite
