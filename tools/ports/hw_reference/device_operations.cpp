// SPDX-License-Identifier: Apache-2.0
// Devices: those of Linux's test driver, made and attached by one call.
#include <array>
#include <cerrno>

#include "tools/ports/hw_reference/world.hpp"

namespace iolaw::hw_port {
inline namespace HW_REFERENCE_VARIANT {
namespace {

PortAnswer attach(World& w, hw::ObjectId target, std::uint64_t flags) {
  const auto made = w.iommufd->mock_domain(target, static_cast<std::uint32_t>(flags));
  return made.ok() ? w.made(made.value.stdev_id, Kind::device) : failed(made.error);
}

PortAnswer change(World& w, Arguments a, hw::ObjectId target, bool replace) {
  if (a[1] >> 32 != 0) return unsupported("a PASID has 32 bits");
  const auto pasid = static_cast<hw::Pasid>(a[1]);
  const hw::ObjectId device = w.device(a[0]);
  return failed(
      (replace ? w.iommufd->device_replace(device, pasid, target) : w.iommufd->device_attach(device, pasid, target))
          .error);
}

PortAnswer replace(World& w, std::uint64_t device, hw::ObjectId target) {
  return failed(w.iommufd->device_replace(w.device(device), hw::kNoPasid, target).error);
}

PortAnswer detach(World& w, Arguments a) {
  if (a[1] >> 32 != 0) return unsupported("a PASID has 32 bits");
  return failed(w.iommufd->device_detach(w.device(a[0]), static_cast<hw::Pasid>(a[1])));
}

PortAnswer translate(World& w, Arguments a) {
  const auto physical = w.iommufd->device_translate(w.device(a[0]), a[1]);
  if (!physical.ok()) return failed(physical.error);
  if (!physical.value) return succeeded(std::nullopt);
  const auto client = w.client.address_of(static_cast<hw::Frame>(*physical.value >> hw::kPageShift));
  return client ? succeeded(*client) : unsupported("the page is one of a file, which has no client address");
}

PortAnswer info(World& w, Arguments a) {
  enum : std::uint64_t { any, mock, foreign };
  constexpr std::uint32_t kInputType = 1;
  constexpr std::uint64_t kTracksDirty = 1;
  if (a[2] == 0) return no_struct();
  const std::uint32_t flags = (a[1] != any ? kInputType : 0) | (a[3] != 0 ? kUnknownFlag : 0);
  const std::uint32_t type = a[1] == mock ? hw::kMockHwInfoType : a[1] == foreign ? kForeignType : 0;
  const auto answer = w.iommufd->device_hw_info(w.device(a[0]), flags, type);
  if (!answer.ok()) return failed(answer.error);
  PortAnswer result;
  result.results = {(answer.value.capabilities & kTracksDirty) != 0 ? 1U : 0U,
                    answer.value.max_pasid_log2 != 0 ? 1U : 0U};
  return result;
}

constexpr auto kDeviceOperations = std::to_array<Operation>({
    {"device.attach", 2, [](World& w, Arguments a) { return attach(w, w.live(a[0], Kind::ioas), a[1]); }},
    {"device.attach_hwpt", 2, [](World& w, Arguments a) { return attach(w, w.live(a[0], Kind::hwpt), a[1]); }},
    {"device.replace", 2, [](World& w, Arguments a) { return replace(w, a[0], w.live(a[1], Kind::ioas)); }},
    {"device.replace_hwpt", 2, [](World& w, Arguments a) { return replace(w, a[0], w.live(a[1], Kind::hwpt)); }},
    {"device.attach_pasid", 3, [](World& w, Arguments a) { return change(w, a, w.live(a[2], Kind::hwpt), false); }},
    {"device.replace_pasid", 3, [](World& w, Arguments a) { return change(w, a, w.live(a[2], Kind::hwpt), true); }},
    {"device.detach_pasid", 2, detach},
    {"device.remove", 1, [](World& w, Arguments a) { return failed(w.iommufd->destroy(w.device(a[0]))); }},
    {"device.destroy", 1, [](World& w, Arguments a) { return w.destroy(a[0], Kind::device); }},
    {"device.translate", 2, translate},
    {"device.info", 4, info},
});

}  // namespace

std::span<const Operation> device_operations() { return kDeviceOperations; }

}  // namespace HW_REFERENCE_VARIANT
}  // namespace iolaw::hw_port
