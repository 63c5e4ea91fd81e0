// SPDX-License-Identifier: Apache-2.0
#include "tools/iolaw/open_port.hpp"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <exception>

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
  register_port("dev_iommu", [] { return make_dev_iommu_port(); });
  register_port("dev_iommu:faults", [] { return make_dev_iommu_faults_port(); });
  register_port("linux", [] { return make_linux_port("dev_iommu"); });
  register_port("linux:faults", [] { return make_linux_port("dev_iommu:faults"); });
  register_exec_port();
  try {
    if (std::unique_ptr<Port> port = make_port(name)) return port;
    fmt::print(stderr, "iolaw: no port is named {}; there are: {}\n", name, fmt::join(port_names(), ", "));
  } catch (const std::exception& error) {
    fmt::print(stderr, "iolaw: port {}: {}\n", name, error.what());
  }
  return nullptr;
}

}  // namespace iolaw
