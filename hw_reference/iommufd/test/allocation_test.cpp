// SPDX-License-Identifier: Apache-2.0
// Every allocation of a sequence of calls is made to fail in turn. The call that meets it answers ENOMEM and changes
// nothing: repeated, it succeeds, and the sequence ends as it does undisturbed.
#include <gtest/gtest.h>

#include <cerrno>
#include <cstdlib>
#include <new>
#include <utility>
#include <vector>

#include "hw_reference/iommufd/iommufd.hpp"

namespace {

// Allocations until one fails; negative: none will.
thread_local long countdown = -1;

void* allocate(std::size_t bytes) {
  if (countdown == 0) {
    countdown = -1;
    throw std::bad_alloc();
  }
  if (countdown > 0) --countdown;
  if (void* memory = std::malloc(bytes)) return memory;
  throw std::bad_alloc();
}

}  // namespace

void* operator new(std::size_t bytes) { return allocate(bytes); }
void* operator new[](std::size_t bytes) { return allocate(bytes); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }

namespace hw_reference {
namespace {

constexpr std::uint64_t kMemory = 0x4000'0000;
constexpr std::uint64_t kPages = 1200;
constexpr std::uint64_t kIova = 0x100'0000;
constexpr std::uint64_t kMax = ~std::uint64_t{0};
constexpr Rights kBoth = kRead | kWrite;

struct Script {
  Script(const PhysicalMemory& frames, ClientMemory& client) : physical(frames), fd(client) {}

  const PhysicalMemory& physical;
  Iommufd fd;
  unsigned refused = 0;
  std::vector<std::uint64_t> log;

  std::uint64_t pins() const { return physical.total_pins(); }

  // Makes a call; if it was refused for lack of memory, nothing has changed, and once more.
  template <class Call>
  void make(Call call) {
    (void)answer_of(call);
  }
  template <class Call>
  auto value(Call call) {
    return answer_of(call).value;
  }
  template <class Call>
  auto answer_of(Call call) {
    const std::uint64_t before = pins();
    auto answer = call();
    if (error_of(answer) == ENOMEM) {
      ++refused;
      EXPECT_EQ(pins(), before);
      answer = call();
    }
    const long left = std::exchange(countdown, -1);
    log.push_back(static_cast<std::uint64_t>(error_of(answer)));
    log.push_back(pins());
    countdown = left;
    return answer;
  }
  static int error_of(int error) { return error; }
  template <class T>
  static int error_of(const Result<T>& result) {
    return result.error;
  }

  void run() {
    const ObjectId a = value([&] { return fd.ioas_alloc(); });
    const ObjectId b = value([&] { return fd.ioas_alloc(); });
    make([&] { return fd.ioas_map(a, kMemory, 0x1000, kIova, kBoth); });
    make([&] { return fd.ioas_map(a, kMemory + 0x1000, 0x3000, kIova + 0x1000, kBoth); });
    make([&] { return fd.ioas_map(a, kMemory, kPages * kPageSize, kIova + 0x10'0000, kBoth); });
    const ObjectId device = value([&] { return fd.device_attach(a); });
    make([&] { return fd.device_attach(b); });
    make([&] { return fd.ioas_copy(b, a, 0x4000, kIova, kIova, kRead); });
    make([&] { return fd.ioas_copy(b, a, 0x1000, kIova, kIova, kRead); });
    make([&] { return fd.ioas_map(b, kMemory, 600 * kPageSize, kIova + 0x10'0000, kBoth); });
    make([&] { return fd.ioas_map(b, 0, 600 * kPageSize, kIova + 0x80'0000, kBoth); });
    make([&] { return fd.ioas_reserve(a, 0x1000, 0x1000); });
    make([&] { return fd.ioas_reserve(a, 0x1800, 0x1000); });
    const ObjectId access = value([&] { return fd.access_create(a, true); });
    const PinId pin = value([&] { return fd.access_pin(access, kIova, 0x2001, false); });
    make([&] { return fd.access_pin(access, kIova + 0x3000, 0x2000, true); });
    make([&] { return fd.access_pin(access, kIova + 0x10'0000, kPages * kPageSize, true); });
    make([&] { return fd.access_unpin(access, pin); });
    for (std::uint64_t i = 0; i < 70; ++i)
      make([&] { return fd.ioas_map(a, kMemory, 0x1000, kIova + 0x200'0000 + i * 0x1000, kBoth); });
    make([&] { return fd.device_destroy(device); });
    make([&] { return fd.device_attach(a); });
    make([&] { return fd.access_replace(access, b); });
    make([&] { return fd.ioas_unmap(a, 0, kMax); });
    make([&] { return fd.access_destroy(access); });
  }
};

TEST(Allocation, EachFailureIsAnsweredAndUndone) {
  PhysicalMemory physical(kPages);
  ClientMemory client(physical);
  ASSERT_EQ(client.map(kMemory, kPages), 0);
  std::vector<std::uint64_t> undisturbed;
  {
    Script script(physical, client);
    script.run();
    undisturbed = script.log;
  }
  unsigned failures = 0;
  for (long at = 0;; ++at) {
    Script script(physical, client);
    script.log.reserve(undisturbed.size());
    countdown = at;
    script.run();
    const bool reached = std::exchange(countdown, -1) < 0;
    ASSERT_EQ(script.log, undisturbed) << "allocation " << at;
    if (!reached) break;
    ASSERT_EQ(script.refused, 1U) << "allocation " << at;
    ++failures;
  }
  EXPECT_GT(failures, 150U);
  EXPECT_EQ(physical.total_pins(), 0U);
}

}  // namespace
}  // namespace hw_reference
