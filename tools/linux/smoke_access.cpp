// SPDX-License-Identifier: Apache-2.0
#include <cerrno>

#include "tools/linux/smoke.hpp"

namespace iolaw::smoke {
namespace {

void lifetime(Client& c) {
  const auto ioas = c.make("ioas.alloc", {0});
  c.fails(ENOENT, "access.create", {kNoHandle, 1});
  const auto access = c.make("access.create", {ioas, 1});
  c.does("access.destroy", {access});
  c.fails(EBADF, "access.destroy", {access});
  c.fails(EBADF, "access.destroy", {kNoHandle});
  c.fails(EBADFD, "access.replace", {access, kNoHandle});
  c.fails(EBADFD, "access.pin", {access, 0, 0, 0});
  c.fails(EBADFD, "access.unpin", {access, kNoHandle});
  c.fails(EBADFD, "access.pin", {kNoHandle, 0, 0, 0});
}

void alignment(Client& c) {
  const auto x = c.make("ioas.alloc", {0});
  const auto y = c.make("ioas.alloc", {0});
  c.does("ioas.map", {x, kMemory, 2048, kBase, kR, 0});
  c.fails(EADDRINUSE, "access.create", {x, 1});
  c.make("access.create", {x, 0});
  const auto access = c.make("access.create", {y, 1});
  c.fails(EADDRINUSE, "access.replace", {access, x});
  c.fails(EINVAL, "ioas.map", {y, kMemory, 2048, kBase, kR, 0});
  c.fails(EINVAL, "ioas.map", {y, kMemory, kPage, kBase + 1, kR, 0});
  c.fails(EINVAL, "ioas.map", {y, kMemory + 1, kPage, kBase, kR, 0});
  c.does("ioas.map", {y, kMemory, kPage, kBase, kR, 0});
  c.does("access.destroy", {access});
  c.does("ioas.map", {y, kMemory, 2048, 0, kR, 0});
}

void pin_arguments(Client& c) {
  const auto ioas = c.make("ioas.alloc", {0});
  const auto plain = c.make("access.create", {ioas, 0});
  const auto access = c.make("access.create", {ioas, 1});
  c.fails(ENOMEM, "access.pin", {kNoHandle, 0, 0x100'0001, 0});
  c.fails(EBADFD, "access.pin", {kNoHandle, 0, 0x100'0000, 0});
  c.fails(EOPNOTSUPP, "access.pin", {plain, 0, 0, 0});
  c.fails(EINVAL, "access.pin", {access, kMax, 0, 0});
  c.fails(EOVERFLOW, "access.pin", {access, kMax, 2, 0});
  c.fails(ENOENT, "access.pin", {access, kMax, 1, 0});
  c.fails(ENOENT, "access.pin", {access, 1, 0x100'0000, 0});
}

void pin_areas(Client& c) {
  const auto ioas = c.make("ioas.alloc", {0});
  const auto access = c.make("access.create", {ioas, 1});
  c.does("ioas.map", {ioas, kMemory, kPage, 0x10000, kR, 0});
  c.does("ioas.map", {ioas, kMemory + 5 * kPage, kPage, 0x11000, kW, 0});
  c.does("ioas.map", {ioas, kMemory, kPage, 0x13000, kW, 0});
  c.does("ioas.map", {ioas, kMemoryEnd - kPage, 2 * kPage, 0x20000, kRW, 0});
  c.fails(ENOENT, "access.pin", {access, 0xf000, 2 * kPage, 1});
  c.fails(EINVAL, "access.pin", {access, 0x10001, 1, 1});
  c.fails(EPERM, "access.pin", {access, 0x10000, 1, 1});
  c.fails(EPERM, "access.pin", {access, 0x10000, 2 * kPage, 0});  // the second area may not be read
  c.fails(EPERM, "access.pin", {access, 0x10000, 3 * kPage, 1});
  c.fails(ENOENT, "access.pin", {access, 0x11000, 2 * kPage, 1});
  c.fails(ENOENT, "access.pin", {access, 0x11000, 3 * kPage, 1});
  c.fails(EFAULT, "access.pin", {access, 0x20000, 2 * kPage, 1});
  c.fails(EFAULT, "access.pin", {access, 0x21000, 1, 0});
  for (std::uint64_t page = kMemory; page < kMemoryEnd; page += kPage) c.gives(0, "memory.pins", {page});
  c.make("access.pin", {access, 0x20000, kPage, 0});
  c.gives(1, "memory.pins", {kMemoryEnd - 1});
}

void unpin(Client& c) {
  const auto ioas = c.make("ioas.alloc", {0});
  const auto a = c.make("access.create", {ioas, 1});
  const auto b = c.make("access.create", {ioas, 1});
  c.does("ioas.map", {ioas, kMemory, 2 * kPage, 0, kRW, 0});
  const auto first = c.make("access.pin", {a, 0, 1, 0});
  const auto second = c.make("access.pin", {b, 0, 2 * kPage, 1});
  c.gives(1, "memory.pins", {kMemory});
  c.fails(ENOENT, "access.unpin", {a, second});
  c.fails(ENOENT, "access.unpin", {b, first});
  c.fails(ENOENT, "access.unpin", {a, kNoHandle});
  c.does("access.unpin", {b, second});
  c.gives(1, "memory.pins", {kMemory});
  c.gives(0, "memory.pins", {kMemory + kPage});
  c.fails(ENOENT, "access.unpin", {b, second});
  c.does("access.destroy", {a});
  c.gives(0, "memory.pins", {kMemory});
  const auto again = c.make("access.create", {ioas, 1});  // the same descriptor, but not the access of old
  c.fails(ENOENT, "access.unpin", {again, first});
}

// What an unmap removes is let go by every pin that touches it, whole.
void unmap_lets_go(Client& c) {
  const auto ioas = c.make("ioas.alloc", {0});
  const auto access = c.make("access.create", {ioas, 1});
  c.does("ioas.map", {ioas, kMemory, kPage, 0x10000, kR, 0});
  c.does("ioas.map", {ioas, kMemory + kPage, kPage, 0x11000, kR, 0});
  const auto both = c.make("access.pin", {access, 0x10000, 2 * kPage, 0});
  const auto upper = c.make("access.pin", {access, 0x11000, 5, 0});
  c.gives(1, "memory.pins", {kMemory});
  c.gives(kPage, "ioas.unmap", {ioas, 0x10000, kPage});
  c.gives(0, "memory.pins", {kMemory});
  c.gives(1, "memory.pins", {kMemory + kPage});
  c.fails(ENOENT, "access.unpin", {access, both});
  c.does("access.unpin", {access, upper});
  c.gives(0, "memory.pins", {kMemory + kPage});
}

void unmap_fails_later(Client& c) {
  const auto ioas = c.make("ioas.alloc", {0});
  const auto access = c.make("access.create", {ioas, 1});
  c.does("ioas.map", {ioas, kMemory, kPage, 0x10000, kR, 0});
  c.does("ioas.map", {ioas, kMemory + kPage, 2 * kPage, 0x11000, kR, 0});
  const auto both = c.make("access.pin", {access, 0x10000, 2 * kPage, 0});
  const auto upper = c.make("access.pin", {access, 0x12000, 5, 0});
  c.fails(ENOENT, "ioas.unmap", {ioas, 0x10000, 2 * kPage});
  c.gives(0, "memory.pins", {kMemory});
  c.gives(0, "memory.pins", {kMemory + kPage});
  c.gives(1, "memory.pins", {kMemory + 2 * kPage});
  c.fails(ENOENT, "access.unpin", {access, both});
  c.does("access.unpin", {access, upper});
}

void replace(Client& c) {
  const auto x = c.make("ioas.alloc", {0});
  const auto y = c.make("ioas.alloc", {0});
  const auto access = c.make("access.create", {x, 1});
  c.does("ioas.map", {x, kMemory, kPage, 0, kR, 0});
  const auto pin = c.make("access.pin", {access, 0, 1, 0});
  c.fails(ENOENT, "access.replace", {access, kNoHandle});
  c.does("access.replace", {access, x});
  c.gives(1, "memory.pins", {kMemory});
  c.fails(EBUSY, "ioas.destroy", {x});
  c.does("access.replace", {access, y});
  c.gives(0, "memory.pins", {kMemory});
  c.fails(ENOENT, "access.unpin", {access, pin});
  c.does("ioas.destroy", {x});
  c.fails(EBUSY, "ioas.destroy", {y});
}

// A pin that ends at the last byte of the address space is let go as well when its access moves away.
void replace_last_byte(Client& c) {
  const auto x = c.make("ioas.alloc", {0});
  const auto y = c.make("ioas.alloc", {0});
  const auto access = c.make("access.create", {x, 1});
  c.does("ioas.map", {x, kMemory, kPage, kMax - kPage + 1, kR, 0});
  c.make("access.pin", {access, kMax - kPage + 1, kPage, 0});
  c.gives(1, "memory.pins", {kMemory});
  c.does("access.replace", {access, y});
  c.gives(0, "memory.pins", {kMemory});
  c.does("ioas.destroy", {x});
}

}  // namespace

std::vector<Case> access_cases() {
  return {
      {"access.lifetime", lifetime},
      {"access.create.align", alignment},
      {"access.pin.arguments", pin_arguments},
      {"access.pin.areas", pin_areas},
      {"access.unpin", unpin},
      {"ioas.unmap.lets_go", unmap_lets_go},
      {"ioas.unmap.fails_later", unmap_fails_later},
      {"access.replace", replace},
      {"access.replace.last_byte", replace_last_byte},
  };
}

}  // namespace iolaw::smoke
