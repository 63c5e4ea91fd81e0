// SPDX-License-Identifier: Apache-2.0
// The search held to trying every order: random histories, some with an answer that was changed.
#include <gtest/gtest.h>

#include <cerrno>
#include <map>
#include <random>

#include "checker/concurrent/test/fixture.hpp"

namespace iolaw::concurrent {
namespace {

constexpr int kHistories = 3'000;
constexpr std::uint64_t kMostCallsOfThread = 4;  // of each of two threads

// Plain calls of the model, objects by handle.
struct Table {
  State state;
  std::map<std::uint64_t, std::pair<std::uint32_t, Word>> objects;
};

// Makes the call; what it answers, if a new object gets this handle.
std::pair<int, std::vector<std::optional<std::uint64_t>>> make(const Model& model, Table& table,
                                                               const RecordedCall& call, std::uint64_t handle) {
  const Rule& rule = model.law().rules[call.rule];
  Call plain{call.rule, call.arguments};
  for (std::size_t i = 0; i < plain.arguments.size(); ++i) {
    const Type& type = rule.parameters[i].type;
    if (type.tag != TypeTag::reference) continue;
    const auto object = table.objects.find(plain.arguments[i]);
    const bool there = object != table.objects.end() && object->second.first == type.id &&
                       table.state.lives(type.id, object->second.second);
    plain.arguments[i] = there ? object->second.second : kNone;
  }
  Outcome outcome;
  if (!model.step(table.state, plain, outcome)) throw std::logic_error("the law is silent of " + rule.name);
  std::vector<std::optional<std::uint64_t>> results = outcome.results;
  for (std::size_t i = 0; i < results.size(); ++i) {
    const Type& type = rule.results[i].type;
    if (type.tag != TypeTag::reference) continue;
    const std::pair<std::uint32_t, Word> object(type.id, *outcome.results[i]);
    std::erase_if(table.objects, [&](const auto& known) { return known.second == object; });
    table.objects[handle] = object;
    results[i] = handle;
  }
  return {outcome.error, results};
}

// Whether some order of the calls that are left explains their answers.
bool some_order(const Model& model, const History& history, const Table& table, std::uint64_t left) {
  if (left == 0) return true;
  for (std::size_t i = 0; i < history.calls.size(); ++i) {
    if ((left >> i & 1) == 0) continue;
    bool first = true;
    for (std::size_t j = 0; j < history.calls.size() && first; ++j)
      first = (left >> j & 1) == 0 || history.calls[j].returned > history.calls[i].invoked;
    if (!first) continue;
    const RecordedCall& call = history.calls[i];
    const std::uint64_t handle = call.results.empty() ? 0 : call.results[0].value_or(0);
    Table next = table;
    if (make(model, next, call, handle) != std::pair(call.error, call.results)) continue;
    if (some_order(model, history, next, left & ~(std::uint64_t{1} << i))) return true;
  }
  return false;
}

class Random {
 public:
  explicit Random(std::uint64_t seed) : random_(seed) {}
  std::uint64_t below(std::uint64_t end) { return random_() % end; }

 private:
  std::mt19937_64 random_;
};

RecordedCall draw(Random& random, std::uint32_t thread) {
  const std::uint64_t ioas = 1 + random.below(2);
  const std::uint64_t iova = 0x1000 * (1 + random.below(2));
  switch (random.below(7)) {
    case 0:
      return Histories::call(thread, 0, 0, "ioas.alloc", {random.below(4) == 0}, 0);
    case 1:
      return Histories::call(thread, 0, 0, "ioas.destroy", {ioas}, 0);
    case 2:
      return Histories::call(thread, 0, 0, "ioas.reserve", {ioas, iova, 0x1000}, 0);
    case 3:
      return Histories::call(thread, 0, 0, "access.create", {ioas, 0}, 0);
    case 4:
      return Histories::call(thread, 0, 0, "option.set_large_pages", {ioas, random.below(2), 1, 0}, 0);
    default:
      return Histories::call(thread, 0, 0, "ioas.map", {ioas, 0x4000'0000, 0x1000, iova, 1 + random.below(2), 0}, 0);
  }
}

// Two threads, whose calls overlap at random and take effect somewhere in between.
History draw_history(const Model& model, Random& random) {
  History history;
  Table table{State(model.law()), {}};
  std::uint64_t clock = 0;
  std::uint64_t ids = 1;
  std::uint64_t accesses = 100;
  const auto take_effect = [&](RecordedCall& call) {
    const bool access = model.law().rules[call.rule].name == "access.create";
    std::tie(call.error, call.results) = make(model, table, call, access ? accesses : ids);
    if (call.error == 0 && !call.results.empty()) ++(access ? accesses : ids);
  };
  history.calls.push_back(Histories::call(0, 0, 0, "ioas.alloc", {0}, 0));
  history.calls[0].invoked = clock++;
  take_effect(history.calls[0]);
  history.calls[0].returned = clock++;
  enum class Stage { idle, begun, done };
  Stage stages[2] = {Stage::idle, Stage::idle};
  std::size_t current[2] = {0, 0};
  std::uint64_t left[2] = {1 + random.below(kMostCallsOfThread), 1 + random.below(kMostCallsOfThread)};
  while (left[0] > 0 || left[1] > 0) {
    const std::uint64_t thread = left[0] == 0 ? 1 : left[1] == 0 ? 0 : random.below(2);
    Stage& stage = stages[thread];
    if (stage == Stage::idle) {
      current[thread] = history.calls.size();
      history.calls.push_back(draw(random, static_cast<std::uint32_t>(thread + 1)));
      history.calls.back().invoked = clock++;
      stage = Stage::begun;
    } else if (stage == Stage::begun) {
      take_effect(history.calls[current[thread]]);
      stage = Stage::done;
    } else {
      history.calls[current[thread]].returned = clock++;
      stage = Stage::idle;
      --left[thread];
    }
  }
  return history;
}

TEST(Order, the_search_finds_an_order_exactly_if_there_is_one) {
  const Model model(law_here());
  Random random(1);
  int with = 0;
  int without = 0;
  for (int i = 0; i < kHistories; ++i) {
    History history = draw_history(model, random);
    const bool changed = random.below(2) == 0;
    if (changed) {
      RecordedCall& call = history.calls[random.below(history.calls.size())];
      const int other[] = {0, EINVAL, EEXIST, ENOENT, EADDRINUSE};
      call.error = other[random.below(5)];
      if (call.error != 0) call.results.clear();
      const std::size_t results = model.law().rules[call.rule].results.size();
      if (call.error == 0 && results > call.results.size()) call.results = {55};
    }
    const bool expected =
        some_order(model, history, Table{State(model.law()), {}}, (std::uint64_t{1} << history.calls.size()) - 1);
    ASSERT_TRUE(expected || changed);
    const Judgement judgement = judge(model, history);
    // What is explained by a refusal of its own kind has no order.
    if (judgement.leeways > 0) continue;
    ASSERT_EQ(judgement.verdict == Judgement::Verdict::linearizable, expected) << to_text(model, history, judgement);
    ++(expected ? with : without);
  }
  EXPECT_GT(with, kHistories / 2);
  EXPECT_GT(without, kHistories / 8);
}

}  // namespace
}  // namespace iolaw::concurrent
