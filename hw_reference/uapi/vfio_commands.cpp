// SPDX-License-Identifier: Apache-2.0
// The calls of VFIO's type 1 container (linux drivers/iommu/iommufd/vfio_compat.c).
#include <limits>
#include <optional>
#include <vector>

#include "hw_reference/iommufd/answer.hpp"
#include "hw_reference/uapi/abi.hpp"
#include "hw_reference/uapi/abi_vfio.hpp"
#include "hw_reference/uapi/call.hpp"

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {
namespace uapi {

namespace {

// Capabilities follow each other behind the structure, each where it fits whole; `room` is what the user has for all.
class CapWriter {
 public:
  CapWriter(std::uint64_t user, std::uint64_t room) : user_(user), room_(room) {}

  std::uint64_t total() const { return total_; }

  // EFAULT.
  int add_dma_avail() {
    const VfioCapDmaAvail cap{{VFIO_IOMMU_TYPE1_INFO_DMA_AVAIL, 1, 0}, std::numeric_limits<std::uint32_t>::max()};
    if (room() >= sizeof cap && write_user(user_ + total_, cap) != 0) return EFAULT;
    return finish(sizeof cap);
  }

  int add_ranges(const std::vector<IovaRange>& ranges) {
    VfioCapIovaRanges cap{{VFIO_IOMMU_TYPE1_INFO_CAP_IOVA_RANGE, 1, 0}, 0, 0};
    std::uint64_t size = sizeof cap;
    for (const IovaRange& range : ranges) {
      const Range shown{range.first, range.last};
      if (room() >= size + sizeof shown && write_user(user_ + total_ + size, shown) != 0) return EFAULT;
      size += sizeof shown;
      ++cap.nr_iovas;
    }
    if (room() >= size && write_user(user_ + total_, cap) != 0) return EFAULT;
    return finish(size);
  }

 private:
  std::uint64_t room() const { return room_ > total_ ? room_ - total_ : 0; }

  // Lets the capability before point to this one.
  int finish(std::uint64_t size) {
    if (last_ != 0 && room_ >= total_) {
      if (write_user(user_ + last_ + offsetof(VfioCap, next), static_cast<std::uint32_t>(total_)) != 0) return EFAULT;
    }
    last_ = total_;
    total_ += (size + 7) & ~std::uint64_t{7};
    return 0;
  }

  const std::uint64_t user_;
  const std::uint64_t room_;
  std::uint64_t total_ = sizeof(VfioInfo);
  std::uint64_t last_ = 0;
};

int get_info(Call& call) {
  constexpr std::size_t kLeast = offsetof(VfioInfo, cap_offset);
  VfioInfo info{};
  if (OwnMemory::read(call.user, std::as_writable_bytes(std::span(&info, 1)).first(kLeast)) != 0) return EFAULT;
  if (info.argsz < kLeast) return EINVAL;
  const std::size_t shown = std::min<std::size_t>(info.argsz, sizeof info);
  const auto sizes = call.fd.vfio_page_sizes();
  if (!sizes.ok()) return sizes.error;
  const auto ioas = call.fd.vfio_ioas_get();
  if (!ioas.ok()) return ioas.error;
  std::vector<IovaRange> ranges;
  for (;;) {
    const auto found = call.fd.ioas_iova_ranges(ioas.value, ranges);
    if (found.error == ENOENT) return ENODEV;
    const bool all = ranges.size() >= found.value.total;
    ranges.resize(found.value.total);
    if (all) break;
  }
  CapWriter caps(call.user, info.argsz);
  if (caps.add_dma_avail() != 0 || caps.add_ranges(ranges) != 0) return EFAULT;
  info.flags = VFIO_IOMMU_INFO_PGSIZES | VFIO_IOMMU_INFO_CAPS;
  info.iova_pgsizes = sizes.value;
  info.cap_offset = info.argsz >= caps.total() ? sizeof info : 0;
  info.argsz = static_cast<std::uint32_t>(caps.total());
  return OwnMemory::write(call.user, std::as_bytes(std::span(&info, 1)).first(shown));
}

int map_dma(Call& call) {
  vfio_iommu_type1_dma_map c{};
  if (read_user(call.user, c) != 0) return EFAULT;
  if (c.argsz < sizeof c || (c.flags & ~(VFIO_DMA_MAP_FLAG_READ | VFIO_DMA_MAP_FLAG_WRITE)) != 0) return EINVAL;
  const Rights rights =
      ((c.flags & VFIO_DMA_MAP_FLAG_READ) != 0 ? kRead : 0) | ((c.flags & VFIO_DMA_MAP_FLAG_WRITE) != 0 ? kWrite : 0);
  return call.fd.vfio_map_dma(c.vaddr, c.size, c.iova, rights);
}

int unmap_dma(Call& call) {
  struct Unmap {  // the header's ends with an array of no length
    std::uint32_t argsz, flags;
    std::uint64_t iova, size;
  };
  static_assert(sizeof(Unmap) == sizeof(vfio_iommu_type1_dma_unmap));
  Unmap c{};
  if (read_user(call.user, c) != 0) return EFAULT;
  if (c.argsz < sizeof c || (c.flags & ~std::uint32_t{VFIO_DMA_UNMAP_FLAG_ALL}) != 0) return EINVAL;
  std::optional<std::uint64_t> unmapped;
  const int error = call.fd.vfio_unmap_dma({c.iova, c.size, (c.flags & VFIO_DMA_UNMAP_FLAG_ALL) != 0}, unmapped);
  if (!unmapped) return error;
  c.size = *unmapped;
  return write_user(call.user, c) != 0 ? EFAULT : error;
}

}  // namespace

long make_vfio_call(Call& call, unsigned command) {
  switch (command) {
    case VFIO_GET_API_VERSION:
      return VFIO_API_VERSION;
    case VFIO_CHECK_EXTENSION: {
      const auto can = call.fd.vfio_check_extension(call.user);
      return can.ok() ? static_cast<long>(can.value) : -can.error;
    }
    case VFIO_SET_IOMMU:
      return -answer([&] { return call.fd.vfio_set_iommu(call.user); });
    case VFIO_IOMMU_GET_INFO:
      return -answer([&] { return get_info(call); });
    case VFIO_IOMMU_MAP_DMA:
      return -answer([&] { return map_dma(call); });
    case VFIO_IOMMU_UNMAP_DMA:
      return -answer([&] { return unmap_dma(call); });
    default:
      return -ENOTTY;
  }
}

}  // namespace uapi
}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
