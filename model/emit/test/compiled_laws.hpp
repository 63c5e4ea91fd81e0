// SPDX-License-Identifier: Apache-2.0
// The laws that the build compiles, each behind one shape, and the bridge between their states and the evaluator's.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core.hpp"
#include "iommufd.hpp"
#include "model/eval/model.hpp"
#include "model/law/parse.hpp"
#include "shapes.hpp"

namespace iolaw {

// NAME.hpp declares the law in the namespace `name`; `path` is its root, from the top of the tree.
#define IOLAW_COMPILED(Type, name, path)                                                                        \
  struct Type {                                                                                                 \
    using State = name::State;                                                                                  \
    static constexpr const char* kPath = path;                                                                  \
    static constexpr auto& kObjects = name::kObjects;                                                           \
    static std::uint32_t step(State& s, std::uint32_t rule, const std::uint64_t* arguments,                     \
                              iolaw_compiled::Outcome& out) {                                                   \
      return name::step(s, rule, arguments, out);                                                               \
    }                                                                                                           \
    static bool holds(std::uint32_t property, const State& s, const State* t, const std::uint64_t* arguments) { \
      return name::holds(property, s, t, arguments);                                                            \
    }                                                                                                           \
    static std::uint64_t live(const State& s, std::uint32_t kind) { return name::live_of(s, kind); }            \
    static void set_live(State& s, std::uint32_t kind, std::uint64_t live) { name::set_live(s, kind, live); }   \
    static void read(const State& s, std::uint32_t kind, std::uint32_t object, std::uint32_t field,             \
                     std::uint64_t* words) {                                                                    \
      name::read_field(s, kind, object, field, words);                                                          \
    }                                                                                                           \
    static void write(State& s, std::uint32_t kind, std::uint32_t object, std::uint32_t field,                  \
                      const std::uint64_t* words) {                                                             \
      name::write_field(s, kind, object, field, words);                                                         \
    }                                                                                                           \
  }

IOLAW_COMPILED(CompiledCore, core, "tools/bench/core.law");
IOLAW_COMPILED(CompiledIommufd, iommufd, "spec/iommufd.law");
IOLAW_COMPILED(CompiledShapes, shapes, "model/emit/test/shapes.law");

#undef IOLAW_COMPILED

template <class Compiled>
const Law& law_of() {
  static const Parsed parsed = parse_law(std::string(IOLAW_SOURCE) + "/" + Compiled::kPath);
  if (!parsed.law) throw std::runtime_error(std::string(Compiled::kPath) + " is no law");
  return *parsed.law;
}

// Empty if the state has objects that the compiled one has no room for.
template <class Compiled>
std::optional<typename Compiled::State> to_compiled(const Law& law, const State& state) {
  typename Compiled::State compiled;
  for (std::uint32_t kind = 0; kind < law.kinds.size(); ++kind) {
    std::uint64_t live = 0;
    for (std::uint32_t object = 0; object < state.slots(kind); ++object) {
      if (!state.lives(kind, object)) continue;
      if (object >= Compiled::kObjects[kind]) return std::nullopt;
      live |= std::uint64_t{1} << object;
      for (std::uint32_t field = 0; field < law.kinds[kind].fields.size(); ++field) {
        Compiled::write(compiled, kind, object, field, state.field(kind, object, field));
      }
    }
    Compiled::set_live(compiled, kind, live);
  }
  return compiled;
}

template <class Compiled>
State from_compiled(const Law& law, const typename Compiled::State& compiled) {
  State state(law);
  for (std::uint32_t kind = 0; kind < law.kinds.size(); ++kind) {
    for (std::uint32_t object = 0; object < Compiled::kObjects[kind]; ++object) {
      if ((Compiled::live(compiled, kind) >> object & 1) == 0) continue;
      state.set_lives(kind, object, true);
      for (std::uint32_t field = 0; field < law.kinds[kind].fields.size(); ++field) {
        std::uint64_t words[2] = {0, 0};
        Compiled::read(compiled, kind, object, field, words);
        std::copy_n(words, words_of(law.kinds[kind].fields[field].type), state.field(kind, object, field));
      }
    }
  }
  return state;
}

}  // namespace iolaw
