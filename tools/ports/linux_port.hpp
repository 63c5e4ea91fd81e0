// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "model/port/port.hpp"

namespace iolaw {

// The ports "linux" and "linux:WORDS": those that are called dev_iommu and dev_iommu:WORDS, of a kernel in a virtual
// machine, which this process survives. If that kernel dies, warns, or does not answer for a minute, the answer is
// `broken` and says which; the next reset() boots it again.
//
// The folder that the environment variable IOLAW_LINUX names has the machine; tools/linux/run --campaign makes it. A
// kernel that does not answer for IOLAW_LINUX_PATIENCE seconds, by default 75, is taken for hung.
//
// Throws std::runtime_error with a sentence for the user if there is no machine, it does not boot, or there is no
// such word.
std::unique_ptr<Port> make_linux_port(const std::string& words = "");

void register_linux_ports();

}  // namespace iolaw
