// SPDX-License-Identifier: Apache-2.0
// Ports by name. Depends on the port interface alone: a program registers at the start of main those ports that it
// links, so that one that runs on a bare kernel need not link the model.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "model/port/port.hpp"

namespace iolaw {

// Makes a port in its initial state. May throw std::runtime_error with a sentence for the user.
using PortFactory = std::function<std::unique_ptr<Port>()>;

// `name` is what users type; a second registration of a name replaces the first. Not thread-safe.
void register_port(std::string name, PortFactory make);

// Ports whose names begin with `prefix`; what follows it is for the factory. `shown` is how they are listed.
using PortFamilyFactory = std::function<std::unique_ptr<Port>(const std::string& rest)>;
void register_port_family(std::string prefix, std::string shown, PortFamilyFactory make);

// Null if no port of that name was registered.
std::unique_ptr<Port> make_port(std::string_view name);

// In the order of registration, families behind the others.
std::vector<std::string> port_names();

}  // namespace iolaw
