// SPDX-License-Identifier: Apache-2.0
// Devices: spec/iommufd/device.law. A device of the law is Linux's mock device, made and attached by one call.
#include <array>
#include <cerrno>

#include "tools/ports/dev_iommu/kernel.hpp"

namespace iolaw::dev_iommu {
namespace {

PortAnswer attach(Kernel& kernel, std::uint32_t target, std::uint64_t flags) {
  TestCommand command(TestOp::mock_domain_flags, target);
  command.mock_domain_flags.dev_flags = static_cast<std::uint32_t>(flags);
  if (const int error = kernel.request_after_rehearsal(kTest, &command); error != 0) return failure(error);
  Handles::Extra extra;
  extra.hwpt = command.mock_domain_flags.out_hwpt_id;
  extra.idev = command.mock_domain_flags.out_idev_id;
  return success(kernel.handles.add_object(Kind::device, command.mock_domain_flags.out_stdev_id, extra));
}

PortAnswer replace(Kernel& kernel, std::uint64_t device, std::uint32_t target) {
  TestCommand command(TestOp::mock_domain_replace, kernel.handles.id(device));
  command.mock_domain_replace.pt_id = target;
  if (const int error = kernel.request_from_anywhere(kTest, &command); error != 0) return failure(error);
  kernel.handles.add_nameless();  // the page table of an IOAS may be new
  if (Handles::Extra* extra = kernel.handles.extra(device, Kind::device)) {
    extra->hwpt = command.mock_domain_replace.pt_id;
    ++extra->moves;
  }
  return success();
}

PortAnswer change_pasid(Kernel& kernel, TestOp op, Arguments a, std::uint32_t target) {
  TestCommand command(op, kernel.handles.id(a[0]));
  command.pasid_attach.pasid = static_cast<std::uint32_t>(a[1]);
  command.pasid_attach.pt_id = target;
  if (const int error = kernel.request_from_anywhere(kTest, &command); error != 0) return failure(error);
  if (Handles::Extra* extra = kernel.handles.extra(a[0], Kind::device)) {
    std::erase(extra->pasids, static_cast<std::uint32_t>(a[1]));
    if (op != TestOp::pasid_detach) extra->pasids.push_back(static_cast<std::uint32_t>(a[1]));
  }
  return success();
}

std::uint32_t ioas(Kernel& kernel, std::uint64_t handle) { return kernel.handles.live_id(handle, Kind::ioas); }
std::uint32_t hwpt(Kernel& kernel, std::uint64_t handle) { return kernel.handles.live_id(handle, Kind::hwpt); }

// The test driver answers only whether an address leads to a given page, so every page is tried. Its smallest page is
// half a CPU page: memory may be mapped at the same or at the other half.
PortAnswer translate(Kernel& kernel, Arguments a) {
  constexpr std::uint64_t kIoPageSize = 2048;
  const Handles::Extra* extra = kernel.handles.extra(a[0], Kind::device);
  const std::uint32_t table = extra != nullptr ? extra->hwpt : Handles::kNeverId;
  if (table == Handles::kUnknownId) return unsupported("two threads moved the device: its page table is not known");
  for (std::uint64_t va = ClientMemory::kFirst; va < ClientMemory::kLast; va += kIoPageSize) {
    TestCommand command(TestOp::check_map, table);
    command.check_map = {a[1] & ~(kIoPageSize - 1), kIoPageSize, va};
    const int error = kernel.request(kTest, &command);
    if (error == 0) return success(va & ~(ClientMemory::kPageSize - 1));
    if (error != EINVAL) return failure(error);
  }
  return success(std::nullopt);
}

// By the number that the kernel gave the device, not the one that the test driver knows it by.
PortAnswer device_remove(Kernel& kernel, Arguments a) {
  Destroy command;
  command.id = kernel.handles.idev(a[0]);
  return done(kernel.request(kDestroy, &command));
}

constexpr auto kDeviceCalls = std::to_array<Call>({
    {"device.attach", 2, [](Kernel& k, Arguments a) { return attach(k, ioas(k, a[0]), a[1]); }},
    {"device.attach_hwpt", 2, [](Kernel& k, Arguments a) { return attach(k, hwpt(k, a[0]), a[1]); }},
    {"device.replace", 2, [](Kernel& k, Arguments a) { return replace(k, a[0], ioas(k, a[1])); }},
    {"device.replace_hwpt", 2, [](Kernel& k, Arguments a) { return replace(k, a[0], hwpt(k, a[1])); }},
    {"device.attach_pasid", 3,
     [](Kernel& k, Arguments a) { return change_pasid(k, TestOp::pasid_attach, a, hwpt(k, a[2])); }},
    {"device.replace_pasid", 3,
     [](Kernel& k, Arguments a) { return change_pasid(k, TestOp::pasid_replace, a, hwpt(k, a[2])); }},
    {"device.detach_pasid", 2, [](Kernel& k, Arguments a) { return change_pasid(k, TestOp::pasid_detach, a, 0); }},
    {"device.remove", 1, device_remove},
    {"device.destroy", 1, [](Kernel& k, Arguments a) { return k.destroy(a[0], Kind::device); }},
    {"device.translate", 2, translate},
});

}  // namespace

std::span<const Call> device_calls() { return kDeviceCalls; }

}  // namespace iolaw::dev_iommu
