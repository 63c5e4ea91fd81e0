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
  // Of a client of a thread: a handle was taken for whatever has its number by now, even if that is of another kind.
  bool by_number = false;
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

  // Clients of what there is now, each for a thread of its own; they may be called at the same time, until rejoin(),
  // and not be reset; they must live until then. A client knows what there was and what it made. None: this port serves
  // one thread.
  virtual std::vector<std::unique_ptr<Port>> split(std::size_t) { return {}; }
  // Whether calls of a rule work on what the port's client keeps to itself, so that no client of split() makes them.
  virtual bool serves_one_thread(std::string_view /*rule*/) const { return false; }
  // From now on this port goes on alone, with all that the clients made. False: what they made cannot be told apart any
  // more, and there must be a reset().
  virtual bool rejoin() { return true; }
};

}  // namespace iolaw
