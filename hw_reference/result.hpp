// SPDX-License-Identifier: Apache-2.0
// What a call answers: 0 or a positive Linux errno, and a value if it succeeded.
#pragma once

#include <utility>

#include "hw_reference/variant.hpp"

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {

template <class T>
struct [[nodiscard]] Result {
  int error = 0;
  T value{};  // meaningful if there is no error

  static Result failure(int error) { return {error, T{}}; }
  static Result success(T value) { return {0, std::move(value)}; }
  bool ok() const { return error == 0; }
};

}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
