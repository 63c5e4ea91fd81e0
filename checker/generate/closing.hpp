// SPDX-License-Identifier: Apache-2.0
// How a case ends: everything that still lives is destroyed. What an earlier call forgot to let go of keeps something
// busy then.
#pragma once

#include <vector>

#include "model/trace/sequence.hpp"

namespace iolaw {

class Closing {
 public:
  explicit Closing(const Model& model);

  // Calls that succeed one after the other from `world` on, each of which ends an object that it names. The other
  // arguments are what the object refers to.
  std::vector<SequenceStep> calls(World world) const;

 private:
  struct Ending {
    std::uint32_t rule = 0;
    std::size_t parameter = 0;  // what it ends
  };
  bool end_one(World& world, std::vector<SequenceStep>& steps) const;
  std::optional<Call> call(const State& state, const Ending& ending, std::uint32_t kind, Word object) const;

  const Model& model_;
  std::vector<std::vector<Ending>> endings_;  // per kind
};

}  // namespace iolaw
