// SPDX-License-Identifier: Apache-2.0
// The same search made naively on the evaluator, states compared under all renamings: it must find as many states.
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <numeric>
#include <set>

#include "checker/explore/explore.hpp"
#include "model/law/parse.hpp"

namespace iolaw::explore {
namespace {

using Key = std::vector<Word>;

class Naive {
 public:
  Naive(const Law& law, const emit::Scope& scope) : law_(law), scope_(scope), model_(law) {}

  std::size_t states() {
    std::deque<State> queue{State(law_)};
    seen_.insert(least_key(queue.front()));
    while (!queue.empty()) {
      const State state = std::move(queue.front());
      queue.pop_front();
      for (std::uint32_t rule = 0; rule < law_.rules.size(); ++rule) {
        Call call{rule, {}};
        if (!law_.rules[rule].probe) make_calls(state, call, queue);
      }
    }
    return seen_.size();
  }

 private:
  void make_calls(const State& state, Call& call, std::deque<State>& queue) {
    const std::size_t parameter = call.arguments.size();
    if (parameter == law_.rules[call.rule].parameters.size()) {
      State next = state;
      Outcome outcome;
      if (!model_.step(next, call, outcome)) return;
      for (std::uint32_t kind = 0; kind < law_.kinds.size(); ++kind) {
        if (next.population(kind) > scope_.objects[kind]) return;
      }
      if (seen_.insert(least_key(next)).second) queue.push_back(std::move(next));
      return;
    }
    const Type& type = law_.rules[call.rule].parameters[parameter].type;
    std::vector<Word> values = scope_.arguments[call.rule][parameter];
    if (type.tag == TypeTag::reference) {
      for (Word object = 0; object < state.slots(type.id); ++object) {
        if (state.lives(type.id, object)) values.push_back(object);
      }
    }
    for (const Word value : values) {
      call.arguments.push_back(value);
      make_calls(state, call, queue);
      call.arguments.pop_back();
    }
  }

  // The least of the keys under all renamings of objects.
  Key least_key(const State& state) const {
    std::vector<std::vector<Word>> names;
    for (const std::uint32_t objects : scope_.objects) {
      names.emplace_back(objects);
      std::iota(names.back().begin(), names.back().end(), 0);
    }
    Key least = key_of(state, names);
    for (;;) {
      std::size_t kind = 0;
      while (kind < names.size() && !std::next_permutation(names[kind].begin(), names[kind].end())) ++kind;
      if (kind == names.size()) return least;
      least = std::min(least, key_of(state, names));
    }
  }

  Key key_of(const State& state, const std::vector<std::vector<Word>>& names) const {
    Key key;
    for (std::uint32_t kind = 0; kind < law_.kinds.size(); ++kind) {
      for (std::uint32_t name = 0; name < scope_.objects[kind]; ++name) {
        const auto object =
            static_cast<Word>(std::find(names[kind].begin(), names[kind].end(), name) - names[kind].begin());
        key.push_back(state.lives(kind, object) ? 1 : 0);
        if (!state.lives(kind, object)) continue;
        for (std::uint32_t field = 0; field < law_.kinds[kind].fields.size(); ++field) {
          const Type& type = law_.kinds[kind].fields[field].type;
          const Word* words = state.field(kind, object, field);
          const bool renamed = type.tag == TypeTag::reference && words[0] != kNone;
          key.push_back(renamed ? names[type.id][words[0]] : words[0]);
          if (words_of(type) == 2) key.push_back(words[1]);
        }
      }
    }
    return key;
  }

  const Law& law_;
  const emit::Scope& scope_;
  Model model_;
  std::set<Key> seen_;
};

struct Case {
  const char* name;
  const char* law;
  const char* scope;
};

void PrintTo(const Case& one, std::ostream* out) { *out << one.name; }

class SameAsNaive : public testing::TestWithParam<Case> {};

TEST_P(SameAsNaive, FindsAsManyStates) {
  const Parsed parsed = parse_law(std::string(IOLAW_SOURCE) + "/" + GetParam().law);
  ASSERT_TRUE(parsed.law);
  emit::Scope scope = emit::parse_scope(*parsed.law, GetParam().scope);
  scope.canonical = true;
  const Explored explored = explore(*parsed.law, scope, {});
  EXPECT_EQ(explored.found.end, End::exhausted);
  EXPECT_GT(explored.found.states, 100U);
  EXPECT_EQ(explored.found.states, Naive(*parsed.law, scope).states());
}

INSTANTIATE_TEST_SUITE_P(Laws, SameAsNaive,
                         testing::Values(Case{"Core", "tools/bench/core.law",
                                              "Ioas=2,Area=2,Access=1,Pages=2,address=0..2"}),
                         [](const testing::TestParamInfo<Case>& one) { return one.param.name; });

}  // namespace
}  // namespace iolaw::explore
