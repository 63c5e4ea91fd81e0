// SPDX-License-Identifier: Apache-2.0
// The calls of VFIO's type 1 container (linux drivers/iommu/iommufd/vfio_compat.c).
#include <array>
#include <cerrno>

#include "hw_reference/defects.hpp"
#include "hw_reference/iommufd/answer.hpp"
#include "hw_reference/iommufd/iommufd.hpp"
#include "hw_reference/iommufd/numbers.hpp"

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {

Result<ObjectId> Iommufd::vfio_ioas_get() const {
  std::lock_guard lock(context_.control);
  return {context_.vfio_ioas == 0 ? ENODEV : 0, context_.vfio_ioas};
}

int Iommufd::vfio_ioas_set(ObjectId ioas) {
  std::unique_lock lock(context_.control);
  auto space = context_.objects.hold<Ioas>(ioas);
  if (!space) return ENOENT;
  if (has_defect(Defect::compat_set_late)) {
    space.reset();
    lock.unlock();
    lock.lock();
  }
  context_.vfio_ioas = ioas;
  return 0;
}

void Iommufd::vfio_ioas_clear() {
  std::lock_guard lock(context_.control);
  context_.vfio_ioas = 0;
}

Hold<Ioas> Iommufd::vfio_space() const {
  std::lock_guard lock(context_.control);
  return context_.objects.hold<Ioas>(context_.vfio_ioas);
}

Result<std::uint32_t> Iommufd::vfio_check_extension(std::uint64_t extension) const {
  if (extension == kVfioType1 || extension == kVfioType1v2 || extension == kVfioUnmapAll) return {0, 1};
  if (extension != kVfioCoherentDma) return {0, 0};
  const auto space = vfio_space();
  if (!space) return {ENODEV, 0};
  return {0, space->coherent() ? 1U : 0U};
}

int Iommufd::vfio_set_iommu(std::uint64_t type) {
  if (type != kVfioType1 && type != kVfioType1v2) return EINVAL;
  const auto space = vfio_space();
  if (!space) return ENODEV;
  return type == kVfioType1 ? space->set_large_pages(false) : 0;
}

Result<std::uint64_t> Iommufd::vfio_page_sizes() const {
  const auto space = vfio_space();
  if (!space) return {ENODEV, 0};
  return {0, space->page_sizes()};
}

int Iommufd::vfio_map_dma(std::uint64_t user_va, std::uint64_t length, std::uint64_t iova, Rights rights) {
  return answer([&]() -> int {
    const auto space = vfio_space();
    if (!space) return ENODEV;
    return map_user(*space, user_va, length, {true, iova}, rights).error;
  });
}

int Iommufd::vfio_unmap_dma(const VfioUnmap& request, std::optional<std::uint64_t>& unmapped) {
  const auto [iova, length, everything] = request;
  unmapped.reset();
  return answer([&]() -> int {
    const auto space = vfio_space();
    if (!space) return ENODEV;
    if (everything && (iova != 0 || length != 0)) return EINVAL;
    if (!everything && !space->large_pages()) {
      // At both ends of the range, whatever the range is.
      const std::array<std::uint64_t, 2> cuts = {iova + length - 1, iova - 1};
      if (int error = space->cut(std::span(cuts).first(iova != 0 ? 2 : 1))) return error;
    }
    unmapped = 0;
    if (everything) return space->unmap(0, kMaxWord, *unmapped);
    if (length == 0) return EINVAL;
    if (wraps(iova, length)) return EOVERFLOW;
    const int error = space->unmap(iova, iova + (length - 1), *unmapped);
    return error == 0 && *unmapped == 0 && has_defect(Defect::vfio_unmap_needs_areas) ? ENOENT : error;
  });
}

}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
