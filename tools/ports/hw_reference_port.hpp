// SPDX-License-Identifier: Apache-2.0
// The port "hw_reference", and in programs that link the library with seeded defects "hw_reference:<defect>".
#pragma once

#include <memory>

#include "model/port/port.hpp"

namespace iolaw {

// Objects are handed out as their ids, pins as theirs plus 2^32. The client's memory is the law's MEMORY, at the law's
// addresses. One thread at a time may use a port.
std::unique_ptr<Port> make_hw_reference_port();

// Adds the port to the registry.
void register_hw_reference_port();

// In programs that link iolaw_port_hw_reference_defects: adds one port for each defect.
void register_hw_reference_defect_ports();

}  // namespace iolaw
