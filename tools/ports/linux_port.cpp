// SPDX-License-Identifier: Apache-2.0
#include "tools/ports/linux_port.hpp"

#include <algorithm>
#include <cstdlib>
#include <stdexcept>
#include <utility>

#include "model/port/ahead.hpp"
#include "tools/ports/dev_iommu/narrow_arguments.hpp"
#include "tools/ports/dev_iommu_port.hpp"
#include "tools/ports/guest/machine.hpp"
#include "tools/ports/registry.hpp"

namespace iolaw {
namespace {

using guest::Mailbox;

class LinuxPort final : public Port, public Ahead {
 public:
  // `words`: empty, or a colon and what follows it in the name.
  LinuxPort(const char* folder, const std::string& words)
      : name_("linux" + words), machine_(folder, "dev_iommu" + words) {
    machine_.ensure_running();
  }
  ~LinuxPort() override { end_queue(); }

  std::string_view name() const override { return name_; }

  void reset() override {
    end_queue();
    broken_.reset();
    machine_.ensure_running();
    PortAnswer answer = machine_.ask(Mailbox::Order::reset);
    if (answer.status == PortAnswer::Status::broken) broken_ = std::move(answer);
  }

  PortAnswer call(std::string_view rule, std::span<const std::uint64_t> arguments) override {
    end_queue();
    if (broken_) return *broken_;
    if (arguments.size() > Mailbox::kMostNumbers) throw std::length_error("too many arguments for the mailbox");
    Mailbox& mailbox = machine_.mailbox();
    guest::put_text(rule, mailbox.length, mailbox.text);
    mailbox.count = static_cast<std::uint32_t>(arguments.size());
    std::copy(arguments.begin(), arguments.end(), mailbox.numbers);
    return machine_.ask(Mailbox::Order::call);
  }

  std::uint64_t told() const override { return told_; }

  std::string_view cannot(const ToldCall& call) const override {
    return dev_iommu::too_wide({call.rule, call.length}, std::span(call.argument, call.arguments));
  }

  void tell_reset() override {
    stop_.reset();
    broken_.reset();
    if (!queue_) {
      machine_.ensure_running();
      resume();
    }
    ToldCall reset;
    reset.what = ToldCall::What::reset;
    push(reset);
  }

  std::optional<PortAnswer> tell(const ToldCall& call) override {
    push(call);
    if (call.what != ToldCall::What::ask) return std::nullopt;
    if (!stop_) {
      if (!queue_) return broken_;
      // The calls before it may take a while.
      if (queue_->told > 1) machine_.follows(queue_->told - 1);
      take_stop();
    }
    if (stop_->number + 1 != told_) throw Overtaken(*std::exchange(stop_, std::nullopt));
    PortAnswer answer = std::exchange(stop_, std::nullopt)->answer;
    if (answer.status == PortAnswer::Status::broken) {
      // Nothing follows but a reset.
      broken_ = answer;
    } else {
      resume();
    }
    return answer;
  }

  std::optional<Stop> settle(std::uint64_t number) override {
    if (queue_ && !stop_ && number > queue_->first &&
        !machine_.follows(static_cast<std::uint32_t>(number - queue_->first))) {
      take_stop();
    }
    return std::exchange(stop_, std::nullopt);
  }

 private:
  // What is told since the last order to follow.
  struct Queue {
    std::uint64_t first = 0;  // number of the first
    std::uint32_t told = 0;
    std::uint32_t done = 0;  // at least so many
  };

  // After a stop nothing is told, but counted.
  void push(const ToldCall& call) {
    ++told_;
    if (stop_ || !queue_) return;
    Mailbox& mailbox = machine_.mailbox();
    if (queue_->told - queue_->done >= Mailbox::kQueue) {
      // One free place would be taken at once, and waited for again.
      queue_->done = queue_->told - Mailbox::kQueue / 2;
      if (!machine_.follows(queue_->done)) {
        take_stop();
        return;
      }
    }
    guest::put_call(call, mailbox.queue[queue_->told % Mailbox::kQueue]);
    mailbox.told.store(++queue_->told, std::memory_order_release);
  }

  void resume() {
    machine_.post(Mailbox::Order::follow);
    queue_ = Queue{told_, 0, 0};
  }

  // Waits for the answer that ends the queue.
  void take_stop() {
    PortAnswer answer = machine_.answer();
    const std::uint64_t number = queue_->first + machine_.mailbox().followed.load(std::memory_order_acquire);
    // A kernel may be lost when all is done.
    stop_ = Stop{std::min(number, told_ - 1), std::move(answer)};
    queue_.reset();
  }

  void end_queue() {
    if (!queue_) return;
    ToldCall end;
    end.what = ToldCall::What::end;
    push(end);
    --told_;
    if (queue_) take_stop();
    stop_.reset();
  }

  std::string name_;
  guest::Machine machine_;
  std::optional<PortAnswer> broken_;  // why the kernel is lost, from reset() to reset()
  std::optional<Queue> queue_;        // while the machine follows
  std::optional<Stop> stop_;          // that nobody was told of
  std::uint64_t told_ = 0;
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
