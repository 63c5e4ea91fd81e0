// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "tools/ports/dev_iommu/system_calls.hpp"
#include "tools/ports/dev_iommu/uapi.hpp"

namespace iolaw::dev_iommu {

// Objects of the law that the client keeps to itself: lists, open files, page faults that it has seen, mappings of
// registers. Their handles are 2^34 + n, numbered from 0 until clear().
class ClientThings {
 public:
  enum class Kind : std::uint8_t { list, file, fault, mapping };

  struct Thing {
    Kind kind;
    bool lives = true;
    std::vector<IovaRange> ranges = {};  // list: what was written into it
    std::uint64_t readable = 0;          // list: so many of them can be read
    int fd = -1;                         // file
    std::uint32_t cookie = 0;            // fault: by which it is answered; 0: it was not read
    Mapped mapped = {};                  // mapping in this process
    int child = 0;                       // mapping in another process
  };

  explicit ClientThings(SystemCalls& system) : system_(system) {}
  ~ClientThings() { clear(); }
  ClientThings(const ClientThings&) = delete;
  ClientThings& operator=(const ClientThings&) = delete;

  // A look at what another client has, for one that works beside it: to be read, and not to be ended here.
  void look_at(const ClientThings& owner) {
    things_ = owner.things_;
    borrowed_ = true;
  }

  // Ends everything: closes files, unmaps, ends the other processes and waits for them.
  void clear();

  std::uint64_t add(const Thing& thing);

  // Null if there is no such thing, or none any more.
  Thing* find(std::uint64_t handle, Kind kind);

  // The handle of the latest fault with the number that add() gave it, counted from 0.
  static std::uint64_t handle(std::uint64_t number) { return kBase + number; }

  // Numbers given out so far.
  std::uint64_t size() const { return things_.size(); }

  // Ends one thing; all of a kind.
  void end(Thing& thing);
  void end_all(Kind kind);

  bool has(Kind kind) const;

  // The mappings of this process, but for one.
  std::vector<Mapped> mappings_without(const Thing& thing) const;

 private:
  static constexpr std::uint64_t kBase = std::uint64_t{1} << 34;
  SystemCalls& system_;
  std::vector<Thing> things_;
  bool borrowed_ = false;
};

}  // namespace iolaw::dev_iommu
