// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "checker/generate/slip_kinds.hpp"
#include "checker/generate/state_edit.hpp"

namespace iolaw {
namespace {

class RefusedSlips {
 public:
  RefusedSlips(const Law& law, const CallMade& made, const State& eager) : law_(law), made_(made), eager_(eager) {}

  std::vector<Slip> run() {
    std::vector<std::uint32_t> kinds;
    for (std::uint32_t kind = 0; kind < law_.kinds.size(); ++kind) {
      if (eager_.words(kind) != made_.after.words(kind)) kinds.push_back(kind);
    }
    for (const std::uint32_t kind : kinds) {
      if (kinds.size() > 1) add_kind(kind);
      add_first(kind);
      for (Word object = 0; object < made_.after.slots(kind); ++object) {
        if (made_.after.lives(kind, object) && eager_.lives(kind, object)) add_forgotten(kind, object);
      }
    }
    return std::move(slips_);
  }

 private:
  void add_kind(std::uint32_t kind) {
    Slip& slip = add("did what it refused of " + law_.kinds[kind].name + " alone", kind);
    copy_kind(eager_, slip.after, kind);
    if (has_dangling(law_, slip.after)) slips_.pop_back();
  }

  // Of several that would have ended or been made, one.
  void add_first(std::uint32_t kind) {
    if (law_.kinds[kind].shared) return;
    std::vector<Word> ended;
    std::vector<Word> made;
    for (Word object = 0; object < std::max(eager_.slots(kind), made_.after.slots(kind)); ++object) {
      if (made_.after.lives(kind, object) && !eager_.lives(kind, object)) ended.push_back(object);
      if (!made_.after.lives(kind, object) && eager_.lives(kind, object)) made.push_back(object);
    }
    if (ended.size() > 1 && !is_referred_to(law_, made_.after, kind, ended.front())) {
      remove_object(law_, add("ended a " + law_.kinds[kind].name + " all the same", kind).after, kind, ended.front());
    }
    if (made.size() > 1) {
      State& after = add("made a " + law_.kinds[kind].name + " all the same", kind).after;
      restore_object(law_, eager_, after, kind, made.front());
      if (has_dangling(law_, after)) slips_.pop_back();
    }
  }

  void add_forgotten(std::uint32_t kind, Word object) {
    const std::vector<Field>& fields = law_.kinds[kind].fields;
    for (std::uint32_t field = 0; field < fields.size(); ++field) {
      const Type& type = fields[field].type;
      if (type.tag == TypeTag::reference ? !type.maybe : !type.is_integer() && type.tag != TypeTag::flags) continue;
      const Word nothing = type.tag == TypeTag::reference ? kNone : 0;
      const Word* had = made_.after.field(kind, object, field);
      const Word* wanted = eager_.field(kind, object, field);
      if (*had == nothing || *wanted == nothing || *had == *wanted) continue;
      Slip& slip = add(fmt::format("forgot {}.{}", law_.kinds[kind].name, fields[field].name), kind);
      std::fill_n(slip.after.field(kind, object, field), words_of(type), 0);
      *slip.after.field(kind, object, field) = nothing;
    }
  }

  Slip& add(const std::string& what, std::uint32_t kind) {
    const std::string id = branch_id(law_.rules[made_.call.rule], made_.branch);
    slips_.push_back({fmt::format("{}, but it {}", id, what), made_.after, {kind}});
    slips_.back().tellers = Tellers::some;
    return slips_.back();
  }

  const Law& law_;
  const CallMade& made_;
  const State& eager_;
  std::vector<Slip> slips_;
};

}  // namespace

std::vector<Slip> refused_slips(const Law& law, const CallMade& made, const State& eager) {
  return RefusedSlips(law, made, eager).run();
}

}  // namespace iolaw
