// SPDX-License-Identifier: Apache-2.0
// What lives how long: queues, their memory, VINTFs, and the page that a guest has mapped.
#include <random>

#include "hw_reference/cmdqv/guest_view.hpp"
#include "hw_reference/domain/test/cmdqv_board.hpp"

namespace {

using namespace hw::domain;
using namespace hw::domain::testing;
namespace smmu = hw::smmu;
namespace reg = hw::cmdqv::reg;
namespace command = smmu::command;
using smmu::CommandError;

std::uint32_t slot(unsigned vintf, unsigned logical, std::uint32_t offset) {
  return reg::kVintfPages + vintf * reg::kVintfPagesStride + logical * reg::kSlotStride + offset;
}

TEST(CmdqvQueues, L61_ErrorsInOrder) {
  CmdqvBoard board(smmu::Policy::adversarial(2));
  CmdqvGuest g(board, kStream);
  const auto error = [&](unsigned index, std::uint64_t iova, std::uint64_t length) {
    return g.alloc(index, iova, length).error;
  };
  const std::uint64_t ring = CmdqvGuest::ring(0);
  EXPECT_EQ(board.fd->hw_queue_alloc({g.guest.viommu, 2, 0, ring, 256, 0}).error, EOPNOTSUPP);
  EXPECT_EQ(error(4, ring, 24), EINVAL);
  EXPECT_EQ(error(1, ring, 24), EIO);
  EXPECT_EQ(error(0, 40 * kPage, 256), ENOENT);  // nothing is mapped there
  for (const std::uint64_t length : {16, 24, 48, 96, 3000}) EXPECT_EQ(error(0, ring, length), EINVAL) << length;
  EXPECT_EQ(error(0, ring + 0x80, 256), EINVAL);
  EXPECT_EQ(error(0, ring, std::uint64_t{1} << 40), ENOMEM);
  // Frames that do not follow each other.
  ASSERT_EQ(board.map(g.guest.space, 50, 1, 20 * kPage), 0);
  ASSERT_EQ(board.map(g.guest.space, 52, 1, 21 * kPage), 0);
  EXPECT_EQ(error(0, 20 * kPage, 2 * kPage), EFAULT);
  EXPECT_EQ(board.frames.total_pins(), 18U);  // what is mapped for the device, and nothing more
  EXPECT_EQ(error(0, ring, 256), 0);
  EXPECT_EQ(error(0, ring, 256), EEXIST);
}

TEST(CmdqvQueues, L65_DestroyedFromTheTop) {
  CmdqvBoard board(smmu::Policy::adversarial(2));
  CmdqvGuest g(board, kStream);
  auto& fd = *board.fd;
  const auto low = g.alloc(0).value, high = g.alloc(1).value;
  EXPECT_EQ(fd.destroy(low), EBUSY);
  EXPECT_EQ(fd.destroy(g.guest.viommu), EBUSY);
  EXPECT_EQ(fd.destroy(high), 0);
  EXPECT_EQ(fd.destroy(low), 0);
  EXPECT_EQ(fd.destroy(g.table), EBUSY);
  EXPECT_EQ(fd.device_detach(g.guest.device, 0), 0);
  EXPECT_EQ(fd.destroy(g.table), 0);
  EXPECT_EQ(fd.destroy(g.place), 0);
  EXPECT_EQ(fd.destroy(g.guest.viommu), EBUSY);  // the page that is mapped
  const auto child = fd.mapping_fork(g.page0).value;
  EXPECT_EQ(fd.munmap(g.page0), 0);
  EXPECT_EQ(fd.destroy(g.guest.viommu), EBUSY);
  EXPECT_EQ(fd.mapping_read32(child, reg::kProd).error, 0);
  EXPECT_EQ(fd.munmap(child), 0);
  EXPECT_EQ(fd.destroy(g.guest.viommu), 0);
  EXPECT_EQ(fd.mmap({g.guest.answer.value.mmap_offset, g.guest.answer.value.mmap_length}).error, ENXIO);
}

// Law 61: at every moment, what the hardware has as BASE is memory of the guest that owns the VINTF, and it is pinned.
TEST(CmdqvQueues, L50_L51_L61_L65_RandomLives) {
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    CmdqvBoard board(smmu::Policy::adversarial(seed));
    CmdqvGuest guests[] = {{board, kStream}, {board, kStream + 1, 20}, {board, kStream + 2, 40}};
    std::vector<iommufd::ObjectId> queues[3];
    std::mt19937_64 random(seed);
    const unsigned most = board.host.queues();
    for (unsigned step = 0; step < 250; ++step) {
      const std::string where = "seed " + std::to_string(seed) + " step " + std::to_string(step);
      const unsigned who = random() % 3;
      CmdqvGuest& g = guests[who];
      auto& own = queues[who];
      switch (random() % 5) {
        case 0:
        case 1: {
          const unsigned index = random() % (most + 1);
          const auto made = g.alloc(index);
          const int expected = index >= most ? EINVAL : index < own.size() ? EEXIST : index > own.size() ? EIO : 0;
          ASSERT_EQ(made.error, expected) << where;
          if (!made.ok()) break;
          own.push_back(made.value);
          // L56: it begins as if nobody had had it.
          ASSERT_EQ(g.read(index, reg::kProd), 0U) << where;
          ASSERT_EQ(g.read(index, reg::kCons), 0U) << where;
          ASSERT_EQ(g.read(index, reg::kGerror), g.read(index, reg::kGerrorn)) << where;
          ASSERT_TRUE(g.enable(index)) << where;
          break;
        }
        case 2: {
          if (own.empty()) break;
          const std::size_t index = random() % own.size();
          ASSERT_EQ(board.fd->destroy(own[index]), index + 1 == own.size() ? 0 : EBUSY) << where;
          if (index + 1 == own.size()) own.pop_back();
          break;
        }
        case 3:
          // The memory of a queue cannot be taken away.
          if (!own.empty()) {
            ASSERT_EQ(board.fd->ioas_unmap(g.guest.space, 0, 16 * kPage).error, EBUSY) << where;
          }
          break;
        default: {
          if (own.empty()) break;
          const unsigned index = random() % own.size();
          const bool bad = random() % 4 == 0;
          const auto error = g.run(index, {bad ? command::cfgi_all() : command::tlbi_nh_asid(7, 1)});
          ASSERT_EQ(error, bad ? CommandError::illegal : CommandError::none) << where;
          // Half of the errors are left to whoever gets the queue next.
          if (bad && random() % 2 == 0) {
            ASSERT_EQ(g.go_on(index, command::sync()), CommandError::none);
          } else if (bad) {
            while (own.size() > index) {
              ASSERT_EQ(board.fd->destroy(own.back()), 0);
              own.pop_back();
            }
          }
        }
      }
      for (unsigned v = 1; v <= 3; ++v) {
        for (unsigned index = 0; index < most; ++index) {
          const std::uint64_t base = board.cmdqv.read64(slot(v, index, hw::cmdqv::kPage + reg::kBase));
          const bool lives = index < queues[v - 1].size();
          ASSERT_EQ(base != 0, lives) << where;
          if (!lives) continue;
          const std::uint64_t at = base & ~std::uint64_t{31};
          const auto client = board.client.address_of(static_cast<iommufd::Frame>(at / kPage));
          ASSERT_EQ(client, kClient + (guests[v - 1].guest.first + CmdqvGuest::kRingPage) * kPage) << where;
          ASSERT_EQ(at % kPage, index * kRingBytes) << where;
          ASSERT_GE(board.client.pins(*client).value_or(0), 1U) << where;
        }
      }
    }
  }
}

TEST(CmdqvQueues, L56_L57_VintfsComeBackClean) {
  CmdqvBoard board(smmu::Policy::adversarial(7));
  for (unsigned round = 0; round < 3; ++round) {
    {
      std::vector<std::unique_ptr<CmdqvGuest>> guests;
      for (unsigned i = 0; i < 3; ++i) guests.push_back(std::make_unique<CmdqvGuest>(board, kStream + i, 16 * i));
      // VINTF 0 is the host's.
      std::array<std::uint64_t, 2> room{};
      const iommufd::UserData data{0, sizeof room, reinterpret_cast<const std::byte*>(&room)};
      const CmdqvGuest& any = *guests[0];
      EXPECT_EQ(board.fd->viommu_alloc({any.guest.device, any.guest.parent, kCmdqvType, 0, data}).error, ENOSPC);
      ASSERT_EQ(guests[1]->alloc(0).error, 0);
      ASSERT_EQ(guests[1]->alloc(1).error, 0);
      ASSERT_TRUE(guests[1]->enable(1));
      ASSERT_EQ(guests[1]->run(1, {command::cfgi_all()}), CommandError::illegal);
    }
    // The process ends with everything alive.
    board.fd = std::make_unique<iommufd::Iommufd>(board.client);
    EXPECT_EQ(board.frames.total_pins(), 0U);
    for (unsigned v = 1; v <= 3; ++v) {
      const std::uint32_t block = reg::kVintf + v * reg::kVintfStride;
      EXPECT_EQ(board.cmdqv.read32(block + reg::kVintfConfig), 0U);
      EXPECT_EQ(board.cmdqv.read32(block + reg::kVintfStatus) & 1, 0U);
      for (unsigned pair = 0; pair < board.host.parameters().sids(); ++pair) {
        EXPECT_EQ(board.cmdqv.read32(block + reg::kSidMatch + 4 * pair), 0U);
        EXPECT_EQ(board.cmdqv.read32(block + reg::kSidReplace + 4 * pair), 0U);
      }
      for (unsigned queue = 0; queue < board.host.queues(); ++queue)
        EXPECT_EQ(board.cmdqv.read32(reg::kAllocMap + 4 * (v * board.host.queues() + queue)) & 1, 0U);
    }
    EXPECT_EQ(board.cmdqv.read32(reg::kVintfErrorMap), 0U);
  }
}

TEST(CmdqvQueues, PairsRunOut) {
  CmdqvBoard board(smmu::Policy::adversarial(7));
  CmdqvGuest g(board, kStream);
  std::vector<iommufd::ObjectId> places;
  for (unsigned i = 1; i < board.host.parameters().sids(); ++i) {
    const auto place = board.fd->vdevice_alloc({g.guest.viommu, board.bind_with_queues(kStream + i), 100 + i});
    ASSERT_EQ(place.error, 0);
    places.push_back(place.value);
  }
  const auto more = board.bind_with_queues(kStream + 90);
  EXPECT_EQ(board.fd->vdevice_alloc({g.guest.viommu, more, 200}).error, ENOSPC);
  EXPECT_EQ(board.fd->destroy(places[4]), 0);
  EXPECT_EQ(board.fd->vdevice_alloc({g.guest.viommu, more, 1 << 20}).error, EINVAL);
  EXPECT_EQ(board.fd->vdevice_alloc({g.guest.viommu, more, 200}).error, 0);
}

// The whole way of a guest's driver: what it writes to BASE traps, and the monitor makes a call of it.
class Monitor final : public hw::cmdqv::GuestBackend {
 public:
  explicit Monitor(CmdqvGuest& guest) : guest_(guest) {}
  int take_queue(unsigned logical, std::uint64_t base, unsigned log2_entries) override {
    const auto made = guest_.alloc(logical, base, std::uint64_t{16} << log2_entries);
    if (made.ok()) queues_[logical] = made.value;
    return made.error;
  }
  int return_queue(unsigned logical) override { return guest_.board.fd->destroy(queues_[logical]); }

 private:
  CmdqvGuest& guest_;
  iommufd::ObjectId queues_[4] = {};
};

TEST(CmdqvQueues, L61_L67_AGuestBringsUpItsQueue) {
  CmdqvBoard board(smmu::Policy::adversarial(9));
  CmdqvGuest g(board, kStream);
  Monitor monitor(g);
  {
    hw::cmdqv::GuestView view(monitor, board.host.page0(1), board.host.parameters());
    const auto base = [&](unsigned logical, std::uint64_t value) {
      view.write64(slot(0, logical, hw::cmdqv::kPage + reg::kBase), value);
    };
    view.write32(reg::kConfig, 1);
    view.write32(reg::kVintf + reg::kVintfConfig, 1);
    for (const unsigned logical : {0U, 1U}) {
      view.write32(reg::kAllocMap + 4 * logical, hw::cmdqv::alloc::pair(0, logical) | hw::cmdqv::alloc::kAllocated);
      base(logical, CmdqvGuest::ring(logical) | kRingBits);
      view.write32(slot(0, logical, reg::kQueueConfig), 1);
      EXPECT_EQ(view.read32(slot(0, logical, reg::kGerror)), 0U);
    }
    EXPECT_EQ(g.run(1, {command::tlbi_nh_asid(0, 1)}), CommandError::none);
    EXPECT_EQ(board.fd->ioas_unmap(g.guest.space, 0, 16 * kPage).error, EBUSY);
    // A ring where the guest has no memory is refused, and told as an error of the queue.
    view.write32(slot(0, 1, reg::kQueueConfig), 0);
    while (view.read32(slot(0, 1, reg::kQueueStatus)) != 0) {
    }
    base(1, 64 * kPage | kRingBits);
    EXPECT_EQ(view.read32(hw::cmdqv::reg::kDirectPage0 + reg::kSlotStride + reg::kGerror), 4U);
  }
  EXPECT_EQ(board.fd->device_detach(g.guest.device, 0), 0);
  EXPECT_EQ(board.fd->ioas_unmap(g.guest.space, 0, 16 * kPage).error, 0);  // nothing pins it any more
}

}  // namespace
