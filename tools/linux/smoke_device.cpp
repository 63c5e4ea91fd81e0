// SPDX-License-Identifier: Apache-2.0
#include <cerrno>

#include "tools/linux/smoke.hpp"

namespace iolaw::smoke {
namespace {

void lifetime(Client& c) {
  const auto ioas = c.make("ioas.alloc", {0});
  c.fails(ENOENT, "device.attach", {kNoHandle, 0});
  const auto device = c.make("device.attach", {ioas, 0});
  c.does("device.destroy", {device});
  c.fails(ENOENT, "device.destroy", {device});
  c.fails(ENOENT, "device.destroy", {kNoHandle});
  c.fails(ENOENT, "device.attach", {device, 0});
}

// Attaching creates objects before it looks for the IOAS: one of them may have the dead one's number.
void stale(Client& c) {
  const auto x = c.make("ioas.alloc", {0});
  const auto y = c.make("ioas.alloc", {0});
  c.does("ioas.destroy", {y});
  c.does("ioas.destroy", {x});
  c.fails(ENOENT, "device.attach", {y, 0});
  c.fails(ENOENT, "device.attach", {x, 0});
}

void alignment(Client& c) {
  const auto ioas = c.make("ioas.alloc", {0});
  c.does("ioas.map", {ioas, kMemory + 1, 2048, kBase, kR, 0});
  c.fails(EADDRINUSE, "device.attach", {ioas, 0});
  c.gives(2048, "ioas.unmap", {ioas, 0, kMax});
  c.does("ioas.map", {ioas, kMemory + 2048, 2048, kBase, kR, 0});
  const auto device = c.make("device.attach", {ioas, 0});
  c.gives(kMemory, "device.translate", {device, kBase + 2047});
  c.gives(std::nullopt, "device.translate", {device, kBase + 2048});
  c.fails(EINVAL, "ioas.map", {ioas, kMemory, 1024, kBase + 0x1000, kR, 0});
  c.fails(EINVAL, "ioas.map", {ioas, kMemory, 2048, kBase + 0x1400, kR, 0});
  c.fails(EINVAL, "ioas.map", {ioas, kMemory + 1024, 2048, kBase + 0x1000, kR, 0});
  c.fails(EEXIST, "ioas.map", {ioas, kMemory + 1024, 2048, kBase, kR, 0});
  c.fails(EADDRINUSE, "access.create", {ioas, 1});
}

void aperture(Client& c) {
  const auto ioas = c.make("ioas.alloc", {0});
  c.does("ioas.map", {ioas, kMemory, kPage, kBase - kPage, kR, 0});
  c.fails(EADDRINUSE, "device.attach", {ioas, 0});
  c.gives(kPage, "ioas.unmap", {ioas, 0, kMax});
  c.does("ioas.map", {ioas, kMemory, kPage, kApertureLast + 1, kR, 0});
  c.fails(EADDRINUSE, "device.attach", {ioas, 0});
  c.gives(kPage, "ioas.unmap", {ioas, 0, kMax});
  const auto device = c.make("device.attach", {ioas, 0});
  c.fails(EINVAL, "ioas.map", {ioas, kMemory, kPage, kBase - kPage, kR, 0});
  c.fails(EINVAL, "ioas.map", {ioas, kMemory, kPage, kApertureLast + 1, kR, 0});
  c.does("ioas.map", {ioas, kMemory, kPage, kBase, kR, 0});
  c.does("ioas.map", {ioas, kMemory, kPage, kApertureLast - kPage + 1, kR, 0});
  c.does("device.destroy", {device});
  c.does("ioas.map", {ioas, kMemory, kPage, kApertureLast + 1, kR, 0});
}

void translate(Client& c) {
  const auto ioas = c.make("ioas.alloc", {0});
  c.does("ioas.map", {ioas, kMemory + 3 * kPage, 2 * kPage, kBase, kR, 0});
  const auto first = c.make("device.attach", {ioas, 0});
  const auto second = c.make("device.attach", {ioas, 0});
  for (const auto device : {first, second}) {
    c.gives(kMemory + 3 * kPage, "device.translate", {device, kBase});
    c.gives(kMemory + 4 * kPage, "device.translate", {device, kBase + 2 * kPage - 1});
    for (const std::uint64_t iova :
         {std::uint64_t{0}, kBase - 1, kBase + 2 * kPage, kMemory, kApertureLast + 1, kMax}) {
      c.gives(std::nullopt, "device.translate", {device, iova});
    }
  }
  c.does("device.destroy", {first});
  c.gives(kMemory + 3 * kPage, "device.translate", {second, kBase});
  c.gives(1, "memory.pins", {kMemory + 3 * kPage});
  c.does("device.destroy", {second});
  c.gives(0, "memory.pins", {kMemory + 3 * kPage});
}

// One pin for each pages object, however many users it has.
void pins(Client& c) {
  const auto ioas = c.make("ioas.alloc", {0});
  c.does("ioas.map", {ioas, kMemory, 2 * kPage, kBase, kRW, 0});
  c.does("ioas.map", {ioas, kMemory, kPage, kBase + 0x10000, kR, 0});
  c.gives(0, "memory.pins", {kMemory});
  const auto device = c.make("device.attach", {ioas, 0});
  c.gives(2, "memory.pins", {kMemory});
  c.gives(1, "memory.pins", {kMemory + kPage});
  c.does("ioas.copy", {ioas, ioas, kPage, kBase + 0x20000, kBase + kPage, kR, 0});
  const auto access = c.make("access.create", {ioas, 1});
  c.make("access.pin", {access, kBase, 2 * kPage, 0});
  c.gives(2, "memory.pins", {kMemory});
  c.gives(1, "memory.pins", {kMemory + kPage});
  c.does("device.destroy", {device});
  c.gives(1, "memory.pins", {kMemory});
  c.gives(1, "memory.pins", {kMemory + kPage});
  c.does("access.destroy", {access});
  c.gives(0, "memory.pins", {kMemory});
  c.gives(0, "memory.pins", {kMemory + kPage});
}

// Pinning what is not there fails as a whole, also while a device arrives.
void attach_unbacked(Client& c) {
  const auto ioas = c.make("ioas.alloc", {0});
  c.does("ioas.map", {ioas, kMemory, kPage, kBase, kR, 0});
  c.does("ioas.map", {ioas, kMemoryEnd - kPage, 2 * kPage, kBase + 0x10000, kR, 0});
  c.fails(EFAULT, "device.attach", {ioas, 0});
  c.gives(0, "memory.pins", {kMemory});
  c.gives(0, "memory.pins", {kMemoryEnd - kPage});
  c.does("ioas.map", {ioas, kMemory, 1, 0, kR, 0});  // nothing of the device stays, neither alignment nor aperture
  c.does("ioas.destroy", {ioas});
}

}  // namespace

std::vector<Case> device_cases() {
  return {
      {"device.lifetime", lifetime},
      {"device.attach.stale", stale},
      {"device.attach.align", alignment},
      {"device.attach.aperture", aperture},
      {"device.translate", translate},
      {"memory.pins", pins},
      {"device.attach.memory", attach_unbacked},
  };
}

}  // namespace iolaw::smoke
