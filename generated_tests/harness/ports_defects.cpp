// SPDX-License-Identifier: Apache-2.0
// hw_reference with one seeded defect at a time: each must make the suite fail.
#include "generated_tests/harness/ports.hpp"
#include "tools/ports/hw_reference_port.hpp"

namespace iolaw::suite {

void register_suite_ports() { register_hw_reference_defect_ports(); }

}  // namespace iolaw::suite
