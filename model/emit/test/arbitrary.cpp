// SPDX-License-Identifier: Apache-2.0
#include "model/emit/test/arbitrary.hpp"

#include <utility>

namespace iolaw {
namespace {

// Small numbers, the greatest, and what is near the law's own numbers or some units above them, so that comparisons
// come out either way.
Word number(const Law& law, std::mt19937_64& random) {
  const auto pick = random() % 8;
  if (pick < 3) return random() % 8;
  if (pick == 3) return random() % 2 != 0 ? ~Word{0} - random() % 3 : ~Word{0} - 0x7ff - random() % 4 * 0x800;
  Word base = 0;
  if (!law.constants.empty()) {
    const Constant& constant = law.constants[random() % law.constants.size()];
    base = constant.type.tag == TypeTag::interval && random() % 4 == 0 ? constant.last + 1 : constant.value;
  }
  base += random() % 4 * (Word{1} << (11 + random() % 3));
  return pick == 4 ? base + random() % 3 - 1 : base;
}

void fill(const Law& law, const Type& type, std::uint32_t objects, std::mt19937_64& random, Word* words) {
  switch (type.tag) {
    case TypeTag::boolean:
      words[0] = random() % 2;
      break;
    case TypeTag::enumeration:
      words[0] = random() % law.enums[type.id].constants.size();
      break;
    case TypeTag::flags:
      words[0] = random() % (Word{1} << law.flag_sets[type.id].constants.size());
      break;
    case TypeTag::reference:
      words[0] = type.maybe && random() % 3 == 0 ? kNone : random() % objects;
      break;
    case TypeTag::interval:
      words[0] = number(law, random);
      words[1] = random() % 2 != 0 ? number(law, random) : words[0] + random() % 4 * 2048 + 2047;
      if (words[0] > words[1]) std::swap(words[0], words[1]);
      break;
    case TypeTag::pow2:
      words[0] = Word{1} << random() % (random() % 4 == 0 ? 64 : 4);
      break;
    default:
      words[0] = number(law, random);
      if (!type.maybe) break;
      words[1] = random() % 2;
      if (words[1] == 0) words[0] = 0;
      break;
  }
}

}  // namespace

Call arbitrary_call(const Law& law, std::uint32_t rule, std::mt19937_64& random) {
  Call call{rule, {}};
  for (const Parameter& parameter : law.rules[rule].parameters) {
    Word words[2] = {0, 0};
    fill(law, parameter.type, 4, random, words);
    call.arguments.push_back(words[0]);
  }
  return call;
}

State arbitrary_state(const Law& law, std::mt19937_64& random) {
  State state(law);
  const auto objects = static_cast<std::uint32_t>(1 + random() % 4);
  for (std::uint32_t kind = 0; kind < law.kinds.size(); ++kind) {
    for (std::uint32_t object = 0; object < objects; ++object) {
      if (random() % 5 == 0) continue;
      state.set_lives(kind, object, true);
      const std::vector<Field>& fields = law.kinds[kind].fields;
      for (std::uint32_t field = 0; field < fields.size(); ++field) {
        fill(law, fields[field].type, objects, random, state.field(kind, object, field));
      }
    }
  }
  return state;
}

}  // namespace iolaw
