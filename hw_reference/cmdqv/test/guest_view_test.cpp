// SPDX-License-Identifier: Apache-2.0
// Laws 59 and 67: the guest's view against the hardware behind it.
#include "hw_reference/cmdqv/guest_view.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cerrno>
#include <memory>
#include <set>

#include "hw_reference/cmdqv/test/host.hpp"

namespace hw::cmdqv::testing {
namespace {

namespace command = smmu::command;

constexpr unsigned kVintf = 1;

// The host's side: guest memory lies at the same physical address plus an offset.
class Backend final : public GuestBackend {
 public:
  explicit Backend(Host& host, std::uint64_t offset = 0) : host_(host), offset_(offset) {}
  int take_queue(unsigned logical, std::uint64_t base, unsigned log2_entries) override {
    if (refuse) return EFAULT;
    if (logical > 0 && !taken.count(logical - 1)) return EIO;
    if (!taken.insert(logical).second) return EEXIST;
    host_.init_queue(kVintf, logical, base + offset_, false);
    host_.cmdqv.write64(Host::slot(kVintf, logical, kPage + reg::kBase), (base + offset_) | log2_entries);
    return 0;
  }
  int return_queue(unsigned logical) override {
    if (taken.count(logical + 1)) return EBUSY;
    host_.deinit_queue(kVintf, logical);
    host_.unmap_queue(kVintf, logical);
    taken.erase(logical);
    return 0;
  }
  std::set<unsigned> taken;
  bool refuse = false;

 private:
  Host& host_;
  std::uint64_t offset_;
};

struct Vm {
  explicit Vm(const smmu::Policy& policy = {}) : h(policy), backend(h) {
    h.init_vintf(kVintf, 7, false);
    view = std::make_unique<GuestView>(backend, h.cmdqv.page0(kVintf), h.cmdqv.parameters());
  }
  std::uint32_t direct(unsigned q, std::uint32_t offset) { return view->read32(Host::direct(q, offset)); }
  Host h;
  Backend backend;
  std::unique_ptr<GuestView> view;
};

TEST(GuestView, looks_like_one_vintf_of_a_guest) {
  Vm vm;
  EXPECT_EQ(vm.view->read32(reg::kParam), 1u | 2u << 4 | 4u << 12);
  vm.view->write32(reg::kConfig, 1);
  EXPECT_EQ(vm.view->read32(reg::kStatus), 1u);
  vm.view->write32(Host::vintf_reg(0, reg::kVintfConfig), 1 | vintf_config::kHypervisorOwned);
  EXPECT_EQ(vm.view->read32(Host::vintf_reg(0, reg::kVintfConfig)), 1u) << "HYP_OWN is wired to 0";
  EXPECT_FALSE(vm.view->traps(reg::kVintfPages));
  EXPECT_TRUE(vm.view->traps(reg::kVintfPages + kPage)) << "BASE is never direct";
  EXPECT_TRUE(vm.view->traps(reg::kDirectPage0));
  vm.view->write32(Host::vintf_reg(0, reg::kVintfConfig), 0);
  EXPECT_TRUE(vm.view->traps(reg::kVintfPages));
}

TEST(GuestView, a_guest_driver_brings_up_a_queue) {
  Vm vm;
  const PhysAddr ring = vm.h.make_ring();
  GuestView& view = *vm.view;
  view.write32(reg::kConfig, 1);
  view.write32(Host::vintf_reg(0, reg::kVintfConfig), 1);
  view.write32(reg::kAllocMap, alloc::pair(0, 0) | alloc::kAllocated);
  view.write32(reg::kVintfPages + reg::kQueueConfig, 0);
  view.write64(reg::kVintfPages + kPage + reg::kBase, ring | kRingBits);
  EXPECT_EQ(vm.backend.taken.size(), 1u);
  view.write32(reg::kVintfPages + reg::kQueueConfig, 1);
  EXPECT_EQ(view.read32(reg::kVintfPages + reg::kQueueStatus), 1u);
  vm.h.m.memory.write64(ring, command::sync().low);
  view.write32(reg::kVintfPages + reg::kProd, 1);
  EXPECT_EQ(view.read32(reg::kVintfPages + reg::kCons), 1u);
  view.write32(Host::vintf_reg(0, reg::kVintfConfig), 0);
  EXPECT_TRUE(vm.backend.taken.empty());
}

TEST(GuestView, a_refused_ring_is_an_init_error_until_acknowledged) {
  Vm vm;
  GuestView& view = *vm.view;
  view.write32(reg::kConfig, 1);
  view.write32(Host::vintf_reg(0, reg::kVintfConfig), 1);
  view.write32(reg::kAllocMap, alloc::pair(0, 0) | alloc::kAllocated);
  vm.backend.refuse = true;
  view.write32(Host::direct(0, reg::kQueueConfig), 1);
  view.write64(reg::kDirectPage1 + reg::kBase, vm.h.make_ring() | kRingBits);
  EXPECT_EQ(vm.direct(0, reg::kGerror), gerror::kInit);
  EXPECT_EQ(vm.direct(0, reg::kQueueStatus), 0u);
  vm.backend.refuse = false;
  view.write32(Host::direct(0, reg::kGerrorn), gerror::kInit);
  EXPECT_EQ(vm.direct(0, reg::kQueueStatus), 1u);
}

TEST(GuestView, errors_are_told_through_the_maps) {
  Vm vm;
  EXPECT_TRUE(vm.view->report_errors({5, 0}));
  EXPECT_EQ(vm.view->read32(reg::kVintfErrorMap), 1u);
  EXPECT_EQ(vm.view->read32(Host::vintf_reg(0, reg::kLogicalErrorMap)), 5u);
  EXPECT_EQ(vm.view->read32(reg::kQueueErrorMap), 5u);
  vm.view->write32(reg::kVintfInterruptMask, 1);
  EXPECT_FALSE(vm.view->report_errors({0, 0}));
}

// Everything that the host owns: all registers but those of page 0 of the guest's own mapped queues.
std::vector<std::uint32_t> host_state(Host& h) {
  std::vector<std::uint32_t> state;
  const auto add = [&](std::uint32_t offset) { state.push_back(h.cmdqv.read32(offset)); };
  for (std::uint32_t offset = 0; offset < 0x40; offset += 4) {
    // The error maps tell of what guests do in their own page 0.
    if (offset < reg::kVintfErrorMap || offset >= 0x34) add(offset);
  }
  for (unsigned v = 0; v < 4; ++v) {
    for (std::uint32_t offset = 0; offset < reg::kLogicalErrorMap; offset += 4) add(Host::vintf_reg(v, offset));
  }
  for (unsigned q = 0; q < 16; ++q) {
    add(reg::kAllocMap + 4 * q);
    for (std::uint32_t offset : {0u, 4u, 8u, 12u}) add(Host::direct(q, kPage + offset));
    if (q / 4 == kVintf) continue;
    for (std::uint32_t offset = 0; offset < 0x18; offset += 4) add(Host::direct(q, offset));
  }
  return state;
}

TEST(GuestView, law_59_accesses_outside_page_0_change_no_host_register) {
  EXPECT_TRUE(rc::check("any access, while no queue can be taken", [] {
    Vm vm;
    vm.backend.refuse = true;
    vm.h.add_device(kVintf, 2, 5, 50);
    const auto before = host_state(vm.h);
    for (unsigned step = 0; step < 60; ++step) {
      const auto page = *rc::gen::inRange(0u, 5u);
      const auto within = *rc::gen::oneOf(rc::gen::inRange(0u, kPage / 4), rc::gen::inRange(0u, 0x50u),
                                          rc::gen::inRange(0x400u, 0x440u)) *
                          4;
      const auto value = *rc::gen::arbitrary<std::uint64_t>();
      const std::uint32_t offset = page * kPage + within;
      if (*rc::gen::arbitrary<bool>()) {
        vm.view->write32(offset, static_cast<std::uint32_t>(value));
      } else if (offset % 8 == 0) {
        vm.view->write64(offset, value);
      }
      (void)vm.view->read32(offset);
      RC_ASSERT(host_state(vm.h) == before);
    }
  }));
}

// The host gives out queues in ascending order, so one above a queue without BASE waits, where hardware would run it.
TEST(GuestView, a_queue_waits_for_those_below) {
  Vm vm;
  GuestView& view = *vm.view;
  view.write32(reg::kConfig, 1);
  view.write32(Host::vintf_reg(0, reg::kVintfConfig), 1);
  for (unsigned q : {0u, 1u}) view.write32(reg::kAllocMap + 4 * q, alloc::pair(0, q) | alloc::kAllocated);
  view.write64(Host::direct(1, kPage + reg::kBase), vm.h.make_ring() | kRingBits);
  view.write32(Host::direct(1, reg::kQueueConfig), 1);
  EXPECT_EQ(vm.direct(1, reg::kQueueStatus), 0u);
  view.write64(Host::direct(0, kPage + reg::kBase), vm.h.make_ring() | kRingBits);
  EXPECT_EQ(vm.direct(1, reg::kQueueStatus), 1u);
}

// The same writes to a guest's view and to bare hardware whose VINTF 0 is guest-owned. Rings are given in ascending
// order.
TEST(GuestView, law_67_shadow_and_replay_equal_direct_access_in_any_order) {
  EXPECT_TRUE(rc::check("registers and executed commands agree after each write", [] {
    Vm vm;
    Host bare;
    bare.write_and_wait(reg::kConfig, reg::kStatus, 0);
    const std::uint32_t kept = vintf_config::vmid(7);
    std::array<PhysAddr, 4> rings{};
    for (PhysAddr& ring : rings) {
      // Both machines hand out the same addresses from here on.
      const PhysAddr a = vm.h.make_ring(), b = bare.make_ring();
      ring = std::max(a, b);
      for (unsigned i = 0; i < 16; ++i) {
        vm.h.m.memory.write64(ring + 16 * i, command::sync().low);
        bare.m.memory.write64(ring + 16 * i, command::sync().low);
      }
    }
    const auto write = [&](std::uint32_t offset, std::uint32_t value) {
      vm.view->write32(offset, value);
      bare.cmdqv.write32(offset, value);
    };
    std::array<std::uint32_t, 4> prod{};
    std::array<bool, 4> has_base{};
    for (unsigned step = 0; step < 80; ++step) {
      auto q = *rc::gen::inRange(0u, 3u);
      const auto on = *rc::gen::weightedElement<std::uint32_t>({{3, 1}, {1, 0}});
      switch (*rc::gen::inRange(0, 6)) {
        case 0:
          write(reg::kConfig, on);
          break;
        case 1:
          write(Host::vintf_reg(0, reg::kVintfConfig), kept | on);
          break;
        case 2:
          write(reg::kAllocMap + 4 * q, alloc::pair(0, q) | on);
          break;
        case 3:
          while (q > 0 && !has_base[q - 1]) --q;
          has_base[q] = true;
          vm.view->write64(Host::direct(q, kPage + reg::kBase), rings[q] | kRingBits);
          bare.cmdqv.write64(Host::direct(q, kPage + reg::kBase), rings[q] | kRingBits);
          break;
        case 4:
          // At most a full ring ahead.
          if (((prod[q] - bare.cmdqv.read32(Host::direct(q, reg::kCons))) & 31) < 14) {
            prod[q] = (prod[q] + *rc::gen::inRange(0u, 3u)) & 31;
          }
          write(Host::direct(q, reg::kProd), prod[q]);
          break;
        default:
          write(Host::direct(q, reg::kQueueConfig), on);
          break;
      }
      for (unsigned i = 0; i < 3; ++i) {
        for (std::uint32_t offset : {reg::kCons, reg::kProd, reg::kQueueConfig, reg::kQueueStatus, reg::kGerror}) {
          RC_ASSERT(vm.direct(i, offset) == bare.cmdqv.read32(Host::direct(i, offset)));
        }
        RC_ASSERT(vm.view->read32(reg::kAllocMap + 4 * i) == bare.cmdqv.read32(reg::kAllocMap + 4 * i));
      }
    }
  }));
}

}  // namespace
}  // namespace hw::cmdqv::testing
