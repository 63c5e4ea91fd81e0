// SPDX-License-Identifier: Apache-2.0
#include "tools/ports/dev_iommu/narrow_arguments.hpp"

#include <cstddef>

namespace iolaw::dev_iommu {
namespace {

struct Narrow {
  std::string_view rule;
  std::size_t argument;
  std::string_view reason;
};

constexpr std::string_view kPasid = "a PASID has 32 bits in the call";
constexpr Narrow kNarrowArguments[] = {
    {"device.attach_pasid", 1, kPasid},
    {"device.replace_pasid", 1, kPasid},
    {"device.detach_pasid", 1, kPasid},
    {"client.open_dmabuf", 0, "the size of a DMA buffer has 32 bits in the call"},
    {"viommu.invalidate", 4, "the test driver's invalidations have 32 bits for a device"},
    {"hw_queue.alloc", 2, "the number of a queue has 32 bits in the call"},
};

}  // namespace

std::string_view too_wide(std::string_view rule, std::span<const std::uint64_t> arguments) {
  for (const Narrow& narrow : kNarrowArguments) {
    if (narrow.rule != rule || narrow.argument >= arguments.size()) continue;
    if (arguments[narrow.argument] > 0xffff'ffff) return narrow.reason;
  }
  return {};
}

}  // namespace iolaw::dev_iommu
