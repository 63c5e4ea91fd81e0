// SPDX-License-Identifier: Apache-2.0
// IO address spaces, ranges, files, options, accesses and client memory.
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <span>
#include <vector>

#include "tools/ports/hw_reference/world.hpp"

namespace iolaw::hw_port {
inline namespace HW_REFERENCE_VARIANT {
namespace {

constexpr std::uint64_t kPinBit = std::uint64_t{1} << 32;

// More ranges than any IOAS of the law leaves.
constexpr std::size_t kRoom = 256;

hw::PinId pin(std::uint64_t handle) { return handle >> 32 == 1 ? static_cast<hw::PinId>(handle) : 0; }

PortAnswer map(World& w, Arguments a, bool fixed) {
  hw::IoasMap request;
  request.ioas = w.id(a[0]);
  request.user_va = a[1];
  request.length = a[2];
  request.iova = a[3];
  request.flags = map_flags(a[4], fixed) | (a[5] != 0 ? kUnknownFlag : 0);
  const auto result = w.iommufd->ioas_map(request);
  return fixed ? failed(result.error) : with_result(result);
}

PortAnswer map_file(World& w, Arguments a, bool fixed) {
  const File* file = w.find<File>(a[1]);
  hw::IoasMapFile request;
  request.ioas = w.id(a[0]);
  if (file != nullptr) request.file = file->file;
  request.start = a[2];
  request.length = a[3];
  request.iova = a[4];
  request.flags = map_flags(a[5], fixed) | (a[6] != 0 ? kUnknownFlag : 0);
  const auto result = w.iommufd->ioas_map_file(request);
  return fixed ? failed(result.error) : with_result(result);
}

PortAnswer copy(World& w, Arguments a, bool fixed) {
  hw::IoasCopy request;
  request.dst_ioas = w.id(a[0]);
  request.src_ioas = w.id(a[1]);
  request.length = a[2];
  request.dst_iova = a[3];
  request.src_iova = a[4];
  request.flags = map_flags(a[5], fixed) | (a[6] != 0 ? kUnknownFlag : 0);
  const auto result = w.iommufd->ioas_copy(request);
  return fixed ? failed(result.error) : with_result(result);
}

PortAnswer pins(World& w, Arguments a) {
  const auto count = w.client.pins(a[0]);
  return count ? succeeded(*count) : failed(EFAULT);
}

PortAnswer append(World& w, Arguments a) {
  List* list = w.find<List>(a[0]);
  if (list == nullptr) return unsupported("there is no such list in the client");
  list->ranges.push_back({a[1], a[2]});
  return {};
}

PortAnswer allow(World& w, Arguments a) {
  const List* list = w.find<List>(a[1]);
  if (list == nullptr) return unsupported("there is no such list in the client");
  if (a[2] != 0) return no_struct();
  return failed(w.iommufd->ioas_allow_iovas(w.id(a[0]), static_cast<std::uint32_t>(list->ranges.size()),
                                            [list](std::uint32_t index, hw::IovaRange& range) {
                                              if (index >= list->readable) return EFAULT;
                                              range = list->ranges[index];
                                              return 0;
                                            }));
}

PortAnswer ranges(World& w, Arguments a) {
  if (a[2] != 0) return no_struct();
  std::vector<hw::IovaRange> room(std::min<std::uint64_t>(a[1], kRoom));
  return failed(w.iommufd->ioas_iova_ranges(w.id(a[0]), room).error);
}

PortAnswer reserved_at(World& w, Arguments a) {
  std::vector<hw::IovaRange> room(kRoom);
  const auto answer = w.iommufd->ioas_iova_ranges(w.id(a[0]), room);
  if (!answer.ok()) return failed(answer.error);
  room.resize(answer.value.total);
  const bool free = std::any_of(room.begin(), room.end(),
                                [&](const hw::IovaRange& range) { return range.first <= a[1] && a[1] <= range.last; });
  return succeeded(free ? 0 : 1);
}

PortAnswer alignment(World& w, Arguments a) {
  std::vector<hw::IovaRange> room(kRoom);
  const auto answer = w.iommufd->ioas_iova_ranges(w.id(a[0]), room);
  return answer.ok() ? succeeded(answer.value.alignment) : failed(answer.error);
}

PortAnswer open_file(World& w, Arguments a) {
  const auto kind = a[0] != 0 ? hw::ClientFile::Kind::memory : hw::ClientFile::Kind::other;
  return succeeded(w.add(File{std::make_shared<hw::ClientFile>(w.frames, a[1], kind)}));
}

// All lie at the same place: which memory of a device is reached is nothing that the law asks.
PortAnswer open_dmabuf(World& w, Arguments a) {
  auto buffer = hw::DmaBuffer::make(kDeviceMemory, a[0]);
  return buffer.ok() ? succeeded(w.add(File{std::move(buffer.value)})) : failed(buffer.error);
}

PortAnswer revoke_dmabuf(World& w, Arguments a) {
  const File* file = w.find<File>(a[0]);
  if (file == nullptr || file->file == nullptr) return failed(EBADF);
  auto* const buffer = dynamic_cast<hw::DmaBuffer*>(file->file.get());
  if (buffer == nullptr) return failed(EINVAL);
  buffer->revoke(a[1] != 0);
  return {};
}

PortAnswer close_file(World& w, Arguments a) {
  File* file = w.find<File>(a[0]);
  if (file == nullptr || file->file == nullptr) return unsupported("there is no such file in the client");
  file->file = nullptr;
  return {};
}

constexpr std::uint32_t kUnknownOption = 9;
constexpr std::uint16_t kUnknownOperation = 9;

hw::Option get(std::uint32_t option, hw::ObjectId object) {
  return {option, static_cast<std::uint16_t>(hw::Option::Operation::get), object, 0};
}

PortAnswer set_rlimit_mode(World& w, Arguments a) {
  if (a[3] != 0) return no_struct();
  hw::Option request;
  request.option_id = a[2] != 0 ? hw::kOptionRlimitMode : kUnknownOption;
  request.value = a[0];
  request.object_id = a[1] != 0 ? 1 : 0;
  return failed(w.iommufd->option(request).error);
}

PortAnswer set_large_pages(World& w, Arguments a) {
  if (a[3] != 0) return no_struct();
  hw::Option request;
  request.option_id = hw::kOptionHugePages;
  request.object_id = w.id(a[0]);
  request.value = a[1];
  if (a[2] == 0) request.operation = kUnknownOperation;
  return failed(w.iommufd->option(request).error);
}

PortAnswer read_or_write(World& w, Arguments a) {
  if (a[2] > hw::kPinLimit) return failed(ENOMEM);  // no buffer is longer
  // What is in it does not matter; to clear megabytes for each call takes long.
  thread_local std::vector<std::byte> buffer;
  if (buffer.size() < a[2]) buffer.resize(a[2]);
  const std::span<std::byte> bytes = std::span(buffer).first(a[2]);
  const bool slow = a[4] != 0;
  return failed(a[3] != 0 ? w.iommufd->access_write(w.id(a[0]), a[1], bytes, slow)
                          : w.iommufd->access_read(w.id(a[0]), a[1], bytes, slow));
}

constexpr auto kIoasOperations = std::to_array<Operation>({
    {"ioas.alloc", 1,
     [](World& w, Arguments a) {
       const auto ioas = w.iommufd->ioas_alloc(a[0] != 0 ? kUnknownFlag : 0);
       return ioas.ok() ? w.made(ioas.value, Kind::ioas) : failed(ioas.error);
     }},
    {"ioas.destroy", 1, [](World& w, Arguments a) { return w.destroy(a[0], Kind::ioas); }},
    {"ioas.map", 6, [](World& w, Arguments a) { return map(w, a, true); }},
    {"ioas.map_anywhere", 6, [](World& w, Arguments a) { return map(w, a, false); }},
    {"ioas.map_file", 7, [](World& w, Arguments a) { return map_file(w, a, true); }},
    {"ioas.map_file_anywhere", 7, [](World& w, Arguments a) { return map_file(w, a, false); }},
    {"ioas.copy", 7, [](World& w, Arguments a) { return copy(w, a, true); }},
    {"ioas.copy_anywhere", 7, [](World& w, Arguments a) { return copy(w, a, false); }},
    {"ioas.unmap", 3, [](World& w, Arguments a) { return with_result(w.iommufd->ioas_unmap(w.id(a[0]), a[1], a[2])); }},
    {"ioas.reserve", 3, [](World& w, Arguments a) { return failed(w.iommufd->ioas_reserve(w.id(a[0]), a[1], a[2])); }},
    {"ioas.change_process", 1,
     [](World& w, Arguments a) { return a[0] != 0 ? no_struct() : failed(w.iommufd->ioas_change_process()); }},
    {"ioas.get_physical_address", 2,
     [](World& w, Arguments a) { return with_result(w.iommufd->ioas_physical_address(w.id(a[0]), a[1])); }},
    {"memory.pins", 1, pins},
    {"client.list", 1,
     [](World& w, Arguments a) {
       return succeeded(w.add(List{{}, a[0]}));
     }},
    {"client.append", 3, append},
    {"ioas.allow", 3, allow},
    {"ioas.ranges", 3, ranges},
    {"ioas.reserved_at", 2, reserved_at},
    {"ioas.alignment", 1, alignment},
    {"client.open_file", 2, open_file},
    {"client.close_file", 1, close_file},
    {"client.open_dmabuf", 1, open_dmabuf},
    {"dmabuf.revoke", 2, revoke_dmabuf},
    {"file.release", 2,
     [](World& w, Arguments) {
       w.release();
       return PortAnswer{};
     }},
    {"option.set_rlimit_mode", 4, set_rlimit_mode},
    {"option.rlimit_mode", 0,
     [](World& w, Arguments) { return with_result(w.iommufd->option(get(hw::kOptionRlimitMode, 0))); }},
    {"option.set_large_pages", 4, set_large_pages},
    {"option.large_pages", 1,
     [](World& w, Arguments a) { return with_result(w.iommufd->option(get(hw::kOptionHugePages, w.id(a[0])))); }},
    {"access.create", 2,
     [](World& w, Arguments a) { return with_result(w.iommufd->access_create(w.id(a[0]), a[1] != 0)); }},
    {"access.replace", 2,
     [](World& w, Arguments a) { return failed(w.iommufd->access_replace(w.id(a[0]), w.id(a[1]))); }},
    {"access.destroy", 1, [](World& w, Arguments a) { return failed(w.iommufd->access_destroy(w.id(a[0]))); }},
    {"access.pin", 4,
     [](World& w,
        Arguments a) { return with_result(w.iommufd->access_pin(w.id(a[0]), a[1], a[2], a[3] != 0), kPinBit); }},
    {"access.rw", 5, read_or_write},
    {"access.unpin", 2, [](World& w, Arguments a) { return failed(w.iommufd->access_unpin(w.id(a[0]), pin(a[1]))); }},
});

}  // namespace

std::span<const Operation> ioas_operations() { return kIoasOperations; }

}  // namespace HW_REFERENCE_VARIANT
}  // namespace iolaw::hw_port
