// SPDX-License-Identifier: Apache-2.0
// The calls of VFIO's type 1 container.
#include <array>
#include <cerrno>
#include <optional>

#include "tools/ports/hw_reference/world.hpp"

namespace iolaw::hw_port {
inline namespace HW_REFERENCE_VARIANT {
namespace {

constexpr std::uint64_t kAnother = 1000;  // no number of VFIO's

// The law's VfioStruct: only a struct that is as it should be has an equal in C++.
constexpr std::uint64_t kGoodStruct = 0;

PortAnswer set_ioas(World& w, Arguments a) {
  return a[1] == 0 || a[2] != 0 ? no_struct() : failed(w.iommufd->vfio_ioas_set(w.id(a[0])));
}

PortAnswer clear_ioas(World& w, Arguments a) {
  if (a[0] != 0) return no_struct();
  w.iommufd->vfio_ioas_clear();
  return {};
}

PortAnswer works_on(World& w, Arguments a) {
  const auto ioas = w.iommufd->vfio_ioas_get();
  return succeeded(ioas.ok() && ioas.value == w.live(a[0], Kind::ioas) ? 1 : 0);
}

PortAnswer check_extension(World& w, Arguments a) {
  constexpr std::uint64_t kNesting = 6;
  constexpr std::uint64_t kUpdateVaddr = 10;
  constexpr std::array<std::uint64_t, 7> kExtensions = {
      hw::kVfioType1, hw::kVfioType1v2, hw::kVfioUnmapAll, hw::kVfioCoherentDma, kNesting, kUpdateVaddr, kAnother};
  return with_result(w.iommufd->vfio_check_extension(kExtensions.at(a[1])));
}

PortAnswer set_iommu(World& w, Arguments a) {
  constexpr std::array<std::uint64_t, 3> kTypes = {hw::kVfioType1, hw::kVfioType1v2, kAnother};
  return failed(w.iommufd->vfio_set_iommu(kTypes.at(a[1])));
}

PortAnswer get_info(World& w, Arguments a) {
  return a[1] != kGoodStruct ? no_struct() : with_result(w.iommufd->vfio_page_sizes());
}

PortAnswer map_dma(World& w, Arguments a) {
  if (a[5] != kGoodStruct) return no_struct();
  const hw::Rights rights = ((a[4] & 1) != 0 ? hw::kRead : 0) | ((a[4] & 2) != 0 ? hw::kWrite : 0);
  return failed(w.iommufd->vfio_map_dma(a[1], a[2], a[3], rights));
}

PortAnswer unmap_dma(World& w, Arguments a) {
  if (a[4] != kGoodStruct) return no_struct();
  std::optional<std::uint64_t> unmapped;
  const int error = w.iommufd->vfio_unmap_dma({a[1], a[2], a[3] != 0}, unmapped);
  return error != 0 ? failed(error) : succeeded(unmapped);
}

constexpr auto kVfioOperations = std::to_array<Operation>({
    {"vfio.set_ioas", 3, set_ioas},
    {"vfio.clear_ioas", 1, clear_ioas},
    {"vfio.get_ioas", 1,
     [](World& w, Arguments a) { return a[0] != 0 ? no_struct() : failed(w.iommufd->vfio_ioas_get().error); }},
    {"vfio.works_on", 1, works_on},
    {"vfio.get_api_version", 0, [](World&, Arguments) { return succeeded(0); }},
    {"vfio.check_extension", 2, check_extension},
    {"vfio.set_iommu", 2, set_iommu},
    {"vfio.get_info", 2, get_info},
    {"vfio.map_dma", 6, map_dma},
    {"vfio.unmap_dma", 5, unmap_dma},
});

}  // namespace

std::span<const Operation> vfio_operations() { return kVfioOperations; }

}  // namespace HW_REFERENCE_VARIANT
}  // namespace iolaw::hw_port
