// SPDX-License-Identifier: Apache-2.0
// This project's SMMU and QEMU's, programmed alike, over memory with the same content.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "hw_reference/smmu/command.hpp"
#include "hw_reference/smmu/registers.hpp"
#include "hw_reference/smmu/smmu.hpp"
#include "hw_reference/smmu/sparse_memory.hpp"
#include "tools/smmu_qemu/qemu_process.hpp"
#include "tools/smmu_qemu/sighting.hpp"

namespace smmu_qemu {

namespace smmu = hw::smmu;
using hw::PhysAddr;

// Where things lie, each in 2 MiB of its own.
inline constexpr PhysAddr kStreams = QemuProcess::kRam + 0x20'0000, kCommands = QemuProcess::kRam + 0x40'0000,
                          kEvents = QemuProcess::kRam + 0x60'0000, kContext = QemuProcess::kRam + 0x80'0000,
                          kTables = QemuProcess::kRam + 0x100'0000,  // of stage 1; each level 2 MiB on
    kSecond = QemuProcess::kRam + 0x400'0000,                        // of stage 2; each level 2 MiB on
    kData = QemuProcess::kRam + 0x800'0000;
inline constexpr PhysAddr kLevelStride = 0x20'0000;
inline constexpr unsigned kRingBits = 8;
inline constexpr std::uint32_t kMarker = 0x5a17'c0de;
inline constexpr PhysAddr kStreamEntry = kStreams + 64 * QemuProcess::kStream;

// What QEMU implements, from the identification registers that it shows.
smmu::Features features_of(QemuProcess& qemu);

class DevicePair {
 public:
  explicit DevicePair(const std::string& program);

  const smmu::Features& features() const { return ours_.features(); }

  void poke(PhysAddr at, std::uint64_t value);
  void both(std::uint32_t offset, std::uint32_t value);
  // The same register of each: ours, QEMU's.
  std::pair<std::uint32_t, std::uint32_t> registers(std::uint32_t offset);
  // Puts commands into the ring and moves PROD.
  void send(const std::vector<smmu::Command>& commands);
  void run(const smmu::Command& command) { send({command, smmu::command::sync()}); }
  // The slot of the ring that an index means, and a command written over it.
  void overwrite(std::uint32_t index, const smmu::Command& command);
  std::uint32_t prod() const { return prod_; }
  void acknowledge();  // every error
  // Both command queues empty, without error, and at the same index.
  void restart_commands();

  // What the first access of 4 bytes comes to: ours, QEMU's. A write that succeeds arrives where we say, or the other
  // outcome is silence.
  std::pair<Outcome, Outcome> access(std::uint64_t iova, bool write);

 private:
  static Outcome outcome_of(const smmu::Event& event);
  template <typename Read32, typename Read64, typename Write32>
  std::optional<smmu::Event> first_event(Read32 read32, Read64 read64, Write32 write32);
  std::pair<Outcome, Outcome> drain();

  QemuProcess qemu_;
  hw::SparseMemory memory_;
  smmu::Smmu ours_;
  std::uint32_t prod_ = 0;
};

}  // namespace smmu_qemu
