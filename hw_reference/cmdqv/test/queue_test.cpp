// SPDX-License-Identifier: Apache-2.0
// Laws 50, 51, 52 and 56: mapping, running, and what a queue leaves behind.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <map>
#include <set>

#include "hw_reference/cmdqv/test/host.hpp"
#include "hw_reference/smmu/dma.hpp"

namespace hw::cmdqv::testing {
namespace {

namespace command = smmu::command;

TEST(Registers, parameters_and_views) {
  Host h;
  EXPECT_EQ(h.cmdqv.read32(reg::kParam), 1u | 4u << 4 | 2u << 8 | 4u << 12);
  h.init_vintf(1, 7, false);
  h.init_queue(1, 0, h.make_ring(), false);
  h.cmdqv.write32(Host::slot(1, 0, reg::kProd), 3);
  EXPECT_EQ(h.cmdqv.read32(Host::direct(4, reg::kProd)), 3u) << "both views reach the same queue";
  EXPECT_EQ(h.cmdqv.read32(Host::slot(2, 0, reg::kProd)), 0u) << "nothing is mapped there";
  EXPECT_EQ(h.cmdqv.read32(Host::vintf_reg(1, reg::kVintfStatus)), 1u | 4u << 16);
  EXPECT_EQ(h.cmdqv.read64(Host::slot(1, 0, kPage + reg::kBase)) & 31, kRingBits);
  EXPECT_TRUE(h.cmdqv.misuses().empty()) << h.cmdqv.misuses().front().rule;
}

TEST(Mapping, law_50_51_any_writes_to_the_allocation_map) {
  EXPECT_TRUE(rc::check("slots fill from below, and belong to one queue each", [] {
    Host h;
    const Parameters& p = h.cmdqv.parameters();
    for (unsigned step = 0; step < 100; ++step) {
      const auto queue = *rc::gen::inRange(0u, p.queues());
      // Mostly the pair that drivers use, now and then any.
      const bool usual = *rc::gen::weightedElement<bool>({{3, true}, {1, false}});
      const auto vintf = usual ? queue / p.queues_per_vintf() : *rc::gen::inRange(0u, p.vintfs() + 1);
      const auto logical = usual ? queue % p.queues_per_vintf() : *rc::gen::inRange(0u, p.queues_per_vintf() + 1);
      const auto on = *rc::gen::inRange(0u, 3u) != 0;
      h.cmdqv.write32(reg::kAllocMap + 4 * queue, alloc::pair(vintf, logical) | (on ? 1 : 0));
      std::map<unsigned, std::set<unsigned>> slots;
      for (unsigned q = 0; q < p.queues(); ++q) {
        const std::uint32_t value = h.cmdqv.read32(reg::kAllocMap + 4 * q);
        if (value & alloc::kAllocated) RC_ASSERT(slots[value >> 15].insert(value >> 1 & 0x7f).second);
      }
      for (const auto& [v, taken] : slots) RC_ASSERT(*taken.rbegin() + 1 == taken.size());
    }
  }));
}

TEST(Running, law_52_a_queue_runs_only_while_all_of_it_is_enabled) {
  EXPECT_TRUE(rc::check("whatever is switched", [](std::uint64_t seed) {
    Host h(smmu::Policy::adversarial(seed));
    const PhysAddr ring = h.make_ring();
    h.init_vintf(1, 7, true);
    h.init_queue(1, 0, ring, false);
    std::uint32_t prod = 0;
    for (unsigned step = 0; step < 40; ++step) {
      switch (*rc::gen::inRange(0, 4)) {
        case 0:
          h.cmdqv.write32(reg::kConfig, *rc::gen::inRange(0u, 2u));
          break;
        case 1:
          h.cmdqv.write32(Host::vintf_reg(1, reg::kVintfConfig),
                          vintf_config::vmid(7) | vintf_config::kHypervisorOwned | *rc::gen::inRange(0u, 2u));
          break;
        case 2:
          h.cmdqv.write32(Host::direct(4, reg::kQueueConfig), *rc::gen::inRange(0u, 2u));
          break;
        default: {
          const bool on = (h.cmdqv.read32(reg::kStatus) & 1) &&
                          (h.cmdqv.read32(Host::vintf_reg(1, reg::kVintfStatus)) & 1) &&
                          (h.cmdqv.read32(Host::direct(4, reg::kQueueStatus)) & 1);
          const bool wanted = (h.cmdqv.read32(reg::kConfig) & 1) &&
                              (h.cmdqv.read32(Host::vintf_reg(1, reg::kVintfConfig)) & 1) &&
                              (h.cmdqv.read32(Host::direct(4, reg::kQueueConfig)) & 1);
          const auto before = h.cmdqv.executed_commands(4);
          const smmu::Command nop = command::sync();
          h.m.memory.write64(ring + 16ull * (prod % 16), nop.low);
          h.m.memory.write64(ring + 16ull * (prod % 16) + 8, nop.high);
          prod = (prod + 1) & 31;
          h.cmdqv.write32(Host::direct(4, reg::kProd), prod);
          h.cmdqv.settle();
          const auto after = h.cmdqv.executed_commands(4);
          if (wanted) RC_ASSERT(h.cmdqv.read32(Host::direct(4, reg::kCons)) == prod);
          if (!wanted && !on) RC_ASSERT(before == after);
          // Makes room again, so that the ring never overflows.
          if (!wanted && ((prod - h.cmdqv.read32(Host::direct(4, reg::kCons))) & 31) == 16) {
            h.cmdqv.write32(Host::direct(4, reg::kCons), prod);
          }
          break;
        }
      }
    }
  }));
}

TEST(Running, an_unmapped_queue_does_not_run) {
  Host h;
  const PhysAddr ring = h.make_ring();
  h.init_vintf(1, 7, true);
  h.cmdqv.write64(Host::direct(4, kPage + reg::kBase), ring | kRingBits);
  h.cmdqv.write32(Host::direct(4, reg::kQueueConfig), 1);
  EXPECT_EQ(h.cmdqv.read32(Host::direct(4, reg::kQueueStatus)), 0u);
  h.cmdqv.write32(h.alloc_reg(1, 0), alloc::pair(1, 0) | alloc::kAllocated);
  EXPECT_EQ(h.cmdqv.read32(Host::direct(4, reg::kQueueStatus)), 1u);
}

TEST(Running, a_copy_of_cons_goes_to_memory) {
  Host h;
  h.write_and_wait(reg::kConfig, reg::kStatus, 0);
  h.write_and_wait(reg::kConfig, reg::kStatus, config::kEnable | config::kConsCopyEnable);
  h.init_vintf(1, 7, true);
  const PhysAddr ring = h.make_ring(), copy = h.m.frames.allocate(64);
  h.init_queue(1, 0, ring, false);
  h.cmdqv.write64(Host::slot(1, 0, kPage + reg::kConsCopy), copy);
  QueueUser user(h, 1, 0, ring);
  user.enable(true);
  EXPECT_TRUE(user.run({command::sync()}));
  EXPECT_EQ(*h.m.memory.read64(copy), 2u);
  h.m.memory.poison(copy, copy + 7);
  user.send(command::sync());
  EXPECT_EQ(h.cmdqv.read32(Host::slot(1, 0, reg::kGerror)), gerror::kConsCopyAbort);
}

TEST(Errors, law_41_stop_and_restart) {
  Host h;
  const PhysAddr ring = h.make_ring();
  h.init_vintf(1, 7, false);
  h.init_queue(1, 0, ring);
  QueueUser guest(h, 1, 0, ring);
  guest.send({0xee, 0});
  guest.send(command::tlbi_nh_asid(0, 1));
  EXPECT_TRUE(guest.error_active());
  EXPECT_EQ(guest.error(), 1u);
  EXPECT_EQ(guest.cons(), 0u);
  EXPECT_EQ(h.cmdqv.read32(reg::kVintfErrorMap), 2u);
  EXPECT_EQ(h.cmdqv.read32(reg::kQueueErrorMap), 1u << 4);
  EXPECT_EQ(h.cmdqv.read64(Host::vintf_reg(1, reg::kLogicalErrorMap)), 1u);
  guest.replace_failed(command::sync());
  guest.acknowledge();
  EXPECT_TRUE(guest.idle());
  EXPECT_EQ(h.cmdqv.read32(reg::kVintfErrorMap), 0u);
}

TEST(Deinit, law_56_57_nothing_is_left) {
  EXPECT_TRUE(rc::check("after any use", [](std::uint64_t seed) {
    Host h(smmu::Policy::adversarial(seed));
    h.init_vintf(1, 7, false);
    std::vector<QueueUser> guests;
    for (unsigned l = 0; l < 3; ++l) {
      const PhysAddr ring = h.make_ring();
      h.init_queue(1, l, ring);
      guests.emplace_back(h, 1, l, ring);
    }
    for (unsigned i = 0; i < 5; ++i) h.add_device(1, i, 100 + i, 200 + i);
    for (unsigned i = 0; i < 12; ++i) {
      QueueUser& guest = guests[*rc::gen::inRange(0u, 3u)];
      guest.send(*rc::gen::element(command::tlbi_nh_asid(0, 3), command::atc_inv(100, 0, 52), command::sync(),
                                   smmu::Command{0x77, 0}));
    }
    h.deinit_vintf(1);
    for (unsigned q = 4; q < 8; ++q) {
      for (std::uint32_t offset : {reg::kProd, reg::kCons, reg::kQueueConfig, reg::kQueueStatus}) {
        RC_ASSERT(h.cmdqv.read32(Host::direct(q, offset)) == 0u);
      }
      RC_ASSERT(h.cmdqv.read32(Host::direct(q, reg::kGerror)) == h.cmdqv.read32(Host::direct(q, reg::kGerrorn)));
      RC_ASSERT(h.cmdqv.read64(Host::direct(q, kPage + reg::kBase)) == 0u);
      RC_ASSERT(h.cmdqv.read64(Host::direct(q, kPage + reg::kConsCopy)) == 0u);
      RC_ASSERT(!(h.cmdqv.read32(reg::kAllocMap + 4 * q) & alloc::kAllocated));
    }
    for (unsigned i = 0; i < kMaxSids; ++i) {
      RC_ASSERT(h.cmdqv.read32(Host::vintf_reg(1, reg::kSidMatch + 4 * i)) == 0u);
      RC_ASSERT(h.cmdqv.read32(Host::vintf_reg(1, reg::kSidReplace + 4 * i)) == 0u);
    }
  }));
}

// A guest's ATC_INV times out and its queue is taken away before any CMD_SYNC. Without the flush the next owner of the
// queue is told of it.
TEST(Deinit, law_56_a_pending_timeout_does_not_reach_the_next_owner) {
  for (bool flush : {true, false}) {
    Host h;
    smmu::DmaEngine device(h.m.smmu, 200, {}, true);
    device.ignore_invalidations(true);
    h.init_vintf(1, 7, false);
    const PhysAddr ring = h.make_ring();
    h.init_queue(1, 0, ring);
    h.add_device(1, 0, 100, 200);
    QueueUser(h, 1, 0, ring).send(command::atc_inv(100, 0, 52));
    h.deinit_queue(1, 0, flush);
    h.unmap_queue(1, 0);
    // The sequence of the next VM, without a CMD_SYNC of the SMMU's own queue.
    const PhysAddr next = h.make_ring();
    h.cmdqv.write32(h.alloc_reg(1, 0), alloc::pair(1, 0) | alloc::kAllocated);
    h.cmdqv.write64(Host::slot(1, 0, kPage + reg::kBase), next | kRingBits);
    QueueUser other(h, 1, 0, next);
    other.enable(true);
    EXPECT_EQ(other.sync(), flush);
    if (!flush) {
      EXPECT_EQ(other.error(), 3u);
    }
  }
}

}  // namespace
}  // namespace hw::cmdqv::testing
