// SPDX-License-Identifier: Apache-2.0
// Events of a virtual IOMMU, on their way to a user (linux drivers/iommu/iommufd/driver.c, eventq.c).
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "hw_reference/iommufd/object.hpp"
#include "hw_reference/mutex.hpp"
#include "hw_reference/result.hpp"
#include "hw_reference/variant.hpp"

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {

class Viommu;

inline constexpr std::uint32_t kVeventqMaxDepth = 1U << 19;
inline constexpr std::uint32_t kVeventLost = 1;  // flag of a header without data

struct VeventHeader {
  std::uint32_t flags;
  std::uint32_t sequence;
};
static_assert(sizeof(VeventHeader) == 8);

struct Vevent {
  VeventHeader header;
  std::vector<std::byte> data;  // empty if kVeventLost

  std::size_t bytes() const { return sizeof header + data.size(); }
};

// mutex: protects everything that changes; innermost but for the lock of the table of objects. `viommu`, `event_type`
// and `depth` never change.
//
// Every event has a number, also one that is dropped because `depth` of them wait. Then a header alone stands at the
// end, with the number of the last that was lost; the next event that is kept takes it away, and a gap tells what
// happened.
class VeventQueue final : public Object {
 public:
  static constexpr ObjectType kType = ObjectType::veventq;

  VeventQueue(const Hold<Object>& of, Viommu& owner, std::uint32_t type_number, std::uint32_t most)
      : Object(kType), viommu(owner), event_type(type_number), depth(most), holder_(of) {}
  void retire() override;  // leaves its virtual IOMMU

  Viommu& viommu;
  const std::uint32_t event_type;
  const std::uint32_t depth;  // events that may wait

  // 0, also when the event is lost for lack of room; ENOMEM: it is lost for lack of memory.
  int report(std::span<const std::byte> data);

  // Hands events over, oldest first, as many as fit into `size` bytes, and returns their bytes; 0 if there are none.
  // EINVAL: not even a header fits, or the first event does not; or what `deliver` answers for the first one: an event
  // that is not taken stays. It is called with the place of an event in bytes, and must not call back.
  using Deliver = std::function<int(std::uint64_t offset, const Vevent& event)>;
  Result<std::uint64_t> read(std::uint64_t size, const Deliver& deliver);
  Result<std::vector<Vevent>> read(std::uint64_t size);
  bool readable() const;

 private:
  std::uint32_t next_sequence();

  Hold<Object> holder_;
  mutable Mutex mutex_;
  std::deque<Vevent> events_;
  std::optional<std::uint32_t> lost_;  // the header at the end
  std::uint32_t sequence_ = 0;         // of the next event; below 2^31
};

}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
