// SPDX-License-Identifier: Apache-2.0
// What a Model keeps: the machine, and scratch memory for its answers.
#pragma once

#include "model/eval/machine.hpp"

namespace iolaw {

struct Model::Impl {
  explicit Impl(const Law& law) : machine(law) {}

  // Sets the frame for a property: the arguments of the call that it reads, if it reads one.
  void open(const Property& property, const State& before, const State* after, const Call* call) {
    machine.set_states(&before, after);
    machine.set_frame(property.slots);
    if (property.on.size() != 1) return;
    if (call == nullptr) throw EvaluationError("the step needs the call that made it", property.span);
    for (std::uint32_t slot = 0; slot < call->arguments.size(); ++slot) {
      machine.set_slot(slot, {{call->arguments[slot], 0}, {}});
    }
  }

  // Whether a step law speaks of this call at all.
  static bool concerns(const Property& property, const Call* call) {
    if (property.on.empty()) return true;
    for (const std::uint32_t rule : property.on) {
      if (call != nullptr && call->rule == rule) return true;
    }
    return false;
  }

  eval::NodeId node_of(const Law& law, const Property& property) const {
    return machine.program().properties[static_cast<std::size_t>(&property - law.properties.data())];
  }

  eval::Machine machine;
};

}  // namespace iolaw
