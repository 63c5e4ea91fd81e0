// SPDX-License-Identifier: Apache-2.0
// Which pages to use for a range (linux drivers/iommu/iommu.c, iommu_pgsize).
#pragma once

#include <cstdint>

namespace hw::domain {

struct PageRun {
  std::uint64_t page_size;  // bytes
  std::uint64_t count;
};

// The greatest page that the alignment and the size permit at the head of a range, and how many of them until a greater
// one fits or the range ends. `sizes`: a mask of page sizes; iova, address and size > 0 are multiples of the smallest.
// To unmap, pass the IOVA as the address.
PageRun choose_pages(std::uint64_t sizes, std::uint64_t iova, std::uint64_t address, std::uint64_t size);

}  // namespace hw::domain
