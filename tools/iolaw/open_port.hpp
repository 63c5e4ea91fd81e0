// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "model/law/law.hpp"
#include "model/port/port.hpp"

namespace iolaw {

// The port that the user named, for a command: "hw_reference", "model" (of this law, which must outlive it),
// "dev_iommu". Empty, and a sentence on stderr, if there is none or it cannot work here: the command then ends with
// kUsage.
std::unique_ptr<Port> open_port(const std::string& name, const Law& law);

}  // namespace iolaw
