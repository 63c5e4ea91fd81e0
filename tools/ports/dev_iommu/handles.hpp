// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

namespace iolaw::dev_iommu {

// What the kernel calls the objects behind the port's handles.
//
//   below 2^32       ids of one /dev/iommu file: IOASes, mock devices, page tables, … The kernel gives out the lowest
//   free one. 2^32 + fd        accesses, which are files 2^33 + n         pins, numbered from 0 until the next reset
//
// What lives in the client alone (see client_things.hpp) has handles from 2^34 on.
//
// A handle may outlive its object, because a client may pass a bad id on purpose. Then the kernel sees the old id too,
// unless that id may by now name something of another kind and the call does not look at kinds.
class Handles {
 public:
  static constexpr std::uint32_t kNeverId = 0x7fff'fff0;  // never given out: the lowest free id is, and few are in use

  enum class Kind : std::uint8_t { none, ioas, device, hwpt, fault_queue, viommu, vdevice, veventq, hw_queue };

  // What the port remembers of an object besides its id.
  struct Extra {
    std::uint32_t hwpt = kNeverId;           // of a device: the page table that it is attached to
    std::uint32_t idev = kNeverId;           // of a device: the id that other objects name it by
    std::vector<std::uint32_t> pasids = {};  // of a device: those that are attached
    std::uint32_t moves = 0;                 // of a device: how often it was attached to another page table
    int fd = -1;                             // of a queue that is read: its file, while that is open
    std::uint64_t offset = 0;                // of a vIOMMU: where its region is mapped
    std::uint64_t length = 0;                // and how long it is; 0: it has none
    bool forgets_queues = false;             // of a vIOMMU: see divergence_3
    std::uint64_t viommu = 0;                // of a hardware queue: the handle of its vIOMMU
    std::uint32_t index = 0;                 // and its number there
    friend bool operator==(const Extra&, const Extra&) = default;
  };

  // Of a device that two clients moved at the same time: nobody knows who came last.
  static constexpr std::uint32_t kUnknownId = 0x7fff'fff1;

  static constexpr std::uint32_t kNeverFd = 0x7fff'fff0;  // above any limit of open files
  static constexpr std::uint32_t kNeverItem = 0xffff'fff0;

  void clear();

  std::uint64_t add_object(Kind kind, std::uint32_t id);
  std::uint64_t add_object(Kind kind, std::uint32_t id, const Extra& extra);
  std::uint64_t add_access(std::uint32_t fd);
  std::uint64_t add_pin(std::uint64_t access, std::uint32_t item);
  // A call made something that has no handle, and took some id.
  void add_nameless() { ++created_; }

  void remove_object(std::uint32_t id);
  void remove_objects();  // all that live
  void remove_access(std::uint32_t fd);

  // For calls that look up an id by its kind, where all objects of that kind have handles: ids of other kinds are to
  // them as if they did not exist.
  std::uint32_t id(std::uint64_t handle) const;

  // For IOMMU_DESTROY, which takes any kind: a dead id only while nothing was created since that may have taken it.
  std::uint32_t destroyable(std::uint64_t handle, Kind kind) const;

  // For calls that take several kinds, that create objects before they look up the id that they were given, or whose
  // kind has objects without handles (page tables that a device brought with it): never a dead id.
  std::uint32_t live_id(std::uint64_t handle, Kind kind) const;

  // What is remembered of an object that lives; null if it does not.
  Extra* extra(std::uint64_t handle, Kind kind);

  // The id by which other objects name a device; kNeverId if the device does not live.
  std::uint32_t idev(std::uint64_t device) {
    return extra(device, Kind::device) ? extra(device, Kind::device)->idev : kNeverId;
  }

  std::uint32_t fd(std::uint64_t handle) const;
  bool access_lives(std::uint64_t handle) const;

  // The number of a pin within the access `access`; kNeverItem if it was made by another one.
  std::uint32_t item(std::uint64_t pin, std::uint64_t access) const;

  // Of a queue that lives and whose file is open; null otherwise.
  Extra* open_queue(std::uint64_t handle, Kind kind);

  // The devices that live, and have attached PASIDs.
  std::vector<std::uint64_t> devices_with_pasids() const;

  // The descriptors of all accesses that live, and of all queues whose file is open.
  std::vector<std::uint32_t> open_fds() const;

  // What a client in a thread of its own begins with, the one of that number. Where what this client knows of an object
  // decides which id is passed, and another client may meanwhile have ended the object, took_number() is true from
  // then on until forget_number().
  Handles for_client(std::uint32_t number) const;
  bool took_number() const { return took_number_; }
  void forget_number() { took_number_ = false; }

  // Takes over what clients did that began with what there is here. False: two of them made objects that have one id;
  // what is open is known all the same.
  bool join(const std::vector<const Handles*>& clients);

 private:
  struct Object {
    Kind kind = Kind::none;  // of the object that has, or had last, this id
    bool lives = false;
    std::uint64_t died = 0;  // value of created_ then
    Extra extra;
    std::uint64_t born = 0;  // value of created_ then: tells apart the objects that had this id
    friend bool operator==(const Object&, const Object&) = default;
  };
  struct Access {
    bool lives = false;
    std::uint32_t serial = 0;  // tells apart the accesses that had this descriptor; 0: none had
    friend bool operator==(const Access&, const Access&) = default;
  };
  struct Pin {
    std::uint32_t fd = kNeverFd, serial = 0, item = kNeverItem;
  };

  bool join_object(std::size_t id, const std::vector<const Handles*>& clients);
  bool join_access(std::size_t fd, const std::vector<const Handles*>& clients);

  std::vector<Object> objects_;   // by id
  std::vector<Access> accesses_;  // by descriptor
  std::vector<Pin> pins_;
  std::uint64_t created_ = 0;  // calls that made something, so far: each may take ids that the port is not told of
  std::uint32_t serials_ = 0;
  std::vector<std::uint32_t> strays_;  // descriptors that are open, and nothing else is known of them
  bool shared_ = false;                // other clients work on the same objects
  mutable bool took_number_ = false;
};

}  // namespace iolaw::dev_iommu
