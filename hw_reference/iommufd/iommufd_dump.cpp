// SPDX-License-Identifier: Apache-2.0
// The state of an open file as text: what tests compare, and a reader of a debugger wants to see.
#include <initializer_list>
#include <vector>

#include "hw_reference/iommufd/answer.hpp"
#include "hw_reference/iommufd/iommufd.hpp"
#include "hw_reference/iommufd/viommu.hpp"

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {

namespace {

constexpr std::string_view kTypes[] = {"ioas",   "hwpt",    "nested hwpt", "device",   "access",  "fault queue",
                                       "viommu", "vdevice", "veventq",     "hw queue", "selftest"};

void add(std::string& text, std::initializer_list<std::pair<std::string_view, std::uint64_t>> fields) {
  for (const auto& [name, value] : fields) (((text += ' ') += name) += ' ') += std::to_string(value);
}

void dump_ioas(std::string& text, const Ioas& ioas) {
  std::vector<IovaRange> ranges(64);
  const IovaRangesAnswer answer = ioas.iova_ranges(ranges);
  add(text, {{"alignment", answer.alignment}, {"large", ioas.large_pages()}, {"automatic", ioas.automatic.size()}});
  for (std::size_t i = 0; i < answer.total && i < ranges.size(); ++i)
    add(text, {{"range", ranges[i].first}, {"to", ranges[i].last}});
  std::shared_lock lock(ioas.mutex());
  for (auto area = ioas.areas().begin(); area; area.advance()) {
    text += "\n ";
    add(text, {{"area", area->first},
               {"to", area->last},
               {"offset", area->offset},
               {"rights", area->rights},
               {"accesses", area->accesses},
               {"locks", area->locks},
               {"leaving", area->prevent_access ? 1U : 0U},
               {"of pages at", area->pages->address()},
               {"pinned", area->pages->pinned()}});
  }
}

void dump_device(std::string& text, const Device& device) {
  add(text, {{"group of", device.group->devices.size()},
             {"vdevice", device.vdevice == nullptr ? 0 : device.vdevice->id},
             {"accepted", device.accepted},
             {"rejected", device.rejected}});
  for (const auto& [pasid, attachment] : device.attachments)
    add(text, {{"pasid", pasid}, {"on", attachment.hwpt ? attachment.hwpt->id : 0}});
}

}  // namespace

std::string Iommufd::dump() const {
  std::string text;
  std::lock_guard lock(context_.control);
  add(text, {{"ids", context_.objects.in_use()},
             {"pins", context_.pins.in_use()},
             {"regions", context_.regions.regions()},
             {"mappings", context_.regions.mappings()},
             {"per process", context_.per_process},
             {"vfio", context_.vfio_ioas}});
  context_.objects.for_each_held([&text](const Object& object, std::uint32_t users) {
    (((text += '\n') += std::to_string(object.id)) += ' ') += kTypes[static_cast<std::size_t>(object.type)];
    add(text, {{"users", users}, {"open", object.file_open}});
    switch (object.type) {
      case ObjectType::ioas:
        return dump_ioas(text, static_cast<const Ioas&>(object));
      case ObjectType::device:
        return dump_device(text, static_cast<const Device&>(object));
      case ObjectType::fault: {
        const auto& queue = static_cast<const FaultQueue&>(object);
        return add(text, {{"readable", queue.readable()}, {"outstanding", queue.outstanding()}});
      }
      case ObjectType::veventq:
        return add(text, {{"readable", static_cast<const VeventQueue&>(object).readable()}});
      case ObjectType::viommu: {
        const auto& viommu = static_cast<const Viommu&>(object);
        return add(
            text,
            {{"devices", viommu.devices.size()}, {"queues", viommu.queues.size()}, {"events", viommu.events.size()}});
      }
      default:
        return;
    }
  });
  return text;
}

}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
