// SPDX-License-Identifier: Apache-2.0
// The ports that an executable of the suite offers. Each executable defines suite_ports() once; the rest is main.cpp's.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "model/port/port.hpp"

namespace iolaw::suite {

struct PortEntry {
  std::string name;
  // Throws std::exception if the port cannot work here; what() is shown to the user.
  std::function<std::unique_ptr<Port>()> make;
};

// The ports of this executable; the first is the default.
std::vector<PortEntry> suite_ports();

// The port that the user chose. One for the whole process; every Run resets it.
Port& suite_port();

// Counts a case that ended because the port cannot make a call of `rule`, for the summary.
void note_skipped(std::string_view rule, std::string_view reason);

}  // namespace iolaw::suite
