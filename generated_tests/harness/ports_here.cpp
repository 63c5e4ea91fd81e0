// SPDX-License-Identifier: Apache-2.0
// The ports of iolaw_suite: hw_reference, the model itself, which shows that the cases say what the law says, and any
// program (exec:COMMAND).
#include <stdexcept>

#include "generated_tests/harness/ports.hpp"
#include "model/law/parse.hpp"
#include "tools/ports/exec_port.hpp"
#include "tools/ports/hw_reference_port.hpp"
#include "tools/ports/hw_reference_uapi_port.hpp"
#include "tools/ports/model_port.hpp"
#include "tools/ports/registry.hpp"

namespace iolaw::suite {

void register_suite_ports() {
  register_hw_reference_port();
  register_hw_reference_uapi_port();
  register_port("model", []() -> std::unique_ptr<Port> {
    static const Parsed parsed = parse_law(IOLAW_LAW);
    if (!parsed.law) throw std::runtime_error("the law " IOLAW_LAW " has errors");
    return std::make_unique<ModelPort>(*parsed.law);
  });
  register_exec_port();
}

}  // namespace iolaw::suite
