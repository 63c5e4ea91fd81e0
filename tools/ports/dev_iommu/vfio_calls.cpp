// SPDX-License-Identifier: Apache-2.0
// The calls of VFIO that /dev/iommu answers: spec/iommufd/vfio.law.
#include <linux/vfio.h>

#include <array>
#include <cerrno>
#include <cstddef>

#include "tools/ports/dev_iommu/kernel.hpp"

namespace iolaw::dev_iommu {
namespace {

constexpr std::uint16_t kGet = 0;
constexpr std::uint16_t kSet = 1;
constexpr std::uint16_t kClear = 2;
constexpr std::uint16_t kNoSuchOperation = 9;

int vfio_ioas(Kernel& kernel, VfioIoas& command, std::uint16_t operation, bool unknown) {
  command.op = operation;
  command.reserved = unknown ? 1 : 0;
  return kernel.request(kVfioIoas, &command);
}

PortAnswer set_ioas(Kernel& kernel, Arguments a) {
  VfioIoas command;
  command.ioas_id = kernel.handles.id(a[0]);
  return done(vfio_ioas(kernel, command, a[1] != 0 ? kSet : kNoSuchOperation, a[2] != 0));
}

PortAnswer clear_ioas(Kernel& kernel, Arguments a) {
  VfioIoas command;
  return done(vfio_ioas(kernel, command, kClear, a[0] != 0));
}

PortAnswer get_ioas(Kernel& kernel, Arguments a) {
  VfioIoas command;
  return done(vfio_ioas(kernel, command, kGet, a[0] != 0));
}

PortAnswer works_on(Kernel& kernel, Arguments a) {
  VfioIoas command;
  const int error = vfio_ioas(kernel, command, kGet, false);
  if (error == ENODEV) return success(0);
  if (error != 0) return failure(error);
  return success(command.ioas_id == kernel.handles.live_id(a[0], Kind::ioas) ? 1 : 0);
}

// These two calls answer by what they return.
PortAnswer answer(long result) {
  return result < 0 ? failure(static_cast<int>(-result)) : success(static_cast<std::uint64_t>(result));
}

PortAnswer get_api_version(Kernel& kernel, Arguments) { return answer(kernel.number(VFIO_GET_API_VERSION, 0)); }

PortAnswer check_extension(Kernel& kernel, Arguments a) {
  // VFIO_UNMAP_ALL and VFIO_UPDATE_VADDR are younger than some headers.
  constexpr unsigned long kExtensions[] = {
      VFIO_TYPE1_IOMMU, VFIO_TYPE1v2_IOMMU, 9, VFIO_DMA_CC_IOMMU, VFIO_TYPE1_NESTING_IOMMU, 10, 1000};
  return answer(kernel.number(VFIO_CHECK_EXTENSION, kExtensions[a[1]]));
}

PortAnswer set_iommu(Kernel& kernel, Arguments a) {
  constexpr unsigned long kTypes[] = {VFIO_TYPE1_IOMMU, VFIO_TYPE1v2_IOMMU, 1000};
  return done(static_cast<int>(-kernel.number(VFIO_SET_IOMMU, kTypes[a[1]])));
}

// Makes a call with a struct of VFIO that is given as the law says, and is followed by `room` bytes more.
template <class Struct>
int request(Kernel& kernel, unsigned long command, Struct& argument, std::uint64_t given, std::uint32_t least,
            std::uint32_t room = 0) {
  enum : std::uint64_t { good, unreadable, too_short, unknown_flag };  // the law's VfioStruct
  constexpr std::uint32_t kNoFlag = 1U << 30;
  argument.argsz = given == too_short ? least - 1 : sizeof(Struct) + room;
  if (given == unknown_flag) argument.flags |= kNoFlag;
  void* pointer = given == unreadable ? reinterpret_cast<void*>(kNowhere) : static_cast<void*>(&argument);
  return kernel.request(command, pointer);
}

PortAnswer get_info(Kernel& kernel, Arguments a) {
  // Behind the struct there may be room for what more there is to say, all of it or a part.
  constexpr std::uint32_t kRooms[] = {0, 8, 16, 24, 40, 200};
  struct {
    vfio_iommu_type1_info info;
    std::uint64_t room[25];
  } answer = {};
  const int error = request(kernel, VFIO_IOMMU_GET_INFO, answer.info, a[1],
                            offsetof(vfio_iommu_type1_info, iova_pgsizes) + 8, kRooms[kernel.variations.among(6)]);
  return error != 0 ? failure(error) : success(answer.info.iova_pgsizes);
}

PortAnswer map_dma(Kernel& kernel, Arguments a) {
  vfio_iommu_type1_dma_map command = {};
  command.flags = ((a[4] & 1) != 0 ? VFIO_DMA_MAP_FLAG_READ : 0U) | ((a[4] & 2) != 0 ? VFIO_DMA_MAP_FLAG_WRITE : 0U);
  command.vaddr = a[1];
  command.size = a[2];
  command.iova = a[3];
  return done(request(kernel, VFIO_IOMMU_MAP_DMA, command, a[5], sizeof(command)));
}

PortAnswer unmap_dma(Kernel& kernel, Arguments a) {
  constexpr std::uint32_t kUnmapAll = 1U << 1;
  vfio_iommu_type1_dma_unmap command = {};
  command.iova = a[1];
  command.size = a[2];
  command.flags = a[3] != 0 ? kUnmapAll : 0;
  const int error = request(kernel, VFIO_IOMMU_UNMAP_DMA, command, a[4], sizeof(command));
  return error != 0 ? failure(error) : success(command.size);
}

constexpr auto kVfioCalls = std::to_array<Call>({
    {"vfio.set_ioas", 3, set_ioas},
    {"vfio.clear_ioas", 1, clear_ioas},
    {"vfio.get_ioas", 1, get_ioas},
    {"vfio.works_on", 1, works_on},
    {"vfio.get_api_version", 0, get_api_version},
    {"vfio.check_extension", 2, check_extension},
    {"vfio.set_iommu", 2, set_iommu},
    {"vfio.get_info", 2, get_info},
    {"vfio.map_dma", 6, map_dma},
    {"vfio.unmap_dma", 5, unmap_dma},
});

}  // namespace

std::span<const Call> vfio_calls() { return kVfioCalls; }

}  // namespace iolaw::dev_iommu
