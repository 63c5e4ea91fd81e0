// SPDX-License-Identifier: Apache-2.0
#include "hw_reference/uapi/test/allocation_scripts.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <array>

namespace hw_reference::uapi {

namespace {

constexpr std::uint64_t kFar = kIova + 0x100'0000;
constexpr std::uint64_t kMax = ~std::uint64_t{0};

// A file of some pages in memory, closed at the end.
class MemoryFile {
 public:
  explicit MemoryFile(std::uint64_t pages) : fd_(memfd_create("script", MFD_CLOEXEC)) {
    if (ftruncate(fd_, static_cast<off_t>(pages * kPageSize)) != 0) ADD_FAILURE();
  }
  ~MemoryFile() { close(fd_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  int fd() const { return fd_; }

 private:
  const int fd_;
};

const std::array kSpaceScripts = {
    // ---- files ----
    Script{"open_twice", [](Caller& c) { c.open(), c.open(), c.ioas(); }},
    Script{"dup_and_close",
           [](Caller& c) {
             const int first = c.open();
             const long copy = c.call([&] { return c.door.dup(first); });
             c.call([&] { return c.door.close(static_cast<int>(copy)); });
             c.ioas();
           }},
    // ---- address spaces ----
    Script{"many_ioas",
           [](Caller& c) {
             for (c.open(); c.ioas() < 40;) continue;
           }},
    Script{"ids_are_given_back",
           [](Caller& c) {
             c.open();
             const std::uint32_t first = c.ioas();
             c.ioas(), c.destroy(first), c.ioas(), c.ioas();
           }},
    Script{"map_one_page", [](Caller& c) { c.open(), c.map(c.ioas(), 0, 1, kIova); }},
    Script{"map_overlapping",
           [](Caller& c) {
             c.open();
             const std::uint32_t space = c.ioas();
             c.map(space, 0, 4, kIova), c.map(space, 4, 4, kIova + kPageSize), c.map(space, 4, 4, kFar);
           }},
    Script{"map_many_areas",
           [](Caller& c) {
             c.open();
             const std::uint32_t space = c.ioas();
             for (std::uint64_t i = 0; i < 70; ++i) c.map(space, i, 1, kIova + 2 * i * kPageSize);
             c.unmap(space, kIova, 200);
           }},
    Script{"map_anywhere",
           [](Caller& c) {
             c.open();
             IoasMapCommand m{0, kMapReadable, c.ioas(), 0, Caller::memory().at(0), 3 * kPageSize, 0};
             c.request(kIoasMap, m), c.request(kIoasMap, m);
           }},
    Script{"map_under_a_device",
           [](Caller& c) {
             c.open();
             const std::uint32_t space = c.ioas();
             c.device(space), c.map(space, 0, 8, kIova), c.map(space, 8, 1, kFar);
           }},
    Script{"map_more_than_a_chunk",
           [](Caller& c) {
             c.open();
             const std::uint32_t space = c.ioas();
             c.device(space), c.map(space, 0, Caller::kPages, kIova), c.unmap(space, kIova, Caller::kPages);
           }},
    Script{"map_bad_memory",
           [](Caller& c) {
             c.open();
             const std::uint32_t space = c.ioas();
             c.device(space), c.map(space, Caller::kPages - 600, 601, kIova), c.map(space, 0, 2, kIova);
           }},
    Script{"copy_one_area",
           [](Caller& c) {
             c.open();
             const std::uint32_t space = c.ioas();
             c.map(space, 0, 4, kIova), c.copy(c.ioas(), space, 2, kFar, kIova + kPageSize);
           }},
    Script{"copy_several_areas_under_a_device",
           [](Caller& c) {
             c.open();
             const std::uint32_t from = c.ioas(), to = c.ioas();
             c.map(from, 0, 1, kIova), c.map(from, 1, 600, kIova + kPageSize), c.device(to);
             c.copy(to, from, 601, kFar, kIova), c.unmap(to, kFar, 601);
           }},
    Script{"copy_then_lose_the_source",
           [](Caller& c) {
             c.open();
             const std::uint32_t from = c.ioas(), to = c.ioas();
             c.device(to), c.map(from, 0, 4, kIova), c.copy(to, from, 4, kIova, kIova), c.destroy(from);
           }},
    Script{"unmap_everything",
           [](Caller& c) {
             c.open();
             const std::uint32_t space = c.ioas();
             c.map(space, 0, 4, kIova), c.map(space, 4, 4, kFar);
             IoasUnmapCommand u{0, space, 0, kMax};
             c.request(kIoasUnmap, u);
           }},
    Script{"reserve_and_allow",
           [](Caller& c) {
             c.open();
             const std::uint32_t space = c.ioas();
             TestCommand t{};
             t.add_reserved = {0x1000, 0x1000};
             c.test(TestOp::add_reserved, space, t);
             std::array<Range, 3> list = {{{0x10000, 0x1ffff}, {0x30000, 0x3ffff}, {0x20000, 0x2ffff}}};
             IoasAllowIovasCommand a{0, space, 3, 0, address(&list)};
             c.request(kIoasAllowIovas, a), c.request(kIoasAllowIovas, a);
           }},
    Script{"ask_for_ranges",
           [](Caller& c) {
             c.open();
             const std::uint32_t space = c.ioas();
             TestCommand t{};
             t.add_reserved = {0x1000, 0x1000};
             c.test(TestOp::add_reserved, space, t);
             std::array<Range, 4> list{};
             IoasIovaRangesCommand a{0, space, 4, 0, address(&list), 0};
             c.request(kIoasIovaRanges, a);
             EXPECT_EQ(list[1].start, 0x2000U);
           }},
    Script{"map_files",
           [](Caller& c) {
             const MemoryFile file(4);
             c.open();
             const std::uint32_t space = c.ioas();
             c.map_file(space, file.fd(), 4, kIova), c.device(space), c.map_file(space, file.fd(), 2, kFar);
           }},
    Script{"map_a_short_file",
           [](Caller& c) {
             const MemoryFile file(1);
             c.open();
             const std::uint32_t space = c.ioas();
             c.device(space), c.map_file(space, file.fd(), 2, kIova), c.map_file(space, file.fd(), 1, kIova);
           }},
    Script{"dma_buffers",
           [](Caller& c) {
             c.open();
             const std::uint32_t space = c.ioas();
             const int buffer = dup(STDERR_FILENO);  // the lowest free descriptor
             close(buffer);
             c.others.push_back(buffer);
             TestCommand t{};
             t.dmabuf_get.length = 4 * kPageSize;
             EXPECT_EQ(c.test(TestOp::dmabuf_get, 0, t), 0);
             c.map_file(space, buffer, 4, kIova), c.device(space), c.map_file(space, buffer, 2, kFar);
             t.dmabuf_revoke = {buffer, 1};
             c.test(TestOp::dmabuf_revoke, 0, t), c.map_file(space, buffer, 1, kFar + 0x10000);
             c.unmap(space, kFar, 2);
           }},
    Script{"change_process",
           [](Caller& c) {
             const MemoryFile file(4);
             c.open();
             for (std::uint32_t i = 0; i < 3; ++i) c.map_file(c.ioas(), file.fd(), 4, kIova);
             c.device(1);
             IoasChangeProcessCommand p{};
             c.request(kIoasChangeProcess, p);
           }},
    Script{"options",
           [](Caller& c) {
             c.open();
             OptionCommand mode{0, kOptionRlimitMode, 0, 0, 0, 1};
             c.request(kOption, mode);
             OptionCommand pages{0, kOptionHugePages, 0, 0, c.ioas(), 0};
             c.request(kOption, pages), c.map(1, 0, 2, kIova), c.device(1);
           }},
    // ---- accesses ----
    Script{"create_accesses",
           [](Caller& c) {
             c.open();
             const std::uint32_t space = c.ioas();
             const auto user = static_cast<int>(c.access(space));
             c.access(space, 0), c.call([&] { return c.door.close(user); }), c.access(space);
           }},
    Script{"pin_and_unpin",
           [](Caller& c) {
             c.open();
             const std::uint32_t space = c.ioas();
             c.map(space, 0, 4, kIova);
             const std::uint32_t user = c.access(space);
             c.pin(user, kIova, 4), c.pin(user, kIova + kPageSize, 1), c.unpin(user, 0), c.unpin(user, 0),
                 c.unpin(user, 1);
           }},
    Script{"pin_across_areas_and_gaps",
           [](Caller& c) {
             c.open();
             const std::uint32_t space = c.ioas();
             c.map(space, 0, 2, kIova), c.map(space, 2, 600, kIova + 2 * kPageSize);
             const std::uint32_t user = c.access(space);
             c.pin(user, kIova, 602), c.pin(user, kIova, 603), c.unpin(user, 0);
           }},
    Script{"pins_let_go_of_what_is_unmapped",
           [](Caller& c) {
             c.open();
             const std::uint32_t space = c.ioas();
             c.map(space, 0, 4, kIova);
             const std::uint32_t user = c.access(space);
             c.pin(user, kIova, 2), c.pin(user, kIova, 4), c.unmap(space, kIova, 4), c.unpin(user, 0);
           }},
    Script{"access_moves",
           [](Caller& c) {
             c.open();
             const std::uint32_t from = c.ioas(), to = c.ioas();
             c.map(from, 0, 4, kIova), c.map(to, 0, 4, kIova);
             const std::uint32_t user = c.access(from);
             c.pin(user, kIova, 4);
             TestCommand t{};
             t.access_replace_ioas.ioas_id = to;
             c.test(TestOp::access_replace_ioas, user, t), c.pin(user, kIova, 1);
           }},
    Script{"access_reads_and_writes",
           [](Caller& c) {
             c.open();
             const std::uint32_t space = c.ioas();
             c.map(space, 0, 4, kIova), c.device(space);
             const std::uint32_t user = c.access(space);
             std::array<char, 5000> bytes{};
             for (const std::uint32_t flags : {0U, kRwWrite, kRwSlow, kRwSlow | kRwWrite}) {
               TestCommand t{};
               t.access_rw = {kIova + 100, sizeof bytes, address(&bytes), flags};
               c.test(TestOp::access_rw, user, t);
             }
           }},
    // ---- devices and tables ----
    Script{"attach_to_what_is_mapped",
           [](Caller& c) {
             c.open();
             const std::uint32_t space = c.ioas();
             c.map(space, 0, 1, kIova), c.map(space, 1, 600, kFar);
             const auto dev = c.device(space);
             c.device(space), c.destroy(dev.stdev);
           }},
    Script{"attach_to_what_cannot_be_pinned",
           [](Caller& c) {
             c.open();
             const std::uint32_t space = c.ioas();
             c.map(space, 0, 600, kIova), c.map(space, Caller::kPages, 1, kFar), c.device(space);
             c.unmap(space, kFar, 1), c.device(space);
           }},
    Script{"replace_by_another_ioas",
           [](Caller& c) {
             c.open();
             const std::uint32_t from = c.ioas(), to = c.ioas();
             c.map(from, 0, 4, kIova), c.map(to, 4, 4, kIova);
             const auto dev = c.device(from);
             c.replace(dev.stdev, to), c.replace(dev.stdev, from), c.destroy(dev.stdev);
           }},
    Script{"tables_of_a_user",
           [](Caller& c) {
             c.open();
             const std::uint32_t space = c.ioas();
             c.map(space, 0, 4, kIova);
             const auto dev = c.device(c.ioas());
             const std::uint32_t first = c.hwpt(dev.idev, space, 0),
                                 second = c.hwpt(dev.idev, space, kHwptDirtyTracking);
             c.replace(dev.stdev, first), c.replace(dev.stdev, second), c.destroy(first);
           }},
    Script{"table_with_no_such_queue",
           [](Caller& c) {
             c.open();
             const std::uint32_t space = c.ioas();
             c.map(space, 0, 4, kIova);
             const auto dev = c.device(c.ioas());
             c.hwpt(dev.idev, space, kHwptFaultIdValid, 999), c.hwpt(dev.idev, space, kHwptPasid);
           }},
    Script{"dirty_pages",
           [](Caller& c) {
             c.open();
             const std::uint32_t space = c.ioas();
             c.map(space, 0, 16, kIova);
             const auto dev = c.device(c.ioas());
             const std::uint32_t table = c.hwpt(dev.idev, space, kHwptDirtyTracking);
             HwptSetDirtyTrackingCommand enable{0, 1, table, 0};
             c.request(kHwptSetDirtyTracking, enable);
             std::uint64_t bits = 0x5a5a;
             TestCommand t{};
             t.dirty = {0, kIova, 16 * kPageSize, kPageSize, address(&bits), 0};
             // What it has marked when memory lacks stays marked, as what a device wrote does.
             c.test(TestOp::dirty, table, t);
             std::array<std::uint64_t, 4> bitmap{};
             HwptGetDirtyBitmapCommand get{0, table, 0, 0, kIova, 16 * kPageSize, kPageSize, address(&bitmap)};
             c.request(kHwptGetDirtyBitmap, get);
           }},
    Script{"pasids",
           [](Caller& c) {
             c.open();
             const std::uint32_t space = c.ioas();
             const auto dev = c.device(c.ioas(), 4);
             const std::uint32_t first = c.hwpt(dev.idev, space, kHwptPasid),
                                 second = c.hwpt(dev.idev, space, kHwptPasid);
             c.replace(dev.stdev, first), c.pasid(TestOp::pasid_attach, dev.stdev, 5, first);
             c.pasid(TestOp::pasid_replace, dev.stdev, 5, second), c.pasid(TestOp::pasid_detach, dev.stdev, 5, 0);
           }},
    Script{"hardware_information",
           [](Caller& c) {
             c.open();
             GetHwInfoCommand info{};
             std::array<char, 32> data{};
             info.dev_id = c.device(c.ioas()).idev;
             info.data_len = sizeof data;
             info.data_uptr = address(&data);
             c.request(kGetHwInfo, info);
           }},
};

}  // namespace

std::span<const Script> scripts_of_spaces() { return kSpaceScripts; }

}  // namespace hw_reference::uapi
