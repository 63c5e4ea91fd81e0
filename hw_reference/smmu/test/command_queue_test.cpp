// SPDX-License-Identifier: Apache-2.0
// Laws 37 to 44: consumption, order, errors.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "hw_reference/smmu/registers.hpp"
#include "hw_reference/smmu/test/machine.hpp"

namespace hw::smmu::testing {
namespace {

std::uint32_t error_of(Machine& m) { return m.smmu.read32(reg::kCmdqCons) >> 24; }
std::uint32_t cons_of(Machine& m) { return m.smmu.read32(reg::kCmdqCons) & 0xfffff; }

Command illegal() { return {0xee, 0}; }

// Commands that leave a mark: each SYNC writes its number to memory.
struct Marks {
  explicit Marks(Machine& machine) : m(machine), at(m.frames.allocate(4096)) {}
  Command next() {
    const PhysAddr where = at + 4 * (count % 1024);
    return command::sync_with_msi(where, static_cast<std::uint32_t>(++count));
  }
  std::uint32_t written(std::size_t i) const {
    std::uint32_t value = 0;
    m.memory.read(at + 4 * i, std::as_writable_bytes(std::span(&value, 1)));
    return value;
  }
  Machine& m;
  PhysAddr at;
  std::size_t count = 0;
};

TEST(CommandQueue, law_37_38_40_slots_and_order) {
  EXPECT_TRUE(
      rc::check("each command takes effect once, in order, from a slot between CONS and PROD", [](std::uint64_t seed) {
        Machine m({}, Policy::adversarial(seed));
        Marks marks(m);
        const PhysAddr ring = m.command_ring;
        const std::uint32_t entries = 1u << Machine::kCommandBits;
        std::uint32_t published = m.prod, seen_cons = cons_of(m);
        m.memory.on_read64 = [&](PhysAddr at) {
          if (at < ring || at >= ring + 16ull * entries) return;
          const auto slot = static_cast<std::uint32_t>((at - ring) / 16);
          // `seen_cons` is at most the real CONS, so this is the widest window that could be legal.
          const std::uint32_t distance = (slot - seen_cons) & (entries - 1);
          RC_ASSERT(distance < ((published - seen_cons) & (2 * entries - 1)));
        };
        for (unsigned i = 0; i < 200; ++i) {
          published = (m.prod + 1) & (2 * entries - 1);
          m.send(marks.next());
          seen_cons = cons_of(m);
          const std::uint32_t occupied = (m.prod - seen_cons) & (2 * entries - 1);
          RC_ASSERT(occupied <= entries);
          // SYNCs complete in order: what is written is a prefix, and reaches at least to CONS.
          std::size_t done = 0;
          while (done < marks.count && marks.written(done) == done + 1) ++done;
          for (std::size_t j = done; j < marks.count; ++j) RC_ASSERT(marks.written(j) == 0u);
          RC_ASSERT(done >= marks.count - occupied);
        }
        published = (m.prod + 1) & (2 * entries - 1);
        RC_ASSERT(m.sync());
        RC_ASSERT(marks.written(marks.count - 1) == marks.count);
        m.memory.on_read64 = nullptr;
        RC_ASSERT(m.smmu.misuses().empty());
      }));
}

TEST(CommandQueue, law_39_only_a_sync_proves_an_invalidation) {
  Policy late = Policy::keep_everything();
  late.delay = 250;
  bool consumed_without_effect = false;
  for (late.seed = 0; late.seed < 50; ++late.seed) {
    Machine m({}, late);
    TableBuilder tables = m.make_stage1();
    tables.map(0x1000, 0x9000, 3, kStage1);
    ASSERT_TRUE(m.translate(0x1000));
    tables.unmap(0x1000, 3);
    m.send(command::tlbi_nh_va(0, kAsid, 0x1000, true));
    while (cons_of(m) != m.prod) {
    }
    consumed_without_effect |= static_cast<bool>(m.translate(0x1000));
    ASSERT_TRUE(m.sync());
    EXPECT_FALSE(m.translate(0x1000));
  }
  EXPECT_TRUE(consumed_without_effect);
}

TEST(CommandQueue, law_41_an_error_stops_at_the_command_until_acknowledged) {
  EXPECT_TRUE(rc::check("error stop and restart", [](std::uint64_t seed) {
    Machine m({}, Policy::adversarial(seed));
    Marks marks(m);
    const auto before = *rc::gen::inRange(0, 5), after = *rc::gen::inRange(0, 5);
    for (int i = 0; i < before; ++i) m.send(marks.next());
    const std::uint32_t bad = m.prod;
    m.send(illegal());
    for (int i = 0; i < after; ++i) m.send(marks.next());
    for (unsigned poll = 0; poll < 500; ++poll) (void)m.gerror_active();
    RC_ASSERT(m.gerror_active() == gerror::kCommandQueue);
    RC_ASSERT(cons_of(m) == bad);
    RC_ASSERT(error_of(m) == 1u);
    for (int i = 0; i < before; ++i) RC_ASSERT(marks.written(i) == static_cast<std::uint32_t>(i + 1));
    for (int i = before; i < before + after; ++i) RC_ASSERT(marks.written(i) == 0u);
    m.replace_failed(command::sync());
    m.acknowledge_errors();  // no write of PROD follows
    m.smmu.settle();
    RC_ASSERT(cons_of(m) == m.prod);
    for (int i = 0; i < before + after; ++i) RC_ASSERT(marks.written(i) == static_cast<std::uint32_t>(i + 1));
    RC_ASSERT(m.gerror_active() == 0u);
  }));
}

TEST(CommandQueue, law_41_prod_may_go_back_while_the_error_is_active) {
  Machine m;
  const std::uint32_t start = m.prod;
  m.send(illegal());
  m.send(command::cfgi_all());
  m.prod = start;
  m.smmu.write32(reg::kCmdqProd, start);
  m.acknowledge_errors();
  EXPECT_TRUE(m.sync());
  EXPECT_TRUE(m.smmu.misuses().empty());
}

TEST(CommandQueue, law_42_an_error_that_is_active_is_not_raised_again) {
  Machine m;
  m.send(illegal());
  const std::uint32_t error = m.smmu.read32(reg::kGerror);
  const std::uint64_t interrupts = m.smmu.interrupts(Interrupt::gerror);
  EXPECT_EQ(interrupts, 1u);
  m.send(illegal());
  EXPECT_EQ(m.smmu.read32(reg::kGerror), error);
  EXPECT_EQ(m.smmu.interrupts(Interrupt::gerror), interrupts);
  m.acknowledge_errors();  // it tries the same command again
  EXPECT_EQ(m.smmu.read32(reg::kGerror), error ^ gerror::kCommandQueue);
  EXPECT_EQ(m.smmu.interrupts(Interrupt::gerror), interrupts + 1);
}

TEST(CommandQueue, law_43_an_illegal_command_changes_no_cache) {
  EXPECT_TRUE(rc::check("any command is either legal or without effect", [] {
    const auto low = *rc::gen::arbitrary<std::uint64_t>(), high = *rc::gen::arbitrary<std::uint64_t>();
    const auto opcode = *rc::gen::element<std::uint64_t>(0x00, 0x03, 0x05, 0x10, 0x12, 0x13, 0x18, 0x20, 0x22, 0x28,
                                                         0x2a, 0x30, 0x40, 0x41, 0x44, 0x45, 0x46, 0x47, 0xff);
    const Command command{(low & ~0xffull) | opcode, high};
    const Features features{.stage2 = *rc::gen::arbitrary<bool>(), .range_invalidation = *rc::gen::arbitrary<bool>()};
    Machine m(features);
    TableBuilder tables = m.make_stage1();
    tables.map(0x1000, 0x9000, 3, kStage1);
    RC_ASSERT(static_cast<bool>(m.translate(0x1000)));
    std::size_t before = 0, after = 0;
    const auto count = [](std::size_t& into) {
      return [&into](Tlb& tlb, ConfigCache& configuration) { into = tlb.size() + configuration.size(); };
    };
    m.smmu.inspect(count(before));
    const bool legal = check(command, features) == CommandError::none;
    m.send(command);
    m.smmu.inspect(count(after));
    RC_ASSERT((m.gerror_active() == 0u) == legal);
    if (!legal) RC_ASSERT(before == after);
    RC_CLASSIFY(legal);
  }));
}

TEST(CommandQueue, law_44_a_disabled_queue_keeps_still) {
  Machine m;
  Marks marks(m);
  m.send(marks.next());
  m.disable(cr0::kCommandQueueEnable);
  const std::uint32_t cons = cons_of(m);
  const std::uint64_t executed = m.smmu.executed_commands();
  m.send(marks.next());
  m.smmu.settle();
  EXPECT_EQ(cons_of(m), cons);
  EXPECT_EQ(m.smmu.executed_commands(), executed);
  m.enable(cr0::kCommandQueueEnable);
  EXPECT_EQ(cons_of(m), m.prod);
  EXPECT_EQ(marks.written(1), 2u);
}

TEST(CommandQueue, external_abort_of_a_fetch) {
  Machine m;
  m.memory.poison(m.command_ring, m.command_ring + 0xff);
  m.prod = (m.prod + 1) % 16;
  m.smmu.write32(reg::kCmdqProd, m.prod);
  EXPECT_EQ(error_of(m), 2u);
  m.memory.heal(m.command_ring);
  m.replace_failed(command::sync());
  m.acknowledge_errors();
  EXPECT_EQ(cons_of(m), m.prod);
}

TEST(CommandQueue, completion_signals) {
  Machine m;
  EXPECT_TRUE(m.run({command::sync(kSignalEvent), command::sync(kSignalInterrupt)}));
  EXPECT_EQ(m.smmu.interrupts(Interrupt::command_sync), 1u);
  m.memory.poison(0x5000, 0x5fff);
  EXPECT_TRUE(m.run({command::sync_with_msi(0x5000, 7)}));
  EXPECT_EQ(m.gerror_active(), gerror::kMsiCommandAbort);
  m.send(command::sync(3));
  EXPECT_TRUE(m.gerror_active() & gerror::kCommandQueue);
}

}  // namespace
}  // namespace hw::smmu::testing
