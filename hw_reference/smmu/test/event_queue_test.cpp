// SPDX-License-Identifier: Apache-2.0
// Laws 45 to 47: the event queue.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "hw_reference/smmu/registers.hpp"
#include "hw_reference/smmu/test/machine.hpp"

namespace hw::smmu::testing {
namespace {

constexpr unsigned kEntries = 1u << Machine::kEventBits;

TEST(EventQueue, law_45_overflow) {
  Machine m({}, Policy::exact());
  for (StreamId stream = 0; stream < kEntries; ++stream) (void)m.translate(0, false, stream);
  EXPECT_EQ(m.smmu.read32(reg::kEvtqProd) >> 31, 0u) << "full is not overflow";
  (void)m.translate(0, false, 100);
  EXPECT_EQ(m.smmu.read32(reg::kEvtqProd) >> 31, 1u);
  (void)m.translate(0, false, 101);
  EXPECT_EQ(m.smmu.read32(reg::kEvtqProd) >> 31, 1u) << "not acknowledged yet";
  const auto events = m.events();  // acknowledges
  ASSERT_EQ(events.size(), kEntries);
  for (StreamId stream = 0; stream < kEntries; ++stream) EXPECT_EQ(events[stream].stream, stream);
  (void)m.translate(0, false, 102);
  EXPECT_EQ(m.events().at(0).stream, 102u);
  for (StreamId stream = 0; stream <= kEntries; ++stream) (void)m.translate(0, false, stream);
  EXPECT_EQ(m.smmu.read32(reg::kEvtqProd) >> 31, 0u) << "the second overflow toggles back";
  EXPECT_EQ(m.gerror_active(), 0u);
}

TEST(EventQueue, law_45_records_are_in_order_and_whole) {
  EXPECT_TRUE(
      rc::check("what is read is what happened, in order, minus what an overflow dropped", [](std::uint64_t seed) {
        Policy policy = Policy::adversarial(seed);
        policy.merge = 0;
        policy.speculate = 0;
        Machine m({}, policy);
        std::uint64_t next = 0, last = 0;
        bool overflowed = false, flag = false;
        for (unsigned round = 0; round < 20; ++round) {
          const auto burst = *rc::gen::inRange(0u, 2 * kEntries);
          for (unsigned i = 0; i < burst; ++i) {
            (void)m.smmu.translate({.stream = static_cast<StreamId>(++next % 1000)});
          }
          m.smmu.settle();
          const bool toggled = (m.smmu.read32(reg::kEvtqProd) >> 31) != flag;
          overflowed |= toggled;
          const auto events = m.events();
          RC_ASSERT(events.size() == std::min(burst, kEntries));
          RC_ASSERT(toggled == (burst > kEntries));
          flag = flag != toggled;
          for (const Event& event : events) {
            RC_ASSERT(event.code == EventCode::bad_ste);
            RC_ASSERT(event.stream == ++last % 1000);
          }
          last = next;
        }
        RC_CLASSIFY(overflowed, "overflowed");
      }));
}

TEST(EventQueue, an_external_abort_stops_it_until_acknowledged) {
  Machine m({}, Policy::exact());
  m.memory.poison(m.event_ring, m.event_ring + 0x1ff);
  (void)m.translate(0);
  EXPECT_EQ(m.gerror_active(), gerror::kEventQueueAbort);
  m.memory.heal(m.event_ring);
  (void)m.translate(0);
  EXPECT_TRUE(m.events().empty());
  m.acknowledge_errors();
  (void)m.translate(0);
  EXPECT_EQ(m.events().size(), 1u);
}

TEST(EventQueue, disabled_queue_discards) {
  Machine m({}, Policy::exact());
  m.disable(cr0::kEventQueueEnable);
  (void)m.translate(0);
  m.enable(cr0::kEventQueueEnable);
  EXPECT_TRUE(m.events().empty());
}

TEST(EventQueue, law_46_no_event_of_an_old_state_after_the_sync) {
  EXPECT_TRUE(
      rc::check("after CFGI_STE and CMD_SYNC a stream that is valid now reports nothing", [](std::uint64_t seed) {
        Machine m({}, Policy::adversarial(seed));
        for (unsigned i = 0; i < 10; ++i) {
          m.write_stream(kStream, {});
          RC_ASSERT(m.run({command::cfgi_ste(kStream, false)}));
          for (unsigned j = 0; j < 3; ++j) RC_ASSERT(!m.translate(0x1000));
          m.write_stream(kStream, Machine::bypass_stream());
          RC_ASSERT(m.run({command::cfgi_ste(kStream, false)}));
          const std::uint32_t before = m.smmu.read32(reg::kEvtqProd);
          for (unsigned j = 0; j < 5; ++j) RC_ASSERT(static_cast<bool>(m.translate(0x1000)));
          m.smmu.settle();
          RC_ASSERT(m.smmu.read32(reg::kEvtqProd) == before);
          (void)m.events();
        }
      }));
}

TEST(EventQueue, law_47_one_event_per_transaction) {
  EXPECT_TRUE(rc::check("a failed transaction has at most one event, a good one none", [](std::uint64_t seed) {
    Policy policy = Policy::adversarial(seed);
    policy.merge = 0;
    Machine m({}, policy);
    TableBuilder tables = m.make_stage1();
    tables.map(0x1000, 0x9000, 3, kStage1 | kReadOnly);
    tables.map(0x2000, 0x9000, 3, kUser);
    m.write_stream(9, Machine::abort_stream());
    for (unsigned i = 0; i < 60; ++i) {
      const auto stream = *rc::gen::element<StreamId>(8u, 8u, 9u, 10u, 5000u);
      const auto result =
          m.translate(*rc::gen::inRange<std::uint64_t>(0, 4) << 12, *rc::gen::arbitrary<bool>(), stream);
      const auto events = m.events();
      RC_ASSERT(events.size() == (result || stream == 9 ? 0u : 1u));
      if (!events.empty()) RC_ASSERT(events[0].code == result.fault().code);
    }
  }));
}

TEST(EventQueue, merging_is_permitted_by_mev_alone) {
  Policy policy = Policy::exact();
  policy.merge = 256;
  Machine m({}, policy);
  (void)m.make_stage1();
  for (std::uint64_t address : {0x1000, 0x1008}) (void)m.translate(address);
  EXPECT_EQ(m.events().size(), 2u);
  m.memory.write64(m.stream_slot(kStream) + 8, 1ull << 19);
  for (std::uint64_t address : {0x3000, 0x3008, 0x4000}) (void)m.translate(address);
  EXPECT_EQ(m.events().size(), 2u) << "one for each page";
}

TEST(EventQueue, encoding_round_trip) {
  EXPECT_TRUE(rc::check([](std::uint32_t stream, bool write, bool privileged, bool second) {
    Event event{.code = EventCode::permission,
                .stream = stream,
                .substream = 5,
                .access = {write, privileged, false},
                .stage2 = second,
                .at = second ? FaultClass::table : FaultClass::input,
                .input = 0x123456789,
                .fetch = second ? 0x5000u : 0u};
    RC_ASSERT(Event::decode(event.encode()) == event);
  }));
}

}  // namespace
}  // namespace hw::smmu::testing
