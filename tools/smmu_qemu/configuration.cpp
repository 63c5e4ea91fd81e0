// SPDX-License-Identifier: Apache-2.0
#include "tools/smmu_qemu/configuration.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "hw_reference/smmu/bits.hpp"
#include "hw_reference/smmu/geometry.hpp"

namespace smmu_qemu {

using hw::address_field;
using hw::align_down;
using hw::low_bits;

namespace {

constexpr std::uint64_t kBlock = 0x20'0000;

unsigned granule_code(unsigned shift) { return shift == 12 ? 0 : shift == 16 ? 1 : 2; }  // TG0 and S2TG

// Bits whose meaning both devices have.
constexpr std::pair<unsigned, std::uint64_t> kEntryBits[] = {
    {0, 0xf800'0000'0000'000f}, {1, 0x0000'0000'3000'0003}, {2, 0x0597'c0ff'0000'00ff}};
constexpr std::pair<unsigned, std::uint64_t> kContextBits[] = {{0, 0x0000'7e8f'c0ff'c0ff}};

// Values at which QEMU 10 ends itself: the reserved granule of stage 2, and address sizes above 48 bits.
bool ends_qemu(bool is_entry, unsigned word, std::uint64_t value) {
  if (is_entry) return word == 2 && (hw::field(value, 47, 46) == 3 || hw::field(value, 50, 48) >= 6);
  return word == 0 && hw::field(value, 34, 32) >= 6;
}

}  // namespace

Configuration::Configuration(DevicePair& pair, smmu::Chooser& chooser, Mode mode, bool mutate)
    : pair_(pair), chooser_(chooser), mode_(mode) {
  std::uint64_t context[4] = {}, entry[4] = {};
  // Also where only stage 1 is meant: a changed Config must not find AArch32 tables, at which QEMU 10 ends itself.
  if (pair.features().stage2) choose_stage2(entry);
  if (mode != Mode::stage2) choose_stage1(context);
  entry[0] = 1 | (mode == Mode::stage1 ? 5 : mode == Mode::stage2 ? 6 : 7) << 1;
  entry[0] |= kContext;  // also where a changed Config alone makes it matter
  if (mutate) {
    flip(entry, "STE", mode == Mode::stage2 ? 256 : 144);
    if (mode != Mode::stage2) flip(context, "CD", 144);
    const auto limit = [&](std::uint64_t code) {
      return std::min(smmu::decode_address_size(static_cast<unsigned>(code)), pair_.features().output_bits);
    };
    first_.output_bits = limit(hw::field(context[0], 34, 32));
    second_.output_bits = limit(hw::field(entry[2], 50, 48));
  }
  if ((entry[0] >> 1 & 7) == 4) sighting_.traits |= kBypass;
  std::copy(entry, entry + 4, sighting_.stream_entry);
  std::copy(context, context + 4, sighting_.context);
  for (unsigned i = 0; i < 4; ++i) {
    pair_.poke(kStreamEntry + 8 * i, entry[i]);
    pair_.poke(kContext + 8 * i, context[i]);
  }
  text_ += fmt::format("STE {:#x} {:#x} {:#x} {:#x} CD {:#x} {:#x}", entry[0], entry[1], entry[2], entry[3], context[0],
                       context[1]);
  const Path& outer = mode == Mode::stage2 ? second_ : first_;
  target_ = chooser_.next() & low_bits(outer.bits) & ~low_bits(outer.granule);
  build(outer, target_);
  if (pair.features().stage2 && mode != Mode::stage2) cover_ram(second_);
  pair_.run(smmu::command::cfgi_all());
  pair_.run(smmu::command::tlbi_nsnh_all());
}

Configuration::~Configuration() {
  for (PhysAddr slot : slots_) pair_.poke(slot, 0);
}

void Configuration::choose_stage1(std::uint64_t (&context)[4]) {
  first_.granule = 12 + 2 * static_cast<unsigned>(chooser_.below(3));
  const unsigned size = 16 + static_cast<unsigned>(chooser_.below(24));
  const unsigned ips = static_cast<unsigned>(chooser_.below(5));
  first_.bits = 64 - size;
  first_.level = smmu::stage1_start_level(first_.granule, first_.bits);
  first_.output_bits = std::min(smmu::decode_address_size(ips), pair_.features().output_bits);
  context[0] = size | granule_code(first_.granule) << 6 | 1ull << 30 | 1ull << 31 | std::uint64_t{ips} << 32 |
               1ull << 41 | 1ull << 45 | 1ull << 46 | 0x77ull << 48;
  context[1] = kTables | (chance(64) ? 2 : 0);
}

void Configuration::choose_stage2(std::uint64_t (&entry)[4]) {
  // Under a guest the tables are plain, so that each fault is of the block that has the flaw.
  const bool plain = mode_ != Mode::stage2;
  second_.granule = plain ? 12 : 12 + 2 * static_cast<unsigned>(chooser_.below(3));
  const unsigned least = 64 - pair_.features().output_bits;
  const unsigned size =
      plain ? 24 : std::max(16u, least) + static_cast<unsigned>(chooser_.below(40 - std::max(16u, least)));
  second_.bits = 64 - size;
  const unsigned stride = second_.granule - 3;
  // The lowest level at which the first table, with up to 16 side by side, is enough; or the one above.
  unsigned level = 3;
  while (level > 0 && second_.bits > second_.granule + (3 - level + 1) * stride + (level > 0 ? 4 : 0)) --level;
  if (level > 0 && chance(96) && second_.bits > second_.granule + (3 - level + 1) * stride) --level;
  if (level == 3 && second_.granule == 12) level = 2;
  unsigned sl0 = second_.granule == 12 ? 2 - std::min(level, 2u) : 3 - level;
  if (!plain && chance(16)) sl0 = static_cast<unsigned>(chooser_.below(4));
  second_.level = plain ? 1 : level;
  if (plain) sl0 = 1;
  const unsigned ps = plain ? 4 : static_cast<unsigned>(chooser_.below(6));
  second_.output_bits = std::min(smmu::decode_address_size(ps), pair_.features().output_bits);
  entry[2] = 5 | std::uint64_t{size} << 32 | std::uint64_t{sl0} << 38 |
             std::uint64_t{granule_code(second_.granule)} << 46 | std::uint64_t{ps} << 48 | 1ull << 51 | 1ull << 58;
  if (!plain && chance(64)) entry[2] |= 1ull << 53;  // S2AFFD
  entry[3] = kSecond;
}

void Configuration::flip(std::uint64_t (&words)[4], const char* name, unsigned how_often) {
  if (!chance(how_often)) return;
  const bool is_entry = name[0] == 'S';
  for (unsigned n = 1 + static_cast<unsigned>(chooser_.below(2)); n > 0; --n) {
    const auto [word, mask] = is_entry ? kEntryBits[chooser_.below(mode_ == Mode::stage1 ? 2 : 3)] : kContextBits[0];
    unsigned at = 0;
    do at = static_cast<unsigned>(chooser_.below(64));
    while ((mask >> at & 1) == 0);
    const std::uint64_t changed = words[word] ^ 1ull << at;
    if (ends_qemu(is_entry, word, changed)) continue;
    words[word] = changed;
    text_ += fmt::format("{} bit {} of word {} changed; ", name, at, word);
  }
}

void Configuration::put(PhysAddr at, std::uint64_t value) {
  pair_.poke(at, value);
  slots_.push_back(at);
}

// A page or block, perhaps with a flaw.
std::uint64_t Configuration::leaf(const Path& path, unsigned level, unsigned shift) {
  const std::uint64_t output = align_down(chance(24) ? 1ull << (41 + chooser_.below(3)) : kData, 1ull << path.granule);
  std::uint64_t d = align_down(output, 1ull << std::min(shift, 27u)) | (level == 3 ? 3 : 1) | 1ull << 10;
  if (path.stage == 1) {
    d |= 1ull << 11 | 1ull << 6;  // QEMU does not tell user from privileged accesses
    d |= chance(64) ? 1ull << 7 : 0;
  } else {
    d |= 0xf << 2 | 3ull << 6 | 3ull << 8;
    if (chance(64)) d ^= 1ull << (6 + chooser_.below(2));
  }
  if (chance(16)) {
    d ^= 1ull << 10;
    if (path.stage == 1) sighting_.traits |= kNoAccessFlag;
  }
  if (chance(16)) d ^= 1ull << chooser_.below(2);
  return d;
}

// Tables from the root to a leaf for `target`.
void Configuration::build(const Path& path, std::uint64_t target) {
  const unsigned stride = path.granule - 3;
  PhysAddr table = path.tables;
  for (unsigned level = path.level;; ++level) {
    const unsigned shift = path.granule + (3 - level) * stride;
    // The first level may be several tables side by side.
    const std::uint64_t index = level == path.level ? target >> shift : target >> shift & low_bits(stride);
    const PhysAddr slot = table + 8 * index;
    const bool is_leaf = level == 3 || (level == 2 && chance(64)) || chance(8);
    std::uint64_t d = 0;
    if (is_leaf) {
      d = leaf(path, level, shift);
    } else {
      table += kLevelStride;
      d = (chance(4) ? 1ull << 42 : table) | 3;
      if (path.stage == 1 && chance(24)) {
        d |= 1ull << 62;
        sighting_.traits |= kRestrictedTable;
      }
      if (chance(4)) d = 0;
    }
    if (address_field(d, 47, 12) > low_bits(path.output_bits)) sighting_.traits |= kWideOutput;
    if (is_leaf && level < 2 && !(path.granule == 12 && level == 1)) sighting_.traits |= kEarlyBlock;
    put(slot, d);
    text_ += fmt::format(" S{}L{} {:#x}", path.stage, level, d);
    if (is_leaf) return;
  }
}

// Stage 2 under a guest: 2 MiB blocks, the address itself, and one of those that the walk needs has a flaw.
void Configuration::cover_ram(const Path& path) {
  PhysAddr needed[6] = {kContext, kData};
  for (unsigned i = 0; i < 4; ++i) needed[2 + i] = kTables + i * kLevelStride;
  const PhysAddr flawed = mode_ == Mode::nested && chance(128) ? needed[chooser_.below(6)] : 0;
  const std::uint64_t how = chooser_.below(5);
  put(path.tables + 8 * (QemuProcess::kRam >> 30), (path.tables + kLevelStride) | 3);
  std::vector<PhysAddr> blocks(needed, needed + 6);
  for (const PhysAddr block : blocks) {
    std::uint64_t d = align_down(block, kBlock) | 1 | 0xf << 2 | 3ull << 6 | 3ull << 8 | 1ull << 10;
    if (block == flawed) {
      switch (how) {
        case 0:
          d = 0;
          break;
        case 1:
          d ^= 1ull << 6;
          break;
        case 2:
          d ^= 1ull << 7;
          break;
        case 3:
          d ^= 1ull << 10;
          break;
        default:
          d |= 1ull << 45;
          sighting_.traits |= kWideOutput;
          break;
      }
      text_ += fmt::format(" S2 of {:#x}: {:#x}", block, d);
    }
    put(path.tables + kLevelStride + 8 * (block >> 21 & 511), d);
  }
}

std::uint64_t Configuration::input() {
  const Path& outer = mode_ == Mode::stage2 ? second_ : first_;
  std::uint64_t at = target_ + (chooser_.below(4) << 2);
  // QEMU gives its SMMU no addresses beyond 48 bits.
  if (chance(24)) at ^= 1ull << (12 + chooser_.below(36));
  if (outer.bits < 48 && chance(8)) at |= 1ull << outer.bits;
  return at;
}

}  // namespace smmu_qemu
