// SPDX-License-Identifier: Apache-2.0
// The process that makes calls: memory by address that can be pinned, and what is charged for it.
#pragma once

#include "hw_reference/memory/account.hpp"
#include "hw_reference/memory/pin_source.hpp"
#include "hw_reference/variant.hpp"

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {

class Client : public PinSource {
 public:
  Account account;
};

}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
