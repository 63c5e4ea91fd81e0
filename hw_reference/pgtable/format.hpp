// SPDX-License-Identifier: Apache-2.0
// The shape of Arm LPAE (VMSAv8-64) translation tables and what stands in their descriptors.
#pragma once

#include <cstdint>
#include <optional>

#include "hw_reference/pgtable/prot.hpp"

namespace hw_reference::pgtable {

enum class Stage : std::uint8_t { one, two };

struct Shape {
  Stage stage = Stage::one;
  unsigned granule_shift = 12;  // log2 of the bytes in a page and in a table: 12, 14 or 16
  unsigned input_bits = 48;     // of an IOVA or IPA: 32..48, with the 64K granule ..52
  unsigned output_bits = 48;    // of a physical address: 32..48, with the 64K granule ..52
  bool contiguous = false;      // also leaves of adjacent entries that are marked as one (the contiguous hint)
  bool dirty = false;           // writable leaves start clean, and the IOMMU marks what is written (HTTU)
};

// What the STE or CD says about a table.
struct RootFields {
  unsigned tsz;   // T0SZ, S2T0SZ
  unsigned tg;    // TG0, S2TG: 0 4K, 1 64K, 2 16K
  unsigned sl0;   // S2SL0; 0 in stage 1
  unsigned size;  // IPS, S2PS
};

// Levels count from 0; leaves of level 3 are pages, those above are blocks. Immutable.
class Format {
 public:
  static constexpr unsigned kLast = 3;

  // None if no such format exists.
  static std::optional<Format> make(const Shape& shape);

  const Shape& shape() const { return shape_; }
  unsigned start_level() const { return start_; }
  // log2 of the bytes of the first level, up to 16 tables side by side in stage 2; at least 64 bytes.
  unsigned root_shift() const;
  RootFields root_fields() const;

  // One entry at `level` covers 2^shift bytes.
  unsigned shift(unsigned level) const { return shape_.granule_shift + (kLast - level) * stride(); }
  unsigned stride() const { return shape_.granule_shift - 3; }  // log2 of the entries of a table
  // The entry for an input address, relative to the first of its table.
  std::uint64_t index(unsigned level, std::uint64_t input) const {
    const std::uint64_t whole = input >> shift(level);
    return level == start_ ? whole : whole & ((std::uint64_t{1} << stride()) - 1);
  }
  // Entries of a table, of the whole first level.
  std::uint64_t entries(unsigned level) const {
    return std::uint64_t{1} << (level == start_ ? shape_.input_bits - shift(level) : stride());
  }

  // log2 of the entries of `level` that the contiguous hint makes one leaf; 0: no such leaf.
  unsigned contiguous_shift(unsigned level) const;

  // The leaf sizes in bytes, as a mask; and the level of one, none if it is not supported.
  std::uint64_t page_sizes() const { return page_sizes_; }
  std::optional<unsigned> level_of(std::uint64_t page_size) const;

  bool wide() const { return shape_.output_bits > 48; }  // PA[51:48] stand in bits 15..12

  // Descriptors. Addresses are aligned to what they describe.
  static constexpr std::uint64_t kValid = 1;
  static constexpr std::uint64_t kContiguous = std::uint64_t{1} << 52;
  std::uint64_t table(std::uint64_t address) const { return address_bits(address) | 3; }
  std::uint64_t leaf(unsigned level, std::uint64_t address, Prot prot) const {
    return address_bits(address) | leaf_bits(level, prot);
  }
  // The bits of a leaf that do not depend on its address.
  std::uint64_t leaf_bits(unsigned level, Prot prot) const;
  static bool is_valid(std::uint64_t descriptor) { return (descriptor & kValid) != 0; }
  static bool is_table(unsigned level, std::uint64_t descriptor) { return level < kLast && (descriptor & 3) == 3; }
  // A leaf of its own above the last level.
  static bool is_block(std::uint64_t descriptor) { return (descriptor & (3 | kContiguous)) == kValid; }
  std::uint64_t address(std::uint64_t descriptor) const {
    std::uint64_t address = descriptor & address_mask_;
    if (wide()) address = (address & ~std::uint64_t{0xf000}) | (address & 0xf000) << 36;
    return address;
  }
  Prot prot(std::uint64_t leaf) const;
  // Whether the IOMMU has marked a leaf as written. It does so by one bit, which means written if it is set in stage 2,
  // and if it is clear in stage 1.
  bool is_dirty(std::uint64_t leaf) const { return (leaf & kTracked) != 0 && (leaf & dirty_bit_) == dirty_value_; }
  std::uint64_t dirty_bit() const { return dirty_bit_; }
  bool dirty_is_set() const { return dirty_value_ != 0; }
  std::uint64_t address_bits(std::uint64_t address) const {
    return wide() ? (address & 0xffff'ffff'0000) | (address >> 48 << 12) : address;
  }

 private:
  explicit Format(const Shape& shape);

  Shape shape_;
  unsigned start_;
  std::uint64_t page_sizes_;
  std::uint64_t address_mask_;
  static constexpr std::uint64_t kTracked = std::uint64_t{1} << 51;  // DBM
  std::uint64_t dirty_bit_;    // stage 1: AP[2], read-only; stage 2: S2AP[1], writable
  std::uint64_t dirty_value_;  // of that bit in a dirty leaf
};

}  // namespace hw_reference::pgtable
