// SPDX-License-Identifier: Apache-2.0
#include "checker/generate/permitted.hpp"

#include <algorithm>
#include <random>

#include "model/law/units.hpp"
#include "model/trace/sequence.hpp"

namespace iolaw {
namespace {

constexpr int kPermittedChecks = 200;  // numbers of each sort that are compared with the ranges that were found

void sort_points(std::vector<Word>& words) {
  std::sort(words.begin(), words.end());
  words.erase(std::unique(words.begin(), words.end()), words.end());
}

std::vector<Word> alignments_of(const Law& law) {
  std::vector<Word> found = units_of(law);
  found.push_back(1);
  sort_points(found);
  return found;
}

bool is_in(const Permitted& permitted, Word word) {
  return word % permitted.unit == 0 &&
         std::any_of(permitted.ranges.begin(), permitted.ranges.end(),
                     [&](const auto& range) { return range.first <= word && word <= range.second; });
}

}  // namespace

std::vector<Word> turning_points(const Law& law, const State& state, const Call& call) {
  std::vector<Word> ends{0, ~Word{0}};
  for (const Constant& constant : law.constants) {
    if (constant.type.tag == TypeTag::pow2) ends.insert(ends.end(), {constant.value, ~constant.value});
    if (constant.type.tag == TypeTag::interval) ends.insert(ends.end(), {constant.value, constant.last});
  }
  for (std::uint32_t kind = 0; kind < law.kinds.size(); ++kind) {
    for (Word object = 0; object < state.slots(kind); ++object) {
      if (!state.lives(kind, object)) continue;
      for (std::uint32_t field = 0; field < law.kinds[kind].fields.size(); ++field) {
        const Type& type = law.kinds[kind].fields[field].type;
        if (type.maybe || (type.tag != TypeTag::interval && !type.is_integer())) continue;
        const Word* const value = state.field(kind, object, field);
        ends.push_back(value[0]);
        if (type.tag == TypeTag::interval) ends.push_back(value[1]);
      }
    }
  }
  std::vector<Word> shifts{0};
  for (std::size_t i = 0; i < call.arguments.size(); ++i) {
    if (law.rules[call.rule].parameters[i].type.is_integer()) shifts.push_back(call.arguments[i]);
  }
  sort_points(ends);
  sort_points(shifts);
  std::vector<Word> points;
  for (const Word end : ends) {
    for (const Word shift : shifts) {
      for (const Word at : {end - shift, end + shift}) points.insert(points.end(), {at - 1, at, at + 1, at + 2});
    }
  }
  sort_points(points);
  return points;
}

bool permits(const Model& model, const State& before, const Call& call, const Outcome& outcome, std::size_t result,
             Word word) {
  Outcome other = outcome;
  other.results[result] = word;
  const std::vector<Allowed> allowed = model.allowed(before, call, &other);
  return !allowed.empty() && allowed.front().outcome == other;
}

const std::vector<Choices::Choice>& Choices::of(const Model& model, const State& before, const Call& call,
                                                const Outcome& outcome) {
  if (found_) return *found_;
  found_.emplace();
  const Rule& rule = model.law().rules[call.rule];
  std::optional<std::vector<Word>> points;
  for (std::size_t i = 0; i < rule.results.size(); ++i) {
    if (!is_chosen_number(rule, i)) continue;
    if (!points) points = turning_points(model.law(), before, call);
    for (const Word word : *points) found_->push_back({i, word, permits(model, before, call, outcome, i, word)});
  }
  return *found_;
}

Permitted permitted_numbers(const Model& model, const State& before, const Call& call, const Outcome& outcome,
                            std::size_t result) {
  const auto is_permitted = [&](Word word) { return permits(model, before, call, outcome, result, word); };
  const std::vector<Word> points = turning_points(model.law(), before, call);
  Permitted permitted;
  // The smallest one is known to be permitted; so is what follows it by its unit, or nothing else is.
  const Word smallest = *outcome.results[result];
  for (const Word unit : alignments_of(model.law())) {
    if (smallest % unit == 0) permitted.unit = unit;
    if (smallest % unit == 0 && is_permitted(smallest + unit)) break;
  }
  const Word mask = permitted.unit - 1;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const Word last = i + 1 < points.size() ? points[i + 1] - 1 : ~Word{0};
    const Word first = points[i] + (-points[i] & mask);
    if (first < points[i] || first > last || !is_permitted(first)) continue;
    const Word end = last & ~mask;
    auto& ranges = permitted.ranges;
    if (!ranges.empty() && ranges.back().second + permitted.unit == first) {
      ranges.back().second = end;
    } else {
      ranges.emplace_back(first, end);
    }
  }
  std::mt19937_64 random(1);
  for (int i = 0; i < kPermittedChecks; ++i) {
    const Word near = points[random() % points.size()] + random() % 16 * permitted.unit;
    for (const Word word : {near, near & ~mask, random() >> random() % 64}) {
      if (is_permitted(word) != is_in(permitted, word)) return {};
    }
  }
  return permitted;
}

}  // namespace iolaw
