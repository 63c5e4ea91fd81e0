// SPDX-License-Identifier: Apache-2.0
// The explicit search: what it leaves out makes no difference, and what it finds is shortest.
#include <gtest/gtest.h>

#include <set>

#include "checker/prove/goal_rules.hpp"
#include "checker/search/arguments.hpp"
#include "checker/search/explicit_search.hpp"
#include "checker/search/goal.hpp"
#include "checker/search/state_store.hpp"
#include "model/law/parse.hpp"

namespace iolaw {
namespace {

using scope::SearchResult;
using scope::Target;

Law law_at(const std::string& path) {
  Parsed parsed = parse_law(std::string(IOLAW_SOURCE_DIR) + "/" + path);
  if (!parsed.law) throw std::runtime_error("cannot read " + path);
  return std::move(*parsed.law);
}

std::vector<Target> all_outcomes(const Law& law) {
  std::vector<Target> targets;
  for (std::uint32_t r = 0; r < law.rules.size(); ++r) {
    const auto size = static_cast<std::uint32_t>(law.rules[r].branches.size());
    for (std::uint32_t b = 0; b <= size; ++b) {
      targets.push_back({.tag = Target::Tag::outcome, .rule = r, .branch = b == size ? kSuccess : b});
    }
  }
  return targets;
}

// States of a random run, some steps apart.
std::vector<State> some_states(const Model& model, std::uint64_t seed, int number, int apart) {
  const Sampler sampler(model.law());
  std::mt19937_64 random(seed);
  State state(model.law());
  std::vector<State> states{state};
  for (int i = 0; i < number; ++i) {
    for (int step = 0; step < apart; ++step) {
      Outcome outcome;
      model.step(state, sampler.call(state, random), outcome);
    }
    states.push_back(state);
  }
  return states;
}

TEST(ExplicitSearch, IsAsShortAsTheSolver) {
  const Law law = law_at("checker/test/vintf.law");
  const Model model(law);
  for (const Target& target : all_outcomes(law)) {
    const std::string id = branch_id(law.rules[target.rule], target.branch);
    const SearchResult exact = scope::search(model, {target}, {.depth = 4, .shrink_time = {}, .progress = {}});
    const SearchResult found = search::explicit_search(model, {target}, {.depth = 4, .progress = {}});
    ASSERT_EQ(found.tag == SearchResult::Tag::found, exact.tag == SearchResult::Tag::found) << id;
    if (found.tag != SearchResult::Tag::found) continue;
    EXPECT_EQ(found.depth, exact.depth) << id;
    EXPECT_EQ(found.trace.steps.size(), found.depth) << id;
  }
}

TEST(ExplicitSearch, TheDistanceIsNoLongerThanTheWay) {
  const Law law = law_at("checker/test/vintf.law");
  const Model model(law);
  const search::Influence influence(law);
  std::vector<std::uint32_t> rules;
  for (std::uint32_t r = 0; r < law.rules.size(); ++r) rules.push_back(r);
  std::uint32_t exact = 0;
  for (const Target& target : all_outcomes(law)) {
    const SearchResult found = scope::search(model, {target}, {.depth = 4, .shrink_time = {}, .progress = {}});
    if (found.tag != SearchResult::Tag::found) continue;
    std::vector<search::Counts> needs;
    for (const search::Goal& goal : search::goals_of(law, influence, {target}, nullptr)) needs.push_back(goal.needs);
    search::Distance distance(law, rules, needs, 8);
    const std::uint32_t bound = distance.from(State(law)).shortest;
    EXPECT_LE(bound, found.depth) << branch_id(law.rules[target.rule], target.branch);
    exact += bound == found.depth ? 1 : 0;
  }
  EXPECT_GT(exact, 8U) << "a bound that is never met prunes little";
}

TEST(ExplicitSearch, CallsThatAreLeftOutEndLikeOthers) {
  Law law = law_at("spec/iommufd.law");
  name_silence(law);
  const Model model(law);
  search::StateKeys keys(law);
  search::Arguments arguments(law);
  std::size_t made = 0;
  std::size_t all = 0;
  using Ask = search::Arguments::Ask;
  for (const State& state : some_states(model, 3, 3, 12)) {
    for (std::uint32_t rule = 0; rule < law.rules.size(); ++rule) {
      if (law.rules[rule].probe || law.rules[rule].parameters.size() > 6) continue;
      // What calls do: the branch if that is asked, the state that follows if it is another.
      const auto seen = [&](Ask ask, bool every, std::size_t& calls) {
        std::set<std::pair<std::uint32_t, search::StateKey>> ends;
        arguments.for_each(state, rule, search::Width::narrow, ask, [&](const Call& call) {
          ++calls;
          State after = state;
          Outcome outcome;
          const auto branch = model.step(after, call, outcome);
          if (branch && ask == Ask::ends) ends.insert({*branch, keys.of(after)});
          if (branch && ask == Ask::changes && !(after == state)) ends.insert({0, keys.of(after)});
          // Nothing is learned from a call that did nothing.
          return every || !branch ? search::kNothing : *branch;
        });
        return ends;
      };
      for (const Ask ask : {Ask::changes, Ask::ends}) {
        EXPECT_EQ(seen(ask, false, made), seen(ask, true, all)) << law.rules[rule].name;
      }
    }
  }
  EXPECT_LT(4 * made, all);
}

TEST(ExplicitSearch, NamesOfObjectsDoNotMatter) {
  const Law law = law_at("checker/test/vintf.law");
  search::StateKeys keys(law);
  const auto kind = [&](const std::string& name) {
    for (std::uint32_t k = 0; k < law.kinds.size(); ++k) {
      if (law.kinds[k].name == name) return k;
    }
    throw std::runtime_error("no kind " + name);
  };
  // A queue in one of two interfaces, of which one runs.
  const auto state = [&](Word running, Word vintf, Word queue) {
    State made(law);
    for (Word object = 0; object < 2; ++object) {
      made.set_lives(kind("Vintf"), object, true);
      *made.field(kind("Vintf"), object, 0) = object == running ? 1 : 0;
    }
    made.set_lives(kind("Queue"), queue, true);
    for (std::uint32_t field = 0; field < law.kinds[kind("Queue")].fields.size(); ++field) {
      const bool parent = law.kinds[kind("Queue")].fields[field].type.tag == TypeTag::reference;
      *made.field(kind("Queue"), queue, field) = parent ? vintf : 0;
    }
    return made;
  };
  EXPECT_EQ(keys.of(state(0, 0, 0)), keys.of(state(1, 1, 3)));
  EXPECT_NE(keys.of(state(0, 0, 0)), keys.of(state(0, 1, 0)));
  search::StateStore store(law);
  const std::size_t first = store.add(state(0, 0, 0));
  const std::size_t second = store.add(state(1, 1, 3));
  State again = state(0, 1, 2);
  store.get(second, again);
  EXPECT_EQ(again, state(1, 1, 3));
  store.get(first, again);
  EXPECT_EQ(again, state(0, 0, 0));
}

TEST(ExplicitSearch, TwoRunsSayTheSame) {
  const Law law = law_at("spec/iommufd.law");
  const Model model(law);
  const Property* cover = law.find_property("ioas.shared");
  ASSERT_NE(cover, nullptr);
  const Target target{.tag = Target::Tag::cover, .property = cover};
  const SearchResult one = search::explicit_search(model, {target}, {.progress = {}});
  const SearchResult two = search::explicit_search(model, {target}, {.progress = {}});
  ASSERT_EQ(one.tag, SearchResult::Tag::found) << one.note;
  EXPECT_EQ(one.depth, 3U);  // allocate, map, copy
  EXPECT_EQ(to_json(law, one.trace), to_json(law, two.trace));
  EXPECT_EQ(one.searched, two.searched);
}

TEST(ExplicitSearch, SaysWhenTheWorkWasNotEnough) {
  const Law law = law_at("spec/iommufd.law");
  const Model model(law);
  const Target target{.tag = Target::Tag::violation, .property = law.find_property("pin.mapped")};
  const SearchResult found = search::explicit_search(model, {target}, {.calls = 20'000, .progress = {}});
  EXPECT_EQ(found.tag, SearchResult::Tag::unknown);
  EXPECT_LT(found.depth, 8U);
  EXPECT_FALSE(found.searched.empty());
}

}  // namespace
}  // namespace iolaw
