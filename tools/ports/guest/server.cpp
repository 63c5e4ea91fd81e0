// SPDX-License-Identifier: Apache-2.0
// Runs in the virtual machine: makes the calls that come through the mailbox on /dev/iommu, until it is told to end.
//
// To test those who have to bear it, the boot parameter break_at=panic:RULE makes a kernel that dies of every call of
// that rule, and break_at=hang:RULE one that does not answer it.
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>

#include "tools/ports/dev_iommu_port.hpp"
#include "tools/ports/guest/mailbox.hpp"
#include "tools/ports/guest/serve.hpp"

namespace iolaw::guest {
namespace {

namespace fs = std::filesystem;

// The shared memory is the third area of QEMU's device ivshmem.
fs::path find_device() {
  for (const auto& entry : fs::directory_iterator("/sys/bus/pci/devices")) {
    std::string vendor;
    std::string device;
    std::ifstream(entry.path() / "vendor") >> vendor;
    std::ifstream(entry.path() / "device") >> device;
    if (vendor == "0x1af4" && device == "0x1110") return entry.path();
  }
  throw std::runtime_error("the machine has no device ivshmem-plain");
}

Mailbox& map_mailbox() {
  const fs::path device = find_device();
  std::ofstream(device / "enable") << "1";
  const int file = open((device / "resource2").c_str(), O_RDWR);
  void* memory = file < 0 ? MAP_FAILED : mmap(nullptr, Mailbox::kBytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (memory == MAP_FAILED) throw std::runtime_error("cannot map the shared memory of " + device.string());
  close(file);
  return *static_cast<Mailbox*>(memory);
}

std::unique_ptr<Port> open_port(std::string_view name) {
  const std::size_t colon = name.find(':');
  return make_dev_iommu_port(colon == std::string_view::npos ? std::string() : std::string(name.substr(colon + 1)));
}

// What the boot parameters of the kernel ask for; process 1 hands them on as its environment.
void break_if_asked(std::string_view rule) {
  const char* parameter = std::getenv("break_at");
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
