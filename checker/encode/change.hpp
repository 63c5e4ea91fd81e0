// SPDX-License-Identifier: Apache-2.0
// The effects of one block, evaluated in the state before it; and what they make of an object.
#pragma once

#include <functional>
#include <vector>

#include "checker/encode/translate.hpp"

namespace iolaw {

struct Change {
  Effect::Tag tag = Effect::Tag::create;
  std::uint32_t kind = 0;
  Term object = nullptr;             // create, destroy, update
  std::function<Term(Term)> where;   // destroy_all, update_all
  std::uint32_t field = 0;           // update, update_all
  std::function<Value(Term)> value;  // update, update_all
  std::vector<Value> fields;         // create
};

class Changes {
 public:
  // `fresh` gives the object that the next `new` of a kind makes. Keeps references to all that it is given.
  Changes(Translator& translator, const std::vector<Effect>& effects, Frame& frame, const View& before,
          const std::function<Term(std::uint32_t)>& fresh);
  Changes(const Changes&) = delete;

  // The state after, from which it is read whether a shared parent was released.
  void set_after(const View& after) { after_ = &after; }

  const std::vector<Change>& list() const { return list_; }
  const View& before() const { return before_; }

  Term created(std::uint32_t kind, Term object) const;
  // By an effect, or with its parent; for shared kinds: released by its last holder.
  Term destroyed(std::uint32_t kind, Term object) const;
  // But for the release of shared objects.
  Term lives(std::uint32_t kind, Term object) const;
  Value field(std::uint32_t kind, std::uint32_t field, Term object) const;
  bool sets(std::uint32_t kind, std::uint32_t field) const;  // of objects that lived before

  // Whether every value that the effects keep fits where it is kept.
  Term fits() const;

 private:
  Translator& translator_;
  Terms& terms_;
  const View& before_;
  const View* after_ = nullptr;
  std::vector<Change> list_;
};

}  // namespace iolaw
