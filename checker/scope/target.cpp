// SPDX-License-Identifier: Apache-2.0
#include "checker/scope/target.hpp"

namespace iolaw::scope {
namespace {

// Whether the target is reached. A property that has no value there, because it reads what does not live, does not
// hold.
bool reached(const Model& model, const Target& target, const State& before, const Call& call, const Allowed& outcome,
             std::vector<Reason>& blame) {
  switch (target.tag) {
    case Target::Tag::misfit:
      return false;
    case Target::Tag::outcome:
      return call.rule == target.rule && outcome.branch == target.branch;
    case Target::Tag::cover:
      return model.holds(*target.property, outcome.next);
    case Target::Tag::violation:
      break;
  }
  const Property& property = *target.property;
  const bool invariant = property.tag == Property::Tag::invariant;
  if (!property.on.empty() && outcome.branch != kSuccess) return false;
  try {
    if (invariant ? model.holds(property, outcome.next) : model.holds(property, before, &outcome.next, &call))
      return false;
    blame = invariant ? model.blame(property, outcome.next) : model.blame(property, before, &outcome.next, &call);
  } catch (const EvaluationError& error) {
    blame = {{property.name + " has no value: " + error.what(), error.span}};
  }
  return true;
}

}  // namespace

std::optional<Evidence> confirm(const Model& model, const Target& target, const State& before, const Call& call,
                                const Outcome& observed) {
  Evidence evidence{before, call, {}, kSuccess, before, {}, {}};
  try {
    for (const Allowed& allowed : model.allowed(before, call, &observed)) {
      if (!reached(model, target, before, call, allowed, evidence.blame)) continue;
      evidence.outcome = allowed.outcome;
      evidence.branch = allowed.branch;
      evidence.after = allowed.next;
      return evidence;
    }
  } catch (const EvaluationError& error) {
    if (target.tag != Target::Tag::misfit) return std::nullopt;
    evidence.error = error.what();
    return evidence;
  }
  return std::nullopt;
}

const Property* broken_invariant(const Model& model, const State& state) {
  for (const Property& property : model.law().properties) {
    if (property.tag != Property::Tag::invariant) continue;
    try {
      if (!model.holds(property, state)) return &property;
    } catch (const EvaluationError&) {
      return &property;
    }
  }
  return nullptr;
}

}  // namespace iolaw::scope
