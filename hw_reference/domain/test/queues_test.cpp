// SPDX-License-Identifier: Apache-2.0
// Laws of queues: through which one a command goes makes no difference, and leaving one out does. Tests are named by
// the number of the law in ../README.md.
#include <functional>
#include <random>

#include "hw_reference/cmdqv/cmdqv.hpp"
#include "hw_reference/domain/test/rig.hpp"
#include "hw_reference/smmu/dma.hpp"

namespace {

using namespace hw::domain;
using namespace hw::domain::testing;
namespace smmu = hw::smmu;
namespace cmdqv = hw::cmdqv;
using pgtable::Shape;
using pgtable::Stage;

// Random maps and unmaps of a few pages; how many accesses ended where they must not.
unsigned stale_accesses(Rig& rig, Domain& domain, std::uint64_t seed, unsigned steps) {
  std::mt19937_64 random(seed);
  std::array<std::uint64_t, 16> mapped{};
  unsigned wrong = 0;
  for (unsigned step = 0; step < steps; ++step) {
    const std::uint64_t page = random() % mapped.size();
    const std::uint64_t iova = 0x5fff'8000 + page * 0x1000;  // across the border of two tables
    if (mapped[page] != 0 && random() % 2 == 0) {
      domain.unmap(iova, 0x1000);
      mapped[page] = 0;
    } else if (mapped[page] == 0) {
      mapped[page] = 0x1000 * (1 + random() % 0x8'0000);
      EXPECT_EQ(domain.map(iova, mapped[page], 0x1000, kBoth), 0);
    }
    const auto reached = rig.reach(iova);
    if (reached != (mapped[page] == 0 ? std::nullopt : std::optional(mapped[page]))) ++wrong;
  }
  domain.unmap(0x5fff'8000, 0x1'0000);
  return wrong;
}

// Hands commands to the SMMU at once, or loses some.
class LossyQueue final : public CommandSink {
 public:
  explicit LossyQueue(smmu::Smmu& smmu) : smmu_(smmu) { smmu_.watch(backlog_); }
  ~LossyQueue() override { smmu_.unwatch(backlog_); }

  bool takes(smmu::Opcode) const override { return true; }
  SendResult send(std::span<const smmu::Command> commands) override {
    for (const smmu::Command& command : commands)
      if (!lost || !lost(command)) smmu_.execute(command, backlog_);
    smmu_.execute(smmu::command::sync(), backlog_);
    return SendResult::done;
  }

  std::function<bool(const smmu::Command&)> lost;

 private:
  smmu::Smmu& smmu_;
  smmu::Backlog backlog_;
};

TEST(DomainLaw, L33_ACommandThatIsForgottenShows) {
  struct Mistake {
    const char* name;
    Shape shape;
    std::function<bool(const smmu::Command&)> lost;
  };
  const std::array<Mistake, 3> mistakes{{
      {"none", kFirst, nullptr},
      {"stage 1", kFirst, [](const smmu::Command& command) { return command.opcode() == smmu::Opcode::tlbi_nh_va; }},
      {"stage 2", kSecond, [](const smmu::Command& command) { return command.opcode() == smmu::Opcode::tlbi_s2_ipa; }},
  }};
  for (const Mistake& mistake : mistakes) {
    Rig rig(smmu::Policy::keep_everything());
    LossyQueue queue(rig.smmu);
    queue.lost = mistake.lost;
    rig.driver->set_fast_queue(&queue);
    auto domain = rig.domain(mistake.shape);
    ASSERT_EQ(rig.driver->attach(kStream, *domain), 0);
    const unsigned wrong = stale_accesses(rig, *domain, 1, 400);
    if (mistake.lost) {
      EXPECT_GT(wrong, 10U) << mistake.name;
    } else {
      EXPECT_EQ(wrong, 0U);
    }
    rig.driver->set_fast_queue(nullptr);
    ASSERT_EQ(rig.driver->detach(kStream), 0);
  }
}

TEST(DomainLaw, L35_AnEntryThatIsNotInvalidatedShows) {
  Rig rig(smmu::Policy::keep_everything());
  LossyQueue queue(rig.smmu);
  queue.lost = [](const smmu::Command& command) { return command.opcode() == smmu::Opcode::cfgi_ste; };
  auto domain = rig.domain(kFirst);
  ASSERT_EQ(domain->map(0x1000, 0x9000, 0x1000, kBoth), 0);
  ASSERT_EQ(rig.driver->attach(kStream, *domain), 0);
  ASSERT_EQ(rig.reach(0x1000), 0x9000U);
  rig.driver->set_fast_queue(&queue);
  ASSERT_EQ(rig.driver->detach(kStream), 0);
  EXPECT_EQ(rig.reach(0x1000), 0x9000U);
  rig.driver->set_fast_queue(nullptr);
  ASSERT_EQ(rig.driver->bypass(kStream), 0);
  ASSERT_EQ(rig.driver->detach(kStream), 0);
  EXPECT_EQ(rig.reach(0x1000), std::nullopt);
}

TEST(DomainLaw, L41_AnIllegalCommandIsSkipped) {
  Rig rig(smmu::Policy::adversarial(5));
  auto domain = rig.domain(kFirst);
  ASSERT_EQ(rig.driver->attach(kStream, *domain), 0);
  ASSERT_EQ(domain->map(0x1000, 0x9000, 0x1000, kBoth), 0);
  ASSERT_TRUE(rig.reach(0x1000));
  Batch batch = rig.driver->batch();
  batch.add(smmu::command::tlbi_nh_asid(0, 77));
  batch.add(smmu::Command{0xff, 0});
  batch.wait();
  EXPECT_EQ(batch.result(), SendResult::illegal);
  EXPECT_EQ(domain->unmap(0x1000, 0x1000), 0x1000U);  // the queue goes on
  EXPECT_EQ(rig.reach(0x1000), std::nullopt);
  ASSERT_EQ(rig.driver->detach(kStream), 0);
}

TEST(DomainLaw, L39_AnEndpointThatDoesNotAnswerIsReported) {
  Rig rig(smmu::Policy::adversarial(6));
  auto domain = rig.domain(kFirst);
  smmu::DmaEngine device(rig.smmu, kStream, {}, /*ats=*/true);
  ASSERT_EQ(rig.driver->attach(kStream, *domain, true), 0);
  device.ignore_invalidations(true);
  Batch batch = rig.driver->batch();
  batch.add(smmu::command::atc_inv(kStream, 0, 52));
  batch.wait();
  EXPECT_EQ(batch.result(), SendResult::timed_out);
  device.ignore_invalidations(false);
  Batch again = rig.driver->batch();
  again.add(smmu::command::atc_inv(kStream, 0, 52));
  again.wait();
  EXPECT_EQ(again.result(), SendResult::done);
  ASSERT_EQ(rig.driver->detach(kStream), 0);
}

TEST(DomainLaw, L37_ARingThatIsSmallerThanABatch) {
  Rig rig(smmu::Policy::adversarial(7), /*ranges=*/false);  // 32 entries
  auto domain = rig.domain(kFirst);
  ASSERT_EQ(rig.driver->attach(kStream, *domain), 0);
  for (unsigned round = 0; round < 3; ++round) {
    ASSERT_EQ(domain->map(0x1000, 0x10'0000, 0x15'1000, kBoth), 0);
    for (std::uint64_t at = 0; at < 0x15'1000; at += 0x1000) ASSERT_TRUE(rig.reach(0x1000 + at));
    ASSERT_EQ(domain->unmap(0x1000, 0x15'1000), 0x15'1000U);
    for (std::uint64_t at = 0; at < 0x15'1000; at += 0x1000) ASSERT_FALSE(rig.reach(0x1000 + at));
  }
  ASSERT_EQ(rig.driver->detach(kStream), 0);
}

// ---- CMDQV
// ------------------------------------------------------------------------------------------------------------

constexpr hw::PhysAddr kRing = 0x4200'0000;
constexpr unsigned kRingBits = 4;

// One VCMDQ of VINTF 0, ready for use.
struct Vcmdq {
  Vcmdq(Rig& rig, const smmu::Policy& policy, bool hypervisor) : device(rig.memory, rig.smmu, {}, policy) {
    namespace reg = cmdqv::reg;
    const auto wait = [this](std::uint32_t control, std::uint32_t status, std::uint32_t value) {
      device.write32(control, value);
      for (unsigned poll = 0; poll < 100'000; ++poll)
        if ((device.read32(status) & 1) == (value & 1)) return;
      ADD_FAILURE() << "no acknowledgement";
    };
    wait(reg::kConfig, reg::kStatus, cmdqv::config::kEnable);
    wait(reg::kVintf + reg::kVintfConfig, reg::kVintf + reg::kVintfStatus,
         cmdqv::vintf_config::kEnable | (hypervisor ? cmdqv::vintf_config::kHypervisorOwned : 0));
    device.write32(reg::kAllocMap, cmdqv::alloc::kAllocated | cmdqv::alloc::pair(0, 0));
    if (!hypervisor) {
      device.write32(reg::kVintf + reg::kSidReplace, kStream);
      device.write32(reg::kVintf + reg::kSidMatch, cmdqv::sid_match::virtual_sid(kStream) | cmdqv::sid_match::kEnable);
    }
    device.write64(reg::kVintfPages + cmdqv::kPage + reg::kBase, kRing | kRingBits);
    wait(reg::kVintfPages + reg::kQueueConfig, reg::kVintfPages + reg::kQueueStatus, 1);

    const cmdqv::Cmdqv::Page0 page = device.page0(0);
    QueueRegisters registers;
    registers.read_cons = [page] { return page.read32(reg::kCons); };
    registers.write_prod = [page](std::uint32_t value) { page.write32(reg::kProd, value); };
    registers.read_gerror = [page] { return page.read32(reg::kGerror); };
    registers.read_gerrorn = [page] { return page.read32(reg::kGerrorn); };
    registers.write_gerrorn = [page](std::uint32_t value) { page.write32(reg::kGerrorn, value); };
    if (!hypervisor) {
      registers.takes = [](smmu::Opcode opcode) {
        return opcode == smmu::Opcode::tlbi_nh_asid || opcode == smmu::Opcode::tlbi_nh_va ||
               opcode == smmu::Opcode::atc_inv;
      };
    }
    queue.emplace(rig.memory, kRing, kRingBits, std::move(registers));
  }

  cmdqv::Cmdqv device;
  std::optional<RingQueue> queue;
};

TEST(DomainLaw, L66_TwoQueuesHaveTheOutcomeOfOne) {
  for (std::uint64_t seed = 1; seed <= 16; ++seed) {
    const bool hypervisor = seed % 2 == 0;
    const auto policy = smmu::Policy::adversarial(seed);
    Rig rig(policy, seed % 3 == 0);
    {
      Vcmdq vcmdq(rig, policy, hypervisor);
      rig.driver->set_fast_queue(&*vcmdq.queue);
      // In stage 2 nothing may go through the queue of a guest, which knows no such commands.
      auto domain = rig.domain(seed % 4 < 2 ? kFirst : kSecond);
      ASSERT_EQ(rig.driver->attach(kStream, *domain, true), 0);
      EXPECT_EQ(stale_accesses(rig, *domain, seed, 300), 0U) << "seed " << seed;
      smmu::DmaEngine device(rig.smmu, kStream, {}, /*ats=*/true);
      std::uint64_t value = 0;
      for (unsigned round = 0; round < 20; ++round) {
        ASSERT_EQ(domain->map(0x5000, 0x10'0000 + round * 0x1000, 0x1000, kBoth), 0);
        ASSERT_EQ(device.read64(0x5000, value), smmu::DmaStatus::done);
        ASSERT_EQ(domain->unmap(0x5000, 0x1000), 0x1000U);
        ASSERT_NE(device.read64(0x5000, value), smmu::DmaStatus::done) << "seed " << seed;
      }
      ASSERT_EQ(rig.driver->detach(kStream), 0);
      domain.reset();
      EXPECT_GT(vcmdq.device.executed_commands(0), 40U);
      EXPECT_TRUE(vcmdq.device.misuses().empty());
      rig.driver->set_fast_queue(nullptr);
    }
  }
}

}  // namespace
