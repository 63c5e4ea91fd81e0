// SPDX-License-Identifier: Apache-2.0
// Hardware page tables (HWPT): of an IO address space, or nested in such a one.
#pragma once

#include <cstdint>
#include <memory>

#include "hw_reference/iommufd/driver.hpp"
#include "hw_reference/iommufd/fault_queue.hpp"
#include "hw_reference/iommufd/ioas.hpp"
#include "hw_reference/iommufd/object.hpp"
#include "hw_reference/iommufd/respond.hpp"
#include "hw_reference/result.hpp"
#include "hw_reference/variant.hpp"

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {

struct Context;
class Device;
class HwptPaging;
class Viommu;

// What a device can be attached to. Protected by the control mutex of the open file; what is const never changes.
class Hwpt : public Object, public std::enable_shared_from_this<Hwpt> {
 public:
  Hwpt(ObjectType kind, bool takes_pasids) : Object(kind), pasid_compatible(takes_pasids) {}

  virtual Domain domain() const = 0;
  // The table that translates last: this one or the one that it is nested in.
  virtual HwptPaging& paging() = 0;

  const bool pasid_compatible;
  Hold<FaultQueue> faults;  // empty: page requests are not taken
};

// The table of an IOAS. An automatic one is made by an attach to the IOAS and goes with the last attachment.
class HwptPaging final : public Hwpt {
 public:
  static constexpr ObjectType kType = ObjectType::hwpt_paging;

  HwptPaging(const Hold<Ioas>& of, std::unique_ptr<IoPageTable> with, std::uint32_t with_flags, const void* on,
             bool is_automatic)
      : Hwpt(kType, (with_flags & kHwptPasid) != 0),
        ioas(of),
        table(std::move(with)),
        flags(with_flags),
        instance(on),
        automatic(is_automatic) {}
  ~HwptPaging() override { retire(); }

  Domain domain() const override { return {table.get(), nullptr}; }
  HwptPaging& paging() override { return *this; }
  void retire() override;

  // Fills the table and keeps it so. The errors of Ioas::add_table.
  int join();

  Hold<Ioas> ioas;
  const std::unique_ptr<IoPageTable> table;
  const std::uint32_t flags;
  const void* const instance;  // the IOMMU that the table is for
  const bool automatic;

 private:
  bool joined_ = false;
};

class HwptNested final : public Hwpt {
 public:
  static constexpr ObjectType kType = ObjectType::hwpt_nested;

  // `holder` is the parent or the virtual IOMMU that holds it.
  HwptNested(HwptPaging& in, const Hold<Object>& holder, std::unique_ptr<NestedDomain> with, bool takes_pasids)
      : Hwpt(kType, takes_pasids), nested(std::move(with)), parent_(in), holder_(holder) {}
  ~HwptNested() override { retire(); }

  Domain domain() const override { return {nullptr, nested.get()}; }
  HwptPaging& paging() override { return parent_; }
  void retire() override;

  std::unique_ptr<NestedDomain> nested;

 private:
  HwptPaging& parent_;
  Hold<Object> holder_;
};

struct HwptAlloc {
  ObjectId dev_id = 0;
  ObjectId pt_id = 0;  // an IOAS; or a HWPT or a virtual IOMMU to nest in
  std::uint32_t flags = 0;
  ObjectId fault_id = 0;  // if flags has kHwptFaultIdValid
  UserData data{};
};

// The calls of iommufd.hpp; they take the control mutex.
Result<ObjectId> allocate_hwpt(Context& context, const HwptAlloc& request, const Respond<ObjectId>& respond);
int invalidate_hwpt(Context& context, ObjectId id, const Invalidation& invalidation, std::uint32_t& done);

}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
