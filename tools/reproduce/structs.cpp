// SPDX-License-Identifier: Apache-2.0
#include "tools/reproduce/structs.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include "tools/ports/dev_iommu/uapi.hpp"
#include "tools/ports/dev_iommu/uapi_objects.hpp"
#include "tools/ports/dev_iommu/uapi_test.hpp"

namespace iolaw::reproduce {
namespace {

using namespace dev_iommu;

constexpr Field kDestroyFields[] = {
    {"size", offsetof(Destroy, size), sizeof(Destroy::size)},
    {"id", offsetof(Destroy, id), sizeof(Destroy::id), Role::object},
};
constexpr Field kIoasAllocFields[] = {
    {"size", offsetof(IoasAlloc, size), sizeof(IoasAlloc::size)},
    {"flags", offsetof(IoasAlloc, flags), sizeof(IoasAlloc::flags)},
    {"out_ioas_id", offsetof(IoasAlloc, out_ioas_id), sizeof(IoasAlloc::out_ioas_id), Role::new_object, "ioas"},
};
constexpr Field kIoasMapFields[] = {
    {"size", offsetof(IoasMap, size), sizeof(IoasMap::size)},
    {"flags", offsetof(IoasMap, flags), sizeof(IoasMap::flags)},
    {"ioas_id", offsetof(IoasMap, ioas_id), sizeof(IoasMap::ioas_id), Role::object},
    {"reserved", offsetof(IoasMap, reserved), sizeof(IoasMap::reserved)},
    {"user_va", offsetof(IoasMap, user_va), sizeof(IoasMap::user_va)},
    {"length", offsetof(IoasMap, length), sizeof(IoasMap::length)},
    {"iova", offsetof(IoasMap, iova), sizeof(IoasMap::iova), Role::answer},
};
constexpr Field kIoasCopyFields[] = {
    {"size", offsetof(IoasCopy, size), sizeof(IoasCopy::size)},
    {"flags", offsetof(IoasCopy, flags), sizeof(IoasCopy::flags)},
    {"dst_ioas_id", offsetof(IoasCopy, dst_ioas_id), sizeof(IoasCopy::dst_ioas_id), Role::object},
    {"src_ioas_id", offsetof(IoasCopy, src_ioas_id), sizeof(IoasCopy::src_ioas_id), Role::object},
    {"length", offsetof(IoasCopy, length), sizeof(IoasCopy::length)},
    {"dst_iova", offsetof(IoasCopy, dst_iova), sizeof(IoasCopy::dst_iova), Role::answer},
    {"src_iova", offsetof(IoasCopy, src_iova), sizeof(IoasCopy::src_iova)},
};
constexpr Field kIoasUnmapFields[] = {
    {"size", offsetof(IoasUnmap, size), sizeof(IoasUnmap::size)},
    {"ioas_id", offsetof(IoasUnmap, ioas_id), sizeof(IoasUnmap::ioas_id), Role::object},
    {"iova", offsetof(IoasUnmap, iova), sizeof(IoasUnmap::iova)},
    {"length", offsetof(IoasUnmap, length), sizeof(IoasUnmap::length), Role::answer},
};
constexpr Field kIoasIovaRangesFields[] = {
    {"size", offsetof(IoasIovaRanges, size), sizeof(IoasIovaRanges::size)},
    {"ioas_id", offsetof(IoasIovaRanges, ioas_id), sizeof(IoasIovaRanges::ioas_id), Role::object},
    {"num_iovas", offsetof(IoasIovaRanges, num_iovas), sizeof(IoasIovaRanges::num_iovas), Role::answer},
    {"reserved", offsetof(IoasIovaRanges, reserved), sizeof(IoasIovaRanges::reserved)},
    {"allowed_iovas", offsetof(IoasIovaRanges, allowed_iovas), sizeof(IoasIovaRanges::allowed_iovas), Role::memory,
     "num_iovas", 16},
    {"out_iova_alignment", offsetof(IoasIovaRanges, out_iova_alignment), sizeof(IoasIovaRanges::out_iova_alignment),
     Role::answer},
};
constexpr Field kIoasAllowIovasFields[] = {
    {"size", offsetof(IoasAllowIovas, size), sizeof(IoasAllowIovas::size)},
    {"ioas_id", offsetof(IoasAllowIovas, ioas_id), sizeof(IoasAllowIovas::ioas_id), Role::object},
    {"num_iovas", offsetof(IoasAllowIovas, num_iovas), sizeof(IoasAllowIovas::num_iovas)},
    {"reserved", offsetof(IoasAllowIovas, reserved), sizeof(IoasAllowIovas::reserved)},
    {"allowed_iovas", offsetof(IoasAllowIovas, allowed_iovas), sizeof(IoasAllowIovas::allowed_iovas), Role::memory,
     "num_iovas", 16},
};
constexpr Field kIoasMapFileFields[] = {
    {"size", offsetof(IoasMapFile, size), sizeof(IoasMapFile::size)},
    {"flags", offsetof(IoasMapFile, flags), sizeof(IoasMapFile::flags)},
    {"ioas_id", offsetof(IoasMapFile, ioas_id), sizeof(IoasMapFile::ioas_id), Role::object},
    {"fd", offsetof(IoasMapFile, fd), sizeof(IoasMapFile::fd), Role::file},
    {"start", offsetof(IoasMapFile, start), sizeof(IoasMapFile::start)},
    {"length", offsetof(IoasMapFile, length), sizeof(IoasMapFile::length)},
    {"iova", offsetof(IoasMapFile, iova), sizeof(IoasMapFile::iova), Role::answer},
};
constexpr Field kOptionFields[] = {
    {"size", offsetof(Option, size), sizeof(Option::size)},
    {"option_id", offsetof(Option, option_id), sizeof(Option::option_id)},
    {"op", offsetof(Option, op), sizeof(Option::op)},
    {"reserved", offsetof(Option, reserved), sizeof(Option::reserved)},
    {"object_id", offsetof(Option, object_id), sizeof(Option::object_id), Role::object},
    {"val64", offsetof(Option, val64), sizeof(Option::val64), Role::answer},
};
constexpr Field kVfioIoasFields[] = {
    {"size", offsetof(VfioIoas, size), sizeof(VfioIoas::size)},
    {"ioas_id", offsetof(VfioIoas, ioas_id), sizeof(VfioIoas::ioas_id), Role::object},
    {"op", offsetof(VfioIoas, op), sizeof(VfioIoas::op)},
    {"reserved", offsetof(VfioIoas, reserved), sizeof(VfioIoas::reserved)},
};
constexpr Field kIoasChangeProcessFields[] = {
    {"size", offsetof(IoasChangeProcess, size), sizeof(IoasChangeProcess::size)},
    {"reserved", offsetof(IoasChangeProcess, reserved), sizeof(IoasChangeProcess::reserved)},
};
constexpr Field kHwptAllocFields[] = {
    {"size", offsetof(HwptAlloc, size), sizeof(HwptAlloc::size)},
    {"flags", offsetof(HwptAlloc, flags), sizeof(HwptAlloc::flags)},
    {"dev_id", offsetof(HwptAlloc, dev_id), sizeof(HwptAlloc::dev_id), Role::object},
    {"pt_id", offsetof(HwptAlloc, pt_id), sizeof(HwptAlloc::pt_id), Role::object},
    {"out_hwpt_id", offsetof(HwptAlloc, out_hwpt_id), sizeof(HwptAlloc::out_hwpt_id), Role::new_object, "hwpt"},
    {"reserved", offsetof(HwptAlloc, reserved), sizeof(HwptAlloc::reserved)},
    {"data_type", offsetof(HwptAlloc, data_type), sizeof(HwptAlloc::data_type)},
    {"data_len", offsetof(HwptAlloc, data_len), sizeof(HwptAlloc::data_len)},
    {"data_uptr", offsetof(HwptAlloc, data_uptr), sizeof(HwptAlloc::data_uptr), Role::memory, "data_len", 1},
    {"fault_id", offsetof(HwptAlloc, fault_id), sizeof(HwptAlloc::fault_id), Role::object},
    {"reserved2", offsetof(HwptAlloc, reserved2), sizeof(HwptAlloc::reserved2)},
};
constexpr Field kGetHwInfoFields[] = {
    {"size", offsetof(GetHwInfo, size), sizeof(GetHwInfo::size)},
    {"flags", offsetof(GetHwInfo, flags), sizeof(GetHwInfo::flags)},
    {"dev_id", offsetof(GetHwInfo, dev_id), sizeof(GetHwInfo::dev_id), Role::object},
    {"data_len", offsetof(GetHwInfo, data_len), sizeof(GetHwInfo::data_len)},
    {"data_uptr", offsetof(GetHwInfo, data_uptr), sizeof(GetHwInfo::data_uptr), Role::memory, "data_len", 1},
    {"data_type", offsetof(GetHwInfo, data_type), sizeof(GetHwInfo::data_type), Role::answer},
    {"out_capabilities", offsetof(GetHwInfo, out_capabilities), sizeof(GetHwInfo::out_capabilities), Role::answer},
};
constexpr Field kHwptSetDirtyTrackingFields[] = {
    {"size", offsetof(HwptSetDirtyTracking, size), sizeof(HwptSetDirtyTracking::size)},
    {"flags", offsetof(HwptSetDirtyTracking, flags), sizeof(HwptSetDirtyTracking::flags)},
    {"hwpt_id", offsetof(HwptSetDirtyTracking, hwpt_id), sizeof(HwptSetDirtyTracking::hwpt_id), Role::object},
    {"reserved", offsetof(HwptSetDirtyTracking, reserved), sizeof(HwptSetDirtyTracking::reserved)},
};
constexpr Field kHwptGetDirtyBitmapFields[] = {
    {"size", offsetof(HwptGetDirtyBitmap, size), sizeof(HwptGetDirtyBitmap::size)},
    {"hwpt_id", offsetof(HwptGetDirtyBitmap, hwpt_id), sizeof(HwptGetDirtyBitmap::hwpt_id), Role::object},
    {"flags", offsetof(HwptGetDirtyBitmap, flags), sizeof(HwptGetDirtyBitmap::flags)},
    {"reserved", offsetof(HwptGetDirtyBitmap, reserved), sizeof(HwptGetDirtyBitmap::reserved)},
    {"iova", offsetof(HwptGetDirtyBitmap, iova), sizeof(HwptGetDirtyBitmap::iova)},
    {"length", offsetof(HwptGetDirtyBitmap, length), sizeof(HwptGetDirtyBitmap::length)},
    {"page_size", offsetof(HwptGetDirtyBitmap, page_size), sizeof(HwptGetDirtyBitmap::page_size)},
    {"data", offsetof(HwptGetDirtyBitmap, data), sizeof(HwptGetDirtyBitmap::data), Role::memory, "", 64},
};
constexpr Field kHwptInvalidateFields[] = {
    {"size", offsetof(HwptInvalidate, size), sizeof(HwptInvalidate::size)},
    {"hwpt_id", offsetof(HwptInvalidate, hwpt_id), sizeof(HwptInvalidate::hwpt_id), Role::object},
    {"data_uptr", offsetof(HwptInvalidate, data_uptr), sizeof(HwptInvalidate::data_uptr), Role::memory, "entry_num",
     32},
    {"data_type", offsetof(HwptInvalidate, data_type), sizeof(HwptInvalidate::data_type)},
    {"entry_len", offsetof(HwptInvalidate, entry_len), sizeof(HwptInvalidate::entry_len)},
    {"entry_num", offsetof(HwptInvalidate, entry_num), sizeof(HwptInvalidate::entry_num), Role::answer},
    {"reserved", offsetof(HwptInvalidate, reserved), sizeof(HwptInvalidate::reserved)},
};
constexpr Field kFaultQueueAllocFields[] = {
    {"size", offsetof(FaultQueueAlloc, size), sizeof(FaultQueueAlloc::size)},
    {"flags", offsetof(FaultQueueAlloc, flags), sizeof(FaultQueueAlloc::flags)},
    {"out_fault_id", offsetof(FaultQueueAlloc, out_fault_id), sizeof(FaultQueueAlloc::out_fault_id), Role::new_object,
     "fault_queue"},
    {"out_fault_fd", offsetof(FaultQueueAlloc, out_fault_fd), sizeof(FaultQueueAlloc::out_fault_fd), Role::new_file,
     "fault_file"},
};
constexpr Field kViommuAllocFields[] = {
    {"size", offsetof(ViommuAlloc, size), sizeof(ViommuAlloc::size)},
    {"flags", offsetof(ViommuAlloc, flags), sizeof(ViommuAlloc::flags)},
    {"type", offsetof(ViommuAlloc, type), sizeof(ViommuAlloc::type)},
    {"dev_id", offsetof(ViommuAlloc, dev_id), sizeof(ViommuAlloc::dev_id), Role::object},
    {"hwpt_id", offsetof(ViommuAlloc, hwpt_id), sizeof(ViommuAlloc::hwpt_id), Role::object},
    {"out_viommu_id", offsetof(ViommuAlloc, out_viommu_id), sizeof(ViommuAlloc::out_viommu_id), Role::new_object,
     "viommu"},
    {"data_len", offsetof(ViommuAlloc, data_len), sizeof(ViommuAlloc::data_len)},
    {"reserved", offsetof(ViommuAlloc, reserved), sizeof(ViommuAlloc::reserved)},
    {"data_uptr", offsetof(ViommuAlloc, data_uptr), sizeof(ViommuAlloc::data_uptr), Role::memory, "data_len", 1},
};
constexpr Field kVdeviceAllocFields[] = {
    {"size", offsetof(VdeviceAlloc, size), sizeof(VdeviceAlloc::size)},
    {"viommu_id", offsetof(VdeviceAlloc, viommu_id), sizeof(VdeviceAlloc::viommu_id), Role::object},
    {"dev_id", offsetof(VdeviceAlloc, dev_id), sizeof(VdeviceAlloc::dev_id), Role::object},
    {"out_vdevice_id", offsetof(VdeviceAlloc, out_vdevice_id), sizeof(VdeviceAlloc::out_vdevice_id), Role::new_object,
     "vdevice"},
    {"virt_id", offsetof(VdeviceAlloc, virt_id), sizeof(VdeviceAlloc::virt_id)},
};
constexpr Field kVeventqAllocFields[] = {
    {"size", offsetof(VeventqAlloc, size), sizeof(VeventqAlloc::size)},
    {"flags", offsetof(VeventqAlloc, flags), sizeof(VeventqAlloc::flags)},
    {"viommu_id", offsetof(VeventqAlloc, viommu_id), sizeof(VeventqAlloc::viommu_id), Role::object},
    {"type", offsetof(VeventqAlloc, type), sizeof(VeventqAlloc::type)},
    {"veventq_depth", offsetof(VeventqAlloc, veventq_depth), sizeof(VeventqAlloc::veventq_depth)},
    {"out_veventq_id", offsetof(VeventqAlloc, out_veventq_id), sizeof(VeventqAlloc::out_veventq_id), Role::new_object,
     "veventq"},
    {"out_veventq_fd", offsetof(VeventqAlloc, out_veventq_fd), sizeof(VeventqAlloc::out_veventq_fd), Role::new_file,
     "veventq_file"},
    {"reserved", offsetof(VeventqAlloc, reserved), sizeof(VeventqAlloc::reserved)},
};
constexpr Field kHwQueueAllocFields[] = {
    {"size", offsetof(HwQueueAlloc, size), sizeof(HwQueueAlloc::size)},
    {"flags", offsetof(HwQueueAlloc, flags), sizeof(HwQueueAlloc::flags)},
    {"viommu_id", offsetof(HwQueueAlloc, viommu_id), sizeof(HwQueueAlloc::viommu_id), Role::object},
    {"type", offsetof(HwQueueAlloc, type), sizeof(HwQueueAlloc::type)},
    {"index", offsetof(HwQueueAlloc, index), sizeof(HwQueueAlloc::index)},
    {"out_hw_queue_id", offsetof(HwQueueAlloc, out_hw_queue_id), sizeof(HwQueueAlloc::out_hw_queue_id),
     Role::new_object, "hw_queue"},
    {"nesting_parent_iova", offsetof(HwQueueAlloc, nesting_parent_iova), sizeof(HwQueueAlloc::nesting_parent_iova)},
    {"length", offsetof(HwQueueAlloc, length), sizeof(HwQueueAlloc::length)},
};

constexpr auto kIommufdStructs = std::to_array<Struct>({
    {kDestroy, "destroy", sizeof(Destroy), 0, kDestroyFields},
    {kIoasAlloc, "ioas_alloc", sizeof(IoasAlloc), 0, kIoasAllocFields},
    {kIoasMap, "ioas_map", sizeof(IoasMap), 0, kIoasMapFields},
    {kIoasCopy, "ioas_copy", sizeof(IoasCopy), 0, kIoasCopyFields},
    {kIoasUnmap, "ioas_unmap", sizeof(IoasUnmap), 0, kIoasUnmapFields},
    {kIoasIovaRanges, "ioas_iova_ranges", sizeof(IoasIovaRanges), 0, kIoasIovaRangesFields},
    {kIoasAllowIovas, "ioas_allow_iovas", sizeof(IoasAllowIovas), 0, kIoasAllowIovasFields},
    {kIoasMapFile, "ioas_map_file", sizeof(IoasMapFile), 0, kIoasMapFileFields},
    {kOption, "option", sizeof(Option), 0, kOptionFields},
    {kVfioIoas, "vfio_ioas", sizeof(VfioIoas), 0, kVfioIoasFields},
    {kIoasChangeProcess, "ioas_change_process", sizeof(IoasChangeProcess), 0, kIoasChangeProcessFields},
    {kHwptAlloc, "hwpt_alloc", sizeof(HwptAlloc), 0, kHwptAllocFields},
    {kGetHwInfo, "get_hw_info", sizeof(GetHwInfo), 0, kGetHwInfoFields},
    {kHwptSetDirtyTracking, "hwpt_set_dirty_tracking", sizeof(HwptSetDirtyTracking), 0, kHwptSetDirtyTrackingFields},
    {kHwptGetDirtyBitmap, "hwpt_get_dirty_bitmap", sizeof(HwptGetDirtyBitmap), 0, kHwptGetDirtyBitmapFields},
    {kHwptInvalidate, "hwpt_invalidate", sizeof(HwptInvalidate), 0, kHwptInvalidateFields},
    {kFaultQueueAlloc, "fault_queue_alloc", sizeof(FaultQueueAlloc), 0, kFaultQueueAllocFields},
    {kViommuAlloc, "viommu_alloc", sizeof(ViommuAlloc), 0, kViommuAllocFields},
    {kVdeviceAlloc, "vdevice_alloc", sizeof(VdeviceAlloc), 0, kVdeviceAllocFields},
    {kVeventqAlloc, "veventq_alloc", sizeof(VeventqAlloc), 0, kVeventqAllocFields},
    {kHwQueueAlloc, "hw_queue_alloc", sizeof(HwQueueAlloc), 0, kHwQueueAllocFields},
});

}  // namespace

std::span<const Struct> iommufd_structs() { return kIommufdStructs; }

const Struct* find_struct(unsigned long command, std::uint32_t operation) {
  const std::span<const Struct> structs = command == kTest ? test_structs() : iommufd_structs();
  const auto found = std::find_if(structs.begin(), structs.end(), [&](const Struct& one) {
    return one.command == command && (command != kTest || one.operation == operation);
  });
  return found == structs.end() ? nullptr : &*found;
}

}  // namespace iolaw::reproduce
