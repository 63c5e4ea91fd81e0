// SPDX-License-Identifier: Apache-2.0
// A virtual machine with a Linux kernel in it that makes one call after the other, and may die of any.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <string>

#include "tools/ports/guest/mailbox.hpp"

namespace iolaw::guest {

class Machine {
 public:
  // `folder` has the program `start`: called with a file of Mailbox::kBytes and a folder for results, it boots a kernel
  // whose only phase is the server, with that file as the memory of a device ivshmem-plain and its console in
  // `console.txt` of the results, and returns when the machine is off. Boots nothing yet. Throws std::runtime_error.
  Machine(std::filesystem::path folder, std::string port);
  ~Machine();
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;

  // Sends the request that was written into mailbox(), and waits for the answer. An answer that is `broken` says how
  // the kernel ended: it died, did not answer for a minute, or warned.
  PortAnswer ask(Mailbox::Order order);
  // The same in two steps.
  void post(Mailbox::Order order);
  PortAnswer answer();
  // Of the order to follow, which was posted: waits until so many calls were answered as foretold. False: they will not
  // be, or the kernel warned meanwhile: answer() says it.
  bool follows(std::uint32_t calls);
  Mailbox& mailbox() { return *mailbox_; }

  // Boots if no kernel runs that can be trusted. Throws std::runtime_error if it does not come up.
  void ensure_running();

  int boots() const { return boots_; }

 private:
  enum class State { off, running, lost };

  void boot();
  void shut_down();
  void kill_group();
  bool exited();
  template <class Here, class Nap>
  bool comes(const Here& here, double seconds, const Nap& nap);
  bool is_answered() const { return mailbox_->answered.load(std::memory_order_acquire) == asked_; }
  PortAnswer lost(const std::string& how);
  // The first line of the console since the last look that stands for a bug of the kernel; empty: none.
  std::string trouble();
  std::string end_of_console() const;

  std::filesystem::path folder_;
  std::string port_;
  double patience_;  // seconds
  std::filesystem::path shared_;
  Mailbox* mailbox_ = nullptr;
  State state_ = State::off;
  pid_t group_ = 0;
  std::filesystem::path results_;
  int console_ = -1;
  std::uint64_t console_seen_ = 0;  // bytes
  std::uint32_t asked_ = 0;
  std::string warning_;  // of the kernel, found by follows(),
  bool hangs_ = false;   // which waited in vain
  int boots_ = 0;
  int lost_ = 0;
};

}  // namespace iolaw::guest
