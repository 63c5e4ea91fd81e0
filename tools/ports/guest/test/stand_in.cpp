// SPDX-License-Identifier: Apache-2.0
// stand_in FILE RESULTS [RULE]: stands in for a virtual machine. Serves hw_reference through the mailbox in FILE, and
// ends with a word on its console at a call of RULE.
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "tools/ports/guest/serve.hpp"
#include "tools/ports/hw_reference_port.hpp"

int main(int count, char** words) {
  using iolaw::guest::Mailbox;
  if (count < 3) return 64;
  const std::filesystem::path console = std::filesystem::path(words[2]) / "console.txt";
  std::ofstream(console).flush();
  const std::string trouble = count > 3 ? words[3] : "";
  const auto before_call = [&](std::string_view rule) {
    if (!trouble.ends_with(":" + std::string(rule))) return;
    if (trouble.starts_with("hang")) pause();
    std::ofstream(console) << (trouble.starts_with("warn") ? "WARNING: test\n" : "Kernel panic - test\n") << std::flush;
    if (trouble.starts_with("panic")) _exit(0);
  };
  const int file = open(words[1], O_RDWR | O_CLOEXEC);
  void* memory = file < 0 ? MAP_FAILED : mmap(nullptr, Mailbox::kBytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (memory == MAP_FAILED) return 1;
  const auto open_port = [](std::string_view) { return iolaw::make_hw_reference_port(); };
  iolaw::guest::serve(*static_cast<Mailbox*>(memory), {open_port, before_call});
  return 0;
}
