// SPDX-License-Identifier: Apache-2.0
#include "tools/ports/registry.hpp"

#include <algorithm>
#include <utility>

namespace iolaw {

namespace {

using Table = std::vector<std::pair<std::string, PortFactory>>;

Table& table() {
  static Table ports;
  return ports;
}

Table::iterator find(std::string_view name) {
  return std::find_if(table().begin(), table().end(), [name](const auto& port) { return port.first == name; });
}

struct Family {
  std::string prefix;
  std::string shown;
  PortFamilyFactory make;
};

std::vector<Family>& families() {
  static std::vector<Family> all;
  return all;
}

}  // namespace

void register_port_family(std::string prefix, std::string shown, PortFamilyFactory make) {
  std::erase_if(families(), [&](const Family& family) { return family.prefix == prefix; });
  families().push_back({std::move(prefix), std::move(shown), std::move(make)});
}

void register_port(std::string name, PortFactory make) {
  if (const auto port = find(name); port != table().end())
    port->second = std::move(make);
  else
    table().emplace_back(std::move(name), std::move(make));
}

std::unique_ptr<Port> make_port(std::string_view name) {
  for (const Family& family : families()) {
    if (name.starts_with(family.prefix)) return family.make(std::string(name.substr(family.prefix.size())));
  }
  const auto port = find(name);
  return port == table().end() ? nullptr : port->second();
}

std::vector<std::string> port_names() {
  std::vector<std::string> names;
  for (const auto& port : table()) names.push_back(port.first);
  for (const Family& family : families()) names.push_back(family.shown);
  return names;
}

}  // namespace iolaw
