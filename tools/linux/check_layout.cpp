// SPDX-License-Identifier: Apache-2.0
// Compares the port's own view of the iommufd ioctls with the headers of a kernel. Compiled, never run: see
// check_layout.
#include <iommufd_test.h>
#include <linux/iommufd.h>

#include "tools/ports/dev_iommu/uapi.hpp"

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
SAME_TEST_MEMBER(access_replace_ioas, ioas_id);
SAME_NUMBER(ours::kAccessNeedsPin, MOCK_FLAGS_ACCESS_CREATE_NEEDS_PIN_PAGES);
SAME_NUMBER(ours::kAccessWrite, MOCK_FLAGS_ACCESS_WRITE);
SAME_NUMBER(ours::TestOp::add_reserved, IOMMU_TEST_OP_ADD_RESERVED);
SAME_NUMBER(ours::TestOp::mock_domain, IOMMU_TEST_OP_MOCK_DOMAIN);
SAME_NUMBER(ours::TestOp::check_map, IOMMU_TEST_OP_MD_CHECK_MAP);
SAME_NUMBER(ours::TestOp::check_refs, IOMMU_TEST_OP_MD_CHECK_REFS);
SAME_NUMBER(ours::TestOp::create_access, IOMMU_TEST_OP_CREATE_ACCESS);
SAME_NUMBER(ours::TestOp::destroy_access_pages, IOMMU_TEST_OP_DESTROY_ACCESS_PAGES);
SAME_NUMBER(ours::TestOp::access_pages, IOMMU_TEST_OP_ACCESS_PAGES);
SAME_NUMBER(ours::TestOp::access_replace_ioas, IOMMU_TEST_OP_ACCESS_REPLACE_IOAS);
