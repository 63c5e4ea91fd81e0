// SPDX-License-Identifier: Apache-2.0
// The port "hw_reference_uapi": the client of /dev/iommu, on hw_reference behind its front door.
#pragma once

#include <memory>

#include "model/port/port.hpp"
#include "tools/ports/dev_iommu/system_calls.hpp"

namespace iolaw {

// Talks to hw_reference with the structures and the memory with which the port "dev_iommu" talks to a kernel. One port
// at a time: the law's MEMORY lies at the law's own addresses. Throws std::runtime_error with a sentence for the user
// if there is no room for it, or the host's kernel is too old (see hw_reference/memory/own_memory.hpp).
std::unique_ptr<Port> make_hw_reference_uapi_port();

// The system calls that this port makes.
std::unique_ptr<dev_iommu::SystemCalls> hw_reference_system_calls();

// Adds the port to the registry.
void register_hw_reference_uapi_port();

// In programs that link iolaw_port_hw_reference_uapi_defects: adds "hw_reference_uapi:interleaved", whose threads are
// played in any order of their steps (see Preemptible), and likewise one port for each defect.
void register_hw_reference_uapi_test_ports();

}  // namespace iolaw
