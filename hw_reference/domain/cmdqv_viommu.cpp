// SPDX-License-Identifier: Apache-2.0
#include "hw_reference/domain/cmdqv_viommu.hpp"

#include <algorithm>
#include <bit>
#include <cerrno>
#include <utility>

#include "hw_reference/iommufd/viommu.hpp"

namespace hw::domain {

namespace {

constexpr unsigned kCommandShift = 4;  // log2 of the bytes of a command
constexpr std::uint64_t kShortestQueue = 32;
constexpr unsigned kBaseBits = 48;

}  // namespace

iommufd::Result<iommufd::NewViommu> CmdqvViommu::make(CmdqvHost& host, Driver& driver, Domain& parent,
                                                      const iommufd::UserData& data, iommufd::MmapRegions& regions) {
  if (data.length < sizeof(CmdqvViommuData)) return {EINVAL, {}};
  if (data.bytes == nullptr) return {EFAULT, {}};
  if (std::any_of(data.bytes + sizeof(CmdqvViommuData), data.bytes + data.length,
                  [](std::byte byte) { return byte != std::byte{0}; }))
    return {E2BIG, {}};
  std::unique_ptr<CmdqvViommu> made(new CmdqvViommu(host, driver, parent));
  CmdqvViommu& viommu = *made;
  viommu.queues_.resize(host.queues());
  const auto vintf = host.take_vintf(parent.vmid(), [&viommu](const CmdqvEvent& event) {
    if (viommu.owner != nullptr) (void)viommu.owner->report(kCmdqvType, std::as_bytes(std::span(event)));
  });
  if (!vintf.ok()) return {vintf.error, {}};
  viommu.vintf_ = vintf.value;
  const auto offset = regions.add(viommu, cmdqv::kPage);
  if (!offset.ok()) return {offset.error, {}};
  viommu.page_offset_ = offset.value;
  iommufd::NewViommu answer;
  answer.viommu = std::move(made);
  answer.mmap_offset = offset.value;
  answer.mmap_length = cmdqv::kPage;
  return {0, std::move(answer)};
}

CmdqvViommu::~CmdqvViommu() {
  if (vintf_ != 0) host_.return_vintf(vintf_);
}

void CmdqvViommu::release(iommufd::MmapRegions& regions) {
  if (page_offset_ != 0) regions.remove(std::exchange(page_offset_, 0));
}

std::uint32_t CmdqvViommu::read32(std::uint64_t offset) {
  return host_.page0(vintf_).read32(static_cast<std::uint32_t>(offset));
}

void CmdqvViommu::write32(std::uint64_t offset, std::uint32_t value) {
  host_.page0(vintf_).write32(static_cast<std::uint32_t>(offset), value);
}

int CmdqvViommu::init_vdevice(iommufd::IommuDevice& device, std::uint64_t virt_id) {
  auto* const behind = dynamic_cast<SmmuDevice*>(&device);
  return behind == nullptr ? EOPNOTSUPP : host_.add_device(vintf_, virt_id, behind->stream());
}

void CmdqvViommu::destroy_vdevice(iommufd::IommuDevice&, std::uint64_t virt_id) {
  host_.remove_device(vintf_, virt_id);
}

iommufd::Result<std::optional<std::uint32_t>> CmdqvViommu::init_queue(std::uint32_t, std::uint32_t index, std::uint64_t,
                                                                      std::uint64_t length, std::uint64_t physical) {
  if (index >= queues_.size()) return {EINVAL, std::nullopt};
  if (queues_[index]) return {EEXIST, std::nullopt};
  if (index > 0 && !queues_[index - 1]) return {EIO, std::nullopt};
  const std::uint64_t longest = std::uint64_t{1} << (host_.queue_bits() + kCommandShift);
  if (!std::has_single_bit(length) || length < kShortestQueue || length > longest) return {EINVAL, std::nullopt};
  if (physical >> kBaseBits != 0 || physical % length != 0) return {EINVAL, std::nullopt};
  host_.init_queue(vintf_, index, physical, static_cast<unsigned>(std::countr_zero(length)) - kCommandShift);
  queues_[index] = true;
  if (index == 0) return {0, std::nullopt};
  return {0, index - 1};
}

void CmdqvViommu::destroy_queue(std::uint32_t, std::uint32_t index) {
  host_.deinit_queue(vintf_, index);
  queues_[index] = false;
}

}  // namespace hw::domain
