// SPDX-License-Identifier: Apache-2.0
// Laws without a mistake, and what becomes of their declarations.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>

#include "model/law/parse.hpp"

namespace iolaw {
namespace {

Law law_at(const std::string& path) {
  Parsed parsed = parse_law(path);
  for (const Diagnostic& diagnostic : parsed.diagnostics) ADD_FAILURE() << render(diagnostic, parsed.files, false);
  return parsed.law.value_or(Law{});
}

const Kind& kind(const Law& law, std::string_view name) {
  return *std::find_if(law.kinds.begin(), law.kinds.end(), [&](const Kind& k) { return k.name == name; });
}

class Queues : public testing::Test {
 protected:
  void SetUp() override { ASSERT_FALSE(law.kinds.empty()); }

  const Law law = law_at(IOLAW_TEST_DIR "/good/queues.law");
};

TEST_F(Queues, ModulesAreReadOnce) {
  EXPECT_EQ(law.modules, 2U);
  EXPECT_EQ(law.files.size(), 2U);
}

TEST_F(Queues, ConstantsAreComputed) {
  const auto value = [&](std::string_view name) {
    const auto found =
        std::find_if(law.constants.begin(), law.constants.end(), [&](const Constant& c) { return c.name == name; });
    return std::pair(found->value, found->last);
  };
  EXPECT_EQ(value("ALL").first, 7U);
  EXPECT_EQ(value("WINDOW"), (std::pair<Word, Word>(0x7fff0000, 0x7fff0000 + 1999)));
  EXPECT_EQ(value("END").first, 0x7fff0000U + 1999U);
  EXPECT_EQ(value("TOP").first, ~Word{0});
}

TEST_F(Queues, ASlotMapHasAParentAndAKey) {
  const Kind& queue = kind(law, "Queue");
  EXPECT_EQ(queue.container, Container::slot_map);
  ASSERT_TRUE(queue.parent && queue.key);
  EXPECT_EQ(queue.fields[*queue.parent].role, FieldRole::parent);
  EXPECT_EQ(queue.fields[*queue.parent].doc, "Where it is.");
  EXPECT_EQ(queue.fields[*queue.key].name, "index");
  EXPECT_EQ(queue.fields[*queue.key].type.tag, TypeTag::nat);
  EXPECT_EQ(queue.doc, "A queue of commands.");
  EXPECT_TRUE(law.find_property("Vintf.slot.owns"));
  EXPECT_TRUE(law.find_property("Vintf.slot.covers"));
}

TEST_F(Queues, AMaybeReferenceMayBeNone) {
  const Property* lives = law.find_property("Device.domain.lives");
  ASSERT_TRUE(lives && lives->generated);
  EXPECT_EQ(lives->formula->children[0]->op, Op::implication);
}

TEST_F(Queues, AChoiceIsAResult) {
  const Rule* rule = law.find_rule("queue.create");
  ASSERT_TRUE(rule);
  const auto choose = std::find_if(rule->items.begin(), rule->items.end(),
                                   [](const Item& item) { return item.tag == Item::Tag::choose; });
  ASSERT_NE(choose, rule->items.end());
  EXPECT_EQ(rule->results[1].value->op, Op::variable);
  EXPECT_EQ(rule->results[1].value->index, choose->slot);
  EXPECT_EQ(rule->results[0].value->index, rule->effects[0].slot);
  EXPECT_EQ(rule->branches[1].doc, "Not aligned.");
  ASSERT_EQ(rule->citations.size(), 2U);
  EXPECT_EQ(rule->citations[0].anchor, "6.3.1");
  EXPECT_EQ(rule->citations[1].anchor, "");
}

TEST_F(Queues, ALoopTalliesAndFails) {
  const Rule* rule = law.find_rule("vintf.halt");
  ASSERT_TRUE(rule);
  ASSERT_EQ(rule->eaches.size(), 1U);
  const Each& each = rule->eaches[0];
  EXPECT_EQ(each.tallies.size(), 2U);
  EXPECT_EQ(each.items.size(), 2U);
  EXPECT_EQ(rule->branches[1].each, 0U);
  EXPECT_FALSE(rule->branches[2].each);
  EXPECT_EQ(rule->effects[0].tag, Effect::Tag::update_all);
  EXPECT_EQ(branch_id(*rule, 1), "vintf.halt.base");
}

TEST_F(Queues, StepsKnowTheirRules) {
  EXPECT_EQ(law.find_property("queue.kept")->on.size(), 2U);
  EXPECT_EQ(law.find_property("queue.halted")->on.size(), 1U);
  EXPECT_EQ(law.find_property("queue.halted")->slot_names[0], "vintf");
}

TEST_F(Queues, FailuresMayLeaveAChoice) {
  EXPECT_EQ(law.find_rule("domain.create")->branches[0].errors, (std::vector<int>{22, 95}));
}

TEST(Provable, WhatProofsCarryIsALaw) {
  EXPECT_EQ(law_at(IOLAW_TEST_DIR "/good/provable.law").properties.front().name, "queue.dense");
}

TEST(Spec, IsALaw) {
  const Law law = law_at(IOLAW_SPEC);
  EXPECT_GE(law.rules.size(), 15U);
  for (const char* name :
       {"Area.ioas.lives", "Area.span.ordered", "Ioas.at.owns", "Ioas.at.covers", "Pages.users.lives"}) {
    ASSERT_TRUE(law.find_property(name)) << name;
    EXPECT_TRUE(law.find_property(name)->generated);
  }
}

TEST(Spec, IsReadQuickly) {
  double best = 1e9;
  for (int round = 0; round < 5; ++round) {
    const auto begin = std::chrono::steady_clock::now();
    const Parsed parsed = parse_law(IOLAW_SPEC);
    const std::chrono::duration<double, std::milli> spent = std::chrono::steady_clock::now() - begin;
    best = std::min(best, spent.count());
    EXPECT_TRUE(parsed.law);
  }
  RecordProperty("milliseconds", std::to_string(best));
  EXPECT_LT(best, 500.0);  // 2 ms on a quiet machine; this bound is for sanitizers under load
}

}  // namespace
}  // namespace iolaw
