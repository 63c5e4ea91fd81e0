// SPDX-License-Identifier: Apache-2.0
// What the client may pin: spec/iommufd/limit.law.
#include <array>

#include "tools/ports/dev_iommu/kernel.hpp"

namespace iolaw::dev_iommu {
namespace {

PortAnswer limit(Kernel& kernel, Arguments a) {
  return kernel.system().limit(a[0]) ? success() : unsupported("the process has no privileges that it could give up");
}

PortAnswer unlimit(Kernel& kernel, Arguments) {
  kernel.system().unlimit();
  return success();
}

constexpr auto kLimitCalls = std::to_array<Call>({{"client.limit", 1, limit}, {"client.unlimit", 0, unlimit}});

}  // namespace

std::span<const Call> limit_calls() { return kLimitCalls; }

}  // namespace iolaw::dev_iommu
