// SPDX-License-Identifier: Apache-2.0
#include <cerrno>

#include "tools/linux/smoke.hpp"

namespace iolaw::smoke {
namespace {

void lifetime(Client& c) {
  const auto ioas = c.make("ioas.alloc", {0});
  c.does("ioas.map", {ioas, kMemory, kPage, kBase, kRW, 0});
  c.does("ioas.destroy", {ioas});
  c.fails(ENOENT, "ioas.destroy", {ioas});
  c.fails(ENOENT, "ioas.destroy", {kNoHandle});
  c.fails(ENOENT, "ioas.map", {ioas, kMemory, kPage, kBase, kRW, 0});
}

// A dead id whose number was given to an object of another kind names nothing, whoever looks.
void stale(Client& c) {
  const auto a = c.make("ioas.alloc", {0});
  const auto b = c.make("ioas.alloc", {0});
  c.does("ioas.destroy", {b});
  const auto access = c.make("access.create", {a, 1});
  c.fails(ENOENT, "ioas.destroy", {b});
  c.fails(ENOENT, "ioas.unmap", {b, 0, kMax});
  c.fails(ENOENT, "device.attach", {b, 0});
  c.does("access.destroy", {access});
  c.does("ioas.destroy", {a});
}

void busy(Client& c) {
  const auto ioas = c.make("ioas.alloc", {0});
  const auto access = c.make("access.create", {ioas, 0});
  c.fails(EBUSY, "ioas.destroy", {ioas});
  c.does("access.destroy", {access});
  const auto device = c.make("device.attach", {ioas, 0});
  c.fails(EBUSY, "ioas.destroy", {ioas});
  c.does("device.destroy", {device});
  c.does("ioas.destroy", {ioas});
}

void map_arguments(Client& c) {
  const auto ioas = c.make("ioas.alloc", {0});
  c.fails(EOVERFLOW, "ioas.map", {ioas, kMemory, kPage, kMax, 0, 0});
  c.fails(EOVERFLOW, "ioas.map", {ioas, kMemory, kMax, kBase, 0, 0});
  c.fails(EINVAL, "ioas.map", {kNoHandle, kMemory, kPage, kBase, 0, 0});
  c.fails(ENOENT, "ioas.map", {kNoHandle, kMax, kPage, kBase, kR, 0});
  c.fails(EOVERFLOW, "ioas.map", {ioas, kMax - kPage + 1, kPage, kBase, kR, 0});
  c.fails(EOVERFLOW, "ioas.map", {ioas, kMax, 1, kBase, kR, 0});
  c.fails(EINVAL, "ioas.map", {ioas, kMax, 0, kBase, kR, 0});
  c.fails(EINVAL, "ioas.map", {ioas, 0, kMax - kPage + 1, 0, kR, 0});
  c.does("ioas.map", {ioas, 0, kMax - kPage, kPage, kR, 0});
  c.fails(EOVERFLOW, "ioas.map", {ioas, kMemory, kPage, kMax - 1, kR, 0});
}

void map_bytes(Client& c) {
  const auto ioas = c.make("ioas.alloc", {0});
  c.does("ioas.map", {ioas, kMemory + 1, 3, 5, kR, 0});
  c.fails(EEXIST, "ioas.map", {ioas, kMemory, 6, 0, kR, 0});
  c.fails(EEXIST, "ioas.map", {ioas, kMemory, 1, 7, kR, 0});
  c.does("ioas.map", {ioas, kMemory, 5, 0, kR, 0});
  c.does("ioas.map", {ioas, kMemory, 1, 8, kW, 0});
  c.does("ioas.map", {ioas, kMemory, 2, kMax - 1, kR, 0});  // the last byte of the address space
  c.gives(11, "ioas.unmap", {ioas, 0, kMax});
}

void map_reserved(Client& c) {
  const auto ioas = c.make("ioas.alloc", {0});
  c.does("ioas.reserve", {ioas, 0x5000, 1});
  c.does("ioas.map", {ioas, kMemory, 0x1000, 0x4000, kR, 0});
  c.fails(EINVAL, "ioas.map", {ioas, kMemory, 0x1001, 0x4000, kR, 0});
  c.fails(EINVAL, "ioas.map", {ioas, kMemory, 1, 0x5000, kR, 0});
  c.does("ioas.map", {ioas, kMemory, 1, 0x5001, kR, 0});
  c.does("ioas.reserve", {ioas, 0x5000, 1});
  c.fails(EADDRINUSE, "ioas.reserve", {ioas, 0x5000, 2});
  c.fails(EINVAL, "ioas.reserve", {kNoHandle, 0x5000, 0});
  c.fails(EOVERFLOW, "ioas.reserve", {kNoHandle, kMax, 2});
  c.fails(ENOENT, "ioas.reserve", {kNoHandle, kMax, 1});
  c.does("ioas.reserve", {ioas, kMax, 1});
  c.fails(EINVAL, "ioas.map", {ioas, kMemory, 2, kMax - 1, kR, 0});
}

void map_unbacked(Client& c) {
  const auto ioas = c.make("ioas.alloc", {0});
  c.does("ioas.map", {ioas, 0xdead'0000'0000'0000, kPage, kBase, kR, 0});
  c.fails(EFAULT, "device.attach", {ioas, 0});
  c.gives(kPage, "ioas.unmap", {ioas, kBase, kPage});
  c.make("device.attach", {ioas, 0});
  for (const std::uint64_t va : {std::uint64_t{0}, kPage, kMemory - kPage, kMemoryEnd - kPage, kMemoryEnd,
                                 std::uint64_t{0x8000'0000}, kMax - 0x2fff}) {
    c.fails(EFAULT, "ioas.map", {ioas, va & ~(kPage - 1), 2 * kPage, kBase, kR, 0});
  }
  c.gives(0, "memory.pins", {kMemory});
  c.does("ioas.map", {ioas, kMemory, 0x10000, kBase, kRW, 0});
}

// Memory up to the last page of all: how much is pinned at once decides which of two mistakes Linux sees first.
void map_last_page(Client& c) {
  const auto ioas = c.make("ioas.alloc", {0});
  c.make("device.attach", {ioas, 0});
  c.fails(EOVERFLOW, "ioas.map", {ioas, kMax - 0x17ff, kPage, kBase, kR, 0});
  c.fails(EFAULT, "ioas.map", {ioas, kMax - 0x17ff, 2048, kBase, kR, 0});
  c.fails(EFAULT, "ioas.map", {ioas, kMax - 0x2000'07ff, 0x2000'0000, kBase, kR, 0});
  c.gives(0, "ioas.unmap", {ioas, 0, kMax});
}

void unmap(Client& c) {
  const auto ioas = c.make("ioas.alloc", {0});
  c.gives(0, "ioas.unmap", {ioas, 0, kMax});
  c.fails(ENOENT, "ioas.unmap", {kNoHandle, kMax, 0});
  c.fails(EOVERFLOW, "ioas.unmap", {ioas, kMax, 0});
  c.fails(EOVERFLOW, "ioas.unmap", {ioas, 5, kMax});
  c.fails(EINVAL, "ioas.unmap", {ioas, 5, 0});
  c.fails(EOVERFLOW, "ioas.unmap", {ioas, kMax - 1, 3});
  c.fails(ENOENT, "ioas.unmap", {ioas, 0, kMax - 1});
  c.does("ioas.map", {ioas, kMemory, kPage, 0x10000, kR, 0});
  c.does("ioas.map", {ioas, kMemory, 2 * kPage, 0x12000, kR, 0});
  c.fails(ENOENT, "ioas.unmap", {ioas, 0x10000, 0xfff});
  c.fails(ENOENT, "ioas.unmap", {ioas, 0x10001, 0x1000});
  c.fails(ENOENT, "ioas.unmap", {ioas, 0x10000, 3 * kPage});  // the first area is gone all the same
  c.does("ioas.map", {ioas, kMemory, kPage, 0x10000, kR, 0});
  c.gives(3 * kPage, "ioas.unmap", {ioas, 0, 0x14000});
  c.does("ioas.map", {ioas, kMemory, 2, kMax - 1, kR, 0});
  c.gives(2, "ioas.unmap", {ioas, kMax - 1, 2});
}

void copy(Client& c) {
  const auto x = c.make("ioas.alloc", {0});
  const auto y = c.make("ioas.alloc", {0});
  c.does("ioas.map", {x, kMemory, 4 * kPage, 0x10000, kR, 0});
  c.fails(EOVERFLOW, "ioas.copy", {kNoHandle, kNoHandle, kMax, 0, 0, 0, 0});
  c.fails(EOVERFLOW, "ioas.copy", {kNoHandle, kNoHandle, 1, kMax, 0, 0, 0});
  c.fails(EOVERFLOW, "ioas.copy", {kNoHandle, kNoHandle, 1, 0, kMax, 0, 0});
  c.fails(EINVAL, "ioas.copy", {kNoHandle, kNoHandle, 0, 0, 0, 0, 0});
  c.fails(ENOENT, "ioas.copy", {y, kNoHandle, 0, 0, 0, kR, 0});
  c.fails(EINVAL, "ioas.copy", {kNoHandle, x, 0, 0, 0, kR, 0});
  c.fails(EOVERFLOW, "ioas.copy", {kNoHandle, x, 3, 0, kMax - 1, kR, 0});
  c.fails(ENOENT, "ioas.copy", {kNoHandle, x, kPage + 1, 0, 0x13000, kR, 0});
  c.fails(ENOENT, "ioas.copy", {kNoHandle, x, kPage, 0, 0x10000, kR, 0});
  c.fails(EOVERFLOW, "ioas.copy", {y, x, 3, kMax - 1, 0x10000, kR, 0});
  c.fails(EPERM, "ioas.copy", {y, x, kPage, 0, 0x10000, kRW, 0});
  c.does("ioas.copy", {y, x, 2, kMax - 1, 0x10001, kR, 0});
  c.fails(EEXIST, "ioas.copy", {y, x, 2, kMax - 2, 0x10001, kRW, 0});
  c.does("ioas.reserve", {y, 0, 1});
  c.fails(EINVAL, "ioas.copy", {y, x, 1, 0, 0x10000, kRW, 0});
  c.does("ioas.copy", {x, x, kPage, 0x0, 0x11000, kR, 0});
}

// The right to write belongs to the memory, not to the area that it is copied from.
void copy_rights(Client& c) {
  const auto x = c.make("ioas.alloc", {0});
  c.does("ioas.map", {x, kMemory, kPage, 0x10000, kRW, 0});
  c.does("ioas.copy", {x, x, kPage, 0x20000, 0x10000, kR, 0});
  c.gives(kPage, "ioas.unmap", {x, 0x10000, kPage});
  c.does("ioas.copy", {x, x, kPage, 0x30000, 0x20000, kRW, 0});
}

void copy_shares(Client& c) {
  const auto x = c.make("ioas.alloc", {0});
  const auto y = c.make("ioas.alloc", {0});
  c.does("ioas.map", {x, kMemory, 4 * kPage, kBase, kRW, 0});
  c.make("device.attach", {x, 0});
  const auto device = c.make("device.attach", {y, 0});
  c.fails(EINVAL, "ioas.copy", {y, x, 1024, kBase, kBase, kR, 0});
  c.fails(EINVAL, "ioas.copy", {y, x, 2048, kBase + 1, kBase, kR, 0});
  c.fails(EINVAL, "ioas.copy", {y, x, 2048, kBase, kBase + 1, kR, 0});
  c.fails(EINVAL, "ioas.copy", {y, x, 2048, kBase - 2048, kBase, kR, 0});
  c.does("ioas.copy", {y, x, 2048, kBase, kBase + 0x1800, kR, 0});
  c.gives(1, "memory.pins", {kMemory + kPage});
  c.gives(kMemory + kPage, "device.translate", {device, kBase + 5});
  c.gives(4 * kPage, "ioas.unmap", {x, 0, kMax});
  c.gives(0, "memory.pins", {kMemory});
  c.gives(1, "memory.pins", {kMemory + kPage});
}

void copy_unbacked(Client& c) {
  const auto x = c.make("ioas.alloc", {0});
  const auto y = c.make("ioas.alloc", {0});
  c.make("device.attach", {y, 0});
  c.does("ioas.map", {x, kMemoryEnd - kPage, 2 * kPage, 0, kR, 0});
  c.fails(EFAULT, "ioas.copy", {y, x, 2 * kPage, kBase, 0, kR, 0});
  c.fails(EFAULT, "ioas.copy", {y, x, kPage, kBase, kPage, kR, 0});
  c.gives(0, "memory.pins", {kMemoryEnd - kPage});
  c.does("ioas.copy", {y, x, kPage, kBase, 0, kR, 0});
  c.gives(1, "memory.pins", {kMemoryEnd - kPage});
}

}  // namespace

std::vector<Case> ioas_cases() {
  return {
      {"ioas.lifetime", lifetime},
      {"ioas.destroy.stale", stale},
      {"ioas.destroy.users", busy},
      {"ioas.map.arguments", map_arguments},
      {"ioas.map.bytes", map_bytes},
      {"ioas.map.reserved", map_reserved},
      {"ioas.map.memory", map_unbacked},
      {"ioas.map.last_page", map_last_page},
      {"ioas.unmap", unmap},
      {"ioas.copy", copy},
      {"ioas.copy.read_only", copy_rights},
      {"ioas.copy.shares", copy_shares},
      {"ioas.copy.memory", copy_unbacked},
  };
}

}  // namespace iolaw::smoke
