// SPDX-License-Identifier: Apache-2.0
#include "tools/reproduce/structs.hpp"

#include <array>
#include <cstddef>
#include <utility>

#include "tools/ports/dev_iommu/uapi_test.hpp"

namespace iolaw::reproduce {
namespace {

using namespace dev_iommu;

// The test driver has one struct for all that it is asked for; here there is one for each, of the same size.

#define OF(member) offsetof(TestCommand, member), sizeof(std::declval<TestCommand&>().member)

constexpr Field kAddReservedFields[] = {
    {"size", OF(size)},
    {"operation", OF(op)},
    {"id", OF(id), Role::object},
    {"reserved", OF(reserved)},
    {"start", OF(add_reserved.start)},
    {"length", OF(add_reserved.length)},
};
constexpr Field kMockDomainFields[] = {
    {"size", OF(size)},
    {"operation", OF(op)},
    {"id", OF(id), Role::object},
    {"reserved", OF(reserved)},
    {"out_stdev_id", OF(mock_domain.out_stdev_id), Role::new_object, "driver"},
    {"out_hwpt_id", OF(mock_domain.out_hwpt_id), Role::new_object, "page_table"},
    {"out_idev_id", OF(mock_domain.out_idev_id), Role::new_object, "device"},
};
constexpr Field kMockDomainFlagsFields[] = {
    {"size", OF(size)},
    {"operation", OF(op)},
    {"id", OF(id), Role::object},
    {"reserved", OF(reserved)},
    {"out_stdev_id", OF(mock_domain_flags.out_stdev_id), Role::new_object, "driver"},
    {"out_hwpt_id", OF(mock_domain_flags.out_hwpt_id), Role::new_object, "page_table"},
    {"out_idev_id", OF(mock_domain_flags.out_idev_id), Role::new_object, "device"},
    {"dev_flags", OF(mock_domain_flags.dev_flags)},
};
constexpr Field kCheckMapFields[] = {
    {"size", OF(size)},           {"operation", OF(op)},        {"id", OF(id), Role::object},
    {"reserved", OF(reserved)},   {"iova", OF(check_map.iova)}, {"length", OF(check_map.length)},
    {"uptr", OF(check_map.uptr)},
};
constexpr Field kCheckRefsFields[] = {
    {"size", OF(size)},
    {"operation", OF(op)},
    {"id", OF(id)},
    {"reserved", OF(reserved)},
    {"length", OF(check_refs.length)},
    {"uptr", OF(check_refs.uptr)},
    {"refs", OF(check_refs.refs)},
};
constexpr Field kCreateAccessFields[] = {
    {"size", OF(size)},
    {"operation", OF(op)},
    {"id", OF(id), Role::object},
    {"reserved", OF(reserved)},
    {"out_access_fd", OF(create_access.out_access_fd), Role::new_file, "access"},
    {"flags", OF(create_access.flags)},
};
constexpr Field kDestroyAccessPagesFields[] = {
    {"size", OF(size)},
    {"operation", OF(op)},
    {"id", OF(id), Role::file},
    {"reserved", OF(reserved)},
    {"access_pages_id", OF(destroy_access_pages.access_pages_id)},
};
constexpr Field kAccessPagesFields[] = {
    {"size", OF(size)},
    {"operation", OF(op)},
    {"id", OF(id), Role::file},
    {"reserved", OF(reserved)},
    {"flags", OF(access_pages.flags)},
    {"out_access_pages_id", OF(access_pages.out_access_pages_id)},
    {"iova", OF(access_pages.iova)},
    {"length", OF(access_pages.length)},
    {"uptr", OF(access_pages.uptr)},
};
constexpr Field kAccessRwFields[] = {
    {"size", OF(size)},
    {"operation", OF(op)},
    {"id", OF(id), Role::file},
    {"reserved", OF(reserved)},
    {"iova", OF(access_rw.iova)},
    {"length", OF(access_rw.length)},
    {"uptr", OF(access_rw.uptr), Role::memory, "length", 1},
    {"flags", OF(access_rw.flags)},
};
constexpr Field kMockDomainReplaceFields[] = {
    {"size", OF(size)},
    {"operation", OF(op)},
    {"id", OF(id), Role::object},
    {"reserved", OF(reserved)},
    {"pt_id", OF(mock_domain_replace.pt_id), Role::object},
};
constexpr Field kAccessReplaceIoasFields[] = {
    {"size", OF(size)},
    {"operation", OF(op)},
    {"id", OF(id), Role::file},
    {"reserved", OF(reserved)},
    {"ioas_id", OF(access_replace_ioas.ioas_id), Role::object},
};
constexpr Field kDirtyFields[] = {
    {"size", OF(size)},
    {"operation", OF(op)},
    {"id", OF(id), Role::object},
    {"reserved", OF(reserved)},
    {"flags", OF(dirty.flags)},
    {"iova", OF(dirty.iova)},
    {"length", OF(dirty.length)},
    {"page_size", OF(dirty.page_size)},
    {"uptr", OF(dirty.uptr), Role::memory, "", 8},
    {"out_nr_dirty", OF(dirty.out_nr_dirty), Role::answer},
};
constexpr Field kTriggerIopfFields[] = {
    {"size", OF(size)},
    {"operation", OF(op)},
    {"id", OF(id)},
    {"reserved", OF(reserved)},
    {"dev_id", OF(trigger_iopf.dev_id), Role::object},
    {"pasid", OF(trigger_iopf.pasid)},
    {"grpid", OF(trigger_iopf.grpid)},
    {"perm", OF(trigger_iopf.perm)},
    {"addr", OF(trigger_iopf.addr)},
};
constexpr Field kTriggerVeventFields[] = {
    {"size", OF(size)},
    {"operation", OF(op)},
    {"id", OF(id)},
    {"reserved", OF(reserved)},
    {"dev_id", OF(trigger_vevent.dev_id), Role::object},
};
constexpr Field kPasidAttachFields[] = {
    {"size", OF(size)},
    {"operation", OF(op)},
    {"id", OF(id), Role::object},
    {"reserved", OF(reserved)},
    {"pasid", OF(pasid_attach.pasid)},
    {"pt_id", OF(pasid_attach.pt_id), Role::object},
};
constexpr Field kPasidReplaceFields[] = {
    {"size", OF(size)},
    {"operation", OF(op)},
    {"id", OF(id), Role::object},
    {"reserved", OF(reserved)},
    {"pasid", OF(pasid_attach.pasid)},
    {"pt_id", OF(pasid_attach.pt_id), Role::object},
};
constexpr Field kPasidDetachFields[] = {
    {"size", OF(size)},
    {"operation", OF(op)},
    {"id", OF(id), Role::object},
    {"reserved", OF(reserved)},
    {"pasid", OF(pasid_attach.pasid)},
    {"pt_id", OF(pasid_attach.pt_id), Role::object},
};
constexpr Field kDmabufRevokeFields[] = {
    {"size", OF(size)},
    {"operation", OF(op)},
    {"id", OF(id)},
    {"reserved", OF(reserved)},
    {"dmabuf_fd", OF(dmabuf_revoke.dmabuf_fd), Role::file},
    {"revoked", OF(dmabuf_revoke.revoked)},
};

#undef OF

constexpr Struct of(TestOp operation, std::string_view name, std::span<const Field> fields) {
  return {kTest, name, sizeof(TestCommand), static_cast<std::uint32_t>(operation), fields};
}

constexpr auto kTestStructs = std::to_array<Struct>({
    of(TestOp::add_reserved, "test_add_reserved", kAddReservedFields),
    of(TestOp::mock_domain, "test_mock_domain", kMockDomainFields),
    of(TestOp::mock_domain_flags, "test_mock_domain_flags", kMockDomainFlagsFields),
    of(TestOp::check_map, "test_check_map", kCheckMapFields),
    of(TestOp::check_refs, "test_check_refs", kCheckRefsFields),
    of(TestOp::create_access, "test_create_access", kCreateAccessFields),
    of(TestOp::destroy_access_pages, "test_destroy_access_pages", kDestroyAccessPagesFields),
    of(TestOp::access_pages, "test_access_pages", kAccessPagesFields),
    of(TestOp::access_rw, "test_access_rw", kAccessRwFields),
    of(TestOp::mock_domain_replace, "test_mock_domain_replace", kMockDomainReplaceFields),
    of(TestOp::access_replace_ioas, "test_access_replace_ioas", kAccessReplaceIoasFields),
    of(TestOp::dirty, "test_dirty", kDirtyFields),
    of(TestOp::trigger_iopf, "test_trigger_iopf", kTriggerIopfFields),
    of(TestOp::trigger_vevent, "test_trigger_vevent", kTriggerVeventFields),
    of(TestOp::pasid_attach, "test_pasid_attach", kPasidAttachFields),
    of(TestOp::pasid_replace, "test_pasid_replace", kPasidReplaceFields),
    of(TestOp::pasid_detach, "test_pasid_detach", kPasidDetachFields),
    of(TestOp::dmabuf_revoke, "test_dmabuf_revoke", kDmabufRevokeFields),
});

}  // namespace

std::span<const Struct> test_structs() { return kTestStructs; }

}  // namespace iolaw::reproduce
