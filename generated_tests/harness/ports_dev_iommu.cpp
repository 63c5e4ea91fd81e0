// SPDX-License-Identifier: Apache-2.0
// The ports of the executable that runs on a bare kernel.
#include "generated_tests/harness/ports.hpp"
#include "tools/ports/dev_iommu_port.hpp"
#include "tools/ports/registry.hpp"

namespace iolaw::suite {

void register_suite_ports() {
  register_port("dev_iommu", [] { return make_dev_iommu_port(); });
  register_port("dev_iommu:faults", [] { return make_dev_iommu_faults_port(); });
}

}  // namespace iolaw::suite
