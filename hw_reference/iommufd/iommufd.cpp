// SPDX-License-Identifier: Apache-2.0
// The life of objects, and the calls on IO address spaces.
#include "hw_reference/iommufd/iommufd.hpp"

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <set>

#include "hw_reference/defects.hpp"
#include "hw_reference/iommufd/answer.hpp"
#include "hw_reference/iommufd/numbers.hpp"
#include "hw_reference/iommufd/selftest.hpp"

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {

namespace {

constexpr std::uint32_t kMapFlags = kMapFixedIova | kMapWriteable | kMapReadable;

Rights rights_of(std::uint32_t flags) {
  return ((flags & kMapReadable) != 0 ? kRead : 0) | ((flags & kMapWriteable) != 0 ? kWrite : 0);
}

std::uint32_t flags_of(Rights rights) {
  return kMapFixedIova | ((rights & kRead) != 0 ? kMapReadable : 0) | ((rights & kWrite) != 0 ? kMapWriteable : 0);
}

}  // namespace

Iommufd::~Iommufd() {
  // What holds others goes first.
  context_.regions.unmap_all();
  context_.objects.for_each(ObjectType::access, [this](ObjectId id) { access_destroy(id); });
  for (const ObjectType type : {ObjectType::fault, ObjectType::veventq})
    context_.objects.for_each(type, [this](ObjectId id) { events_close(id); });
  context_.objects.for_each(ObjectType::device, [this](ObjectId id) { device_unbind(id); });
  [[maybe_unused]] const bool all = context_.objects.retire_all();
  assert(all || has_some_defect());
}

int Iommufd::destroy(ObjectId id) {
  if (has_defect(Defect::removal_with_users) && device_unbind(id) == 0) return 0;
  ObjectId device_id = 0;
  {
    std::lock_guard lock(context_.control);
    const auto taken = context_.objects.take_unused(id);
    if (!taken.ok()) return taken.error;
    if (context_.vfio_ioas == id && !has_defect(Defect::dead_ioas_serves_vfio)) context_.vfio_ioas = 0;
    taken.value->retire();
    if (taken.value->type == ObjectType::selftest) {
      Device& device = *static_cast<Selftest&>(*taken.value).device;
      if (!device.unbinding) {
        device_id = device.id;
        quiesce_device(context_, device);
      }
    }
  }
  // Calls that were under way may wait for the mutex before they see that they are too late.
  if (device_id != 0) context_.objects.take_from_creator<Device>(device_id);
  return 0;
}

// ---- IO address spaces
// ------------------------------------------------------------------------------------------------

Result<ObjectId> Iommufd::ioas_alloc(std::uint32_t flags, const Respond<ObjectId>& respond) {
  return answer([&]() -> Result<ObjectId> {
    if (flags != 0) return {EOPNOTSUPP, 0};
    auto id = context_.objects.reserve();
    auto space = std::make_shared<Ioas>();
    const int error = respond_with(respond, id.id());
    if (error != 0 && !has_defect(Defect::unanswered_ioas_lives)) return {error, 0};
    return {error, id.publish(std::move(space))};
  });
}

int Iommufd::ioas_destroy(ObjectId ioas) {
  std::lock_guard lock(context_.control);
  const auto taken = context_.objects.take_unused(ioas, ObjectType::ioas);
  if (!taken.ok()) return taken.error;
  if (context_.vfio_ioas == ioas) context_.vfio_ioas = 0;
  taken.value->retire();
  return 0;
}

Result<IovaRangesAnswer> Iommufd::ioas_iova_ranges(ObjectId ioas, std::span<IovaRange> ranges) const {
  const auto space = context_.objects.hold<Ioas>(ioas);
  if (!space) return {ENOENT, {}};
  const IovaRangesAnswer found = space->iova_ranges(ranges);
  return {found.total > ranges.size() ? EMSGSIZE : 0, found};
}

int Iommufd::ioas_allow_iovas(ObjectId ioas, std::uint32_t count, const ReadRange& read) {
  return answer([&]() -> int {
    const auto space = context_.objects.hold<Ioas>(ioas);
    if (!space) return ENOENT;
    if (has_defect(Defect::failed_allow_forgets)) (void)space->allow({});
    AllowedRanges allowed;
    for (std::uint32_t i = 0; i < count; ++i) {
      IovaRange range{};
      if (int error = read(i, range)) return error;
      if (int error = allowed.add(range)) return error;
    }
    return space->allow(std::move(allowed));
  });
}

int Iommufd::ioas_allow_iovas(ObjectId ioas, std::span<const IovaRange> ranges) {
  return ioas_allow_iovas(ioas, static_cast<std::uint32_t>(ranges.size()),
                          [ranges](std::uint32_t index, IovaRange& range) {
                            range = ranges[index];
                            return 0;
                          });
}

AccountMode Iommufd::account_mode() const {
  if (context_.memory.load()->account.may_lock_any || has_defect(Defect::privileges_at_open)) return AccountMode::none;
  return context_.per_process ? AccountMode::process : AccountMode::user;
}

Result<std::uint64_t> Iommufd::map_user(Ioas& space, std::uint64_t user_va, std::uint64_t length, Place place,
                                        Rights rights) {
  if (length > kMaxWord - user_va && !has_defect(Defect::memory_wrap_unnoticed)) return {EOVERFLOW, 0};
  if (length == 0 || length > kMaxWord - kPageSize) return {EINVAL, 0};
  const PagesRef pages(new Pages(*context_.memory, user_va, length, (rights & kWrite) != 0, account_mode()));
  const Slice slice{pages, user_va % kPageSize, length};
  return space.map({&slice, 1}, length, place, rights);
}

Result<std::uint64_t> Iommufd::ioas_map(const IoasMap& request, const Report<std::uint64_t>& report) {
  return answer([&]() -> Result<std::uint64_t> {
    const auto [ioas, flags, user_va, length, iova] = request;
    if ((flags & ~kMapFlags) != 0) return {EOPNOTSUPP, 0};
    if (iova == kMaxWord || length == kMaxWord) return {EOVERFLOW, 0};
    const Rights rights = rights_of(flags);
    if (rights == 0) return {EINVAL, 0};
    const auto space = context_.objects.hold<Ioas>(ioas);
    if (!space) return {ENOENT, 0};
    const auto done = map_user(*space, user_va, length, {(flags & kMapFixedIova) != 0, iova}, rights);
    const auto told = report_with(report, done);
    std::uint64_t bytes = 0;
    if (has_defect(Defect::unanswered_map_undone) && done.ok() && !told.ok())
      space->unmap(done.value, done.value + (length - 1), bytes);
    return told;
  });
}

int Iommufd::ioas_map(ObjectId ioas, std::uint64_t user_va, std::uint64_t length, std::uint64_t iova, Rights rights) {
  return ioas_map({ioas, flags_of(rights), user_va, length, iova}).error;
}

Result<std::uint64_t> Iommufd::ioas_map_file(const IoasMapFile& request, const Report<std::uint64_t>& report) {
  return answer([&]() -> Result<std::uint64_t> {
    const auto& [ioas, flags, file, start, length, iova] = request;
    if ((flags & ~kMapFlags) != 0) return {EOPNOTSUPP, 0};
    if (iova == kMaxWord || length == kMaxWord) return {EOVERFLOW, 0};
    const Rights rights = rights_of(flags);
    if (rights == 0) return {EINVAL, 0};
    const auto space = context_.objects.hold<Ioas>(ioas);
    if (!space) return {ENOENT, 0};
    if (length == 0) return {EINVAL, 0};
    if (wraps(start, length)) return {EOVERFLOW, 0};
    if (!file) return {EBADF, 0};
    Result<std::uint64_t> handed_over{0, 0};
    if (const auto* const buffer = dynamic_cast<const DmaBuffer*>(file.get()))
      handed_over = buffer->hand_over(start, length);
    if (!handed_over.ok()) return {handed_over.error, 0};
    if (length > kMaxWord - kPageSize) return {EINVAL, 0};
    const PagesRef pages(
        new Pages(file, start, length, (rights & kWrite) != 0, *context_.memory, account_mode(), handed_over.value));
    const Slice slice{pages, start % kPageSize, length};
    return report_with(report, space->map({&slice, 1}, length, {(flags & kMapFixedIova) != 0, iova}, rights));
  });
}

Result<std::uint64_t> Iommufd::ioas_copy(const IoasCopy& request, const Report<std::uint64_t>& report) {
  return answer([&]() -> Result<std::uint64_t> {
    const auto [dst_ioas, src_ioas, flags, length, dst_iova, src_iova] = request;
    if ((flags & ~kMapFlags) != 0) return {EOPNOTSUPP, 0};
    if (length == kMaxWord || src_iova == kMaxWord || dst_iova == kMaxWord) return {EOVERFLOW, 0};
    const Rights rights = rights_of(flags);
    if (rights == 0) return {EINVAL, 0};
    auto source = context_.objects.hold<Ioas>(src_ioas);
    if (!source) return {ENOENT, 0};
    if (length == 0) return {EINVAL, 0};
    if (wraps(src_iova, length)) return {EOVERFLOW, 0};
    auto slices = source->slices(src_iova, src_iova + (length - 1));
    if (!slices.ok()) return {slices.error, 0};
    source.reset();
    const auto destination = context_.objects.hold<Ioas>(dst_ioas);
    if (!destination) return {ENOENT, 0};
    if (has_defect(Defect::copy_repins)) {
      for (Slice& slice : slices.value) {
        const Pages& shared = *slice.pages;
        slice.pages = PagesRef(new Pages(*context_.memory, shared.address(), (shared.pages() << kPageShift) - 1,
                                         shared.writable(), shared.account_mode()));
      }
    }
    const Place place{(flags & kMapFixedIova) != 0, dst_iova};
    return report_with(report, destination->map(slices.value, length, place, rights));
  });
}

int Iommufd::ioas_copy(ObjectId dst_ioas, ObjectId src_ioas, std::uint64_t length, std::uint64_t dst_iova,
                       std::uint64_t src_iova, Rights rights) {
  return ioas_copy({dst_ioas, src_ioas, flags_of(rights), length, dst_iova, src_iova}).error;
}

Result<std::uint64_t> Iommufd::ioas_unmap(ObjectId ioas, std::uint64_t iova, std::uint64_t length,
                                          const Report<std::uint64_t>& report) {
  return answer([&]() -> Result<std::uint64_t> {
    const auto space = context_.objects.hold<Ioas>(ioas);
    if (!space) return {ENOENT, 0};
    std::uint64_t bytes = 0;
    if (has_defect(Defect::unanswered_unmap_undone) && report && report(0) != 0) return {EFAULT, 0};
    if (iova == 0 && length == kMaxWord) {
      const int error = space->unmap(0, kMaxWord, bytes);
      if (error == 0 && bytes == 0 && has_defect(Defect::unmap_all_needs_areas)) return {ENOENT, 0};
      return report_with<std::uint64_t>(report, {error, bytes});
    }
    if (iova == kMaxWord || length == kMaxWord) return {EOVERFLOW, 0};
    if (length == 0) return {EINVAL, 0};
    if (wraps(iova, length)) return {EOVERFLOW, 0};
    if (int error = space->unmap(iova, iova + (length - 1), bytes)) return {error, 0};
    return report_with<std::uint64_t>(report, {bytes == 0 ? ENOENT : 0, bytes});
  });
}

Result<std::uint64_t> Iommufd::ioas_physical_address(ObjectId, std::uint64_t) const { return {EOPNOTSUPP, 0}; }

int Iommufd::ioas_reserve(ObjectId ioas, std::uint64_t start, std::uint64_t length) {
  return answer([&]() -> int {
    if (length == 0) return EINVAL;
    if (wraps(start, length)) return EOVERFLOW;
    const auto space = context_.objects.hold<Ioas>(ioas);
    return space ? space->reserve(start, start + (length - 1)) : ENOENT;
  });
}

// ---- options
// ------------------------------------------------------------------------------------------------------------

// An option that was set stays so, even if nobody can be told.
Result<std::uint64_t> Iommufd::option(const Option& request, const Report<std::uint64_t>& report) {
  constexpr auto kSet = static_cast<std::uint16_t>(Option::Operation::set);
  constexpr auto kGet = static_cast<std::uint16_t>(Option::Operation::get);
  const auto done = [&]() -> Result<std::uint64_t> {
    if (request.option_id == kOptionRlimitMode) {
      if (request.object_id != 0) return {EOPNOTSUPP, 0};
      if (request.operation == kGet) return {0, context_.per_process ? 1U : 0U};
      if (request.operation != kSet) return {EOPNOTSUPP, 0};
      if (!context_.memory.load()->account.may_set_limits && !has_defect(Defect::limits_without_privilege))
        return {EPERM, 0};
      std::lock_guard lock(context_.control);
      if (!context_.objects.empty() && !has_defect(Defect::rlimit_mode_any_time)) return {EBUSY, 0};
      if (has_defect(Defect::failed_option_sticks)) context_.per_process = request.value >= 1;
      if (request.value > 1) return {EINVAL, 0};
      context_.per_process = request.value == 1;
      return {0, request.value};
    }
    if (request.option_id != kOptionHugePages) return {EOPNOTSUPP, 0};
    const auto space = context_.objects.hold<Ioas>(request.object_id);
    if (!space) return {ENOENT, 0};
    if (request.operation == kGet) return {0, space->large_pages() ? 1U : 0U};
    if (request.operation != kSet) return {EOPNOTSUPP, 0};
    if (request.value > 1) return {EINVAL, 0};
    if (has_defect(Defect::unanswered_option_undone) && report && report(request.value) != 0) return {EFAULT, 0};
    return {space->set_large_pages(request.value == 1), request.value};
  };
  return report_with(report, done());
}

int Iommufd::ioas_change_process() {
  return answer([&]() -> int {
    Account& to = context_.memory.load()->account;
    std::lock_guard lock(context_.control);
    const auto spaces = context_.objects.hold_all<Ioas>();
    std::vector<std::unique_lock<SharedMutex>> locks;
    std::set<Pages*> all;
    locks.reserve(spaces.size());
    for (const auto& space : spaces) {
      locks.emplace_back(space->mutex());
      for (auto area = space->areas().begin(); area; area.advance()) {
        if (!area->pages->is_file()) return EINVAL;
        all.insert(area->pages.get());
        if (has_defect(Defect::change_process_looks_once)) break;
      }
    }
    for (auto pages = all.begin(); pages != all.end(); ++pages) {
      if (int error = (*pages)->charge(to)) {
        while (pages != all.begin()) (*--pages)->uncharge(to);
        return error;
      }
    }
    for (Pages* pages : all) pages->settle(to);
    return 0;
  });
}

}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
