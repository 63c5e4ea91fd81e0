// SPDX-License-Identifier: Apache-2.0
// The shape of LPAE tables: levels, granules, descriptors (Arm ARM, VMSAv8-64; 4K, 16K and 64K granules).
#pragma once

#include <cstdint>

#include "hw_reference/smmu/bus.hpp"

namespace hw::smmu {

inline constexpr unsigned kLastLevel = 3;

// A tree of tables. The first level may be smaller than a table, or up to 16 tables side by side (stage 2).
struct Geometry {
  unsigned granule_shift = 12;  // 12, 14, 16
  unsigned input_bits = 48;
  unsigned start_level = 0;
  unsigned output_bits = 48;  // beyond them: F_ADDR_SIZE
  bool wide_output = false;   // descriptors have PA[51:48] in bits [15:12] (64K granule, OAS 52)
  PhysAddr root = 0;          // aligned to the size of the first level

  unsigned stride() const { return granule_shift - 3; }
  // One entry at `level` covers 2^level_shift bytes.
  unsigned level_shift(unsigned level) const { return granule_shift + (kLastLevel - level) * stride(); }
  unsigned index(unsigned level, std::uint64_t input) const;
  // Bytes of the first level, at least 64.
  std::uint64_t root_bytes() const;
};

// The start level that TxSZ implies in stage 1, where tables are not concatenated.
unsigned stage1_start_level(unsigned granule_shift, unsigned input_bits);

// TG0 and S2TG share an encoding (0: 4K, 1: 64K, 2: 16K), TG1 has another (1: 16K, 2: 4K, 3: 64K). 0: reserved.
unsigned decode_tg0(unsigned encoding);
unsigned decode_tg1(unsigned encoding);

enum class DescriptorKind : std::uint8_t { invalid, table, leaf };

DescriptorKind classify(const Geometry& geometry, unsigned level, std::uint64_t descriptor);

// The address in a table or leaf descriptor, cut to the alignment that its kind demands.
std::uint64_t descriptor_address(const Geometry& geometry, std::uint64_t descriptor, unsigned alignment_shift);

// log2 of the number of adjacent entries that the contiguous hint joins at `level`; 0 where it has no meaning.
unsigned contiguous_shift(const Geometry& geometry, unsigned level);

// Descriptor bits that the SMMU reads or writes.
namespace descriptor {
inline constexpr unsigned kAccessFlag = 10;
inline constexpr unsigned kNotGlobal = 11;
inline constexpr unsigned kNoTranslation = 16;  // nT, in blocks: do not cache
inline constexpr unsigned kDirtyManaged = 51;   // DBM
inline constexpr unsigned kContiguous = 52;
inline constexpr unsigned kUser = 6;         // stage 1 AP[1]
inline constexpr unsigned kReadOnly = 7;     // stage 1 AP[2]
inline constexpr unsigned kStage2Read = 6;   // S2AP[0]
inline constexpr unsigned kStage2Write = 7;  // S2AP[1]
inline constexpr unsigned kPrivilegedNoExecute = 53;
inline constexpr unsigned kNoExecute = 54;
inline constexpr unsigned kTablePrivilegedNoExecute = 59;
inline constexpr unsigned kTableNoExecute = 60;
inline constexpr unsigned kTableNoUser = 61;
inline constexpr unsigned kTableReadOnly = 62;
}  // namespace descriptor

}  // namespace hw::smmu
