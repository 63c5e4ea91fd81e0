// SPDX-License-Identifier: Apache-2.0
// Scripts with queues, virtual IOMMUs and VFIO's calls.
#include <sys/mman.h>

#include <array>

#include "hw_reference/uapi/test/allocation_scripts.hpp"

namespace hw_reference::uapi {

namespace {

constexpr std::uint64_t kFarForGuests = kIova + 0x100'0000;

// A container of VFIO without large pages.
std::uint32_t container(Caller& c) {
  c.open();
  const std::uint32_t space = c.ioas();
  VfioIoasCommand set{0, space, kVfioIoasSet, 0};
  c.request(kVfioIoas, set);
  c.call([&] { return c.door.ioctl(c.fd, VFIO_SET_IOMMU, VFIO_TYPE1_IOMMU); });
  return space;
}

long map_dma(Caller& c, std::uint64_t page, std::uint64_t pages, std::uint64_t iova) {
  vfio_iommu_type1_dma_map m{sizeof m, VFIO_DMA_MAP_FLAG_READ | VFIO_DMA_MAP_FLAG_WRITE, Caller::memory().at(page),
                             iova, pages * kPageSize};
  return c.call([&] { return c.door.ioctl(c.fd, VFIO_IOMMU_MAP_DMA, address(&m)); });
}

// May divide an area at one end before it lacks memory for the other.
long unmap_dma(Caller& c, std::uint64_t iova, std::uint64_t pages) {
  struct Unmap {
    std::uint32_t size, flags;  // its argsz is where others have their size
    std::uint64_t iova, bytes;
  } u{0, 0, iova, pages * kPageSize};
  return c.request(VFIO_IOMMU_UNMAP_DMA, u, /*may_stop_half_way=*/true);
}

void attached_to_nested(Caller& c, std::uint32_t& idev, Client::VirtualIommu& virt) {
  c.open();
  const std::uint32_t space = c.ioas();
  const auto dev = c.device(space);
  virt = c.viommu(dev.idev, space);
  c.vdevice(virt.id, dev.idev, 9);
  c.replace(dev.stdev, c.nested(dev.idev, virt.id));
  idev = dev.idev;
}

const std::array kGuestScripts = {
    // ---- page requests ----
    Script{"fault_queues",
           [](Caller& c) {
             c.open();
             const auto queue = c.faults();
             c.faults(), c.call([&] { return c.door.close(static_cast<int>(queue.out_fault_fd)); });
             c.destroy(queue.out_fault_id), c.faults();
           }},
    Script{"faults_are_read_and_answered",
           [](Caller& c) {
             c.open();
             const auto queue = c.faults();
             const auto out = static_cast<int>(queue.out_fault_fd);
             const std::uint32_t space = c.ioas();
             const auto dev = c.device(space);
             c.replace(dev.stdev, c.hwpt(dev.idev, space, kHwptFaultIdValid, queue.out_fault_id));
             TestCommand t{};
             t.trigger_iopf = {dev.idev, 0, 0, 1, 0x1000};
             c.test(TestOp::trigger_iopf, 0, t), c.test(TestOp::trigger_iopf, 0, t);
             std::array<PageFault, 4> got{};
             c.call([&] { return c.door.read(out, address(&got), sizeof(PageFault)); });
             c.call([&] { return c.door.read(out, address(&got), sizeof got); });
             PageResponse answer{1, 0};
             c.call([&] { return c.door.write(out, address(&answer), sizeof answer); });
             c.destroy(dev.stdev);
           }},
    // ---- virtual IOMMUs ----
    Script{"viommu_and_its_registers",
           [](Caller& c) {
             c.open();
             const std::uint32_t space = c.ioas();
             const auto dev = c.device(space);
             const auto virt = c.viommu(dev.idev, space);
             c.viommu(dev.idev, space), c.destroy(virt.id), c.viommu(dev.idev, space);
           }},
    Script{"registers_are_mapped",
           [](Caller& c) {
             c.open();
             const std::uint32_t space = c.ioas();
             const auto virt = c.viommu(c.device(space).idev, space);
             const auto at = static_cast<std::uint64_t>(c.call([&] {
               return c.door.mmap(0, virt.length, PROT_READ, MAP_SHARED, c.fd, static_cast<off_t>(virt.offset));
             }));
             c.call([&] { return c.door.fork(at); });
             c.call([&] { return c.door.exit(1); });
             c.call([&] { return c.door.munmap(at, kPageSize); });
             c.call([&] { return c.door.munmap(at, 2 * kPageSize); });
           }},
    Script{"vdevices",
           [](Caller& c) {
             c.open();
             const std::uint32_t space = c.ioas();
             const auto dev = c.device(space), other = c.device(space);
             const auto virt = c.viommu(dev.idev, space);
             c.vdevice(virt.id, dev.idev, 1), c.vdevice(virt.id, other.idev, 1);
             const std::uint32_t place = c.vdevice(virt.id, other.idev, 2);
             c.destroy(place), c.vdevice(virt.id, other.idev, 3), c.destroy(dev.stdev);
           }},
    Script{"nested_tables",
           [](Caller& c) {
             c.open();
             const std::uint32_t space = c.ioas();
             const auto dev = c.device(space);
             const auto virt = c.viommu(dev.idev, space);
             c.vdevice(virt.id, dev.idev, 9);
             const std::uint32_t first = c.nested(dev.idev, virt.parent), second = c.nested(dev.idev, virt.id);
             c.replace(dev.stdev, first), c.replace(dev.stdev, second), c.destroy(first);
           }},
    Script{"invalidations",
           [](Caller& c) {
             std::uint32_t idev = 0;
             Client::VirtualIommu virt{};
             attached_to_nested(c, idev, virt);
             std::array<std::uint32_t, 12> entries = {0, 9, 1, 0, 0, 9, 2, 0};
             for (const std::uint32_t length : {12U, 16U, 8U}) {
               HwptInvalidateCommand i{0, virt.id, address(&entries), kMockViommuInvalidateType, length, 2, 0};
               c.request(kHwptInvalidate, i);
             }
           }},
    Script{"event_queues",
           [](Caller& c) {
             c.open();
             const std::uint32_t space = c.ioas();
             const auto virt = c.viommu(c.device(space).idev, space);
             const auto queue = c.events(virt.id, 2);
             c.events(virt.id, 2), c.call([&] { return c.door.close(static_cast<int>(queue.out_veventq_fd)); });
             c.destroy(queue.out_veventq_id), c.events(virt.id, 2);
           }},
    Script{"events_are_read",
           [](Caller& c) {
             std::uint32_t idev = 0;
             Client::VirtualIommu virt{};
             attached_to_nested(c, idev, virt);
             const auto out = static_cast<int>(c.events(virt.id, 4).out_veventq_fd);
             std::array<std::uint32_t, 16> got{};
             c.call([&] { return c.door.read(out, address(&got), sizeof got); });
           }},
    Script{"hardware_queues",
           [](Caller& c) {
             c.open();
             const std::uint32_t space = c.ioas();
             const auto virt = c.viommu(c.device(space).idev, space);
             c.map(space, 0, 8, kIova), c.hw_queue(virt.id, 0, kIova, 2), c.hw_queue(virt.id, 1, kIova + kPageSize, 1);
             c.hw_queue(virt.id, 0, kIova, 1), c.hw_queue(virt.id, 1, kFarForGuests, 1);
           }},
    Script{"hardware_queue_goes",
           [](Caller& c) {
             c.open();
             const std::uint32_t space = c.ioas();
             const auto virt = c.viommu(c.device(space).idev, space);
             c.map(space, 0, 8, kIova);
             HwQueueAllocCommand q{0, 0, virt.id, kMockHwQueueType, 0, 0, kIova, kPageSize};
             c.request(kHwQueueAlloc, q), c.unmap(space, kIova, 8), c.destroy(q.out_hw_queue_id),
                 c.unmap(space, kIova, 8);
           }},
    // ---- VFIO ----
    Script{"vfio_map_and_unmap", [](Caller& c) { container(c), map_dma(c, 0, 4, kIova), unmap_dma(c, kIova, 4); }},
    Script{"vfio_pokes_a_hole",
           [](Caller& c) {
             const std::uint32_t space = container(c);
             c.device(space), map_dma(c, 0, 8, kIova), unmap_dma(c, kIova + 2 * kPageSize, 3), unmap_dma(c, kIova, 8);
           }},
    Script{"vfio_pokes_many_holes",
           [](Caller& c) {
             const std::uint32_t space = container(c);
             c.device(space), map_dma(c, 0, 100, kIova);
             for (std::uint64_t i = 1; i < 100; i += 2) unmap_dma(c, kIova + i * kPageSize, 1);
           }},
    Script{"vfio_information",
           [](Caller& c) {
             c.device(container(c));
             std::array<std::uint32_t, 40> info{};
             c.call([&] {
               info[0] = sizeof info;
               return c.door.ioctl(c.fd, VFIO_IOMMU_GET_INFO, address(&info));
             });
             c.call([&] { return c.door.ioctl(c.fd, VFIO_CHECK_EXTENSION, VFIO_DMA_CC_IOMMU); });
           }},
    // ---- the end ----
    Script{"closed_with_everything_in_it",
           [](Caller& c) {
             std::uint32_t idev = 0;
             Client::VirtualIommu virt{};
             attached_to_nested(c, idev, virt);
             c.map(1, 0, 8, kIova), c.hw_queue(virt.id, 0, kIova, 2), c.pin(c.access(1), kIova, 2),
                 c.events(virt.id, 1);
             c.call([&] { return c.door.close(c.fd); });
           }},
    Script{"errors_change_nothing",
           [](Caller& c) {
             c.open();
             c.map(99, 0, 1, kIova), c.copy(99, 98, 1, kIova, kIova), c.unmap(99, kIova, 1), c.destroy(99);
             c.device(99), c.hwpt(99, 99, 0), c.access(99), c.viommu(99, 99), c.events(99, 1),
                 c.hw_queue(99, 0, kIova, 1);
             c.map_file(c.ioas(), -1, 1, kIova);
           }},
};

}  // namespace

std::span<const Script> scripts_of_guests() { return kGuestScripts; }

}  // namespace hw_reference::uapi
