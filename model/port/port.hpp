// SPDX-License-Identifier: Apache-2.0
// The meeting point of the law and an implementation: a call in, an answer out. Depends on the standard library alone.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace iolaw {

// An argument or a result: booleans are 0 and 1, enums and flag sets their numbers, u64 themselves, objects the port's
// handles. A handle is any number that the port chooses; two objects that live at one time have different handles, of
// whatever kind. A result of a `maybe` type that is none is empty.
struct PortAnswer {
  enum class Status : std::uint8_t {
    answered,
    unsupported,  // this port cannot make such a call; `note` says why
    broken,       // the implementation under test died or hung; `note` says how
  };
  Status status = Status::answered;
  int error = 0;                                      // 0 or a positive Linux errno
  std::vector<std::optional<std::uint64_t>> results;  // of a call that succeeded, in the order of the rule
  std::string note;
};

// A handle that never names anything: an implementation must answer as for an object that does not exist.
inline constexpr std::uint64_t kNoHandle = ~std::uint64_t{0};

class Port {
 public:
  virtual ~Port() = default;

  // The name that users type: "model", "hw_reference", "dev_iommu".
  virtual std::string_view name() const = 0;

  // Back to the initial state: no object lives, client memory is as the law's constants say.
  virtual void reset() = 0;

  // Performs one call of the rule or probe named `rule` ("ioas.map"); arguments as the rule declares them.
  virtual PortAnswer call(std::string_view rule, std::span<const std::uint64_t> arguments) = 0;
};

}  // namespace iolaw
