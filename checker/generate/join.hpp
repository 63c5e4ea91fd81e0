// SPDX-License-Identifier: Apache-2.0
// Two runs made one.
#pragma once

#include <functional>
#include <optional>

#include "model/trace/sequence.hpp"

namespace iolaw {

// Both, one after the other, on objects of their own.
Sequence joined(const Sequence& first, const Sequence& second);

// Which object of the first run the next one of this kind in the second stands for; nullopt: none.
using StandsFor = std::function<std::optional<Argument>(std::uint32_t kind)>;

// Both, one after the other; a step of the second that gives an object that is there already is left out. Asked for
// each object that the second gives, in order.
Sequence joined(const Law& law, const Sequence& first, const Sequence& second, const StandsFor& stands_for);

// `more` steps come in before step `at`: what the steps from `begin` on name moves on.
void make_room(Sequence& steps, std::size_t begin, std::size_t at, std::size_t more);

}  // namespace iolaw
