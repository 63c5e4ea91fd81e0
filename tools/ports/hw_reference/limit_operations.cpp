// SPDX-License-Identifier: Apache-2.0
// What the client may lock.
#include <array>
#include <limits>

#include "tools/ports/hw_reference/world.hpp"

namespace iolaw::hw_port {
inline namespace HW_REFERENCE_VARIANT {
namespace {

PortAnswer limit(World& w, Arguments a) {
  hw::Account& account = w.client.account;
  account.may_lock_any = false;
  account.may_set_limits = false;
  account.limit = a[0] >> hw::kPageShift;
  return {};
}

PortAnswer unlimit(World& w, Arguments) {
  hw::Account& account = w.client.account;
  account.may_lock_any = true;
  account.may_set_limits = true;
  account.limit = std::numeric_limits<std::uint64_t>::max();
  return {};
}

constexpr auto kLimitOperations =
    std::to_array<Operation>({{"client.limit", 1, limit}, {"client.unlimit", 0, unlimit}});

}  // namespace

std::span<const Operation> limit_operations() { return kLimitOperations; }

}  // namespace HW_REFERENCE_VARIANT
}  // namespace iolaw::hw_port
