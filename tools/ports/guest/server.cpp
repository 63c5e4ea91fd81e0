// SPDX-License-Identifier: Apache-2.0
// Runs in the virtual machine: makes the calls that come through the mailbox on /dev/iommu, until it is told to end.
//
// To test those who have to bear it, the boot parameter break_at=panic:RULE makes a kernel that dies of every call of
// that rule, and break_at=hang:RULE one that does not answer it.
#include <fcntl.h>
#include <linux/pci.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>

#include "tools/ports/dev_iommu_port.hpp"
#include "tools/ports/guest/mailbox.hpp"
#include "tools/ports/guest/serve.hpp"

namespace iolaw::guest {
namespace {

struct Device {
  std::string file;           // its registers of PCI, which its memory is mapped by, too
  std::uint64_t address = 0;  // of the shared memory
};

// From the list of procfs, because a kernel may lack sysfs: a line is bus and function in 16 bits, vendor and device,
// an interrupt, and where each area begins, with flags in the lowest bits.
Device find_device() {
  constexpr std::uint32_t kIvshmem = 0x1af4'1110;
  constexpr int kSharedArea = 2;
  std::ifstream list("/proc/bus/pci/devices");
  for (std::string line; std::getline(list, line);) {
    std::istringstream words(line);
    std::uint32_t place = 0;
    std::uint32_t name = 0;
    std::uint32_t interrupt = 0;
    std::uint64_t area = 0;
    words >> std::hex >> place >> name >> interrupt;
    for (int i = 0; i <= kSharedArea; ++i) words >> area;
    if (!words || name != kIvshmem) continue;
    char file[64];
    std::snprintf(file, sizeof(file), "/proc/bus/pci/%02x/%02x.%x", place >> 8, place >> 3 & 31, place & 7);
    return {file, area & ~std::uint64_t{15}};
  }
  throw std::runtime_error("the machine has no device ivshmem-plain");
}

Mailbox& map_mailbox() {
  constexpr off_t kCommand = 4;  // register: bit 1 lets the memory answer
  const Device device = find_device();
  const int file = open(device.file.c_str(), O_RDWR | O_CLOEXEC);
  std::uint16_t command = 0;
  bool good = file >= 0 && pread(file, &command, sizeof(command), kCommand) == sizeof(command);
  command |= 2;
  good = good && pwrite(file, &command, sizeof(command), kCommand) == sizeof(command) &&
         ioctl(file, PCIIOC_MMAP_IS_MEM) == 0;
  void* memory = good ? mmap(nullptr, Mailbox::kBytes, PROT_READ | PROT_WRITE, MAP_SHARED, file,
                             static_cast<off_t>(device.address))
                      : MAP_FAILED;
  if (file >= 0) close(file);
  if (memory == MAP_FAILED) throw std::runtime_error("cannot map the shared memory of " + device.file);
  return *static_cast<Mailbox*>(memory);
}

std::unique_ptr<Port> open_port(std::string_view name) {
  const std::size_t colon = name.find(':');
  return make_dev_iommu_port(colon == std::string_view::npos ? std::string() : std::string(name.substr(colon + 1)));
}

// What the boot parameters of the kernel ask for; process 1 hands them on as its environment.
void break_if_asked(std::string_view rule) {
  static const char* const parameter = std::getenv("break_at");
  if (parameter == nullptr) return;
  const std::string_view text = parameter;
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || text.substr(colon + 1) != rule) return;
  // Process 1 panics the kernel by its own end.
  if (text.starts_with("panic")) std::ofstream("/tmp/panic") << rule << std::flush;
  for (;;) pause();
}

void run() {
  Mailbox& mailbox = map_mailbox();
  serve(mailbox, {open_port, break_if_asked});
}

}  // namespace
}  // namespace iolaw::guest

int main() {
  try {
    iolaw::guest::run();
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "server: %s\n", error.what());
    return 1;
  }
}
