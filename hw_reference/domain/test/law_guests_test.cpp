// SPDX-License-Identifier: Apache-2.0
// Laws 62 and 63 through iommufd: whatever a guest hands over, nothing illegal gets into the SMMU's own queue, and the
// number that is answered is of commands that have completed.
#include <random>

#include "hw_reference/domain/test/board.hpp"
#include "hw_reference/smmu/registers.hpp"

namespace {

using namespace hw::domain;
using namespace hw::domain::testing;
namespace smmu = hw::smmu;
namespace command = smmu::command;

constexpr unsigned kMapped = 12;

// A command that is fit for guests, for a page of the guest's or for none.
smmu::Command fit(std::mt19937_64& random, std::uint64_t page) {
  switch (random() % 5) {
    case 0:
      return command::tlbi_nh_va(static_cast<std::uint16_t>(random()), 1, page * kPage, true);
    case 1:
      return command::tlbi_nh_asid(0, 1);
    case 2:
      return command::tlbi_nh_all(static_cast<std::uint16_t>(random()));
    case 3:
      return command::cfgi_cd_all(kVirtualStream);
    default:
      return command::tlbi_nh_vaa(0, page * kPage, false);
  }
}

bool forgets(const smmu::Command& c, std::uint64_t page) {
  switch (c.opcode()) {
    case smmu::Opcode::tlbi_nh_va:
    case smmu::Opcode::tlbi_nh_vaa:
      return (c.high & ~0xfffULL) == page * kPage;
    case smmu::Opcode::tlbi_nh_all:
      return true;
    default:
      return false;  // the guest's pages are global: they do not go with an ASID
  }
}

TEST(IommufdOnSmmu, L62_L63_WhatIsCountedHasCompletedAndNothingElseWasIssued) {
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    Board board(seed == 1 ? smmu::Policy::keep_everything() : smmu::Policy::adversarial(seed));
    Guest guest(board);
    ASSERT_TRUE(board.fd->vdevice_alloc({guest.viommu, guest.device, kVirtualStream}).ok());
    ASSERT_EQ(board.fd->device_attach(guest.device, 0, guest.nested(kGuestTranslates).value).error, 0);
    std::mt19937_64 random(seed);
    for (unsigned round = 0; round < 40; ++round) {
      const std::string where = "seed " + std::to_string(seed) + " round " + std::to_string(round);
      for (unsigned page = 4; page < 4 + kMapped; ++page) {
        guest.set(page, 8);
        ASSERT_EQ(board.page_at(page * kPage), 8U) << where;
      }
      std::vector<smmu::Command> commands;
      // Long enough to go round the ring, with one or no command that is refused.
      const unsigned count = 1 + random() % 70;
      for (unsigned i = 0; i < count; ++i) commands.push_back(fit(random, 4 + random() % kMapped));
      const unsigned bad = static_cast<unsigned>(random() % (2 * count));
      if (bad < count) {
        commands[bad] = random() % 2 == 0 ? smmu::Command{random(), random()} : command::tlbi_s12_vmall(1);
        commands[bad].low = (commands[bad].low & ~0xffULL) | 0x28;  // never for guests: TLBI_S12_VMALL
      }
      for (unsigned page = 4; page < 4 + kMapped; ++page) guest.set(page, std::nullopt);
      std::uint32_t done = ~0U;
      ASSERT_EQ(guest.invalidate(commands, done), bad < count ? EIO : 0) << where;
      ASSERT_EQ(done, std::min(bad, count)) << where;
      ASSERT_EQ(board.rig.smmu.read32(smmu::reg::kGerror), board.rig.smmu.read32(smmu::reg::kGerrorn)) << where;
      for (unsigned page = 4; page < 4 + kMapped; ++page) {
        bool forgotten = false, beyond = false;
        for (unsigned i = 0; i < count; ++i) (i < done ? forgotten : beyond) |= forgets(commands[i], page);
        const auto found = board.page_at(page * kPage);
        if (forgotten) {
          ASSERT_EQ(found, std::nullopt) << where << " page " << page;
        }
        // An SMMU that keeps everything still has what nobody told it to forget.
        if (!forgotten && seed == 1) {
          ASSERT_EQ(found, 8U) << where << " page " << page;
        }
      }
      std::uint32_t all = 0;
      ASSERT_EQ(guest.invalidate({command::tlbi_nsnh_all()}, all), 0);
    }
  }
}

}  // namespace
