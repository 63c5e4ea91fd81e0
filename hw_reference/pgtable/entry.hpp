// SPDX-License-Identifier: Apache-2.0
// Access to descriptors that the IOMMU may be reading.
#pragma once

#include <cstdint>

namespace hw_reference::pgtable {

inline std::uint64_t load(const std::uint64_t* entry) { return __atomic_load_n(entry, __ATOMIC_RELAXED); }
inline void store(std::uint64_t* entry, std::uint64_t value) { __atomic_store_n(entry, value, __ATOMIC_RELAXED); }
// What was written before is visible to whoever sees the entry.
inline void publish(std::uint64_t* entry, std::uint64_t value) { __atomic_store_n(entry, value, __ATOMIC_RELEASE); }

}  // namespace hw_reference::pgtable
