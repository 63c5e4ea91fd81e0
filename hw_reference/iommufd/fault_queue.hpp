// SPDX-License-Identifier: Apache-2.0
// Page requests of devices, on their way to a user and back (linux drivers/iommu/iommufd/eventq.c).
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <mutex>
#include <span>
#include <vector>

#include "hw_reference/iommufd/driver.hpp"
#include "hw_reference/iommufd/id_pool.hpp"
#include "hw_reference/iommufd/object.hpp"
#include "hw_reference/mutex.hpp"
#include "hw_reference/result.hpp"
#include "hw_reference/variant.hpp"

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {

// As a user writes it; 8 bytes.
struct PageResponse {
  std::uint32_t cookie;
  std::uint32_t code;  // 0: success, 1: invalid
};
static_assert(sizeof(PageResponse) == 8);

// Who asked: an attachment of a device. It is told the answer.
class FaultSource {
 public:
  virtual void answered(const PageFault& last, std::uint32_t code) = 0;  // never fails; `last` of its group

 protected:
  ~FaultSource() = default;
};

// mutex: protects everything here. Taken under the control mutex of the open file; under it the queue of an SMMU, which
// takes answers. A source that is told an answer must not call back.
// A source must be forgotten before it goes.
class FaultQueue final : public Object {
 public:
  static constexpr ObjectType kType = ObjectType::fault;

  FaultQueue() : Object(kType) {}
  ~FaultQueue() override { retire(); }
  void retire() override;  // answers all with "invalid"

  // Queues a group of page requests. Throws std::bad_alloc.
  void report(FaultSource& source, Pasid pasid, std::span<const PageFault> group);

  // Answers all that an attachment asked with "invalid".
  void forget(FaultSource& source, Pasid pasid);

  // ---- the file: `size` is in bytes ----

  // Hands whole groups over, oldest first, and returns their bytes; 0 if there are none. Each gets a cookie, the lowest
  // that is free. ESPIPE: size is no multiple of 40; EINVAL: the first group does not fit; or what `deliver` answers
  // for the first one: a group that is not taken stays. It is called with the place of a group in bytes, and must not
  // call back.
  using Deliver = std::function<int(std::uint64_t offset, std::span<const PageFault> group)>;
  Result<std::uint64_t> read(std::uint64_t size, const Deliver& deliver);
  Result<std::vector<PageFault>> read(std::uint64_t size);
  // The bytes of the responses that were taken. ESPIPE: size is no multiple of 8; EINVAL: the first has an unknown
  // code, or a cookie that no group waits with.
  Result<std::uint64_t> write(std::span<const PageResponse> responses, std::uint64_t size);
  bool readable() const;  // as poll says; it is always writable

  std::size_t outstanding() const;  // groups that were read and not answered

 private:
  struct Group {
    FaultSource* source;
    Pasid pasid;
    std::vector<PageFault> faults;

    void answer(std::uint32_t code) const { source->answered(faults.back(), code); }
  };
  using Groups = std::list<Group>;

  mutable Mutex mutex_;
  Groups waiting_;                       // not read yet
  std::map<std::uint32_t, Group> read_;  // by cookie
  IdPool cookies_;
};

}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
