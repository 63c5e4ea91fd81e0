// SPDX-License-Identifier: Apache-2.0
// A QEMU `virt` machine with an SMMUv3 and an `edu` PCI device behind it, driven through the qtest protocol. No guest
// code runs but a loop of WFI, so that virtual time jumps from timer to timer and a DMA of `edu` takes no real time.
#pragma once

#include <cstdint>
#include <string>

namespace smmu_qemu {

class QemuProcess {
 public:
  // Addresses of the machine (qemu hw/arm/virt.c).
  static constexpr std::uint64_t kRam = 0x4000'0000, kRamLast = 0x5fff'ffff;
  static constexpr std::uint64_t kSmmu = 0x0905'0000;
  static constexpr std::uint32_t kStream = 8;  // PCI 0:1.0

  // Throws std::runtime_error if QEMU does not start or does not answer.
  explicit QemuProcess(const std::string& program);
  ~QemuProcess();
  QemuProcess(const QemuProcess&) = delete;
  QemuProcess& operator=(const QemuProcess&) = delete;

  void write32(std::uint64_t address, std::uint32_t value);
  void write64(std::uint64_t address, std::uint64_t value);
  std::uint32_t read32(std::uint64_t address);
  std::uint64_t read64(std::uint64_t address);

  // One DMA of 4 bytes, from the start of the device's buffer to `iova`, or from `iova` to somewhere else in the
  // buffer. Returns when it is over.
  void dma(std::uint64_t iova, bool write);
  // Fills the start of the buffer from `iova`.
  void load(std::uint64_t iova);

 private:
  void transfer(std::uint64_t from, std::uint64_t to, std::uint64_t command);
  std::string ask(const std::string& line);

  int process_ = -1;
  int socket_ = -1;
  std::string directory_, buffered_;
};

}  // namespace smmu_qemu
