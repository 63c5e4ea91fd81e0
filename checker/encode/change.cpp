// SPDX-License-Identifier: Apache-2.0
#include "checker/encode/change.hpp"

#include <algorithm>
#include <map>

namespace iolaw {

Changes::Changes(Translator& translator, const std::vector<Effect>& effects, Frame& frame, const View& before,
                 const std::function<Term(std::uint32_t)>& fresh)
    : translator_(translator), terms_(translator.terms()), before_(before) {
  const Law& law = translator.law();
  std::map<std::uint32_t, Term> news;
  for (const Effect& effect : effects) {
    if (effect.tag != Effect::Tag::create) continue;
    news[effect.slot] = fresh(effect.kind);
    frame.set(effect.slot, single(news[effect.slot]));
  }
  for (const Effect& effect : effects) {
    Change change{.tag = effect.tag, .kind = effect.kind, .where = {}, .value = {}, .fields = {}};
    if (effect.object) {
      change.object = translator.value(*effect.object, frame, before).parts[0];
      change.kind = effect.object->type.id;
    }
    if (effect.where) {
      change.where = [&translator, &frame, &before, &effect](Term object) {
        frame.set(effect.slot, single(object));
        return translator.formula(*effect.where, frame, before);
      };
    } else if (effect.tag == Effect::Tag::destroy_all || effect.tag == Effect::Tag::update_all) {
      change.where = [this](Term) { return terms_.truth(true); };
    }
    if (effect.tag == Effect::Tag::create) {
      const Kind& kind = law.kinds.at(effect.kind);
      change.object = news.at(effect.slot);
      for (const Field& field : kind.fields) change.fields.push_back(default_value(terms_, law, field.type));
      for (const FieldValue& given : effect.values) {
        change.fields.at(given.field) = coerce(terms_, given.value->type, kind.fields.at(given.field).type,
                                               translator.value(*given.value, frame, before));
      }
    } else if (!effect.values.empty()) {
      const FieldValue& given = effect.values[0];
      const Type type = law.kinds.at(change.kind).fields.at(given.field).type;
      change.field = given.field;
      const bool bulk = effect.tag == Effect::Tag::update_all;
      change.value = [&translator, &frame, &before, &effect, &given, type, bulk, this](Term object) {
        if (bulk) frame.set(effect.slot, single(object));
        return coerce(terms_, given.value->type, type, translator.value(*given.value, frame, before));
      };
    }
    list_.push_back(std::move(change));
  }
}

Term Changes::created(std::uint32_t kind, Term object) const {
  std::vector<Term> any;
  for (const Change& change : list_) {
    if (change.tag == Effect::Tag::create && change.kind == kind) any.push_back(terms_.equal(object, change.object));
  }
  return terms_.disjunction(std::move(any));
}

Term Changes::destroyed(std::uint32_t kind, Term object) const {
  const Kind& declaration = translator_.law().kinds.at(kind);
  if (declaration.shared && after_ != nullptr) {
    return terms_.both(before_.lives(kind, object), terms_.negate(after_->lives(kind, object)));
  }
  std::vector<Term> any;
  for (const Change& change : list_) {
    if (change.kind != kind) continue;
    if (change.tag == Effect::Tag::destroy) any.push_back(terms_.equal(object, change.object));
    if (change.tag == Effect::Tag::destroy_all) {
      any.push_back(terms_.both(before_.lives(kind, object), change.where(object)));
    }
  }
  if (declaration.parent) {
    const std::uint32_t parent = declaration.fields.at(*declaration.parent).type.id;
    if (parent == kind) throw Unsupported("objects that live in objects of their own kind");
    any.push_back(destroyed(parent, before_.field(kind, *declaration.parent, object).parts[0]));
  }
  return terms_.disjunction(std::move(any));
}

Term Changes::lives(std::uint32_t kind, Term object) const {
  Term result = before_.lives(kind, object);
  if (!translator_.law().kinds.at(kind).shared) {
    result = terms_.both(result, terms_.negate(destroyed(kind, object)));
  }
  return terms_.either(created(kind, object), result);
}

Value Changes::field(std::uint32_t kind, std::uint32_t field, Term object) const {
  Value result = before_.field(kind, field, object);
  for (const Change& change : list_) {
    if (change.kind != kind) continue;
    if (change.tag == Effect::Tag::create) {
      result = choose(terms_, terms_.equal(object, change.object), change.fields.at(field), result);
    } else if (change.tag == Effect::Tag::update && change.field == field) {
      result = choose(terms_, terms_.equal(object, change.object), change.value(object), result);
    } else if (change.tag == Effect::Tag::update_all && change.field == field) {
      const Term condition = terms_.both(before_.lives(kind, object), change.where(object));
      result = choose(terms_, condition, change.value(object), result);
    }
  }
  return result;
}

bool Changes::sets(std::uint32_t kind, std::uint32_t field) const {
  return std::any_of(list_.begin(), list_.end(), [&](const Change& change) {
    return change.kind == kind && change.field == field &&
           (change.tag == Effect::Tag::update || change.tag == Effect::Tag::update_all);
  });
}

Term Changes::fits() const {
  const Law& law = translator_.law();
  std::vector<Term> parts;
  for (const Change& change : list_) {
    const auto type_of = [&](std::size_t field) { return law.kinds.at(change.kind).fields.at(field).type; };
    if (change.tag == Effect::Tag::create) {
      for (std::size_t i = 0; i < change.fields.size(); ++i) {
        parts.push_back(iolaw::fits(terms_, law, type_of(i), change.fields[i]));
      }
    } else if (change.tag == Effect::Tag::update) {
      parts.push_back(iolaw::fits(terms_, law, type_of(change.field), change.value(change.object)));
    } else if (change.tag == Effect::Tag::update_all) {
      parts.push_back(before_.objects(true, change.kind, [&](Term object) {
        const Term applies = terms_.both(before_.lives(change.kind, object), change.where(object));
        return terms_.implies(applies, iolaw::fits(terms_, law, type_of(change.field), change.value(object)));
      }));
    }
  }
  return terms_.conjunction(std::move(parts));
}

}  // namespace iolaw
