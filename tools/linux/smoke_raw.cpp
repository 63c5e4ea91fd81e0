// SPDX-License-Identifier: Apache-2.0
// DMA buffers, bitmaps of many pages and waiting for events by ioctls of its own, without the port.
#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <array>
#include <bit>
#include <cerrno>

#include "tools/linux/smoke.hpp"
#include "tools/ports/dev_iommu/uapi_objects.hpp"
#include "tools/ports/dev_iommu/uapi_test.hpp"

namespace iolaw::smoke {
namespace {

using namespace dev_iommu;

std::uint64_t address_of(const void* pointer) { return reinterpret_cast<std::uintptr_t>(pointer); }

// A file of /dev/iommu with an IOAS and a mock device on it.
class Raw {
 public:
  explicit Raw(Client& client) : client_(client), fd_(open("/dev/iommu", O_RDWR | O_CLOEXEC)) {
    IoasAlloc alloc;
    does(kIoasAlloc, alloc);
    ioas = alloc.out_ioas_id;
  }
  ~Raw() { close(fd_); }
  Raw(const Raw&) = delete;
  Raw& operator=(const Raw&) = delete;

  // 0 or an errno.
  template <class Struct>
  int ask(unsigned long command, Struct& argument) {
    return ioctl(fd_, command, &argument) == 0 ? 0 : errno;
  }
  template <class Struct>
  void does(unsigned long command, Struct& argument, unsigned line = __builtin_LINE()) {
    client_.expect(ask(command, argument), 0, "errno", line);
  }
  template <class Struct>
  void fails(int error, unsigned long command, Struct& argument, unsigned line = __builtin_LINE()) {
    client_.expect(ask(command, argument), error, "errno", line);
  }
  void expect(std::uint64_t got, std::uint64_t expected, const char* what, unsigned line = __builtin_LINE()) {
    client_.expect(got, expected, what, line);
  }

  TestCommand attach(std::uint32_t target) {
    TestCommand command(TestOp::mock_domain, target);
    does(kTest, command);
    return command;
  }
  void map(std::uint64_t length, std::uint64_t iova) {
    IoasMap command;
    command.ioas_id = ioas;
    command.flags = kFixedIova | kReadable | kWriteable;
    command.user_va = kMemory;
    command.length = length;
    command.iova = iova;
    does(kIoasMap, command);
  }
  int map_dmabuf(int dmabuf, std::uint64_t start, std::uint64_t length, std::uint64_t iova) {
    IoasMapFile command;
    command.ioas_id = ioas;
    command.flags = kFixedIova | kReadable | kWriteable;
    command.fd = dmabuf;
    command.start = start;
    command.length = length;
    command.iova = iova;
    return ask(kIoasMapFile, command);
  }
  void unmap(std::uint64_t iova, std::uint64_t length) {
    IoasUnmap command;
    command.ioas_id = ioas;
    command.iova = iova;
    command.length = length;
    does(kIoasUnmap, command);
  }
  // The driver answers 0 instead of the descriptor, which is the lowest free one.
  int make_dmabuf(std::uint32_t length) {
    const int next = dup(fd_);
    close(next);
    TestCommand command(TestOp::dmabuf_get, 0);
    command.dmabuf_get = {length, O_CLOEXEC | O_RDWR};
    does(kTest, command);
    expect(fcntl(next, F_GETFD) >= 0, 1, "a descriptor of the dma-buf");
    return next;
  }
  void revoke(int dmabuf, bool revoked) {
    TestCommand command(TestOp::dmabuf_revoke, 0);
    command.dmabuf_revoke = {dmabuf, revoked ? 1U : 0U};
    does(kTest, command);
  }

  std::uint32_t ioas = 0;

 private:
  Client& client_;
  int fd_;
};

void dmabuf(Client& client) {
  Raw raw(client);
  const int buffer = raw.make_dmabuf(4 * kPage);
  raw.expect(static_cast<std::uint64_t>(raw.map_dmabuf(buffer, 0, 5 * kPage, kBase)), EINVAL, "errno behind the end");
  raw.expect(static_cast<std::uint64_t>(raw.map_dmabuf(buffer, kPage, 2 * kPage, kBase)), 0, "errno");
  raw.attach(raw.ioas);
  raw.attach(raw.ioas);
  raw.expect(static_cast<std::uint64_t>(raw.map_dmabuf(buffer, 0, 4 * kPage, kBase + 16 * kPage)), 0, "errno");
  // The CPU neither pins nor reads what only devices reach.
  TestCommand create(TestOp::create_access, raw.ioas);
  create.create_access.flags = kAccessNeedsPin;
  raw.does(kTest, create);
  const std::uint32_t access = create.create_access.out_access_fd;
  TestCommand pin(TestOp::access_pages, access);
  pin.access_pages = {0, 0, kBase, kPage, 0};
  raw.fails(EINVAL, kTest, pin);
  std::array<char, 16> bytes = {};
  TestCommand read(TestOp::access_rw, access);
  read.access_rw = {kBase, bytes.size(), address_of(bytes.data()), 0};
  raw.fails(EINVAL, kTest, read);
  close(static_cast<int>(access));
  // Revoked, it leaves every page table, takes no new mapping, and new page tables are built without it.
  raw.revoke(buffer, true);
  raw.expect(static_cast<std::uint64_t>(raw.map_dmabuf(buffer, 0, kPage, kBase + 32 * kPage)), ENODEV, "errno revoked");
  HwptAlloc alloc;
  alloc.dev_id = raw.attach(raw.ioas).mock_domain.out_idev_id;
  alloc.pt_id = raw.ioas;
  raw.does(kHwptAlloc, alloc);
  raw.unmap(kBase, 2 * kPage);
  raw.unmap(kBase + 16 * kPage, 4 * kPage);
  close(buffer);
}

void dmabuf_area_split(Client& client) {
  Raw raw(client);
  Option option;
  option.option_id = kOptionHugePages;
  option.object_id = raw.ioas;
  option.val64 = 0;
  raw.does(kOption, option);
  const int buffer = raw.make_dmabuf(8 * kPage);
  raw.expect(static_cast<std::uint64_t>(raw.map_dmabuf(buffer, 0, 8 * kPage, kBase)), 0, "errno");
  raw.attach(raw.ioas);
  raw.revoke(buffer, true);
  raw.revoke(buffer, false);
  raw.unmap(kBase, 8 * kPage);
  close(buffer);
}

// What devices wrote is found in a bitmap of any size and at any place, once.
void bitmap(Client& client) {
  Raw raw(client);
  const std::uint32_t device = raw.attach(raw.ioas).mock_domain.out_idev_id;
  HwptAlloc alloc;
  alloc.dev_id = device;
  alloc.pt_id = raw.ioas;
  alloc.flags = 2;  // tracks what devices write
  raw.does(kHwptAlloc, alloc);
  raw.map(16 * kPage, kBase);
  HwptSetDirtyTracking track;
  track.hwpt_id = alloc.out_hwpt_id;
  track.flags = kDirtyEnable;
  raw.does(kHwptSetDirtyTracking, track);

  std::array<std::uint64_t, 4 * kPage / 8> marks = {};
  // Starts odd bytes before the end of a page, so that the bitmap crosses it.
  auto* const found = reinterpret_cast<std::uint8_t*>(marks.data()) + kPage - 1;
  for (const std::uint64_t page_size : {std::uint64_t{2048}, kPage}) {
    const std::uint8_t written[] = {0xa5, 0x81};
    TestCommand write(TestOp::dirty, alloc.out_hwpt_id);
    write.dirty = {0, kBase, 16 * kPage, kPage, address_of(written), 0};
    raw.does(kTest, write);
    for (const bool keep : {true, false, false}) {
      marks = {};
      HwptGetDirtyBitmap read;
      read.hwpt_id = alloc.out_hwpt_id;
      read.flags = keep ? kDirtyNoClear : 0;
      read.iova = kBase;
      read.length = 16 * kPage;
      read.page_size = page_size;
      read.data = address_of(found);
      raw.does(kHwptGetDirtyBitmap, read);
      int bits = 0;
      for (const std::uint64_t word : marks) bits += std::popcount(word);
      static bool first = true;
      if (first || keep) raw.expect(bits >= 6, 1, "pages found written");
      first = keep;
    }
  }
}

// Nobody waits for what is there already, and a queue without events has none.
void waiting(Client& client) {
  Raw raw(client);
  FaultQueueAlloc alloc;
  raw.does(kFaultQueueAlloc, alloc);
  pollfd queue{static_cast<int>(alloc.out_fault_fd), POLLIN | POLLOUT, 0};
  raw.expect(static_cast<std::uint64_t>(poll(&queue, 1, 0)), 1, "queues ready");
  raw.expect(static_cast<std::uint64_t>(queue.revents), POLLOUT, "events");
  const std::uint32_t device = raw.attach(raw.ioas).mock_domain.out_stdev_id;
  static_cast<void>(device);
  close(queue.fd);
}

}  // namespace

std::vector<Case> raw_cases() {
  return {{"dmabuf.revoke", dmabuf},
          {"dmabuf.map", dmabuf_area_split},
          {"hwpt.read_dirty.bitmap", bitmap},
          {"fault_queue.poll", waiting}};
}

}  // namespace iolaw::smoke
