// SPDX-License-Identifier: Apache-2.0
#include "hw_reference/pgtable/format.hpp"

#include <algorithm>

namespace hw_reference::pgtable {

namespace {

// Descriptor bits, Arm ARM D8 "VMSAv8-64 descriptor formats".
constexpr std::uint64_t kAccessFlag = 1ull << 10;
constexpr std::uint64_t kNotGlobal = 1ull << 11;
constexpr std::uint64_t kOuterShareable = 2ull << 8;
constexpr std::uint64_t kInnerShareable = 3ull << 8;
constexpr std::uint64_t kNever = 3ull << 53;    // stage 1: UXN and PXN
constexpr std::uint64_t kNever2 = 2ull << 53;   // stage 2: XN
constexpr std::uint64_t kUser = 1ull << 6;      // stage 1 AP[1]
constexpr std::uint64_t kReadOnly = 1ull << 7;  // stage 1 AP[2]
constexpr std::uint64_t kRead2 = 1ull << 6;     // S2AP
constexpr std::uint64_t kWrite2 = 1ull << 7;
// Stage 1: indexes into a MAIR of 0x44, 0xff, 0x04. Stage 2: MemAttr itself.
constexpr unsigned kAttributes = 2;
constexpr std::uint64_t kNormalNc = 0, kWriteBack = 1, kDeviceMemory = 2;
constexpr std::uint64_t kNormalNc2 = 0x5, kWriteBack2 = 0xf, kDeviceMemory2 = 0x1;

unsigned size_field(unsigned bits) {
  constexpr unsigned kSizes[] = {32, 36, 40, 42, 44, 48, 52};
  unsigned field = 0;
  while (kSizes[field] < bits) ++field;
  return field;
}

}  // namespace

std::optional<Format> Format::make(const Shape& shape) {
  const unsigned granule = shape.granule_shift;
  if (granule != 12 && granule != 14 && granule != 16) return std::nullopt;
  const unsigned most = granule == 16 ? 52 : 48;
  for (const unsigned bits : {shape.input_bits, shape.output_bits})
    if (bits < 32 || bits > most) return std::nullopt;
  return Format(shape);
}

Format::Format(const Shape& shape) : shape_(shape) {
  const unsigned granule = shape.granule_shift;
  const unsigned levels = (shape.input_bits - granule + stride() - 1) / stride();
  start_ = kLast + 1 - levels;
  // Stage 2 may put up to 16 tables side by side instead of a level of few entries.
  if (shape.stage == Stage::two && start_ < kLast && shape.input_bits - shift(start_) <= 4) ++start_;
  const unsigned highest_block = granule == 12 || (granule == 16 && shape.output_bits > 48) ? 1 : 2;
  page_sizes_ = 0;
  for (unsigned level = std::max(start_, highest_block); level <= kLast; ++level)
    if (shift(level) <= shape.input_bits) page_sizes_ |= std::uint64_t{1} << shift(level);
  if (shape.contiguous) {
    for (unsigned level = std::max(start_, 2U); level <= kLast; ++level)
      if (const unsigned more = contiguous_shift(level)) page_sizes_ |= std::uint64_t{1} << (shift(level) + more);
  }
  dirty_bit_ = shape.stage == Stage::one ? kReadOnly : kWrite2;
  dirty_value_ = shape.stage == Stage::one ? 0 : kWrite2;
  address_mask_ = ((std::uint64_t{1} << 48) - 1) & ~((std::uint64_t{1} << granule) - 1);
  if (wide()) address_mask_ |= 0xf000;
}

unsigned Format::contiguous_shift(unsigned level) const {
  if (!shape_.contiguous || level < 2 || level > kLast) return 0;
  const unsigned wanted = shape_.granule_shift == 12 ? 4 : shape_.granule_shift == 14 && level == kLast ? 7 : 5;
  return entries(level) >> wanted != 0 ? wanted : 0;
}

unsigned Format::root_shift() const { return std::max(6U, shape_.input_bits - shift(start_) + 3); }

RootFields Format::root_fields() const {
  RootFields fields{};
  fields.tsz = 64 - shape_.input_bits;
  fields.tg = shape_.granule_shift == 12 ? 0 : shape_.granule_shift == 16 ? 1 : 2;
  if (shape_.stage == Stage::two) fields.sl0 = shape_.granule_shift == 12 ? 2 - start_ : 3 - start_;
  fields.size = size_field(shape_.output_bits);
  return fields;
}

std::optional<unsigned> Format::level_of(std::uint64_t page_size) const {
  for (unsigned level = start_; level <= kLast; ++level)
    for (const unsigned more : {0U, contiguous_shift(level)})
      if (page_size == std::uint64_t{1} << (shift(level) + more) && (page_sizes_ & page_size) != 0) return level;
  return std::nullopt;
}

std::uint64_t Format::leaf_bits(unsigned level, Prot prot) const {
  std::uint64_t bits = (level == kLast ? 3 : 1) | kAccessFlag;
  const bool cached = (prot & kCache) != 0 && (prot & kDevice) == 0;
  bits |= cached ? kInnerShareable : kOuterShareable;
  const bool tracked = shape_.dirty && (prot & kWrite) != 0;
  if (tracked) bits |= kTracked;
  if (shape_.stage == Stage::one) {
    bits |= kNotGlobal;
    if ((prot & kWrite) == 0 || tracked) bits |= kReadOnly;
    if ((prot & kPrivileged) == 0) bits |= kUser;
    if ((prot & kNoExecute) != 0) bits |= kNever;
    bits |= ((prot & kDevice) != 0 ? kDeviceMemory : cached ? kWriteBack : kNormalNc) << kAttributes;
  } else {
    if ((prot & kRead) != 0) bits |= kRead2;
    if ((prot & kWrite) != 0 && !tracked) bits |= kWrite2;
    if ((prot & kNoExecute) != 0) bits |= kNever2;
    bits |= ((prot & kDevice) != 0 ? kDeviceMemory2 : cached ? kWriteBack2 : kNormalNc2) << kAttributes;
  }
  return bits;
}

Prot Format::prot(std::uint64_t leaf) const {
  Prot prot = 0;
  if (shape_.stage == Stage::one) {
    prot |= kRead;
    if ((leaf & kReadOnly) == 0 || (leaf & kTracked) != 0) prot |= kWrite;
    if ((leaf & kUser) == 0) prot |= kPrivileged;
    if ((leaf & kNever) != 0) prot |= kNoExecute;
    const std::uint64_t index = leaf >> kAttributes & 7;
    prot |= index == kDeviceMemory ? kDevice : index == kWriteBack ? kCache : 0;
  } else {
    if ((leaf & kRead2) != 0) prot |= kRead;
    if ((leaf & (kWrite2 | kTracked)) != 0) prot |= kWrite;
    if ((leaf & kNever2) != 0) prot |= kNoExecute;
    const std::uint64_t attributes = leaf >> kAttributes & 15;
    prot |= attributes == kDeviceMemory2 ? kDevice : attributes == kWriteBack2 ? kCache : 0;
  }
  return prot;
}

}  // namespace hw_reference::pgtable
