// SPDX-License-Identifier: Apache-2.0
#include "tools/smmu_qemu/qemu_process.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <vector>

namespace smmu_qemu {

namespace {

constexpr std::uint64_t kConfigSpace = 0x40'1000'0000 + (QemuProcess::kStream << 12), kBar = 0x1000'0000;
constexpr std::uint64_t kIdleLoop = 0x5f00'0000;
constexpr std::uint64_t kBuffer = 0x40000;  // the device's own, as it addresses it
constexpr int kTimeoutMs = 20000;

}  // namespace

QemuProcess::QemuProcess(const std::string& program) {
  char pattern[] = "/tmp/smmu_qemu_XXXXXX";
  if (!mkdtemp(pattern)) throw std::runtime_error("no temporary directory");
  directory_ = pattern;
  const std::string path = directory_ + "/qtest", code = directory_ + "/idle";
  const std::uint32_t idle[] = {0xd503207f, 0x17ffffff};  // wfi; b .-4
  std::FILE* file = std::fopen(code.c_str(), "wb");
  if (!file || std::fwrite(idle, sizeof idle, 1, file) != 1) throw std::runtime_error("cannot write " + code);
  std::fclose(file);

  const int server = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  if (::bind(server, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 || ::listen(server, 1) != 0) {
    throw std::runtime_error("cannot listen on " + path);
  }
  std::vector<std::string> words = {program,
                                    "-machine",
                                    "virt,acpi=off,gic-version=3,iommu=smmuv3",
                                    "-accel",
                                    "tcg",
                                    "-icount",
                                    "shift=10,sleep=off",
                                    "-cpu",
                                    "max",
                                    "-smp",
                                    "1",
                                    "-m",
                                    "512",
                                    "-display",
                                    "none",
                                    "-nodefaults",
                                    "-nic",
                                    "none",
                                    "-qtest",
                                    "unix:" + path,
                                    "-qtest-log",
                                    "/dev/null",
                                    "-device",
                                    "edu,addr=1,dma_mask=0xffffffffffffffff",
                                    "-device",
                                    fmt::format("loader,file={},addr={:#x},force-raw=on", code, kIdleLoop),
                                    "-device",
                                    fmt::format("loader,addr={:#x},cpu-num=0", kIdleLoop)};
  process_ = ::fork();
  if (process_ == 0) {
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    ::execvp(arguments[0], arguments.data());
    ::_exit(127);
  }
  pollfd waiting{server, POLLIN, 0};
  if (::poll(&waiting, 1, kTimeoutMs) == 1) socket_ = ::accept4(server, nullptr, nullptr, SOCK_CLOEXEC);
  ::close(server);
  if (socket_ < 0) throw std::runtime_error(program + " did not connect");
  write32(kConfigSpace + 0x10, kBar);
  write32(kConfigSpace + 4, 6);  // memory space, bus master
}

QemuProcess::~QemuProcess() {
  if (socket_ >= 0) ::close(socket_);
  if (process_ > 0) {
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
  }
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

std::string QemuProcess::ask(const std::string& line) {
  const std::string message = line + "\n";
  if (::write(socket_, message.data(), message.size()) != static_cast<ssize_t>(message.size())) {
    throw std::runtime_error("QEMU is gone at: " + line);
  }
  for (;;) {
    const std::size_t end = buffered_.find('\n');
    if (end != std::string::npos) {
      const std::string answer = buffered_.substr(0, end);
      buffered_.erase(0, end + 1);
      if (answer.rfind("IRQ", 0) == 0) continue;
      if (answer.rfind("OK", 0) != 0) throw std::runtime_error(line + ": " + answer);
      return answer.size() > 3 ? answer.substr(3) : "";
    }
    pollfd waiting{socket_, POLLIN, 0};
    char part[512];
    const ssize_t got = ::poll(&waiting, 1, kTimeoutMs) == 1 ? ::read(socket_, part, sizeof part) : -1;
    if (got <= 0) throw std::runtime_error("no answer to: " + line);
    buffered_.append(part, static_cast<std::size_t>(got));
  }
}

void QemuProcess::write32(std::uint64_t address, std::uint32_t value) {
  ask(fmt::format("writel {:#x} {:#x}", address, value));
}
void QemuProcess::write64(std::uint64_t address, std::uint64_t value) {
  ask(fmt::format("writeq {:#x} {:#x}", address, value));
}
std::uint32_t QemuProcess::read32(std::uint64_t address) {
  return static_cast<std::uint32_t>(std::stoull(ask(fmt::format("readl {:#x}", address)), nullptr, 0));
}
std::uint64_t QemuProcess::read64(std::uint64_t address) {
  return std::stoull(ask(fmt::format("readq {:#x}", address)), nullptr, 0);
}

void QemuProcess::dma(std::uint64_t iova, bool write) {
  if (write) {
    transfer(kBuffer, iova, 3);
  } else {
    transfer(iova, kBuffer + 0x800, 1);
  }
}

void QemuProcess::load(std::uint64_t iova) { transfer(iova, kBuffer, 1); }

void QemuProcess::transfer(std::uint64_t from, std::uint64_t to, std::uint64_t command) {
  write64(kBar + 0x80, from);
  write64(kBar + 0x88, to);
  write64(kBar + 0x90, 4);
  write64(kBar + 0x98, command);
  for (int poll = 0; poll < 100000; ++poll) {
    if (!(read64(kBar + 0x98) & 1)) return;
  }
  throw std::runtime_error("a DMA of edu does not end");
}

}  // namespace smmu_qemu
