// SPDX-License-Identifier: Apache-2.0
// Commands on IO address spaces, and those that any object takes (linux drivers/iommu/iommufd/ioas.c, main.c).
#include <array>
#include <vector>

#include "hw_reference/uapi/abi.hpp"
#include "hw_reference/uapi/call.hpp"
#include "hw_reference/uapi/front_door.hpp"

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {
namespace uapi {

namespace {

// Tells the user what was done, in a field of the structure.
template <auto kField, class Struct>
Report<std::uint64_t> tell(Call& call, Struct& c) {
  return [&call, &c](std::uint64_t value) {
    c.*kField = value;
    return call.respond(c);
  };
}

int destroy(Call& call, DestroyCommand& c) { return call.fd.destroy(c.id); }

int ioas_alloc(Call& call, IoasAllocCommand& c) {
  return call.fd
      .ioas_alloc(c.flags,
                  [&](ObjectId id) {
                    c.out_ioas_id = id;
                    return call.respond(c);
                  })
      .error;
}

int ioas_allow_iovas(Call& call, IoasAllowIovasCommand& c) {
  if (c.reserved != 0) return EOPNOTSUPP;
  return call.fd.ioas_allow_iovas(c.ioas_id, c.num_iovas, [&](std::uint32_t index, IovaRange& range) {
    Range given{};
    const int error = read_user(c.allowed_iovas + std::uint64_t{index} * sizeof given, given);
    range = {given.start, given.last};
    return error;
  });
}

int ioas_copy(Call& call, IoasCopyCommand& c) {
  return call.fd
      .ioas_copy({c.dst_ioas_id, c.src_ioas_id, c.flags, c.length, c.dst_iova, c.src_iova},
                 tell<&IoasCopyCommand::dst_iova>(call, c))
      .error;
}

int ioas_iova_ranges(Call& call, IoasIovaRangesCommand& c) {
  if (c.reserved != 0) return EOPNOTSUPP;
  // There may be more by the time that there is room for all.
  std::vector<IovaRange> ranges;
  Result<IovaRangesAnswer> found{};
  for (;;) {
    found = call.fd.ioas_iova_ranges(c.ioas_id, ranges);
    if (found.error != 0 && found.error != EMSGSIZE) return found.error;
    const std::uint32_t wanted = std::min(found.value.total, c.num_iovas);
    if (ranges.size() >= wanted) {
      ranges.resize(wanted);
      break;
    }
    ranges.resize(wanted);
  }
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    const Range shown{ranges[i].first, ranges[i].last};
    if (int error = write_user(c.allowed_iovas + i * sizeof shown, shown)) return error;
  }
  const bool all = found.value.total <= c.num_iovas;
  c.num_iovas = found.value.total;
  c.out_iova_alignment = found.value.alignment;
  if (int error = call.respond(c)) return error;
  return all ? 0 : EMSGSIZE;
}

int ioas_map(Call& call, IoasMapCommand& c) {
  if (c.reserved != 0) return EOPNOTSUPP;
  return call.fd.ioas_map({c.ioas_id, c.flags, c.user_va, c.length, c.iova}, tell<&IoasMapCommand::iova>(call, c))
      .error;
}

int ioas_map_file(Call& call, IoasMapFileCommand& c) {
  auto file = call.door.mappable_file(c.fd);
  if (!file.ok() && file.error != EBADF) return file.error;
  return call.fd
      .ioas_map_file({c.ioas_id, c.flags, std::move(file.value), c.start, c.length, c.iova},
                     tell<&IoasMapFileCommand::iova>(call, c))
      .error;
}

int ioas_unmap(Call& call, IoasUnmapCommand& c) {
  return call.fd.ioas_unmap(c.ioas_id, c.iova, c.length, tell<&IoasUnmapCommand::length>(call, c)).error;
}

int option(Call& call, OptionCommand& c) {
  if (c.reserved != 0) return EOPNOTSUPP;
  return call.fd
      .option({c.option_id, c.op, c.object_id, c.val64},
              [&call](std::uint64_t value) { return write_user(call.user + offsetof(OptionCommand, val64), value); })
      .error;
}

int vfio_ioas(Call& call, VfioIoasCommand& c) {
  if (c.reserved != 0) return EOPNOTSUPP;
  switch (c.op) {
    case kVfioIoasGet: {
      const auto ioas = call.fd.vfio_ioas_get();
      if (!ioas.ok()) return ioas.error;
      c.ioas_id = ioas.value;
      return call.respond(c);
    }
    case kVfioIoasSet:
      return call.fd.vfio_ioas_set(c.ioas_id);
    case kVfioIoasClear:
      call.fd.vfio_ioas_clear();
      return 0;
    default:
      return EOPNOTSUPP;
  }
}

int ioas_change_process(Call& call, IoasChangeProcessCommand& c) {
  return c.reserved != 0 ? EOPNOTSUPP : call.fd.ioas_change_process();
}

// No device is without an IOMMU here, and so nothing is told.
int ioas_noiommu_get_pa(Call& call, IoasNoiommuGetPaCommand& c) {
  return call.fd.ioas_physical_address(c.ioas_id, c.iova).error;
}

constexpr auto kIoasCommands = std::to_array<Command>({
    command_of<DestroyCommand, destroy>(kDestroy),
    command_of<IoasAllocCommand, ioas_alloc>(kIoasAlloc),
    command_of<IoasAllowIovasCommand, ioas_allow_iovas>(kIoasAllowIovas),
    command_of<IoasCopyCommand, ioas_copy>(kIoasCopy),
    command_of<IoasIovaRangesCommand, ioas_iova_ranges>(kIoasIovaRanges),
    command_of<IoasMapCommand, ioas_map>(kIoasMap),
    command_of<IoasUnmapCommand, ioas_unmap>(kIoasUnmap),
    command_of<OptionCommand, option>(kOption),
    command_of<VfioIoasCommand, vfio_ioas>(kVfioIoas),
    command_of<IoasMapFileCommand, ioas_map_file>(kIoasMapFile),
    command_of<IoasChangeProcessCommand, ioas_change_process>(kIoasChangeProcess),
    command_of<IoasNoiommuGetPaCommand, ioas_noiommu_get_pa>(kIoasNoiommuGetPa),
});

}  // namespace

std::span<const Command> ioas_commands() { return kIoasCommands; }

}  // namespace uapi
}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
