// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include "checker/generate/slip_kinds.hpp"
#include "checker/generate/state_edit.hpp"

namespace iolaw {
namespace {

// The last address of the lowest object of map `kind` that overlaps the range, where several of one parent do.
std::optional<Word> end_of_first(const Law& law, const State& state, std::uint32_t kind, const Word* range) {
  struct Lowest {
    int overlapping = 0;
    Word last = ~Word{0};
  };
  std::map<Word, Lowest> of_parent;
  for (Word object = 0; object < state.slots(kind); ++object) {
    if (!state.lives(kind, object)) continue;
    const Word* span = state.field(kind, object, *law.kinds[kind].key);
    if (span[0] > range[1] || range[0] > span[1]) continue;
    Lowest& lowest = of_parent[*state.field(kind, object, *law.kinds[kind].parent)];
    ++lowest.overlapping;
    lowest.last = std::min(lowest.last, span[1]);
  }
  for (const auto& [parent, lowest] : of_parent) {
    if (lowest.overlapping > 1 && lowest.last < range[1]) return lowest.last;
  }
  return std::nullopt;
}

}  // namespace

std::vector<Slip> part_slips(const Law& law, const CallMade& made) {
  std::vector<Slip> slips;
  for (std::uint32_t kind = 0; kind < law.kinds.size(); ++kind) {
    const Kind& of = law.kinds[kind];
    if (of.shared || State::surely_same(made.before, made.after, kind)) continue;
    for (Word object = 0; object < made.before.slots(kind); ++object) {
      if (!made.before.lives(kind, object) || made.after.lives(kind, object)) continue;
      for (std::uint32_t field = 0; field < of.fields.size(); ++field) {
        if (of.fields[field].type.tag != TypeTag::interval || field == of.key) continue;
        const Word* range = made.before.field(kind, object, field);
        for (std::uint32_t map = 0; map < law.kinds.size(); ++map) {
          if (map == kind || law.kinds[map].container != Container::interval_map) continue;
          const std::optional<Word> end = end_of_first(law, made.before, map, range);
          if (!end) continue;
          const std::string id = branch_id(law.rules[made.call.rule], made.branch);
          slips.push_back({fmt::format("{}, but a {} stays beyond its first {}", id, of.name, law.kinds[map].name),
                           made.after,
                           {kind}});
          restore_object(law, made.before, slips.back().after, kind, object);
          *slips.back().after.field(kind, object, field) = *end + 1;
          slips.back().tellers = Tellers::some;
        }
      }
    }
  }
  return slips;
}

}  // namespace iolaw
