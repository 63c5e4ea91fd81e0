// SPDX-License-Identifier: Apache-2.0
// Compares what hw_reference's front door answers to with the headers of a kernel. Compiled, never run: see
// check_layout.
#include <iommufd_test.h>
#include <linux/iommufd.h>

#include "hw_reference/uapi/abi.hpp"
#include "hw_reference/uapi/abi_objects.hpp"
#include "hw_reference/uapi/abi_test.hpp"

namespace ours = hw_reference::uapi;

// NOLINTBEGIN: the kernel's names
#define SAME_SIZE(type, theirs) static_assert(sizeof(ours::type) == sizeof(struct theirs))
#define SAME_FIELD(type, field, theirs, their_field)                                   \
  static_assert(offsetof(ours::type, field) == offsetof(struct theirs, their_field) && \
                sizeof(ours::type::field) == sizeof(theirs::their_field))
#define SAME_TEST_MEMBER(path, theirs) \
  static_assert(offsetof(ours::TestCommand, path) == offsetof(struct iommu_test_cmd, theirs))
#define SAME_NUMBER(a, b) static_assert(static_cast<unsigned long>(a) == static_cast<unsigned long>(b))
// NOLINTEND

SAME_NUMBER(ours::kDestroy, IOMMU_DESTROY);
SAME_NUMBER(ours::kIoasAlloc, IOMMU_IOAS_ALLOC);
SAME_NUMBER(ours::kIoasAllowIovas, IOMMU_IOAS_ALLOW_IOVAS);
SAME_NUMBER(ours::kIoasCopy, IOMMU_IOAS_COPY);
SAME_NUMBER(ours::kIoasIovaRanges, IOMMU_IOAS_IOVA_RANGES);
SAME_NUMBER(ours::kIoasMap, IOMMU_IOAS_MAP);
SAME_NUMBER(ours::kIoasUnmap, IOMMU_IOAS_UNMAP);
SAME_NUMBER(ours::kOption, IOMMU_OPTION);
SAME_NUMBER(ours::kVfioIoas, IOMMU_VFIO_IOAS);
SAME_NUMBER(ours::kHwptAlloc, IOMMU_HWPT_ALLOC);
SAME_NUMBER(ours::kGetHwInfo, IOMMU_GET_HW_INFO);
SAME_NUMBER(ours::kHwptSetDirtyTracking, IOMMU_HWPT_SET_DIRTY_TRACKING);
SAME_NUMBER(ours::kHwptGetDirtyBitmap, IOMMU_HWPT_GET_DIRTY_BITMAP);
SAME_NUMBER(ours::kHwptInvalidate, IOMMU_HWPT_INVALIDATE);
SAME_NUMBER(ours::kFaultQueueAlloc, IOMMU_FAULT_QUEUE_ALLOC);
SAME_NUMBER(ours::kIoasMapFile, IOMMU_IOAS_MAP_FILE);
SAME_NUMBER(ours::kViommuAlloc, IOMMU_VIOMMU_ALLOC);
SAME_NUMBER(ours::kVdeviceAlloc, IOMMU_VDEVICE_ALLOC);
SAME_NUMBER(ours::kIoasChangeProcess, IOMMU_IOAS_CHANGE_PROCESS);
SAME_NUMBER(ours::kVeventqAlloc, IOMMU_VEVENTQ_ALLOC);
SAME_NUMBER(ours::kHwQueueAlloc, IOMMU_HW_QUEUE_ALLOC);
SAME_NUMBER(ours::kIoasNoiommuGetPa, IOMMU_IOAS_NOIOMMU_GET_PA);
SAME_NUMBER(ours::kTest, IOMMU_TEST_CMD);
SAME_NUMBER(ours::kVfioIoasGet, IOMMU_VFIO_IOAS_GET);
SAME_NUMBER(ours::kVfioIoasSet, IOMMU_VFIO_IOAS_SET);
SAME_NUMBER(ours::kVfioIoasClear, IOMMU_VFIO_IOAS_CLEAR);
SAME_NUMBER(ours::TestOp::add_reserved, IOMMU_TEST_OP_ADD_RESERVED);
SAME_NUMBER(ours::TestOp::mock_domain, IOMMU_TEST_OP_MOCK_DOMAIN);
SAME_NUMBER(ours::TestOp::check_map, IOMMU_TEST_OP_MD_CHECK_MAP);
SAME_NUMBER(ours::TestOp::check_refs, IOMMU_TEST_OP_MD_CHECK_REFS);
SAME_NUMBER(ours::TestOp::create_access, IOMMU_TEST_OP_CREATE_ACCESS);
SAME_NUMBER(ours::TestOp::destroy_access_pages, IOMMU_TEST_OP_DESTROY_ACCESS_PAGES);
SAME_NUMBER(ours::TestOp::access_pages, IOMMU_TEST_OP_ACCESS_PAGES);
SAME_NUMBER(ours::TestOp::access_rw, IOMMU_TEST_OP_ACCESS_RW);
SAME_NUMBER(ours::TestOp::set_temp_memory_limit, IOMMU_TEST_OP_SET_TEMP_MEMORY_LIMIT);
SAME_NUMBER(ours::TestOp::mock_domain_replace, IOMMU_TEST_OP_MOCK_DOMAIN_REPLACE);
SAME_NUMBER(ours::TestOp::access_replace_ioas, IOMMU_TEST_OP_ACCESS_REPLACE_IOAS);
SAME_NUMBER(ours::TestOp::mock_domain_flags, IOMMU_TEST_OP_MOCK_DOMAIN_FLAGS);
SAME_NUMBER(ours::TestOp::dirty, IOMMU_TEST_OP_DIRTY);
SAME_NUMBER(ours::TestOp::check_iotlb, IOMMU_TEST_OP_MD_CHECK_IOTLB);
SAME_NUMBER(ours::TestOp::trigger_iopf, IOMMU_TEST_OP_TRIGGER_IOPF);
SAME_NUMBER(ours::TestOp::check_dev_cache, IOMMU_TEST_OP_DEV_CHECK_CACHE);
SAME_NUMBER(ours::TestOp::trigger_vevent, IOMMU_TEST_OP_TRIGGER_VEVENT);
SAME_NUMBER(ours::TestOp::pasid_attach, IOMMU_TEST_OP_PASID_ATTACH);
SAME_NUMBER(ours::TestOp::pasid_replace, IOMMU_TEST_OP_PASID_REPLACE);
SAME_NUMBER(ours::TestOp::pasid_detach, IOMMU_TEST_OP_PASID_DETACH);
SAME_NUMBER(ours::TestOp::pasid_check_hwpt, IOMMU_TEST_OP_PASID_CHECK_HWPT);
SAME_NUMBER(ours::TestOp::dmabuf_get, IOMMU_TEST_OP_DMABUF_GET);
SAME_NUMBER(ours::TestOp::dmabuf_revoke, IOMMU_TEST_OP_DMABUF_REVOKE);
SAME_NUMBER(ours::kAccessNeedsPin, MOCK_FLAGS_ACCESS_CREATE_NEEDS_PIN_PAGES);
SAME_NUMBER(ours::kAccessWrite, MOCK_FLAGS_ACCESS_WRITE);
SAME_NUMBER(ours::kRwWrite, MOCK_ACCESS_RW_WRITE);
SAME_NUMBER(ours::kRwSlow, MOCK_ACCESS_RW_SLOW_PATH);

SAME_SIZE(DestroyCommand, iommu_destroy);
SAME_FIELD(DestroyCommand, size, iommu_destroy, size);
SAME_FIELD(DestroyCommand, id, iommu_destroy, id);

SAME_SIZE(IoasAllocCommand, iommu_ioas_alloc);
SAME_FIELD(IoasAllocCommand, size, iommu_ioas_alloc, size);
SAME_FIELD(IoasAllocCommand, flags, iommu_ioas_alloc, flags);
SAME_FIELD(IoasAllocCommand, out_ioas_id, iommu_ioas_alloc, out_ioas_id);

SAME_SIZE(Range, iommu_iova_range);
SAME_FIELD(Range, start, iommu_iova_range, start);
SAME_FIELD(Range, last, iommu_iova_range, last);

SAME_SIZE(IoasAllowIovasCommand, iommu_ioas_allow_iovas);
SAME_FIELD(IoasAllowIovasCommand, size, iommu_ioas_allow_iovas, size);
SAME_FIELD(IoasAllowIovasCommand, ioas_id, iommu_ioas_allow_iovas, ioas_id);
SAME_FIELD(IoasAllowIovasCommand, num_iovas, iommu_ioas_allow_iovas, num_iovas);
SAME_FIELD(IoasAllowIovasCommand, reserved, iommu_ioas_allow_iovas, __reserved);
SAME_FIELD(IoasAllowIovasCommand, allowed_iovas, iommu_ioas_allow_iovas, allowed_iovas);

SAME_SIZE(IoasCopyCommand, iommu_ioas_copy);
SAME_FIELD(IoasCopyCommand, size, iommu_ioas_copy, size);
SAME_FIELD(IoasCopyCommand, flags, iommu_ioas_copy, flags);
SAME_FIELD(IoasCopyCommand, dst_ioas_id, iommu_ioas_copy, dst_ioas_id);
SAME_FIELD(IoasCopyCommand, src_ioas_id, iommu_ioas_copy, src_ioas_id);
SAME_FIELD(IoasCopyCommand, length, iommu_ioas_copy, length);
SAME_FIELD(IoasCopyCommand, dst_iova, iommu_ioas_copy, dst_iova);
SAME_FIELD(IoasCopyCommand, src_iova, iommu_ioas_copy, src_iova);

SAME_SIZE(IoasIovaRangesCommand, iommu_ioas_iova_ranges);
SAME_FIELD(IoasIovaRangesCommand, size, iommu_ioas_iova_ranges, size);
SAME_FIELD(IoasIovaRangesCommand, ioas_id, iommu_ioas_iova_ranges, ioas_id);
SAME_FIELD(IoasIovaRangesCommand, num_iovas, iommu_ioas_iova_ranges, num_iovas);
SAME_FIELD(IoasIovaRangesCommand, reserved, iommu_ioas_iova_ranges, __reserved);
SAME_FIELD(IoasIovaRangesCommand, allowed_iovas, iommu_ioas_iova_ranges, allowed_iovas);
SAME_FIELD(IoasIovaRangesCommand, out_iova_alignment, iommu_ioas_iova_ranges, out_iova_alignment);

SAME_SIZE(IoasMapCommand, iommu_ioas_map);
SAME_FIELD(IoasMapCommand, size, iommu_ioas_map, size);
SAME_FIELD(IoasMapCommand, flags, iommu_ioas_map, flags);
SAME_FIELD(IoasMapCommand, ioas_id, iommu_ioas_map, ioas_id);
SAME_FIELD(IoasMapCommand, reserved, iommu_ioas_map, __reserved);
SAME_FIELD(IoasMapCommand, user_va, iommu_ioas_map, user_va);
SAME_FIELD(IoasMapCommand, length, iommu_ioas_map, length);
SAME_FIELD(IoasMapCommand, iova, iommu_ioas_map, iova);

SAME_SIZE(IoasMapFileCommand, iommu_ioas_map_file);
SAME_FIELD(IoasMapFileCommand, size, iommu_ioas_map_file, size);
SAME_FIELD(IoasMapFileCommand, flags, iommu_ioas_map_file, flags);
SAME_FIELD(IoasMapFileCommand, ioas_id, iommu_ioas_map_file, ioas_id);
SAME_FIELD(IoasMapFileCommand, fd, iommu_ioas_map_file, fd);
SAME_FIELD(IoasMapFileCommand, start, iommu_ioas_map_file, start);
SAME_FIELD(IoasMapFileCommand, length, iommu_ioas_map_file, length);
SAME_FIELD(IoasMapFileCommand, iova, iommu_ioas_map_file, iova);

SAME_SIZE(IoasUnmapCommand, iommu_ioas_unmap);
SAME_FIELD(IoasUnmapCommand, size, iommu_ioas_unmap, size);
SAME_FIELD(IoasUnmapCommand, ioas_id, iommu_ioas_unmap, ioas_id);
SAME_FIELD(IoasUnmapCommand, iova, iommu_ioas_unmap, iova);
SAME_FIELD(IoasUnmapCommand, length, iommu_ioas_unmap, length);

SAME_SIZE(OptionCommand, iommu_option);
SAME_FIELD(OptionCommand, size, iommu_option, size);
SAME_FIELD(OptionCommand, option_id, iommu_option, option_id);
SAME_FIELD(OptionCommand, op, iommu_option, op);
SAME_FIELD(OptionCommand, reserved, iommu_option, __reserved);
SAME_FIELD(OptionCommand, object_id, iommu_option, object_id);
SAME_FIELD(OptionCommand, val64, iommu_option, val64);

SAME_SIZE(VfioIoasCommand, iommu_vfio_ioas);
SAME_FIELD(VfioIoasCommand, size, iommu_vfio_ioas, size);
SAME_FIELD(VfioIoasCommand, ioas_id, iommu_vfio_ioas, ioas_id);
SAME_FIELD(VfioIoasCommand, op, iommu_vfio_ioas, op);
SAME_FIELD(VfioIoasCommand, reserved, iommu_vfio_ioas, __reserved);

SAME_SIZE(IoasChangeProcessCommand, iommu_ioas_change_process);
SAME_FIELD(IoasChangeProcessCommand, size, iommu_ioas_change_process, size);
SAME_FIELD(IoasChangeProcessCommand, reserved, iommu_ioas_change_process, __reserved);

SAME_SIZE(IoasNoiommuGetPaCommand, iommu_ioas_noiommu_get_pa);
SAME_FIELD(IoasNoiommuGetPaCommand, size, iommu_ioas_noiommu_get_pa, size);
SAME_FIELD(IoasNoiommuGetPaCommand, flags, iommu_ioas_noiommu_get_pa, flags);
SAME_FIELD(IoasNoiommuGetPaCommand, ioas_id, iommu_ioas_noiommu_get_pa, ioas_id);
SAME_FIELD(IoasNoiommuGetPaCommand, reserved, iommu_ioas_noiommu_get_pa, __reserved);
SAME_FIELD(IoasNoiommuGetPaCommand, iova, iommu_ioas_noiommu_get_pa, iova);
SAME_FIELD(IoasNoiommuGetPaCommand, length, iommu_ioas_noiommu_get_pa, length);
SAME_FIELD(IoasNoiommuGetPaCommand, out_phys, iommu_ioas_noiommu_get_pa, out_phys);

SAME_SIZE(HwptAllocCommand, iommu_hwpt_alloc);
SAME_FIELD(HwptAllocCommand, size, iommu_hwpt_alloc, size);
SAME_FIELD(HwptAllocCommand, flags, iommu_hwpt_alloc, flags);
SAME_FIELD(HwptAllocCommand, dev_id, iommu_hwpt_alloc, dev_id);
SAME_FIELD(HwptAllocCommand, pt_id, iommu_hwpt_alloc, pt_id);
SAME_FIELD(HwptAllocCommand, out_hwpt_id, iommu_hwpt_alloc, out_hwpt_id);
SAME_FIELD(HwptAllocCommand, reserved, iommu_hwpt_alloc, __reserved);
SAME_FIELD(HwptAllocCommand, data_type, iommu_hwpt_alloc, data_type);
SAME_FIELD(HwptAllocCommand, data_len, iommu_hwpt_alloc, data_len);
SAME_FIELD(HwptAllocCommand, data_uptr, iommu_hwpt_alloc, data_uptr);
SAME_FIELD(HwptAllocCommand, fault_id, iommu_hwpt_alloc, fault_id);
SAME_FIELD(HwptAllocCommand, reserved2, iommu_hwpt_alloc, __reserved2);

SAME_SIZE(GetHwInfoCommand, iommu_hw_info);
SAME_FIELD(GetHwInfoCommand, size, iommu_hw_info, size);
SAME_FIELD(GetHwInfoCommand, flags, iommu_hw_info, flags);
SAME_FIELD(GetHwInfoCommand, dev_id, iommu_hw_info, dev_id);
SAME_FIELD(GetHwInfoCommand, data_len, iommu_hw_info, data_len);
SAME_FIELD(GetHwInfoCommand, data_uptr, iommu_hw_info, data_uptr);
SAME_FIELD(GetHwInfoCommand, data_type, iommu_hw_info, out_data_type);
SAME_FIELD(GetHwInfoCommand, out_max_pasid_log2, iommu_hw_info, out_max_pasid_log2);
SAME_FIELD(GetHwInfoCommand, reserved, iommu_hw_info, __reserved);
SAME_FIELD(GetHwInfoCommand, out_capabilities, iommu_hw_info, out_capabilities);

SAME_SIZE(HwptSetDirtyTrackingCommand, iommu_hwpt_set_dirty_tracking);
SAME_FIELD(HwptSetDirtyTrackingCommand, size, iommu_hwpt_set_dirty_tracking, size);
SAME_FIELD(HwptSetDirtyTrackingCommand, flags, iommu_hwpt_set_dirty_tracking, flags);
SAME_FIELD(HwptSetDirtyTrackingCommand, hwpt_id, iommu_hwpt_set_dirty_tracking, hwpt_id);
SAME_FIELD(HwptSetDirtyTrackingCommand, reserved, iommu_hwpt_set_dirty_tracking, __reserved);

SAME_SIZE(HwptGetDirtyBitmapCommand, iommu_hwpt_get_dirty_bitmap);
SAME_FIELD(HwptGetDirtyBitmapCommand, size, iommu_hwpt_get_dirty_bitmap, size);
SAME_FIELD(HwptGetDirtyBitmapCommand, hwpt_id, iommu_hwpt_get_dirty_bitmap, hwpt_id);
SAME_FIELD(HwptGetDirtyBitmapCommand, flags, iommu_hwpt_get_dirty_bitmap, flags);
SAME_FIELD(HwptGetDirtyBitmapCommand, reserved, iommu_hwpt_get_dirty_bitmap, __reserved);
SAME_FIELD(HwptGetDirtyBitmapCommand, iova, iommu_hwpt_get_dirty_bitmap, iova);
SAME_FIELD(HwptGetDirtyBitmapCommand, length, iommu_hwpt_get_dirty_bitmap, length);
SAME_FIELD(HwptGetDirtyBitmapCommand, page_size, iommu_hwpt_get_dirty_bitmap, page_size);
SAME_FIELD(HwptGetDirtyBitmapCommand, data, iommu_hwpt_get_dirty_bitmap, data);

SAME_SIZE(HwptInvalidateCommand, iommu_hwpt_invalidate);
SAME_FIELD(HwptInvalidateCommand, size, iommu_hwpt_invalidate, size);
SAME_FIELD(HwptInvalidateCommand, hwpt_id, iommu_hwpt_invalidate, hwpt_id);
SAME_FIELD(HwptInvalidateCommand, data_uptr, iommu_hwpt_invalidate, data_uptr);
SAME_FIELD(HwptInvalidateCommand, data_type, iommu_hwpt_invalidate, data_type);
SAME_FIELD(HwptInvalidateCommand, entry_len, iommu_hwpt_invalidate, entry_len);
SAME_FIELD(HwptInvalidateCommand, entry_num, iommu_hwpt_invalidate, entry_num);
SAME_FIELD(HwptInvalidateCommand, reserved, iommu_hwpt_invalidate, __reserved);

SAME_SIZE(FaultQueueAllocCommand, iommu_fault_alloc);
SAME_FIELD(FaultQueueAllocCommand, size, iommu_fault_alloc, size);
SAME_FIELD(FaultQueueAllocCommand, flags, iommu_fault_alloc, flags);
SAME_FIELD(FaultQueueAllocCommand, out_fault_id, iommu_fault_alloc, out_fault_id);
SAME_FIELD(FaultQueueAllocCommand, out_fault_fd, iommu_fault_alloc, out_fault_fd);

SAME_SIZE(ViommuAllocCommand, iommu_viommu_alloc);
SAME_FIELD(ViommuAllocCommand, size, iommu_viommu_alloc, size);
SAME_FIELD(ViommuAllocCommand, flags, iommu_viommu_alloc, flags);
SAME_FIELD(ViommuAllocCommand, type, iommu_viommu_alloc, type);
SAME_FIELD(ViommuAllocCommand, dev_id, iommu_viommu_alloc, dev_id);
SAME_FIELD(ViommuAllocCommand, hwpt_id, iommu_viommu_alloc, hwpt_id);
SAME_FIELD(ViommuAllocCommand, out_viommu_id, iommu_viommu_alloc, out_viommu_id);
SAME_FIELD(ViommuAllocCommand, data_len, iommu_viommu_alloc, data_len);
SAME_FIELD(ViommuAllocCommand, reserved, iommu_viommu_alloc, __reserved);
SAME_FIELD(ViommuAllocCommand, data_uptr, iommu_viommu_alloc, data_uptr);

SAME_SIZE(VdeviceAllocCommand, iommu_vdevice_alloc);
SAME_FIELD(VdeviceAllocCommand, size, iommu_vdevice_alloc, size);
SAME_FIELD(VdeviceAllocCommand, viommu_id, iommu_vdevice_alloc, viommu_id);
SAME_FIELD(VdeviceAllocCommand, dev_id, iommu_vdevice_alloc, dev_id);
SAME_FIELD(VdeviceAllocCommand, out_vdevice_id, iommu_vdevice_alloc, out_vdevice_id);
SAME_FIELD(VdeviceAllocCommand, virt_id, iommu_vdevice_alloc, virt_id);

SAME_SIZE(VeventqAllocCommand, iommu_veventq_alloc);
SAME_FIELD(VeventqAllocCommand, size, iommu_veventq_alloc, size);
SAME_FIELD(VeventqAllocCommand, flags, iommu_veventq_alloc, flags);
SAME_FIELD(VeventqAllocCommand, viommu_id, iommu_veventq_alloc, viommu_id);
SAME_FIELD(VeventqAllocCommand, type, iommu_veventq_alloc, type);
SAME_FIELD(VeventqAllocCommand, veventq_depth, iommu_veventq_alloc, veventq_depth);
SAME_FIELD(VeventqAllocCommand, out_veventq_id, iommu_veventq_alloc, out_veventq_id);
SAME_FIELD(VeventqAllocCommand, out_veventq_fd, iommu_veventq_alloc, out_veventq_fd);
SAME_FIELD(VeventqAllocCommand, reserved, iommu_veventq_alloc, __reserved);

SAME_SIZE(HwQueueAllocCommand, iommu_hw_queue_alloc);
SAME_FIELD(HwQueueAllocCommand, size, iommu_hw_queue_alloc, size);
SAME_FIELD(HwQueueAllocCommand, flags, iommu_hw_queue_alloc, flags);
SAME_FIELD(HwQueueAllocCommand, viommu_id, iommu_hw_queue_alloc, viommu_id);
SAME_FIELD(HwQueueAllocCommand, type, iommu_hw_queue_alloc, type);
SAME_FIELD(HwQueueAllocCommand, index, iommu_hw_queue_alloc, index);
SAME_FIELD(HwQueueAllocCommand, out_hw_queue_id, iommu_hw_queue_alloc, out_hw_queue_id);
SAME_FIELD(HwQueueAllocCommand, nesting_parent_iova, iommu_hw_queue_alloc, nesting_parent_iova);
SAME_FIELD(HwQueueAllocCommand, length, iommu_hw_queue_alloc, length);

SAME_SIZE(TestCommand, iommu_test_cmd);
SAME_TEST_MEMBER(op, op);
SAME_TEST_MEMBER(id, id);
SAME_TEST_MEMBER(last, last);
SAME_TEST_MEMBER(add_reserved.start, add_reserved.start);
SAME_TEST_MEMBER(add_reserved.length, add_reserved.length);
SAME_TEST_MEMBER(mock_domain.out_stdev_id, mock_domain_flags.out_stdev_id);
SAME_TEST_MEMBER(mock_domain.out_hwpt_id, mock_domain_flags.out_hwpt_id);
SAME_TEST_MEMBER(mock_domain.out_idev_id, mock_domain_flags.out_idev_id);
SAME_TEST_MEMBER(mock_domain.dev_flags, mock_domain_flags.dev_flags);
SAME_TEST_MEMBER(mock_domain_replace.pt_id, mock_domain_replace.pt_id);
SAME_TEST_MEMBER(check_map.iova, check_map.iova);
SAME_TEST_MEMBER(check_map.length, check_map.length);
SAME_TEST_MEMBER(check_map.uptr, check_map.uptr);
SAME_TEST_MEMBER(check_refs.length, check_refs.length);
SAME_TEST_MEMBER(check_refs.uptr, check_refs.uptr);
SAME_TEST_MEMBER(check_refs.refs, check_refs.refs);
SAME_TEST_MEMBER(create_access.out_access_fd, create_access.out_access_fd);
SAME_TEST_MEMBER(create_access.flags, create_access.flags);
SAME_TEST_MEMBER(destroy_access_pages.access_pages_id, destroy_access_pages.access_pages_id);
SAME_TEST_MEMBER(access_pages.flags, access_pages.flags);
SAME_TEST_MEMBER(access_pages.out_access_pages_id, access_pages.out_access_pages_id);
SAME_TEST_MEMBER(access_pages.iova, access_pages.iova);
SAME_TEST_MEMBER(access_pages.length, access_pages.length);
SAME_TEST_MEMBER(access_pages.uptr, access_pages.uptr);
SAME_TEST_MEMBER(access_rw.iova, access_rw.iova);
SAME_TEST_MEMBER(access_rw.length, access_rw.length);
SAME_TEST_MEMBER(access_rw.uptr, access_rw.uptr);
SAME_TEST_MEMBER(access_rw.flags, access_rw.flags);
SAME_TEST_MEMBER(memory_limit.limit, memory_limit.limit);
SAME_TEST_MEMBER(access_replace_ioas.ioas_id, access_replace_ioas.ioas_id);
SAME_TEST_MEMBER(dirty.flags, dirty.flags);
SAME_TEST_MEMBER(dirty.iova, dirty.iova);
SAME_TEST_MEMBER(dirty.length, dirty.length);
SAME_TEST_MEMBER(dirty.page_size, dirty.page_size);
SAME_TEST_MEMBER(dirty.uptr, dirty.uptr);
SAME_TEST_MEMBER(dirty.out_nr_dirty, dirty.out_nr_dirty);
SAME_TEST_MEMBER(check_iotlb.id, check_iotlb.id);
SAME_TEST_MEMBER(check_iotlb.iotlb, check_iotlb.iotlb);
SAME_TEST_MEMBER(trigger_iopf.dev_id, trigger_iopf.dev_id);
SAME_TEST_MEMBER(trigger_iopf.pasid, trigger_iopf.pasid);
SAME_TEST_MEMBER(trigger_iopf.grpid, trigger_iopf.grpid);
SAME_TEST_MEMBER(trigger_iopf.perm, trigger_iopf.perm);
SAME_TEST_MEMBER(trigger_iopf.addr, trigger_iopf.addr);
SAME_TEST_MEMBER(check_dev_cache.id, check_dev_cache.id);
SAME_TEST_MEMBER(check_dev_cache.cache, check_dev_cache.cache);
SAME_TEST_MEMBER(trigger_vevent.dev_id, trigger_vevent.dev_id);
SAME_TEST_MEMBER(pasid_attach.pasid, pasid_attach.pasid);
SAME_TEST_MEMBER(pasid_attach.pt_id, pasid_attach.pt_id);
SAME_TEST_MEMBER(pasid_attach.pasid, pasid_replace.pasid);
SAME_TEST_MEMBER(pasid_attach.pt_id, pasid_replace.pt_id);
SAME_TEST_MEMBER(pasid_attach.pasid, pasid_detach.pasid);
SAME_TEST_MEMBER(pasid_check.pasid, pasid_check.pasid);
SAME_TEST_MEMBER(pasid_check.hwpt_id, pasid_check.hwpt_id);
SAME_TEST_MEMBER(dmabuf_get.length, dmabuf_get.length);
SAME_TEST_MEMBER(dmabuf_get.open_flags, dmabuf_get.open_flags);
SAME_TEST_MEMBER(dmabuf_revoke.dmabuf_fd, dmabuf_revoke.dmabuf_fd);
SAME_TEST_MEMBER(dmabuf_revoke.revoked, dmabuf_revoke.revoked);
