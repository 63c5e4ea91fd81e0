// SPDX-License-Identifier: Apache-2.0
// What every call has in common: spec/iommufd/envelope.law.
#include <algorithm>
#include <array>
#include <cstring>

#include "tools/ports/dev_iommu/kernel.hpp"
#include "tools/ports/dev_iommu/struct_memory.hpp"

namespace iolaw::dev_iommu {
namespace {

// The law's Command: the numbers from 0x80 on in their order, a free one, and one below all of them.
constexpr std::uint64_t kCommands = 22;
constexpr unsigned kFree = 0x9f;
constexpr unsigned kForeign = 0x10;

unsigned number(std::uint64_t c) {
  if (c < kCommands) return static_cast<unsigned>(0x80 + c);
  return c == kCommands ? kFree : kForeign;
}

// Bytes of each command's struct.
constexpr std::uint16_t kSizes[kCommands] = {8,  12, 24, 40, 32, 40, 24, 24, 12, 48, 40,
                                             16, 48, 32, 16, 40, 40, 24, 8,  32, 40, 40};

// Arguments: command, plain, size, readable, tail. The struct ends `readable` bytes before memory does.
PortAnswer call(Kernel& kernel, Arguments a) {
  constexpr std::size_t kPage = StructMemory::kBytes;
  if (a[2] > kPage || a[3] > kPage) return unsupported("no struct is longer than a page");
  const StructMemory memory;
  if (!memory.good()) return unsupported("no memory for a struct");
  unsigned char* const begin = memory.edge() - a[3];
  std::memset(begin, 0, a[3]);
  const auto size = static_cast<std::uint32_t>(a[2]);
  std::memcpy(begin, &size, std::min<std::size_t>(sizeof(size), a[3]));
  const std::size_t fields = a[0] < kCommands ? kSizes[a[0]] : kPage;
  if (a[4] != 0 && fields < a[3]) begin[fields] = 1;
  const unsigned long plain = command(number(a[0]));
  constexpr unsigned long kOtherBits = 0x4008'0000;  // as if it read eight bytes
  return done(kernel.request(a[1] != 0 ? plain : plain | kOtherBits, begin));
}

constexpr auto kEnvelopeCalls = std::to_array<Call>({{"envelope.call", 5, call}});

}  // namespace

std::span<const Call> envelope_calls() { return kEnvelopeCalls; }

}  // namespace iolaw::dev_iommu
