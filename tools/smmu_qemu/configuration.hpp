// SPDX-License-Identifier: Apache-2.0
// One random configuration of a stream: its entry, its context, and a path of tables in each stage, with a flaw now and
// then.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "hw_reference/smmu/policy.hpp"
#include "tools/smmu_qemu/device_pair.hpp"

namespace smmu_qemu {

enum class Mode { stage1, stage2, nested };

class Configuration {
 public:
  // `mutate`: besides, changes bits of the entry and the context at random.
  Configuration(DevicePair& pair, smmu::Chooser& chooser, Mode mode, bool mutate);
  // Leaves no descriptors to those that follow.
  ~Configuration();
  Configuration(const Configuration&) = delete;
  Configuration& operator=(const Configuration&) = delete;

  // An address on the path or near it.
  std::uint64_t input();
  Sighting sighting() const { return sighting_; }  // of the case, without outcomes
  const std::string& text() const { return text_; }

 private:
  struct Path {
    unsigned stage, granule, bits, level, output_bits;
    PhysAddr tables;
  };

  void choose_stage1(std::uint64_t (&context)[4]);
  void choose_stage2(std::uint64_t (&entry)[4]);
  void flip(std::uint64_t (&words)[4], const char* name, unsigned chance);
  void build(const Path& path, std::uint64_t target);
  std::uint64_t leaf(const Path& path, unsigned level, unsigned shift);
  void cover_ram(const Path& path);
  void put(PhysAddr at, std::uint64_t value);
  bool chance(unsigned of_256) { return chooser_.chance(of_256); }

  DevicePair& pair_;
  smmu::Chooser& chooser_;
  const Mode mode_;
  Path first_{1, 12, 48, 0, 48, kTables};
  Path second_{2, 12, 40, 1, 48, kSecond};
  std::uint64_t target_ = 0;
  std::vector<PhysAddr> slots_;
  std::string text_;
  Sighting sighting_;
};

}  // namespace smmu_qemu
