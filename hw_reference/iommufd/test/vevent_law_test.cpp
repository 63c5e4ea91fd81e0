// SPDX-License-Identifier: Apache-2.0
// Law 64: events of a virtual IOMMU are numbered one by one, a gap that a reader sees is what was lost, and a header
// without data stands where events were lost and only there.
#include <random>

#include "hw_reference/iommufd/test/world.hpp"

namespace hw_reference {
namespace {

struct VeventLaw : World {
  // Reports and reads at random. `expected`: the number of the next event.
  void run(std::uint64_t seed, std::uint32_t depth) {
    const ObjectId space = ioas();
    const ObjectId device = fd->device_bind().value;
    const ObjectId parent = fd->hwpt_alloc({device, space, kHwptNestParent, 0, {}}).value;
    const ObjectId viommu = fd->viommu_alloc({device, parent, kMockViommuType, 0, {}}).value.id;
    ASSERT_TRUE(fd->vdevice_alloc({viommu, device, 5}).ok());
    MockHwptData data{7, 0};
    const ObjectId nested =
        fd->hwpt_alloc({device, viommu, 0, 0, {kMockHwptType, 8, reinterpret_cast<const std::byte*>(&data)}}).value;
    ASSERT_TRUE(fd->device_attach(device, kNoPasid, nested).ok());
    const ObjectId events = fd->veventq_alloc({viommu, kMockVeventqType, depth, 0}).value;

    std::mt19937_64 random(seed);
    std::uint32_t reported = 0, told = 0;  // told: numbers below are with the reader, or known to be lost
    std::uint32_t waiting = 0, lost = 0, marks = 0;
    for (unsigned step = 0; step < 600; ++step) {
      if (random() % 5 != 0) {
        ASSERT_EQ(fd->mock_vevent(device), 0);
        waiting < depth ? ++waiting : ++lost;
        ++reported;
        continue;
      }
      const std::uint64_t room = 8 + random() % (depth * 14);
      const auto read = fd->veventq_read(events, room);
      if (read.error == EINVAL) continue;  // not even the first fits
      ASSERT_EQ(read.error, 0);
      std::uint64_t bytes = 0;
      for (const Vevent& event : read.value) {
        bytes += event.bytes();
        const bool mark = (event.header.flags & kVeventLost) != 0;
        ASSERT_GE(event.header.sequence, told) << "seed " << seed << " step " << step;
        ASSERT_EQ(mark, event.data.empty());
        const std::uint32_t gap = event.header.sequence - told + (mark ? 1 : 0);
        ASSERT_LE(gap, lost);
        lost -= gap;
        told = event.header.sequence + 1;
        if (mark) {
          ++marks;
          ASSERT_GT(gap, 0U) << "a mark where nothing was lost";
          ASSERT_EQ(told, reported) << "the mark stands at the end";
          ASSERT_EQ(lost, 0U);
        } else {
          --waiting;
        }
      }
      ASSERT_LE(bytes, room);
    }
    while (fd->events_readable(events).value) {
      for (const Vevent& event : fd->veventq_read(events, 1 << 16).value) {
        lost -= event.header.sequence - told + (event.data.empty() ? 1 : 0);
        told = event.header.sequence + 1;
      }
    }
    EXPECT_EQ(told, reported);
    EXPECT_EQ(lost, 0U);
    EXPECT_GT(marks, 0U);
  }
};

TEST_F(VeventLaw, L64_GapsAreWhatWasLost) {
  std::uint64_t seed = 1;
  for (const std::uint32_t depth : {1U, 2U, 3U, 8U, 8U, 8U}) {
    run(seed++, depth);
    fd = std::make_unique<Iommufd>(client);
  }
}

}  // namespace
}  // namespace hw_reference
