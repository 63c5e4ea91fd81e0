// SPDX-License-Identifier: Apache-2.0
// A virtual IOMMU with queues of the hardware: a VINTF of CMDQV beside what every guest of an SMMU has.
#pragma once

#include <vector>

#include "hw_reference/domain/cmdqv_host.hpp"
#include "hw_reference/domain/iommufd_device.hpp"
#include "hw_reference/iommufd/mmap_regions.hpp"

namespace hw::domain {

// Numbers and layouts of the user API.
inline constexpr std::uint32_t kCmdqvType = 2;       // of virtual IOMMUs, and of their events
inline constexpr std::uint32_t kCmdqvQueueType = 1;  // of hardware queues
struct CmdqvViommuData {                             // where the answer goes
  std::uint64_t mmap_offset;
  std::uint64_t mmap_length;
};
using CmdqvEvent = CmdqvHost::Errors;  // a bit for each logical queue with an error

// Protected by the control mutex of the open file, except for page 0 and reports, which have the locks of CmdqvHost and
// of the hardware.
class CmdqvViommu final : public SmmuViommu, private iommufd::RegisterPage {
 public:
  // EINVAL: no room for the answer; EFAULT; E2BIG: the user knows of more than this; ENOSPC: no VINTF is left.
  static iommufd::Result<iommufd::NewViommu> make(CmdqvHost& host, Driver& driver, Domain& parent,
                                                  const iommufd::UserData& data, iommufd::MmapRegions& regions);
  ~CmdqvViommu() override;

  // EINVAL: a virtual StreamID of more than 20 bits; EOPNOTSUPP: not a device of an SMMU; ENOSPC: no pair is left.
  int init_vdevice(iommufd::IommuDevice& device, std::uint64_t virt_id) override;
  void destroy_vdevice(iommufd::IommuDevice& device, std::uint64_t virt_id) override;

  bool knows_queue(std::uint32_t type) const override { return type == kCmdqvQueueType; }
  // EINVAL: no such index; EEXIST: it is in use; EIO: the one below is not; EINVAL: a length that is not a power of two
  // from 32 bytes to the most that the SMMU takes, or an address that is not aligned to it or has more than 48 bits.
  iommufd::Result<std::optional<std::uint32_t>> init_queue(std::uint32_t type, std::uint32_t index, std::uint64_t iova,
                                                           std::uint64_t length, std::uint64_t physical) override;
  void destroy_queue(std::uint32_t type, std::uint32_t index) override;
  void release(iommufd::MmapRegions& regions) override;

  unsigned vintf() const { return vintf_; }

 private:
  CmdqvViommu(CmdqvHost& host, Driver& driver, Domain& parent) : SmmuViommu(driver, parent), host_(host) {}

  std::uint32_t read32(std::uint64_t offset) override;
  void write32(std::uint64_t offset, std::uint32_t value) override;

  CmdqvHost& host_;
  unsigned vintf_ = 0;  // 0: none
  std::uint64_t page_offset_ = 0;
  std::vector<bool> queues_;
};

}  // namespace hw::domain
