// SPDX-License-Identifier: Apache-2.0
// A device of iommufd behind an SMMU that a Driver drives: its page tables are domains.
#pragma once

#include <memory>

#include "hw_reference/domain/domain.hpp"
#include "hw_reference/iommufd/driver.hpp"

namespace hw::domain {

namespace iommufd = hw_reference;

// Numbers of the user API for this IOMMU.
inline constexpr std::uint32_t kSmmuType = 1;  // of virtual IOMMUs, their nested tables and their invalidations

inline constexpr std::uint32_t kSmmuHwInfoType = 2;
struct SmmuHwInfo {
  std::uint32_t flags, reserved;
  std::uint32_t idr[6];
  std::uint32_t iidr, aidr;
};
inline constexpr std::uint32_t kCmdqvHwInfoType = 3;
struct CmdqvHwInfo {
  std::uint32_t flags;
  std::uint8_t version, log2_queues, log2_sids, reserved;  // queues and pairs of one VINTF
};

// What a guest's entry says of its first stage: the first two words of a stream table entry.
struct SmmuNestedData {
  std::uint64_t entry[2];
};

// A domain as an IOAS fills it. Protected by the lock of the IOAS.
class SmmuPageTable final : public iommufd::IoPageTable {
 public:
  explicit SmmuPageTable(std::unique_ptr<Domain> domain);

  // EOPNOTSUPP: a DMA buffer; EEXIST, ERANGE, ENOMEM: as Domain::map; then nothing of the area is in the table.
  int map(const iommufd::Area& area) override;
  void unmap(const iommufd::Area& area) override;
  std::optional<std::uint64_t> translate(std::uint64_t iova) const override;

  bool tracks_dirty() const override { return domain_->format().shape().dirty; }
  // Writes are always marked where they can be: switching on and off is for the user alone.
  void read_dirty(const iommufd::Area& area, std::uint64_t first, std::uint64_t last, bool keep,
                  const Found& found) override;

  Domain& domain() { return *domain_; }

 private:
  const std::unique_ptr<Domain> domain_;
};

class CmdqvHost;

// What a device does at an address that is not mapped: its transaction ends; it waits in the SMMU; or the endpoint,
// which keeps translations, asks for the page first. See FaultPort for who is told.
enum class OnFault : std::uint8_t { end, stall, ask };

// One stream, 4 KiB granule. Stage 1 for a table of its own, stage 2 for a parent of nested ones. Protected by the
// control mutex of the open file, which comes before the driver's mutex.
class SmmuDevice final : public iommufd::IommuDevice {
 public:
  // The driver outlives the device and all that is made of it, and so does `cmdqv`, for an SMMU that has one. EINVAL
  // when attaching: the driver has no such stream, or the table is not for this SMMU.
  SmmuDevice(Driver& driver, smmu::StreamId stream, bool ats = false, CmdqvHost* cmdqv = nullptr)
      : driver_(driver), stream_(stream), ats_(ats), cmdqv_(cmdqv) {}
  // `stall` needs Driver::set_stalls, too.
  SmmuDevice(Driver& driver, smmu::StreamId stream, OnFault on_fault)
      : driver_(driver), stream_(stream), ats_(on_fault == OnFault::ask), on_fault_(on_fault), cmdqv_(nullptr) {}

  const void* instance() const override { return &driver_; }
  bool tracks_dirty() const override { return driver_.smmu().features().hardware_update >= 2; }
  // None for an endpoint that keeps translations.
  std::uint64_t max_pasids() const override { return ats_ ? 1 : driver_.substreams(); }
  iommufd::Result<std::unique_ptr<iommufd::IoPageTable>> alloc_paging(
      std::uint32_t flags, const iommufd::UserData& data, const iommufd::IntervalIndex<iommufd::Area>& areas) override;
  // The identification registers (SmmuHwInfo), or the parameters of CMDQV (CmdqvHwInfo).
  iommufd::Result<iommufd::HwInfo> hw_info(std::uint32_t type) override;
  bool knows_viommu(std::uint32_t type) const override;
  iommufd::Result<iommufd::NewViommu> alloc_viommu(std::uint32_t type, iommufd::IoPageTable& parent,
                                                   const iommufd::UserData& data,
                                                   iommufd::MmapRegions& regions) override;
  int set_domain(iommufd::Pasid pasid, const iommufd::Domain& domain) override;
  void block(iommufd::Pasid pasid) override;
  void answer_faults(const iommufd::PageFault& last, std::uint32_t code) override;

  smmu::StreamId stream() const { return stream_; }

 private:
  Driver& driver_;
  const smmu::StreamId stream_;
  const bool ats_;
  const OnFault on_fault_ = OnFault::end;
  CmdqvHost* const cmdqv_;
};

// A guest's view of the SMMU: it has the VMID of the parent, and its own StreamIDs for devices.
class SmmuViommu : public iommufd::VirtualIommu {
 public:
  SmmuViommu(Driver& driver, Domain& parent) : driver_(driver), parent_(parent) {}

  bool can_nest() const override { return true; }
  // EINVAL: not the guest's entry, or one that asks for what guests may not have; EFAULT.
  iommufd::Result<std::unique_ptr<iommufd::NestedDomain>> alloc_nested(std::uint32_t flags,
                                                                       const iommufd::UserData& data) override;
  // Entries are commands of 16 bytes. EINVAL: another type or length; EFAULT; EIO: a command that is not for guests, or
  // of a device that it does not have. `done`: commands that were issued and have completed.
  int invalidate(const iommufd::Invalidation& invalidation, std::uint32_t& done, const Lookup& lookup) override;

  Domain& parent() { return parent_; }

 private:
  Driver& driver_;
  Domain& parent_;
};

class SmmuNested final : public iommufd::NestedDomain {
 public:
  SmmuNested(SmmuViommu& viommu, const SmmuNestedData& guest) : viommu_(viommu), guest_(guest) {}

  iommufd::VirtualIommu* viommu() const override { return &viommu_; }
  int attach(Driver& driver, smmu::StreamId stream, bool ats);

 private:
  SmmuViommu& viommu_;
  const SmmuNestedData guest_;
};

}  // namespace hw::domain
