// SPDX-License-Identifier: Apache-2.0
// The ports of the executable that runs on a bare kernel.
#include "generated_tests/harness/ports.hpp"
#include "tools/ports/dev_iommu_port.hpp"

namespace iolaw::suite {

void register_suite_ports() { register_dev_iommu_ports(); }

}  // namespace iolaw::suite
