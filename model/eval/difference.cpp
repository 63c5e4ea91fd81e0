// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "model/eval/model.hpp"

namespace iolaw {
namespace {

std::string field_text(const Law& law, const State& state, std::uint32_t kind, Word object, std::uint32_t field) {
  const Field& declared = law.kinds[kind].fields[field];
  return declared.name + " = " + to_string(law, declared.type, state.field(kind, object, field));
}

std::string all_fields(const Law& law, const State& state, std::uint32_t kind, Word object) {
  std::string text;
  for (std::uint32_t field = 0; field < law.kinds[kind].fields.size(); ++field) {
    text += (field == 0 ? ": " : ", ") + field_text(law, state, kind, object, field);
  }
  return text;
}

std::string changed_fields(const Law& law, const State& before, const State& after, std::uint32_t kind, Word object) {
  std::string text;
  for (std::uint32_t field = 0; field < law.kinds[kind].fields.size(); ++field) {
    const Type& type = law.kinds[kind].fields[field].type;
    const Word* old_words = before.field(kind, object, field);
    const Word* new_words = after.field(kind, object, field);
    if (std::equal(old_words, old_words + words_of(type), new_words)) continue;
    text += (text.empty() ? ": " : ", ") + field_text(law, after, kind, object, field) + " (was " +
            to_string(law, type, old_words) + ")";
  }
  return text;
}

}  // namespace

std::vector<std::string> difference(const Law& law, const State& before, const State& after) {
  std::vector<std::string> lines;
  for (std::uint32_t kind = 0; kind < law.kinds.size(); ++kind) {
    const Type reference{TypeTag::reference, false, kind};
    const Word slots = std::max(before.slots(kind), after.slots(kind));
    for (Word object = 0; object < slots; ++object) {
      const bool was = before.lives(kind, object);
      const bool is = after.lives(kind, object);
      const std::string name = to_string(law, reference, &object);
      if (was && is) {
        const std::string changes = changed_fields(law, before, after, kind, object);
        if (!changes.empty()) lines.push_back("~ " + name + changes);
      } else if (was) {
        lines.push_back("- " + name);
      } else if (is) {
        lines.push_back("+ " + name + all_fields(law, after, kind, object));
      }
    }
  }
  return lines;
}

}  // namespace iolaw
