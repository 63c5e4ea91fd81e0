// SPDX-License-Identifier: Apache-2.0
// The commands of Linux's test driver (linux drivers/iommu/iommufd/selftest.c), but for the numbers that only a fuzzer
// passes for addresses.
#include <vector>

#include "hw_reference/uapi/abi_test.hpp"
#include "hw_reference/uapi/call.hpp"
#include "hw_reference/uapi/front_door.hpp"

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {
namespace uapi {

namespace {

int mock_domain(Call& call, TestCommand& c) {
  const std::uint32_t flags = c.op == TestOp::mock_domain_flags ? c.mock_domain.dev_flags : 0;
  return call.fd
      .mock_domain(c.id, flags,
                   [&](const Iommufd::MockDomain& made) {
                     c.mock_domain.out_stdev_id = made.stdev_id;
                     c.mock_domain.out_hwpt_id = made.hwpt_id;
                     c.mock_domain.out_idev_id = made.idev_id;
                     return call.respond(c);
                   })
      .error;
}

int mock_domain_replace(Call& call, TestCommand& c) {
  const auto used = call.fd.device_replace(call.fd.mock_device(c.id), kNoPasid, c.mock_domain_replace.pt_id);
  if (!used.ok()) return used.error;
  c.mock_domain_replace.pt_id = used.value;
  return call.respond(c);
}

int pasid_attach(Call& call, TestCommand& c) {
  const ObjectId device = call.fd.mock_device(c.id);
  const Pasid pasid = c.pasid_attach.pasid;
  const auto used = c.op == TestOp::pasid_attach ? call.fd.device_attach(device, pasid, c.pasid_attach.pt_id)
                                                 : call.fd.device_replace(device, pasid, c.pasid_attach.pt_id);
  if (!used.ok()) return used.error;
  c.pasid_attach.pt_id = used.value;
  const int error = call.respond(c);
  if (error != 0 && c.op == TestOp::pasid_attach) call.fd.device_detach(device, pasid);
  return error;
}

int pasid_check_hwpt(Call& call, const TestCommand& c) {
  const auto attached = call.fd.device_hwpt(call.fd.mock_device(c.id), c.pasid_check.pasid);
  if (!attached.ok()) return attached.error;
  if (c.pasid_check.hwpt_id != 0) {
    const auto type = call.fd.object_type(c.pasid_check.hwpt_id);
    if (!type.ok()) return type.error;
    if (type.value != ObjectType::hwpt_paging && type.value != ObjectType::hwpt_nested) return EINVAL;
  }
  return attached.value == c.pasid_check.hwpt_id ? 0 : EINVAL;
}

// Whether each page of a table leads to the memory at an address of the user.
int check_map(Call& call, const TestCommand& c) {
  const auto [iova, length, uptr] = c.check_map;
  const auto format = call.fd.hwpt_format(c.id);
  if (!format.ok()) return format.error;
  const std::uint64_t page = format.value.smallest_page;
  if (iova % page != 0 || length % page != 0 || uptr % page != 0 || length > ~uptr) return EINVAL;
  for (std::uint64_t done = 0; done < length; done += page) {
    if (!OwnMemory::present((uptr + done) >> kPageShift, 1, false)) return EFAULT;
    const auto reached = call.fd.hwpt_translate(c.id, iova + done);
    if (!reached.ok()) return reached.error;
    if (!reached.value || *reached.value % kPageSize != (uptr + done) % kPageSize) return EINVAL;
    if (!call.door.leads_to(static_cast<Frame>(*reached.value >> kPageShift), uptr + done)) return EINVAL;
  }
  return 0;
}

int check_refs(Call& call, const TestCommand& c) {
  const auto [length, uptr, refs] = c.check_refs;
  if (length % kPageSize != 0 || uptr % kPageSize != 0 || length > ~uptr) return EINVAL;
  for (std::uint64_t done = 0; done < length; done += kPageSize) {
    if (!OwnMemory::present((uptr + done) >> kPageShift, 1, false)) return EFAULT;
    const std::uint32_t pins = call.door.memory().pins(uptr + done);
    if (pins != refs && pins + call.door.file_pins(uptr + done) != refs) return EIO;
  }
  return 0;
}

int dirty(Call& call, TestCommand& c) {
  constexpr std::uint64_t kMostBits = std::uint64_t{1} << 27;
  const auto [flags, iova, length, page_size, uptr, out] = c.dirty;
  if (page_size == 0 || length == 0 || iova % page_size != 0 || length % page_size != 0 || uptr == 0) return EINVAL;
  const std::uint64_t bits = length / page_size;
  if (bits > kMostBits) return EOVERFLOW;
  // Whether there is such a table, and it is tracked, before the memory is looked at.
  if (const auto none = call.fd.mock_dirty(c.id, iova, length, page_size, {}); !none.ok()) return none.error;
  std::vector<std::byte> bitmap((bits + 7) / 8);
  if (int error = OwnMemory::read(uptr, bitmap)) return error;
  const auto marked = call.fd.mock_dirty(c.id, iova, length, page_size, bitmap);
  if (!marked.ok()) return marked.error;
  c.dirty.out_nr_dirty = marked.value;
  return call.respond(c);
}

int trigger_iopf(Call& call, const TestCommand& c) {
  PageFault fault{};
  fault.pasid = c.trigger_iopf.pasid;
  fault.grpid = c.trigger_iopf.grpid;
  fault.perm = c.trigger_iopf.perm;
  fault.addr = c.trigger_iopf.addr;
  return call.fd.device_fault(c.trigger_iopf.dev_id, fault);
}

// As in Linux 7.3 the answer is 0: the descriptor is the lowest that was free.
int dmabuf_get(Call& call, const TestCommand& c) { return call.door.open_dma_buffer(c.dmabuf_get.length).error; }

int dmabuf_revoke(Call& call, const TestCommand& c) {
  const auto buffer = call.door.dma_buffer(c.dmabuf_revoke.dmabuf_fd);
  if (buffer.ok()) buffer.value->revoke(c.dmabuf_revoke.revoked != 0);
  return buffer.error;
}

int equals(const Result<std::uint32_t>& found, std::uint32_t expected) {
  return found.ok() && found.value != expected ? EINVAL : found.error;
}

int test(Call& call, TestCommand& c) {
  constexpr std::uint32_t kLeastMemoryLimit = 12;
  switch (c.op) {
    case TestOp::add_reserved:
      return call.fd.ioas_reserve(c.id, c.add_reserved.start, c.add_reserved.length);
    case TestOp::mock_domain:
    case TestOp::mock_domain_flags:
      return mock_domain(call, c);
    case TestOp::mock_domain_replace:
      return mock_domain_replace(call, c);
    case TestOp::check_map:
      return check_map(call, c);
    case TestOp::check_refs:
      return check_refs(call, c);
    case TestOp::create_access:
    case TestOp::destroy_access_pages:
    case TestOp::access_pages:
    case TestOp::access_rw:
    case TestOp::access_replace_ioas:
      return test_access(call, c);
    case TestOp::set_temp_memory_limit:
      // How many pages Linux handles at once is nothing that can be seen.
      return c.memory_limit.limit < kLeastMemoryLimit ? EINVAL : 0;
    case TestOp::dirty:
      return dirty(call, c);
    case TestOp::check_iotlb:
      return equals(call.fd.mock_iotlb(c.id, c.check_iotlb.id), c.check_iotlb.iotlb);
    case TestOp::check_dev_cache:
      return equals(call.fd.mock_cache(c.id, c.check_dev_cache.id), c.check_dev_cache.cache);
    case TestOp::trigger_iopf:
      return trigger_iopf(call, c);
    case TestOp::trigger_vevent:
      return call.fd.mock_vevent(c.trigger_vevent.dev_id);
    case TestOp::pasid_attach:
    case TestOp::pasid_replace:
      return pasid_attach(call, c);
    case TestOp::pasid_detach:
      return call.fd.device_detach(call.fd.mock_device(c.id), c.pasid_attach.pasid);
    case TestOp::pasid_check_hwpt:
      return pasid_check_hwpt(call, c);
    case TestOp::dmabuf_get:
      return dmabuf_get(call, c);
    case TestOp::dmabuf_revoke:
      return dmabuf_revoke(call, c);
  }
  return EOPNOTSUPP;
}

}  // namespace

Command test_command() { return command_of<TestCommand, test>(kTest, offsetof(TestCommand, last) + 4); }

}  // namespace uapi
}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
