// SPDX-License-Identifier: Apache-2.0
// The other end of Ahead: makes the calls that were told, and looks whether they are answered as foretold. Depends on
// the standard library alone.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "model/port/ahead.hpp"

namespace iolaw {

class Follower {
 public:
  // Keeps a reference.
  explicit Follower(Port& port) : port_(port) {}

  // Empty: it was a reset, or answered as foretold. Otherwise the answer, in the names of the teller: nothing more
  // must follow than a reset, unless it was asked for.
  std::optional<PortAnswer> follow(const ToldCall& call);

 private:
  struct Object {
    std::uint64_t handle = kNoHandle;
    bool lives = false;
  };

  void reset();
  void end(const std::uint32_t* names, std::uint32_t count);
  // The name of the object that lives and has the handle; kNoHandle: none.
  std::uint64_t name_of(std::uint64_t handle) const;
  bool add(std::uint64_t name, std::uint64_t handle);
  bool is_foretold(const ToldCall& call, const PortAnswer& answer);
  PortAnswer in_names(const ToldCall& call, PortAnswer answer);

  Port& port_;
  std::vector<Object> objects_;        // by name
  std::vector<std::uint32_t> living_;  // names
  std::vector<std::uint64_t> arguments_;
  std::optional<PortAnswer> broken_;  // by the last reset
};

}  // namespace iolaw
