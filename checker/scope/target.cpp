// SPDX-License-Identifier: Apache-2.0
#include "checker/scope/target.hpp"

namespace iolaw::scope {
namespace {

bool reached(const Model& model, const Target& target, const State& before, const Call& call, const Allowed& outcome) {
  switch (target.tag) {
    case Target::Tag::misfit: return false;
    case Target::Tag::outcome: return call.rule == target.rule && outcome.branch == target.branch;
    case Target::Tag::cover: return model.holds(*target.property, outcome.next);
    case Target::Tag::violation: break;
  }
  const Property& property = *target.property;
  if (property.tag == Property::Tag::invariant) return !model.holds(property, outcome.next);
  if (!property.on.empty() && outcome.branch != kSuccess) return false;
  return !model.holds(property, before, &outcome.next, &call);
}

}  // namespace

std::optional<Evidence> confirm(const Model& model, const Target& target, const State& before, const Call& call,
                                const Outcome& observed) {
  Evidence evidence{before, call, {}, kSuccess, before, {}, {}};
  try {
    for (const Allowed& allowed : model.allowed(before, call, &observed)) {
      if (!reached(model, target, before, call, allowed)) continue;
      evidence.outcome = allowed.outcome;
      evidence.branch = allowed.branch;
      evidence.after = allowed.next;
      if (target.tag == Target::Tag::violation) {
        evidence.blame = model.blame(*target.property, before, &evidence.after, &call);
        if (target.property->tag == Property::Tag::invariant) {
          evidence.blame = model.blame(*target.property, evidence.after, nullptr, &call);
        }
      }
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
