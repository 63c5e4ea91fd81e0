// SPDX-License-Identifier: Apache-2.0
// The model behind the Port interface: what a perfect implementation answers. For testing the tools, and as a reference
// in replays.
#pragma once

#include <string_view>

#include "model/eval/model.hpp"
#include "model/port/port.hpp"

namespace iolaw {

class ModelPort : public Port {
 public:
  explicit ModelPort(const Law& law);  // keeps a reference

  std::string_view name() const override { return "model"; }
  void reset() override;
  // A call that the law leaves unspecified is unsupported. Where the law leaves a choice, the model takes the first
  // errno and the smallest value.
  PortAnswer call(std::string_view rule, std::span<const std::uint64_t> arguments) override;

  const State& state() const { return state_; }

 private:
  std::uint64_t handle(std::uint32_t kind, Word object) const;
  Word object(std::uint32_t kind, std::uint64_t handle) const;

  const Law& law_;
  Model model_;
  State state_;
};

}  // namespace iolaw
