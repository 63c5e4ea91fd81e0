// SPDX-License-Identifier: Apache-2.0
#include "tools/ports/linux_port.hpp"

#include <algorithm>
#include <cstdlib>
#include <stdexcept>

#include "tools/ports/dev_iommu_port.hpp"
#include "tools/ports/guest/machine.hpp"
#include "tools/ports/registry.hpp"

namespace iolaw {
namespace {

using guest::Mailbox;

class LinuxPort final : public Port {
 public:
  // `words`: empty, or a colon and what follows it in the name.
  LinuxPort(const char* folder, const std::string& words)
      : name_("linux" + words), machine_(folder, "dev_iommu" + words) {
    machine_.ensure_running();
  }

  std::string_view name() const override { return name_; }

  void reset() override {
    broken_.reset();
    machine_.ensure_running();
    PortAnswer answer = machine_.ask(Mailbox::Order::reset);
    if (answer.status == PortAnswer::Status::broken) broken_ = std::move(answer);
  }

  PortAnswer call(std::string_view rule, std::span<const std::uint64_t> arguments) override {
    if (broken_) return *broken_;
    if (arguments.size() > Mailbox::kMostNumbers) throw std::length_error("too many arguments for the mailbox");
    Mailbox& mailbox = machine_.mailbox();
    guest::put_text(rule, mailbox.length, mailbox.text);
    mailbox.count = static_cast<std::uint32_t>(arguments.size());
    std::copy(arguments.begin(), arguments.end(), mailbox.numbers);
    return machine_.ask(Mailbox::Order::call);
  }

 private:
  std::string name_;
  guest::Machine machine_;
  std::optional<PortAnswer> broken_;  // why the kernel is lost, from reset() to reset()
};

}  // namespace

std::unique_ptr<Port> make_linux_port(const std::string& words) {
  parse_dev_iommu_words(words);  // a wrong word needs no machine to be told
  const char* folder = std::getenv("IOLAW_LINUX");
  if (folder == nullptr) {
    throw std::runtime_error("IOLAW_LINUX names no virtual machine: use tools/linux/run --campaign");
  }
  return std::make_unique<LinuxPort>(folder, words.empty() ? "" : ":" + words);
}

void register_linux_ports() {
  register_port("linux", [] { return make_linux_port(); });
  register_port_family("linux:", "linux:WORD,... (as dev_iommu)", make_linux_port);
}

}  // namespace iolaw
