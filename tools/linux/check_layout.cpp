// SPDX-License-Identifier: Apache-2.0
// Compares the port's own view of the iommufd ioctls with the headers of a kernel. Compiled, never run: see
// check_layout.
#include <iommufd_test.h>
#include <linux/iommufd.h>

#include "tools/ports/dev_iommu/uapi.hpp"
#include "tools/ports/dev_iommu/uapi_objects.hpp"
#include "tools/ports/dev_iommu/uapi_test.hpp"

namespace ours = iolaw::dev_iommu;

// NOLINTBEGIN: the kernel's names
#define SAME_SIZE(type, theirs) static_assert(sizeof(ours::type) == sizeof(struct theirs))
#define SAME_FIELD(type, field, theirs, their_field)                                   \
  static_assert(offsetof(ours::type, field) == offsetof(struct theirs, their_field) && \
                sizeof(ours::type::field) == sizeof(theirs::their_field))
#define SAME_TEST_FIELD(path)                                                                \
  static_assert(offsetof(ours::TestCommand, path) == offsetof(struct iommu_test_cmd, path)); \
  static_assert(sizeof(ours::TestCommand::path) == sizeof(iommu_test_cmd::path))
#define SAME_TEST_MEMBER(path, member) \
  static_assert(offsetof(ours::TestCommand, path.member) == offsetof(struct iommu_test_cmd, path.member))
#define SAME_NUMBER(a, b) static_assert(static_cast<unsigned long>(a) == static_cast<unsigned long>(b))
// NOLINTEND

SAME_NUMBER(ours::kDestroy, IOMMU_DESTROY);
SAME_NUMBER(ours::kIoasAlloc, IOMMU_IOAS_ALLOC);
SAME_NUMBER(ours::kIoasCopy, IOMMU_IOAS_COPY);
SAME_NUMBER(ours::kIoasMap, IOMMU_IOAS_MAP);
SAME_NUMBER(ours::kIoasUnmap, IOMMU_IOAS_UNMAP);
SAME_NUMBER(ours::kTest, IOMMU_TEST_CMD);
SAME_NUMBER(ours::kIoasAllowIovas, IOMMU_IOAS_ALLOW_IOVAS);
SAME_NUMBER(ours::kIoasIovaRanges, IOMMU_IOAS_IOVA_RANGES);
SAME_NUMBER(ours::kOption, IOMMU_OPTION);
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
SAME_NUMBER(ours::kIoasGetPa, IOMMU_IOAS_NOIOMMU_GET_PA);
SAME_NUMBER(ours::kVeventqAlloc, IOMMU_VEVENTQ_ALLOC);
SAME_NUMBER(ours::kHwQueueAlloc, IOMMU_HW_QUEUE_ALLOC);
SAME_NUMBER(ours::kOptionRlimitMode, IOMMU_OPTION_RLIMIT_MODE);
SAME_NUMBER(ours::kOptionHugePages, IOMMU_OPTION_HUGE_PAGES);
SAME_NUMBER(ours::kOptionSet, IOMMU_OPTION_OP_SET);
SAME_NUMBER(ours::kOptionGet, IOMMU_OPTION_OP_GET);
SAME_NUMBER(ours::kInfoInputType, IOMMU_HW_INFO_FLAG_INPUT_TYPE);
SAME_NUMBER(ours::kInfoTracksDirty, IOMMU_HW_CAP_DIRTY_TRACKING);
SAME_NUMBER(ours::kDirtyEnable, IOMMU_HWPT_DIRTY_TRACKING_ENABLE);
SAME_NUMBER(ours::kDirtyNoClear, IOMMU_HWPT_GET_DIRTY_BITMAP_NO_CLEAR);
SAME_NUMBER(ours::kLostEvents, IOMMU_VEVENTQ_FLAG_LOST_EVENTS);
SAME_NUMBER(ours::kFixedIova, IOMMU_IOAS_MAP_FIXED_IOVA);
SAME_NUMBER(ours::kWriteable, IOMMU_IOAS_MAP_WRITEABLE);
SAME_NUMBER(ours::kReadable, IOMMU_IOAS_MAP_READABLE);

SAME_SIZE(Destroy, iommu_destroy);
SAME_FIELD(Destroy, id, iommu_destroy, id);

SAME_SIZE(IoasAlloc, iommu_ioas_alloc);
SAME_FIELD(IoasAlloc, flags, iommu_ioas_alloc, flags);
SAME_FIELD(IoasAlloc, out_ioas_id, iommu_ioas_alloc, out_ioas_id);

SAME_SIZE(IoasMap, iommu_ioas_map);
SAME_FIELD(IoasMap, flags, iommu_ioas_map, flags);
SAME_FIELD(IoasMap, ioas_id, iommu_ioas_map, ioas_id);
SAME_FIELD(IoasMap, reserved, iommu_ioas_map, __reserved);
SAME_FIELD(IoasMap, user_va, iommu_ioas_map, user_va);
SAME_FIELD(IoasMap, length, iommu_ioas_map, length);
SAME_FIELD(IoasMap, iova, iommu_ioas_map, iova);

SAME_SIZE(IoasCopy, iommu_ioas_copy);
SAME_FIELD(IoasCopy, flags, iommu_ioas_copy, flags);
SAME_FIELD(IoasCopy, dst_ioas_id, iommu_ioas_copy, dst_ioas_id);
SAME_FIELD(IoasCopy, src_ioas_id, iommu_ioas_copy, src_ioas_id);
SAME_FIELD(IoasCopy, length, iommu_ioas_copy, length);
SAME_FIELD(IoasCopy, dst_iova, iommu_ioas_copy, dst_iova);
SAME_FIELD(IoasCopy, src_iova, iommu_ioas_copy, src_iova);

SAME_SIZE(IoasUnmap, iommu_ioas_unmap);
SAME_FIELD(IoasUnmap, ioas_id, iommu_ioas_unmap, ioas_id);
SAME_FIELD(IoasUnmap, iova, iommu_ioas_unmap, iova);
SAME_FIELD(IoasUnmap, length, iommu_ioas_unmap, length);

SAME_SIZE(IovaRange, iommu_iova_range);
SAME_FIELD(IovaRange, start, iommu_iova_range, start);
SAME_FIELD(IovaRange, last, iommu_iova_range, last);

SAME_SIZE(IoasIovaRanges, iommu_ioas_iova_ranges);
SAME_FIELD(IoasIovaRanges, ioas_id, iommu_ioas_iova_ranges, ioas_id);
SAME_FIELD(IoasIovaRanges, num_iovas, iommu_ioas_iova_ranges, num_iovas);
SAME_FIELD(IoasIovaRanges, reserved, iommu_ioas_iova_ranges, __reserved);
SAME_FIELD(IoasIovaRanges, allowed_iovas, iommu_ioas_iova_ranges, allowed_iovas);
SAME_FIELD(IoasIovaRanges, out_iova_alignment, iommu_ioas_iova_ranges, out_iova_alignment);

SAME_SIZE(IoasAllowIovas, iommu_ioas_allow_iovas);
SAME_FIELD(IoasAllowIovas, ioas_id, iommu_ioas_allow_iovas, ioas_id);
SAME_FIELD(IoasAllowIovas, num_iovas, iommu_ioas_allow_iovas, num_iovas);
SAME_FIELD(IoasAllowIovas, reserved, iommu_ioas_allow_iovas, __reserved);
SAME_FIELD(IoasAllowIovas, allowed_iovas, iommu_ioas_allow_iovas, allowed_iovas);

SAME_SIZE(IoasMapFile, iommu_ioas_map_file);
SAME_FIELD(IoasMapFile, flags, iommu_ioas_map_file, flags);
SAME_FIELD(IoasMapFile, ioas_id, iommu_ioas_map_file, ioas_id);
SAME_FIELD(IoasMapFile, fd, iommu_ioas_map_file, fd);
SAME_FIELD(IoasMapFile, start, iommu_ioas_map_file, start);
SAME_FIELD(IoasMapFile, length, iommu_ioas_map_file, length);
SAME_FIELD(IoasMapFile, iova, iommu_ioas_map_file, iova);

SAME_SIZE(Option, iommu_option);
SAME_FIELD(Option, option_id, iommu_option, option_id);
SAME_FIELD(Option, op, iommu_option, op);
SAME_FIELD(Option, reserved, iommu_option, __reserved);
SAME_FIELD(Option, object_id, iommu_option, object_id);
SAME_FIELD(Option, val64, iommu_option, val64);

SAME_SIZE(IoasChangeProcess, iommu_ioas_change_process);
SAME_FIELD(IoasChangeProcess, reserved, iommu_ioas_change_process, __reserved);

SAME_SIZE(IoasGetPa, iommu_ioas_noiommu_get_pa);
SAME_FIELD(IoasGetPa, flags, iommu_ioas_noiommu_get_pa, flags);
SAME_FIELD(IoasGetPa, ioas_id, iommu_ioas_noiommu_get_pa, ioas_id);
SAME_FIELD(IoasGetPa, reserved, iommu_ioas_noiommu_get_pa, __reserved);
SAME_FIELD(IoasGetPa, iova, iommu_ioas_noiommu_get_pa, iova);
SAME_FIELD(IoasGetPa, length, iommu_ioas_noiommu_get_pa, length);
SAME_FIELD(IoasGetPa, out_phys, iommu_ioas_noiommu_get_pa, out_phys);

SAME_SIZE(HwptAlloc, iommu_hwpt_alloc);
SAME_FIELD(HwptAlloc, flags, iommu_hwpt_alloc, flags);
SAME_FIELD(HwptAlloc, dev_id, iommu_hwpt_alloc, dev_id);
SAME_FIELD(HwptAlloc, pt_id, iommu_hwpt_alloc, pt_id);
SAME_FIELD(HwptAlloc, out_hwpt_id, iommu_hwpt_alloc, out_hwpt_id);
SAME_FIELD(HwptAlloc, reserved, iommu_hwpt_alloc, __reserved);
SAME_FIELD(HwptAlloc, data_type, iommu_hwpt_alloc, data_type);
SAME_FIELD(HwptAlloc, data_len, iommu_hwpt_alloc, data_len);
SAME_FIELD(HwptAlloc, data_uptr, iommu_hwpt_alloc, data_uptr);
SAME_FIELD(HwptAlloc, fault_id, iommu_hwpt_alloc, fault_id);

SAME_SIZE(GetHwInfo, iommu_hw_info);
SAME_FIELD(GetHwInfo, flags, iommu_hw_info, flags);
SAME_FIELD(GetHwInfo, dev_id, iommu_hw_info, dev_id);
SAME_FIELD(GetHwInfo, data_len, iommu_hw_info, data_len);
SAME_FIELD(GetHwInfo, data_uptr, iommu_hw_info, data_uptr);
SAME_FIELD(GetHwInfo, data_type, iommu_hw_info, in_data_type);
SAME_FIELD(GetHwInfo, out_max_pasid_log2, iommu_hw_info, out_max_pasid_log2);
SAME_FIELD(GetHwInfo, out_capabilities, iommu_hw_info, out_capabilities);

SAME_SIZE(HwptSetDirtyTracking, iommu_hwpt_set_dirty_tracking);
SAME_FIELD(HwptSetDirtyTracking, flags, iommu_hwpt_set_dirty_tracking, flags);
SAME_FIELD(HwptSetDirtyTracking, hwpt_id, iommu_hwpt_set_dirty_tracking, hwpt_id);

SAME_SIZE(HwptGetDirtyBitmap, iommu_hwpt_get_dirty_bitmap);
SAME_FIELD(HwptGetDirtyBitmap, hwpt_id, iommu_hwpt_get_dirty_bitmap, hwpt_id);
SAME_FIELD(HwptGetDirtyBitmap, flags, iommu_hwpt_get_dirty_bitmap, flags);
SAME_FIELD(HwptGetDirtyBitmap, reserved, iommu_hwpt_get_dirty_bitmap, __reserved);
SAME_FIELD(HwptGetDirtyBitmap, iova, iommu_hwpt_get_dirty_bitmap, iova);
SAME_FIELD(HwptGetDirtyBitmap, length, iommu_hwpt_get_dirty_bitmap, length);
SAME_FIELD(HwptGetDirtyBitmap, page_size, iommu_hwpt_get_dirty_bitmap, page_size);
SAME_FIELD(HwptGetDirtyBitmap, data, iommu_hwpt_get_dirty_bitmap, data);

SAME_SIZE(HwptInvalidate, iommu_hwpt_invalidate);
SAME_FIELD(HwptInvalidate, hwpt_id, iommu_hwpt_invalidate, hwpt_id);
SAME_FIELD(HwptInvalidate, data_uptr, iommu_hwpt_invalidate, data_uptr);
SAME_FIELD(HwptInvalidate, data_type, iommu_hwpt_invalidate, data_type);
SAME_FIELD(HwptInvalidate, entry_len, iommu_hwpt_invalidate, entry_len);
SAME_FIELD(HwptInvalidate, entry_num, iommu_hwpt_invalidate, entry_num);
SAME_FIELD(HwptInvalidate, reserved, iommu_hwpt_invalidate, __reserved);

SAME_SIZE(FaultQueueAlloc, iommu_fault_alloc);
SAME_FIELD(FaultQueueAlloc, flags, iommu_fault_alloc, flags);
SAME_FIELD(FaultQueueAlloc, out_fault_id, iommu_fault_alloc, out_fault_id);
SAME_FIELD(FaultQueueAlloc, out_fault_fd, iommu_fault_alloc, out_fault_fd);

SAME_SIZE(PageFault, iommu_hwpt_pgfault);
SAME_FIELD(PageFault, flags, iommu_hwpt_pgfault, flags);
SAME_FIELD(PageFault, dev_id, iommu_hwpt_pgfault, dev_id);
SAME_FIELD(PageFault, pasid, iommu_hwpt_pgfault, pasid);
SAME_FIELD(PageFault, grpid, iommu_hwpt_pgfault, grpid);
SAME_FIELD(PageFault, perm, iommu_hwpt_pgfault, perm);
SAME_FIELD(PageFault, addr, iommu_hwpt_pgfault, addr);
SAME_FIELD(PageFault, length, iommu_hwpt_pgfault, length);
SAME_FIELD(PageFault, cookie, iommu_hwpt_pgfault, cookie);

SAME_SIZE(PageResponse, iommu_hwpt_page_response);
SAME_FIELD(PageResponse, cookie, iommu_hwpt_page_response, cookie);
SAME_FIELD(PageResponse, code, iommu_hwpt_page_response, code);

SAME_SIZE(ViommuAlloc, iommu_viommu_alloc);
SAME_FIELD(ViommuAlloc, flags, iommu_viommu_alloc, flags);
SAME_FIELD(ViommuAlloc, type, iommu_viommu_alloc, type);
SAME_FIELD(ViommuAlloc, dev_id, iommu_viommu_alloc, dev_id);
SAME_FIELD(ViommuAlloc, hwpt_id, iommu_viommu_alloc, hwpt_id);
SAME_FIELD(ViommuAlloc, out_viommu_id, iommu_viommu_alloc, out_viommu_id);
SAME_FIELD(ViommuAlloc, data_len, iommu_viommu_alloc, data_len);
SAME_FIELD(ViommuAlloc, data_uptr, iommu_viommu_alloc, data_uptr);

SAME_SIZE(VdeviceAlloc, iommu_vdevice_alloc);
SAME_FIELD(VdeviceAlloc, viommu_id, iommu_vdevice_alloc, viommu_id);
SAME_FIELD(VdeviceAlloc, dev_id, iommu_vdevice_alloc, dev_id);
SAME_FIELD(VdeviceAlloc, out_vdevice_id, iommu_vdevice_alloc, out_vdevice_id);
SAME_FIELD(VdeviceAlloc, virt_id, iommu_vdevice_alloc, virt_id);

SAME_SIZE(VeventqAlloc, iommu_veventq_alloc);
SAME_FIELD(VeventqAlloc, flags, iommu_veventq_alloc, flags);
SAME_FIELD(VeventqAlloc, viommu_id, iommu_veventq_alloc, viommu_id);
SAME_FIELD(VeventqAlloc, type, iommu_veventq_alloc, type);
SAME_FIELD(VeventqAlloc, veventq_depth, iommu_veventq_alloc, veventq_depth);
SAME_FIELD(VeventqAlloc, out_veventq_id, iommu_veventq_alloc, out_veventq_id);
SAME_FIELD(VeventqAlloc, out_veventq_fd, iommu_veventq_alloc, out_veventq_fd);
SAME_FIELD(VeventqAlloc, reserved, iommu_veventq_alloc, __reserved);

SAME_SIZE(VeventHeader, iommufd_vevent_header);
SAME_FIELD(VeventHeader, flags, iommufd_vevent_header, flags);
SAME_FIELD(VeventHeader, sequence, iommufd_vevent_header, sequence);

SAME_SIZE(HwQueueAlloc, iommu_hw_queue_alloc);
SAME_FIELD(HwQueueAlloc, flags, iommu_hw_queue_alloc, flags);
SAME_FIELD(HwQueueAlloc, viommu_id, iommu_hw_queue_alloc, viommu_id);
SAME_FIELD(HwQueueAlloc, type, iommu_hw_queue_alloc, type);
SAME_FIELD(HwQueueAlloc, index, iommu_hw_queue_alloc, index);
SAME_FIELD(HwQueueAlloc, out_hw_queue_id, iommu_hw_queue_alloc, out_hw_queue_id);
SAME_FIELD(HwQueueAlloc, nesting_parent_iova, iommu_hw_queue_alloc, nesting_parent_iova);
SAME_FIELD(HwQueueAlloc, length, iommu_hw_queue_alloc, length);

SAME_SIZE(MockHwptData, iommu_hwpt_selftest);
SAME_FIELD(MockHwptData, iotlb, iommu_hwpt_selftest, iotlb);
SAME_FIELD(MockHwptData, pagetable_type, iommu_hwpt_selftest, pagetable_type);

SAME_SIZE(MockHwptInvalidate, iommu_hwpt_invalidate_selftest);
SAME_FIELD(MockHwptInvalidate, flags, iommu_hwpt_invalidate_selftest, flags);
SAME_FIELD(MockHwptInvalidate, iotlb_id, iommu_hwpt_invalidate_selftest, iotlb_id);

SAME_SIZE(MockViommuInvalidate, iommu_viommu_invalidate_selftest);
SAME_FIELD(MockViommuInvalidate, flags, iommu_viommu_invalidate_selftest, flags);
SAME_FIELD(MockViommuInvalidate, vdev_id, iommu_viommu_invalidate_selftest, vdev_id);
SAME_FIELD(MockViommuInvalidate, cache_id, iommu_viommu_invalidate_selftest, cache_id);

SAME_SIZE(MockViommuData, iommu_viommu_selftest);
SAME_FIELD(MockViommuData, in_data, iommu_viommu_selftest, in_data);
SAME_FIELD(MockViommuData, out_data, iommu_viommu_selftest, out_data);
SAME_FIELD(MockViommuData, out_mmap_offset, iommu_viommu_selftest, out_mmap_offset);
SAME_FIELD(MockViommuData, out_mmap_length, iommu_viommu_selftest, out_mmap_length);

SAME_SIZE(TestCommand, iommu_test_cmd);
SAME_TEST_FIELD(op);
SAME_TEST_FIELD(id);
SAME_TEST_FIELD(last);
SAME_TEST_MEMBER(add_reserved, start);
SAME_TEST_MEMBER(add_reserved, length);
SAME_TEST_MEMBER(mock_domain, out_stdev_id);
SAME_TEST_MEMBER(mock_domain, out_hwpt_id);
SAME_TEST_MEMBER(mock_domain, out_idev_id);
SAME_TEST_MEMBER(check_map, iova);
SAME_TEST_MEMBER(check_map, length);
SAME_TEST_MEMBER(check_map, uptr);
SAME_TEST_MEMBER(check_refs, length);
SAME_TEST_MEMBER(check_refs, uptr);
SAME_TEST_MEMBER(check_refs, refs);
SAME_TEST_MEMBER(create_access, out_access_fd);
SAME_TEST_MEMBER(create_access, flags);
SAME_TEST_MEMBER(destroy_access_pages, access_pages_id);
SAME_TEST_MEMBER(access_pages, flags);
SAME_TEST_MEMBER(access_pages, out_access_pages_id);
SAME_TEST_MEMBER(access_pages, iova);
SAME_TEST_MEMBER(access_pages, length);
SAME_TEST_MEMBER(access_pages, uptr);
SAME_TEST_MEMBER(access_rw, iova);
SAME_TEST_MEMBER(access_rw, flags);
SAME_TEST_MEMBER(access_replace_ioas, ioas_id);
SAME_TEST_MEMBER(mock_domain_flags, out_idev_id);
SAME_TEST_MEMBER(mock_domain_flags, dev_flags);
SAME_TEST_MEMBER(mock_domain_replace, pt_id);
SAME_TEST_MEMBER(dirty, flags);
SAME_TEST_MEMBER(dirty, iova);
SAME_TEST_MEMBER(dirty, uptr);
SAME_TEST_MEMBER(trigger_iopf, dev_id);
SAME_TEST_MEMBER(trigger_iopf, addr);
SAME_TEST_MEMBER(trigger_vevent, dev_id);
SAME_TEST_MEMBER(pasid_attach, pasid);
SAME_TEST_MEMBER(pasid_attach, pt_id);
SAME_NUMBER(ours::kAccessNeedsPin, MOCK_FLAGS_ACCESS_CREATE_NEEDS_PIN_PAGES);
SAME_NUMBER(ours::kAccessWrite, MOCK_FLAGS_ACCESS_WRITE);
SAME_NUMBER(ours::kRwWrite, MOCK_ACCESS_RW_WRITE);
SAME_NUMBER(ours::kRwSlow, MOCK_ACCESS_RW_SLOW_PATH);
SAME_NUMBER(ours::TestOp::access_rw, IOMMU_TEST_OP_ACCESS_RW);
SAME_NUMBER(ours::TestOp::add_reserved, IOMMU_TEST_OP_ADD_RESERVED);
SAME_NUMBER(ours::TestOp::mock_domain, IOMMU_TEST_OP_MOCK_DOMAIN);
SAME_NUMBER(ours::TestOp::check_map, IOMMU_TEST_OP_MD_CHECK_MAP);
SAME_NUMBER(ours::TestOp::check_refs, IOMMU_TEST_OP_MD_CHECK_REFS);
SAME_NUMBER(ours::TestOp::create_access, IOMMU_TEST_OP_CREATE_ACCESS);
SAME_NUMBER(ours::TestOp::destroy_access_pages, IOMMU_TEST_OP_DESTROY_ACCESS_PAGES);
SAME_NUMBER(ours::TestOp::access_pages, IOMMU_TEST_OP_ACCESS_PAGES);
SAME_NUMBER(ours::TestOp::access_replace_ioas, IOMMU_TEST_OP_ACCESS_REPLACE_IOAS);
SAME_NUMBER(ours::TestOp::mock_domain_replace, IOMMU_TEST_OP_MOCK_DOMAIN_REPLACE);
SAME_NUMBER(ours::TestOp::mock_domain_flags, IOMMU_TEST_OP_MOCK_DOMAIN_FLAGS);
SAME_NUMBER(ours::TestOp::dirty, IOMMU_TEST_OP_DIRTY);
SAME_NUMBER(ours::TestOp::trigger_iopf, IOMMU_TEST_OP_TRIGGER_IOPF);
SAME_NUMBER(ours::TestOp::trigger_vevent, IOMMU_TEST_OP_TRIGGER_VEVENT);
SAME_NUMBER(ours::TestOp::pasid_attach, IOMMU_TEST_OP_PASID_ATTACH);
SAME_NUMBER(ours::TestOp::pasid_replace, IOMMU_TEST_OP_PASID_REPLACE);
SAME_NUMBER(ours::TestOp::pasid_detach, IOMMU_TEST_OP_PASID_DETACH);
SAME_NUMBER(ours::kMockHwptData, IOMMU_HWPT_DATA_SELFTEST);
SAME_NUMBER(ours::kMockInfo, IOMMU_HW_INFO_TYPE_SELFTEST);
SAME_NUMBER(ours::kMockInvalidate, IOMMU_HWPT_INVALIDATE_DATA_SELFTEST);
SAME_NUMBER(ours::kMockInvalidate, IOMMU_VIOMMU_INVALIDATE_DATA_SELFTEST);
SAME_NUMBER(ours::kMockViommu, IOMMU_VIOMMU_TYPE_SELFTEST);
SAME_NUMBER(ours::kMockVeventq, IOMMU_VEVENTQ_TYPE_SELFTEST);
SAME_NUMBER(ours::kMockHwQueue, IOMMU_HW_QUEUE_TYPE_SELFTEST);
SAME_NUMBER(ours::kMockEventSize, sizeof(struct iommu_viommu_event_selftest));
