// SPDX-License-Identifier: Apache-2.0
#include "checker/differ/probe_sampler.hpp"

#include "model/law/units.hpp"

namespace iolaw {
namespace {

constexpr int kSources = 6;                 // that are compared
constexpr std::size_t kTimesANumber = 4;    // how much more often a probe with a number is asked
constexpr std::uint32_t kForget = 100'000;  // then what was seen long ago counts less

}  // namespace

ProbeSampler::ProbeSampler(const Law& law) : law_(law), units_{1} {
  for (std::uint32_t rule = 0; rule < law.rules.size(); ++rule) {
    if (!law.rules[rule].probe) continue;
    // Numbers to ask about: the more there are, the more there is to ask.
    std::size_t times = 1;
    for (const Parameter& parameter : law.rules[rule].parameters) {
      times += parameter.type.tag == TypeTag::u64 ? kTimesANumber : 0;
    }
    probes_.insert(probes_.end(), times, rule);
  }
  for (std::uint32_t kind = 0; kind < law.kinds.size(); ++kind) {
    for (std::uint32_t field = 0; field < law.kinds[kind].fields.size(); ++field) {
      const Type& type = law.kinds[kind].fields[field].type;
      const bool interval = type.tag == TypeTag::interval;
      if (interval || (type.tag == TypeTag::u64 && !type.maybe)) sources_.push_back({kind, field, interval});
    }
  }
  for (const Constant& constant : law.constants) {
    if (constant.type.tag == TypeTag::interval) constants_.push_back({constant.value, constant.last});
  }
  for (const Word unit : units_of(law)) units_.push_back(unit);
  luck_.assign(probes_.size(), std::vector<Luck>(sources_.size() + 1));
}

Word any_living(const State& state, std::uint32_t kind, QuickRandom& random) {
  const std::uint32_t population = state.population(kind);
  if (population == 0) return kNone;
  std::uint64_t which = random() % population;
  for (Word object = 0; object < state.slots(kind); ++object) {
    if (state.lives(kind, object) && which-- == 0) return object;
  }
  return kNone;
}

void ProbeSampler::learn(bool told) {
  if (last_ == nullptr) return;
  if (last_->asked >= kForget) *last_ = {last_->asked / 2, last_->told / 2};
  ++last_->asked;
  last_->told += told ? 1 : 0;
}

Word ProbeSampler::number(const State& state, std::uint32_t probe, QuickRandom& random) {
  std::vector<Luck>& luck = luck_[probe];
  Range range{0, ~Word{0}};
  last_ = nullptr;
  // Of several sources the luckiest; many kinds have no objects. What is gone from the state has often been inside one
  // of the law's own ranges.
  float best = 0;
  std::size_t chosen = sources_.size();
  Word chosen_object = kNone;
  if (!constants_.empty()) best = luck[chosen].rate() * static_cast<float>(1 + random.below(4));
  for (int tries = 0; tries < kSources && !sources_.empty(); ++tries) {
    const std::size_t which = random.below(sources_.size());
    if (state.population(sources_[which].kind) == 0) continue;
    const float rate = luck[which].rate() * static_cast<float>(1 + random.below(4));
    if (rate <= best) continue;
    best = rate;
    chosen = which;
  }
  if (chosen < sources_.size()) chosen_object = any_living(state, sources_[chosen].kind, random);
  if (chosen_object != kNone) {
    const Source& source = sources_[chosen];
    const Word* words = state.field(source.kind, chosen_object, source.field);
    range = {words[0], source.interval ? words[1] : words[0]};
    last_ = &luck[chosen];
  } else if (!constants_.empty()) {
    last_ = &luck[sources_.size()];
    range = constants_[random.below(constants_.size())];
    const Word unit = units_[random.below(units_.size())];
    const Word units = (range.last - range.first) / unit;
    if (random() % 4 != 0) return range.first + unit * (units == ~Word{0} ? random() : random() % (units + 1));
  }
  const Word unit = units_[random.below(units_.size())];
  switch (random() % 6) {
    case 0:
      return range.last;
    case 1:
      return range.last + 1;
    case 2:
      return range.first - 1;
    case 3:
      return range.first + unit * (random() % 8);
    case 4:
      return range.last - range.first == ~Word{0} ? random() : range.first + random() % (range.last - range.first + 1);
    default:
      return range.first;
  }
}

std::optional<Call> ProbeSampler::call(const State& state, QuickRandom& random) {
  last_ = nullptr;
  if (probes_.empty()) return std::nullopt;
  const std::uint32_t probe = random.below(probes_.size());
  Call call{probes_[probe], {}};
  for (const Parameter& parameter : law_.rules[call.rule].parameters) {
    Word word = 0;
    switch (parameter.type.tag) {
      case TypeTag::reference:
        word = any_living(state, parameter.type.id, random);
        if (word == kNone) return std::nullopt;
        break;
      case TypeTag::boolean:
        word = random() & 1;
        break;
      case TypeTag::enumeration:
        word = random() % law_.enums[parameter.type.id].constants.size();
        break;
      case TypeTag::flags:
        word = random() & ((Word{1} << law_.flag_sets[parameter.type.id].constants.size()) - 1);
        break;
      case TypeTag::pow2:
        word = units_[random.below(units_.size())];
        break;
      case TypeTag::nat:
        word = random() % 5;
        break;
      default:
        word = number(state, probe, random);
        break;
    }
    call.arguments.push_back(word);
  }
  return call;
}

}  // namespace iolaw
