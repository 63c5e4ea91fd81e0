// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

namespace iolaw::dev_iommu {

// What the kernel calls the objects behind the port's handles.
//
//   below 2^32       ids of one /dev/iommu file: IOASes and mock devices. The kernel gives out the lowest free one.
//   2^32 + fd        accesses, which are files
//   2^33 + n         pins, numbered from 0 until the next reset
//
// A handle may outlive its object, because a client may pass a bad id on purpose. Then the kernel sees the old id too,
// unless that id may by now name something of another kind and the call does not look at kinds.
class Handles {
 public:
  enum class Kind : std::uint8_t { none, ioas, device };

  static constexpr std::uint32_t kNeverId = 0x7fff'fff0;  // never given out: the lowest free id is, and few are in use
  static constexpr std::uint32_t kNeverFd = 0x7fff'fff0;  // above any limit of open files
  static constexpr std::uint32_t kNeverItem = 0xffff'fff0;

  void clear();

  std::uint64_t add_object(Kind kind, std::uint32_t id, std::uint32_t hwpt = kNeverId);
  std::uint64_t add_access(std::uint32_t fd);
  std::uint64_t add_pin(std::uint64_t access, std::uint32_t item);
  void remove_object(std::uint32_t id);
  void remove_access(std::uint32_t fd);

  // For calls that look up an id by its kind: ids of other kinds are to them as if they did not exist.
  std::uint32_t id(std::uint64_t handle) const;

  // For IOMMU_DESTROY, which takes any kind: a dead id only while nothing was created since that may have taken it.
  std::uint32_t destroyable(std::uint64_t handle, Kind kind) const;

  // For attaching a device, which takes several kinds, and creates objects before it looks up the id that it was given:
  // never a dead id, since the call itself may take it.
  std::uint32_t live_id(std::uint64_t handle, Kind kind) const;

  // The IO page table of a device; kNeverId if the device does not live.
  std::uint32_t hwpt(std::uint64_t device) const;

  std::uint32_t fd(std::uint64_t handle) const;
  bool access_lives(std::uint64_t handle) const;

  // The number of a pin within the access `access`; kNeverItem if it was made by another one.
  std::uint32_t item(std::uint64_t pin, std::uint64_t access) const;

  // The descriptors of all accesses that live.
  std::vector<std::uint32_t> open_fds() const;

 private:
  struct Object {
    Kind kind = Kind::none;  // of the object that has, or had last, this id
    bool lives = false;
    std::uint32_t hwpt = kNeverId;
    std::uint64_t died = 0;  // value of created_ then
  };
  struct Access {
    bool lives = false;
    std::uint32_t serial = 0;  // tells apart the accesses that had this descriptor; 0: none had
  };
  struct Pin {
    std::uint32_t fd, serial, item;
  };

  std::vector<Object> objects_;   // by id
  std::vector<Access> accesses_;  // by descriptor
  std::vector<Pin> pins_;
  std::uint64_t created_ = 0;  // objects and accesses so far: each may take ids that the port is not told of
  std::uint32_t serials_ = 0;
};

}  // namespace iolaw::dev_iommu
