// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "model/port/port.hpp"

namespace iolaw {

// The port "exec:COMMAND": a program of any language that reads calls from its standard input and answers on its
// standard output, a line of JSON each (exec/README.md). A program that ends, is silent for longer than `patience`, or
// prints something else makes the call `broken`; the next reset() starts it anew. Throws std::runtime_error with a
// sentence for the user if the program does not answer its first reset.
std::unique_ptr<Port> make_exec_port(const std::string& command, std::chrono::milliseconds patience);

// Makes "exec:COMMAND" a name for make_port(). The patience is IOLAW_PATIENCE_MS of the environment, 10 s without it.
void register_exec_port();

}  // namespace iolaw
