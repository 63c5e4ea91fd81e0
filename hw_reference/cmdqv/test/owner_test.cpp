// SPDX-License-Identifier: Apache-2.0
// Laws 53, 54, 55, 58 and 60 on the device: what a guest's queue can do to others.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <set>

#include "hw_reference/cmdqv/test/host.hpp"
#include "hw_reference/smmu/registers.hpp"

namespace hw::cmdqv::testing {
namespace {

namespace command = smmu::command;
using smmu::testing::TableBuilder;

constexpr std::uint16_t kGuestVmid = 7, kOtherVmid = 8;

// An endpoint that notes what reaches it.
struct Witness final : smmu::AtcEndpoint {
  bool invalidate(std::optional<smmu::SubstreamId>, bool, std::uint64_t, std::uint64_t) override {
    ++count;
    return true;
  }
  unsigned count = 0;
};

// A guest with one queue, a stream of its own and a stream of another VM, both with one page in the TLB.
struct Guest {
  explicit Guest(const smmu::Policy& policy = {})
      : h(policy), own(stream(10, kGuestVmid)), other(stream(11, kOtherVmid)) {
    h.init_vintf(0, 0, true);
    h.init_vintf(1, kGuestVmid, false);
    h.init_queue(1, 0, ring);
    own.map(0x1000, 0x9000, 3, smmu::testing::kStage1);
    other.map(0x1000, 0xa000, 3, smmu::testing::kStage1);
  }
  TableBuilder stream(smmu::StreamId id, std::uint16_t vmid) {
    TableBuilder tables = h.m.stage1_tables({});
    const PhysAddr contexts = h.m.frames.allocate(64);
    h.m.write_words(contexts, smmu::testing::Machine::context(tables, {}));
    h.m.write_stream(id, smmu::testing::Machine::stage1_stream(contexts, 0, 0, 0, vmid));
    EXPECT_TRUE(h.m.run({command::cfgi_ste(id, false)}));
    return tables;
  }
  std::size_t entries(std::uint16_t vmid) {
    std::size_t count = 0;
    h.m.smmu.inspect([&](smmu::Tlb& tlb, smmu::ConfigCache&) {
      tlb.visit([&](smmu::EntryKind, const smmu::TlbEntry& entry) { count += entry.vmid == vmid; });
    });
    return count;
  }
  std::size_t configuration() {
    std::size_t count = 0;
    h.m.smmu.inspect([&](smmu::Tlb&, smmu::ConfigCache& cache) { count = cache.size(); });
    return count;
  }

  Host h;
  PhysAddr ring = h.make_ring();
  TableBuilder own, other;
  QueueUser queue{h, 1, 0, ring};
};

TEST(Guest, law_55_a_tlbi_is_for_the_vmid_of_the_vintf) {
  Guest g;
  for (const smmu::Command& c : {command::tlbi_nh_asid(kOtherVmid, smmu::testing::kAsid),
                                 command::tlbi_nh_va(kOtherVmid, smmu::testing::kAsid, 0x1000, false)}) {
    ASSERT_TRUE(g.h.m.translate(0x1000, false, 10));
    ASSERT_TRUE(g.h.m.translate(0x1000, false, 11));
    const std::size_t others = g.entries(kOtherVmid);
    ASSERT_GT(g.entries(kGuestVmid), 0u);
    ASSERT_TRUE(g.queue.run({c}));
    EXPECT_EQ(g.entries(kOtherVmid), others);
    EXPECT_EQ(g.entries(kGuestVmid), 0u);
  }
}

TEST(Guest, law_53_other_opcodes_raise_the_error_and_change_nothing) {
  EXPECT_TRUE(rc::check("any command", [] {
    Guest g;
    RC_ASSERT(static_cast<bool>(g.h.m.translate(0x1000, false, 10)));
    RC_ASSERT(static_cast<bool>(g.h.m.translate(0x1000, false, 11)));
    const auto low = *rc::gen::arbitrary<std::uint64_t>();
    const auto opcode = *rc::gen::element<std::uint64_t>(0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x10, 0x13, 0x28, 0x2a,
                                                         0x30, 0x41, 0x44, 0x46, 0xff);
    const smmu::Command c{(low & ~0xffull) | opcode, *rc::gen::arbitrary<std::uint64_t>()};
    RC_PRE(!guest_may_issue(c));
    const std::size_t before[] = {g.entries(kGuestVmid), g.entries(kOtherVmid), g.configuration()};
    g.queue.send(c);
    RC_ASSERT(g.queue.error_active());
    RC_ASSERT(g.queue.error() == 1u);
    RC_ASSERT(g.queue.cons() == 0u);
    RC_ASSERT(g.entries(kGuestVmid) == before[0]);
    RC_ASSERT(g.entries(kOtherVmid) == before[1]);
    RC_ASSERT(g.configuration() == before[2]);
  }));
}

TEST(Guest, law_54_only_the_paired_device_is_reached) {
  EXPECT_TRUE(rc::check("ATC_INV of any StreamID", [] {
    Guest g;
    std::vector<Witness> witnesses(64);
    for (unsigned sid = 0; sid < witnesses.size(); ++sid) g.h.m.smmu.attach_endpoint(100 + sid, &witnesses[sid]);
    std::map<std::uint32_t, std::uint32_t> pairs;
    for (unsigned i = 0; i < 4; ++i) {
      const auto virtual_sid = *rc::gen::inRange(100u, 164u), physical_sid = *rc::gen::inRange(100u, 164u);
      if (pairs.count(virtual_sid)) continue;
      pairs[virtual_sid] = physical_sid;
      g.h.add_device(1, i, virtual_sid, physical_sid);
    }
    const auto asked = *rc::gen::inRange(100u, 164u);
    const bool passed = g.queue.run({command::atc_inv(asked, 0, 52)});
    RC_ASSERT(passed == (pairs.count(asked) == 1));
    if (!passed) RC_ASSERT(g.queue.error() == 4u);
    for (unsigned sid = 0; sid < witnesses.size(); ++sid) {
      RC_ASSERT(witnesses[sid].count == (passed && pairs[asked] == 100 + sid ? 1u : 0u));
    }
    for (unsigned sid = 0; sid < witnesses.size(); ++sid) g.h.m.smmu.attach_endpoint(100 + sid, nullptr);
    RC_CLASSIFY(passed);
  }));
}

TEST(Guest, law_58_a_match_never_yields_a_stale_replacement) {
  EXPECT_TRUE(rc::check("after each register write of coming and going devices", [] {
    Host h;
    h.init_vintf(1, kGuestVmid, false);
    // Slots are used again and again; each virtual StreamID v stands for 1000 + v.
    std::array<std::optional<std::uint32_t>, kMaxSids> used;
    const auto consistent = [&] {
      for (unsigned i = 0; i < kMaxSids; ++i) {
        const std::uint32_t match = h.cmdqv.read32(Host::vintf_reg(1, reg::kSidMatch + 4 * i));
        const std::uint32_t replace = h.cmdqv.read32(Host::vintf_reg(1, reg::kSidReplace + 4 * i));
        if ((match & 1) && replace != 1000 + (match >> 1)) return false;
      }
      return true;
    };
    for (unsigned step = 0; step < 60; ++step) {
      const auto i = *rc::gen::inRange(0u, kMaxSids), v = *rc::gen::inRange(0u, 64u);
      if (used[i]) {
        h.cmdqv.write32(Host::vintf_reg(1, reg::kSidMatch + 4 * i), 0);
        RC_ASSERT(consistent());
        h.cmdqv.write32(Host::vintf_reg(1, reg::kSidReplace + 4 * i), 0);
        used[i].reset();
      } else {
        h.cmdqv.write32(Host::vintf_reg(1, reg::kSidReplace + 4 * i), 1000 + v);
        RC_ASSERT(consistent());
        h.cmdqv.write32(Host::vintf_reg(1, reg::kSidMatch + 4 * i), sid_match::virtual_sid(v) | sid_match::kEnable);
        used[i] = v;
      }
      RC_ASSERT(consistent());
    }
  }));
}

TEST(Guest, law_60_an_error_blocks_nobody_else_and_interrupts_once) {
  EXPECT_TRUE(rc::check("whatever else happens", [](std::uint64_t seed) {
    Guest g(smmu::Policy::adversarial(seed));
    const PhysAddr kernel_ring = g.h.make_ring(), sibling_ring = g.h.make_ring();
    g.h.init_queue(0, 0, kernel_ring);
    g.h.init_queue(1, 1, sibling_ring);
    QueueUser kernel(g.h, 0, 0, kernel_ring), sibling(g.h, 1, 1, sibling_ring);
    const std::uint64_t before = g.h.cmdqv.interrupts();
    g.queue.send({0xee, 0});
    g.h.cmdqv.settle();
    RC_ASSERT(g.queue.error_active());
    RC_ASSERT(g.h.cmdqv.interrupts() == before + 1);
    for (int i = 0; i < 5; ++i) {
      RC_ASSERT(g.h.m.run({command::cfgi_all()}));
      RC_ASSERT(kernel.run({command::tlbi_nsnh_all()}));
      RC_ASSERT(sibling.run({command::tlbi_nh_asid(0, 1)}));
      g.queue.send({0xee, 0});  // nobody looks at it while the first error is active
    }
    RC_ASSERT(g.h.m.gerror_active() == 0u);
    RC_ASSERT(g.h.cmdqv.interrupts() == before + 1);
    g.queue.acknowledge();
    g.h.cmdqv.settle();
    RC_ASSERT(g.h.cmdqv.interrupts() == before + 2);
  }));
}

TEST(Guest, a_masked_vintf_does_not_interrupt) {
  Guest g;
  g.h.cmdqv.write32(reg::kVintfInterruptMask, 2);
  g.queue.send({0xee, 0});
  EXPECT_TRUE(g.queue.error_active());
  EXPECT_EQ(g.h.cmdqv.interrupts(), 0u);
  EXPECT_EQ(g.h.cmdqv.read32(reg::kVintfErrorMap), 2u);
}

}  // namespace
}  // namespace hw::cmdqv::testing
