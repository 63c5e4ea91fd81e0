// SPDX-License-Identifier: Apache-2.0
// smmu_qemu_diff QEMU [CASES [SEED]]: random stage-1 configurations, tables and accesses, run on this model and on
// QEMU's SMMUv3. One line for each kind of difference, with the first case; exit code 1 if one of them is not a known
// one.
#include <fmt/format.h>

#include <cstdlib>
#include <map>
#include <tuple>
#include <vector>

#include "hw_reference/smmu/test/qemu/device_pair.hpp"

namespace hw::smmu::testing {
namespace {

// What a case contains that QEMU is known to judge otherwise than the architecture; seen with QEMU 7.2.
enum Quirk : unsigned { kWideOutput = 1, kNoAccessFlag = 2, kEarlyBlock = 4, kReadOnlyTable = 8, kBypass = 16 };

struct Known {
  unsigned ours, theirs;
  Quirk quirk;
  const char* what;
};
constexpr Known kKnown[] = {
    {0x11, 0x00, kBypass, "does not compare bypassed addresses with OAS"},
    {0x11, 0x00, kWideOutput, "does not compare output addresses with IPS"},
    {0x11, 0x0b, kWideOutput, "does not compare table addresses with IPS"},
    {0x11, 0x10, kWideOutput, "does not compare table addresses with IPS"},
    {0x11, 0x13, kWideOutput, "does not compare output addresses with IPS"},
    {0x12, 0x00, kNoAccessFlag, "does not look at the access flag"},
    {0x12, 0x13, kNoAccessFlag, "does not look at the access flag"},
    {0x10, 0x00, kEarlyBlock, "takes blocks at levels that have none"},
    {0x10, 0x13, kEarlyBlock, "takes blocks at levels that have none"},
    {0x0b, 0x13, kReadOnlyTable, "applies APTable before it has read the levels below"},
    {0x10, 0x13, kReadOnlyTable, "applies APTable before it has read the levels below"},
    {0x11, 0x13, kReadOnlyTable, "applies APTable before it has read the levels below"},
    {0x12, 0x13, kReadOnlyTable, "applies APTable before it has read the levels below"},
};

const char* known(unsigned ours, unsigned theirs, unsigned quirks) {
  for (const Known& one : kKnown) {
    if (one.ours == ours && one.theirs == theirs && (quirks & one.quirk)) return one.what;
  }
  return nullptr;
}

// One random configuration with one path of tables.
class Case {
 public:
  Case(Pair& pair, Chooser& chooser) : pair_(pair), chooser_(chooser) {
    granule_ = 12 + 2 * static_cast<unsigned>(chooser_.below(3));
    size_ = 16 + static_cast<unsigned>(chooser_.below(24));
    const unsigned ips = static_cast<unsigned>(chooser_.below(5));
    output_bits_ = std::min(decode_address_size(ips), pair_.ours.features().output_bits);
    const std::uint64_t tg = granule_ == 12 ? 0 : granule_ == 16 ? 1 : 2;
    std::uint64_t cd = size_ | tg << 6 | 1ull << 30 | 1ull << 31 | std::uint64_t{ips} << 32 | 1ull << 41 | 1ull << 45 |
                       1ull << 46 | 0x77ull << 48;
    std::uint64_t ste = 1 | 5 << 1 | kContext;
    // One in four has a single bit of the interesting kind flipped.
    constexpr unsigned kContextBits[] = {1, 5, 6, 7, 14, 15, 31, 35, 41, 42, 43, 44, 46};
    constexpr unsigned kStreamBits[] = {0, 1, 2, 3, 59, 60};
    if (chooser_.chance(64)) cd ^= 1ull << kContextBits[chooser_.below(std::size(kContextBits))];
    if (chooser_.chance(24)) ste ^= 1ull << kStreamBits[chooser_.below(std::size(kStreamBits))];
    pair_.poke(kContext, cd);
    pair_.poke(kContext + 8, kTables | (chooser_.chance(64) ? 2 : 0));
    pair_.poke(kStreams + 64 * QemuProcess::kStream, ste);
    if (field(ste, 3, 1) == 4) quirks_ |= kBypass;
    text_ = fmt::format("STE {:#x} CD {:#x}", ste, cd);
    build();
    pair_.run(command::cfgi_all());
    pair_.run(command::tlbi_nsnh_all());
  }

  // Leaves no descriptors to cases that follow.
  ~Case() {
    for (PhysAddr slot : slots_) pair_.poke(slot, 0);
  }

  std::uint64_t input() {
    std::uint64_t at = target_ + (chooser_.below(4) << 2);
    // QEMU gives its SMMU no addresses beyond 48 bits.
    if (chooser_.chance(24)) at ^= 1ull << (12 + chooser_.below(36));
    if (size_ > 16 && chooser_.chance(8)) at |= 1ull << (64 - size_);
    return at;
  }
  const std::string& text() const { return text_; }
  unsigned quirks() const { return quirks_; }

 private:
  // Tables from the root to a leaf for `target_`, with a flaw now and then.
  void build() {
    const unsigned stride = granule_ - 3, bits = 64 - size_;
    target_ = (chooser_.next() & low_bits(bits)) & ~low_bits(granule_);
    unsigned level = 4 - (bits - granule_ + stride - 1) / stride;
    PhysAddr table = kTables;
    for (;; ++level) {
      const unsigned shift = granule_ + (3 - level) * stride;
      const std::uint64_t index = (target_ & low_bits(bits)) >> shift & (low_bits(stride));
      const PhysAddr slot = table + 8 * index;
      const bool leaf = level == 3 || (level == 2 && chooser_.chance(64)) || chooser_.chance(8);
      std::uint64_t d = 0;
      if (leaf) {
        const std::uint64_t output =
            align_down(chooser_.chance(24) ? 1ull << (41 + chooser_.below(3)) : kData, 1ull << granule_);
        d = align_down(output, 1ull << std::min(shift, 27u)) | (level == 3 ? 3 : 1) | 1ull << 10 | 1ull << 11;
        d |= 1ull << 6;  // QEMU does not tell user from privileged accesses
        d |= chooser_.chance(64) ? 1ull << 7 : 0;
        if (chooser_.chance(16)) {
          d ^= 1ull << 10;
          quirks_ |= kNoAccessFlag;
        }
        if (chooser_.chance(16)) d ^= 1ull << chooser_.below(2);
      } else {
        table += 0x20'0000;
        d = (chooser_.chance(4) ? 1ull << 42 : table) | 3;
        if (chooser_.chance(24)) {
          d |= 1ull << 62;
          quirks_ |= kReadOnlyTable;
        }
        if (chooser_.chance(4)) d = 0;
      }
      if (address_field(d, 47, 12) > low_bits(output_bits_)) quirks_ |= kWideOutput;
      if (leaf && level < 2 && !(granule_ == 12 && level == 1)) quirks_ |= kEarlyBlock;
      pair_.poke(slot, d);
      slots_.push_back(slot);
      text_ += fmt::format(" L{} {:#x}", level, d);
      if (leaf) return;
    }
  }

  Pair& pair_;
  Chooser& chooser_;
  unsigned granule_ = 12, size_ = 16;
  std::uint64_t target_ = 0;
  unsigned output_bits_ = 48;
  unsigned quirks_ = 0;
  std::vector<PhysAddr> slots_;
  std::string text_;
};

// Counts of what agreed and what did not.
class Report {
 public:
  void add(const Outcome& ours, const Outcome& theirs, unsigned quirks, const std::string& text) {
    if (ours == theirs) {
      ++agreed_[ours.code];
      return;
    }
    const char* what = known(ours.code, theirs.code, quirks);
    unknown_ |= what == nullptr;
    auto& [count, first] = differences_[{ours.code, theirs.code, what ? what : "UNKNOWN"}];
    if (count++ == 0) first = text;
  }
  void print(const char* title) const {
    fmt::print("{}\n", title);
    for (const auto& [code, count] : agreed_) fmt::print("  both {:#04x}: {}\n", code, count);
    for (const auto& [what, seen] : differences_) {
      fmt::print("  ours {:#04x}, QEMU {:#04x}: {} ({})\n    {}\n", std::get<0>(what), std::get<1>(what), seen.first,
                 std::get<2>(what), seen.second);
    }
  }
  bool unknown() const { return unknown_; }

 private:
  std::map<unsigned, unsigned> agreed_;
  std::map<std::tuple<unsigned, unsigned, std::string>, std::pair<unsigned, std::string>> differences_;
  bool unknown_ = false;
};

// Configurations, tables and faults. Each access is the first after an invalidation, so that only walks are compared.
bool compare_walks(Pair& pair, unsigned cases, std::uint64_t seed) {
  Chooser chooser(seed);
  Report report;
  for (unsigned i = 0; i < cases; ++i) {
    Case one(pair, chooser);
    for (unsigned j = 0; j < 3; ++j) {
      const std::uint64_t iova = one.input();
      const bool write = chooser.chance(128);
      const auto [ours, theirs] = pair.access(iova, write);
      report.add(ours, theirs, one.quirks(),
                 fmt::format("{} iova {:#x} {}", one.text(), iova, write ? "write" : "read"));
      pair.run(command::tlbi_nsnh_all());
    }
  }
  report.print(fmt::format("walks: {} configurations, {} accesses", cases, 3 * cases).c_str());
  return !report.unknown();
}

// What stays in the TLB, and what each TLBI removes: pages come and go, invalidations are sent or forgotten.
bool compare_invalidations(Pair& pair, unsigned cases, std::uint64_t seed) {
  constexpr unsigned kPages = 12;
  constexpr std::uint16_t kAsid = 0x77;
  constexpr std::uint64_t kBase = 0x40'0000;
  Chooser chooser(seed);
  Report report;
  for (unsigned i = 0; i < cases; ++i) {
    pair.poke(kContext, 39 | 1ull << 30 | 1ull << 31 | 4ull << 32 | 1ull << 41 | 1ull << 45 | 1ull << 46 |
                            std::uint64_t{kAsid} << 48);
    pair.poke(kContext + 8, kTables);
    pair.poke(kStreams + 64 * QemuProcess::kStream, 1 | 5 << 1 | kContext);
    pair.poke(kTables + 8 * (kBase >> 21), (kTables + 0x1000) | 3);
    for (unsigned page = 0; page < kPages; ++page) pair.poke(kTables + 0x1000 + 8 * page, 0);
    pair.run(command::cfgi_all());
    pair.run(command::tlbi_nsnh_all());
    std::string text;
    for (unsigned step = 0; step < 20; ++step) {
      const std::uint64_t page = chooser.below(kPages), at = kBase + (page << 12);
      const std::uint16_t asid = chooser.chance(192) ? kAsid : kAsid + 1;
      switch (chooser.below(12)) {
        case 0:
        case 1:
        case 2:
          pair.poke(kTables + 0x1000 + 8 * page, (kData + (chooser.below(64) << 12)) | 0xc43);
          text += fmt::format(" map {}", page);
          break;
        case 3:
          pair.poke(kTables + 0x1000 + 8 * page, 0);
          text += fmt::format(" unmap {}", page);
          break;
        case 4:
          pair.run(command::tlbi_nh_va(0, asid, at, true));
          text += fmt::format(" va {} {:#x}", page, asid);
          break;
        case 5:
          pair.run(command::tlbi_nh_vaa(0, at, false));
          text += fmt::format(" vaa {}", page);
          break;
        case 6:
          if (chooser.chance(96)) pair.run(command::tlbi_nh_asid(0, asid));
          text += fmt::format(" asid {:#x}", asid);
          break;
        case 7: {
          const unsigned num = static_cast<unsigned>(chooser.below(5)), scale = static_cast<unsigned>(chooser.below(3));
          pair.run(command::with_range(command::tlbi_nh_va(0, asid, at, true), 1, 3, num, scale));
          text += fmt::format(" range {} {} {} {:#x}", page, num, scale, asid);
          break;
        }
        default: {
          const auto [ours, theirs] = pair.access(at, chooser.chance(192));
          text += fmt::format(" use {}", page);
          report.add(ours, theirs, 0, text);
          break;
        }
      }
    }
  }
  report.print(fmt::format("invalidations: {} scripts", cases).c_str());
  return !report.unknown();
}

}  // namespace
}  // namespace hw::smmu::testing

int main(int argc, char** argv) {
  if (argc < 2) {
    fmt::print(stderr, "usage: smmu_qemu_diff QEMU [CASES [SEED]]\n");
    return 64;
  }
  const unsigned cases = argc > 2 ? static_cast<unsigned>(std::strtoul(argv[2], nullptr, 0)) : 4000;
  const std::uint64_t seed = argc > 3 ? std::strtoull(argv[3], nullptr, 0) : 1;
  try {
    hw::smmu::testing::Pair pair(argv[1]);
    const bool walks = hw::smmu::testing::compare_walks(pair, cases, seed);
    const bool invalidations = hw::smmu::testing::compare_invalidations(pair, cases / 4, seed);
    return walks && invalidations ? 0 : 1;
  } catch (const std::exception& error) {
    fmt::print(stderr, "smmu_qemu_diff: {}\n", error.what());
    return 70;
  }
}
