// SPDX-License-Identifier: Apache-2.0
#include "tools/iolaw/open_port.hpp"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <exception>
#include <string>
#include <vector>

#include "tools/ports/dev_iommu_port.hpp"
#include "tools/ports/exec_port.hpp"
#include "tools/ports/hw_reference_port.hpp"
#include "tools/ports/hw_reference_uapi_port.hpp"
#include "tools/ports/linux_port.hpp"
#include "tools/ports/model_port.hpp"
#include "tools/ports/registry.hpp"

namespace iolaw {

std::unique_ptr<Port> open_port(const std::string& name, const Law& law) {
  register_hw_reference_port();
  register_hw_reference_uapi_port();
  register_port("model", [&law] { return std::make_unique<ModelPort>(law); });
  register_dev_iommu_ports();
  register_linux_ports();
  register_exec_port();
  try {
    if (std::unique_ptr<Port> port = make_port(name)) return port;
    const std::vector<std::string> names = port_names();
    register_hw_reference_defect_ports();
    register_hw_reference_uapi_test_ports();
    if (std::unique_ptr<Port> port = make_port(name)) return port;
    std::vector<std::string> defects = port_names();
    defects.erase(defects.begin(), defects.begin() + static_cast<std::ptrdiff_t>(names.size()));
    const bool wants_defect = name.starts_with("hw_reference:");
    fmt::print(stderr, "iolaw: no port is named {}; there are: {}{}\n", name,
               fmt::join(wants_defect ? defects : names, ", "),
               wants_defect ? "" : ", and hw_reference:DEFECT with a mistake built in");
  } catch (const std::exception& error) {
    fmt::print(stderr, "iolaw: port {}: {}\n", name, error.what());
  }
  return nullptr;
}

}  // namespace iolaw
