// SPDX-License-Identifier: Apache-2.0
#include "hw_reference/uapi/test/allocation_scripts.hpp"

namespace hw_reference::uapi {

Caller::~Caller() { close_all(); }

const Pages& Caller::memory() {
  static const Pages pages(kPages);
  return pages;
}

void Caller::close_all() {
  for (const int other : others) door.close(other);
  for (const int device : devices) door.close(device);
  others.clear();
  devices.clear();
}

int Caller::open() {
  devices.reserve(devices.size() + 1);
  fd = static_cast<int>(call([this] { return door.open(O_RDWR); }));
  devices.push_back(fd);
  return fd;
}

std::uint32_t Caller::ioas() {
  IoasAllocCommand c{};
  request(kIoasAlloc, c);
  return c.out_ioas_id;
}

long Caller::map(std::uint32_t space, std::uint64_t page, std::uint64_t pages, std::uint64_t iova) {
  IoasMapCommand c{0, kFixed, space, 0, memory().at(page), pages * kPageSize, iova};
  return request(kIoasMap, c);
}

long Caller::map_file(std::uint32_t space, int file, std::uint64_t pages, std::uint64_t iova) {
  IoasMapFileCommand c{0, kFixed, space, file, 0, pages * kPageSize, iova};
  return request(kIoasMapFile, c);
}

long Caller::copy(std::uint32_t to, std::uint32_t from, std::uint64_t pages, std::uint64_t dst, std::uint64_t src) {
  IoasCopyCommand c{0, kFixed, to, from, pages * kPageSize, dst, src};
  return request(kIoasCopy, c);
}

long Caller::unmap(std::uint32_t space, std::uint64_t iova, std::uint64_t pages) {
  IoasUnmapCommand c{0, space, iova, pages * kPageSize};
  return request(kIoasUnmap, c);
}

long Caller::destroy(std::uint32_t id) {
  DestroyCommand c{0, id};
  return request(kDestroy, c);
}

Client::Device Caller::device(std::uint32_t pt, std::uint32_t flags) {
  TestCommand c{};
  c.mock_domain.dev_flags = flags;
  test(TestOp::mock_domain_flags, pt, c);
  return {c.mock_domain.out_stdev_id, c.mock_domain.out_hwpt_id, c.mock_domain.out_idev_id};
}

long Caller::replace(std::uint32_t stdev, std::uint32_t pt) {
  TestCommand c{};
  c.mock_domain_replace.pt_id = pt;
  return test(TestOp::mock_domain_replace, stdev, c);
}

long Caller::pasid(TestOp op, std::uint32_t stdev, std::uint32_t pasid, std::uint32_t pt) {
  TestCommand c{};
  c.pasid_attach = {pasid, pt};
  return test(op, stdev, c);
}

std::uint32_t Caller::hwpt(std::uint32_t dev, std::uint32_t pt, std::uint32_t flags, std::uint32_t faults) {
  HwptAllocCommand c{0, flags, dev, pt, 0, 0, 0, 0, 0, faults, 0};
  request(kHwptAlloc, c);
  return c.out_hwpt_id;
}

std::uint32_t Caller::nested(std::uint32_t dev, std::uint32_t pt) {
  MockHwptData data{5, 0};
  HwptAllocCommand c{0, 0, dev, pt, 0, 0, kMockHwptType, sizeof data, address(&data), 0, 0};
  request(kHwptAlloc, c);
  return c.out_hwpt_id;
}

std::uint32_t Caller::access(std::uint32_t space, std::uint32_t flags) {
  TestCommand c{};
  c.create_access.flags = flags;
  if (test(TestOp::create_access, space, c) == 0) others.push_back(static_cast<int>(c.create_access.out_access_fd));
  return c.create_access.out_access_fd;
}

long Caller::pin(std::uint32_t access, std::uint64_t iova, std::uint64_t pages) {
  TestCommand c{};
  c.access_pages = {kAccessWrite, 0, iova, pages * kPageSize, 0};
  return test(TestOp::access_pages, access, c);
}

long Caller::unpin(std::uint32_t access, std::uint32_t number) {
  TestCommand c{};
  c.destroy_access_pages.access_pages_id = number;
  return test(TestOp::destroy_access_pages, access, c);
}

FaultQueueAllocCommand Caller::faults() {
  FaultQueueAllocCommand c{};
  if (request(kFaultQueueAlloc, c) == 0) others.push_back(static_cast<int>(c.out_fault_fd));
  return c;
}

Client::VirtualIommu Caller::viommu(std::uint32_t dev, std::uint32_t space) {
  const std::uint32_t parent = hwpt(dev, space, kHwptNestParent);
  MockViommuData data{7, 0, 0, 0};
  ViommuAllocCommand c{0, 0, kMockViommuType, dev, parent, 0, sizeof data, 0, address(&data)};
  request(kViommuAlloc, c);
  return {c.out_viommu_id, parent, data.out_mmap_offset, data.out_mmap_length};
}

std::uint32_t Caller::vdevice(std::uint32_t viommu, std::uint32_t dev, std::uint64_t virt_id) {
  VdeviceAllocCommand c{0, viommu, dev, 0, virt_id};
  request(kVdeviceAlloc, c);
  return c.out_vdevice_id;
}

VeventqAllocCommand Caller::events(std::uint32_t viommu, std::uint32_t depth) {
  VeventqAllocCommand c{0, 0, viommu, kMockVeventqType, depth, 0, 0, 0};
  if (request(kVeventqAlloc, c) == 0) others.push_back(static_cast<int>(c.out_veventq_fd));
  return c;
}

long Caller::hw_queue(std::uint32_t viommu, std::uint32_t index, std::uint64_t iova, std::uint64_t pages) {
  HwQueueAllocCommand c{0, 0, viommu, kMockHwQueueType, index, 0, iova, pages * kPageSize};
  return request(kHwQueueAlloc, c);
}

}  // namespace hw_reference::uapi
