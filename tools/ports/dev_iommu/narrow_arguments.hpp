// SPDX-License-Identifier: Apache-2.0
// Numbers of the law for which a struct of Linux has 32 bits.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace iolaw::dev_iommu {

// Why no call can be made with these arguments; empty if it can.
std::string_view too_wide(std::string_view rule, std::span<const std::uint64_t> arguments);

}  // namespace iolaw::dev_iommu
