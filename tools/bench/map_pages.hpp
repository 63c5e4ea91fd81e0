// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <random>
#include <vector>

#include "hw_reference/memory/client_memory.hpp"

// Maps pages at `address` one after another; `scattered`: no two frames are adjacent.
inline void map_pages(hw_reference::ClientMemory& client, std::uint64_t address, std::uint64_t pages, bool scattered) {
  if (scattered) {
    std::vector<std::uint64_t> order(pages);
    std::iota(order.begin(), order.end(), 0);
    for (const std::uint64_t page : order) client.map(address + page * hw_reference::kPageSize, 1);
    std::shuffle(order.begin(), order.end(), std::mt19937_64(1));
    for (const std::uint64_t page : order) client.unmap(address + page * hw_reference::kPageSize);
  }
  client.map(address, pages);
}
