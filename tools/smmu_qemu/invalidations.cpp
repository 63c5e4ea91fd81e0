// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "hw_reference/smmu/bits.hpp"
#include "tools/smmu_qemu/campaigns.hpp"

namespace smmu_qemu {

namespace {

namespace command = smmu::command;

constexpr unsigned kPages = 12, kSteps = 20;
constexpr std::uint16_t kAsid = 0x77, kVmid = 5;
constexpr std::uint64_t kBase = 0x40'0000;

// Pages of one stage, 4 KiB, below one table.
class Script {
 public:
  Script(DevicePair& pair, smmu::Chooser& chooser, bool second) : pair_(pair), chooser_(chooser), second_(second) {
    const PhysAddr root = second ? kSecond : kTables;
    // 25 bits: the walk begins at level 2, in either stage.
    pair_.poke(kContext, 39 | 1ull << 30 | 1ull << 31 | 4ull << 32 | 1ull << 41 | 1ull << 45 | 1ull << 46 |
                             std::uint64_t{kAsid} << 48);
    pair_.poke(kContext + 8, kTables);
    pair_.poke(kStreamEntry, 1 | (second ? 6 << 1 : 5 << 1 | kContext));
    pair_.poke(kStreamEntry + 8, 0);
    pair_.poke(kStreamEntry + 16, second ? kVmid | 39ull << 32 | 4ull << 48 | 1ull << 51 | 1ull << 58 : 0);
    pair_.poke(kStreamEntry + 24, second ? kSecond : 0);
    pair_.poke(root + 8 * (kBase >> 21), (root + 0x1000) | 3);
    table_ = root + 0x1000;
    for (unsigned page = 0; page < kPages; ++page) pair_.poke(table_ + 8 * page, 0);
    pair_.run(command::cfgi_all());
    pair_.run(command::tlbi_nsnh_all());
  }
  ~Script() {
    for (unsigned page = 0; page < kPages; ++page) pair_.poke(table_ + 8 * page, 0);
    pair_.poke((second_ ? kSecond : kTables) + 8 * (kBase >> 21), 0);
  }
  Script(const Script&) = delete;
  Script& operator=(const Script&) = delete;

  void step(Report& report) {
    const std::uint64_t page = chooser_.below(kPages), at = kBase + (page << 12);
    switch (chooser_.below(9)) {
      case 0:
      case 1:
      case 2:
        pair_.poke(table_ + 8 * page, (kData + (chooser_.below(64) << 12)) | (second_ ? 0x7fd | 2 : 0xc43));
        text_ += fmt::format(" map {}", page);
        break;
      case 3:
        pair_.poke(table_ + 8 * page, 0);
        text_ += fmt::format(" unmap {}", page);
        break;
      case 4:
      case 5:
        second_ ? invalidate_second(page, at) : invalidate_first(page, at);
        break;
      default: {
        Sighting sighting;
        std::tie(sighting.ours, sighting.theirs) = pair_.access(at, chooser_.chance(192));
        text_ += fmt::format(" use {}", page);
        report.add(sighting, text_);
      }
    }
  }

 private:
  // num + 1 pages, shifted by scale.
  smmu::Command ranged(const smmu::Command& one, const char* name) {
    const unsigned num = static_cast<unsigned>(chooser_.below(5)), scale = static_cast<unsigned>(chooser_.below(3));
    text_ += fmt::format(" {} range {} {}", name, num, scale);
    return command::with_range(one, 1, 3, num, scale);
  }
  void invalidate_first(std::uint64_t page, std::uint64_t at) {
    const std::uint16_t asid = chooser_.chance(192) ? kAsid : kAsid + 1;
    switch (chooser_.below(5)) {
      case 0:
        text_ += fmt::format(" va {} {:#x}", page, asid);
        return pair_.run(command::tlbi_nh_va(0, asid, at, chooser_.chance(128)));
      case 1:
        text_ += fmt::format(" vaa {}", page);
        return pair_.run(command::tlbi_nh_vaa(0, at, false));
      case 2:
        text_ += fmt::format(" asid {:#x}", asid);
        return pair_.run(command::tlbi_nh_asid(0, asid));
      case 3:
        text_ += " all";
        return pair_.run(chooser_.chance(128) ? command::tlbi_nh_all(0) : command::tlbi_nsnh_all());
      default:
        text_ += fmt::format(" {:#x}", asid);
        return pair_.run(ranged(command::tlbi_nh_va(0, asid, at, true), "va"));
    }
  }
  void invalidate_second(std::uint64_t page, std::uint64_t at) {
    const std::uint16_t vmid = chooser_.chance(192) ? kVmid : kVmid + 1;
    text_ += fmt::format(" vmid {} page {}", vmid, page);
    switch (chooser_.below(4)) {
      case 0:
        text_ += " ipa";
        return pair_.run(command::tlbi_s2_ipa(vmid, at, chooser_.chance(128)));
      case 1:
        text_ += " s12";
        return pair_.run(command::tlbi_s12_vmall(vmid));
      case 2:
        text_ += " nsnh";
        return pair_.run(chooser_.chance(128) ? command::tlbi_nsnh_all() : command::cfgi_all());
      default:
        return pair_.run(ranged(command::tlbi_s2_ipa(vmid, at, true), "ipa"));
    }
  }

  DevicePair& pair_;
  smmu::Chooser& chooser_;
  const bool second_;
  PhysAddr table_ = 0;
  std::string text_;
};

}  // namespace

unsigned compare_invalidations(DevicePair& pair, unsigned scripts, std::uint64_t seed) {
  smmu::Chooser chooser(seed);
  Report first(fmt::format("invalidation of stage 1, {} scripts", scripts - scripts / 2));
  Report second(fmt::format("invalidation of stage 2, {} scripts", scripts / 2));
  for (unsigned i = 0; i < scripts; ++i) {
    const bool of_second = i % 2 == 1 && pair.features().stage2;
    Script script(pair, chooser, of_second);
    for (unsigned step = 0; step < kSteps; ++step) script.step(of_second ? second : first);
  }
  first.print();
  if (second.accesses() > 0) second.print();
  return first.unknown() + second.unknown();
}

}  // namespace smmu_qemu
