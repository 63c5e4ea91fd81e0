// SPDX-License-Identifier: Apache-2.0
// Anything may be passed through the front door: it answers, and nothing is left when all is closed.
#include <array>
#include <vector>

#include "hw_reference/uapi/test/random_calls.hpp"

namespace hw_reference::uapi {
namespace {

TEST(Fuzz, RandomCallsAreAnsweredAndLeaveNothing) {
  std::uint64_t succeeded = 0;
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    FrontDoor door;
    const Pages memory(16);
    const int fd = door.open(O_RDWR);
    {
      RandomClient client(door, fd, memory, seed);
      for (int i = 0; i < 4'000; ++i) client.call();
      succeeded += client.succeeded();
    }
    door.close(fd);
    EXPECT_EQ(door.frames().total_pins(), 0U) << seed;
    EXPECT_EQ(door.memory().account.pinned(), 0U) << seed;
  }
  EXPECT_GT(succeeded, 1'000U);
}

// Every command with its own size, and bytes that mean nothing.
TEST(Fuzz, RandomBytesInEveryStructure) {
  FrontDoor door;
  const Pages memory(2);
  const int fd = door.open(O_RDWR);
  std::mt19937_64 random(3);
  for (unsigned number = 0x80; number <= 0xa0; ++number) {
    for (int i = 0; i < 300; ++i) {
      for (std::size_t at = 0; at < kPageSize; at += 8) {
        const std::uint64_t bytes = random() & random();
        std::memcpy(memory.bytes() + kPageSize + at, &bytes, 8);
      }
      // The structure ends with the memory, or before it.
      const auto size = static_cast<std::uint32_t>(8 + 4 * (random() % 20));
      const std::uint64_t begin = memory.edge() - size;
      ASSERT_EQ(OwnMemory::write(begin, std::as_bytes(std::span(&size, 1))), 0);
      const long result = door.ioctl(fd, command(number), begin);
      EXPECT_TRUE(result <= 0 && result > -200) << number << ": " << result;
    }
  }
  EXPECT_EQ(door.close(fd), 0);
  EXPECT_EQ(door.frames().total_pins(), 0U);
}

}  // namespace
}  // namespace hw_reference::uapi
