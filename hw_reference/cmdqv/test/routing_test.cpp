// SPDX-License-Identifier: Apache-2.0
// Law 66: commands spread over a guest's queue and the SMMU's own do what a single queue would do.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "hw_reference/cmdqv/test/host.hpp"
#include "hw_reference/cmdqv/trapped.hpp"

namespace hw::cmdqv::testing {
namespace {

namespace command = smmu::command;

constexpr std::uint16_t kRoutedVmid = 7;

// What the caches hold, in a form that can be compared.
std::vector<std::tuple<int, std::uint16_t, std::uint16_t, std::uint64_t, unsigned>> cached(smmu::Smmu& smmu) {
  std::vector<std::tuple<int, std::uint16_t, std::uint16_t, std::uint64_t, unsigned>> result;
  smmu.inspect([&](smmu::Tlb& tlb, smmu::ConfigCache&) {
    tlb.visit([&](smmu::EntryKind kind, const smmu::TlbEntry& e) {
      result.emplace_back(static_cast<int>(kind), e.vmid, e.asid, e.input, e.shift);
    });
  });
  return result;
}

// Sends each command where it may go, waiting whenever the queue changes.
class Router {
 public:
  Router(Host& host, QueueUser* guest_queue, const QueueOwner& owner) : h_(host), guest_(guest_queue), owner_(owner) {}
  bool send(const smmu::Command& command) {
    const bool own = guest_ && guest_may_issue(command);
    if (last_own_ && *last_own_ != own && !wait()) return false;
    last_own_ = own;
    if (own) {
      guest_->send(command);
      // The ring is short: a driver would batch with a CMD_SYNC at its end.
      if (++unsynced_ >= 8) return wait();
      return true;
    }
    const auto converted = convert_trapped(command, owner_, h_.m.smmu.features());
    if (converted) h_.m.send(*converted);
    return converted.has_value();
  }
  bool wait() {
    unsynced_ = 0;
    return !last_own_ || (*last_own_ ? guest_->sync() : h_.m.sync());
  }

 private:
  Host& h_;
  QueueUser* guest_;
  QueueOwner owner_;
  std::optional<bool> last_own_;
  unsigned unsynced_ = 0;
};

TEST(Routing, law_66_two_queues_with_waits_equal_one) {
  EXPECT_TRUE(rc::check("the same cache state in the end", [] {
    const auto script = *rc::gen::container<std::vector<unsigned>>(30, rc::gen::inRange(0u, 40u));
    const auto play = [&](bool with_guest_queue) {
      Host h;
      h.init_vintf(1, kRoutedVmid, false);
      const PhysAddr ring = h.make_ring();
      h.init_queue(1, 0, ring);
      QueueUser queue(h, 1, 0, ring);
      QueueOwner owner;
      owner.vmid = kRoutedVmid;
      Router router(h, with_guest_queue ? &queue : nullptr, owner);
      std::vector<smmu::testing::TableBuilder> tables;
      for (std::uint16_t asid = 1; asid <= 2; ++asid) {
        smmu::testing::Stage1Setup setup;
        setup.asid = asid;
        tables.push_back(h.m.stage1_tables(setup));
        const PhysAddr contexts = h.m.frames.allocate(64);
        h.m.write_words(contexts, smmu::testing::Machine::context(tables.back(), setup));
        h.m.write_stream(asid, smmu::testing::Machine::stage1_stream(contexts, 0, 0, 0, kRoutedVmid));
        RC_ASSERT(h.m.run({command::cfgi_ste(asid, false)}));
        for (unsigned page = 0; page < 4; ++page) {
          tables.back().map(page << 12, 0x9000, 3, smmu::testing::kStage1);
        }
      }
      for (unsigned choice : script) {
        const std::uint16_t asid = static_cast<std::uint16_t>(1 + choice % 2);
        const std::uint64_t page = (choice / 2 % 4) << 12;
        switch (choice / 8) {
          case 0:
            RC_ASSERT(router.send(command::tlbi_nh_va(0, asid, page, choice % 2)));
            break;
          case 1:
            RC_ASSERT(router.send(command::tlbi_nh_vaa(0, page, choice % 2)));
            break;
          case 2:
            RC_ASSERT(router.send(choice % 8 < 5 ? command::tlbi_nh_asid(0, asid) : command::tlbi_nh_all(0)));
            break;
          default:
            RC_ASSERT(router.wait());
            (void)h.m.translate(page, false, asid);
            break;
        }
      }
      RC_ASSERT(router.wait());
      return cached(h.m.smmu);
    };
    RC_ASSERT(play(true) == play(false));
  }));
}

// Without the wait at the switch, a command of one queue can overtake that of the other (law 40).
TEST(Routing, law_40_queues_do_not_order_each_other) {
  bool overtaken = false;
  for (std::uint64_t seed = 0; seed < 100 && !overtaken; ++seed) {
    Host h(smmu::Policy::adversarial(seed));
    h.init_vintf(1, kRoutedVmid, false);
    const PhysAddr ring = h.make_ring();
    h.init_queue(1, 0, ring);
    QueueUser queue(h, 1, 0, ring);
    queue.send(command::tlbi_nh_asid(0, 1));
    EXPECT_TRUE(h.m.run({command::tlbi_nh_all(kRoutedVmid)}));
    overtaken = h.cmdqv.executed_commands(4) == 0;
  }
  EXPECT_TRUE(overtaken);
}

}  // namespace
}  // namespace hw::cmdqv::testing
