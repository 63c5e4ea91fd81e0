// SPDX-License-Identifier: Apache-2.0
// The memory of this very process, and files of it.
#include "hw_reference/memory/own_memory.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "hw_reference/memory/own_file.hpp"

namespace hw_reference {
namespace {

std::uint64_t address(const void* pointer) { return reinterpret_cast<std::uintptr_t>(pointer); }

struct OwnMemoryTest : testing::Test {
  OwnFrames machine;
  OwnMemory memory{machine};
  std::array<Frame, 1024> frames{};
  // Three pages: one to write, one to read, one that nobody may touch.
  std::byte* const pages =
      static_cast<std::byte*>(mmap(nullptr, 3 * kPageSize, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
  const std::uint64_t first = address(pages) >> kPageShift;

  OwnMemoryTest() {
    mprotect(pages + kPageSize, kPageSize, PROT_READ);
    mprotect(pages + 2 * kPageSize, kPageSize, PROT_NONE);
  }
  ~OwnMemoryTest() override {
    EXPECT_EQ(machine.total_pins(), 0U);
    munmap(pages, 3 * kPageSize);
  }
};

TEST_F(OwnMemoryTest, PinsWhatMayBeReachedSo) {
  EXPECT_EQ(memory.pin_pages(first, 1, frames.data(), true), 0);
  EXPECT_EQ(memory.pin_pages(first, 2, frames.data() + 1, false), 0);
  EXPECT_EQ(frames[0], frames[1]);
  EXPECT_EQ(frames[1] + 1, frames[2]);
  EXPECT_EQ(memory.pins(address(pages) + 5), 2U);
  EXPECT_EQ(memory.pins(address(pages) + kPageSize), 1U);
  EXPECT_EQ(machine.page_of(frames[2])->number, first + 1);
  EXPECT_EQ(machine.frame_of({&memory, first + 1}), frames[2]);
  EXPECT_EQ(memory.pin_pages(first, 2, frames.data() + 3, true), EFAULT);
  EXPECT_EQ(memory.pin_pages(first, 3, frames.data() + 3, false), EFAULT);
  memory.unpin(frames.data(), 3);
  EXPECT_EQ(memory.pins(address(pages)), 0U);
  EXPECT_EQ(machine.frame_of({&memory, first}), std::nullopt);
}

TEST_F(OwnMemoryTest, BadAddressesAreErrors) {
  constexpr std::uint64_t kPages = std::uint64_t{1} << 52;
  std::array<std::byte, 8> bytes{};
  for (const std::uint64_t page : {std::uint64_t{0}, std::uint64_t{1}, kPages - 1, kPages / 2, first + 2}) {
    EXPECT_EQ(memory.pin_pages(page, 1, frames.data(), false), EFAULT) << page;
    EXPECT_EQ(OwnMemory::read(page << kPageShift, bytes), EFAULT) << page;
    EXPECT_EQ(OwnMemory::write(page << kPageShift, bytes), EFAULT) << page;
  }
  EXPECT_EQ(memory.pin_pages(kPages - 1, 2, frames.data(), false), EFAULT);
  EXPECT_EQ(OwnMemory::read(address(pages) + kPageSize, bytes), 0);
  EXPECT_EQ(OwnMemory::write(address(pages) + kPageSize, bytes), EFAULT);
  EXPECT_EQ(OwnMemory::write(address(pages) + kPageSize - 4, bytes), EFAULT);  // half of it could be
  EXPECT_EQ(OwnMemory::read(~std::uint64_t{0} - 2, bytes), EFAULT);
}

TEST_F(OwnMemoryTest, CopiesThroughFrames) {
  ASSERT_EQ(memory.pin_pages(first, 2, frames.data(), false), 0);
  const std::array<std::byte, 4> some = {std::byte{1}, std::byte{2}, std::byte{3}, std::byte{4}};
  EXPECT_EQ(memory.copy(frames[0], 8, 4, nullptr, some.data()), 0);
  EXPECT_EQ(std::memcmp(pages + 8, some.data(), 4), 0);
  EXPECT_EQ(memory.copy(frames[1], 8, 4, nullptr, some.data()), EFAULT);
  std::array<std::byte, 4> got{};
  EXPECT_EQ(memory.copy(frames[0], 8, 4, got.data(), nullptr), 0);
  EXPECT_EQ(got, some);
  memory.unpin(frames.data(), 2);
  EXPECT_EQ(memory.copy(frames[0], 8, 4, got.data(), nullptr), EFAULT);
}

TEST_F(OwnMemoryTest, OnlyARangeIfSo) {
  memory.only(address(pages), address(pages) + kPageSize - 1);
  EXPECT_EQ(memory.pin_pages(first, 2, frames.data(), false), EFAULT);
  EXPECT_EQ(memory.pin_pages(first - 1, 1, frames.data(), false), EFAULT);
  ASSERT_EQ(memory.pin_pages(first, 1, frames.data(), false), 0);
  memory.unpin(frames.data(), 1);
}

TEST_F(OwnMemoryTest, BlocksKeepPagesAdjacent) {
  constexpr std::uint64_t kBlock = std::uint64_t{1} << 21;
  auto* const large = static_cast<std::byte*>(
      mmap(nullptr, 2 * kBlock, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
  const std::uint64_t start = (address(large) + kBlock - 1) / kBlock * kBlock;
  ASSERT_EQ(memory.pin_pages(start >> kPageShift, 512, frames.data(), false), 0);
  EXPECT_EQ(frames[0] % 512, 0U);
  for (std::size_t i = 1; i < 512; ++i) EXPECT_EQ(frames[i], frames[0] + i);
  memory.unpin(frames.data(), 512);
  munmap(large, 2 * kBlock);
}

struct OwnFileTest : testing::Test {
  OwnFrames machine;
  std::array<Frame, 4> frames{};
  ~OwnFileTest() override { EXPECT_EQ(machine.total_pins(), 0U); }
};

TEST_F(OwnFileTest, PinsWholePagesOfFilesInMemory) {
  const int fd = memfd_create("test", MFD_CLOEXEC);
  ASSERT_EQ(ftruncate(fd, 6144), 0);
  const auto file = OwnFile::open(machine, fd);
  ASSERT_TRUE(file.ok());
  close(fd);
  EXPECT_EQ(file.value->pin_pages(0, 1, frames.data(), true), 0);
  EXPECT_EQ(file.value->pin_pages(1, 1, frames.data() + 1, true), EINVAL);
  EXPECT_EQ(file.value->pin_pages(std::uint64_t{1} << 51, 1, frames.data() + 1, true), EINVAL);
  const std::array<std::byte, 2> some = {std::byte{7}, std::byte{8}};
  EXPECT_EQ(file.value->copy(frames[0], 4094, 2, nullptr, some.data()), 0);
  std::array<std::byte, 2> got{};
  EXPECT_EQ(file.value->copy(frames[0], 4094, 2, got.data(), nullptr), 0);
  EXPECT_EQ(got, some);
  EXPECT_EQ(file.value->pins(0), 1U);
  file.value->unpin(frames.data(), 1);
}

TEST_F(OwnFileTest, AFileForReadingIsWrittenAllTheSame) {
  const int fd = memfd_create("test", MFD_CLOEXEC);
  ASSERT_EQ(ftruncate(fd, 4096), 0);
  const int reading = open(("/proc/self/fd/" + std::to_string(fd)).c_str(), O_RDONLY | O_CLOEXEC);
  ASSERT_GE(reading, 0);
  const auto file = OwnFile::open(machine, reading);
  ASSERT_TRUE(file.ok());
  ASSERT_EQ(file.value->pin_pages(0, 1, frames.data(), true), 0);
  const std::byte one{1};
  EXPECT_EQ(file.value->copy(frames[0], 0, 1, nullptr, &one), 0);
  file.value->unpin(frames.data(), 1);
  close(reading);
  close(fd);
}

TEST_F(OwnFileTest, OtherFilesCannotBePinned) {
  const int fd = eventfd(0, EFD_CLOEXEC);
  const auto file = OwnFile::open(machine, fd);
  ASSERT_TRUE(file.ok());
  EXPECT_EQ(file.value->pin_pages(0, 1, frames.data(), false), EINVAL);
  close(fd);
  EXPECT_EQ(OwnFile::open(machine, fd).error, EBADF);
  EXPECT_EQ(OwnFile::open(machine, -1).error, EBADF);
  const int path = ::open("/", O_PATH | O_CLOEXEC);
  EXPECT_EQ(OwnFile::open(machine, path).error, EBADF);
  close(path);
}

}  // namespace
}  // namespace hw_reference
