// SPDX-License-Identifier: Apache-2.0
// Sequences of system calls for allocation_test.cpp.
#pragma once

#include <functional>
#include <ostream>
#include <span>
#include <vector>

#include "hw_reference/uapi/test/client.hpp"

namespace hw_reference::uapi {

// Makes calls, whatever happens on the way, and knows short forms of them.
class Caller {
 public:
  virtual ~Caller();

  FrontDoor door;
  std::vector<int> devices;  // open ones
  std::vector<int> others;   // of accesses and queues
  int fd = -1;               // the last of them

  void close_all();

  int open();
  template <class Struct>
  long request(unsigned number, Struct& c, bool may_stop_half_way = false) {
    // The call may be made twice: it must not find its own answer.
    const Struct asked = c;
    return make(
        [&] {
          c = asked;
          c.size = sizeof c;
          return door.ioctl(fd, number, address(&c));
        },
        may_stop_half_way);
  }
  long test(TestOp op, std::uint32_t id, TestCommand& c) {
    c.op = op;
    c.id = id;
    return request(kTest, c);
  }
  long call(const std::function<long()>& each) { return make(each, false); }

  std::uint32_t ioas();
  long map(std::uint32_t space, std::uint64_t page, std::uint64_t pages, std::uint64_t iova);
  long map_file(std::uint32_t space, int file, std::uint64_t pages, std::uint64_t iova);
  long copy(std::uint32_t to, std::uint32_t from, std::uint64_t pages, std::uint64_t dst, std::uint64_t src);
  long unmap(std::uint32_t space, std::uint64_t iova, std::uint64_t pages);
  long destroy(std::uint32_t id);
  Client::Device device(std::uint32_t pt, std::uint32_t flags = 0);
  long replace(std::uint32_t stdev, std::uint32_t pt);
  long pasid(TestOp op, std::uint32_t stdev, std::uint32_t pasid, std::uint32_t pt);
  std::uint32_t hwpt(std::uint32_t dev, std::uint32_t pt, std::uint32_t flags, std::uint32_t faults = 0);
  std::uint32_t nested(std::uint32_t dev, std::uint32_t pt);
  std::uint32_t access(std::uint32_t space, std::uint32_t flags = kAccessNeedsPin);
  long pin(std::uint32_t access, std::uint64_t iova, std::uint64_t pages);
  long unpin(std::uint32_t access, std::uint32_t number);
  FaultQueueAllocCommand faults();
  Client::VirtualIommu viommu(std::uint32_t dev, std::uint32_t space);
  std::uint32_t vdevice(std::uint32_t viommu, std::uint32_t dev, std::uint64_t virt_id);
  VeventqAllocCommand events(std::uint32_t viommu, std::uint32_t depth);
  long hw_queue(std::uint32_t viommu, std::uint32_t index, std::uint64_t iova, std::uint64_t pages);

  // The same for all scripts, so that addresses are the same in all runs.
  static constexpr std::uint64_t kPages = 1200;
  static const Pages& memory();

 private:
  virtual long make(const std::function<long()>& call, bool may_stop_half_way) = 0;
};

struct Script {
  const char* name;
  void (*run)(Caller& caller);
};

inline void PrintTo(const Script& script, std::ostream* out) { *out << script.name; }

// One file each; together at least sixty.
std::span<const Script> scripts_of_spaces();
std::span<const Script> scripts_of_guests();
std::span<const Script> scripts_of_limits();

}  // namespace hw_reference::uapi
