// SPDX-License-Identifier: Apache-2.0
// Random calls; after each, the pins of all client pages and what every device reaches are recomputed by brute force
// from the calls that succeeded.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cerrno>
#include <list>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "hw_reference/iommufd/iommufd.hpp"

namespace hw_reference {
namespace {

constexpr std::uint64_t kDrawnMemory = 0x4000'0000;
constexpr std::uint64_t kDrawnPages = 8;
constexpr std::uint64_t kDrawnIova = 0x100'0000;
constexpr std::uint64_t kHalfPage = 2048;

struct KnownArea {
  ObjectId ioas;
  std::uint64_t first, last, va;
  unsigned pages;  // which pages object
};
struct KnownPin {
  ObjectId access;
  PinId id;
  std::uint64_t first, last;
};

struct Known {
  std::set<ObjectId> spaces;
  std::map<ObjectId, ObjectId> devices;   // -> IOAS
  std::map<ObjectId, ObjectId> accesses;  // -> IOAS
  std::list<KnownArea> areas;
  std::list<KnownPin> pins;
  unsigned pages = 0;

  bool has_device(ObjectId ioas) const {
    return std::any_of(devices.begin(), devices.end(), [ioas](const auto& device) { return device.second == ioas; });
  }
  const KnownArea* at(ObjectId ioas, std::uint64_t iova) const {
    for (const KnownArea& area : areas)
      if (area.ioas == ioas && area.first <= iova && iova <= area.last) return &area;
    return nullptr;
  }
  std::uint32_t pins_of(std::uint64_t page) const {
    std::set<unsigned> by;
    const auto touches = [page](std::uint64_t first, std::uint64_t last) {
      return first / kPageSize <= page && page <= last / kPageSize;
    };
    for (const KnownArea& area : areas) {
      if (has_device(area.ioas) && touches(area.va, area.va + (area.last - area.first))) by.insert(area.pages);
      for (const KnownPin& pin : pins) {
        const std::uint64_t first = std::max(pin.first, area.first);
        const std::uint64_t last = std::min(pin.last, area.last);
        if (accesses.at(pin.access) == area.ioas && first <= last &&
            touches(area.va + (first - area.first), area.va + (last - area.first)))
          by.insert(area.pages);
      }
    }
    return static_cast<std::uint32_t>(by.size());
  }
};

ObjectId any_of(const std::set<ObjectId>& ids) {
  if (ids.empty()) return 0;
  return *std::next(ids.begin(), *rc::gen::inRange<std::ptrdiff_t>(0, static_cast<std::ptrdiff_t>(ids.size())));
}
ObjectId any_of(const std::map<ObjectId, ObjectId>& ids) {
  std::set<ObjectId> keys;
  for (const auto& entry : ids) keys.insert(entry.first);
  return any_of(keys);
}

struct Run {
  PhysicalMemory physical{kDrawnPages};
  ClientMemory client{physical};
  Iommufd fd{client};
  Known known;

  Run() { client.map(kDrawnMemory, kDrawnPages); }

  std::uint64_t iova() { return kDrawnIova + *rc::gen::inRange<std::uint64_t>(0, 24) * kHalfPage; }
  std::uint64_t length() { return *rc::gen::inRange<std::uint64_t>(1, 7) * kHalfPage; }

  void map() {
    const ObjectId ioas = any_of(known.spaces);
    const auto va = kDrawnMemory + *rc::gen::inRange<std::uint64_t>(0, 2 * kDrawnPages) * kHalfPage;
    const auto first = iova();
    const auto bytes = length();
    if (fd.ioas_map(ioas, va, bytes, first, kRead | kWrite) == 0)
      known.areas.push_back({ioas, first, first + bytes - 1, va, ++known.pages});
  }
  void copy() {
    const ObjectId to = any_of(known.spaces);
    const ObjectId from = any_of(known.spaces);
    const auto dst = iova();
    const auto src = iova();
    const auto bytes = length();
    if (fd.ioas_copy(to, from, bytes, dst, src, kRead) != 0) return;
    for (std::uint64_t done = 0; done < bytes;) {
      const KnownArea* area = known.at(from, src + done);
      RC_ASSERT(area != nullptr);
      const auto piece = std::min(bytes - done, area->last - (src + done) + 1);
      const KnownArea added{to, dst + done, dst + done + piece - 1, area->va + (src + done - area->first), area->pages};
      known.areas.push_back(added);
      done += piece;
    }
  }
  void unmap() {
    const ObjectId ioas = any_of(known.spaces);
    const auto first = iova();
    const auto last = first + 4 * length() - 1;
    const auto answer = fd.ioas_unmap(ioas, first, last - first + 1);
    std::vector<KnownArea> met;
    for (const KnownArea& area : known.areas)
      if (area.ioas == ioas && area.first <= last && area.last >= first) met.push_back(area);
    std::sort(met.begin(), met.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    std::uint64_t bytes = 0;
    int error = ioas == 0 || met.empty() ? ENOENT : 0;
    for (const KnownArea& gone : met) {
      if (gone.first < first || gone.last > last) {
        error = ENOENT;
        break;
      }
      bytes += gone.last - gone.first + 1;
      known.pins.remove_if([&](const KnownPin& pin) {
        return known.accesses.at(pin.access) == ioas && pin.first <= gone.last && pin.last >= gone.first;
      });
      known.areas.remove_if([&](const KnownArea& area) { return area.ioas == ioas && area.first == gone.first; });
    }
    RC_ASSERT(answer.error == error);
    if (error == 0) RC_ASSERT(answer.value == bytes);
  }
  void pin() {
    const ObjectId access = any_of(known.accesses);
    const auto first = iova();
    const auto bytes = length();
    const auto answer = fd.access_pin(access, first, bytes, false);
    if (answer.ok()) known.pins.push_back({access, answer.value, first, first + bytes - 1});
  }
  void unpin() {
    if (known.pins.empty()) return;
    const KnownPin pin = known.pins.front();
    known.pins.pop_front();
    RC_ASSERT(fd.access_unpin(pin.access, pin.id) == 0);
  }
  void change_accesses() {
    const ObjectId ioas = any_of(known.spaces);
    const ObjectId access = any_of(known.accesses);
    const auto forget_pins = [&] { known.pins.remove_if([&](const KnownPin& pin) { return pin.access == access; }); };
    switch (*rc::gen::inRange(0, 3)) {
      case 0:
        if (const auto answer = fd.access_create(ioas, true); answer.ok()) known.accesses[answer.value] = ioas;
        break;
      case 1:
        if (fd.access_replace(access, ioas) != 0 || known.accesses[access] == ioas) break;
        known.accesses[access] = ioas;
        forget_pins();
        break;
      default:
        RC_ASSERT(fd.access_destroy(access) == (access == 0 ? EBADF : 0));
        forget_pins();
        known.accesses.erase(access);
    }
  }
  void change_devices() {
    const ObjectId ioas = any_of(known.spaces);
    const ObjectId device = any_of(known.devices);
    if (*rc::gen::arbitrary<bool>()) {
      if (const auto answer = fd.device_attach(ioas); answer.ok()) known.devices[answer.value] = ioas;
    } else {
      RC_ASSERT(fd.device_destroy(device) == (device == 0 ? ENOENT : 0));
      known.devices.erase(device);
    }
  }
  void change_spaces() {
    const ObjectId ioas = any_of(known.spaces);
    if (known.spaces.size() < 3 && *rc::gen::arbitrary<bool>()) {
      known.spaces.insert(fd.ioas_alloc().value);
    } else if (fd.ioas_destroy(ioas) == 0) {
      known.spaces.erase(ioas);
      known.areas.remove_if([ioas](const KnownArea& area) { return area.ioas == ioas; });
    }
  }

  void check() {
    for (std::uint64_t page = 0; page < kDrawnPages; ++page) {
      const std::uint64_t va = kDrawnMemory + page * kPageSize;
      RC_ASSERT(client.pins(va) == known.pins_of(va / kPageSize));
    }
    for (const auto& [device, ioas] : known.devices) {
      for (std::uint64_t iova = kDrawnIova; iova < kDrawnIova + 32 * kHalfPage; iova += kHalfPage) {
        const KnownArea* area = known.at(ioas, iova);
        const auto reached = fd.device_translate(device, iova);
        RC_ASSERT(reached.error == 0);
        RC_ASSERT(reached.value.has_value() == (area != nullptr));
        if (area == nullptr) continue;
        const auto va = area->va + (iova - area->first);
        RC_ASSERT(client.address_of(static_cast<Frame>(*reached.value >> kPageShift)) == va - va % kPageSize);
        RC_ASSERT(*reached.value % kPageSize == va % kPageSize);
      }
    }
  }
};

RC_GTEST_PROP(RandomCalls, PinsAndTranslationsAreThoseOfBruteForce, ()) {
  Run run;
  run.known.spaces.insert(run.fd.ioas_alloc().value);
  const auto steps = *rc::gen::inRange(1, 80);
  for (int step = 0; step < steps; ++step) {
    const auto which = *rc::gen::inRange(0, 14);
    if (which < 4)
      run.map();
    else if (which < 6)
      run.copy();
    else if (which < 7)
      run.unmap();
    else if (which < 9)
      run.pin();
    else if (which < 10)
      run.unpin();
    else if (which < 11)
      run.change_accesses();
    else if (which < 13)
      run.change_devices();
    else
      run.change_spaces();
    run.check();
  }
}

}  // namespace
}  // namespace hw_reference
