// SPDX-License-Identifier: Apache-2.0
// Small changes of a state, for states that an implementation may be in and the law is not. Objects that are shared
// live and end with those that refer to them.
#pragma once

#include "model/eval/model.hpp"

namespace iolaw {

// Copies an object that lives in `before`, and all that it refers to which ended with it.
void restore_object(const Law& law, const State& before, State& after, std::uint32_t kind, Word object);

// Ends an object, and the shared ones that nobody refers to any more. Nobody may refer to it.
void remove_object(const Law& law, State& state, std::uint32_t kind, Word object);

// Makes all objects of a kind be what they are in `from`.
void copy_kind(const State& from, State& to, std::uint32_t kind);

bool is_referred_to(const Law& law, const State& state, std::uint32_t kind, Word object);

// Whether something refers to what does not live, or a shared object lives that nobody refers to.
bool has_dangling(const Law& law, const State& state);

bool meets_invariants(const Model& model, const State& state);

}  // namespace iolaw
