// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "checker/generate/slip_kinds.hpp"
#include "checker/generate/state_edit.hpp"
#include "model/law/units.hpp"

namespace iolaw {
namespace {

// Bits that are left of a number that was kept in too small a place.
constexpr int kSmallPlaces[] = {16, 32};

class ValueSlips {
 public:
  ValueSlips(const Model& model, const CallMade& made)
      : model_(model), law_(model.law()), made_(made), unit_(largest_unit(law_)) {}

  std::vector<Slip> run() {
    for (std::uint32_t kind = 0; kind < law_.kinds.size(); ++kind) {
      if (State::surely_same(made_.before, made_.after, kind)) continue;
      std::vector<Word> made;
      std::vector<Word> kept;
      for (Word object = 0; object < made_.after.slots(kind); ++object) {
        if (!made_.after.lives(kind, object)) continue;
        (made_.before.lives(kind, object) ? kept : made).push_back(object);
      }
      for (const Word object : kept) look_at_kept(kind, object);
      if (made.empty()) continue;
      look_at_made(kind, made.front(), "");
      if (made.size() > 1) look_at_made(kind, made.back(), "the last ");
    }
    return std::move(slips_);
  }

 private:
  void look_at_kept(std::uint32_t kind, Word object) {
    const std::vector<Field>& fields = law_.kinds[kind].fields;
    for (std::uint32_t field = 0; field < fields.size(); ++field) {
      const bool same = *made_.before.field(kind, object, field) == *made_.after.field(kind, object, field);
      if (!same && fields[field].type.is_integer()) cut(kind, object, field, "");
    }
  }

  void look_at_made(std::uint32_t kind, Word object, const std::string& which) {
    const Kind& of = law_.kinds[kind];
    for (std::uint32_t field = 0; field < of.fields.size(); ++field) {
      // Where it is in a map is what other slips are about.
      if (of.container != Container::none && (field == of.parent || field == of.key)) continue;
      const Type& type = of.fields[field].type;
      if (type.tag == TypeTag::reference && law_.kinds[type.id].shared) continue;
      if (type.is_integer() && !type.maybe) cut(kind, object, field, which);
      take_over(kind, object, field, which);
      if (type.maybe) continue;
      if (type.tag == TypeTag::boolean) set(kind, object, field, which, 1 ^ at(kind, object, field), "the contrary");
      if (type.tag == TypeTag::enumeration) {
        const Word next = (at(kind, object, field) + 1) % law_.enums[type.id].constants.size();
        set(kind, object, field, which, next, "another");
      }
      if (type.tag == TypeTag::flags) {
        const std::vector<std::string>& flags = law_.flag_sets[type.id].constants;
        for (std::size_t flag = 0; flag < flags.size(); ++flag) {
          const Word other = at(kind, object, field) ^ (Word{1} << flag);
          set(kind, object, field, which, other,
              ((other >> flag) & 1) != 0 ? "with " + flags[flag] : "without " + flags[flag]);
        }
      }
      if (type.tag == TypeTag::interval) lengthen(kind, object, field, which);
      if (type.is_integer()) repeat(kind, object, field);
    }
  }

  Word at(std::uint32_t kind, Word object, std::uint32_t field) const {
    return *made_.after.field(kind, object, field);
  }

  void cut(std::uint32_t kind, Word object, std::uint32_t field, const std::string& which) {
    const Word value = at(kind, object, field);
    for (const int bits : kSmallPlaces) {
      const Word left = value & ((Word{1} << bits) - 1);
      if (left != value)
        set(kind, object, field, which, left, fmt::format("cut to {} bits", bits)).tellers = Tellers::each;
    }
  }

  // The value that another object of the kind has: one that was made too, one that ended, or any.
  void take_over(std::uint32_t kind, Word object, std::uint32_t field, const std::string& which) {
    const std::uint32_t words = words_of(law_.kinds[kind].fields[field].type);
    const Word* own = made_.after.field(kind, object, field);
    const auto from = [&](const State& state, bool new_ones) {
      for (Word other = 0; other < state.slots(kind); ++other) {
        if (!state.lives(kind, other) || (&state == &made_.after && other == object)) continue;
        if (new_ones && made_.before.lives(kind, other)) continue;
        const Word* value = state.field(kind, other, field);
        const Type& type = law_.kinds[kind].fields[field].type;
        if (type.tag == TypeTag::reference && *value != kNone && !made_.after.lives(type.id, *value)) continue;
        if (std::equal(own, own + words, value)) continue;
        Slip& slip = add(kind, field, which, "another's");
        std::copy_n(value, words, slip.after.field(kind, object, field));
        return true;
      }
      return false;
    };
    if (!from(made_.after, true)) from(made_.before, false);
  }

  Slip& set(std::uint32_t kind, Word object, std::uint32_t field, const std::string& which, Word value,
            const std::string& what) {
    Slip& slip = add(kind, field, which, what);
    *slip.after.field(kind, object, field) = value;
    return slip;
  }

  void lengthen(std::uint32_t kind, Word object, std::uint32_t field, const std::string& which) {
    Word* range = add(kind, field, which, "longer").after.field(kind, object, field);
    range[1] = range[1] > ~unit_ ? ~Word{0} : range[1] + unit_;
    if (range[1] == made_.after.field(kind, object, field)[1] || !meets_invariants(model_, slips_.back().after)) {
      slips_.pop_back();
    }
  }

  void repeat(std::uint32_t kind, Word object, std::uint32_t field) {
    const Word value = at(kind, object, field);
    if (law_.kinds[kind].shared || value > ~unit_) return;
    Slip& slip = add(kind, field, "one more, ", "a unit further");
    const Word other = slip.after.slots(kind);
    slip.after.set_lives(kind, other, true);
    std::copy_n(made_.after.words(kind).data() + object * made_.after.stride(kind), made_.after.stride(kind),
                slip.after.words_at(kind, other));
    *slip.after.field(kind, other, field) = value + unit_;
    if (!meets_invariants(model_, slip.after)) slips_.pop_back();
  }

  Slip& add(std::uint32_t kind, std::uint32_t field, const std::string& which, const std::string& what) {
    const std::string id = branch_id(law_.rules[made_.call.rule], made_.branch);
    const Kind& of = law_.kinds[kind];
    slips_.push_back(
        {fmt::format("{}, but {}{}.{} is {}", id, which, of.name, of.fields[field].name, what), made_.after, {kind}});
    slips_.back().tellers = Tellers::some;
    return slips_.back();
  }

  const Model& model_;
  const Law& law_;
  const CallMade& made_;
  const Word unit_;
  std::vector<Slip> slips_;
};

}  // namespace

std::vector<Slip> value_slips(const Model& model, const CallMade& made) { return ValueSlips(model, made).run(); }

}  // namespace iolaw
