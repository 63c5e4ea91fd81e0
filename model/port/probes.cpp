// SPDX-License-Identifier: Apache-2.0
// What to ask the probes: every object that lives, and addresses where an answer is likely to change.
#include <algorithm>

#include "model/eval/few_values.hpp"
#include "model/port/session.hpp"

namespace iolaw {
namespace {

constexpr std::size_t kMostAddresses = 96;  // of one parameter
constexpr std::size_t kMostCalls = 4096;    // of one probe

void add_near(std::vector<Word>& addresses, Word first, Word last) {
  addresses.push_back(first);
  if (first != 0) addresses.push_back(first - 1);
  addresses.push_back(last);
  if (last != ~Word{0}) addresses.push_back(last + 1);
  addresses.push_back(first + (last - first) / 2);
}

std::vector<Word> interesting_addresses(const Law& law, const State& state) {
  std::vector<Word> addresses{0, ~Word{0}};
  for (const Constant& constant : law.constants) {
    if (constant.type.tag == TypeTag::interval) add_near(addresses, constant.value, constant.last);
  }
  for (std::uint32_t kind = 0; kind < law.kinds.size(); ++kind) {
    for (Word object = 0; object < state.slots(kind); ++object) {
      if (!state.lives(kind, object)) continue;
      for (std::uint32_t field = 0; field < law.kinds[kind].fields.size(); ++field) {
        const Type& type = law.kinds[kind].fields[field].type;
        const Word* words = state.field(kind, object, field);
        if (type.tag == TypeTag::interval) add_near(addresses, words[0], words[1]);
        if (type.tag == TypeTag::u64 && !type.maybe) add_near(addresses, words[0], words[0]);
      }
    }
  }
  std::sort(addresses.begin(), addresses.end());
  addresses.erase(std::unique(addresses.begin(), addresses.end()), addresses.end());
  // Too many: evenly spaced ones of them.
  if (addresses.size() > kMostAddresses) {
    std::vector<Word> some;
    for (std::size_t which = 0; which < kMostAddresses; ++which) {
      some.push_back(addresses[which * addresses.size() / kMostAddresses]);
    }
    return some;
  }
  return addresses;
}

std::vector<Word> values(const Law& law, const State& state, const Type& type, const std::vector<Word>& addresses) {
  if (auto few = few_values(law, state, type)) return std::move(*few);
  switch (type.tag) {
    case TypeTag::pow2:
      return {1, 2048, 4096, Word{1} << 63};
    case TypeTag::nat:
      return {0, 1, 2, 3};
    case TypeTag::u64:
      return addresses;
    default:
      return {};
  }
}

}  // namespace

std::vector<Call> probe_calls(const Law& law, const State& state) {
  const std::vector<Word> addresses = interesting_addresses(law, state);
  std::vector<Call> calls;
  for (std::uint32_t rule = 0; rule < law.rules.size(); ++rule) {
    if (!law.rules[rule].probe) continue;
    std::vector<Call> some{Call{rule, {}}};
    for (const Parameter& parameter : law.rules[rule].parameters) {
      std::vector<Call> longer;
      const std::vector<Word> choices = values(law, state, parameter.type, addresses);
      for (const Call& call : some) {
        for (const Word value : choices) {
          if (longer.size() == kMostCalls) break;
          longer.push_back(call);
          longer.back().arguments.push_back(value);
        }
      }
      some = std::move(longer);
    }
    calls.insert(calls.end(), some.begin(), some.end());
  }
  return calls;
}

}  // namespace iolaw
